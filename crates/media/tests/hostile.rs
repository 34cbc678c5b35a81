//! Every fixture cut, flipped and swollen: no panic, no hang, no reading beyond the limits.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod fixture;

use domain::{ResourceReader, SourceError};
use fixture::Counted;
use proptest::prelude::*;

/// Budget of bytes for the facts of one file, as the crate promises it.
const PROMISED: u64 = 8 << 20;

fn check_facts(name: &str, bytes: Vec<u8>) {
    let mut file = Counted::new(name, bytes);
    let facts = media::inspect(name, &mut file).expect("memory does not fail");
    assert!(file.read <= PROMISED, "{name}: {}", file.read);
    assert!(facts.content_identifier.is_none_or(|id| id.len() == 36), "{name}");
    assert!(facts.taken.is_none_or(|t| t.local.year() >= 1970), "{name}");
}

/// The first part of a file; what is behind it is pictures, not structure.
fn structure(file: &Counted) -> Vec<u8> {
    file.bytes[..file.bytes.len().min(160 * 1024)].to_vec()
}

#[test]
fn truncated_anywhere() {
    for file in fixture::all() {
        let whole = structure(&file);
        let step = (whole.len() / 60).max(1);
        for cut in (0..64.min(whole.len())).chain((64..whole.len()).step_by(step)) {
            check_facts(&file.name, whole[..cut].to_vec());
        }
    }
}

#[test]
fn sizes_and_counts_set_to_extremes() {
    for file in fixture::all() {
        let whole = structure(&file);
        let places = (0..whole.len().min(256)).step_by(4).chain((256..whole.len().min(16_384)).step_by(97));
        for at in places {
            for value in [0u32, 1, 7, 0x7FFF_FFFF, 0xFFFF_FFFF] {
                let mut bytes = whole.clone();
                let end = (at + 4).min(bytes.len());
                bytes[at..end].copy_from_slice(&value.to_be_bytes()[..end - at]);
                check_facts(&file.name, bytes);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn bits_flipped(seed in any::<u64>(), flips in 1usize..40) {
        for file in fixture::all() {
            let mut bytes = structure(&file);
            let (mut state, length) = (seed | 1, bytes.len());
            for _ in 0..flips {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                // Half of the flips hit the first 4 KiB, where the structure is.
                let reach = if state & (1 << 20) == 0 { length.min(4096) } else { length };
                let at = (state >> 33) as usize % reach;
                bytes[at] ^= 1 << ((state >> 28) & 7);
            }
            check_facts(&file.name, bytes);
        }
    }

    #[test]
    fn noise_behind_every_magic(noise in proptest::collection::vec(any::<u8>(), 0..2000)) {
        for magic in [b"\xFF\xD8\xFF\xE1".as_slice(), b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF....WEBP", b"II*\0", b"MM\0*\0\0\0\x08",
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom"] {
            check_facts("IMG_0001", [magic, &noise].concat());
        }
    }
}

/// Claims to be larger than anything and gives zeros for ever.
struct Endless(u64);

impl ResourceReader for Endless {
    fn size(&self) -> u64 {
        u64::MAX
    }
    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        self.0 += length as u64;
        let mut bytes = vec![0; length];
        if offset == 0 {
            bytes[..12].copy_from_slice(b"\0\0\0\x08moov\0\0\0\x09");
        }
        Ok(bytes)
    }
}

#[test]
fn a_source_without_an_end_is_left_early() {
    let mut file = Endless(0);
    media::inspect("x.mov", &mut file).expect("zeros are no error");
    assert!(file.0 <= PROMISED);
}

#[test]
fn an_empty_file_is_said_to_be_empty() {
    let facts = media::inspect("IMG_0001.HEIC", &mut Counted::new("", Vec::new())).unwrap();
    assert_eq!((facts.kind, facts.warning.as_deref()), (domain::MediaKind::Photo, Some("The file is empty.")));
}

/// Fails at the first read after the head.
struct Pulled(Vec<u8>);

impl ResourceReader for Pulled {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }
    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        if offset > 0 {
            return Err(SourceError::Unplugged("Anna's iPhone".to_owned()));
        }
        Ok(self.0[..length.min(self.0.len())].to_vec())
    }
}

#[test]
fn a_source_that_fails_is_an_error_not_a_warning() {
    let film = fixture::all().into_iter().find(|f| f.name == "digicam_corpus__IMG_3589.mov").unwrap();
    let error = media::inspect("IMG_3589.mov", &mut Pulled(film.bytes)).unwrap_err();
    assert_eq!(error, SourceError::Unplugged("Anna's iPhone".to_owned()));
}

/// Bytes that a preview may read, as the crate promises it.
const PROMISED_FOR_PICTURES: u64 = 80 << 20;

fn check_picture(name: &str, bytes: Vec<u8>) {
    let mut file = Counted::new(name, bytes);
    if let Ok(preview) = media::preview(name, &mut file, 256) {
        assert!(preview.width.max(preview.height) <= 256 && preview.jpeg.starts_with(&[0xFF, 0xD8]), "{name}");
    }
    assert!(file.read <= PROMISED_FOR_PICTURES, "{name}: {}", file.read);
}

#[test]
fn pictures_of_damaged_files_cost_nothing_but_themselves() {
    let small = fixture::all().into_iter().filter(|file| file.bytes.len() < 1_000_000);
    for (seed, file) in (1u64..).zip(small) {
        let whole = file.bytes.len();
        let mut state = seed;
        for round in 0..12 {
            let mut bytes = file.bytes.clone();
            for _ in 0..4 << (round % 3) {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let reach = if round % 2 == 0 { whole.min(4096) } else { whole };
                bytes[(state >> 33) as usize % reach] ^= 1 << ((state >> 28) & 7);
            }
            if round % 4 == 3 {
                bytes.truncate((state >> 30) as usize % whole);
            }
            check_picture(&file.name, bytes);
        }
    }
}
