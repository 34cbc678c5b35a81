import { describe, expect, it } from "vitest";
import { layOut } from "./grid-layout";
import { move, verticalStep } from "./grid-moves";

// Five columns. New: items 0-6 (rows of 5 and 2) and 7; already imported: 8-12.
const layout = layOut(
  [
    { section: "new", days: [{ day: "2025-11-22", count: 7, assets: 7 }, { day: "2025-11-20", count: 1, assets: 1 }] },
    { section: "already_imported", days: [{ day: "2025-11-19", count: 5, assets: 5 }] },
  ],
  { width: 500, cell: 95, gap: 5, dayHeader: 40, sectionHeader: 60 },
);

describe("arrow keys", () => {
  it("go down in the same column, across days and sections", () => {
    expect(verticalStep(layout, 1, 1)).toBe(6);
    expect(verticalStep(layout, 6, 1)).toBe(7);
    expect(verticalStep(layout, 7, 1)).toBe(8);
    expect(verticalStep(layout, 8, 1)).toBe(8);
  });

  it("go down to the last cell of a shorter row", () => {
    expect(verticalStep(layout, 4, 1)).toBe(6);
  });

  it("go up into the last row of the day above", () => {
    expect(verticalStep(layout, 12, -1)).toBe(7);
    expect(verticalStep(layout, 7, -1)).toBe(5);
    expect(verticalStep(layout, 5, -1)).toBe(0);
    expect(verticalStep(layout, 0, -1)).toBe(0);
  });

  it("keep their column from one day to the next", () => {
    const two = layOut([{ section: "new", days: [{ day: "2025-11-22", count: 3, assets: 3 }, { day: "2025-11-20", count: 4, assets: 4 }] }], {
      width: 500,
      cell: 95,
      gap: 5,
      dayHeader: 40,
      sectionHeader: 60,
    });
    expect(verticalStep(two, 1, 1)).toBe(4);
    expect(verticalStep(two, 5, -1)).toBe(2);
    expect(verticalStep(two, 6, -1)).toBe(2);
  });

  it("stop at both ends", () => {
    expect(move(layout, 0, "ArrowLeft", 3)).toBe(0);
    expect(move(layout, 12, "ArrowRight", 3)).toBe(12);
    expect(move(layout, 4, "Home", 3)).toBe(0);
    expect(move(layout, 4, "End", 3)).toBe(12);
    expect(move(layout, 0, "PageDown", 2)).toBe(7);
    expect(move(layout, 12, "PageUp", 99)).toBe(0);
  });

  it("leave other keys alone", () => {
    expect(move(layout, 0, "x", 3)).toBeNull();
  });
});
