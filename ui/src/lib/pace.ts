// Runs a job as often as it is asked for, but never twice at once and never more often than the given pace.

export class Pace {
  #timer: ReturnType<typeof setTimeout> | null = null;
  #running = false;
  #asked = false;
  #last = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly job: () => Promise<void>,
    private readonly everyMs: number,
  ) {}

  /** Asks for a run; it happens now or as soon as the pace allows, and always after the last request. */
  ask(): void {
    this.#asked = true;
    this.#plan();
  }

  /** Forgets what was asked for. */
  stop(): void {
    this.#asked = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #plan(): void {
    if (this.#running || this.#timer !== null || !this.#asked) return;
    const wait = Math.max(0, this.#last + this.everyMs - Date.now());
    if (wait === 0) {
      void this.#run();
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#run();
    }, wait);
  }

  async #run(): Promise<void> {
    this.#asked = false;
    this.#running = true;
    this.#last = Date.now();
    try {
      await this.job();
    } finally {
      this.#running = false;
      this.#plan();
    }
  }
}
