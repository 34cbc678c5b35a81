import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../ipc/bindings/ErrorCode";
import type { ScanDto } from "../ipc/bindings/ScanDto";
import type { SourceDto } from "../ipc/bindings/SourceDto";
import type { SourceState } from "../ipc/bindings/SourceState";
import { shortcut } from "./shortcuts";
import { nothingNew, scanFailure, scanSummary, sentence, stateAdvice, stateLabel } from "./wording";

const SCAN: ScanDto = {
  source: "iphone:1",
  catalog: "none",
  phase: "done",
  reading: null,
  files: 20,
  assets: 14,
  new: 10,
  missing: 0,
  already_imported: 4,
  jpeg_only: 0,
  only_in_icloud: 0,
  renditions: 0,
  hidden: 0,
  recently_deleted: 0,
  new_bytes: 1,
  ignored: 0,
  unreadable: 0,
  notes: [],
  revision: 1,
  error: null,
};
const phone = (state: SourceState): SourceDto => ({ id: "iphone:1", kind: "iphone", name: "Family iPhone", model: "", os: "", state });

describe("words", () => {
  it.each<SourceState>(["locked", "trust_pending", "not_trusted", "unreachable", "ejected", "connecting"])("for a phone that is %s say what to do", (state) => {
    expect(stateLabel(phone(state))).not.toBe("");
    expect(stateAdvice(phone(state))?.text.length).toBeGreaterThan(40);
    expect(stateAdvice({ ...phone(state), kind: "folder" })?.text.length).toBeGreaterThan(40);
  });

  it("say nothing about a phone that is ready", () => {
    expect(stateAdvice(phone("ready"))).toBeNull();
    expect(stateLabel(phone("ready"))).toBe("");
  });

  it.each<ErrorCode>(["source_gone", "source_locked", "not_trusted", "trust_pending", "timed_out", "no_library", "cancelled", "catalog"])("explain a listing that ended with %s", (code) => {
    const { title, text } = scanFailure({ code, message: "The engine’s own sentence." }, { id: "iphone:1", name: "Family iPhone" });
    expect(title).not.toContain(code);
    expect(text).not.toBe("");
  });

  it("count while listing and sum up afterwards", () => {
    expect(scanSummary({ ...SCAN, phase: "listing", assets: 1204 })).toBe("Looking through this iPhone… 1,204 found");
    expect(scanSummary({ ...SCAN, phase: "listing", assets: 0, source: "folder:/x" })).toBe("Looking through this folder…");
    const reading = { done_bytes: 120_000_000, bytes: 340_000_000 };
    expect(scanSummary({ ...SCAN, phase: "listing", reading })).toBe("Reading the iPhone’s photo library… 120 MB of 340 MB");
    expect(scanSummary(SCAN)).toBe("10 new · 4 already imported");
    expect(scanSummary({ ...SCAN, unreadable: 2 })).toBe("10 new · 4 already imported · 2 couldn’t be looked at");
    expect(scanSummary({ ...SCAN, only_in_icloud: 514, hidden: 2, recently_deleted: 1 })).toBe(
      "10 new · 4 already imported · 514 only in iCloud · 2 hidden · 1 recently deleted",
    );
  });

  it("say that all is safe only when the listing is done and nothing is new", () => {
    expect(nothingNew(SCAN)).toBeNull();
    expect(nothingNew({ ...SCAN, phase: "listing", new: 0 })).toBeNull();
    expect(nothingNew({ ...SCAN, new: 0 })?.title).toBe("Everything on this iPhone is already in your library");
    const cloudy = nothingNew({ ...SCAN, new: 0, only_in_icloud: 3 });
    expect(cloudy?.title).toBe("Everything stored on this iPhone is already in your library");
    expect(cloudy?.text).toContain("3 originals are only in iCloud. To have them here, choose Settings › your name › iCloud › Photos › Download and Keep Originals");
    const apart = nothingNew({ ...SCAN, new: 0, hidden: 40, recently_deleted: 2 });
    expect(apart?.title).toBe("Everything new is already in your library");
    expect(apart?.text).toBe("4 photos and videos, each with a verified copy. 40 hidden and 2 recently deleted are not imported: show and pick what you want of them.");
    const onlyHidden = nothingNew({ ...SCAN, new: 0, already_imported: 0, hidden: 1 });
    expect(onlyHidden).toEqual({ title: "Nothing new to import", text: "1 hidden is not imported: show and pick what you want of it." });
    const jpegs = nothingNew({ ...SCAN, new: 0, jpeg_only: 3 });
    expect(jpegs?.title).toBe("Everything new is already in your library");
    expect(jpegs?.text).toBe("1 photo or video, each with a verified copy. Of 3 only a JPEG is in your library; their originals are on this iPhone alone.");
    expect(sentence("only folders are listed")).toBe("Only folders are listed.");
    expect(nothingNew({ ...SCAN, new: 0, assets: 0 })?.title).toBe("No photos or videos on this iPhone");
  });
});

describe("shortcuts", () => {
  const press = (key: string, ...held: ("ctrlKey" | "metaKey" | "shiftKey")[]) =>
    shortcut({ key, ctrlKey: held.includes("ctrlKey"), metaKey: held.includes("metaKey"), shiftKey: held.includes("shiftKey") });

  it("are the same with Control and Command", () => {
    for (const held of ["ctrlKey", "metaKey"] as const) {
      expect(press("a", held)).toBe("select_all");
      expect(press("A", held, "shiftKey")).toBe("select_none");
      expect(press("Enter", held)).toBe("import");
      expect(press("r", held)).toBe("rescan");
    }
    expect(press("F5")).toBe("rescan");
    expect(press("Escape")).toBe("select_none");
  });

  it("leave plain letters alone", () => {
    expect([press("a"), press("r"), press("Enter"), press(" ")]).toEqual([null, null, null, null]);
  });
});
