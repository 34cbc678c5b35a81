import { describe, expect, it } from "vitest";
import { cannotGoOn, whatIsLeft } from "./going-on";

const RUN = { source: "iphone:1", source_name: "Anna’s iPhone", library_name: "Photos" };
const TOTALS = { seen: 30, imported: 15, already_imported: 0, only_in_icloud: 0, not_selected: 0, failed: 15, put_aside: 0 };

describe("after an import", () => {
  it("what failed is tried again, and what was cut short continued", () => {
    expect(whatIsLeft({ stopped: null, totals: TOTALS })).toEqual({ kind: "failed", label: "Try Again (15)" });
    expect(whatIsLeft({ stopped: { code: "cancelled", message: "" }, totals: TOTALS })?.kind).toBe("unfinished");
    expect(whatIsLeft({ stopped: null, totals: { ...TOTALS, failed: 0 } })).toBeNull();
  });

  it("names what is in the way, not something else", () => {
    expect(cannotGoOn(RUN, { state: "ready" }, { online: true })).toBeNull();
    expect(cannotGoOn(RUN, { state: "ready" }, { online: false })).toBe("Connect the drive of “Photos” to go on.");
    expect(cannotGoOn(RUN, { state: "locked" }, { online: true })).toBe("Unlock “Anna’s iPhone” to go on.");
    expect(cannotGoOn(RUN, null, { online: true })).toBe("Connect “Anna’s iPhone” to go on.");
    expect(cannotGoOn({ ...RUN, source: "folder:/card" }, null, { online: true })).toContain("Open the folder");
  });
});
