// The photo that is looked at on its own: which one it is, what is known of it, and the way to its neighbours. Its place is
// the grid's own focus, so that closing it leaves the grid there.
import { asError, type Host } from "../ipc/host";
import type { AssetDto } from "../ipc/bindings/AssetDto";
import type { PreviewDto } from "../ipc/bindings/PreviewDto";
import type { Section } from "../ipc/bindings/Section";
import { placeOf, rowSpan } from "../lib/grid-layout";
import { move } from "../lib/grid-moves";
import { reveal } from "../lib/grid-scroll";
import type { Grid } from "./grid.svelte";
import type { Picks } from "./picks.svelte";

export class Preview {
  /** What the engine told of a photo; perhaps of the one before, until it answers. */
  #told = $state.raw<PreviewDto | null>(null);

  constructor(
    private readonly host: Host,
    readonly grid: Grid,
    readonly picks: Picks,
    private readonly onError: (reason: unknown) => void,
  ) {}

  readonly index: number | null = $derived.by(() => {
    const at = this.picks.focus?.index;
    return at !== undefined && at < this.grid.layout.count ? at : null;
  });
  readonly asset: AssetDto | undefined = $derived.by(() => (this.index === null ? undefined : this.grid.assetAt(this.index)));
  readonly section: Section | undefined = $derived.by(() => (this.index === null ? undefined : placeOf(this.grid.layout, this.index)?.section));
  readonly details: PreviewDto | null = $derived(this.#told?.id === this.asset?.id ? this.#told : null);

  get count(): number {
    return this.grid.layout.count;
  }

  /** The photos before and after, as far as they are at hand. */
  get beside(): AssetDto[] {
    const at = this.index;
    if (at === null) return [];
    return [at + 1, at - 1].map((index) => this.grid.assetAt(index)).filter((asset) => asset !== undefined);
  }

  canStep(by: 1 | -1): boolean {
    return this.index !== null && this.index + by >= 0 && this.index + by < this.count;
  }

  /** Goes where a key of the grid leads; false when it is not one of them. */
  go(key: string): boolean {
    const to = this.index === null ? null : move(this.grid.layout, this.index, key, 1);
    if (to !== null) this.show(to);
    return to !== null;
  }

  /** Shows the photo at a place of the grid, and has the grid follow. */
  show(index: number): void {
    const { layout, view } = this.grid;
    this.picks.focusOn(index);
    const span = rowSpan(layout, index);
    if (span) this.grid.goTo = reveal(view.top, view.height, span);
  }

  /** Asks what is known of the photo, and says that it is the one looked at. */
  async ask(id: number, beside: number[]): Promise<void> {
    try {
      const told = await this.host.call("preview", { id, beside });
      if (this.asset?.id === id) this.#told = told;
    } catch (reason) {
      // It went while it was looked at; the grid will say so.
      if (asError(reason).code !== "bad_request") this.onError(reason);
    }
  }

  /** Why its picture cannot be shown; null when it can be asked for again. */
  async problem(id: number, edge: number): Promise<string | null> {
    return this.host.call("picture_problem", { id, edge }).catch((reason: unknown) => asError(reason).message);
  }

  async openElsewhere(id: number): Promise<void> {
    await this.host.call("open_elsewhere", { id }).catch(this.onError);
  }

  /** Says that nobody looks at it any more. */
  readonly leave = (): void => void this.host.call("leave_preview", {}).catch(() => {});
}
