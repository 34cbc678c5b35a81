//! The first frame of a film's track that can be decoded by itself: where its bytes are and what its decoder must know.
//!
//! Source of the layout: ISO/IEC 14496-12 (sample tables) and 14496-15 (`avcC`, `hvcC`).

use crate::avc;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::hevc;
use crate::input::Input;
use crate::isobmff::{self, Span};
use crate::preview::Colour;
use crate::preview::decode::MOST_PIXELS;

/// Longest description of a codec.
const LONGEST_DESCRIPTION: u64 = 256 * 1024;
/// Longest frame, in bytes; one of 4K HEVC has 0.5 MB, of 8K H.264 below 10 MB.
const LONGEST_FRAME: u64 = 16 << 20;
/// Furthest first key frame, counted in frames. Films of cameras begin with one.
const FURTHEST_FRAME: u32 = 600;
/// Bytes of a visual sample entry before its boxes.
pub(crate) const ENTRY_FIELDS: u64 = 78;

/// The codecs of films that are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    /// H.264
    Avc,
    /// H.265
    Hevc,
}

/// A frame that needs no other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct KeyFrame {
    /// How it is coded.
    pub(crate) codec: Codec,
    /// What the colours mean.
    pub(crate) colour: Colour,
    /// Whether black is 0 instead of 16.
    pub(crate) range: Range,
    /// How the colours were separated from the brightness.
    pub(crate) matrix: Matrix,
    parameter_sets: Vec<Vec<u8>>,
    length_size: usize,
    place: Span,
}

/// Which numbers are black and white.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Range {
    /// 0 and 255.
    Full,
    /// 16 and 235.
    Limited,
}

/// Shares of red and blue in the brightness, as the recommendations of these numbers have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Matrix {
    /// Of standard television, and of iPhones' films.
    Bt601,
    /// Of high definition.
    Bt709,
    /// Of wide gamut.
    Bt2020,
}

impl Matrix {
    /// Takes a code point of ITU-T H.273; one that is not known is the most frequent.
    fn from_code(code: u16) -> Self {
        match code {
            4..=6 => Self::Bt601,
            9 | 10 => Self::Bt2020,
            _ => Self::Bt709,
        }
    }
}

impl KeyFrame {
    /// Finds the first key frame of a track.
    pub(crate) fn first(input: &mut dyn Input, track: Span) -> Result<Self, Fault> {
        let path = [b"mdia", b"minf", b"stbl"];
        let table = isobmff::descend(input, track, &path)?.ok_or(Fault::Malformed("its list of frames is missing"))?;
        let mut frame = description(input, table)?;
        frame.place = place(input, table)?;
        if frame.place.len() > LONGEST_FRAME {
            return Err(Fault::TooLarge("a frame is too long"));
        }
        Ok(frame)
    }

    /// Reads the frame as a stream by itself: parameter sets, then the frame's units, each after a start code.
    pub(crate) fn stream(&self, input: &mut dyn Input) -> Result<Vec<u8>, Fault> {
        const START: [u8; 4] = [0, 0, 0, 1];
        let sample = input.read(self.place.start, self.place.len() as usize)?;
        let mut units: Vec<&[u8]> = self.parameter_sets.iter().map(Vec::as_slice).collect();
        let mut fields = Fields::new(&sample);
        while !fields.rest().is_empty() {
            let length = fields.number(self.length_size)? as usize;
            units.push(fields.take(length)?);
        }
        let mut stream = Vec::with_capacity(sample.len() + 1024);
        for unit in units {
            self.check(unit)?;
            stream.extend_from_slice(&START);
            stream.extend_from_slice(unit);
        }
        Ok(stream)
    }

    /// Refuses a picture that is too large before a decoder makes room for it. The H.264 decoder refuses by itself.
    fn check(&self, unit: &[u8]) -> Result<(), Fault> {
        let announced = if self.codec == Codec::Hevc { hevc::announced_pixels(unit)? } else { None };
        match announced {
            Some(pixels) if pixels > MOST_PIXELS => Err(Fault::TooLarge("its picture has too many pixels")),
            _ => Ok(()),
        }
    }
}

/// Reads the first entry of `stsd`.
fn description(input: &mut dyn Input, table: Span) -> Result<KeyFrame, Fault> {
    let entries = isobmff::find(input, table, b"stsd")?.ok_or(Fault::Malformed("its codec is missing"))?;
    let entry = isobmff::boxes(input, entries.body.after(8))?.first().copied();
    let entry = entry.ok_or(Fault::Malformed("its codec is missing"))?;
    let (codec, name) = match &entry.kind {
        b"avc1" | b"avc3" => (Codec::Avc, b"avcC"),
        b"hvc1" | b"hev1" | b"dvh1" | b"dvhe" => (Codec::Hevc, b"hvcC"),
        _ => return Err(Fault::Unsupported("the film's codec is not decoded")),
    };
    let inside = entry.body.after(ENTRY_FIELDS);
    let setup = isobmff::find(input, inside, name)?.ok_or(Fault::Malformed("its codec is not described"))?;
    let setup = isobmff::contents(input, setup.body, LONGEST_DESCRIPTION)?;
    let (parameter_sets, length_size) = match codec {
        Codec::Avc => avc_sets(&setup)?,
        Codec::Hevc => hevc_sets(&setup)?,
    };
    let colr = match isobmff::find(input, inside, b"colr")? {
        Some(colr) => isobmff::contents(input, colr.body, LONGEST_DESCRIPTION)?,
        None => Vec::new(),
    };
    let code = colr.get(8..10).filter(|_| colr.starts_with(b"ncl")).map(|c| u16::from_be_bytes([c[0], c[1]]));
    let said = if codec == Codec::Avc { parameter_sets.iter().find_map(|set| avc_signal(set)) } else { None };
    let full = colr.starts_with(b"nclx") && colr.get(10).is_some_and(|flags| flags & 0x80 != 0);
    let range = if said.map_or(full, |said| said.full_range) { Range::Full } else { Range::Limited };
    let matrix = Matrix::from_code(said.and_then(|said| said.matrix).or(code).unwrap_or(2));
    let nowhere = Span { start: 0, end: 0 };
    Ok(KeyFrame { codec, colour: Colour::from_colr(&colr), range, matrix, parameter_sets, length_size, place: nowhere })
}

/// Reads what a parameter set says of colours, if it is the one that does.
fn avc_signal(set: &[u8]) -> Option<avc::Signal> {
    const SEQUENCE: u8 = 7;
    set.first().filter(|header| **header & 31 == SEQUENCE)?;
    avc::signal(set)
}

fn avc_sets(setup: &[u8]) -> Result<(Vec<Vec<u8>>, usize), Fault> {
    let mut fields = Fields::new(setup);
    fields.take(4)?;
    let length_size = usize::from(fields.u8()? & 3) + 1;
    let mut sets = Vec::new();
    for mask in [31, 255] {
        for _ in 0..fields.u8()? & mask {
            let length = usize::from(fields.u16()?);
            sets.push(fields.take(length)?.to_vec());
        }
    }
    Ok((sets, length_size))
}

fn hevc_sets(setup: &[u8]) -> Result<(Vec<Vec<u8>>, usize), Fault> {
    let mut fields = Fields::new(setup);
    fields.take(21)?;
    let length_size = usize::from(fields.u8()? & 3) + 1;
    let mut sets = Vec::new();
    for _ in 0..fields.u8()? {
        fields.u8()?;
        for _ in 0..fields.u16()? {
            let length = usize::from(fields.u16()?);
            sets.push(fields.take(length)?.to_vec());
        }
    }
    Ok((sets, length_size))
}

/// Finds the bytes of the first key frame.
fn place(input: &mut dyn Input, table: Span) -> Result<Span, Fault> {
    let number = first_sync(input, table)?;
    let (chunk, before) = chunk_of(input, table, number)?;
    let mut start = chunk_start(input, table, chunk)?;
    for earlier in number - before..number {
        start = start.saturating_add(size_of(input, table, earlier)?);
    }
    let end = start.saturating_add(size_of(input, table, number)?);
    Ok(Span { start, end })
}

/// Reads a whole number of 4 bytes from a table's box, if it is there.
fn entry(input: &mut dyn Input, body: Span, at: u64) -> Result<u32, Fault> {
    let place = body.after(at);
    if place.len() < 4 {
        return Err(Fault::Malformed("its list of frames is too short"));
    }
    Fields::new(&input.read(place.start, 4)?).u32()
}

/// Returns the number of the first key frame, counted from 0. Without a list every frame is one.
fn first_sync(input: &mut dyn Input, table: Span) -> Result<u32, Fault> {
    let number = match isobmff::find(input, table, b"stss")? {
        Some(list) if entry(input, list.body, 4)? > 0 => entry(input, list.body, 8)?.saturating_sub(1),
        _ => 0,
    };
    if number > FURTHEST_FRAME { Err(Fault::Unsupported("its first frame comes too late")) } else { Ok(number) }
}

fn size_of(input: &mut dyn Input, table: Span, number: u32) -> Result<u64, Fault> {
    let sizes = isobmff::find(input, table, b"stsz")?.ok_or(Fault::Malformed("the sizes of its frames are missing"))?;
    let same = entry(input, sizes.body, 4)?;
    let size = if same > 0 { same } else { entry(input, sizes.body, 12 + 4 * u64::from(number))? };
    Ok(size.into())
}

/// Returns in which chunk a frame is, counted from 0, and how many frames come before it there.
fn chunk_of(input: &mut dyn Input, table: Span, number: u32) -> Result<(u32, u32), Fault> {
    let map = isobmff::find(input, table, b"stsc")?.ok_or(Fault::Malformed("its map of frames is missing"))?;
    let runs = entry(input, map.body, 4)?;
    let (mut chunk, mut left) = (0, number);
    for run in 0..runs.min(FURTHEST_FRAME) {
        let at = 8 + 12 * u64::from(run);
        let frames = entry(input, map.body, at + 4)?.max(1);
        let next = if run + 1 < runs { entry(input, map.body, at + 12)?.saturating_sub(1) } else { u32::MAX };
        let chunks = next.saturating_sub(chunk);
        if left / frames < chunks {
            return Ok((chunk + left / frames, left % frames));
        }
        left -= frames.saturating_mul(chunks).min(left);
        chunk = next;
    }
    Err(Fault::Malformed("its map of frames is too short"))
}

fn chunk_start(input: &mut dyn Input, table: Span, chunk: u32) -> Result<u64, Fault> {
    if let Some(list) = isobmff::find(input, table, b"stco")? {
        return entry(input, list.body, 8 + 4 * u64::from(chunk)).map(u64::from);
    }
    let list = isobmff::find(input, table, b"co64")?.ok_or(Fault::Malformed("the places of its frames are missing"))?;
    let at = 8 + 8 * u64::from(chunk);
    Ok(u64::from(entry(input, list.body, at)?) << 32 | u64::from(entry(input, list.body, at + 4)?))
}
