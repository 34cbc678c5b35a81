import { describe, expect, it } from "vitest";
import { layOut, type SectionDays } from "./grid-layout";
import { anchorAt, anchorTop, contentTop, reveal, scrollHeight, scrollTopFor, spareRows } from "./grid-scroll";

const METRICS = { width: 500, cell: 95, gap: 5, dayHeader: 40, sectionHeader: 60 };
const grid = (...days: [string, number][]): SectionDays[] => [{ section: "new", days: days.map(([day, count]) => ({ day, count, assets: count })) }];

describe("the scroll bar", () => {
  it("is one to one while the grid is not too tall", () => {
    expect(scrollHeight(5000)).toBe(5000);
    expect(contentTop(5000, 800, 1234)).toBe(1234);
    expect(scrollTopFor(5000, 800, 1234)).toBe(1234);
  });

  it("reaches both ends of a grid taller than a browser lays out", () => {
    const [height, view, tallest] = [50_000_000, 800, 33_000_000];
    expect(scrollHeight(height)).toBe(tallest);
    expect(contentTop(height, view, 0)).toBe(0);
    expect(contentTop(height, view, tallest - view)).toBeCloseTo(height - view);
    expect(scrollTopFor(height, view, height - view)).toBeCloseTo(tallest - view);
    expect(contentTop(height, view, scrollTopFor(height, view, 12_345_678))).toBeCloseTo(12_345_678, 3);
  });
});

describe("staying put", () => {
  const before = layOut(grid(["2025-11-20", 20], ["2025-11-10", 20]), METRICS);

  it("keeps the row at the top when newer days come in above it", () => {
    const top = (before.blocks[2]?.top ?? 0) + 77;
    const after = layOut(grid(["2025-11-22", 33], ["2025-11-20", 20], ["2025-11-10", 20]), METRICS);
    expect(anchorTop(after, anchorAt(before, top))).toBe((after.blocks[3]?.top ?? 0) + 77);
  });

  it("stays at the very top when it was there", () => {
    expect(anchorAt(before, 0)).toBeNull();
    expect(anchorTop(before, null)).toBe(0);
  });

  it("goes to the next older day when its own is gone", () => {
    const anchor = anchorAt(before, (before.blocks[1]?.top ?? 0) + 50);
    const after = layOut(grid(["2025-11-22", 5], ["2025-11-10", 20]), METRICS);
    expect(anchorTop(after, anchor)).toBe(after.blocks[2]?.top);
  });

  it("goes to the end when nothing older is left", () => {
    expect(anchorTop(layOut([], METRICS), { section: "new", day: "2025-11-20", offset: 5 })).toBe(0);
  });
});

describe("revealing", () => {
  it("moves only as far as needed", () => {
    expect(reveal(100, 500, { top: 50, bottom: 150 })).toBe(50);
    expect(reveal(100, 500, { top: 550, bottom: 650 })).toBe(150);
    expect(reveal(100, 500, { top: 200, bottom: 300 })).toBe(100);
  });

  it("keeps a few spare rows, fewer where rows are wide", () => {
    expect(spareRows(5, 5, 200)).toBe(4);
    expect(spareRows(20, 7, 200)).toBe(1);
    expect(spareRows(40, 10, 200)).toBe(1);
  });
});
