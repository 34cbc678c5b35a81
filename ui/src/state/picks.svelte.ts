// What is picked in a grid, and where the keyboard is. Only new photos can be picked.
import type { Section } from "../ipc/bindings/Section";
import type { Block } from "../lib/grid-layout";
import { move } from "../lib/grid-moves";
import { Selection, type Coverage } from "../lib/selection";
import type { Grid } from "./grid.svelte";

const PICKABLE: Section = "new";

/** How a click or a key changes what is picked. */
export type Way = "only" | "toggle" | "range" | "add_range";

export function wayOf(event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }): Way {
  const toggle = event.ctrlKey || event.metaKey;
  if (event.shiftKey) return toggle ? "add_range" : "range";
  return toggle ? "toggle" : "only";
}

interface Spot {
  index: number;
  id: number | undefined;
}

export class Picks {
  /** The item that the keyboard is on. */
  focus = $state.raw<Spot | null>(null);
  #selection = new Selection();
  #version = $state(0);
  #anchor: Spot | null = null;
  #turn = 0;

  constructor(private readonly grid: Grid) {}

  /** Grows whenever what is picked changes. */
  get version(): number {
    return this.#version;
  }

  get count(): number {
    return this.#version >= 0 ? this.#selection.size : 0;
  }

  get ids(): number[] {
    return this.#version >= 0 ? this.#selection.ids() : [];
  }

  has(id: number): boolean {
    return this.#version >= 0 && this.#selection.has(id);
  }

  isPickable(index: number): boolean {
    const span = this.#span();
    return index >= span.first && index < span.first + span.count;
  }

  /** Says how much of a day is picked; fetches the ids it does not know yet. */
  coverage(block: Block): Coverage {
    if (this.count === 0) return "none";
    const ids = this.grid.ids.get(block.section);
    if (!ids) return "none";
    const to = block.offset + block.count;
    const covered = ids.covers(block.offset, to);
    const idAt = (offset: number) => (covered ? ids.at(offset) : this.grid.asset(block.section, offset)?.id);
    const group = Array.from({ length: block.count }, (_, n) => idAt(block.offset + n));
    if (!covered && group.includes(undefined)) {
      void ids.range(block.offset, to).then(
        () => (this.#version += 1),
        () => {},
      );
    }
    return this.#selection.coverage(group);
  }

  async pick(index: number, way: Way): Promise<void> {
    if (way === "range" || way === "add_range") return this.#range(index, way);
    const spot = this.#spot(index);
    this.focus = spot;
    this.#anchor = spot;
    this.#turn += 1;
    if (!this.isPickable(index) || spot.id === undefined) return;
    if (way === "only") this.#selection.only([spot.id]);
    else this.#selection.toggle(spot.id);
    this.#version += 1;
  }

  async pickDay(block: Block): Promise<void> {
    if (block.section !== PICKABLE) return;
    const ids = await this.grid.ids.get(PICKABLE)?.range(block.offset, block.offset + block.count);
    if (!ids) return;
    if (this.#selection.coverage(ids) === "all") this.#selection.remove(ids);
    else this.#selection.add(ids);
    this.#version += 1;
  }

  async pickAll(): Promise<void> {
    const turn = (this.#turn += 1);
    const ids = await this.grid.ids.get(PICKABLE)?.range(0, this.#span().count);
    if (!ids || turn !== this.#turn) return;
    this.#selection.only(ids);
    this.#version += 1;
  }

  clear(): void {
    this.#turn += 1;
    this.#selection.clear();
    this.#version += 1;
  }

  /** Handles a key of the grid; resolves to false when it is not one of them. */
  async key(event: KeyboardEvent, rowsPerPage: number): Promise<boolean> {
    const at = this.focus?.index ?? -1;
    if (event.key === " ") {
      if (at >= 0) await this.pick(at, event.shiftKey ? "range" : "toggle");
      return true;
    }
    if (event.altKey || this.grid.layout.count === 0) return false;
    const to = at < 0 && event.key.startsWith("Arrow") ? 0 : move(this.grid.layout, Math.max(0, at), event.key, rowsPerPage);
    if (to === null) return false;
    if (event.shiftKey) await this.#range(to, "range");
    else if (event.ctrlKey || event.metaKey) this.focus = this.#spot(to);
    else await this.pick(to, "only");
    return true;
  }

  /** Drops picked photos that are no longer new. */
  async prune(): Promise<void> {
    if (this.#selection.size === 0) return;
    const ids = await this.grid.ids.get(PICKABLE)?.range(0, this.#span().count);
    if (!ids) return;
    this.#selection.keepOnly(ids);
    this.#version += 1;
  }

  /** Finds its places again after rows came, went or moved. */
  rowsChanged(): void {
    this.focus = this.#again(this.focus);
    this.#anchor = this.#again(this.#anchor);
    this.#version += 1;
  }

  async #range(index: number, way: "range" | "add_range"): Promise<void> {
    this.#anchor ??= this.focus ?? this.#spot(index);
    this.focus = this.#spot(index);
    const turn = (this.#turn += 1);
    const span = this.#span();
    const from = Math.max(span.first, Math.min(this.#anchor.index, index));
    const to = Math.min(span.first + span.count, Math.max(this.#anchor.index, index) + 1);
    if (to <= from) return;
    const ids = await this.grid.ids.get(PICKABLE)?.range(from - span.first, to - span.first);
    // A later click wins over a range whose ids were still on their way.
    if (!ids || turn !== this.#turn) return;
    if (way === "range") this.#selection.only(ids);
    else this.#selection.add(ids);
    this.#version += 1;
  }

  #span(): { first: number; count: number } {
    return this.grid.layout.sections.find(({ section }) => section === PICKABLE) ?? { first: 0, count: 0 };
  }

  #spot(index: number): Spot {
    return { index, id: this.grid.idAt(index) };
  }

  /** Finds a spot again among the rows at hand; one that is out of sight keeps its place by number. */
  #again(spot: Spot | null): Spot | null {
    if (!spot || this.grid.layout.count === 0) return null;
    if (spot.id === undefined || this.grid.idAt(spot.index) === spot.id) return spot;
    const found = this.grid.find(spot.id);
    if (found !== null) return { index: found, id: spot.id };
    return { index: Math.min(spot.index, this.grid.layout.count - 1), id: undefined };
  }
}
