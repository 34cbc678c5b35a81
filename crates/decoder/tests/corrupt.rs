//! More than 500 broken files, made from the fixtures by a fixed seed: cut, flipped, swollen, emptied, called by other names.
//! Each has a picture or is said to be broken, none harms this process or keeps a decoder busy, and the next good file is
//! drawn as if nothing had been.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is missing")]

mod file;

use decoder::{DecodeError, Decoders, Launch, Limits};
use file::{File, photo};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that this process may need beyond what it had; its decoders have a limit of their own.
const MOST_MEMORY: u64 = 200 << 20;

struct Variant {
    how: &'static str,
    name: String,
    bytes: Vec<u8>,
}

/// Numbers that look random and are the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/media");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let media = files.filter(|path| !matches!(path.extension().and_then(|e| e.to_str()), Some("md" | "csv")));
    let mut media: Vec<_> =
        media.map(|p| (p.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(p).unwrap())).collect();
    media.sort();
    assert_eq!(media.len(), 40);
    media
}

fn variants() -> Vec<Variant> {
    let mut chance = Chance(20_240_302);
    let mut all = Vec::new();
    for (name, whole) in fixtures() {
        let mut add = |how: &'static str, name: &str, bytes: Vec<u8>| {
            all.push(Variant { how, name: name.to_owned(), bytes });
        };
        let length = whole.len();
        for limit in [64, 4096, length / 2, length] {
            add("cut", &name, whole[..chance.below(limit.min(length))].to_vec());
        }
        for (flips, reach) in [(1, 4096), (8, 4096), (40, length), (400, length)] {
            let mut bytes = whole.clone();
            for _ in 0..flips {
                let at = chance.below(reach.min(length));
                bytes[at] ^= 1 << chance.below(8);
            }
            add("flipped", &name, bytes);
        }
        let mut holed = whole.clone();
        let from = chance.below(length);
        holed[from..].fill(0);
        add("zeros from somewhere on", &name, holed);
        add("nothing but zeros", &name, vec![0; length.min(100_000)]);
        add("empty", &name, Vec::new());
        add("swollen", &name, swollen(&whole));
        let other = ["IMG_1.HEIC", "IMG_1.JPG", "IMG_1.PNG", "IMG_1.MOV", "IMG_1.DNG", "IMG_1.AAE", "IMG_1"];
        add("called otherwise", other[chance.below(other.len())], whole);
    }
    all.extend(bombs());
    all
}

/// Sets every size that a picture or a box says of itself to an extreme, wherever it is in the first part of the file.
fn swollen(whole: &[u8]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    let places: Vec<usize> =
        (4..bytes.len().saturating_sub(24).min(200_000)).filter(|at| is_size(&bytes[*at..])).collect();
    for at in places {
        match &bytes[at..at + 4] {
            b"ispe" => bytes[at + 8..at + 16].copy_from_slice(&[0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF]),
            b"tkhd" | b"avc1" | b"hvc1" => bytes[at + 18..at + 22].fill(0xFF),
            b"stsz" => bytes[at + 8..at + 16].fill(0x7F),
            _ => bytes[at + 5..at + 9].fill(0xF0),
        }
    }
    bytes
}

fn is_size(at: &[u8]) -> bool {
    [b"ispe", b"tkhd", b"avc1", b"hvc1", b"stsz"].iter().any(|name| at.starts_with(*name))
        || (at.starts_with(&[0xFF, 0xC0, 0, 17, 8]) || at.starts_with(&[0xFF, 0xC2, 0, 17, 8]))
}

/// Small files that say they are enormous.
fn bombs() -> Vec<Variant> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, b"IHDR", b"\0\0\x7f\xff\0\0\x7f\xff\x08\x06\0\0\0");
    chunk(&mut png, b"IDAT", &[0x78, 0x9C, 0x03, 0, 0, 0, 0, 1]);
    chunk(&mut png, b"IEND", b"");
    let gif = b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;".to_vec();
    let mut webp = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f".to_vec();
    webp.extend([0xFF, 0xFF, 0xFF, 0x0F, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let mut tiff = b"II*\0\x08\0\0\0\x03\0".to_vec();
    for (tag, value) in [(256u16, u32::MAX), (257, u32::MAX), (273, 8)] {
        tiff.extend(tag.to_le_bytes());
        tiff.extend([4, 0, 1, 0, 0, 0]);
        tiff.extend(value.to_le_bytes());
    }
    let named = [("bomb.png", png), ("bomb.gif", gif), ("bomb.webp", webp), ("bomb.tif", tiff)];
    named.into_iter().map(|(name, bytes)| Variant { how: "bomb", name: name.to_owned(), bytes }).collect()
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], body: &[u8]) {
    png.extend((body.len() as u32).to_be_bytes());
    let start = png.len();
    png.extend(kind);
    png.extend(body);
    let sum = png[start..].iter().fold(u32::MAX, |mut sum, byte| {
        sum ^= u32::from(*byte);
        (0..8).for_each(|_| sum = (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg()));
        sum
    });
    png.extend((!sum).to_be_bytes());
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Seen {
    Picture,
    PictureWithWarning,
    WarningInstead,
    WordsInstead,
    DecoderLost,
}

/// What a user gets to see of a file.
fn seen(decoders: &Decoders, variant: &Variant) -> Seen {
    let facts = media::inspect(&variant.name, &mut File(variant.bytes.clone(), None)).unwrap();
    let drawn = decoders.preview(&variant.name, &mut File(variant.bytes.clone(), None), 256);
    match (drawn, facts.warning) {
        (Err(DecodeError::Crashed | DecodeError::TooSlow), _) => Seen::DecoderLost,
        (Ok(_), None) => Seen::Picture,
        (Ok(_), Some(_)) => Seen::PictureWithWarning,
        (Err(_), Some(warning)) if warning.ends_with('.') => Seen::WarningInstead,
        (Err(error), _) if error.to_string().ends_with('.') => Seen::WordsInstead,
        (drawn, warning) => panic!("{} {}: {drawn:?} {warning:?}", variant.how, variant.name),
    }
}

/// The most memory that this process ever had.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[test]
fn broken_files_are_shown_or_said_to_be_broken() {
    let decoders = Decoders::new(Launch::program(env!("CARGO_BIN_EXE_decoder-offender")), Limits::default());
    let variants = variants();
    assert!(variants.len() >= 500, "{}", variants.len());
    let before = peak();
    let (next, table) = (AtomicUsize::new(0), Mutex::new(BTreeMap::<(&str, Seen), usize>::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(variant) = variants.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let seen = seen(&decoders, variant);
                    assert_ne!(seen, Seen::DecoderLost, "{} {}", variant.how, variant.name);
                    *table.lock().unwrap().entry((variant.how, seen)).or_default() += 1;
                }
            });
        }
    });
    let grown = peak().saturating_sub(before);
    let table = table.into_inner().unwrap();
    println!("{table:#?}\n{} MiB more in this process", grown >> 20);
    assert_eq!(table.values().sum::<usize>(), variants.len());
    assert!(grown < MOST_MEMORY, "{} MiB", grown >> 20);
    for how in ["empty", "nothing but zeros"] {
        let shown = [Seen::Picture, Seen::PictureWithWarning].into_iter().filter_map(|seen| table.get(&(how, seen)));
        assert_eq!(shown.sum::<usize>(), 0, "{how}");
    }
    assert!(decoders.preview("good.heic", &mut File(photo(), None), 256).is_ok());
}
