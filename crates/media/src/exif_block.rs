//! What is wanted of EXIF: times, turn, camera, place, Apple's note, the embedded thumbnail. One walk serves blocks in memory
//! and TIFF files at a source, of which only the directories are read.
//!
//! Source of the numbers: EXIF 2.32, TIFF 6.0; for `CustomRendered` on Apple's phones ExifTool.

use crate::apple::{self, AppleNote};
use crate::dates;
use crate::fault::Fault;
use crate::findings::Orientation;
use crate::input::Slice;
use crate::tiff::{Entry, Ifd, Tiff};
use domain::{Camera, CaptureTime, MediaTrait, Place, TimeProvenance};

/// Largest block that is read, in bytes. Phones write below 64 KiB, some cameras put a preview inside.
pub(crate) const LARGEST: usize = 1 << 20;

mod tag {
    pub(super) const WIDTH: u16 = 256;
    pub(super) const HEIGHT: u16 = 257;
    pub(super) const MAKE: u16 = 271;
    pub(super) const MODEL: u16 = 272;
    pub(super) const ORIENTATION: u16 = 274;
    pub(super) const DATE_TIME: u16 = 306;
    pub(super) const JPEG_START: u16 = 513;
    pub(super) const JPEG_LENGTH: u16 = 514;
    pub(super) const EXIF_IFD: u16 = 0x8769;
    pub(super) const GPS_IFD: u16 = 0x8825;
    pub(super) const DATE_ORIGINAL: u16 = 0x9003;
    pub(super) const DATE_DIGITIZED: u16 = 0x9004;
    pub(super) const OFFSET: u16 = 0x9010;
    pub(super) const OFFSET_ORIGINAL: u16 = 0x9011;
    pub(super) const OFFSET_DIGITIZED: u16 = 0x9012;
    pub(super) const MAKER_NOTE: u16 = 0x927C;
    pub(super) const USER_COMMENT: u16 = 0x9286;
    pub(super) const CUSTOM_RENDERED: u16 = 0xA401;
    pub(super) const LENS_MODEL: u16 = 0xA434;
    pub(super) const NORTH_OR_SOUTH: u16 = 1;
    pub(super) const LATITUDE: u16 = 2;
    pub(super) const EAST_OR_WEST: u16 = 3;
    pub(super) const LONGITUDE: u16 = 4;
    pub(super) const GPS_TIME: u16 = 7;
    pub(super) const GPS_DATE: u16 = 29;
}

/// The wanted facts.
#[derive(Debug, Clone)]
pub(crate) struct ExifFacts {
    /// `DateTimeOriginal` with its offset.
    pub(crate) original: Option<CaptureTime>,
    /// `DateTimeDigitized` with its offset.
    pub(crate) created: Option<CaptureTime>,
    /// `DateTime` of IFD0.
    pub(crate) modified: Option<CaptureTime>,
    /// The satellites' clock.
    pub(crate) satellites: Option<CaptureTime>,
    /// How to turn the picture.
    pub(crate) orientation: Orientation,
    /// Make, model and lens.
    pub(crate) camera: Camera,
    /// Where it was taken.
    pub(crate) place: Option<Place>,
    /// What Apple's maker note says.
    pub(crate) apple: AppleNote,
    /// What sort of picture it is.
    pub(crate) traits: Vec<MediaTrait>,
    /// Width and height that IFD0 gives.
    pub(crate) pixels: Option<(u32, u32)>,
    /// JPEG of IFD1.
    pub(crate) thumbnail: Option<Vec<u8>>,
}

/// Reads a block that begins with the TIFF header, `Exif\0\0` before it allowed. Faulty parts are skipped; `None` if nothing
/// can be read.
pub(crate) fn read(block: &[u8]) -> Option<ExifFacts> {
    let block = block.strip_prefix(b"Exif\0").map_or(block, |rest| rest.get(1..).unwrap_or_default());
    let mut input = Slice(block);
    let (mut tiff, first) = Tiff::open(&mut input, 0).ok()?;
    let first = tiff.ifd(first).ok()?;
    let mut facts = facts(&mut tiff, &first).ok()?;
    facts.thumbnail = thumbnail(&mut tiff, &first, block);
    Some(facts)
}

/// Reads a block whose first directory is the one of the satellites, as Canon's CR3 has it.
pub(crate) fn place(block: &[u8]) -> Option<Place> {
    let mut input = Slice(block);
    let (mut tiff, first) = Tiff::open(&mut input, 0).ok()?;
    let gps = tiff.ifd(first).ok()?;
    coordinates(&mut tiff, &gps).ok().flatten()
}

/// Reads what hangs below the first directory of a TIFF structure; that one also holds the EXIF fields where, as in Canon's
/// CR3, there is no directory for them. Errors only when the source fails.
pub(crate) fn facts(tiff: &mut Tiff, first: &Ifd) -> Result<ExifFacts, Fault> {
    let exif = below(tiff, first, tag::EXIF_IFD)?;
    let place = below(tiff, first, tag::GPS_IFD)?;
    let mut fields = Fields { tiff, ifds: [&exif, first] };
    let note = fields.bytes(tag::MAKER_NOTE)?.unwrap_or_default();
    Ok(ExifFacts {
        original: fields.time(tag::DATE_ORIGINAL, tag::OFFSET_ORIGINAL)?,
        created: fields.time(tag::DATE_DIGITIZED, tag::OFFSET_DIGITIZED)?,
        modified: fields.time(tag::DATE_TIME, tag::OFFSET)?,
        orientation: Orientation::from_exif(fields.tiff.number(first, tag::ORIENTATION).unwrap_or(1)),
        camera: Camera {
            make: fields.words(tag::MAKE)?,
            model: fields.words(tag::MODEL)?,
            lens: fields.words(tag::LENS_MODEL)?,
        },
        apple: apple::note(&note),
        traits: traits(&mut fields, &note)?,
        pixels: fields.tiff.number(first, tag::WIDTH).zip(fields.tiff.number(first, tag::HEIGHT)),
        place: coordinates(fields.tiff, &place)?,
        satellites: satellites(fields.tiff, &place)?,
        thumbnail: None,
    })
}

/// Reads the directory that a tag points to; a broken one counts as none.
fn below(tiff: &mut Tiff, first: &Ifd, pointer: u16) -> Result<Ifd, Fault> {
    let ifd = tiff.number(first, pointer).map(|offset| tiff.ifd(offset));
    Ok(ifd.map(sound).transpose()?.flatten().unwrap_or_default())
}

/// What cannot be read is not there; only a failing source is an error.
fn sound<T>(read: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match read {
        Err(Fault::Source(error)) => Err(error.into()),
        read => Ok(read.ok()),
    }
}

/// Fields by number, in whichever of two directories they are. A field that cannot be read is none.
struct Fields<'a, 'b> {
    tiff: &'a mut Tiff<'b>,
    ifds: [&'a Ifd; 2],
}

impl Fields<'_, '_> {
    fn entry(&self, tag: u16) -> Option<Entry> {
        self.ifds.iter().find_map(|ifd| ifd.get(tag))
    }

    fn bytes(&mut self, tag: u16) -> Result<Option<Vec<u8>>, Fault> {
        let read = self.entry(tag).map(|entry| self.tiff.bytes(&entry));
        Ok(read.map(sound).transpose()?.flatten())
    }

    fn text(&mut self, tag: u16) -> Result<Option<String>, Fault> {
        let bytes = self.bytes(tag)?;
        Ok(bytes.map(|b| String::from_utf8_lossy(b.split(|b| *b == 0).next().unwrap_or_default()).into_owned()))
    }

    /// Reads text of which something is left without the spaces around it.
    fn words(&mut self, tag: u16) -> Result<Option<String>, Fault> {
        Ok(self.text(tag)?.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
    }

    fn number(&mut self, tag: u16) -> Option<u32> {
        let entry = self.entry(tag)?;
        self.tiff.numbers(&entry).ok()?.first().copied()
    }

    fn time(&mut self, date: u16, offset: u16) -> Result<Option<CaptureTime>, Fault> {
        let Some(text) = self.text(date)? else { return Ok(None) };
        let Some(mut taken) = dates::parse(&text, TimeProvenance::Exif) else { return Ok(None) };
        let own = self.text(offset)?.as_deref().and_then(dates::offset);
        let any = self.text(tag::OFFSET)?.as_deref().and_then(dates::offset);
        taken.offset_minutes = own.or(any).or(taken.offset_minutes);
        Ok(Some(taken))
    }
}

/// Reads what Apple's phones say in `CustomRendered`, where other cameras write 0 or 1, and in the comment.
fn traits(fields: &mut Fields, note: &[u8]) -> Result<Vec<MediaTrait>, Fault> {
    let rendered = if apple::is_note(note) { fields.number(tag::CUSTOM_RENDERED) } else { None };
    let mut traits = match rendered {
        Some(2 | 3) => vec![MediaTrait::Hdr],
        Some(6) => vec![MediaTrait::Panorama],
        Some(7) => vec![MediaTrait::Hdr, MediaTrait::Portrait],
        Some(8) => vec![MediaTrait::Portrait],
        _ => Vec::new(),
    };
    let comment = fields.bytes(tag::USER_COMMENT)?.unwrap_or_default();
    if comment.get(8..).is_some_and(|text| text.trim_ascii_end().starts_with(b"Screenshot")) {
        traits.push(MediaTrait::Screenshot);
    }
    Ok(traits)
}

fn coordinates(tiff: &mut Tiff, gps: &Ifd) -> Result<Option<Place>, Fault> {
    let latitude = degrees(tiff, gps, (tag::LATITUDE, tag::NORTH_OR_SOUTH), b'S')?;
    let longitude = degrees(tiff, gps, (tag::LONGITUDE, tag::EAST_OR_WEST), b'W')?;
    Ok(latitude.zip(longitude).and_then(|(latitude, longitude)| Place::new(latitude, longitude)))
}

/// Reads degrees, minutes and seconds and the letter of the side; that of `negative` lies below zero.
fn degrees(tiff: &mut Tiff, gps: &Ifd, tags: (u16, u16), negative: u8) -> Result<Option<f64>, Fault> {
    let parts = fractions(tiff, gps, tags.0)?;
    let side = gps.get(tags.1).map(|entry| sound(tiff.bytes(&entry))).transpose()?.flatten().unwrap_or_default();
    let sum = parts.iter().zip([1.0, 60.0, 3600.0]).map(|(part, of)| part / of).sum::<f64>();
    let sign = if side.first() == Some(&negative) { -1.0 } else { 1.0 };
    Ok((!parts.is_empty() && sum.is_finite()).then_some(sign * sum))
}

fn fractions(tiff: &mut Tiff, gps: &Ifd, tag: u16) -> Result<Vec<f64>, Fault> {
    let read = gps.get(tag).map(|entry| sound(tiff.fractions(&entry)));
    Ok(read.transpose()?.flatten().unwrap_or_default())
}

fn satellites(tiff: &mut Tiff, gps: &Ifd) -> Result<Option<CaptureTime>, Fault> {
    let date = gps.get(tag::GPS_DATE).map(|entry| sound(tiff.text(&entry))).transpose()?.flatten();
    let time = fractions(tiff, gps, tag::GPS_TIME)?;
    let (Some(date), [hour, minute, second]) = (date, time.as_slice()) else { return Ok(None) };
    let text = format!("{} {hour:02.0}:{minute:02.0}:{:02.0}Z", date.trim(), second.trunc());
    Ok(dates::parse(&text, TimeProvenance::Gps))
}

/// Cuts the JPEG of the second directory out of a block.
fn thumbnail(tiff: &mut Tiff, first: &Ifd, block: &[u8]) -> Option<Vec<u8>> {
    let second = if first.next == 0 { None } else { tiff.ifd(first.next).ok() }?;
    let start = tiff.number(&second, tag::JPEG_START)? as usize;
    let length = tiff.number(&second, tag::JPEG_LENGTH)? as usize;
    let jpeg = block.get(start..start.checked_add(length)?)?;
    jpeg.starts_with(&[0xFF, 0xD8, 0xFF]).then(|| jpeg.to_vec())
}
