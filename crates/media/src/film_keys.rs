//! What stands in a film's lists of keys: Apple's `keys` and `ilst`, iTunes' list, QuickTime's older user data.

use crate::apple;
use crate::dates;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::findings::Findings;
use crate::input::Input;
use crate::isobmff::{self, Span};
use domain::{CaptureTime, MediaTrait, Place, TimeProvenance};

/// Longest list of names that is read.
const LARGEST: u64 = 256 * 1024;
/// Longest value that is read.
const LONGEST_VALUE: u64 = 1024;
/// Frames in a second from which a phone's film is a slow one, unless it says that it is to be played as fast.
const FAST: f64 = 100.0;

/// Reads Apple's `keys` and `ilst`. QuickTime's `meta` has no version field, ISO's has one.
pub(crate) fn add(input: &mut dyn Input, body: Span, findings: &mut Findings) -> Result<(), Fault> {
    let start = input.read_up_to(body.start, 12)?;
    let inside = if start.get(4..8) == Some(b"hdlr") { body } else { body.after(4) };
    let Some(list) = isobmff::find(input, inside, b"ilst")? else { return Ok(()) };
    let names = match isobmff::find(input, inside, b"keys")? {
        Some(keys) => key_names(&isobmff::contents(input, keys.body, LARGEST)?)?,
        None => Vec::new(),
    };
    for item in isobmff::boxes(input, list.body)? {
        let index = u32::from_be_bytes(item.kind) as usize;
        let name = index.checked_sub(1).and_then(|at| names.get(at)).map_or(item.kind.as_slice(), Vec::as_slice);
        if WANTED.iter().any(|(wanted, _)| name == *wanted) {
            add_item(input, name, item.body, findings)?;
        }
    }
    Ok(())
}

/// Reads the older user data: iTunes' list, or texts after their length and language.
pub(crate) fn add_user_data(input: &mut dyn Input, body: Span, findings: &mut Findings) -> Result<(), Fault> {
    for part in isobmff::boxes(input, body)? {
        if part.kind == *b"meta" {
            add(input, part.body, findings)?;
        } else if part.kind[0] == 0xA9 && WANTED.iter().any(|(wanted, _)| part.kind == *wanted) {
            let text = isobmff::contents(input, part.body, LONGEST_VALUE)?;
            set(&part.kind, &Value::Text(text.get(4..).unwrap_or_default()), findings);
        }
    }
    Ok(())
}

/// Marks a film that was taken fast to be played slowly, once all of it is known. Apple's phones say with a key of which sort
/// a fast film is; before they did, all of theirs were slow ones.
pub(crate) fn weigh(findings: &mut Findings) {
    let apple = findings.camera.make.as_deref() == Some("Apple");
    let fast = findings.frame_rate.is_some_and(|rate| rate >= FAST);
    let played = findings.frame_rate.zip(findings.captured_rate).is_some_and(|(rate, taken)| taken >= 2.0 * rate);
    if played || (apple && fast && findings.full_rate != Some(1)) {
        findings.traits.insert(MediaTrait::SloMo);
    }
}

/// What a key is about.
#[derive(Clone, Copy)]
enum About {
    Taken,
    TakenPerhaps,
    Identifier,
    Make,
    Model,
    Lens,
    Place,
    FullRate,
    CapturedRate,
}

const WANTED: [(&[u8], About); 13] = [
    (b"com.apple.quicktime.creationdate", About::Taken),
    (b"com.apple.quicktime.content.identifier", About::Identifier),
    (b"com.apple.quicktime.make", About::Make),
    (b"com.apple.quicktime.model", About::Model),
    (b"com.apple.quicktime.camera.lens_model", About::Lens),
    (b"com.apple.quicktime.location.ISO6709", About::Place),
    (b"com.apple.quicktime.full-frame-rate-playback-intent", About::FullRate),
    (b"com.android.capture.fps", About::CapturedRate),
    (b"com.android.manufacturer", About::Make),
    (b"\xA9day", About::TakenPerhaps),
    (b"\xA9mak", About::Make),
    (b"\xA9mod", About::Model),
    (b"\xA9xyz", About::Place),
];

/// A value with its type.
enum Value<'a> {
    Text(&'a [u8]),
    Whole(u64),
    Broken(f32),
}

impl Value<'_> {
    fn text(&self) -> Option<String> {
        let Value::Text(text) = self else { return None };
        let text = String::from_utf8_lossy(text);
        let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
        (!text.is_empty()).then(|| text.to_owned())
    }
}

fn add_item(input: &mut dyn Input, name: &[u8], item: Span, findings: &mut Findings) -> Result<(), Fault> {
    let Some(data) = isobmff::find(input, item, b"data")? else { return Ok(()) };
    let body = isobmff::contents(input, data.body, LONGEST_VALUE)?;
    let mut fields = Fields::new(&body);
    let kind = fields.u32()?;
    fields.u32()?;
    let rest = fields.rest();
    // Well-known types of the QuickTime File Format: 21 and 22 whole numbers, 23 a float, 65 to 78 more whole ones.
    let value = match (kind, rest) {
        (23, [a, b, c, d]) => Value::Broken(f32::from_be_bytes([*a, *b, *c, *d])),
        (21 | 22 | 65..=78, _) => Value::Whole(fields.number(rest.len().min(8))?),
        _ => Value::Text(rest),
    };
    set(name, &value, findings);
    Ok(())
}

/// Keeps a value where there is none yet.
fn set(name: &[u8], value: &Value, findings: &mut Findings) {
    let Some((_, about)) = WANTED.iter().find(|(wanted, _)| name == *wanted) else { return };
    let text = || value.text();
    let camera = &mut findings.camera;
    match about {
        About::Taken => findings.original = findings.original.or_else(|| taken(&text()?)),
        About::TakenPerhaps => findings.created = findings.created.or_else(|| taken(&text()?)),
        About::Identifier => {
            let found = text().and_then(|text| apple::checked_identifier(&text));
            findings.content_identifier = findings.content_identifier.take().or(found);
        }
        About::Make => camera.make = camera.make.take().or_else(text),
        About::Model => camera.model = camera.model.take().or_else(text),
        About::Lens => camera.lens = camera.lens.take().or_else(text),
        About::Place => findings.place = findings.place.or_else(|| place(&text()?)),
        About::FullRate => findings.full_rate = whole(value),
        About::CapturedRate => {
            findings.captured_rate = if let Value::Broken(rate) = value { Some(f64::from(*rate)) } else { None };
        }
    }
}

fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::Whole(number) => Some(*number),
        Value::Text(_) => value.text()?.parse().ok(),
        Value::Broken(_) => None,
    }
}

/// Reads ISO 6709 in degrees: `+52.1641+004.4860+001.096/`.
fn place(text: &str) -> Option<Place> {
    let mut starts = text.match_indices(['+', '-', '/']).map(|(at, _)| at);
    let (first, second) = (starts.next()?, starts.next()?);
    let end = starts.next().unwrap_or(text.len());
    Place::new(text.get(first..second)?.parse().ok()?, text.get(second..end)?.parse().ok()?)
}

fn key_names(body: &[u8]) -> Result<Vec<Vec<u8>>, Fault> {
    let mut fields = Fields::new(body);
    fields.u32()?;
    let count = fields.u32()?;
    let mut names = Vec::new();
    for _ in 0..count.min(1024) {
        let size = fields.u32()? as usize;
        fields.name()?;
        names.push(fields.take(size.checked_sub(8).ok_or(Fault::Malformed("a key without a name"))?)?.to_vec());
    }
    Ok(names)
}

fn taken(text: &str) -> Option<CaptureTime> {
    dates::parse(text, TimeProvenance::QuickTime)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::MediaKind;

    #[test]
    fn places_in_degrees() {
        assert_eq!(place("+52.1641+004.4860+001.096/"), Place::new(52.1641, 4.486));
        assert_eq!(place("-33.8688+151.2093/"), Place::new(-33.8688, 151.2093));
        assert_eq!(place("+27.5916+086.5640"), Place::new(27.5916, 86.564));
        for text in ["", "+", "+-/", "+95.0+000.0/", "52.1 4.4", "+x+y/"] {
            assert_eq!(place(text), None, "{text}");
        }
    }

    #[test]
    fn a_fast_film_is_slow_unless_it_says_otherwise() {
        let slow = |make: &str, rate: f64, intent: Option<u64>, captured: Option<f64>| {
            let mut findings = Findings::new(MediaKind::Video);
            findings.camera.make = Some(make.to_owned());
            findings.frame_rate = Some(rate);
            (findings.full_rate, findings.captured_rate) = (intent, captured);
            weigh(&mut findings);
            findings.traits.contains(&MediaTrait::SloMo)
        };
        assert!(slow("Apple", 239.9, None, None) && slow("Apple", 120.0, Some(0), None));
        assert!(slow("Google", 30.0, None, Some(240.0)));
        assert!(!slow("Apple", 120.0, Some(1), None) && !slow("Apple", 60.0, Some(0), None));
        assert!(!slow("GoPro", 120.0, None, None) && !slow("Google", 30.0, None, Some(30.0)));
    }
}
