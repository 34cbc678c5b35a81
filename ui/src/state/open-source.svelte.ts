// One source that is open: how far its listing is, its grid, and what is picked in it.
import type { ErrorDto } from "../ipc/bindings/ErrorDto";
import type { ScanDto } from "../ipc/bindings/ScanDto";
import type { SelectionDto } from "../ipc/bindings/SelectionDto";
import { asError, type Host } from "../ipc/host";
import { Grid } from "./grid.svelte";
import { Picks } from "./picks.svelte";

/** A listing that begins afresh has counted nothing yet; what was counted before is shown until then. */
function countsOf({ files, assets, already_imported, new_bytes, new: fresh }: ScanDto): Partial<ScanDto> {
  return { files, assets, already_imported, new_bytes, new: fresh };
}

export class OpenSource {
  scan = $state.raw<ScanDto | null>(null);
  error = $state.raw<ErrorDto | null>(null);
  readonly grid: Grid;
  readonly picks: Picks;

  constructor(
    private readonly host: Host,
    readonly id: string,
    onError: (reason: unknown) => void,
  ) {
    this.grid = new Grid(host, id, ["new", "already_imported"], onError);
    this.picks = new Picks(this.grid);
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
    const before = this.scan;
    this.scan = before && scan.phase === "listing" && scan.revision === 0 ? { ...scan, ...countsOf(before) } : scan;
    this.error = null;
    if (before?.revision !== scan.revision || before.phase !== scan.phase) this.grid.refresh();
  }

  /** Another library: other photos are new, and ids mean something else. */
  libraryChanged(): void {
    this.scan = null;
    this.picks.clear();
    this.grid.clear();
  }

  /** What "Import Selected" means now. */
  selected(): SelectionDto {
    const everything = this.scan?.phase === "done" && this.scan.new === this.picks.count;
    return everything ? { kind: "all_new" } : { kind: "assets", ids: this.picks.ids };
  }

  stop(): void {
    this.grid.stop();
  }

  #rowsChanged(): void {
    this.picks.rowsChanged();
    // While the listing runs photos are only added; afterwards some may have been imported or deleted.
    if (this.scan?.phase === "done") void this.picks.prune().catch(() => {});
  }

  async #ask(command: "open_source" | "rescan"): Promise<void> {
    try {
      this.news(await this.host.call(command, { source: this.id }));
    } catch (reason) {
      this.error = asError(reason);
    }
  }
}
