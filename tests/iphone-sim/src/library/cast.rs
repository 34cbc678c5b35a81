//! Who plays what: the parts of every hundred assets, dealt in an order of their own.

use super::dice::{Dice, For};

/// What becomes of an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Photo,
    Live,
    EditedPhoto,
    EditedLive,
    EditedMovie,
    /// A JPEG with a DNG beside it.
    RawAndJpeg,
    Raw,
    Movie,
    SlowMotion,
    TimeLapse,
    Screenshot,
    Panorama,
    ScreenRecording,
    /// A GIF that somebody sent.
    Animation,
    /// With a sidecar beside it.
    Portrait,
    /// One frame of a burst, by its place in it.
    Burst(u8),
    /// Came from iCloud and is here.
    Downloaded,
    DownloadedLive,
    /// Only in iCloud, never taken here.
    CloudPhoto,
    CloudLive,
    CloudMovie,
    /// Taken here, only in iCloud by now.
    Evicted,
    /// Its row says it is nowhere.
    Lost,
    /// Its row says it is here, and it is not.
    Gone,
    Shared,
}

/// Frames of a burst.
pub(super) const BURST: u8 = 4;

/// How often each part is dealt in a hundred; one burst has all its frames.
const PARTS: [(Part, usize); 25] = [
    (Part::Photo, 34),
    (Part::Live, 16),
    (Part::EditedPhoto, 4),
    (Part::EditedLive, 3),
    (Part::EditedMovie, 1),
    (Part::RawAndJpeg, 2),
    (Part::Raw, 1),
    (Part::Movie, 5),
    (Part::SlowMotion, 1),
    (Part::TimeLapse, 1),
    (Part::Screenshot, 3),
    (Part::Panorama, 1),
    (Part::ScreenRecording, 1),
    (Part::Animation, 1),
    (Part::Portrait, 2),
    (Part::Burst(0), 1),
    (Part::Downloaded, 8),
    (Part::DownloadedLive, 2),
    (Part::CloudPhoto, 4),
    (Part::CloudLive, 1),
    (Part::CloudMovie, 1),
    (Part::Evicted, 1),
    (Part::Lost, 1),
    (Part::Gone, 1),
    (Part::Shared, 1),
];

/// Every part of a hundred, shuffled.
pub(super) fn deal(dice: Dice, hundred: u64) -> Vec<Part> {
    let mut parts: Vec<_> = PARTS.iter().flat_map(|(part, count)| std::iter::repeat_n(*part, *count)).collect();
    for place in (1..parts.len()).rev() {
        parts.swap(place, dice.below(For::Order, hundred << 8 | place as u64, place as u64 + 1) as usize);
    }
    let frames = |part: Part| match part {
        Part::Burst(_) => (0..BURST).map(Part::Burst).collect(),
        other => vec![other],
    };
    parts.into_iter().flat_map(frames).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_has_a_hundred_parts_in_an_order_of_its_own() {
        let (first, second) = (deal(Dice(1), 0), deal(Dice(1), 1));
        assert_eq!((first.len(), second.len()), (100, 100));
        assert_ne!(first, second);
        assert_eq!(first, deal(Dice(1), 0));
        assert_ne!(first, deal(Dice(2), 0));
    }
}
