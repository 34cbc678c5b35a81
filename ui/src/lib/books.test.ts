import { describe, expect, it } from "vitest";
import type { ScanDto } from "../ipc/bindings/ScanDto";
import { books, lines } from "./books";

const SCAN: ScanDto = {
  source: "iphone:1",
  catalog: "none",
  phase: "done",
  reading: null,
  files: 20,
  assets: 12_431,
  new: 15,
  missing: 15,
  already_imported: 11_902,
  jpeg_only: 0,
  only_in_icloud: 514,
  renditions: 0,
  hidden: 0,
  recently_deleted: 0,
  new_bytes: 1,
  ignored: 0,
  unreadable: 15,
  notes: [],
  revision: 1,
  error: null,
};

describe("the books of a source", () => {
  it("are one line whose numbers add up", () => {
    expect(books(SCAN)).toBe("12,431 on this iPhone = 11,902 here, verified + 0 new + 514 only in iCloud + 15 could not be read");
    expect(books({ ...SCAN, renditions: 500 })).toContain(" + 514 only in iCloud (500 here as smaller pictures) + ");
    const folder = { ...SCAN, source: "folder:/x", assets: 6, new: 4, missing: 0, already_imported: 0, only_in_icloud: 0, hidden: 1, recently_deleted: 1 };
    expect(books(folder)).toBe("6 in this folder = 0 here + 4 new + 1 hidden + 1 recently deleted");
    expect(books({ ...SCAN, jpeg_only: 2000 })).toContain("= 11,902 here (2,000 as JPEGs only) + 0 new");
    expect(books({ ...SCAN, jpeg_only: 11_902 })).toContain("= 11,902 here, as JPEGs only + 0 new");
    for (const scan of [SCAN, folder]) expect(lines(scan).reduce((sum, { count }) => sum + count, 0)).toBe(scan.assets);
  });
});
