// How copies were verified, in words that nobody has to look up.
import type { EvidenceCountsDto } from "../ipc/bindings/EvidenceCountsDto";
import type { EvidenceDto } from "../ipc/bindings/EvidenceDto";
import { count } from "./format";

const ON_PHONE: Record<EvidenceDto, string> = {
  phone_hash: "compared with the phone’s own checksum",
  photos_fingerprint: "compared with Apple’s fingerprint",
  second_read: "read twice from the phone",
  read_back: "read back from the drive",
};

/** "compared with the phone’s own checksum"; `source` is where the file came from. */
export function evidenceWords(evidence: EvidenceDto, source: string): string {
  return source.startsWith("folder:") && evidence === "second_read" ? "read twice from the folder" : ON_PHONE[evidence];
}

const STRONGEST_FIRST: EvidenceDto[] = ["phone_hash", "photos_fingerprint", "second_read", "read_back"];

/** One sentence about all copies of an import; empty when there are none. */
export function evidenceSentence(counts: EvidenceCountsDto | null, source: string, library: string): string {
  const ways = STRONGEST_FIRST.filter((way) => counts !== null && counts[way] > 0);
  const [first] = ways;
  if (counts === null || first === undefined) return "";
  const all = `Every copy in “${library}” was read back from the drive`;
  if (ways.length === 1) {
    return first === "read_back" ? `${all} and compared.` : `${all} and ${evidenceWords(first, source)}.`;
  }
  const parts = ways.filter((way) => way !== "read_back").map((way) => `${count(counts[way])} were also ${evidenceWords(way, source)}`);
  return `${all}; ${parts.join(", ")}.`;
}
