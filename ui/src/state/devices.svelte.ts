// Where photos come from: the phones on the cable and the folders opened, and which of them is shown.
import type { ErrorDto } from "../ipc/bindings/ErrorDto";
import type { SourceDto } from "../ipc/bindings/SourceDto";
import { rememberDevices } from "../lib/device-words";
import { asError, type Host } from "../ipc/host";

export class Devices {
  list = $state.raw<readonly SourceDto[]>([]);
  /** Whether the engine answered once; before that the page does not claim that there is no phone. */
  asked = $state(false);
  /** Why phones cannot be looked for at all. */
  problem = $state.raw<ErrorDto | null>(null);
  /** The source that was shown when it went away; it is shown again when it comes back. */
  lost = $state.raw<SourceDto | null>(null);
  #chosenId = $state<string | null>(null);
  /** How often the engine was asked. */
  #asked = 0;

  constructor(private readonly host: Host) {}

  readonly chosen = $derived(this.list.find(({ id }) => id === this.#chosenId) ?? null);

  async refresh(): Promise<void> {
    const question = (this.#asked += 1);
    try {
      const { sources, problem } = await this.host.call("sources", {});
      // The answer of a slow phone may come after that of a later question, which knows that it is gone.
      if (question !== this.#asked) return;
      this.#take(sources);
      this.problem = problem;
    } catch (reason) {
      if (question !== this.#asked) return;
      // Folders need no phone service.
      this.#take(this.list.filter(({ kind }) => kind === "folder"));
      this.problem = asError(reason);
    }
    this.asked = true;
  }

  choose(id: string): void {
    this.#chosenId = id;
    this.lost = null;
  }

  find(id: string): SourceDto | null {
    return this.list.find((source) => source.id === id) ?? null;
  }

  /** Lets the person choose a folder; resolves to false when they gave up. */
  async pickFolder(): Promise<boolean> {
    const picked = await this.host.call("pick_source", {});
    if (!picked) return false;
    if (!this.find(picked.id)) this.list = [...this.list, picked];
    this.choose(picked.id);
    return true;
  }

  #take(list: readonly SourceDto[]): void {
    const before = this.chosen;
    rememberDevices(list);
    this.list = list;
    if (this.chosen) {
      this.lost = null;
      return;
    }
    // One that was ejected was meant to go.
    if (before && before.state !== "ejected") this.lost = before;
    // A phone is shown as soon as it is plugged in; a folder only when it is asked for.
    const next = list.find(({ kind }) => kind === "iphone") ?? (before ? undefined : list[0]);
    if (next) this.choose(next.id);
  }
}
