//! What an import tells while it runs.

use domain::{Asset, LibraryPath, Outcome, SourceError, Totals};

/// One piece of news. Sent from several threads; cheap enough for every block.
#[derive(Debug)]
pub enum ImportNews<'a> {
    /// Copying begins; what an earlier run left behind is settled.
    Started {
        /// Assets to import.
        assets: u64,
        /// Those that are left alone, as it stands now: what an earlier run left behind may have been settled since it was
        /// planned, and copies may have vanished.
        skipped: Totals,
        /// Their bytes, and those of the smaller pictures that are saved besides.
        bytes: u64,
    },
    /// A file is being read.
    Copying {
        /// Its name.
        name: &'a str,
    },
    /// More bytes came from the source.
    Bytes(u64),
    /// Bytes counted before will come again, because the file is read once more.
    Again(u64),
    /// The phone was locked, and its owner must unlock it; `None`: it was, and the work goes on. Told once, however many files wait for it.
    Waiting(Option<&'a SourceError>),
    /// A file that should have been made of a photo was not, or lacks something. The photo itself is not affected.
    Warning {
        /// The photo's asset.
        asset: &'a Asset,
        /// What and why, in a sentence.
        message: &'a str,
    },
    /// Files were made of an asset, and filed with it.
    Made {
        /// How many JPEGs.
        jpegs: u64,
        /// How many sidecars.
        sidecars: u64,
        /// How many of the originals were not filed.
        left_out: u64,
    },
    /// A smaller picture of a photo that is only in iCloud was filed. It is in no total.
    Rendition {
        /// The picture, as an asset of one file that has the photo's identity.
        asset: &'a Asset,
        /// Where it is in the library.
        path: &'a LibraryPath,
    },
    /// So many smaller pictures were put aside, because their originals are in the library.
    RenditionsReplaced(u64),
    /// An asset reached its final state.
    Ended {
        /// The asset.
        asset: &'a Asset,
        /// How it ended.
        outcome: &'a Outcome,
        /// Where its primary file is in the library.
        path: Option<&'a LibraryPath>,
    },
}
