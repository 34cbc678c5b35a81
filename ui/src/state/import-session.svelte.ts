// The import that runs, or the last one: how far it is, how it ended, and whether it can be continued.
import type { ImportDto } from "../ipc/bindings/ImportDto";
import type { SelectionDto } from "../ipc/bindings/SelectionDto";
import type { UndoingDto } from "../ipc/bindings/UndoingDto";
import type { UndoneDto } from "../ipc/bindings/UndoneDto";
import type { Host } from "../ipc/host";

export class ImportSession {
  run = $state.raw<ImportDto | null>(null);
  /** Whether the engine was asked to start one and did not answer yet. */
  starting = $state(false);
  /** The import that is being undone. */
  undoing = $state<string | null>(null);
  /** The import whose result was put away by the person. */
  #closed = $state<string | null>(null);
  #cancelAsked = $state<string | null>(null);
  #heard = 0;

  constructor(
    private readonly host: Host,
    private readonly onFinished: () => void,
  ) {}

  /** How far the undoing is. */
  undoProgress = $state.raw<UndoingDto | null>(null);

  readonly running = $derived(this.run !== null && this.run.phase !== "finished");
  readonly cancelling = $derived(this.running && (this.run?.phase === "cancelling" || this.#cancelAsked === this.run?.session));
  readonly showsResult = $derived(this.run !== null && !this.running && this.#closed !== this.run.session);

  /** Asks what runs or ran. A result of an earlier day is not put before the person again unless something is left to do. */
  async refresh(): Promise<void> {
    const heard = this.#heard;
    const run = await this.host.call("import_status", {});
    // News that came while the answer was under way is newer than it: the import may be over by now.
    if (this.#heard !== heard) return;
    if (run?.phase === "finished" && !run.stopped && run.session !== this.run?.session) this.#closed = run.session;
    this.run = run;
  }

  /** `catalog` is that of the listing in which the photos were chosen. */
  async start(source: string, selection: SelectionDto, catalog: string | null): Promise<void> {
    if (this.starting) return;
    const heard = this.#heard;
    this.starting = true;
    const asked = this.host.call("start_import", { source, selection, catalog });
    const run = await asked.catch((reason: unknown) => this.#refused(reason)).finally(() => (this.starting = false));
    this.#closed = null;
    this.#cancelAsked = null;
    // News that came before the answer is newer than the answer: a small import may be over by now.
    if (this.#heard !== heard) return;
    this.#heard += 1;
    this.run = run;
  }

  /** Imports what the last import left undone, or what it could not copy. */
  async goOn(kind: "unfinished" | "failed"): Promise<void> {
    if (this.run) await this.start(this.run.source, { kind, session: this.run.session }, null);
  }

  async cancel(): Promise<void> {
    this.#cancelAsked = this.run?.session ?? null;
    await this.host.call("cancel_import", {});
  }

  /** Stops putting files aside; what is there by then stays there. */
  async cancelUndo(): Promise<void> {
    await this.host.call("cancel_undo", {});
  }

  /** Puts the files of an import aside. Says what became of it. */
  async undo(session: string): Promise<UndoneDto> {
    this.undoing = session;
    this.undoProgress = null;
    const undone = await this.host.call("undo_import", { session }).finally(() => (this.undoing = null));
    this.onFinished();
    return undone;
  }

  /** Of one that could not begin there may have been news, that it waits for the phone: it never was an import. */
  async #refused(reason: unknown): Promise<never> {
    this.#cancelAsked = null;
    await this.refresh().catch(() => {});
    throw reason;
  }

  closeResult(): void {
    this.#closed = this.run?.session ?? null;
  }

  news(run: ImportDto): void {
    this.#heard += 1;
    this.run = run;
    if (run.phase === "finished") this.onFinished();
  }
}
