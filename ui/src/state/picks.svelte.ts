// What is picked in a grid, and where the keyboard is. What is new and what is in the library already are never picked
// together: the one is imported, the other imported again.
import type { Section } from "../ipc/bindings/Section";
import { placeOf, type Block } from "../lib/grid-layout";
import { move } from "../lib/grid-moves";
import { Selection, type Coverage } from "../lib/selection";
import type { Grid } from "./grid.svelte";

/** What importing the picked photos means. */
export type Family = "fresh" | "copied";

const FAMILIES: Partial<Record<Section, Family>> = {
  new: "fresh",
  hidden: "fresh",
  recently_deleted: "fresh",
  already_imported: "copied",
};

export function familyOf(section: Section): Family | undefined {
  return FAMILIES[section];
}

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
  #family: Family = "fresh";
  #version = $state(0);
  #anchor: Spot | null = null;
  #turn = 0;
  #pruning: Promise<void> | null = null;
  #unpruned = false;

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

  /** What is picked at present. */
  get family(): Family {
    return this.#version >= 0 ? this.#family : "fresh";
  }

  /** Says how much of a cell or a day is picked, by the ids it stands for; those that are not known count as not picked. */
  coverageOf(ids: Iterable<number | undefined>): Coverage {
    return this.#version >= 0 ? this.#selection.coverage(ids) : "none";
  }

  /** Says how much of a day is picked; fetches the ids it does not know yet. */
  coverage(block: Block): Coverage {
    if (this.count === 0) return "none";
    const ids = this.grid.ids.get(block.section);
    if (!ids) return "none";
    const to = block.offset + block.count;
    const covered = ids.covers(block.offset, to);
    const cells = Array.from({ length: block.count }, (_, n) => this.grid.idsAt(block.first + n) ?? [undefined]);
    if (!covered && cells.some(([id]) => id === undefined)) {
      void ids.range(block.offset, to).then(
        () => (this.#version += 1),
        () => {},
      );
    }
    return this.#selection.coverage(cells.flat());
  }

  async pick(index: number, way: Way): Promise<void> {
    if (way === "range" || way === "add_range") return this.#range(index, way);
    const spot = this.#spot(index);
    this.focus = spot;
    this.#anchor = spot;
    this.#turn += 1;
    const [family, ids] = [this.#familyAt(index), this.grid.idsAt(index)];
    if (!family || !ids) return;
    this.#turnTo(family);
    if (way === "only") this.#selection.only(ids);
    else this.#toggle(ids);
    this.#version += 1;
  }

  /** Picks these, or puts them back when all of them are picked. */
  toggle(ids: readonly number[], section: Section): void {
    const family = FAMILIES[section];
    if (!family) return;
    this.#turn += 1;
    this.#turnTo(family);
    this.#toggle(ids);
    this.#version += 1;
  }

  /** Of these, picks some and puts the others back. */
  choose(among: readonly number[], chosen: readonly number[], section: Section): void {
    const family = FAMILIES[section];
    if (!family) return;
    this.#turn += 1;
    this.#turnTo(family);
    this.#selection.remove(among);
    this.#selection.add(chosen);
    this.#version += 1;
  }

  /** Moves the keyboard to an item and leaves what is picked as it is. */
  focusOn(index: number): void {
    this.focus = this.#spot(index);
  }

  async pickDay(block: Block): Promise<void> {
    const ids = await this.grid.ids.get(block.section)?.range(block.offset, block.offset + block.count);
    if (ids) this.toggle(ids, block.section);
  }

  /** Picks all that is new; what was picked in other albums stays picked. */
  async pickAll(): Promise<void> {
    const turn = (this.#turn += 1);
    const all = this.grid.layout.sections.find(({ section }) => section === "new")?.count ?? 0;
    const ids = await this.grid.ids.get("new")?.range(0, all);
    if (!ids || turn !== this.#turn) return;
    this.#turnTo("fresh");
    if (this.grid.shown.album === null) this.#selection.only(ids);
    else this.#selection.add(ids);
    this.#version += 1;
  }

  /** Puts these back. */
  drop(ids: readonly number[]): void {
    this.#turn += 1;
    this.#selection.remove(ids);
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
    if (event.altKey || this.grid.layout.count === 0) return false;
    const to = at < 0 && event.key.startsWith("Arrow") ? 0 : move(this.grid.layout, Math.max(0, at), event.key, rowsPerPage);
    if (to === null) return false;
    if (event.shiftKey) await this.#range(to, "range");
    else if (event.ctrlKey || event.metaKey) this.focus = this.#spot(to);
    else await this.pick(to, "only");
    return true;
  }

  /** Drops picked photos that are not where they were: imported, deleted, or not shown any more. */
  prune(): Promise<void> {
    this.#unpruned = true;
    this.#pruning ??= this.#pruneAll().finally(() => (this.#pruning = null));
    return this.#pruning;
  }

  /** One at a time: whoever asks meanwhile has it done once more afterwards. */
  async #pruneAll(): Promise<void> {
    while (this.#unpruned) {
      this.#unpruned = false;
      await this.#pruneOnce();
    }
  }

  async #pruneOnce(): Promise<void> {
    if (this.#selection.size === 0) return;
    const turn = this.#turn;
    const sections = this.grid.shown.sections.filter((section) => FAMILIES[section] === this.#family);
    const ids = await Promise.all(sections.map((section) => this.grid.everyId(section)));
    // What was picked meanwhile is looked at next time.
    if (turn !== this.#turn) return;
    this.#selection.keepOnly(ids.flat());
    this.#version += 1;
  }

  /** Finds its places again after rows came, went or moved. */
  rowsChanged(): void {
    this.focus = this.#again(this.focus);
    this.#anchor = this.#again(this.#anchor);
    this.#dropSeenElsewhere();
    this.#version += 1;
  }

  /** Drops what is seen in a section that is not picked with the others, such as what an import just brought in. */
  #dropSeenElsewhere(): void {
    if (this.#selection.size === 0) return;
    for (const [section, ids] of this.grid.idsAtHand()) if (FAMILIES[section] !== this.#family) this.#selection.remove(ids);
  }

  async #range(index: number, way: "range" | "add_range"): Promise<void> {
    this.#anchor ??= this.focus ?? this.#spot(index);
    this.focus = this.#spot(index);
    const turn = (this.#turn += 1);
    const family = this.#familyAt(this.#anchor.index) ?? this.#familyAt(index);
    if (!family) return;
    const ids = await this.#idsBetween(Math.min(this.#anchor.index, index), Math.max(this.#anchor.index, index) + 1, family);
    // A later click wins over a range whose ids were still on their way.
    if (turn !== this.#turn) return;
    this.#turnTo(family);
    if (way === "range") this.#selection.only(ids);
    else this.#selection.add(ids);
    this.#version += 1;
  }

  /** The ids of a stretch of the grid, as far as it is of one family. */
  async #idsBetween(from: number, to: number, family: Family): Promise<number[]> {
    const parts = this.grid.layout.sections
      .filter(({ section }) => FAMILIES[section] === family)
      .map(({ section, first, count }) => ({ section, from: Math.max(from, first) - first, to: Math.min(to, first + count) - first }))
      .filter((part) => part.to > part.from);
    const ids = await Promise.all(parts.map((part) => this.grid.ids.get(part.section)?.range(part.from, part.to) ?? []));
    return ids.flat();
  }

  #familyAt(index: number): Family | undefined {
    const place = placeOf(this.grid.layout, index);
    return place ? FAMILIES[place.section] : undefined;
  }

  #turnTo(family: Family): void {
    if (family === this.#family) return;
    this.#family = family;
    this.#selection.clear();
  }

  #toggle(ids: readonly number[]): void {
    if (this.#selection.coverage(ids) === "all") this.#selection.remove(ids);
    else this.#selection.add(ids);
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
