// What a source holds, as one line of numbers that add up.
import type { ScanDto } from "../ipc/bindings/ScanDto";
import type { Section } from "../ipc/bindings/Section";
import { count } from "./format";
import { within } from "./wording";

export interface Line {
  section: Section;
  count: number;
  words: string;
}

/** "12,431 on this iPhone =". */
export function held(scan: ScanDto): string {
  return `${count(scan.assets)} ${within(scan.source)} =`;
}

/** The terms that add up to what the source holds; those that are zero are left out, but for the first two. */
export function lines(scan: ScanDto): Line[] {
  const all: Line[] = [
    { section: "already_imported", count: scan.already_imported, words: here(scan) },
    { section: "new", count: scan.new - scan.missing, words: "new" },
    { section: "only_in_icloud", count: scan.only_in_icloud, words: scan.renditions > 0 ? `only in iCloud (${count(scan.renditions)} here as smaller pictures)` : "only in iCloud" },
    { section: "hidden", count: scan.hidden, words: "hidden" },
    { section: "recently_deleted", count: scan.recently_deleted, words: "recently deleted" },
    { section: "missing", count: scan.missing, words: "could not be read" },
  ];
  return all.filter((line, n) => n < 2 || line.count > 0);
}

/** Only originals are verified: of what is here as a JPEG the original is on the phone alone. */
function here({ already_imported, jpeg_only }: ScanDto): string {
  if (already_imported === 0) return "here";
  if (jpeg_only === 0) return "here, verified";
  return jpeg_only === already_imported ? "here, as JPEGs only" : `here (${count(jpeg_only)} as JPEGs only)`;
}

export function lineWords(line: Line): string {
  return `${count(line.count)} ${line.words}`;
}

/** The whole line. */
export function books(scan: ScanDto): string {
  return `${held(scan)} ${lines(scan).map(lineWords).join(" + ")}`;
}
