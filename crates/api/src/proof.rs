//! How copies were verified, as the page and the terminal say it.

use crate::conversion::ConversionDto;
use domain::Evidence;
use importer::Thoroughness;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// How a copy was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum EvidenceDto {
    /// The phone hashed its file and the copy agrees.
    PhoneHash,
    /// Apple's own fingerprint of the original agrees.
    PhotosFingerprint,
    /// The source was read a second time and the copy agrees.
    SecondRead,
    /// The copy was read back from its drive.
    ReadBack,
}

impl From<Evidence> for EvidenceDto {
    fn from(evidence: Evidence) -> Self {
        match evidence {
            Evidence::PhoneHash => Self::PhoneHash,
            Evidence::PhotosFingerprint => Self::PhotosFingerprint,
            Evidence::SecondRead => Self::SecondRead,
            Evidence::ReadBack => Self::ReadBack,
        }
    }
}

/// How many assets an import verified in which way, each counted by the weakest evidence of its files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct EvidenceCountsDto {
    /// Compared with the phone's own hash.
    pub phone_hash: u32,
    /// Compared with Apple's fingerprint.
    pub photos_fingerprint: u32,
    /// Read twice from the source.
    pub second_read: u32,
    /// Read back from the drive, no more.
    pub read_back: u32,
}

impl From<BTreeMap<Evidence, u64>> for EvidenceCountsDto {
    fn from(counts: BTreeMap<Evidence, u64>) -> Self {
        let count = |evidence| counts.get(&evidence).map_or(0, |n| u32::try_from(*n).unwrap_or(u32::MAX));
        Self {
            phone_hash: count(Evidence::PhoneHash),
            photos_fingerprint: count(Evidence::PhotosFingerprint),
            second_read: count(Evidence::SecondRead),
            read_back: count(Evidence::ReadBack),
        }
    }
}

/// How copies are checked where the source cannot hash its own files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ThoroughnessDto {
    /// Each copy is read back from its drive.
    #[default]
    ReadBack,
    /// Each file is read a second time from the source as well.
    SecondRead,
}

impl From<ThoroughnessDto> for Thoroughness {
    fn from(chosen: ThoroughnessDto) -> Self {
        match chosen {
            ThoroughnessDto::ReadBack => Self::ReadBack,
            ThoroughnessDto::SecondRead => Self::SecondRead,
        }
    }
}

/// What the user set, for all sources and libraries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SettingsDto {
    /// How copies are checked.
    pub thoroughness: ThoroughnessDto,
    /// Whether photos of albums that others share with a phone's owner are listed.
    pub shared_albums: bool,
    /// What is made of photos besides copying them.
    pub conversion: ConversionDto,
    /// Whether a sidecar is written of what the phone's library says of a photo.
    pub sidecars: bool,
    /// Whether small pictures are saved of what is only in iCloud.
    pub renditions: bool,
    /// Why what was set earlier is not known any more, if so, and where it is kept; for people.
    pub problem: Option<String>,
}
