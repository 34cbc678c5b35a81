//! A phone that is nice to look at: a few of the samples, moved to three days, for the pictures of the window.

use anyhow::{Result, ensure};
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// How many photos the album has.
pub const PHOTOS: u32 = 10;

/// A day of the album: its date, the same as seconds since 1970, and the samples taken then.
struct Day {
    date: &'static [u8; 10],
    seconds: u64,
    samples: &'static [&'static str],
}

const DAYS: [Day; 3] = [
    Day {
        date: b"2026:05:30",
        seconds: 1_780_142_400,
        samples: &[
            "Nuke__img_751.heic",
            "photo-cli__leiden.HEIC",
            "osxphotos__IMG_1853.HEIC",
            "heif-meta-parser__sample.heic",
            "exif-orientation-examples__Portrait_1.jpg",
        ],
    },
    Day {
        date: b"2026:05:29",
        seconds: 1_780_056_000,
        samples: &[
            "digicam_corpus__IMG_3614.JPG",
            "digicam_corpus__IMG_3589.HEIC",
            "libavif__apple_gainmap_new.jpg",
            "osxphotos__IMG_2908.PNG",
        ],
    },
    Day { date: b"2026:05:24", seconds: 1_779_624_000, samples: &["stereo-img__vision-pro.HEIC"] },
];

/// Lays the album out as a phone's camera folder.
pub fn lay_out(samples: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let mut number = 1041;
    for day in &DAYS {
        for sample in day.samples {
            number += 1;
            let extension = sample.rsplit('.').next().unwrap_or_default().to_uppercase();
            let path = to.join(format!("IMG_{number}.{extension}"));
            fs::write(&path, dated(fs::read(samples.join(sample))?, day.date))?;
            let taken = SystemTime::UNIX_EPOCH + Duration::from_secs(day.seconds);
            File::options().write(true).open(&path)?.set_modified(taken)?;
        }
    }
    ensure!(number == 1041 + PHOTOS, "the album has {} photos", number - 1041);
    Ok(())
}

/// Moves every date that EXIF holds, `YYYY:MM:DD hh:mm:ss`, to a day; the time of day stays.
fn dated(mut file: Vec<u8>, date: &[u8; 10]) -> Vec<u8> {
    for start in 0..file.len().saturating_sub(19) {
        if is_moment(&file[start..start + 19]) {
            file[start..start + 10].copy_from_slice(date);
        }
    }
    file
}

fn is_moment(bytes: &[u8]) -> bool {
    bytes.iter().zip(b"0000:00:00 00:00:00").all(|(byte, pattern)| match pattern {
        b'0' => byte.is_ascii_digit(),
        other => byte == other,
    })
}
