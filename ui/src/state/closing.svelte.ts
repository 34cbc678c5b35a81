// Closing the window while something runs: the person is asked, and the engine hears the answer.
import type { RunningDto } from "../ipc/bindings/RunningDto";
import type { Host } from "../ipc/host";

export class Closing {
  /** What closing would stop; null while nobody wants to close. */
  asked = $state.raw<RunningDto | null>(null);
  /** Whether it is being stopped, after which the window closes by itself. */
  stopping = $state(false);

  constructor(private readonly host: Host) {}

  ask(running: RunningDto): void {
    this.asked = running;
  }

  /** Leaves the window open. */
  async keep(): Promise<void> {
    if (this.asked === null || this.stopping) return;
    this.asked = null;
    await this.host.call("stay_open", {});
  }

  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    await this.host.call("stop_and_close", {}).finally(() => (this.stopping = false));
    this.asked = null;
  }

  /** Takes the question back when what it is about ended by itself: how that ended is there to be seen. */
  async ended(what: RunningDto): Promise<void> {
    if (this.asked === what) await this.keep();
  }
}
