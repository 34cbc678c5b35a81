// One source that is open: how far its listing is, its grid, and what is picked in it.
import type { ErrorDto } from "../ipc/bindings/ErrorDto";
import type { ScanDto } from "../ipc/bindings/ScanDto";
import type { Section } from "../ipc/bindings/Section";
import type { SelectionDto } from "../ipc/bindings/SelectionDto";
import { asError, type Host } from "../ipc/host";
import { Albums } from "./albums.svelte";
import { Grid } from "./grid.svelte";
import { Picks } from "./picks.svelte";

/** A listing that begins afresh has counted nothing yet; what was counted before is shown until then. */
function countsOf({ files, assets, already_imported, new_bytes, new: fresh }: ScanDto): Partial<ScanDto> {
  return { files, assets, already_imported, new_bytes, new: fresh };
}

/** Ids that a question about them names at most. */
const IDS_AT_ONCE = 10_000;

/** What the phone keeps apart is shown only on request. */
export type Apart = "hidden" | "recently_deleted";
const ALWAYS: readonly Section[] = ["new", "only_in_icloud", "already_imported"];
const APART: readonly Apart[] = ["hidden", "recently_deleted"];
/** No album has this id: those of the engine begin at 1. */
const NO_ALBUM = 0;

export class OpenSource {
  scan = $state.raw<ScanDto | null>(null);
  error = $state.raw<ErrorDto | null>(null);
  apart = $state.raw<readonly Apart[]>([]);
  readonly grid: Grid;
  readonly picks: Picks;
  readonly albums: Albums;
  /** What was picked in a catalog that another took the place of; it is found again when the listing into that is done. */
  #carried: { catalog: string; ids: readonly number[] } | null = null;

  /** How often news came. */
  #heard = 0;

  constructor(
    private readonly host: Host,
    readonly id: string,
    onError: (reason: unknown) => void,
    /** Whether an import runs, which moves rows every second and says so when it ends. */
    private readonly importing: () => boolean = () => false,
  ) {
    this.grid = new Grid(host, id, ALWAYS, onError);
    this.picks = new Picks(this.grid);
    this.albums = new Albums(host, id, { changed: () => this.#showAlbum(), failed: onError });
    this.grid.onChange = () => this.#rowsChanged();
  }

  /** Why there is nothing to show, if so: the listing failed or was refused. */
  readonly failure = $derived(this.error ?? (this.scan?.phase === "failed" ? this.scan.error : null));
  /** What the listing waits for, such as the phone being unlocked. */
  readonly waiting = $derived(this.scan?.phase === "listing" ? this.scan.error : null);

  open(): Promise<void> {
    return this.#ask("open_source");
  }

  rescan(): Promise<void> {
    return this.#ask("rescan");
  }

  /** Takes news of the listing; rows are asked for again only when they changed. */
  news(scan: ScanDto): void {
    this.#heard += 1;
    // Into another catalog: the library was chosen, or its drive came back.
    if (this.scan && this.scan.catalog !== scan.catalog) this.libraryChanged();
    const before = this.scan;
    this.scan = before && scan.phase === "listing" && scan.revision === 0 ? { ...scan, ...countsOf(before) } : scan;
    this.error = null;
    if (scan.phase === "done" && this.#carried) void this.#takeUp(this.#carried, scan.catalog).catch(() => {});
    if (before?.revision === scan.revision && before.phase === scan.phase) return;
    this.grid.refresh();
    this.albums.refresh();
  }

  /** Another library: other photos are new, and ids mean something else. What is picked stays meant. */
  libraryChanged(): void {
    if (this.scan && this.picks.family === "fresh" && this.picks.count > 0) this.#carried = { catalog: this.scan.catalog, ids: this.picks.ids };
    this.scan = null;
    this.picks.clear();
    this.albums.list = [];
    this.grid.shown = { ...this.grid.shown, album: this.albums.chosen === null ? null : NO_ALBUM };
    this.grid.clear();
  }

  /** Shows an album by its path, or everything. What is picked stays picked. */
  showAlbum(path: readonly string[] | null): void {
    this.albums.chosen = path;
    this.#showAlbum();
  }

  /** Shows or puts away what the phone keeps apart. */
  toggleApart(part: Apart): void {
    const shown = !this.apart.includes(part);
    this.apart = APART.filter((each) => (each === part ? shown : this.apart.includes(each)));
    this.grid.show({ sections: [...ALWAYS, ...this.apart] });
    this.grid.goToSection = shown ? part : null;
  }

  /** What "Import Selected" means now: what is picked by its ids, for that as many are new does not say that it is those. */
  selected(): SelectionDto {
    return { kind: this.picks.family === "copied" ? "again" : "assets", ids: this.picks.ids };
  }

  /** What the button beside it means: everything new, or what is new in the album that is shown. */
  everything(): SelectionDto {
    if (this.albums.chosen === null) return { kind: "all_new" };
    return { kind: "album", album: this.albums.current?.id ?? NO_ALBUM };
  }

  stop(): void {
    this.grid.stop();
    this.albums.stop();
  }

  /** Picks again, in the catalog of now, what was picked in the one before; what is not new there is put back by `prune`. */
  async #takeUp(carried: { catalog: string; ids: readonly number[] }, catalog: string): Promise<void> {
    this.#carried = null;
    const found: number[] = [];
    for (let at = 0; at < carried.ids.length; at += IDS_AT_ONCE) {
      found.push(...(await this.host.call("carried_ids", { source: this.id, catalog: carried.catalog, ids: carried.ids.slice(at, at + IDS_AT_ONCE) })));
    }
    if (this.scan?.catalog !== catalog) {
      this.#carried ??= carried;
      return;
    }
    this.picks.choose([], found, "new");
    await this.picks.prune();
  }

  #showAlbum(): void {
    const { chosen, current } = this.albums;
    const album = chosen === null ? null : (current?.id ?? NO_ALBUM);
    if (album !== this.grid.shown.album) this.grid.show({ album });
  }

  #rowsChanged(): void {
    this.picks.rowsChanged();
    // While the listing runs photos are only added; afterwards some may have been imported or deleted. It takes every id
    // there is, so what a running import brings in is looked for once, at its end.
    if (this.scan?.phase === "done" && !this.importing()) void this.picks.prune().catch(() => {});
  }

  async #ask(command: "open_source" | "rescan"): Promise<void> {
    const heard = this.#heard;
    try {
      const scan = await this.host.call(command, { source: this.id });
      // News that came while the answer was under way is newer than it, such as what the listing waits for.
      if (heard === this.#heard) this.news(scan);
    } catch (reason) {
      this.error = asError(reason);
    }
  }
}
