// The ids of a section in the order of the grid, fetched in pages as ranges of them are needed.
import type { CellDto } from "../ipc/bindings/CellDto";
import type { Section } from "../ipc/bindings/Section";
import type { Host } from "../ipc/host";

const PAGE = 10_000;

/** Which cells of a source are meant. */
export interface Cells {
  source: string;
  section: Section;
  album: number | null;
}

/** The ids that a cell stands for. */
function idsOf(cell: CellDto): readonly number[] {
  return typeof cell === "number" ? [cell] : cell;
}

export class IdIndex {
  #pages = new Map<number, Promise<readonly CellDto[]>>();
  #loaded = new Map<number, readonly CellDto[]>();

  constructor(
    private readonly host: Host,
    private readonly cells: Cells,
  ) {}

  /** Forgets everything, because rows came, went or moved. */
  reset(): void {
    this.#pages.clear();
    this.#loaded.clear();
  }

  /** The ids of the cell at a place, if its page is here: one, or those of a burst. */
  at(offset: number): readonly number[] | undefined {
    const cell = this.#loaded.get(Math.floor(offset / PAGE))?.[offset % PAGE];
    return cell === undefined ? undefined : idsOf(cell);
  }

  /** Says whether every id of a range is here. */
  covers(from: number, to: number): boolean {
    for (let page = Math.floor(from / PAGE); page * PAGE < to; page += 1) if (!this.#loaded.has(page)) return false;
    return true;
  }

  /** Fetches the ids of the cells from one place up to, not including, another. */
  async range(from: number, to: number): Promise<number[]> {
    const wanted: Promise<readonly CellDto[]>[] = [];
    const first = Math.floor(from / PAGE);
    for (let page = first; page * PAGE < to; page += 1) wanted.push(this.#page(page));
    const cells = (await Promise.all(wanted)).flat();
    return cells.slice(from - first * PAGE, to - first * PAGE).flatMap(idsOf);
  }

  /** Fetches all ids there are. */
  async all(): Promise<number[]> {
    const ids: number[] = [];
    for (let page = 0; ; page += 1) {
      const cells = await this.#page(page);
      for (const cell of cells) ids.push(...idsOf(cell));
      if (cells.length < PAGE) return ids;
    }
  }

  #page(page: number): Promise<readonly CellDto[]> {
    const known = this.#pages.get(page);
    if (known) return known;
    const asked = this.host
      .call("grid_ids", { ...this.cells, offset: page * PAGE, limit: PAGE })
      .then((cells) => {
        if (this.#pages.get(page) === asked) this.#loaded.set(page, cells);
        return cells;
      })
      .catch((reason: unknown) => {
        if (this.#pages.get(page) === asked) this.#pages.delete(page);
        throw reason;
      });
    this.#pages.set(page, asked);
    return asked;
  }
}
