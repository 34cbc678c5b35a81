//! The heart: scan -> plan -> copy -> verify -> commit, and picking up where an interrupted run stopped.
//!
//! Knows the two roles, the catalog and what files say of themselves; not which sources or destinations exist.

mod alone;
mod books;
mod catch_up;
mod check;
mod convert;
mod copy;
mod error;
mod fetch;
mod filing;
mod group;
mod hashing;
mod inspect;
mod made;
mod moved;
mod naming;
mod news;
mod patience;
mod plan;
mod presence;
mod publish;
mod recover;
mod rendition;
mod run;
mod scan;
mod sidecar;
mod standing;
mod turns;
mod undo;
mod verify;
mod witness;

pub use catch_up::catch_up;
pub use check::{Check, check, set_changed_aside};
pub use convert::{Converter, Converting};
pub use error::ImportError;
pub use media::Converted;
pub use news::ImportNews;
pub use patience::Patience;
pub use plan::{Selection, check_space, plan, room_needed};
pub use presence::Presence;
pub use run::{ImportRun, run};
pub use scan::{ScanNews, ScanReport, ScanRequest, scan};
pub use undo::{Undo, UndoReport, undo};
pub use verify::{ChangedFile, VerifyProgress, VerifyReport, verify};
pub use witness::Thoroughness;
