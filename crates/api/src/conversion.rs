//! Making JPEGs of photos during an import: what the user wishes, the decoders that the importer has it done by, what came of
//! it.

use crate::dto::{ErrorCode, ErrorDto};
use catalog::MadeCounts;
use decoder::{Decoders, Launch, Limits};
use domain::{Conversion, Originals, ResourceReader, Wanted};
use importer::{Converted, Converter};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use std::time::Duration;
use ts_rs::TS;

/// Longest sides that can be asked for, in pixels; the terminal takes the same.
const EDGES: RangeInclusive<u32> = 16..=65_535;

/// What is made of photos during an import. Numbers are remembered while they are not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ConversionDto {
    /// Whether a JPEG is made of each photo in HEIC.
    pub heic: bool,
    /// Whether what is made has a limit of its longer side, and is made of all photos that are larger.
    pub smaller: bool,
    /// That limit in pixels, 16 to 65535.
    pub longest_edge: u32,
    /// Quality of the JPEGs, 1 to 100.
    pub quality: u8,
    /// Whether the originals are imported beside them.
    pub originals: bool,
}

impl Default for ConversionDto {
    fn default() -> Self {
        Self { heic: false, smaller: false, longest_edge: 2048, quality: 90, originals: true }
    }
}

impl ConversionDto {
    /// Refuses numbers that make no sense.
    pub(crate) fn check(self) -> Result<Self, ErrorDto> {
        let sound = EDGES.contains(&self.longest_edge) && (1..=100).contains(&self.quality);
        let refused =
            || ErrorDto::new(ErrorCode::BadRequest, "a quality is 1 to 100, a longest side 16 to 65535 pixels");
        sound.then_some(self).ok_or_else(refused)
    }

    /// Says it to the importer; `None` when nothing is to be made.
    pub(crate) fn wish(self) -> Option<Conversion> {
        let wanted = match (self.heic, self.smaller) {
            (false, false) => return None,
            (true, false) => Wanted::Heic,
            (true, true) => Wanted::HeicAndLarge(self.longest_edge),
            (false, true) => Wanted::Large(self.longest_edge),
        };
        let originals = if self.originals { Originals::Kept } else { Originals::LeftOut };
        Some(Conversion { wanted, quality: self.quality, originals })
    }
}

/// What an import made of photos. None of it counts as a photo.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct MadeDto {
    /// JPEGs that were made, read back and filed, and are in the library.
    pub files: u32,
    /// Sidecars that were written, read back and filed, and are in the library.
    pub sidecars: u32,
    /// How many of them stand for their originals, which were not imported.
    pub originals_left_out: u32,
    /// Small pictures that were saved of what is only in iCloud, and are in the library.
    pub renditions: u32,
    /// Small pictures that were put aside, because their originals came.
    pub renditions_replaced: u32,
    /// Photos of which a JPEG or a sidecar could not be made, or not with all that they say of themselves.
    pub warned: u32,
}

impl From<MadeCounts> for MadeDto {
    fn from(counts: MadeCounts) -> Self {
        let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            files: number(counts.files),
            sidecars: number(counts.sidecars),
            originals_left_out: number(counts.originals_left_out),
            renditions: number(counts.renditions),
            renditions_replaced: number(counts.renditions_replaced),
            warned: number(counts.warned),
        }
    }
}

/// Converts in child processes, one for each thread that asks.
pub(crate) struct Children(Decoders);

impl Children {
    /// Takes what to start; starts nothing yet.
    pub(crate) fn new(launch: Launch) -> Self {
        // A photo of 48 megapixels takes some seconds of a processor that may have others to serve.
        Self(Decoders::new(launch, Limits { time: Duration::from_secs(120), ..Limits::default() }))
    }
}

impl Converter for Children {
    fn convert(
        &self,
        photo: (&str, &mut dyn ResourceReader),
        edge: Option<u32>,
        quality: u8,
    ) -> Result<Converted, String> {
        self.0.convert(photo, edge, quality).map_err(|error| error.to_string())
    }
}
