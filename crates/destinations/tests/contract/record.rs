//! Promises about the record that lies beside the photos.

use super::samples::*;
use domain::{Destination, ManifestEntry, ManifestLine, SessionId};

fn recorded(library: &dyn Destination) -> Vec<ManifestEntry> {
    let mut entries = Vec::new();
    library.manifest(&mut |entry| entries.push(entry)).unwrap();
    entries
}

pub fn what_was_recorded_is_read_again_in_order(library: &dyn Destination) {
    let later = SessionId::parse("ffffffffffffffffffffffffffffffff").unwrap();
    library.record(&later, &[entry(3)]).unwrap();
    library.record(&session(), &[entry(1), entry(2)]).unwrap();
    assert_eq!(recorded(library), [entry(1), entry(2), entry(3)]);
    assert!(files(library).is_empty(), "manifests are not files of the library");
}

pub fn a_second_call_appends(library: &dyn Destination) {
    library.record(&session(), &[entry(1)]).unwrap();
    library.record(&session(), &[]).unwrap();
    library.record(&session(), &[entry(2)]).unwrap();
    assert_eq!(recorded(library), [entry(1), entry(2)]);
}

pub fn a_new_library_has_no_record(library: &dyn Destination) {
    assert_eq!(recorded(library), []);
}

pub fn what_was_put_aside_is_told_after_its_copy(library: &dyn Destination) {
    let removal = removal(entry(1).path.as_str(), "Removed/x/IMG_1.HEIC");
    library.record(&session(), &[entry(1)]).unwrap();
    let before = library.manifest_bytes().unwrap();
    library.record_removals(&session(), std::slice::from_ref(&removal)).unwrap();
    assert!(library.manifest_bytes().unwrap() > before);
    let mut lines = Vec::new();
    library.manifest_lines(&mut |import, line| lines.push((import.clone(), line))).unwrap();
    assert_eq!(lines, [(session(), ManifestLine::Copied(entry(1))), (session(), ManifestLine::Removed(removal))]);
}
