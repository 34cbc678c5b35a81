// The books of an import as one line of numbers, and what its end means.
import type { ImportDto } from "../ipc/bindings/ImportDto";
import type { ItemList } from "../ipc/bindings/ItemList";
import type { MadeDto } from "../ipc/bindings/MadeDto";
import type { TotalsDto } from "../ipc/bindings/TotalsDto";
import { evidenceSentence } from "./evidence";
import { count, plural } from "./format";
import { within } from "./wording";

export interface Term {
  key: keyof TotalsDto | "left";
  count: number;
  words: string;
  /** The list that the number opens, where the engine keeps one. */
  list: ItemList | null;
}

type Books = Pick<ImportDto, "totals" | "stopped"> & Partial<Pick<ImportDto, "made">>;

/** The terms that add up to `seen`, zero ones left out. What an early end left undone did not fail by itself. */
export function terms({ totals, stopped, made }: Books): Term[] {
  const { seen, imported, already_imported, only_in_icloud, not_selected, failed, put_aside } = totals;
  const left = seen - imported - already_imported - only_in_icloud - not_selected - failed - put_aside;
  const all: Term[] = [
    { key: "imported", count: imported, words: leftOut(made) ? "imported" : "imported and verified", list: "imported" },
    { key: "put_aside", count: put_aside, words: "put aside", list: "put_aside" },
    { key: "already_imported", count: already_imported, words: "already imported", list: "already_imported" },
    { key: "only_in_icloud", count: only_in_icloud, words: "only in iCloud", list: "only_in_icloud" },
    { key: "not_selected", count: not_selected, words: "not selected", list: "not_selected" },
    { key: "failed", count: failed, words: stopped ? "not imported" : "could not be imported", list: "failed" },
    { key: "left", count: left, words: "not copied yet", list: null },
  ];
  return all.filter((term) => term.count > 0);
}

/** What a JPEG stands for was not imported as it is, and is never called verified. */
const leftOut = (made: ImportDto["made"] | undefined) => (made?.originals_left_out ?? 0) > 0;

/** What was made of photos: "212 JPEGs made, the originals are beside them". Null when nothing was asked for or nothing came of it. */
export function madeWords({ made }: Pick<ImportDto, "made">): string | null {
  const words = made ? [jpegWords(made), sidecarWords(made), smallWords(made), replacedWords(made)].filter((some) => some !== null) : [];
  return words.length > 0 ? words.join(" ") : null;
}

function sidecarWords({ sidecars }: MadeDto): string | null {
  return sidecars > 0 ? `${plural(sidecars, "XMP file was", "XMP files were")} written beside ${sidecars === 1 ? "its photo" : "their photos"} and read back.` : null;
}

function smallWords({ renditions }: MadeDto): string | null {
  return renditions > 0 ? `${plural(renditions, "smaller picture was", "smaller pictures were")} saved of what is only in iCloud.` : null;
}

function replacedWords({ renditions_replaced: replaced }: MadeDto): string | null {
  if (replaced === 0) return null;
  const whose = replaced === 1 ? "its original is" : "their originals are";
  return `${plural(replaced, "smaller picture was", "smaller pictures were")} put aside in the folder “Removed”: ${whose} here now.`;
}

function jpegWords(made: MadeDto): string | null {
  if (made.files === 0) return null;
  const files = `${plural(made.files, "JPEG was", "JPEGs were")} made and read back`;
  if (made.originals_left_out === 0) return `${files}; the originals are beside ${made.files === 1 ? "it" : "them"}.`;
  return `${files}; ${plural(made.originals_left_out, "original was", "originals were")} left out and not imported.`;
}

/** How many photos have something to be said about their JPEG or their sidecar. */
export function warnedWords({ made }: Pick<ImportDto, "made">): string | null {
  return made && made.warned > 0 ? `${plural(made.warned, "extra file", "extra files")} could not be made, or not whole` : null;
}

/** The left side of the line: "312 on this iPhone =". */
export function everything({ totals, source }: ImportDto): string {
  return `${count(totals.seen)} ${within(source)} =`;
}

/** One number of the right side: "300 imported and verified". */
export function termWords(term: Term): string {
  return `${count(term.count)} ${term.words}`;
}

/** The whole line: "312 on this iPhone = 300 imported and verified + 10 already imported". */
export function balance(run: ImportDto): string {
  return `${everything(run)} ${terms(run).map(termWords).join(" + ") || "0"}`;
}

export type Tone = "good" | "mixed" | "stopped" | "undone";

export interface Outcome {
  tone: Tone;
  title: string;
  text: string;
}

/** Says how an import ended and what to do next. */
export function outcome(run: ImportDto): Outcome {
  const undone = undoneWords(run);
  if (undone) return { tone: "undone", ...undone };
  if (run.stopped) return { tone: "stopped", ...stoppedWords(run) };
  const { imported, failed } = run.totals;
  const verified = evidenceSentence(run.evidence, run.source, run.library_name);
  if (failed > 0) {
    return {
      tone: "mixed",
      title: `Imported ${count(imported)}. ${count(failed)} could not be imported.`,
      text: `Look at the list for the reason of each. ${verified} Nothing was deleted.`,
    };
  }
  const small = run.made?.renditions ?? 0;
  if (imported === 0 && small > 0) {
    return { tone: "good", title: `${plural(small, "smaller picture", "smaller pictures")} saved`, text: "The photos themselves are only in iCloud. Nothing was deleted." };
  }
  if (imported === 0) return { tone: "good", title: "Nothing new to import", text: "Nothing was deleted." };
  return {
    tone: "good",
    title: `${plural(imported, "photo or video", "photos and videos")} imported${leftOut(run.made) ? "" : " and verified"}`,
    text: `${verified} Nothing was deleted.`.trim(),
  };
}

/** What was put aside, and what was not; null when nothing was. */
function undoneWords({ totals: { imported, put_aside }, undone_at, library_name }: ImportDto): Omit<Outcome, "tone"> | null {
  const aside = `in the folder “Removed” of “${library_name}”. Nothing was deleted.`;
  if (undone_at === null && put_aside === 0) return null;
  if (undone_at === null) {
    const text = `${count(imported)} are in the library still; ${count(put_aside)} are ${aside} To put the rest aside as well, undo the import.`;
    return { title: "A part of this import was put aside", text };
  }
  if (imported === 0) return { title: "This import was undone", text: `Its files are ${aside}` };
  const left = `${plural(imported, "photo or video was", "photos and videos were")} left alone, as the file was changed or moved since.`;
  return { title: `This import was undone, but for ${count(imported)}`, text: `${left} The others are ${aside}` };
}

function stoppedWords(run: ImportDto): { title: string; text: string } {
  const { seen, imported, already_imported, only_in_icloud, not_selected } = run.totals;
  const wanted = seen - already_imported - only_in_icloud - not_selected;
  const safe = `${count(imported)} of ${count(wanted)} are ${leftOut(run.made) ? "imported into" : "verified and safe in"} “${run.library_name}”.`;
  const kept = "Nothing was deleted.";
  switch (run.stopped?.code) {
    case "cancelled":
      return { title: "The import was stopped", text: `${safe} Continue whenever you like. ${kept}` };
    case "source_gone":
      return { title: `“${run.source_name}” was disconnected`, text: `${safe} Connect it again to continue. ${kept}` };
    case "source_locked":
      return { title: `“${run.source_name}” was locked`, text: `${safe} Unlock it to continue. ${kept}` };
    case "not_trusted":
      return { title: `“${run.source_name}” doesn’t trust this computer any more`, text: `${safe} Unlock it and tap Trust to continue. ${kept}` };
    case "timed_out":
      return { title: `“${run.source_name}” stopped answering`, text: `${safe} Unplug it, plug it in again and continue. ${kept}` };
    case "destination_full":
      return { title: `“${run.library_name}” is full`, text: `${safe} Make some space, then continue. ${kept}` };
    case "destination_gone":
      return { title: `“${run.library_name}” was disconnected`, text: `${safe} Connect its drive again to continue. ${kept}` };
    case "destination_read_only":
      return { title: `“${run.library_name}” can’t be written to`, text: `${safe} Unlock the drive, then continue. ${kept}` };
    default:
      return { title: "The import stopped early", text: `${run.stopped?.message ?? ""} ${safe} ${kept}`.trim() };
  }
}
