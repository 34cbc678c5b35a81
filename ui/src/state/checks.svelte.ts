// Checking the library: how far it is, what the last check found, and when that was.
import type { CheckDto } from "../ipc/bindings/CheckDto";
import type { SetAsideDto } from "../ipc/bindings/SetAsideDto";
import type { Host } from "../ipc/host";

export class Checks {
  /** Null while there is no library. */
  check = $state.raw<CheckDto | null>(null);
  /** Whether changed files are being put aside. */
  settingAside = $state(false);
  #heard = 0;

  constructor(private readonly host: Host) {}

  readonly running = $derived(this.check?.running ?? null);
  /** Files that are not as they were copied. */
  readonly wrong = $derived((this.check?.changed ?? 0) + (this.check?.missing ?? 0));

  async refresh(): Promise<void> {
    const heard = this.#heard;
    const check = await this.host.call("check_status", {});
    // News that came while the answer was under way is newer than it: the check may be over by now.
    if (this.#heard === heard) this.check = check;
  }

  async start(): Promise<void> {
    const heard = this.#heard;
    const check = await this.host.call("start_check", {});
    // News that came before the answer is newer than the answer: a small library may be read by now.
    if (this.#heard !== heard) return;
    this.#heard += 1;
    this.check = check;
  }

  async stop(): Promise<void> {
    if (this.check?.running) this.check = { ...this.check, running: { ...this.check.running, stopping: true } };
    await this.host.call("stop_check", {});
  }

  /** Moves what was found changed out of the way. Says what became of it. */
  async setAside(): Promise<SetAsideDto> {
    this.settingAside = true;
    return this.host.call("set_changed_aside", {}).finally(() => (this.settingAside = false));
  }

  news(check: CheckDto): void {
    this.#heard += 1;
    this.check = check;
  }
}
