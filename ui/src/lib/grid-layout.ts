// Geometry of the grid: from counts per day to rows at heights, without knowing a single photo.
import type { DayDto } from "../ipc/bindings/DayDto";
import type { Section } from "../ipc/bindings/Section";

export interface SectionDays {
  section: Section;
  days: readonly DayDto[];
}

/** Pixels. `cell` is the smallest edge of a cell; cells grow to fill the width. */
export interface Metrics {
  width: number;
  cell: number;
  gap: number;
  dayHeader: number;
  sectionHeader: number;
}

/** A section's headline, or a day's header with its rows of cells below it. */
export interface Block {
  kind: "section" | "day";
  section: Section;
  day: string;
  /** Index of its first item over all sections. */
  first: number;
  /** Index of its first item within its section. */
  offset: number;
  count: number;
  /** How many photos and videos; more than cells where bursts are one cell. */
  assets: number;
  top: number;
  height: number;
  /** Height of the part above the cells. */
  header: number;
  /** Rows of the whole grid above it, headers included. */
  rowsBefore: number;
}

export interface SectionSpan {
  section: Section;
  first: number;
  count: number;
}

export interface Layout {
  columns: number;
  size: number;
  gap: number;
  blocks: readonly Block[];
  sections: readonly SectionSpan[];
  count: number;
  rowCount: number;
  height: number;
}

/** Sections of this name are shown without a headline. */
const BARE: ReadonlySet<Section> = new Set(["last_import"]);

export function columnsFor(metrics: Metrics): { columns: number; size: number } {
  const { width, cell, gap } = metrics;
  const columns = Math.max(1, Math.floor((width + gap) / (cell + gap)));
  return { columns, size: Math.max(1, Math.floor((width - gap * (columns - 1)) / columns)) };
}

export function layOut(parts: readonly SectionDays[], metrics: Metrics): Layout {
  const { columns, size } = columnsFor(metrics);
  const blocks: Block[] = [];
  const sections: SectionSpan[] = [];
  const at = { top: 0, row: 0, item: 0 };
  const push = (block: Omit<Block, "top" | "rowsBefore" | "first">, rows: number) => {
    blocks.push({ ...block, first: at.item, top: at.top, rowsBefore: at.row });
    at.top += block.height;
    at.row += rows + 1;
  };
  for (const { section, days } of parts) {
    const total = days.reduce((sum, { count }) => sum + count, 0);
    sections.push({ section, first: at.item, count: total });
    if (total === 0) continue;
    if (!BARE.has(section)) {
      const header = metrics.sectionHeader;
      const assets = days.reduce((sum, day) => sum + day.assets, 0);
      push({ kind: "section", section, day: "", offset: 0, count: total, assets, height: header, header }, 0);
    }
    let offset = 0;
    for (const { day, count, assets } of days) {
      if (count === 0) continue;
      const rows = Math.ceil(count / columns);
      const header = metrics.dayHeader;
      push({ kind: "day", section, day, offset, count, assets, header, height: header + rows * (size + metrics.gap) }, rows);
      offset += count;
      at.item += count;
    }
  }
  return { columns, size, gap: metrics.gap, blocks, sections, count: at.item, rowCount: at.row, height: at.top };
}

/** Finds the last block for which `before` holds; blocks are sorted by what it looks at. */
function lastBlock(layout: Layout, before: (block: Block) => boolean): number {
  let low = 0;
  let high = layout.blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const block = layout.blocks[middle];
    if (block && before(block)) low = middle;
    else high = middle - 1;
  }
  return low;
}

export type Row =
  | { kind: "header"; key: string; block: Block; top: number; aria: number }
  | { kind: "cells"; key: string; block: Block; top: number; aria: number; first: number; offset: number; count: number };

/** Lists the rows that touch a stretch of the content, in pixels. */
export function visibleRows(layout: Layout, from: number, to: number): Row[] {
  const rows: Row[] = [];
  if (layout.blocks.length === 0 || to <= from) return rows;
  const pitch = layout.size + layout.gap;
  for (let b = lastBlock(layout, (block) => block.top <= from); b < layout.blocks.length; b += 1) {
    const block = layout.blocks[b];
    if (!block || block.top >= to) break;
    const name = `${block.section}/${block.day}`;
    if (block.top + block.header > from) {
      rows.push({ kind: "header", key: name, block, top: block.top, aria: block.rowsBefore + 1 });
    }
    if (block.kind === "section") continue;
    const cells = block.top + block.header;
    const last = Math.min(Math.ceil(block.count / layout.columns), Math.ceil((to - cells) / pitch));
    for (let r = Math.max(0, Math.floor((from - cells) / pitch)); r < last; r += 1) {
      const skip = r * layout.columns;
      rows.push({
        kind: "cells",
        key: `${name}/${r}`,
        block,
        top: cells + r * pitch,
        aria: block.rowsBefore + 2 + r,
        first: block.first + skip,
        offset: block.offset + skip,
        count: Math.min(layout.columns, block.count - skip),
      });
    }
  }
  return rows;
}

/** Finds the day that holds an item. */
export function blockOf(layout: Layout, index: number): Block | null {
  if (index < 0 || index >= layout.count) return null;
  // A section's headline begins at the same item as its first day, which comes after it: the last one is always a day.
  return layout.blocks[lastBlock(layout, ({ first }) => first <= index)] ?? null;
}

/** Finds an item's section and its place in it. */
export function placeOf(layout: Layout, index: number): { section: Section; offset: number } | null {
  const block = blockOf(layout, index);
  return block && { section: block.section, offset: block.offset + index - block.first };
}

/** Where an item's row is: top and bottom in pixels of the content; a first row includes its header. */
export function rowSpan(layout: Layout, index: number): { top: number; bottom: number } | null {
  const block = blockOf(layout, index);
  if (!block) return null;
  const row = Math.floor((index - block.first) / layout.columns);
  const pitch = layout.size + layout.gap;
  const top = block.top + block.header + row * pitch;
  return { top: row === 0 ? block.top : top, bottom: top + pitch };
}
