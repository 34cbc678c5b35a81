// Puts the parts of the page together and tells them the news. The page keeps no truth: a reload asks everything again.
import type { Event } from "../ipc/bindings/Event";
import type { UndoingDto } from "../ipc/bindings/UndoingDto";
import { asError, type Host } from "../ipc/host";
import { refusal } from "../lib/wording";
import { Checks } from "./checks.svelte";
import { Closing } from "./closing.svelte";
import { Devices } from "./devices.svelte";
import { Grid } from "./grid.svelte";
import { ImportSession } from "./import-session.svelte";
import { Libraries, type Chosen } from "./libraries.svelte";
import { offerOf } from "./offer";
import { OpenSource } from "./open-source.svelte";
import { Options } from "./options.svelte";
import type { Picks } from "./picks.svelte";
import { Pictures } from "./pictures";
import { Plans } from "./plans.svelte";
import { Preview } from "./preview.svelte";
import { Settings } from "./settings.svelte";

export type Screen = "source" | "last_import";

export class App {
  screen = $state<Screen>("source");
  /** What was refused, in words; shown until put away. */
  notice = $state<string | null>(null);
  /** What happened otherwise than one might think, in words; shown until put away. */
  told = $state<string | null>(null);
  libraryDialog = $state<"open" | "closed">("closed");
  checkDialog = $state<"open" | "closed">("closed");
  optionsDialog = $state<"open" | "closed">("closed");
  /** Asks whether what is in the library already is to be copied again. */
  againDialog = $state<"open" | "closed">("closed");
  open = $state.raw<OpenSource | null>(null);
  lastImport = $state.raw<Grid | null>(null);
  /** The photo that is looked at on its own. */
  preview = $state.raw<Preview | null>(null);
  /** Files are being put aside, and it was not this page that asked: it was loaded anew since. */
  undoingUnasked = $state.raw<UndoingDto | null>(null);
  readonly settings = new Settings();
  readonly devices: Devices;
  readonly libraries: Libraries;
  readonly imports: ImportSession;
  readonly checks: Checks;
  readonly closing: Closing;
  readonly plans: Plans;
  readonly options: Options;
  readonly pictures: Pictures;
  #library: string | null = null;
  /** While a library is being made current, news of it is half of the truth. */
  #choosing = false;
  #end: () => void = () => {};

  constructor(readonly host: Host) {
    this.devices = new Devices(host);
    this.libraries = new Libraries(host);
    this.checks = new Checks(host);
    this.closing = new Closing(host);
    this.plans = new Plans(host);
    this.options = new Options(host);
    this.pictures = new Pictures(host);
    this.imports = new ImportSession(host, () => void this.#importFinished());
  }

  async start(): Promise<void> {
    const listener = { news: (event: Event) => this.#news(event), gap: () => void this.askAll() };
    await this.try(async () => {
      this.#end = await this.host.listen(listener);
    });
    await this.askAll();
    this.notice ??= this.options.problem;
  }

  stop(): void {
    this.#end();
    this.open?.stop();
    this.lastImport?.stop();
  }

  async askAll(): Promise<void> {
    const before = this.open;
    await this.try(() => this.libraries.refresh());
    this.#library = this.libraries.current?.id ?? null;
    await Promise.all([this.devices.refresh(), this.try(() => this.imports.refresh()), this.try(() => this.options.refresh()), this.try(() => this.checks.refresh())]);
    await this.#sync();
    if (before && before === this.open) await before.open();
  }

  /** Runs an action and puts a refusal before the person. */
  async try(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (reason) {
      const error = asError(reason);
      if (error.code !== "cancelled") this.notice = refusal(error);
    }
  }

  /** Shows one photo of a grid on its own. */
  openPreview(grid: Grid, picks: Picks, index: number): void {
    const preview = new Preview(this.host, grid, picks, (reason) => this.#failed(reason));
    preview.show(index);
    this.preview = preview;
  }

  closePreview(): void {
    this.preview = null;
  }

  async showSource(id: string): Promise<void> {
    this.screen = "source";
    this.devices.choose(id);
    await this.#sync();
  }

  async openFolder(): Promise<void> {
    await this.try(async () => {
      if (!(await this.devices.pickFolder())) return;
      this.screen = "source";
      await this.#sync();
    });
  }

  showLastImport(): void {
    const { run } = this.imports;
    if (!run) return;
    if (this.lastImport?.source !== run.source) {
      this.lastImport?.stop();
      this.lastImport = new Grid(this.host, run.source, ["last_import"], (reason) => this.#failed(reason));
    }
    this.lastImport.refresh();
    this.screen = "last_import";
  }

  /** Makes a library current in one of the ways there are, and shows what is new for it. */
  async chooseLibrary(choice: () => Promise<Chosen>): Promise<void> {
    this.#choosing = true;
    this.notice = null;
    await this.try(async () => {
      const chosen = await choice();
      if (chosen === "none") return;
      this.libraryDialog = "closed";
      this.told = chosen.note;
    });
    this.#choosing = false;
    await this.#librariesChanged();
  }

  /** Lets go of a phone, so that it can be unplugged. */
  async eject(source: string): Promise<void> {
    await this.try(async () => {
      await this.host.call("eject", { source });
      await this.devices.refresh();
      await this.#sync();
    });
  }

  /** Uses the chosen phone again that was ejected. */
  async openAgain(): Promise<void> {
    const source = this.devices.chosen?.id;
    if (source === undefined) return;
    await this.try(async () => {
      await this.host.call("open_source", { source });
      await this.devices.refresh();
      await this.#sync();
    });
  }

  async rescan(): Promise<void> {
    if (!this.open) return this.devices.refresh().then(() => this.#sync());
    await this.open.rescan();
  }

  /** Stops looking through the source that is shown, whatever that waits for. */
  async cancelListing(): Promise<void> {
    const source = this.open?.id;
    if (source !== undefined) await this.try(() => this.host.call("cancel_listing", { source }));
  }

  /** A button or its keys were pressed: imports what is offered, and asks first where copies would be made again. */
  async importAsked(what: "picked" | "all"): Promise<void> {
    const offer = offerOf(this);
    if (!offer || !(what === "picked" ? offer.mayPicked : offer.mayAll)) return;
    if (what === "picked" && offer.again) this.againDialog = "open";
    else await this.importNow(what);
  }

  /** Imports what is picked, or everything new; asks for a library first when there is none. */
  async importNow(what: "picked" | "all"): Promise<void> {
    const { open } = this;
    if (!open || this.imports.running) return;
    if (!this.libraries.current) {
      this.libraryDialog = "open";
      return;
    }
    await this.try(async () => {
      const selection = what === "picked" ? open.selected() : open.everything();
      await this.imports.start(open.id, selection, open.scan?.catalog ?? null);
      // These are in the library before and after, so that nothing else puts them back.
      if (selection.kind === "again") open.picks.drop(selection.ids);
    });
  }

  #news(event: Event): void {
    if (event.type === "scan") {
      if (this.open && event.scan.source === this.open.id) this.open.news(event.scan);
    } else if (event.type === "import") {
      this.imports.news(event.import);
      if (!this.imports.running) void this.closing.ended("import");
    } else if (event.type === "check") {
      this.checks.news(event.check);
      if (!this.checks.running) void this.closing.ended("check");
    } else if (event.type === "undo") {
      this.#undoMovedOn(event.undoing);
      if (!event.undoing) void this.closing.ended("undo");
    } else if (event.type === "close_asked") {
      this.closing.ask(event.running);
    } else if (event.type === "sources_changed") {
      void this.devices.refresh().then(() => this.#sync());
    } else if (!this.#choosing) {
      void this.#librariesChanged();
    }
  }

  #undoMovedOn(undoing: UndoingDto | null): void {
    const asked = this.imports.undoing !== null || this.checks.settingAside;
    this.undoingUnasked = asked ? null : undoing;
    // Its end is told by the answer; the last number stands until then.
    this.imports.undoProgress = undoing ?? this.imports.undoProgress;
  }

  #librariesChanged(): Promise<void> {
    return this.try(async () => {
      await this.libraries.refresh();
      await this.checks.refresh();
      await this.#libraryMayHaveChanged();
    });
  }

  /** Opens the chosen source once it can be used, and lets go of one that went away. */
  async #sync(): Promise<void> {
    const { chosen } = this.devices;
    if (this.open && (this.open.id !== chosen?.id || chosen.state === "ejected")) {
      this.open.stop();
      this.open = null;
    }
    // A locked phone is waited for, and opening one that does not trust this computer is what makes it ask its owner.
    if (!chosen || chosen.state === "unreachable" || chosen.state === "ejected" || chosen.state === "connecting") return;
    this.open ??= new OpenSource(this.host, chosen.id, (reason) => this.#failed(reason), () => this.imports.running);
    // After a no, or when it was stopped, its owner is asked again only on request.
    const { scan, failure } = this.open;
    const again = failure !== null && failure.code !== "cancelled" && chosen.state === "ready";
    if (!scan || again) await this.open.open();
  }

  async #libraryMayHaveChanged(): Promise<void> {
    const id = this.libraries.current?.id ?? null;
    if (id === this.#library) return;
    this.#library = id;
    this.open?.libraryChanged();
    this.lastImport?.stop();
    this.lastImport = null;
    this.screen = "source";
    await this.imports.refresh();
    await this.#sync();
  }

  async #importFinished(): Promise<void> {
    // What is picked stays picked, be it of another source or not come to; what is not new any more is put back by itself.
    this.open?.grid.refresh();
    this.lastImport?.refresh();
    await this.try(() => this.libraries.refresh());
    if (this.open) await this.open.open();
  }

  #failed(reason: unknown): void {
    const error = asError(reason);
    // The view says these itself.
    if (error.code !== "source_gone" && error.code !== "no_library") this.notice = refusal(error);
  }
}
