// How a picture lies on its stage: fitted, or closer and moved. Lengths are CSS pixels unless said otherwise.

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** `factor` is times the fitted size; `x` and `y` are how far the picture's middle is from the stage's. */
export interface Zoom extends Point {
  factor: number;
}

export const FITTED: Zoom = { factor: 1, x: 0, y: 0 };
/** So many device pixels a pixel of the picture may take. */
const CLOSEST = 4;

/** The size at which a picture fits a stage without being enlarged; `pixels` are the picture's own, `density` device pixels to one. */
export function fitted(pixels: Size, stage: Size, density: number): Size {
  const own = { width: pixels.width / density, height: pixels.height / density };
  const scale = Math.min(1, stage.width / Math.max(own.width, 1), stage.height / Math.max(own.height, 1));
  return { width: Math.max(1, Math.round(own.width * scale)), height: Math.max(1, Math.round(own.height * scale)) };
}

/** The factor at which one pixel of the picture is one of the screen; twice the size where fitted is that already. */
export function actual(pixels: Size, box: Size, density: number): number {
  const factor = pixels.width / density / Math.max(box.width, 1);
  return factor > 1.05 ? factor : 2;
}

/** Keeps the picture on the stage: no gap where there is more of it, centred where there is not. */
function kept(zoom: Zoom, box: Size, stage: Size): Zoom {
  const slack = (length: number, room: number) => Math.max(0, (length * zoom.factor - room) / 2);
  const held = (at: number, most: number) => Math.min(most, Math.max(-most, at)) + 0;
  return { factor: zoom.factor, x: held(zoom.x, slack(box.width, stage.width)), y: held(zoom.y, slack(box.height, stage.height)) };
}

/** Zooms to a factor so that what is under a point, counted from the stage's middle, stays there. */
export function zoomTo(zoom: Zoom, factor: number, at: Point, { box, stage, closest }: { box: Size; stage: Size; closest: number }): Zoom {
  const wanted = Math.min(Math.max(1, factor), Math.max(1, closest));
  const ratio = wanted / zoom.factor;
  return kept({ factor: wanted, x: at.x - (at.x - zoom.x) * ratio, y: at.y - (at.y - zoom.y) * ratio }, box, stage);
}

/** Moves a picture that is larger than its stage. */
export function pan(zoom: Zoom, by: Point, box: Size, stage: Size): Zoom {
  return kept({ ...zoom, x: zoom.x + by.x, y: zoom.y + by.y }, box, stage);
}

/** How far in it makes sense to go. */
export function closest(pixels: Size, box: Size, density: number): number {
  return Math.max(actual(pixels, box, density), (CLOSEST * pixels.width) / density / Math.max(box.width, 1));
}

const STEP = 256;

/** The longest edge, in device pixels, of the picture that a stage needs; windows of nearly one size need the same. */
export function edgeFor(stage: Size, density: number): number {
  const longest = Math.max(stage.width, stage.height) * density;
  return Math.min(4096, Math.max(1024, Math.ceil(longest / STEP) * STEP));
}
