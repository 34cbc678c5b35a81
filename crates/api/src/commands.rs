//! The one list of commands. Each has a name, arguments and a result; the page's types are written from it.

use crate::App;
use crate::albums::AlbumDto;
use crate::args::{
    AlbumsArgs, AssetArgs, AssetsArgs, CarriedArgs, ConversionArgs, EntryArgs, ExportArgs, GridArgs, HistoryArgs,
    ImportArgs, ItemsArgs, LibraryArgs, NoArgs, PageArgs, RenditionsArgs, SessionArgs, SharedAlbumsArgs, SidecarsArgs,
    SourceArgs, ThoroughnessArgs, VolumeArgs,
};
use crate::checks::{CheckDto, SetAsideDto};
use crate::choosing::LibraryChoiceDto;
use crate::devices::SourcesDto;
use crate::dto::{
    AssetDto, CellDto, DayDto, ErrorCode, ErrorDto, ImportDto, ItemDto, LibraryDto, ScanDto, SourceDto, VolumeDto,
};
use crate::export::Exported as ExportedDto;
use crate::history::{PastImportDto, UndoneDto};
use crate::imports::PlanDto;
use crate::photo::PhotoDto;
use crate::pictures::PicturesArgs;
use crate::preview::{PictureArgs, PreviewArgs, PreviewDto};
use crate::proof::SettingsDto;
use serde_json::Value;
use ts_rs::TS;

macro_rules! commands {
    ($($(#[doc = $doc:literal])+ $name:ident: $args:ty => $result:ty;)*) => {
        impl App {
            /// Runs a command by name. The only door of the page. Errors with `BadRequest` when there is no such command or
            /// its arguments are malformed.
            pub fn call(&self, name: &str, args: Value) -> Result<Value, ErrorDto> {
                match name {
                    $(stringify!($name) => {
                        let args: $args = serde_json::from_value(args).map_err(malformed)?;
                        let result: $result = self.$name(args)?;
                        serde_json::to_value(result).map_err(malformed)
                    })*
                    _ => Err(ErrorDto::new(ErrorCode::BadRequest, format!("there is no command {name}"))),
                }
            }
        }

        /// Writes the list as a TypeScript type, `name: [arguments, result]`.
        pub fn typescript() -> String {
            let mut types: Vec<String> = Vec::new();
            let mut lines = String::new();
            $(
                let (args, result) = (<$args as TS>::name(&ts_rs::Config::default()), <$result as TS>::name(&ts_rs::Config::default()));
                types.extend(imports_of(&args).chain(imports_of(&result)));
                lines += &format!("  /**{} */\n  {}: [{args}, {result}];\n", concat!($($doc),+), stringify!($name));
            )*
            types.sort();
            types.dedup();
            let imports: String =
                types.iter().map(|t| format!("import type {{ {t} }} from \"./{t}\";\n")).collect();
            format!(
                "// Generated from crates/api/src/commands.rs. Do not edit.\n{imports}\n\
                 /** Every command with its arguments and its result. */\nexport type Commands = {{\n{lines}}};\n"
            )
        }
    };
}

commands! {
    /// Lists the phones on the cable and the folders opened as sources.
    sources: NoArgs => SourcesDto;
    /// Lists the libraries used before; one may be current.
    libraries: NoArgs => Vec<LibraryDto>;
    /// Lists the mounted drives that could hold a library.
    volumes: NoArgs => Vec<VolumeDto>;
    /// Asks for a folder with the system's dialog and opens it as a source. Null when the user gave up.
    pick_source: NoArgs => Option<SourceDto>;
    /// Asks for a folder with the system's dialog and uses the library in it, above it or one level below; makes one in an empty
    /// folder, and asks first where other things are in it. Null when the user gave up.
    pick_library: NoArgs => Option<LibraryChoiceDto>;
    /// Makes a library in the folder that was asked about last.
    make_library: NoArgs => LibraryChoiceDto;
    /// Asks with the system's dialog where a library used before is now, and makes it the current one. Null when the user gave up.
    find_library: LibraryArgs => Option<LibraryChoiceDto>;
    /// Takes a library off the list of those used before. Nothing of it is touched.
    forget_library: LibraryArgs => ();
    /// Makes a library used before the current one.
    use_library: LibraryArgs => LibraryDto;
    /// Uses the library on a drive, making one in its `Keepsake` folder if there is none.
    use_volume: VolumeArgs => LibraryChoiceDto;
    /// Starts listing a source, or returns how far the listing is when it runs or is done.
    open_source: SourceArgs => ScanDto;
    /// Lists a source afresh.
    rescan: SourceArgs => ScanDto;
    /// Stops the listing of a source, whatever it waits for. What was found stays; opening it again begins anew.
    cancel_listing: SourceArgs => ();
    /// Lets go of a phone, so that it can be unplugged. Nothing connects to it until it is opened again or plugged in anew.
    eject: SourceArgs => ();
    /// Counts a part of the grid by day, newest day first.
    grid_days: GridArgs => Vec<DayDto>;
    /// Returns up to 500 cells of a part of the grid, in the order of the days.
    grid_rows: PageArgs => Vec<AssetDto>;
    /// Returns the ids of up to 10,000 cells of a part of the grid, in the order of the days.
    grid_ids: PageArgs => Vec<CellDto>;
    /// Returns up to 500 assets by their ids, as cells.
    grid_assets: AssetsArgs => Vec<AssetDto>;
    /// Finds up to 10,000 photos of another catalog in the current one, once the source was listed into it.
    carried_ids: CarriedArgs => Vec<u32>;
    /// Tells what is known of one photo or video. Null when there is none of that id.
    photo: AssetArgs => Option<PhotoDto>;
    /// Lists the albums of a source, up to 500, in the order of their paths.
    albums: AlbumsArgs => Vec<AlbumDto>;
    /// Tells about one photo on its own, and notes that it is what is looked at now.
    preview: PreviewArgs => PreviewDto;
    /// Notes that no photo is looked at on its own any more.
    leave_preview: NoArgs => ();
    /// Tells in a sentence why the large picture of a photo cannot be shown. Null when it can be had now.
    picture_problem: PictureArgs => Option<String>;
    /// Takes back pictures that nobody waits for any more, as they were scrolled away; up to 500.
    forget_pictures: PicturesArgs => ();
    /// Opens the copy of a photo or film with the system's program for it.
    open_elsewhere: AssetArgs => ();
    /// Tells what an import would do.
    plan_import: ImportArgs => PlanDto;
    /// Starts an import into the current library.
    start_import: ImportArgs => ImportDto;
    /// Asks the running import to stop. A file that is half copied is taken away.
    cancel_import: NoArgs => ();
    /// Returns the running import, else the last one into the current library, else null.
    import_status: NoArgs => Option<ImportDto>;
    /// Returns up to 500 entries of a list behind a number.
    list_items: ItemsArgs => Vec<ItemDto>;
    /// Asks for a file with the system's dialog and writes a whole list there, as CSV or JSON. Null when the user gave up.
    export_list: ExportArgs => Option<ExportedDto>;
    /// Lists imports into the current library, the latest first, up to 500.
    past_imports: HistoryArgs => Vec<PastImportDto>;
    /// Undoes an import: its files go to a holding folder of the library, and are new again. Nothing is deleted.
    undo_import: SessionArgs => UndoneDto;
    /// Asks the undoing that runs to stop after the files at hand.
    cancel_undo: NoArgs => ();
    /// Starts a check of the current library: all of it is read again and compared with what was copied.
    start_check: NoArgs => CheckDto;
    /// Asks the running check to stop. What it found changed by then is kept.
    stop_check: NoArgs => ();
    /// Returns the running check and what the last one found. Null while there is no library.
    check_status: NoArgs => Option<CheckDto>;
    /// Puts files aside that the last check found changed: they go to a holding folder of the library. Nothing is deleted.
    set_changed_aside: NoArgs => SetAsideDto;
    /// Shows the file of an entry of a list in the system's file manager, or the folder it was in.
    reveal_item: EntryArgs => ();
    /// Returns what the user set.
    settings: NoArgs => SettingsDto;
    /// Remembers how copies are checked where a source cannot hash its own files.
    choose_thoroughness: ThoroughnessArgs => SettingsDto;
    /// Remembers what is made of photos besides copying them: JPEGs of those in HEIC, smaller copies.
    choose_conversion: ConversionArgs => SettingsDto;
    /// Remembers whether a sidecar is written of what the phone's library says of a photo.
    choose_sidecars: SidecarsArgs => SettingsDto;
    /// Remembers whether the largest picture that a phone has of what is only in iCloud is saved, until the original comes.
    choose_renditions: RenditionsArgs => SettingsDto;
    /// Remembers whether albums that others share are listed, and lists open phones again.
    choose_shared_albums: SharedAlbumsArgs => SettingsDto;
    /// Notes that the window stays open after all.
    stay_open: NoArgs => ();
    /// Stops what runs, waits for the file at hand, and closes the window.
    stop_and_close: NoArgs => ();
    /// Shows the current library's folder in the system's file manager.
    reveal_library: NoArgs => ();
}

/// Finds the names of our own types in a TypeScript type.
fn imports_of(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_owned).collect::<Vec<_>>();
    words.into_iter().filter(|w| w.ends_with("Dto") || w.ends_with("Args"))
}

fn malformed(error: serde_json::Error) -> ErrorDto {
    ErrorDto::new(ErrorCode::BadRequest, format!("malformed arguments: {error}"))
}

#[cfg(test)]
mod tests {
    /// Writes `Commands.ts` beside the types that ts-rs writes; `make test` fails when that changes anything.
    #[test]
    fn export_bindings_commands() {
        let folder = std::env::var("TS_RS_EXPORT_DIR").unwrap_or_else(|_| "./bindings".into());
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(std::path::Path::new(&folder).join("Commands.ts"), super::typescript()).unwrap();
    }
}
