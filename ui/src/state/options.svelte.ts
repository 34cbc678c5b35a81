// What the person set for all imports. The engine remembers it; the page only shows it.
import type { ThoroughnessDto } from "../ipc/bindings/ThoroughnessDto";
import type { Host } from "../ipc/host";

export class Options {
  /** How copies are checked where a phone cannot hash its own files; null until the engine said. */
  thoroughness = $state<ThoroughnessDto | null>(null);

  constructor(private readonly host: Host) {}

  async refresh(): Promise<void> {
    this.thoroughness = (await this.host.call("settings", {})).thoroughness;
  }

  async choose(thoroughness: ThoroughnessDto): Promise<void> {
    this.thoroughness = (await this.host.call("choose_thoroughness", { thoroughness })).thoroughness;
  }
}
