//! Libraries, names and entries to test with.

use destinations::LibraryFolder;
use domain::{
    CaptureTime, ContentHash, Destination, Evidence, LibraryId, LibraryPath, ManifestEntry, PendingFile, ReadBackGrade,
    Removal, ResourceRole, SessionId, SourceId, SourcePath, StagingName, TimeProvenance,
};
use std::ops::ControlFlow;
use std::path::Path;

pub const WHEN: &str = "2024-03-02T10:00:00Z";
pub const BYTES: &[u8] = b"a photo";
pub const TAKEN_NS: i64 = 1_709_451_005_000_000_000;

pub fn id() -> LibraryId {
    LibraryId::parse("0123456789abcdef0123456789abcdef").unwrap()
}

pub fn session() -> SessionId {
    SessionId::parse("fedcba9876543210fedcba9876543210").unwrap()
}

pub fn name(index: u64) -> StagingName {
    StagingName::new(&session(), index)
}

pub fn path(text: &str) -> LibraryPath {
    LibraryPath::parse(text).unwrap()
}

pub fn library_at(folder: &Path) -> LibraryFolder {
    LibraryFolder::create_or_open(folder, id(), WHEN).unwrap()
}

/// Stages a file, written and sealed.
pub fn sealed(library: &dyn Destination, index: u64, bytes: &[u8]) -> Box<dyn PendingFile> {
    let mut file = library.create(&name(index), bytes.len() as u64).unwrap();
    file.write(bytes).unwrap();
    file.seal(TAKEN_NS).unwrap();
    file
}

pub fn publish(library: &dyn Destination, index: u64, bytes: &[u8], to: &str) {
    let mut file = sealed(library, index, bytes);
    file.publish(&path(to)).unwrap();
    file.flush_published().unwrap();
    library.flush_names(&[&path(to)]).unwrap();
}

fn keep(bytes: &mut Vec<u8>, block: &[u8]) -> ControlFlow<()> {
    bytes.extend_from_slice(block);
    ControlFlow::Continue(())
}

pub fn read_back(file: &mut dyn PendingFile) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.read_back(&mut |block| keep(&mut bytes, block)).unwrap();
    bytes
}

pub fn read(library: &dyn Destination, from: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    library.read(&path(from), &mut |block| keep(&mut bytes, block)).unwrap();
    bytes
}

pub fn files(library: &dyn Destination) -> Vec<(String, u64)> {
    let mut files = Vec::new();
    library.files(&mut |file| files.push((file.path, file.bytes))).unwrap();
    files.sort();
    files
}

pub fn entry(number: u8) -> ManifestEntry {
    let taken = CaptureTime::parse_rfc3339("2024-03-02T23:30:05-08:00", TimeProvenance::Exif).unwrap();
    ManifestEntry {
        path: path(&format!("Originals/2024/2024-03-02/IMG_{number}.HEIC")),
        bytes: u64::from(number),
        hash: ContentHash::new([number; 32]),
        role: ResourceRole::Original,
        asset: path(&format!("Originals/2024/2024-03-02/IMG_{number}.HEIC")),
        source: SourceId::new("iphone:00008110-0012345678901234"),
        source_path: SourcePath::new(format!("DCIM/100APPLE/IMG_{number} \"ä\\\u{202e}.HEIC")),
        source_modified_ns: -5,
        taken,
        evidence: Evidence::ReadBack,
        grade: ReadBackGrade::Cold,
        apple: None,
        details: None,
        derived: None,
        rendition_of: None,
    }
}

pub fn removal(from: &str, to: &str) -> Removal {
    Removal { path: path(from), to: path(to), bytes: 7, hash: ContentHash::new([7; 32]) }
}
