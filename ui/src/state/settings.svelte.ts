// How the page looks, for as long as the window is open. Nothing here is about photos.

export class Settings {
  /** Smallest edge of a picture in the grid, in pixels. */
  cell = $state(148);
}
