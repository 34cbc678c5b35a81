// The albums of the open source, and the one that is shown. An album is remembered by its path: its id is another one in
// another library's catalog.
import type { AlbumDto } from "../ipc/bindings/AlbumDto";
import type { Host } from "../ipc/host";
import { keyOf } from "../lib/album-tree";
import { Pace } from "../lib/pace";

const PAGE = 500;
const REFRESH_MS = 1500;

export class Albums {
  list = $state.raw<readonly AlbumDto[]>([]);
  /** The path of the one that is shown; null for everything. */
  chosen = $state.raw<readonly string[] | null>(null);
  #pace: Pace;

  constructor(
    private readonly host: Host,
    private readonly source: string,
    private readonly heard: { changed: () => void; failed: (reason: unknown) => void },
  ) {
    this.#pace = new Pace(() => this.#refresh().catch(this.heard.failed), REFRESH_MS);
  }

  /** The album that is shown, as it is now; null when everything is, or when it is not on the phone any more. */
  readonly current: AlbumDto | null = $derived.by(() => {
    const chosen = this.chosen;
    return chosen === null ? null : (this.list.find(({ path }) => keyOf(path) === keyOf(chosen)) ?? null);
  });

  refresh(): void {
    this.#pace.ask();
  }

  stop(): void {
    this.#pace.stop();
  }

  async #refresh(): Promise<void> {
    const found: AlbumDto[] = [];
    for (;;) {
      const page = await this.host.call("albums", { source: this.source, offset: found.length, limit: PAGE });
      found.push(...page);
      if (page.length < PAGE) break;
    }
    this.list = found;
    this.heard.changed();
  }
}
