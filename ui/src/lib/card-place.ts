// Where a card stands beside what it is about: to its right if there is room, else to its left, and always in the window.

export interface Box {
  left: number;
  right: number;
  top: number;
}

export interface Extent {
  width: number;
  height: number;
}

const GAP = 8;

export function cardPlace(cell: Box, card: Extent, room: Extent): { left: number; top: number } {
  const right = cell.right + GAP;
  const left = right + card.width <= room.width - GAP ? right : cell.left - GAP - card.width;
  const within = (at: number, size: number, most: number) => Math.max(GAP, Math.min(at, most - size - GAP));
  return { left: within(left, card.width, room.width), top: within(cell.top, card.height, room.height) };
}
