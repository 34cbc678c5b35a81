// Generated from crates/api/src/commands.rs. Do not edit.
import type { AlbumDto } from "./AlbumDto";
import type { AlbumsArgs } from "./AlbumsArgs";
import type { AssetArgs } from "./AssetArgs";
import type { AssetDto } from "./AssetDto";
import type { AssetsArgs } from "./AssetsArgs";
import type { CarriedArgs } from "./CarriedArgs";
import type { CellDto } from "./CellDto";
import type { CheckDto } from "./CheckDto";
import type { ConversionArgs } from "./ConversionArgs";
import type { DayDto } from "./DayDto";
import type { EntryArgs } from "./EntryArgs";
import type { ExportArgs } from "./ExportArgs";
import type { ExportedDto } from "./ExportedDto";
import type { GridArgs } from "./GridArgs";
import type { HistoryArgs } from "./HistoryArgs";
import type { ImportArgs } from "./ImportArgs";
import type { ImportDto } from "./ImportDto";
import type { ItemDto } from "./ItemDto";
import type { ItemsArgs } from "./ItemsArgs";
import type { LibraryArgs } from "./LibraryArgs";
import type { LibraryChoiceDto } from "./LibraryChoiceDto";
import type { LibraryDto } from "./LibraryDto";
import type { NoArgs } from "./NoArgs";
import type { PageArgs } from "./PageArgs";
import type { PastImportDto } from "./PastImportDto";
import type { PhotoDto } from "./PhotoDto";
import type { PictureArgs } from "./PictureArgs";
import type { PicturesArgs } from "./PicturesArgs";
import type { PlanDto } from "./PlanDto";
import type { PreviewArgs } from "./PreviewArgs";
import type { PreviewDto } from "./PreviewDto";
import type { RenditionsArgs } from "./RenditionsArgs";
import type { ScanDto } from "./ScanDto";
import type { SessionArgs } from "./SessionArgs";
import type { SetAsideDto } from "./SetAsideDto";
import type { SettingsDto } from "./SettingsDto";
import type { SharedAlbumsArgs } from "./SharedAlbumsArgs";
import type { SidecarsArgs } from "./SidecarsArgs";
import type { SourceArgs } from "./SourceArgs";
import type { SourceDto } from "./SourceDto";
import type { SourcesDto } from "./SourcesDto";
import type { ThoroughnessArgs } from "./ThoroughnessArgs";
import type { UndoneDto } from "./UndoneDto";
import type { VolumeArgs } from "./VolumeArgs";
import type { VolumeDto } from "./VolumeDto";

/** Every command with its arguments and its result. */
export type Commands = {
  /** Lists the phones on the cable and the folders opened as sources. */
  sources: [NoArgs, SourcesDto];
  /** Lists the libraries used before; one may be current. */
  libraries: [NoArgs, Array<LibraryDto>];
  /** Lists the mounted drives that could hold a library. */
  volumes: [NoArgs, Array<VolumeDto>];
  /** Asks for a folder with the system's dialog and opens it as a source. Null when the user gave up. */
  pick_source: [NoArgs, SourceDto | null];
  /** Asks for a folder with the system's dialog and uses the library in it, above it or one level below; makes one in an empty folder, and asks first where other things are in it. Null when the user gave up. */
  pick_library: [NoArgs, LibraryChoiceDto | null];
  /** Makes a library in the folder that was asked about last. */
  make_library: [NoArgs, LibraryChoiceDto];
  /** Asks with the system's dialog where a library used before is now, and makes it the current one. Null when the user gave up. */
  find_library: [LibraryArgs, LibraryChoiceDto | null];
  /** Takes a library off the list of those used before. Nothing of it is touched. */
  forget_library: [LibraryArgs, null];
  /** Makes a library used before the current one. */
  use_library: [LibraryArgs, LibraryDto];
  /** Uses the library on a drive, making one in its `Keepsake` folder if there is none. */
  use_volume: [VolumeArgs, LibraryChoiceDto];
  /** Starts listing a source, or returns how far the listing is when it runs or is done. */
  open_source: [SourceArgs, ScanDto];
  /** Lists a source afresh. */
  rescan: [SourceArgs, ScanDto];
  /** Stops the listing of a source, whatever it waits for. What was found stays; opening it again begins anew. */
  cancel_listing: [SourceArgs, null];
  /** Lets go of a phone, so that it can be unplugged. Nothing connects to it until it is opened again or plugged in anew. */
  eject: [SourceArgs, null];
  /** Counts a part of the grid by day, newest day first. */
  grid_days: [GridArgs, Array<DayDto>];
  /** Returns up to 500 cells of a part of the grid, in the order of the days. */
  grid_rows: [PageArgs, Array<AssetDto>];
  /** Returns the ids of up to 10,000 cells of a part of the grid, in the order of the days. */
  grid_ids: [PageArgs, Array<CellDto>];
  /** Returns up to 500 assets by their ids, as cells. */
  grid_assets: [AssetsArgs, Array<AssetDto>];
  /** Finds up to 10,000 photos of another catalog in the current one, once the source was listed into it. */
  carried_ids: [CarriedArgs, Array<number>];
  /** Tells what is known of one photo or video. Null when there is none of that id. */
  photo: [AssetArgs, PhotoDto | null];
  /** Lists the albums of a source, up to 500, in the order of their paths. */
  albums: [AlbumsArgs, Array<AlbumDto>];
  /** Tells about one photo on its own, and notes that it is what is looked at now. */
  preview: [PreviewArgs, PreviewDto];
  /** Notes that no photo is looked at on its own any more. */
  leave_preview: [NoArgs, null];
  /** Tells in a sentence why the large picture of a photo cannot be shown. Null when it can be had now. */
  picture_problem: [PictureArgs, string | null];
  /** Takes back pictures that nobody waits for any more, as they were scrolled away; up to 500. */
  forget_pictures: [PicturesArgs, null];
  /** Opens the copy of a photo or film with the system's program for it. */
  open_elsewhere: [AssetArgs, null];
  /** Tells what an import would do. */
  plan_import: [ImportArgs, PlanDto];
  /** Starts an import into the current library. */
  start_import: [ImportArgs, ImportDto];
  /** Asks the running import to stop. A file that is half copied is taken away. */
  cancel_import: [NoArgs, null];
  /** Returns the running import, else the last one into the current library, else null. */
  import_status: [NoArgs, ImportDto | null];
  /** Returns up to 500 entries of a list behind a number. */
  list_items: [ItemsArgs, Array<ItemDto>];
  /** Asks for a file with the system's dialog and writes a whole list there, as CSV or JSON. Null when the user gave up. */
  export_list: [ExportArgs, ExportedDto | null];
  /** Lists imports into the current library, the latest first, up to 500. */
  past_imports: [HistoryArgs, Array<PastImportDto>];
  /** Undoes an import: its files go to a holding folder of the library, and are new again. Nothing is deleted. */
  undo_import: [SessionArgs, UndoneDto];
  /** Asks the undoing that runs to stop after the files at hand. */
  cancel_undo: [NoArgs, null];
  /** Starts a check of the current library: all of it is read again and compared with what was copied. */
  start_check: [NoArgs, CheckDto];
  /** Asks the running check to stop. What it found changed by then is kept. */
  stop_check: [NoArgs, null];
  /** Returns the running check and what the last one found. Null while there is no library. */
  check_status: [NoArgs, CheckDto | null];
  /** Puts files aside that the last check found changed: they go to a holding folder of the library. Nothing is deleted. */
  set_changed_aside: [NoArgs, SetAsideDto];
  /** Shows the file of an entry of a list in the system's file manager, or the folder it was in. */
  reveal_item: [EntryArgs, null];
  /** Returns what the user set. */
  settings: [NoArgs, SettingsDto];
  /** Remembers how copies are checked where a source cannot hash its own files. */
  choose_thoroughness: [ThoroughnessArgs, SettingsDto];
  /** Remembers what is made of photos besides copying them: JPEGs of those in HEIC, smaller copies. */
  choose_conversion: [ConversionArgs, SettingsDto];
  /** Remembers whether a sidecar is written of what the phone's library says of a photo. */
  choose_sidecars: [SidecarsArgs, SettingsDto];
  /** Remembers whether the largest picture that a phone has of what is only in iCloud is saved, until the original comes. */
  choose_renditions: [RenditionsArgs, SettingsDto];
  /** Remembers whether albums that others share are listed, and lists open phones again. */
  choose_shared_albums: [SharedAlbumsArgs, SettingsDto];
  /** Notes that the window stays open after all. */
  stay_open: [NoArgs, null];
  /** Stops what runs, waits for the file at hand, and closes the window. */
  stop_and_close: [NoArgs, null];
  /** Shows the current library's folder in the system's file manager. */
  reveal_library: [NoArgs, null];
};
