// What is said of a photo when the pointer rests on it or the keyboard is on it.
import type { AssetDto } from "../ipc/bindings/AssetDto";
import type { MatchDto } from "../ipc/bindings/MatchDto";
import type { PhotoDto } from "../ipc/bindings/PhotoDto";
import { albumName } from "./album-tree";
import { savedSmall } from "./cell-marks";
import { DOWNLOAD_ORIGINALS } from "./cloud";
import { evidenceWords } from "./evidence";
import { bytes, count, moment, plural, takenAt } from "./format";

export interface Fact {
  label: string;
  text: string;
}

const ON_PHONE: Record<MatchDto, string> = {
  place: "same name, size and date as the file that was copied",
  content: "every byte compared with the copy",
  identity: "its identity in the iPhone’s library; the iPhone has no original any more",
  apple_fingerprint: "same fingerprint by Apple and same size as the photo that was copied",
};

/** Name, date and size: known at once. */
export function headline(asset: AssetDto): string {
  return [takenAt(asset.taken_at), asset.bytes > 0 ? bytes(asset.bytes) : ""].filter(Boolean).join(" · ");
}

function copyFacts(photo: PhotoDto, source: string): Fact[] {
  const { copy } = photo;
  if (!copy) return [];
  const facts = [{ label: "In your library", text: copy.path }];
  if (copy.imported_at !== null) facts.push({ label: "Imported", text: moment(copy.imported_at) });
  facts.push({ label: "Recognised by", text: ON_PHONE[copy.matched] });
  if (copy.evidence !== null) facts.push({ label: "Verified", text: evidenceWords(copy.evidence, source) });
  return facts;
}

function burstWords({ burst }: AssetDto): string {
  if (!burst) return "";
  const picked = burst.picked > 0 ? `, ${count(burst.picked)} picked on the iPhone` : "";
  return `${plural(burst.ids.length, "photo")}${picked}. Press B to look at them.`;
}

/** The rest, most important first; what is not known is left out. */
export function facts(asset: AssetDto, photo: PhotoDto | null, source: string): Fact[] {
  const found: Fact[] = [];
  const add = (label: string, text: string | null | undefined) => (text ? found.push({ label, text }) : 0);
  if (asset.availability === "only_in_icloud" && !photo?.copy) {
    add("Only in iCloud", `The iPhone keeps only a small picture of it. To import it, choose ${DOWNLOAD_ORIGINALS} on the iPhone.`);
  }
  if (savedSmall(asset)) add("Smaller picture", `A smaller picture of it is in the library: ${asset.rendition}. It gives way to the photo when an import brings that.`);
  add("Burst", burstWords(asset));
  add("Attention", asset.warning);
  if (!photo) return found;
  found.push(...copyFacts(photo, source));
  if (photo.deleted) add("Recently deleted", "The iPhone will remove it within 30 days.");
  else if (photo.hidden) add("Hidden", "It is in the album Hidden on the iPhone.");
  add("Title", photo.title);
  add("Caption", photo.caption);
  add("Albums", photo.albums.map(albumName).join(", "));
  add("People", photo.people.join(", "));
  add("Keywords", photo.keywords.join(", "));
  add("Called", photo.original_name);
  add("Size", photo.pixels?.map(String).join(" × "));
  return found;
}
