//! From a file to its facts: content first, name where the content says nothing.

use crate::fault::Fault;
use crate::file_name;
use crate::findings::Findings;
use crate::formats::{self, Format};
use crate::input::{FileInput, Input, SHORT_HEAD};
use crate::kinds;
use domain::{MediaFacts, MediaKind, ResourceReader, SourceError};

/// Most bytes read from one file.
const BUDGET: u64 = 8 << 20;

/// Reads what a file says of itself: kind, capture time, size upright, length, codec, camera, place, identifiers, traits.
///
/// The time is that of the content; else that in the name; else the satellites', which may be of another day.
///
/// Reads the head and, where the format keeps its index elsewhere, a few stretches more; at most 8 MiB, typically 16 to 32 KiB.
/// What is wrong with the file is `warning`, in a sentence. Errors only when the source fails.
pub fn inspect(name: &str, file: &mut dyn ResourceReader) -> Result<MediaFacts, SourceError> {
    let mut input = match FileInput::open(file, BUDGET, SHORT_HEAD) {
        Ok(input) => input,
        Err(fault) => return finished(name, Findings::new(kinds::kind_by_name(name)), Some(fault)),
    };
    let Some(format) = formats::of(input.head()) else {
        return Ok(unrecognised(name, input.size()));
    };
    let mut findings = Findings::new(kind_of(name, format, input.head()));
    let fault = format.inspect(&mut input, &mut findings).err();
    let mut facts = finished(name, findings, fault)?;
    facts.warning = facts.warning.or_else(|| misnamed(name, format));
    Ok(facts)
}

/// Takes the content's kind. A raw picture that looks like any TIFF is known by its name.
fn kind_of(name: &str, format: &dyn Format, head: &[u8]) -> MediaKind {
    match kinds::by_extension(name) {
        Some((promised, MediaKind::Raw)) if promised == format.name() => MediaKind::Raw,
        _ => format.kind(head),
    }
}

fn finished(name: &str, findings: Findings, fault: Option<Fault>) -> Result<MediaFacts, SourceError> {
    let warning = match fault {
        Some(Fault::Source(error)) => return Err(error),
        Some(fault) => Some(fault.to_string()),
        None => None,
    };
    let satellites = findings.satellites;
    let mut facts = findings.into_facts(warning);
    facts.taken = facts.taken.or_else(|| file_name::date_in(name)).or(satellites);
    Ok(facts)
}

fn unrecognised(name: &str, size: u64) -> MediaFacts {
    let mut facts = MediaFacts::bare(kinds::kind_by_name(name));
    facts.taken = file_name::date_in(name);
    facts.warning = match (size, kinds::by_extension(name)) {
        (0, _) => Some("The file is empty.".to_owned()),
        (_, Some((format, _))) => Some(format!("The content is not {format}, as the name says.")),
        (_, None) => None,
    };
    facts
}

fn misnamed(name: &str, format: &dyn Format) -> Option<String> {
    let (promised, _) = kinds::by_extension(name)?;
    (promised != format.name()).then(|| format!("The name says {promised}, but the content is {}.", format.name()))
}
