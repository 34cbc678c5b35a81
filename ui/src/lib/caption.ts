// What is said below a photo that is looked at on its own.
import type { AssetDto } from "../ipc/bindings/AssetDto";
import type { OriginalDto } from "../ipc/bindings/OriginalDto";
import type { PreviewDto } from "../ipc/bindings/PreviewDto";
import { evidenceWords } from "./evidence";
import { toHaveHere } from "./cloud";
import { bytes, count, duration, takenAt } from "./format";
import { thing } from "./wording";

/** "UTC+2", "UTC−3:30", "UTC"; empty where the photo does not tell its zone. */
export function zone(rfc3339: string): string {
  const offset = /(?:Z|([+-])(\d{2}):(\d{2}))$/.exec(rfc3339);
  if (!offset) return "";
  const [, sign, hours, minutes] = offset;
  if (sign === undefined || (hours === "00" && minutes === "00")) return "UTC";
  return `UTC${sign === "-" ? "−" : "+"}${Number(hours)}${minutes === "00" ? "" : `:${minutes}`}`;
}

/** The wall clock where it was taken, and the zone it is in. */
export function taken(asset: AssetDto): string {
  const where = zone(asset.taken_at);
  return `${takenAt(asset.taken_at)}${where === "" ? "" : ` (${where})`}`;
}

/** Size, pixels, camera and the like, shortest first; what is not known is left out. */
export function facts(asset: AssetDto, details: PreviewDto | null): string[] {
  const parts = [bytes(asset.bytes)];
  if (details?.width && details.height) parts.push(`${count(details.width)} × ${count(details.height)}`);
  if (asset.duration_ms !== null) parts.push(duration(asset.duration_ms));
  if (details?.codec) parts.push(details.codec);
  if (details?.frame_rate) parts.push(`${Math.round(details.frame_rate)} fps`);
  if (details?.camera) parts.push(details.camera);
  return parts;
}

const SORTS: Record<string, string> = {
  hdr: "HDR",
  portrait: "Portrait",
  panorama: "Panorama",
  slo_mo: "Slo-mo",
  screenshot: "Screenshot",
  selfie: "Selfie",
};

/** Words for small marks: what sort of photo it is. The Live Photo's own is a button. */
export function sorts(details: PreviewDto | null): string[] {
  if (!details) return [];
  const found = details.traits.map((word) => SORTS[word]).filter((word) => word !== undefined);
  if (details.edited) found.unshift("Edited");
  if (details.favorite) found.unshift("Favourite");
  return found;
}

/** Where it is, in a sentence; of a copy how it was verified. Empty until it is known. */
export function whereabouts(asset: AssetDto, original: OriginalDto | undefined, source: string): string {
  const verified = asset.evidence === null ? "" : ` Verified: ${evidenceWords(asset.evidence, source)}.`;
  switch (original) {
    case undefined:
      return "";
    case "library":
      return `In your library: ${asset.library_path ?? ""}.${verified}`;
    case "source":
      return asset.library_path === null ? "Not in your library yet." : `In your library: ${asset.library_path}.${verified}`;
    case "only_in_icloud":
      return `Only in iCloud. This is the small picture that ${thing(source)} keeps; the photo itself isn’t on it. ${toHaveHere(1)}`;
    case "missing":
      return `T${thing(source).slice(1)} lists it but has no file for it.`;
    case "away":
      return asset.library_path === null
        ? `It isn’t in your library, and ${thing(source)} isn’t connected.`
        : `Its copy isn’t where it was (${asset.library_path}), and ${thing(source)} isn’t connected.`;
  }
}

/** What another program is offered for. */
export function unplayable(asset: AssetDto, details: PreviewDto | null): string {
  // Of a Live Photo only the picture's own coding is known.
  const sort = asset.kind === "live_photo" ? "this Live Photo" : details?.codec ? `${details.codec} videos` : "this video";
  const then = details?.opens_elsewhere ? "Another program may." : "Once it is imported, you can open it in another program.";
  return `Keepsake can’t play ${sort} on this computer. ${then}`;
}
