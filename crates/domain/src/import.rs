//! The plan of an import, how each item ends, and the books that must balance.

use crate::Asset;

/// What an import will do, computed without doing it. Printing it is a dry run.
#[derive(Debug, Clone, Default)]
pub struct ImportPlan {
    /// One entry for each asset of the source: nothing that was seen is left out.
    pub items: Vec<PlannedItem>,
    /// What becomes of bytes that the library has already.
    pub repeats: Repeats,
}

/// What becomes of bytes that the library has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Repeats {
    /// They are not filed a second time.
    #[default]
    Dropped,
    /// They are filed once more, under names of their own: the user wishes for another copy.
    Filed,
}

/// One asset and what is to happen with it.
#[derive(Debug, Clone)]
pub struct PlannedItem {
    /// The asset.
    pub asset: Asset,
    /// What is to happen.
    pub decision: Decision,
    /// Whether the user's choice has it, whatever is to happen.
    pub chosen: bool,
}

/// What is to happen with an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Its files are copied, verified and filed.
    Import,
    /// It is left alone.
    Skip(SkipReason),
}

/// Why an asset is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SkipReason {
    /// A verified copy is in the library now.
    AlreadyImported,
    /// Its original is not on the phone.
    OnlyInICloud,
    /// The user did not choose it.
    NotSelected,
}

impl ImportPlan {
    /// Returns the assets that will be imported.
    pub fn imports(&self) -> impl Iterator<Item = &Asset> {
        self.items.iter().filter(|i| i.decision == Decision::Import).map(|i| &i.asset)
    }

    /// Returns the assets that were chosen and whose originals are only in iCloud.
    pub fn out_of_reach(&self) -> impl Iterator<Item = &Asset> {
        let out_of_reach = |i: &&PlannedItem| i.chosen && i.decision == Decision::Skip(SkipReason::OnlyInICloud);
        self.items.iter().filter(out_of_reach).map(|i| &i.asset)
    }

    /// Counts what is left alone from the start, by the reason.
    pub fn skipped(&self) -> Totals {
        let mut totals = Totals::default();
        for item in &self.items {
            if let Decision::Skip(reason) = item.decision {
                totals.count(&Outcome::Skipped(reason));
            }
        }
        totals
    }

    /// Returns how many bytes will be copied.
    pub fn bytes(&self) -> u64 {
        self.imports().map(Asset::bytes).fold(0, u64::saturating_add)
    }

    /// Returns the size of the largest file that will be copied, in bytes; 0 when there is none.
    pub fn largest_file(&self) -> u64 {
        self.imports().flat_map(Asset::files).map(|r| r.fingerprint.bytes).max().unwrap_or(0)
    }
}

/// How an asset ended. Each ends in exactly one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Verified copies of all its files are in the library.
    Imported,
    /// It was left alone.
    Skipped(SkipReason),
    /// It is not in the library, and this is why.
    Failed {
        /// For programs.
        code: FailureCode,
        /// For people: what happened and what to do next.
        message: String,
    },
}

/// The reasons for a failure that a program or a screen tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureCode {
    /// The source went away before its turn came.
    SourceGone,
    /// The source is locked. Imports of earlier versions say this, too, of one that did not trust this computer.
    SourceLocked,
    /// The source does not trust this computer, or no longer.
    NotTrusted,
    /// The source is there and did not answer. Imports of earlier versions say `SourceGone` of that.
    TimedOut,
    /// The file could not be read.
    SourceRead,
    /// The file changed while it was being copied.
    SourceChanged,
    /// The library's drive went away.
    DestinationGone,
    /// The library's drive is full.
    DestinationFull,
    /// The library cannot be written to.
    DestinationReadOnly,
    /// The drive cannot hold so large a file.
    TooLarge,
    /// The drive reported an error.
    DestinationIo,
    /// What was read back is not what was written.
    VerifyMismatch,
    /// The catalog could not be written.
    Catalog,
    /// The user stopped the import before its turn came.
    Cancelled,
}

impl FailureCode {
    const ALL: [Self; 14] = [
        Self::SourceGone,
        Self::SourceLocked,
        Self::NotTrusted,
        Self::TimedOut,
        Self::SourceRead,
        Self::SourceChanged,
        Self::DestinationGone,
        Self::DestinationFull,
        Self::DestinationReadOnly,
        Self::TooLarge,
        Self::DestinationIo,
        Self::VerifyMismatch,
        Self::Catalog,
        Self::Cancelled,
    ];

    /// Returns the word used in JSON and the catalog.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SourceGone => "source_gone",
            Self::SourceLocked => "source_locked",
            Self::NotTrusted => "not_trusted",
            Self::TimedOut => "timed_out",
            Self::SourceRead => "source_read",
            Self::SourceChanged => "source_changed",
            Self::DestinationGone => "destination_gone",
            Self::DestinationFull => "destination_full",
            Self::DestinationReadOnly => "destination_read_only",
            Self::TooLarge => "too_large",
            Self::DestinationIo => "destination_io",
            Self::VerifyMismatch => "verify_mismatch",
            Self::Catalog => "catalog",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the word back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == word)
    }
}

/// How a copy was verified, strongest first: the largest of several is the weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Evidence {
    /// The phone hashed its file and the copy agrees.
    PhoneHash,
    /// Apple's own fingerprint of the original agrees.
    PhotosFingerprint,
    /// The source was read a second time and the copy agrees.
    SecondRead,
    /// The copy was read back from its drive and equals what the source gave.
    ReadBack,
}

impl Evidence {
    const ALL: [Self; 4] = [Self::PhoneHash, Self::PhotosFingerprint, Self::SecondRead, Self::ReadBack];

    /// Returns the word used in JSON and manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PhoneHash => "phone_hash",
            Self::PhotosFingerprint => "photos_fingerprint",
            Self::SecondRead => "second_read",
            Self::ReadBack => "read_back",
        }
    }

    /// Reads the word back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.as_str() == word)
    }
}

/// The books of one import, counted in assets. Computed from outcomes, so that they balance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Copied, verified, filed.
    pub imported: u64,
    /// In the library before.
    pub already_imported: u64,
    /// Original not on the phone.
    pub only_in_icloud: u64,
    /// Not chosen.
    pub not_selected: u64,
    /// Not in the library, with a reason each.
    pub failed: u64,
}

impl Totals {
    /// Counts one asset by how it ended.
    pub fn count(&mut self, outcome: &Outcome) {
        let line = match outcome {
            Outcome::Imported => &mut self.imported,
            Outcome::Skipped(SkipReason::AlreadyImported) => &mut self.already_imported,
            Outcome::Skipped(SkipReason::OnlyInICloud) => &mut self.only_in_icloud,
            Outcome::Skipped(SkipReason::NotSelected) => &mut self.not_selected,
            Outcome::Failed { .. } => &mut self.failed,
        };
        *line += 1;
    }

    /// Returns how many assets were seen: the sum of all lines.
    pub fn seen(&self) -> u64 {
        self.imported + self.already_imported + self.only_in_icloud + self.not_selected + self.failed
    }
}

impl<'a> FromIterator<&'a Outcome> for Totals {
    fn from_iter<I: IntoIterator<Item = &'a Outcome>>(outcomes: I) -> Self {
        let mut totals = Self::default();
        outcomes.into_iter().for_each(|o| totals.count(o));
        totals
    }
}
