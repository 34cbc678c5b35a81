// Which photos are chosen: a set of ids, so that it survives rows that come, go and move while the phone is listed.

export class Selection {
  #ids = new Set<number>();

  get size(): number {
    return this.#ids.size;
  }

  has(id: number): boolean {
    return this.#ids.has(id);
  }

  ids(): number[] {
    return [...this.#ids];
  }

  clear(): void {
    this.#ids.clear();
  }

  /** Makes these the whole selection. */
  only(ids: Iterable<number>): void {
    this.#ids = new Set(ids);
  }

  add(ids: Iterable<number>): void {
    for (const id of ids) this.#ids.add(id);
  }

  remove(ids: Iterable<number>): void {
    for (const id of ids) this.#ids.delete(id);
  }

  toggle(id: number): void {
    if (!this.#ids.delete(id)) this.#ids.add(id);
  }

  /** Drops what is no longer there. */
  keepOnly(there: Iterable<number>): void {
    const kept = new Set<number>();
    for (const id of there) if (this.#ids.has(id)) kept.add(id);
    this.#ids = kept;
  }

  /** Says how much of a group is chosen; unknown members count as not chosen. */
  coverage(group: Iterable<number | undefined>): Coverage {
    if (this.#ids.size === 0) return "none";
    let inside = 0;
    let outside = 0;
    for (const id of group) {
      if (id !== undefined && this.#ids.has(id)) inside += 1;
      else outside += 1;
      if (inside > 0 && outside > 0) return "some";
    }
    return inside > 0 ? "all" : "none";
  }
}

export type Coverage = "none" | "some" | "all";
