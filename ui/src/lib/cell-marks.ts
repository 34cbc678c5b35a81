// The small marks on a photo, and what a screen reader says of it.
import type { AssetDto } from "../ipc/bindings/AssetDto";
import type { Section } from "../ipc/bindings/Section";
import { count, duration, takenAt } from "./format";

export interface Mark {
  kind: "live" | "video" | "raw" | "burst" | "edited" | "favorite" | "cloud" | "small" | "warning";
  text: string;
}

const RAW_FILE = /\.(dng|cr[23]|nef|arw|raf|orf|rw2|pef|srw)$/i;

/** What the photo is: at the bottom of its cell. */
export function marks(asset: AssetDto): Mark[] {
  const found: Mark[] = [];
  if (asset.burst) found.push({ kind: "burst", text: count(asset.burst.ids.length) });
  if (asset.kind === "live_photo") found.push({ kind: "live", text: "Live" });
  if (asset.kind === "video") {
    found.push({ kind: "video", text: asset.duration_ms === null ? "Video" : duration(asset.duration_ms) });
  }
  if (asset.roles.includes("raw_alternate") || RAW_FILE.test(asset.name)) found.push({ kind: "raw", text: "RAW" });
  if (asset.edited) found.push({ kind: "edited", text: "Edited" });
  if (asset.warning !== null) found.push({ kind: "warning", text: asset.warning });
  return found;
}

/** A smaller picture in the library stands for a photo only as long as the photo itself is not there. */
export function savedSmall({ rendition, library_path }: AssetDto): boolean {
  return rendition !== null && library_path === null;
}

/** What its owner and the phone did with it: at the top of its cell. */
export function standing(asset: AssetDto): Mark[] {
  const found: Mark[] = [];
  if (asset.favorite) found.push({ kind: "favorite", text: "Favourite" });
  if (asset.availability === "only_in_icloud") found.push({ kind: "cloud", text: "Only in iCloud" });
  if (savedSmall(asset)) found.push({ kind: "small", text: "A smaller picture of it is in the library" });
  return found;
}

const KINDS: Record<string, string> = { photo: "Photo", video: "Video", live_photo: "Live Photo" };
const PLACES: Partial<Record<Section, string>> = {
  already_imported: "already imported",
  hidden: "hidden",
  recently_deleted: "recently deleted",
};

/** What a screen reader says of a cell. */
export function spoken(asset: AssetDto, section: Section): string {
  const what = asset.burst ? `Burst of ${count(asset.burst.ids.length)} photos` : (KINDS[asset.kind] ?? "File");
  const parts = [what, asset.name, takenAt(asset.taken_at)];
  const place = PLACES[section];
  if (place) parts.push(place);
  if (asset.availability === "only_in_icloud") parts.push("only in iCloud, can’t be imported yet");
  if (savedSmall(asset)) parts.push("a smaller picture of it is in the library");
  if (asset.favorite) parts.push("favourite");
  if (asset.edited) parts.push("edited");
  if (asset.warning !== null) parts.push(asset.warning);
  return parts.join(", ");
}
