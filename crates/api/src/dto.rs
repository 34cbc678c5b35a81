//! What crosses to the page: plain values, named as the page shows them. Sizes are bytes, durations milliseconds or seconds.

use crate::checks::CheckList;
use crate::conversion::MadeDto;
use crate::progress::TotalsDto;
use crate::proof::{EvidenceCountsDto, EvidenceDto};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A place that photos come from, as the sidebar shows it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct SourceDto {
    /// `iphone:UDID` or `folder:/path`.
    pub id: String,
    /// What it is.
    pub kind: SourceKind,
    /// The name the user gave it.
    pub name: String,
    /// Such as `iPhone 15 Pro`; empty for a folder.
    pub model: String,
    /// Such as `iOS 18.1`; empty for a folder.
    pub os: String,
    /// Whether it can be used now, and what to do if not.
    pub state: SourceState,
}

/// The kinds of source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SourceKind {
    /// A phone or tablet on the cable.
    Iphone,
    /// A folder or memory card.
    Folder,
}

/// Whether a source can be used now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SourceState {
    /// It can be listed.
    Ready,
    /// The phone was never asked, or said no.
    NotTrusted,
    /// The trust question is on its screen.
    TrustPending,
    /// It must be unlocked.
    Locked,
    /// It is there but does not answer, or was unplugged.
    Unreachable,
    /// It was let go of and can be unplugged; opening it uses it again.
    Ejected,
    /// It was plugged in just now and has not answered yet.
    Connecting,
}

/// A library that was used before, or the one chosen now.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct LibraryDto {
    /// 32 hexadecimal digits.
    pub id: String,
    /// Its folder's name.
    pub name: String,
    /// Its folder, for people to read.
    pub location: String,
    /// Whether its drive is connected.
    pub online: bool,
    /// Whether it is the one imports go to.
    pub current: bool,
    /// Bytes that can still be written; 0 when offline.
    #[ts(type = "number")]
    pub free_bytes: u64,
    /// Size of its volume; 0 when offline.
    #[ts(type = "number")]
    pub total_bytes: u64,
}

/// A mounted drive that could hold a library.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct VolumeDto {
    /// Names it in commands; not a path.
    pub id: String,
    /// Its label or mount point.
    pub name: String,
    /// Whether it can be unplugged.
    pub removable: bool,
    /// Bytes that can still be written.
    #[ts(type = "number")]
    pub free_bytes: u64,
    /// Its size in bytes.
    #[ts(type = "number")]
    pub total_bytes: u64,
    /// The name of the library that was found on it, which is not among those used before; null when there is none.
    pub library: Option<String>,
}

/// How far the listing of a source is.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct ScanDto {
    /// The source.
    pub source: String,
    /// The catalog that it is listed into: ids of photos and albums mean something in this one only.
    pub catalog: String,
    /// Where it stands.
    pub phase: ScanPhase,
    /// How far the reading of the phone's own library is, which comes before anything is found; null when it is not going on.
    pub reading: Option<ReadingDto>,
    /// Files found so far.
    pub files: u32,
    /// Assets found so far: `new + already_imported + only_in_icloud + hidden + recently_deleted`.
    pub assets: u32,
    /// Of these, what an import of all that is new would copy.
    pub new: u32,
    /// Of the new ones, those that the source lists and has no bytes for.
    pub missing: u32,
    /// Of these, in the library now.
    pub already_imported: u32,
    /// Of those in the library, those of which only a JPEG is there: their originals were left out, and are verified nowhere.
    pub jpeg_only: u32,
    /// Of these, not in the library, and their originals are only in iCloud.
    pub only_in_icloud: u32,
    /// Of those that are only in iCloud, how many have a small picture in the library.
    pub renditions: u32,
    /// Of these, not in the library, and their owner hid them.
    pub hidden: u32,
    /// Of these, not in the library, and deleted on the phone.
    pub recently_deleted: u32,
    /// Size of the new ones.
    #[ts(type = "number")]
    pub new_bytes: u64,
    /// Files left out because they are neither photos nor videos.
    pub ignored: u32,
    /// Files and folders that could not be looked at.
    pub unreadable: u32,
    /// What the user must know of the listing as a whole, in sentences.
    pub notes: Vec<String>,
    /// Grows whenever the grid's rows changed; ask again for days and rows.
    pub revision: u32,
    /// Why it failed, if it did; while it is listing, what the phone's owner must do before it goes on by itself.
    pub error: Option<ErrorDto>,
}

/// How far the reading of a phone's own library is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ReadingDto {
    /// Bytes read.
    #[ts(type = "number")]
    pub done_bytes: u64,
    /// Bytes in all.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// Where a listing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ScanPhase {
    /// Folders are being listed and files looked into; the grid fills.
    Listing,
    /// Everything is there.
    Done,
    /// It ended early; `error` says why. What was found stays visible.
    Failed,
}

/// The parts of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Section {
    /// Not in the library yet.
    New,
    /// A verified copy is in the library.
    AlreadyImported,
    /// Not in the library, and the original is only in iCloud.
    OnlyInIcloud,
    /// Not in the library, and hidden by its owner.
    Hidden,
    /// Not in the library, and deleted on the phone.
    RecentlyDeleted,
    /// Of the new ones, those that the source lists and has no bytes for.
    Missing,
    /// What the last import brought in.
    LastImport,
}

/// One day of the grid, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct DayDto {
    /// `YYYY-MM-DD`, the local date where the photos were taken.
    pub day: String,
    /// How many cells it has.
    pub count: u32,
    /// How many assets; more than cells where bursts are one cell.
    pub assets: u32,
}

/// One cell of the grid.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct AssetDto {
    /// Names it in commands; stable while the library is open.
    pub id: u32,
    /// The primary file's name.
    pub name: String,
    /// `photo`, `video`, `live_photo` or `other`.
    pub kind: String,
    /// RFC 3339; the offset is missing where the photo does not tell it.
    pub taken_at: String,
    /// Its day, `YYYY-MM-DD`.
    pub day: String,
    /// Size of all its files.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Length of a video.
    #[ts(type = "number | null")]
    pub duration_ms: Option<u64>,
    /// Its files' roles, the primary one first, such as `original`, `paired_video`, `adjustments`.
    pub roles: Vec<String>,
    /// The picture's name under `media://localhost/`.
    pub thumbnail: String,
    /// Where its verified copy is, relative to the library, if there is one.
    pub library_path: Option<String>,
    /// How that copy was verified.
    pub evidence: Option<EvidenceDto>,
    /// What is wrong with the file, if anything.
    pub warning: Option<String>,
    /// Whether its original can be had: `on_device`, `only_in_icloud` or `missing`.
    pub availability: String,
    /// Whether it is a favourite on the phone.
    pub favorite: bool,
    /// Whether it was edited on the phone.
    pub edited: bool,
    /// Where a small picture of it is in the library, if there is one. It says nothing of the photo itself.
    pub rendition: Option<String>,
    /// The burst that the cell stands for, if it does.
    pub burst: Option<BurstDto>,
}

/// The frames of a burst that are one cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct BurstDto {
    /// Their ids, at least two: those that were picked on the phone first, then by time. The first is the cell's own.
    pub ids: Vec<u32>,
    /// How many of them were picked.
    pub picked: u32,
}

/// What a cell stands for: an id, or those of a burst.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(untagged)]
#[ts(export)]
pub enum CellDto {
    /// A photo or video.
    One(u32),
    /// The frames of a burst, its cell's own first.
    Burst(Vec<u32>),
}

/// What to import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum SelectionDto {
    /// Everything that is new.
    AllNew,
    /// These assets.
    Assets {
        /// Their ids.
        ids: Vec<u32>,
    },
    /// These assets, whether they are in the library or not: what is there stays, and further copies are made.
    Again {
        /// Their ids.
        ids: Vec<u32>,
    },
    /// What is new in an album.
    Album {
        /// Its id.
        album: u32,
    },
    /// What is left of an import that was cut short.
    Unfinished {
        /// The import.
        session: String,
    },
    /// What an import could not copy.
    Failed {
        /// The import.
        session: String,
    },
}

/// How far an import is, or how it ended.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct ImportDto {
    /// The import's identity.
    pub session: String,
    /// The source.
    pub source: String,
    /// The source's name.
    pub source_name: String,
    /// The library's name.
    pub library_name: String,
    /// Where it stands.
    pub phase: ImportPhase,
    /// RFC 3339, when it began.
    pub started_at: String,
    /// Assets to import.
    pub total_assets: u32,
    /// Assets that ended, well or badly.
    pub done_assets: u32,
    /// Bytes to copy.
    #[ts(type = "number")]
    pub total_bytes: u64,
    /// Bytes copied and verified.
    #[ts(type = "number")]
    pub done_bytes: u64,
    /// Bytes a second over the last few seconds.
    #[ts(type = "number")]
    pub bytes_per_second: u64,
    /// Seconds left at this speed, once that can be told.
    pub seconds_left: Option<u32>,
    /// The file being copied.
    pub current: Option<String>,
    /// What the phone's owner must do before it goes on by itself.
    pub waiting: Option<ErrorDto>,
    /// The books, in assets; they add up to `seen`.
    pub totals: TotalsDto,
    /// How the copies of what was imported were verified; null while it runs.
    pub evidence: Option<EvidenceCountsDto>,
    /// What was made of photos; null while it runs.
    pub made: Option<MadeDto>,
    /// Why it ended early, if it did.
    pub stopped: Option<ErrorDto>,
    /// Whether it let go of the source: every connection that it used is closed.
    pub released: bool,
    /// Seconds it took so far.
    pub seconds: f64,
    /// RFC 3339, when it was undone.
    pub undone_at: Option<String>,
}

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ImportPhase {
    /// Copying and verifying.
    Copying,
    /// The user asked to stop; the file at hand is being wound up.
    Cancelling,
    /// Ended; `totals` are final. `stopped` says whether it got through.
    Finished,
}

/// One asset of an import's list.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct ItemDto {
    /// The asset's name.
    pub name: String,
    /// Where it is at the source.
    pub source_path: String,
    /// Where its copy is, relative to the library.
    pub library_path: Option<String>,
    /// How that copy was verified.
    pub evidence: Option<EvidenceDto>,
    /// Why it failed.
    pub error: Option<ErrorDto>,
    /// What is to be said of it all the same: a JPEG of it that could not be made, or not whole.
    pub warning: Option<String>,
}

/// The lists behind the numbers of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ItemList {
    /// What was imported.
    Imported,
    /// What was in the library before.
    AlreadyImported,
    /// What failed.
    Failed,
    /// What is only in iCloud.
    OnlyInIcloud,
    /// What was not chosen.
    NotSelected,
    /// What has a warning, however it ended.
    Warned,
    /// What was imported and put aside since.
    PutAside,
}

/// A list behind a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum ListDto {
    /// One of an import's.
    Import {
        /// The import.
        session: String,
        /// Which.
        list: ItemList,
    },
    /// What the last check of the library found.
    Check {
        /// Which.
        list: CheckList,
    },
    /// A part of what a source holds.
    Source {
        /// The source.
        source: String,
        /// Which part.
        section: Section,
    },
}

/// An error as it crosses: a code for programs, a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, thiserror::Error)]
#[error("{message}")]
#[ts(export)]
pub struct ErrorDto {
    /// What a screen may switch on.
    pub code: ErrorCode,
    /// What happened and what to do next.
    pub message: String,
}

/// The errors that a screen or a script tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ErrorCode {
    /// The phone or folder went away.
    SourceGone,
    /// The phone is locked.
    SourceLocked,
    /// The phone does not trust this computer.
    NotTrusted,
    /// The phone shows the trust question.
    TrustPending,
    /// The phone does not answer.
    TimedOut,
    /// The source cannot be used as one.
    SourceUnusable,
    /// A file could not be read.
    SourceRead,
    /// A file changed while it was copied.
    SourceChanged,
    /// The library's drive went away.
    DestinationGone,
    /// The folder cannot be a library.
    DestinationUnusable,
    /// The library is full, or what was chosen does not fit.
    DestinationFull,
    /// The library cannot be written to.
    DestinationReadOnly,
    /// The drive cannot hold so large a file.
    TooLarge,
    /// The drive reported an error.
    DestinationIo,
    /// What was read back is not what was written.
    VerifyMismatch,
    /// Another import is running.
    Busy,
    /// The user stopped it.
    Cancelled,
    /// No library was chosen yet.
    NoLibrary,
    /// The command or its arguments are wrong.
    BadRequest,
    /// The catalog cannot be used.
    Catalog,
    /// The service that talks to phones is missing or not running.
    NoPhoneService,
}
