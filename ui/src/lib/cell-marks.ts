// The small marks on a photo, and what it says when the pointer rests on it.
import type { AssetDto } from "../ipc/bindings/AssetDto";
import type { Section } from "../ipc/bindings/Section";
import { evidenceWords } from "./evidence";
import { bytes, duration, takenAt } from "./format";

export interface Mark {
  kind: "live" | "video" | "raw" | "warning";
  text: string;
}

const RAW_FILE = /\.(dng|cr[23]|nef|arw|raf|orf|rw2|pef|srw)$/i;

export function marks(asset: AssetDto): Mark[] {
  const found: Mark[] = [];
  if (asset.kind === "live_photo") found.push({ kind: "live", text: "Live" });
  if (asset.kind === "video") {
    found.push({ kind: "video", text: asset.duration_ms === null ? "Video" : duration(asset.duration_ms) });
  }
  if (asset.roles.includes("raw_alternate") || RAW_FILE.test(asset.name)) found.push({ kind: "raw", text: "RAW" });
  if (asset.warning !== null) found.push({ kind: "warning", text: asset.warning });
  return found;
}

/** Name, date and size; then what is wrong with it, where its copy is, and how that was verified. */
export function tooltip(asset: AssetDto, source: string): string {
  const lines = [asset.name, `${takenAt(asset.taken_at)} · ${bytes(asset.bytes)}`];
  if (asset.warning !== null) lines.push(asset.warning);
  if (asset.library_path !== null) lines.push(`In your library: ${asset.library_path}`);
  if (asset.evidence !== null) lines.push(`Verified: ${evidenceWords(asset.evidence, source)}`);
  return lines.join("\n");
}

const KINDS: Record<string, string> = { photo: "Photo", video: "Video", live_photo: "Live Photo" };

/** What a screen reader says of a cell. */
export function spoken(asset: AssetDto, section: Section): string {
  const parts = [KINDS[asset.kind] ?? "File", asset.name, takenAt(asset.taken_at)];
  if (section === "already_imported") parts.push("already imported");
  if (asset.warning !== null) parts.push(asset.warning);
  return parts.join(", ");
}
