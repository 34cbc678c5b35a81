// The rows of a grid near the view. Geometry comes first, from the counts per day; cells are fetched as they come near.
import { untrack } from "svelte";
import type { AssetDto } from "../ipc/bindings/AssetDto";
import type { PhotoDto } from "../ipc/bindings/PhotoDto";
import type { Section } from "../ipc/bindings/Section";
import type { Host } from "../ipc/host";
import { layOut, placeOf, visibleRows, type Layout, type Metrics, type SectionDays } from "../lib/grid-layout";
import { anchorAt, anchorTop } from "../lib/grid-scroll";
import { Pace } from "../lib/pace";
import { IdIndex } from "./id-index";

/** Cells a request asks for. */
const PAGE = 200;
/** Pages kept; 8,000 cells are more than any view shows. */
const KEPT_PAGES = 40;
const AT_ONCE = 3;
const REFRESH_MS = 400;

/** What a grid shows. */
export interface Shown {
  sections: readonly Section[];
  album: number | null;
}

/** The ids that a cell stands for, its own first. */
export function idsOf(asset: AssetDto): readonly number[] {
  return asset.burst?.ids ?? [asset.id];
}

type Pages = ReadonlyMap<string, readonly AssetDto[]>;
interface PageName {
  key: string;
  section: Section;
  page: number;
}

function pagesOf(section: Section, from: number, to: number): PageName[] {
  const names: PageName[] = [];
  for (let page = Math.floor(from / PAGE); page * PAGE < to; page += 1) names.push({ key: `${section}/${page}`, section, page });
  return names;
}

export class Grid {
  days = $state.raw<readonly SectionDays[]>([]);
  pages = $state.raw<Pages>(new Map());
  metrics = $state.raw<Metrics>({ width: 900, cell: 148, gap: 6, dayHeader: 42, sectionHeader: 42 });
  /** What is in view, in pixels of the content. */
  view = $state.raw({ top: 0, height: 0 });
  /** Where the view should go next; the view takes it and leaves null. */
  goTo = $state.raw<number | null>(null);
  /** A section to go to once it is there. */
  goToSection: Section | null = null;
  /** Whether the engine answered once. */
  asked = $state(false);
  readonly layout: Layout = $derived(layOut(this.days, this.metrics));
  /** Which sections are shown, and of which album. */
  shown = $state.raw<Shown>({ sections: [], album: null });
  ids: ReadonlyMap<Section, IdIndex> = new Map();
  /** Called after the rows changed. */
  onChange: () => void = () => {};

  #pace: Pace;
  #generation = 0;
  #wanted: PageName[] = [];
  #underway = new Set<string>();

  constructor(
    private readonly host: Host,
    readonly source: string,
    sections: readonly Section[],
    private readonly onError: (reason: unknown) => void,
  ) {
    this.#look({ sections, album: null });
    this.#pace = new Pace(() => this.#refresh().catch(this.onError), REFRESH_MS);
  }

  /** Asks for days and rows again, at a bounded pace. */
  refresh(): void {
    this.#pace.ask();
  }

  /** Shows nothing until it was asked again, because what is shown belongs to another library. */
  clear(): void {
    this.stop();
    this.days = [];
    this.pages = new Map();
    this.asked = false;
    this.view = { ...this.view, top: 0 };
    this.goTo = 0;
    this.refresh();
  }

  /** Shows other sections, or another album of them. */
  show(shown: Partial<Shown>): void {
    const next = { ...this.shown, ...shown };
    const elsewhere = next.album !== this.shown.album;
    this.#look(next);
    if (elsewhere) return this.clear();
    this.stop();
    this.refresh();
  }

  #look(shown: Shown): void {
    this.shown = shown;
    const { source, host } = this;
    this.ids = new Map(shown.sections.map((section) => [section, new IdIndex(host, { source, section, album: shown.album })]));
  }

  /** What is known of a photo beyond its cell. */
  photo(id: number): Promise<PhotoDto | null> {
    return this.host.call("photo", { id });
  }

  /** Asks for photos by their ids; those that are not there any more are left out. */
  async assets(ids: readonly number[]): Promise<AssetDto[]> {
    const found: AssetDto[] = [];
    for (let at = 0; at < ids.length; at += PAGE) found.push(...(await this.host.call("grid_assets", { ids: ids.slice(at, at + PAGE) })));
    return found;
  }

  /** Every id of a section, whatever album is shown. */
  everyId(section: Section): Promise<number[]> {
    return new IdIndex(this.host, { source: this.source, section, album: null }).all();
  }

  stop(): void {
    this.#pace.stop();
    this.#generation += 1;
    this.#wanted = [];
  }

  assetAt(index: number): AssetDto | undefined {
    const place = placeOf(this.layout, index);
    return place ? this.asset(place.section, place.offset) : undefined;
  }

  asset(section: Section, offset: number): AssetDto | undefined {
    return this.pages.get(`${section}/${Math.floor(offset / PAGE)}`)?.[offset % PAGE];
  }

  /** The id at a place, from whichever page knows it. */
  idAt(index: number): number | undefined {
    return this.idsAt(index)?.[0];
  }

  /** The ids that the cell at a place stands for, its own first. */
  idsAt(index: number): readonly number[] | undefined {
    const place = placeOf(this.layout, index);
    if (!place) return undefined;
    const asset = this.asset(place.section, place.offset);
    return asset ? idsOf(asset) : this.ids.get(place.section)?.at(place.offset);
  }

  /** The ids of the rows at hand, page by page, with the section of each. */
  *idsAtHand(): Iterable<[Section, readonly number[]]> {
    for (const [key, rows] of this.pages) yield [key.split("/")[0] as Section, rows.flatMap(idsOf)];
  }

  /** Finds an id among the rows at hand. */
  find(id: number): number | null {
    for (const [key, rows] of this.pages) {
      const at = rows.findIndex((asset) => asset.id === id);
      if (at < 0) continue;
      const [section, page] = key.split("/");
      const span = this.layout.sections.find((part) => part.section === section);
      return span ? span.first + Number(page) * PAGE + at : null;
    }
    return null;
  }

  /** Takes new measures and keeps what is at the top of the view there. */
  measure(changed: Partial<Metrics>): void {
    // It reads what it writes; an effect that measures must not run again because of that.
    untrack(() => {
      const anchor = anchorAt(this.layout, this.view.top);
      this.metrics = { ...this.metrics, ...changed };
      if (anchor) this.goTo = anchorTop(this.layout, anchor);
    });
  }

  /** Fetches what a stretch of the content shows; the newest stretch goes first. */
  need(from: number, to: number): void {
    this.#wanted = this.#namesIn(this.layout, from, to).filter(({ key }) => !this.pages.has(key));
    this.#pump();
  }

  #namesIn(layout: Layout, from: number, to: number): PageName[] {
    const names = new Map<string, PageName>();
    for (const row of visibleRows(layout, from, to)) {
      if (row.kind !== "cells") continue;
      for (const name of pagesOf(row.block.section, row.offset, row.offset + row.count)) names.set(name.key, name);
    }
    return [...names.values()];
  }

  #pump(): void {
    while (this.#underway.size < AT_ONCE) {
      const name = this.#wanted.find(({ key }) => !this.#underway.has(key));
      if (!name) return;
      this.#wanted = this.#wanted.filter((other) => other !== name);
      void this.#load(name);
    }
  }

  async #load(name: PageName): Promise<void> {
    const generation = this.#generation;
    this.#underway.add(name.key);
    try {
      const rows = await this.#fetch(name);
      if (generation !== this.#generation) return;
      const pages = new Map(this.pages).set(name.key, rows);
      for (const oldest of pages.keys()) {
        if (pages.size <= KEPT_PAGES) break;
        pages.delete(oldest);
      }
      this.pages = pages;
    } catch (reason) {
      if (generation === this.#generation) this.onError(reason);
    } finally {
      this.#underway.delete(name.key);
      this.#pump();
    }
  }

  #fetch({ section, page }: PageName): Promise<readonly AssetDto[]> {
    return this.host.call("grid_rows", { source: this.source, section, album: this.shown.album, offset: page * PAGE, limit: PAGE });
  }

  /** Swaps days and visible rows in one go, so that nothing flickers and nothing jumps. */
  async #refresh(): Promise<void> {
    const generation = this.#generation;
    const { sections, album } = this.shown;
    const days = await Promise.all(
      sections.map(async (section) => ({ section, days: await this.host.call("grid_days", { source: this.source, section, album }) })),
    );
    if (generation !== this.#generation) return;
    const draft = layOut(days, this.metrics);
    const top = anchorTop(draft, anchorAt(this.layout, this.view.top));
    const names = this.#namesIn(draft, top - this.view.height, top + 2 * this.view.height);
    const rows = await Promise.all(names.map(async (name) => [name.key, await this.#fetch(name)] as const));
    if (generation !== this.#generation) return;
    this.#generation += 1;
    const anchor = anchorAt(this.layout, this.view.top);
    for (const index of this.ids.values()) index.reset();
    this.days = days;
    this.pages = new Map(rows);
    this.asked = true;
    if (anchor) this.goTo = anchorTop(this.layout, anchor);
    const wanted = this.layout.blocks.find(({ kind, section }) => kind === "section" && section === this.goToSection);
    if (wanted) this.goTo = wanted.top;
    this.goToSection = null;
    this.onChange();
  }
}
