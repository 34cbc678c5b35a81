// Made-up photos and videos for tests and the development page: the same ones every time.
import type { AssetDto } from "../src/ipc/bindings/AssetDto";

const DAY_MS = 86_400_000;
const NEWEST = Date.UTC(2025, 10, 22);

/** A small generator of numbers between 0 and 1 that depends on the seed alone. */
function chance(seed: number): number {
  let x = (seed * 2654435761) >>> 0;
  x ^= x >>> 15;
  x = Math.imul(x, 2246822519) >>> 0;
  x ^= x >>> 13;
  return (x >>> 0) / 2 ** 32;
}

function kindOf(n: number): string {
  const roll = chance(n * 7 + 3);
  if (roll < 0.12) return "video";
  return roll < 0.45 ? "live_photo" : "photo";
}

function photo(n: number, day: string): AssetDto {
  const kind = kindOf(n);
  const raw = kind === "photo" && chance(n * 11) < 0.12;
  const name = `IMG_${String(4000 + (n % 6000)).padStart(4, "0")}.${kind === "video" ? "MOV" : raw ? "DNG" : "HEIC"}`;
  const minute = Math.floor(chance(n + 91) * 700);
  const clock = `${String(8 + Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}:05`;
  return {
    id: n + 1,
    name,
    kind,
    taken_at: `${day}T${clock}+01:00`,
    day,
    bytes: Math.floor((kind === "video" ? 60_000_000 : 1_800_000) * (0.5 + chance(n * 3))),
    duration_ms: kind === "video" ? Math.floor(2000 + chance(n * 5) * 190_000) : null,
    roles: kind === "live_photo" ? ["original", "paired_video"] : ["original"],
    thumbnail: `fake-${n + 1}`,
    library_path: null,
    rendition: null,
    evidence: null,
    warning: n % 97 === 41 ? "The file is shorter than its header says" : null,
    availability: "on_device",
    favorite: chance(n * 13) < 0.08,
    edited: kind !== "video" && chance(n * 17) < 0.07,
    burst: null,
  };
}

/** Makes so many photos, newest first, a few to some dozen a day. */
export function makePhotos(count: number, perDay = 14): AssetDto[] {
  const photos: AssetDto[] = [];
  let at = NEWEST;
  while (photos.length < count) {
    const day = new Date(at).toISOString().slice(0, 10);
    const today = Math.max(1, Math.round(perDay * (0.3 + 1.4 * chance(at / DAY_MS))));
    for (let n = 0; n < today && photos.length < count; n += 1) photos.push(photo(photos.length, day));
    at -= DAY_MS * (1 + Math.floor(chance(at / 7) * 3));
  }
  return photos;
}

/** Draws a small landscape for a picture's token. */
export function drawing(token: string): string {
  const n = Number(token.replace(/\D/g, "")) || 1;
  const hue = Math.floor(chance(n) * 360);
  const sun = 20 + Math.floor(chance(n + 1) * 60);
  const hill = 52 + Math.floor(chance(n + 2) * 22);
  const night = chance(n + 3) < 0.2;
  const sky = night ? `hsl(${hue} 40% 18%)` : `hsl(${hue} 55% 72%)`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><rect width="100" height="100" fill="${sky}"/>` +
    `<circle cx="${sun}" cy="28" r="9" fill="${night ? "#eee" : "#fff3c4"}"/>` +
    `<path d="M0 ${hill} Q25 ${hill - 24} 50 ${hill} T100 ${hill - 8} V100 H0Z" fill="hsl(${(hue + 60) % 360} 35% ${night ? 14 : 46}%)"/>` +
    `<path d="M0 ${hill + 16} Q35 ${hill} 62 ${hill + 14} T100 ${hill + 10} V100 H0Z" fill="hsl(${(hue + 90) % 360} 40% ${night ? 9 : 32}%)"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
