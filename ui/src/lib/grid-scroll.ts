// From the scroll bar to the content and back, and how to stay put while the content grows.
import type { Section } from "../ipc/bindings/Section";
import type { Layout } from "./grid-layout";

/** WebKit lays nothing out below 2^31/64 px (33.5 million), so a taller grid is scrolled at a larger scale. */
export const TALLEST = 33_000_000;

/** Height that the scroll bar is given. */
export function scrollHeight(height: number, tallest = TALLEST): number {
  return Math.min(height, tallest);
}

function scale(height: number, view: number, tallest: number): number {
  if (height <= tallest) return 1;
  return (height - view) / Math.max(1, tallest - view);
}

/** Where the content begins to show for a position of the scroll bar. */
export function contentTop(height: number, view: number, scrollTop: number, tallest = TALLEST): number {
  return scrollTop * scale(height, view, tallest);
}

/** The position of the scroll bar that shows the content from there on. */
export function scrollTopFor(height: number, view: number, top: number, tallest = TALLEST): number {
  return Math.max(0, Math.min(top, height - view)) / scale(height, view, tallest);
}

/** What is at the top of the view, said so that it can be found again after days were added above it. */
export interface Anchor {
  section: Section;
  day: string;
  offset: number;
}

/** At the very top there is no anchor: new days may then push the others down. */
export function anchorAt(layout: Layout, top: number): Anchor | null {
  if (top <= 0) return null;
  const block = layout.blocks.find((b) => b.top + b.height > top);
  return block ? { section: block.section, day: block.day, offset: top - block.top } : null;
}

/** Finds the anchor again; when its day is gone, the next older one of its section. */
export function anchorTop(layout: Layout, anchor: Anchor | null): number {
  if (!anchor) return 0;
  const inSection = layout.blocks.filter(({ section }) => section === anchor.section);
  const same = inSection.find(({ day }) => day === anchor.day);
  if (same) return same.top + Math.min(anchor.offset, same.height);
  const next = inSection.find(({ kind, day }) => kind === "day" && day < anchor.day) ?? inSection.at(-1);
  return next ? next.top : layout.height;
}

/** Moves the view as little as possible so that a stretch is inside it. */
export function reveal(top: number, view: number, span: { top: number; bottom: number }): number {
  if (span.top < top) return span.top;
  if (span.bottom > top + view) return span.bottom - view;
  return top;
}

/** Rows kept alive above and below the view: a few, fewer where rows are wide. */
export function spareRows(columns: number, rowsInView: number, mostCells: number): number {
  const room = Math.floor((mostCells / columns - rowsInView) / 2);
  return Math.max(1, Math.min(4, room));
}
