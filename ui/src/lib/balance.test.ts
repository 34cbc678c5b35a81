import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../ipc/bindings/ErrorCode";
import type { ImportDto } from "../ipc/bindings/ImportDto";
import type { TotalsDto } from "../ipc/bindings/TotalsDto";
import { balance, madeWords, outcome, terms } from "./balance";

const ZERO: TotalsDto = { seen: 0, imported: 0, already_imported: 0, only_in_icloud: 0, not_selected: 0, failed: 0, put_aside: 0 };
const RUN: ImportDto = {
  session: "s",
  source: "iphone:1",
  source_name: "Family iPhone",
  library_name: "Photos SSD",
  phase: "finished",
  started_at: "2025-11-22T12:00:00Z",
  total_assets: 302,
  done_assets: 302,
  total_bytes: 10,
  done_bytes: 10,
  bytes_per_second: 0,
  seconds_left: null,
  current: null,
  waiting: null,
  totals: { ...ZERO, seen: 312, imported: 300, already_imported: 10, failed: 2 },
  evidence: { phone_hash: 300, photos_fingerprint: 0, second_read: 0, read_back: 0 },
  made: null,
  stopped: null,
  released: true,
  undone_at: null,
  seconds: 5,
};
const stoppedBy = (code: ErrorCode) => outcome({ ...RUN, totals: { ...ZERO, seen: 312, imported: 120, already_imported: 10, failed: 182 }, stopped: { code, message: "It broke." } });

describe("an import that was undone", () => {
  const undone = (undone_at: string | null, imported: number, put_aside: number) => outcome({ ...RUN, undone_at, totals: { ...ZERO, seen: 20, imported, put_aside } });

  it("says what is left of it", () => {
    expect(undone("2025-10-01T10:00:00Z", 0, 20)).toMatchObject({ tone: "undone", title: "This import was undone" });
    expect(undone(null, 8, 12).title).toBe("A part of this import was put aside");
    expect(undone(null, 8, 12).text).toContain("8 are in the library still; 12 are in the folder “Removed”");
    expect(undone("2025-10-01T10:00:00Z", 2, 18).title).toBe("This import was undone, but for 2");
    expect(undone("2025-10-01T10:00:00Z", 2, 18).text).toContain("2 photos and videos were left alone");
  });

  it("keeps its books in balance", () => {
    const line = balance({ ...RUN, totals: { ...ZERO, seen: 20, imported: 8, put_aside: 12 } });
    expect(line).toBe("20 on this iPhone = 8 imported and verified + 12 put aside");
  });
});

describe("the balance", () => {
  it("tells of smaller pictures beside the line, and never in it", () => {
    const made = { files: 0, sidecars: 0, renditions: 9, renditions_replaced: 1, originals_left_out: 0, warned: 0 };
    const run = { ...RUN, totals: { ...ZERO, seen: 20, already_imported: 8, only_in_icloud: 12 }, made };
    expect(balance(run)).toBe("20 on this iPhone = 8 already imported + 12 only in iCloud");
    expect(outcome(run)).toMatchObject({ title: "9 smaller pictures saved", text: "The photos themselves are only in iCloud. Nothing was deleted." });
    expect(madeWords(run)).toBe("9 smaller pictures were saved of what is only in iCloud. 1 smaller picture was put aside in the folder “Removed”: its original is here now.");
    expect(outcome({ ...RUN, totals: { ...ZERO, seen: 3, imported: 3 }, made }).title).toBe("3 photos and videos imported and verified");
  });

  it("is one line of numbers without zero terms", () => {
    expect(balance(RUN)).toBe("312 on this iPhone = 300 imported and verified + 10 already imported + 2 could not be imported");
    expect(balance({ ...RUN, source: "folder:/x", totals: { ...ZERO, seen: 3, imported: 3 } })).toBe("3 in this folder = 3 imported and verified");
    expect(balance({ ...RUN, totals: ZERO })).toBe("0 on this iPhone = 0");
  });

  it("adds up even when the import ended early", () => {
    const totals = { seen: 312, imported: 100, already_imported: 10, only_in_icloud: 4, not_selected: 5, failed: 1, put_aside: 0 };
    const found = terms({ totals, stopped: null });
    expect(found.at(-1)).toMatchObject({ key: "left", count: 192 });
    expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(totals.seen);
  });

  it("does not call verified what only a JPEG was made of", () => {
    const made = { files: 100, originals_left_out: 100, warned: 0, sidecars: 0, renditions: 0, renditions_replaced: 0 };
    const cancelled = outcome({ ...RUN, made, totals: { ...ZERO, seen: 312, imported: 120, already_imported: 10, failed: 182 }, stopped: { code: "cancelled", message: "" } });
    expect(cancelled.text).toContain("120 of 302 are imported into “");
  });

  it("does not call failed what an early end left undone", () => {
    const totals = { ...ZERO, seen: 5, imported: 2, failed: 3 };
    expect(terms({ totals, stopped: { code: "cancelled", message: "" } }).at(-1)).toMatchObject({ words: "not imported", list: "failed" });
  });

  it("opens a list behind each number that the engine keeps a list of", () => {
    const lists = terms({ totals: { seen: 6, imported: 1, already_imported: 1, only_in_icloud: 1, not_selected: 1, failed: 1, put_aside: 0 }, stopped: null });
    expect(lists.map(({ key, list }) => [key, list])).toEqual([
      ["imported", "imported"],
      ["already_imported", "already_imported"],
      ["only_in_icloud", "only_in_icloud"],
      ["not_selected", "not_selected"],
      ["failed", "failed"],
      ["left", null],
    ]);
  });
});

describe("the outcome", () => {
  it("says what failed without hiding what went well", () => {
    expect(outcome(RUN)).toMatchObject({ tone: "mixed", title: "Imported 300. 2 could not be imported." });
  });

  it("is good only when nothing failed and nothing stopped it", () => {
    const clean = outcome({ ...RUN, totals: { ...ZERO, seen: 300, imported: 300 } });
    expect(clean).toMatchObject({ tone: "good", title: "300 photos and videos imported and verified" });
    expect(clean.text).toContain("Nothing was deleted.");
    expect(outcome({ ...RUN, totals: { ...ZERO, seen: 10, already_imported: 10 } }).title).toBe("Nothing new to import");
  });

  it("says how the copies were verified, the strongest way first", () => {
    const said = (evidence: ImportDto["evidence"], source = RUN.source) => outcome({ ...RUN, source, evidence, totals: { ...ZERO, seen: 300, imported: 300 } }).text;
    const none = { phone_hash: 0, photos_fingerprint: 0, second_read: 0, read_back: 0 };
    expect(said({ ...none, phone_hash: 300 })).toContain("Every copy in “Photos SSD” was read back from the drive and compared with the phone’s own checksum.");
    expect(said({ ...none, read_back: 300 })).toContain("was read back from the drive and compared.");
    expect(said({ ...none, second_read: 300 }, "folder:/x")).toContain("and read twice from the folder.");
    expect(said({ ...none, phone_hash: 298, second_read: 1, read_back: 1 })).toContain(
      "was read back from the drive; 298 were also compared with the phone’s own checksum, 1 were also read twice from the phone.",
    );
    expect(said(null)).toMatch(/^Nothing was deleted\./);
  });

  it.each<[ErrorCode, string]>([
    ["source_gone", "Connect it again"],
    ["timed_out", "stopped answering"],
    ["timed_out", "Unplug it, plug it in again and continue"],
    ["not_trusted", "tap Trust to continue"],
    ["source_locked", "Unlock it"],
    ["destination_full", "Make some space"],
    ["destination_gone", "Connect its drive"],
    ["destination_read_only", "can’t be written to"],
    ["cancelled", "Continue whenever you like"],
    ["catalog", "It broke."],
  ])("after %s says what to do, how much is safe, and that nothing was deleted", (code, advice) => {
    const { tone, title, text } = stoppedBy(code);
    expect(tone).toBe("stopped");
    expect(`${title} ${text}`).toContain(advice);
    expect(text).toContain("120 of 302 are verified and safe");
    expect(text).toContain("Nothing was deleted.");
  });
});
