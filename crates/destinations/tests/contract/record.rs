//! Promises about the record that lies beside the photos.

use super::samples::*;
use domain::{Destination, ManifestEntry, SessionId};

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
