// Where photos go: the libraries used before, the drives that could hold one, and the one chosen.
import type { LibraryChoiceDto } from "../ipc/bindings/LibraryChoiceDto";
import type { LibraryDto } from "../ipc/bindings/LibraryDto";
import type { VolumeDto } from "../ipc/bindings/VolumeDto";
import type { Host } from "../ipc/host";

type Asked = Extract<LibraryChoiceDto, { kind: "asks" }>;

/** How a choice ended: a library is used, with what the person should know of it, or none was chosen. */
export type Chosen = { note: string | null } | "none";

export class Libraries {
  list = $state.raw<readonly LibraryDto[]>([]);
  volumes = $state.raw<readonly VolumeDto[]>([]);
  /** The folder with other things in it that becomes a library once the person agrees. */
  asked = $state.raw<Asked | null>(null);

  constructor(private readonly host: Host) {}

  readonly current = $derived(this.list.find(({ current }) => current) ?? null);
  readonly others = $derived(this.list.filter(({ current }) => !current));

  async refresh(): Promise<void> {
    const [list, volumes] = await Promise.all([this.host.call("libraries", {}), this.host.call("volumes", {})]);
    this.list = list;
    this.volumes = volumes;
  }

  async use(library: string): Promise<Chosen> {
    await this.host.call("use_library", { library });
    await this.refresh();
    return { note: null };
  }

  async useVolume(volume: string): Promise<Chosen> {
    return this.#took(await this.host.call("use_volume", { volume }));
  }

  /** Lets the person choose a folder. */
  async pickFolder(): Promise<Chosen> {
    return this.#took(await this.host.call("pick_library", {}));
  }

  /** Makes a library in the folder that the person was asked about. */
  async make(): Promise<Chosen> {
    return this.#took(await this.host.call("make_library", {}));
  }

  /** Lets the person say where a library is now that is not where it was. */
  async find(library: string): Promise<Chosen> {
    return this.#took(await this.host.call("find_library", { library }));
  }

  /** Takes a library off the list; nothing of it is touched. */
  async forget(library: string): Promise<void> {
    await this.host.call("forget_library", { library });
    await this.refresh();
  }

  async #took(choice: LibraryChoiceDto | null): Promise<Chosen> {
    if (choice?.kind !== "used") {
      this.asked = choice;
      return "none";
    }
    await this.refresh();
    return { note: choice.note ?? (choice.made ? `Your new library is “${choice.library.name}”.` : null) };
  }
}
