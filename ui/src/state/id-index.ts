// The ids of a section in the order of the grid, fetched in pages as ranges of them are needed.
import type { Section } from "../ipc/bindings/Section";
import type { Host } from "../ipc/host";

const PAGE = 10_000;

export class IdIndex {
  #pages = new Map<number, Promise<readonly number[]>>();
  #loaded = new Map<number, readonly number[]>();

  constructor(
    private readonly host: Host,
    private readonly source: string,
    private readonly section: Section,
  ) {}

  /** Forgets everything, because rows came, went or moved. */
  reset(): void {
    this.#pages.clear();
    this.#loaded.clear();
  }

  /** The id at a place, if its page is here. */
  at(offset: number): number | undefined {
    return this.#loaded.get(Math.floor(offset / PAGE))?.[offset % PAGE];
  }

  /** Says whether every id of a range is here. */
  covers(from: number, to: number): boolean {
    for (let page = Math.floor(from / PAGE); page * PAGE < to; page += 1) if (!this.#loaded.has(page)) return false;
    return true;
  }

  /** Fetches the ids from one place up to, not including, another. */
  async range(from: number, to: number): Promise<number[]> {
    const wanted: Promise<readonly number[]>[] = [];
    const first = Math.floor(from / PAGE);
    for (let page = first; page * PAGE < to; page += 1) wanted.push(this.#page(page));
    const ids = (await Promise.all(wanted)).flat();
    return ids.slice(from - first * PAGE, to - first * PAGE);
  }

  #page(page: number): Promise<readonly number[]> {
    const known = this.#pages.get(page);
    if (known) return known;
    const asked = this.host
      .call("grid_ids", { source: this.source, section: this.section, offset: page * PAGE, limit: PAGE })
      .then((ids) => {
        if (this.#pages.get(page) === asked) this.#loaded.set(page, ids);
        return ids;
      })
      .catch((reason: unknown) => {
        if (this.#pages.get(page) === asked) this.#pages.delete(page);
        throw reason;
      });
    this.#pages.set(page, asked);
    return asked;
  }
}
