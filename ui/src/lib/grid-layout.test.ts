import { describe, expect, it } from "vitest";
import { blockOf, columnsFor, layOut, placeOf, rowSpan, visibleRows, type Metrics, type SectionDays } from "./grid-layout";

const METRICS: Metrics = { width: 500, cell: 95, gap: 5, dayHeader: 40, sectionHeader: 60 };
const PARTS: SectionDays[] = [
  { section: "new", days: [{ day: "2025-11-22", count: 7, assets: 7 }, { day: "2025-11-20", count: 1, assets: 1 }] },
  { section: "already_imported", days: [{ day: "2025-11-19", count: 5, assets: 5 }] },
];

describe("columns", () => {
  it("fill the width with cells at least as large as asked", () => {
    expect(columnsFor(METRICS)).toEqual({ columns: 5, size: 96 });
    expect(columnsFor({ ...METRICS, width: 494 })).toEqual({ columns: 4, size: 119 });
  });

  it("never drop to none, however narrow the view", () => {
    expect(columnsFor({ ...METRICS, width: 0 })).toEqual({ columns: 1, size: 1 });
  });
});

describe("layout", () => {
  const layout = layOut(PARTS, METRICS);
  const pitch = 96 + 5;

  it("puts a headline over each section and a header over each day", () => {
    expect(layout.blocks.map(({ kind, day, top }) => [kind, day, top])).toEqual([
      ["section", "", 0],
      ["day", "2025-11-22", 60],
      ["day", "2025-11-20", 60 + 40 + 2 * pitch],
      ["section", "", 60 + 80 + 3 * pitch],
      ["day", "2025-11-19", 120 + 80 + 3 * pitch],
    ]);
    expect(layout.height).toBe(120 + 120 + 4 * pitch);
    expect(layout.rowCount).toBe(2 + 3 + 4);
  });

  it("numbers items over all sections and within each", () => {
    expect(layout.count).toBe(13);
    expect(layout.sections).toEqual([
      { section: "new", first: 0, count: 8 },
      { section: "already_imported", first: 8, count: 5 },
    ]);
    expect(placeOf(layout, 7)).toEqual({ section: "new", offset: 7 });
    expect(placeOf(layout, 8)).toEqual({ section: "already_imported", offset: 0 });
    expect(placeOf(layout, 13)).toBeNull();
    expect(placeOf(layout, -1)).toBeNull();
  });

  it("finds the day of every item", () => {
    const days = Array.from({ length: 13 }, (_, n) => blockOf(layout, n)?.day);
    expect(days).toEqual([...Array(7).fill("2025-11-22"), "2025-11-20", ...Array(5).fill("2025-11-19")]);
  });

  it("leaves out empty days and sections, and the headline of the last import", () => {
    const bare = layOut([{ section: "last_import", days: [{ day: "2025-01-01", count: 0, assets: 0 }, { day: "2024-01-01", count: 2, assets: 2 }] }], METRICS);
    expect(bare.blocks.map(({ kind, day }) => [kind, day])).toEqual([["day", "2024-01-01"]]);
    expect(layOut([{ section: "new", days: [] }], METRICS)).toMatchObject({ count: 0, height: 0, blocks: [] });
  });

  it("shows a first row together with its header", () => {
    expect(rowSpan(layout, 3)).toEqual({ top: 60, bottom: 100 + pitch });
    expect(rowSpan(layout, 6)).toEqual({ top: 100 + pitch, bottom: 100 + 2 * pitch });
  });
});

describe("visible rows", () => {
  const layout = layOut(PARTS, METRICS);

  it("are all rows when everything is in view, in order and without overlap", () => {
    const rows = visibleRows(layout, 0, layout.height);
    expect(rows).toHaveLength(layout.rowCount);
    expect(rows.map(({ aria }) => aria)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const items = rows.flatMap((row) => (row.kind === "cells" ? Array.from({ length: row.count }, (_, n) => row.first + n) : []));
    expect(items).toEqual(Array.from({ length: 13 }, (_, n) => n));
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  });

  it("are only those that touch the view, wherever it is", () => {
    const all = visibleRows(layout, 0, layout.height);
    const heightOf = (n: number) => (all[n]?.kind === "cells" ? 101 : (all[n]?.block.header ?? 0));
    for (let from = 0; from < layout.height; from += 7) {
      const expected = all.filter((row, n) => row.top + heightOf(n) > from && row.top < from + 50).map(({ key }) => key);
      expect(visibleRows(layout, from, from + 50).map(({ key }) => key), `from ${from}`).toEqual(expected);
    }
  });

  it("stay few in a grid of 200,000", () => {
    const days = Array.from({ length: 4000 }, (_, n) => ({ day: String(9999 - n), count: 50, assets: 50 }));
    const large = layOut([{ section: "new", days }], METRICS);
    expect(large.count).toBe(200_000);
    const rows = visibleRows(large, large.height / 2, large.height / 2 + 800);
    expect(rows.length).toBeLessThan(12);
    expect(rows[0]?.top).toBeGreaterThan(large.height / 2 - 150);
  });

  it("are none in an empty grid or an empty view", () => {
    expect(visibleRows(layOut([], METRICS), 0, 100)).toEqual([]);
    expect(visibleRows(layout, 10, 10)).toEqual([]);
  });
});
