// What the person set for all imports and listings. The engine remembers it; the page only shows it.
import type { ConversionDto } from "../ipc/bindings/ConversionDto";
import type { SettingsDto } from "../ipc/bindings/SettingsDto";
import type { ThoroughnessDto } from "../ipc/bindings/ThoroughnessDto";
import type { Host } from "../ipc/host";

export class Options {
  /** How copies are checked where a phone cannot hash its own files; null until the engine said. */
  thoroughness = $state<ThoroughnessDto | null>(null);
  /** Whether photos of albums that others share are listed; null until the engine said. */
  sharedAlbums = $state<boolean | null>(null);

  /** What is made of photos besides copying them; null until the engine said. */
  conversion = $state.raw<ConversionDto | null>(null);

  /** Whether a sidecar is written of what the phone’s library says of a photo; null until the engine said. */
  sidecars = $state<boolean | null>(null);

  /** Whether smaller pictures are saved of what is only in iCloud; null until the engine said. */
  renditions = $state<boolean | null>(null);

  /** Why what was set earlier is not known any more, if so. */
  problem = $state<string | null>(null);

  constructor(private readonly host: Host) {}

  async refresh(): Promise<void> {
    this.show(await this.host.call("settings", {}));
  }

  async choose(thoroughness: ThoroughnessDto): Promise<void> {
    this.show(await this.host.call("choose_thoroughness", { thoroughness }));
  }

  async listSharedAlbums(listed: boolean): Promise<void> {
    this.show(await this.host.call("choose_shared_albums", { listed }));
  }

  async make(change: Partial<ConversionDto>): Promise<void> {
    if (this.conversion) this.show(await this.host.call("choose_conversion", { conversion: { ...this.conversion, ...change } }));
  }

  async writeSidecars(written: boolean): Promise<void> {
    this.show(await this.host.call("choose_sidecars", { written }));
  }

  async saveRenditions(saved: boolean): Promise<void> {
    this.show(await this.host.call("choose_renditions", { saved }));
  }

  private show(settings: SettingsDto): void {
    this.problem = settings.problem;
    this.thoroughness = settings.thoroughness;
    this.sharedAlbums = settings.shared_albums;
    this.conversion = settings.conversion;
    this.sidecars = settings.sidecars;
    this.renditions = settings.renditions;
  }
}
