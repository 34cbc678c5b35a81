// An engine in memory, for unit tests and the development page. It keeps the contract and does no work.
import { readEvent } from "../src/ipc/events";
import type { AlbumDto } from "../src/ipc/bindings/AlbumDto";
import type { AssetDto } from "../src/ipc/bindings/AssetDto";
import type { CheckDto } from "../src/ipc/bindings/CheckDto";
import type { CheckList } from "../src/ipc/bindings/CheckList";
import type { CheckingDto } from "../src/ipc/bindings/CheckingDto";
import type { Commands } from "../src/ipc/bindings/Commands";
import type { DayDto } from "../src/ipc/bindings/DayDto";
import type { ErrorDto } from "../src/ipc/bindings/ErrorDto";
import type { Event } from "../src/ipc/bindings/Event";
import type { ImportDto } from "../src/ipc/bindings/ImportDto";
import type { ItemDto } from "../src/ipc/bindings/ItemDto";
import type { LibraryChoiceDto } from "../src/ipc/bindings/LibraryChoiceDto";
import type { LibraryDto } from "../src/ipc/bindings/LibraryDto";
import type { ListDto } from "../src/ipc/bindings/ListDto";
import type { PastImportDto } from "../src/ipc/bindings/PastImportDto";
import type { PhotoDto } from "../src/ipc/bindings/PhotoDto";
import type { PlanDto } from "../src/ipc/bindings/PlanDto";
import type { PreviewDto } from "../src/ipc/bindings/PreviewDto";
import type { ScanDto } from "../src/ipc/bindings/ScanDto";
import type { Section } from "../src/ipc/bindings/Section";
import type { SelectionDto } from "../src/ipc/bindings/SelectionDto";
import type { SettingsDto } from "../src/ipc/bindings/SettingsDto";
import type { SourceDto } from "../src/ipc/bindings/SourceDto";
import type { TotalsDto } from "../src/ipc/bindings/TotalsDto";
import type { UndoneDto } from "../src/ipc/bindings/UndoneDto";
import type { VolumeDto } from "../src/ipc/bindings/VolumeDto";
import type { CommandName, Host, Listener } from "../src/ipc/host";
import { drawing } from "./fake-photos";

export const PHONE: SourceDto = {
  id: "iphone:00008120-0012",
  kind: "iphone",
  name: "Family iPhone",
  model: "iPhone 15 Pro",
  os: "iOS 18.1",
  state: "ready",
};
export const DRIVE: VolumeDto = { id: "vol-1", name: "Photos SSD", removable: true, free_bytes: 31e9, total_bytes: 1e12, library: null };
export const LIBRARY: LibraryDto = {
  id: "0123456789abcdef0123456789abcdef",
  name: "Family Photos",
  location: "/media/photos-ssd/Keepsake",
  online: true,
  current: true,
  free_bytes: 31e9,
  total_bytes: 500e9,
};

/** A library that was never checked. */
export const UNCHECKED: CheckDto = { running: null, last: null, changed: 0, missing: 0, unknown: 0, new_again: 0, problem: null };
/** A check that just began. */
export const CHECKING: CheckingDto = { done_files: 0, files: 0, done_bytes: 0, bytes: 0, bytes_per_second: 0, seconds_left: null, changed: 0, missing: 0, stopping: false };

type Handlers = { [N in CommandName]: (args: Commands[N][0]) => Commands[N][1] };

export class FakeHost implements Host {
  sources: SourceDto[] = [PHONE];
  /** Why phones cannot be looked for. */
  noPhones: ErrorDto | null = null;
  libraries: LibraryDto[] = [LIBRARY];
  volumes: VolumeDto[] = [DRIVE];
  photos: AssetDto[] = [];
  /** Ids of those with a verified copy. */
  copied = new Set<number>();
  /** Ids of those that are kept apart on the phone, by where. */
  apart: Record<"only_in_icloud" | "hidden" | "recently_deleted", Set<number>> = { only_in_icloud: new Set(), hidden: new Set(), recently_deleted: new Set() };
  /** What is in the albums, by path; folders and title have `/` between them. */
  albums: Record<string, number[]> = {};
  /** The frames of bursts, the cell's own first. */
  bursts: { ids: number[]; picked: number }[] = [];
  details: Partial<PhotoDto> = {};
  /** Those of which a small picture is in the library. */
  small = new Set<number>();
  lastImported = new Set<number>();
  /** Which part of the photos the listing has come to; all when undefined. */
  found: number | undefined;
  scan: Partial<ScanDto> = {};
  revision = 1;
  run: ImportDto | null = null;
  plan: Partial<PlanDto> = {};
  picked: LibraryDto | null = null;
  /** What else is told of the folder that was picked. */
  pickedNote: string | null = null;
  /** The folder that was picked has other things in it. */
  pickedAsks: { name: string; location: string } | null = null;
  /** What the file dialog answers; null when the person gives up. */
  savedAs: string | null = null;
  past: PastImportDto[] = [];
  settings: SettingsDto = { thoroughness: "read_back", shared_albums: false, conversion: { heic: false, smaller: false, longest_edge: 2048, quality: 90, originals: true }, sidecars: false, renditions: false, problem: null };
  check: CheckDto = UNCHECKED;
  /** How undoing an import ends, beyond what it does. */
  undone: Partial<UndoneDto> = {};
  /** What is told of a photo on its own, beyond what its cell says. */
  told: (asset: AssetDto) => Partial<PreviewDto> = () => ({});
  /** Why no large picture can be shown. */
  pictureProblem: string | null = null;
  failing: Partial<Record<CommandName, ErrorDto>> = {};
  calls: { name: CommandName; args: unknown }[] = [];
  delayMs = 0;
  #listeners = new Set<Listener>();

  async call<N extends CommandName>(name: N, args: Commands[N][0]): Promise<Commands[N][1]> {
    this.calls.push({ name, args });
    await (this.delayMs > 0 ? new Promise((done) => setTimeout(done, this.delayMs)) : Promise.resolve());
    const error = this.failing[name];
    if (error) throw error;
    return structuredClone(this.#handlers[name](args));
  }

  listen(listener: Listener): Promise<() => void> {
    this.#listeners.add(listener);
    return Promise.resolve(() => this.#listeners.delete(listener));
  }

  pictureUrl = (token: string): string => drawing(token);

  emit(event: Event): void {
    // Through the door of the real hosts: what the page does not know is dropped there.
    const news = readEvent(structuredClone(event));
    if (news) for (const listener of this.#listeners) listener.news(news);
  }

  gap(): void {
    for (const listener of this.#listeners) listener.gap();
  }

  called(name: CommandName): unknown[] {
    return this.calls.filter((call) => call.name === name).map(({ args }) => args);
  }

  /** What the listing would say now. */
  scanNow(source = PHONE.id): ScanDto {
    const seen = this.photos.slice(0, this.found);
    const of = (section: Section) => seen.filter((asset) => this.#place(asset) === section);
    const fresh = of("new");
    return {
      source,
      catalog: this.libraries.find(({ current }) => current)?.id ?? "none",
      phase: this.found === undefined ? "done" : "listing",
      reading: null,
      files: seen.length,
      assets: seen.length,
      new: fresh.length,
      missing: 0,
      already_imported: of("already_imported").length,
      jpeg_only: 0,
      only_in_icloud: of("only_in_icloud").length,
      renditions: of("only_in_icloud").filter(({ id }) => this.small.has(id)).length,
      hidden: of("hidden").length,
      recently_deleted: of("recently_deleted").length,
      new_bytes: fresh.reduce((sum, { bytes }) => sum + bytes, 0),
      ignored: 0,
      unreadable: 0,
      notes: [],
      revision: this.revision,
      error: null,
      ...this.scan,
    };
  }

  /** Comes further with the listing, as far as the whole when no number is given, and says so. */
  list(found?: number): void {
    this.found = found;
    this.revision += 1;
    this.emit({ type: "scan", scan: this.scanNow() });
  }

  /** Changes the running import and says so. */
  news(change: Partial<ImportDto>): void {
    if (!this.run) return;
    this.run = { ...this.run, ...change };
    this.emit({ type: "import", import: this.run });
  }

  /** Ends the running import well: everything asked for is in the library. */
  finish(totals: Partial<TotalsDto> = {}): void {
    if (!this.run) return;
    const { total_assets, total_bytes } = this.run;
    for (const id of this.lastImported) this.copied.add(id);
    const already_imported = this.photos.length - total_assets;
    const books = { seen: this.photos.length, imported: total_assets, already_imported, only_in_icloud: 0, not_selected: 0, failed: 0, put_aside: 0 };
    this.revision += 1;
    const evidence = { phone_hash: { ...books, ...totals }.imported, photos_fingerprint: 0, second_read: 0, read_back: 0 };
    this.news({ phase: "finished", done_assets: total_assets, done_bytes: total_bytes, current: null, evidence, totals: { ...books, ...totals } });
  }

  #place({ id }: AssetDto): Section {
    if (this.copied.has(id)) return "already_imported";
    return (["only_in_icloud", "hidden", "recently_deleted"] as const).find((part) => this.apart[part].has(id)) ?? "new";
  }

  #album(number: number | null): Set<number> | null {
    return number === null ? null : new Set(this.albums[Object.keys(this.albums)[number - 1] ?? ""] ?? []);
  }

  /** The assets of a part of the grid, each frame in its place. */
  section(section: Section, album: number | null = null): AssetDto[] {
    const seen = this.photos.slice(0, this.found);
    const inside = this.#album(album);
    const there = section === "last_import" ? seen.filter(({ id }) => this.lastImported.has(id)) : seen.filter((asset) => this.#place(asset) === section);
    return (inside ? there.filter(({ id }) => inside.has(id)) : there).map((asset) => this.#dressed(asset));
  }

  #dressed(asset: AssetDto): AssetDto {
    if (this.apart.only_in_icloud.has(asset.id)) return { ...asset, availability: "only_in_icloud", bytes: 0, rendition: this.#small(asset) };
    if (!this.copied.has(asset.id)) return asset;
    return { ...asset, library_path: `Originals/2025/${asset.day}/${asset.name}`, evidence: "phone_hash" as const };
  }

  #small({ id, day, name }: AssetDto): string | null {
    return this.small.has(id) ? `Originals/2025/${day}/${name.replace(/\..*$/, "")}.rendition.jpg` : null;
  }

  /** The same with bursts as one cell. */
  #cells(section: Section, album: number | null): AssetDto[] {
    const all = this.section(section, album);
    if (album !== null || section === "last_import") return all;
    const inside = new Set(all.map(({ id }) => id));
    const behind = new Map(this.bursts.flatMap((burst) => burst.ids.filter((id) => inside.has(id)).map((id) => [id, burst] as const)));
    return all.flatMap((asset) => {
      const burst = behind.get(asset.id);
      const ids = burst?.ids.filter((id) => inside.has(id)) ?? [];
      if (!burst || ids.length < 2) return [asset];
      return ids[0] === asset.id ? [{ ...asset, burst: { ids, picked: burst.picked } }] : [];
    });
  }

  #days(section: Section, album: number | null): DayDto[] {
    const days = new Map<string, DayDto>();
    for (const { day, burst } of this.#cells(section, album)) {
      const known = days.get(day) ?? { day, count: 0, assets: 0 };
      days.set(day, { day, count: known.count + 1, assets: known.assets + (burst?.ids.length ?? 1) });
    }
    return [...days.values()];
  }

  #albumRows(): AlbumDto[] {
    const fresh = new Set(this.section("new").map(({ id }) => id));
    const known = new Set(this.photos.slice(0, this.found).map(({ id }) => id));
    return Object.entries(this.albums)
      .map(([path, ids], n) => ({ id: n + 1, path: path.split("/"), assets: ids.filter((id) => known.has(id)).length, new: ids.filter((id) => fresh.has(id)).length }))
      .filter(({ assets }) => assets > 0);
  }

  #photo(id: number): PhotoDto | null {
    const asset = this.photos.find((photo) => photo.id === id);
    if (!asset) return null;
    const path = this.#dressed(asset).library_path;
    const copy = path === null ? null : { path, imported_at: "2025-11-20T18:30:00Z", matched: "place" as const, evidence: "phone_hash" as const };
    const albums = Object.entries(this.albums).flatMap(([name, ids]) => (ids.includes(id) ? [name.split("/")] : []));
    const place = this.#place(asset);
    return {
      name: asset.name,
      original_name: null,
      source_path: `DCIM/104APPLE/${asset.name}`,
      pixels: [4032, 3024],
      title: null,
      caption: null,
      keywords: [],
      people: [],
      albums,
      hidden: place === "hidden",
      deleted: place === "recently_deleted",
      copy,
      ...this.details,
    };
  }

  #chosen(selection: SelectionDto): AssetDto[] {
    if (selection.kind === "album") return this.section("new", selection.album);
    if (selection.kind !== "assets" && selection.kind !== "again") return this.section("new");
    const ids = new Set(selection.ids);
    const there = selection.kind === "again" ? this.photos : [...this.section("new"), ...this.section("hidden"), ...this.section("recently_deleted")];
    return there.filter(({ id }) => ids.has(id) && !this.apart.only_in_icloud.has(id));
  }

  #plan(selection: SelectionDto): PlanDto {
    const chosen = this.#chosen(selection);
    const bytes = chosen.reduce((sum, asset) => sum + asset.bytes, 0);
    const library = this.libraries.find(({ current }) => current);
    const problem: ErrorDto | null = library ? null : { code: "no_library", message: "Choose a library first." };
    const renditions = this.settings.renditions && selection.kind === "all_new" ? this.section("only_in_icloud").filter(({ id }) => !this.small.has(id)).length : 0;
    return { assets: chosen.length, bytes, renditions, free_bytes: library?.free_bytes ?? 0, problem, ...this.plan };
  }

  #start(source: string, selection: SelectionDto): ImportDto {
    const chosen = this.#chosen(selection);
    this.lastImported = new Set(chosen.map(({ id }) => id));
    this.run = {
      session: `session-${this.called("start_import").length}`,
      source,
      source_name: PHONE.name,
      library_name: this.libraries.find(({ current }) => current)?.name ?? "",
      phase: "copying",
      started_at: "2025-11-22T14:05:00Z",
      total_assets: chosen.length,
      done_assets: 0,
      total_bytes: chosen.reduce((sum, { bytes }) => sum + bytes, 0),
      done_bytes: 0,
      bytes_per_second: 0,
      seconds_left: null,
      current: null,
      waiting: null,
      totals: { seen: this.photos.length, imported: 0, already_imported: 0, only_in_icloud: 0, not_selected: 0, failed: 0, put_aside: 0 },
      evidence: null,
      made: null,
      stopped: null,
      seconds: 0,
      released: true,
      undone_at: null,
    };
    return this.run;
  }

  #items(list: ListDto, offset: number, limit: number): ItemDto[] {
    if (list.kind === "check") return this.#findings(list.list, offset, limit);
    const kind = list.kind === "import" ? list.list : list.section;
    const total = list.kind === "source" ? this.#count(list.section) : list.list === "warned" ? (this.run?.made?.warned ?? 0) : (this.run?.totals[list.list] ?? 0);
    const copied = kind === "imported" || kind === "warned" || kind === "already_imported";
    const bad = kind === "failed" || kind === "missing";
    return Array.from({ length: Math.min(limit, Math.max(0, total - offset)) }, (_, n) => ({
      name: `IMG_${4000 + offset + n}.HEIC`,
      source_path: `DCIM/104APPLE/IMG_${4000 + offset + n}.HEIC`,
      evidence: copied ? ("phone_hash" as const) : null,
      library_path: copied ? `Originals/2025/2025-11-22/IMG_${4000 + offset + n}.HEIC` : null,
      error: bad ? { code: "source_read" as const, message: "The iPhone stopped sending this file. Unlock it and try again." } : null,
      warning: kind === "warned" ? `No JPEG was made of IMG_${4000 + offset + n}.HEIC: The file is cut short.` : null,
    }));
  }

  #findings(list: CheckList, offset: number, limit: number): ItemDto[] {
    return Array.from({ length: Math.min(limit, Math.max(0, this.check[list] - offset)) }, (_, n) => ({
      name: `IMG_${4000 + offset + n}.HEIC`,
      source_path: `DCIM/104APPLE/IMG_${4000 + offset + n}.HEIC`,
      evidence: null,
      library_path: `Originals/2025/2025-11-22/IMG_${4000 + offset + n}.HEIC`,
      error: null,
      warning: list === "changed" && n === 1 ? "It cannot be read" : null,
    }));
  }

  #count(section: Section): number {
    const scan = this.scanNow();
    return section === "last_import" ? this.lastImported.size : section === "new" ? scan.new - scan.missing : scan[section];
  }

  #undo(session: string): UndoneDto {
    const undone_at = "2025-11-22T15:00:00Z";
    const files = this.lastImported.size;
    for (const id of this.lastImported) this.copied.delete(id);
    this.lastImported.clear();
    this.revision += 1;
    this.past = this.past.map((past) => (past.session === session ? { ...past, files: 0, undone_at } : past));
    if (this.run?.session === session) {
      const { totals } = this.run;
      this.news({ undone_at, totals: { ...totals, imported: 0, put_aside: totals.imported } });
    }
    this.emit({ type: "scan", scan: this.scanNow() });
    return { session, moved: files, folder: `Removed/${session}`, left: 0, not_reached: 0, reasons: [], ...this.undone };
  }

  #preview(id: number): PreviewDto {
    const asset = this.photos.find((photo) => photo.id === id);
    if (!asset) throw { code: "bad_request", message: "it is not listed any more" } satisfies ErrorDto;
    const copied = this.copied.has(id);
    return {
      id,
      original: copied ? "library" : "source",
      width: 4032,
      height: 3024,
      camera: "Apple iPhone 15 Pro",
      lens: null,
      codec: asset.kind === "photo" && asset.name.endsWith("DNG") ? "JPEG" : "HEVC",
      frame_rate: asset.kind === "video" ? 29.97 : null,
      edited: false,
      favorite: false,
      title: null,
      caption: null,
      traits: [],
      film: asset.kind === "photo" ? null : `http://127.0.0.1:9/secret/${asset.thumbnail}`,
      opens_elsewhere: copied,
      ...this.told(asset),
    };
  }

  #use(library: LibraryDto): LibraryDto {
    const others = this.libraries.filter(({ id }) => id !== library.id).map((other) => ({ ...other, current: false }));
    const used = { ...library, current: true };
    this.libraries = [used, ...others];
    return used;
  }

  #took(library: LibraryDto, made: boolean): LibraryChoiceDto {
    return { kind: "used", library: this.#use(library), made, note: this.pickedNote };
  }

  #handlers: Handlers = {
    sources: () => ({ sources: this.sources, problem: this.noPhones }),
    libraries: () => this.libraries,
    volumes: () => this.volumes,
    pick_source: () => null,
    pick_library: () => {
      if (this.pickedAsks) return { kind: "asks", ...this.pickedAsks };
      return this.picked && this.#took(this.picked, false);
    },
    make_library: () => this.#took({ ...LIBRARY, id: "made", name: this.pickedAsks?.name ?? "" }, true),
    find_library: ({ library }) => {
      const lost = this.libraries.find(({ id }) => id === library) ?? LIBRARY;
      return this.#took({ ...LIBRARY, ...lost, online: true }, false);
    },
    forget_library: ({ library }) => {
      this.libraries = this.libraries.filter(({ id }) => id !== library);
      return null;
    },
    carried_ids: ({ ids }) => ids,
    use_library: ({ library }) => this.#use(this.libraries.find(({ id }) => id === library) ?? LIBRARY),
    use_volume: ({ volume }) => {
      const there = this.volumes.find(({ id }) => id === volume)?.library ?? null;
      return this.#took({ ...LIBRARY, id: volume, name: there ?? "Keepsake" }, there === null);
    },
    open_source: ({ source }) => {
      this.sources = this.sources.map((each) => (each.id === source && each.state === "ejected" ? { ...each, state: "ready" } : each));
      return this.scanNow(source);
    },
    rescan: ({ source }) => this.scanNow(source),
    cancel_listing: ({ source }) => {
      this.scan = { ...this.scan, phase: "failed", error: { code: "cancelled", message: "Stopped" } };
      this.emit({ type: "scan", scan: this.scanNow(source) });
      return null;
    },
    eject: ({ source }) => {
      this.sources = this.sources.map((each) => (each.id === source ? { ...each, state: "ejected" } : each));
      return null;
    },
    grid_days: ({ section, album }) => this.#days(section, album),
    grid_rows: ({ section, album, offset, limit }) => this.#cells(section, album).slice(offset, offset + Math.min(limit, 500)),
    grid_ids: ({ section, album, offset, limit }) =>
      this.#cells(section, album)
        .slice(offset, offset + Math.min(limit, 10_000))
        .map(({ id, burst }) => burst?.ids ?? id),
    grid_assets: ({ ids }) => ids.flatMap((id) => this.photos.filter((photo) => photo.id === id).map((photo) => this.#dressed(photo))),
    photo: ({ id }) => this.#photo(id),
    albums: ({ offset, limit }) => this.#albumRows().slice(offset, offset + limit),
    preview: ({ id }) => this.#preview(id),
    leave_preview: () => null,
    picture_problem: () => this.pictureProblem,
    forget_pictures: () => null,
    open_elsewhere: () => null,
    plan_import: ({ selection }) => this.#plan(selection),
    start_import: ({ source, selection }) => this.#start(source, selection),
    cancel_import: () => {
      this.news({ phase: "cancelling" });
      return null;
    },
    import_status: () => this.run,
    list_items: ({ list, offset, limit }) => this.#items(list, offset, limit),
    export_list: ({ list }) => (this.savedAs === null ? null : { name: this.savedAs, rows: this.#items(list, 0, 1e6).length }),
    past_imports: () => this.past,
    undo_import: ({ session }) => this.#undo(session),
    cancel_undo: () => null,
    settings: () => this.settings,
    choose_thoroughness: (chosen) => (this.settings = { ...this.settings, ...chosen }),
    choose_conversion: (chosen) => (this.settings = { ...this.settings, ...chosen }),
    choose_sidecars: ({ written }) => (this.settings = { ...this.settings, sidecars: written }),
    choose_renditions: ({ saved }) => (this.settings = { ...this.settings, renditions: saved }),
    choose_shared_albums: ({ listed }) => (this.settings = { ...this.settings, shared_albums: listed }),
    reveal_library: () => null,
    reveal_item: () => null,
    check_status: () => (this.libraries.some(({ current }) => current) ? this.check : null),
    start_check: () => (this.check = { ...this.check, running: CHECKING, problem: null }),
    stop_check: () => null,
    stay_open: () => null,
    stop_and_close: () => null,
    set_changed_aside: () => {
      const { changed } = this.check;
      this.check = { ...this.check, changed: 0 };
      return { moved: changed, folder: "Removed", left: 0, not_reached: 0, reasons: [] };
    },
  };
}
