//! The nouns of Keepsake and its two roles, [`Source`] and [`Destination`].
//!
//! Pure values: no I/O, no clock, no async. What is done with them is left to the crates above.

mod apple;
mod asset;
mod cancel;
mod capture_time;
mod conversion;
mod destination;
mod details;
mod facts;
mod ids;
mod import;
mod names;
mod paths;
mod removal;
mod rendition;
mod source;

pub use apple::AppleFingerprint;
pub use asset::{Asset, AssetKind, Availability, Fingerprint, MediaKind, Resource, ResourceRole};
pub use cancel::CancelFlag;
pub use capture_time::{CaptureTime, TimeProvenance};
pub use conversion::{Conversion, Derivation, JpegRecipe, Originals, Recipe, Sidecars, Wanted};
pub use destination::{
    Capacity, Destination, DestinationError, LibraryFile, ManifestEntry, PendingFile, ReadBackGrade, Sink, StagingName,
};
pub use details::{AssetDetails, Burst, ListedAsset, Shelf};
pub use facts::{Camera, MediaFacts, MediaTrait, Place};
pub use ids::{AssetId, ContentHash, LibraryId, ParseIdError, SessionId, SourceId};
pub use import::{Decision, Evidence, FailureCode, ImportPlan, Outcome, PlannedItem, Repeats, SkipReason, Totals};
pub use names::{collision_key, file_stem, portable_name, with_suffix};
pub use paths::{LibraryPath, PathError, SourcePath};
pub use removal::{ManifestLine, Removal};
pub use rendition::{RenditionOf, Renditions};
pub use source::{FileHead, LibraryRead, ListEntry, ResourceReader, Source, SourceError, SourceFile, SourceHash};
