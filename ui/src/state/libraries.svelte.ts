// Where photos go: the libraries used before, the drives that could hold one, and the one chosen.
import type { LibraryDto } from "../ipc/bindings/LibraryDto";
import type { VolumeDto } from "../ipc/bindings/VolumeDto";
import type { Host } from "../ipc/host";

export class Libraries {
  list = $state.raw<readonly LibraryDto[]>([]);
  volumes = $state.raw<readonly VolumeDto[]>([]);

  constructor(private readonly host: Host) {}

  readonly current = $derived(this.list.find(({ current }) => current) ?? null);
  readonly others = $derived(this.list.filter(({ current }) => !current));

  async refresh(): Promise<void> {
    const [list, volumes] = await Promise.all([this.host.call("libraries", {}), this.host.call("volumes", {})]);
    this.list = list;
    this.volumes = volumes;
  }

  async use(library: string): Promise<void> {
    await this.host.call("use_library", { library });
    await this.refresh();
  }

  async useVolume(volume: string): Promise<void> {
    await this.host.call("use_volume", { volume });
    await this.refresh();
  }

  /** Lets the person choose a folder; resolves to false when they gave up. */
  async pickFolder(): Promise<boolean> {
    const picked = await this.host.call("pick_library", {});
    if (!picked) return false;
    await this.refresh();
    return true;
  }
}
