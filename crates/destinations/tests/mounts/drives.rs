//! The promises of a destination, kept on drives as people have them.

use super::lab::{Mounted, run};
use crate::contract::{files, record, samples::*};
use destinations::volumes;
use domain::{Destination, DestinationError, ReadBackGrade};
use std::ops::ControlFlow;
use std::time::{Duration, UNIX_EPOCH};

const PHOTO: &str = "Originals/2024/2024-03-02/IMG_1.HEIC";
const SIZE: usize = 8 << 20;

macro_rules! as_functions {
    ($($module:ident :: $promise:ident),* $(,)?) => {
        [$($module::$promise as fn(&dyn Destination)),*]
    };
}

/// Runs every promise in a library of its own.
fn keeps_every_promise(mounted: &Mounted) {
    let promises = every_promise!(as_functions);
    for (number, promise) in promises.into_iter().enumerate() {
        promise(&library_at(&mounted.path().join(number.to_string())));
    }
}

/// Publishes one photo and checks its time, to the two seconds that FAT has.
fn keeps_the_time(mounted: &Mounted) {
    let library = library_at(&mounted.library());
    publish(&library, 0, BYTES, PHOTO);
    let modified = std::fs::metadata(mounted.library().join(PHOTO)).unwrap().modified().unwrap();
    let wanted = UNIX_EPOCH + Duration::from_nanos(TAKEN_NS.unsigned_abs());
    let off = modified.duration_since(wanted).unwrap_or_else(|error| error.duration());
    assert!(off <= Duration::from_secs(2), "{off:?}");
}

/// Reads a file back and returns the grade with the bytes that the drive had to deliver for it.
fn cold_read(mounted: &Mounted) -> (ReadBackGrade, u64) {
    let library = library_at(&mounted.library());
    let mut file = sealed(&library, 1, &vec![7; SIZE]);
    let before = delivered_by_drives();
    let grade = file.read_back(&mut |_| ControlFlow::Continue(())).unwrap();
    (grade, delivered_by_drives() - before)
}

/// Returns what this thread had drives read so far, in bytes (proc(5), `io`).
fn delivered_by_drives() -> u64 {
    let io = std::fs::read_to_string("/proc/thread-self/io").unwrap();
    io.lines().find_map(|line| line.strip_prefix("read_bytes: ")).unwrap().parse().unwrap()
}

#[test]
fn ext4_keeps_every_promise_and_is_read_cold() {
    let mounted = Mounted::ext4(64);
    keeps_every_promise(&mounted);
    keeps_the_time(&mounted);
    let (grade, delivered) = cold_read(&mounted);
    assert_eq!(grade, ReadBackGrade::Cold);
    assert!(delivered >= SIZE as u64, "only {delivered} bytes came from the drive");
}

#[test]
fn a_large_file_is_written_and_read_past_the_memory_of_a_disk() {
    let mounted = Mounted::ext4(64);
    let library = library_at(&mounted.library());
    let bytes: Vec<u8> = (0..5_000_001_u32).map(|i| (i % 251) as u8).collect();
    let mut file = library.create(&name(0), bytes.len() as u64).unwrap();
    bytes.chunks(300_000).for_each(|part| file.write(part).unwrap());
    file.seal(TAKEN_NS).unwrap();
    let staged = mounted.library().join(".keepsake/incoming").join(name(0).as_str());
    // The last sector is written the usual way.
    let in_memory = || run(&format!("fincore -b -n -o res {}", staged.display())).parse::<u64>().unwrap();
    assert!(in_memory() <= 4096, "{} bytes", in_memory());
    assert!(read_back(&mut *file) == bytes);
    assert!(in_memory() <= 4096, "{} bytes", in_memory());
    file.publish(&path(PHOTO)).unwrap();
    file.flush_published().unwrap();
    assert!(read(&library, PHOTO) == bytes);
}

#[test]
fn exfat_keeps_every_promise_though_its_driver_has_no_safe_rename_and_no_links() {
    let mounted = Mounted::exfat(64);
    keeps_every_promise(&mounted);
    keeps_the_time(&mounted);
    assert_eq!(cold_read(&mounted).0, ReadBackGrade::Warm);
}

#[test]
fn ntfs_keeps_every_promise_though_its_driver_has_no_safe_rename() {
    let mounted = Mounted::ntfs(64);
    keeps_every_promise(&mounted);
    keeps_the_time(&mounted);
    assert_eq!(cold_read(&mounted).0, ReadBackGrade::Warm);
}

#[test]
fn a_name_that_differs_in_case_is_taken_where_case_does_not_count() {
    let mounted = Mounted::exfat(64);
    let library = library_at(&mounted.library());
    publish(&library, 0, b"the first", "IMG_1.HEIC");
    let mut file = sealed(&library, 1, BYTES);
    assert_eq!(file.publish(&path("img_1.heic")), Err(DestinationError::Taken("img_1.heic".into())));
    assert_eq!(read(&library, "IMG_1.HEIC"), b"the first");
}

#[test]
fn what_was_published_is_there_after_the_drive_was_pulled() {
    let mounted = Mounted::ext4(64);
    let library = library_at(&mounted.library());
    publish(&library, 0, BYTES, PHOTO);
    library.record(&session(), &[entry(1)]).unwrap();
    // Everything that is not on the medium yet is lost.
    run(&format!("xfs_io -x -c shutdown {}", mounted.path().display()));
    assert!(library.create(&name(1), 1).is_err());
    drop(library);
    let again = mounted.remounted();
    let library = library_at(&again.library());
    assert_eq!(
        (read(&library, PHOTO), crate::contract::samples::files(&library)),
        (BYTES.to_vec(), vec![(PHOTO.to_owned(), 7)])
    );
    let mut entries = Vec::new();
    library.manifest(&mut |found| entries.push(found)).unwrap();
    assert_eq!(entries, [entry(1)]);
}

#[test]
fn a_drive_where_drives_appear_is_offered() {
    let mounted = Mounted::ext4_as_drive(128);
    let found = volumes().into_iter().find(|volume| volume.mount == mounted.path()).unwrap();
    assert_eq!(found.file_system, "ext4");
    assert_eq!(found.suggested_folder, mounted.path().join("Keepsake"));
    assert!(found.free_bytes > 0 && found.free_bytes < found.total_bytes);
}
