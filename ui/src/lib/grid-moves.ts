// Where the arrow keys lead.
import { blockOf, type Block, type Layout } from "./grid-layout";

function neighbour(layout: Layout, block: Block, direction: 1 | -1): Block | null {
  let at = layout.blocks.indexOf(block) + direction;
  while (layout.blocks[at]?.kind === "section") at += direction;
  return layout.blocks[at] ?? null;
}

/** One row up or down, in the same column as far as there is one, across days and sections. */
export function verticalStep(layout: Layout, index: number, direction: 1 | -1): number {
  const block = blockOf(layout, index);
  if (!block) return index;
  const { columns } = layout;
  const inside = index - block.first;
  const row = Math.floor(inside / columns) + direction;
  const lastRow = Math.floor((block.count - 1) / columns);
  if (row >= 0 && row <= lastRow) return block.first + Math.min(inside + direction * columns, block.count - 1);
  const next = neighbour(layout, block, direction);
  if (!next) return index;
  const start = direction === 1 ? 0 : Math.floor((next.count - 1) / columns) * columns;
  return next.first + Math.min(start + (inside % columns), next.count - 1);
}

/** Tells the item that a key leads to, or null when the key is not one that moves. */
export function move(layout: Layout, index: number, key: string, rowsPerPage: number): number | null {
  const last = layout.count - 1;
  const pages = (direction: 1 | -1) => {
    let at = index;
    for (let row = 0; row < Math.max(1, rowsPerPage); row += 1) at = verticalStep(layout, at, direction);
    return at;
  };
  switch (key) {
    case "ArrowLeft":
      return Math.max(0, index - 1);
    case "ArrowRight":
      return Math.min(last, index + 1);
    case "ArrowUp":
      return verticalStep(layout, index, -1);
    case "ArrowDown":
      return verticalStep(layout, index, 1);
    case "Home":
      return 0;
    case "End":
      return last;
    case "PageUp":
      return pages(-1);
    case "PageDown":
      return pages(1);
    default:
      return null;
  }
}
