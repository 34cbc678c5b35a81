//! The lines of an import: what a program that runs `keepsake import --json` reads.

use super::Finished;
use crate::dto::ErrorDto;
use domain::{Asset, Outcome, SourceError};
use importer::ImportNews;
use serde::Serialize;

/// One line of an import's output.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ImportLine {
    /// The owner of the phone must do something first.
    Waiting {
        /// What.
        message: String,
    },
    /// It was done; the work goes on.
    Resumed,
    /// A new library was made.
    LibraryCreated {
        /// Its folder.
        library: String,
    },
    /// Something the user must know of the listing as a whole.
    Note {
        /// What.
        message: String,
    },
    /// The phone's own library is being read, before anything is found.
    Reading {
        /// Bytes read.
        done_bytes: u64,
        /// Bytes in all.
        bytes: u64,
    },
    /// The listing goes on.
    Listing {
        /// Assets found so far.
        assets: u64,
    },
    /// Copying begins.
    Started {
        /// The import's identity; names its manifest.
        session: String,
        /// Assets to import.
        assets: u64,
        /// Their bytes.
        bytes: u64,
    },
    /// A dry run would import this.
    Planned {
        /// The asset.
        id: String,
        /// Its name.
        name: String,
        /// Its bytes.
        bytes: u64,
    },
    /// An asset is in the library.
    Imported {
        /// The asset.
        id: String,
        /// Its name.
        name: String,
        /// Where its primary file is, relative to the library.
        path: String,
    },
    /// An asset was found to be in the library when it was read.
    AlreadyImported {
        /// The asset.
        id: String,
        /// Its name.
        name: String,
        /// Where its primary file is.
        path: String,
    },
    /// A smaller picture of an asset that is only in iCloud was saved; the asset is only in iCloud all the same.
    Rendition {
        /// The asset.
        id: String,
        /// The name of its original.
        name: String,
        /// Where the picture is, relative to the library.
        path: String,
    },
    /// A file that should have been made of a photo was not, or lacks something.
    Warning {
        /// The asset.
        id: String,
        /// Its name.
        name: String,
        /// What, and why.
        message: String,
    },
    /// An asset is not in the library.
    Failed {
        /// The asset.
        id: String,
        /// Its name.
        name: String,
        /// Where it is at the source.
        source_path: String,
        /// For programs.
        code: &'static str,
        /// For people.
        message: String,
    },
    /// The books. Counts are assets and add up to `seen`.
    Finished(Finished),
}

/// Says what is waited for, or that it no longer is.
pub(super) fn waiting_line(waiting: Option<&SourceError>) -> ImportLine {
    match waiting {
        Some(error) => ImportLine::Waiting { message: ErrorDto::waiting_for(error).message },
        None => ImportLine::Resumed,
    }
}

/// Makes the line of a piece of news, if it has one.
pub(super) fn line_of(session: &str, news: &ImportNews<'_>) -> Option<ImportLine> {
    let named = |asset: &Asset| (asset.id.to_string(), asset.name().to_owned());
    match news {
        ImportNews::Started { assets, bytes, .. } => {
            Some(ImportLine::Started { session: session.to_owned(), assets: *assets, bytes: *bytes })
        }
        ImportNews::Waiting(error) => Some(waiting_line(*error)),
        ImportNews::Warning { asset, message } => {
            let (id, name) = named(asset);
            Some(ImportLine::Warning { id, name, message: (*message).to_owned() })
        }
        ImportNews::Rendition { asset, path } => {
            let (id, name) = named(asset);
            let name = asset.details.original_name.clone().unwrap_or(name);
            Some(ImportLine::Rendition { id, name, path: path.to_string() })
        }
        ImportNews::Ended { asset, outcome, path } => {
            let (id, name) = named(asset);
            let path = path.map(ToString::to_string).unwrap_or_default();
            Some(match outcome {
                Outcome::Imported => ImportLine::Imported { id, name, path },
                Outcome::Skipped(_) => ImportLine::AlreadyImported { id, name, path },
                Outcome::Failed { code, message } => ImportLine::Failed {
                    id,
                    name,
                    source_path: asset.primary().path().to_string(),
                    code: code.as_str(),
                    message: message.clone(),
                },
            })
        }
        ImportNews::Copying { .. }
        | ImportNews::Bytes(_)
        | ImportNews::Again(_)
        | ImportNews::Made { .. }
        | ImportNews::RenditionsReplaced(_) => None,
    }
}
