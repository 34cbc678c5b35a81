//! Chance that falls the same way every time: all of it follows from a seed and a number.

use crate::media::word;

/// What a roll of the dice is for; each is independent of the others.
#[derive(Clone, Copy)]
pub(super) enum For {
    Order = 10,
    Uuid,
    Size,
    Favorite,
    Hidden,
    Deleted,
    Caption,
    Title,
    Keywords,
    People,
    Place,
    Zone,
    Date,
    Group,
    Album,
    Fingerprint,
    Stray,
    Rendition,
    UuidRestored,
}

#[derive(Clone, Copy)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn word(self, what: For, number: u64) -> u64 {
        word(self.0.wrapping_mul(0x9e37_79b9).wrapping_add(what as u64), number)
    }

    pub(super) fn below(self, what: For, number: u64, bound: u64) -> u64 {
        self.word(what, number) % bound.max(1)
    }

    /// Whether something befalls so many of a thousand.
    pub(super) fn per_mille(self, what: For, number: u64, share: u64) -> bool {
        self.below(what, number, 1000) < share
    }

    pub(super) fn uuid(self, what: For, number: u64) -> String {
        let (a, b) = (self.word(what, 2 * number), self.word(what, 2 * number + 1));
        let (time, node) = (a & 0x0fff, b & 0xffff_ffff_ffff);
        format!("{:08X}-{:04X}-4{time:03X}-{:04X}-{node:012X}", a >> 32, a >> 16 & 0xffff, b >> 48 & 0x3fff | 0x8000)
    }
}
