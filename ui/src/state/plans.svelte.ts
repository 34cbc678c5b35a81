// What an import would do, asked before there is a button to press: how much, whether it fits, why it cannot start.
import type { PlanDto } from "../ipc/bindings/PlanDto";
import { asError, type Host } from "../ipc/host";
import { Pace } from "../lib/pace";
import type { OpenSource } from "./open-source.svelte";

const PLAN_MS = 300;

export class Plans {
  all = $state.raw<PlanDto | null>(null);
  picked = $state.raw<PlanDto | null>(null);
  #source: OpenSource | null = null;
  #pace = new Pace(() => this.#refresh(), PLAN_MS);

  constructor(private readonly host: Host) {}

  /** Asks again for this source, at a bounded pace. */
  ask(source: OpenSource | null): void {
    if (source !== this.#source) {
      this.all = null;
      this.picked = null;
    }
    this.#source = source;
    if (source?.scan) this.#pace.ask();
  }

  async #refresh(): Promise<void> {
    const source = this.#source;
    if (!source) return;
    // An import of everything cannot start before everything was found, and its plan would hold up the grid until then.
    const [all, picked] = await Promise.all([
      source.scan?.phase === "listing" ? null : this.#plan(source, "all"),
      source.picks.count > 0 ? this.#plan(source, "picked") : null,
    ]);
    if (source !== this.#source) return;
    this.all = all;
    this.picked = picked;
  }

  async #plan(source: OpenSource, which: "all" | "picked"): Promise<PlanDto> {
    const selection = which === "all" ? source.everything() : source.selected();
    try {
      return await this.host.call("plan_import", { source: source.id, selection, catalog: source.scan?.catalog ?? null });
    } catch (reason) {
      return { assets: 0, bytes: 0, renditions: 0, free_bytes: 0, problem: asError(reason) };
    }
  }
}
