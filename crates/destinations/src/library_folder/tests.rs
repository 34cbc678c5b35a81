use super::*;
use domain::{Destination, LibraryPath, SessionId, StagingName};
use std::fs;
use std::ops::ControlFlow;
use std::time::{Duration, UNIX_EPOCH};

const WHEN: &str = "2024-03-02T10:00:00Z";
const PHOTO: &str = "Originals/2024/2024-03-02/IMG_1.HEIC";

fn id() -> LibraryId {
    LibraryId::parse("0123456789abcdef0123456789abcdef").unwrap()
}

fn other_id() -> LibraryId {
    LibraryId::parse("ffffffffffffffffffffffffffffffff").unwrap()
}

fn name(index: u64) -> StagingName {
    StagingName::new(&SessionId::new("fedcba9876543210fedcba9876543210"), index)
}

fn path(text: &str) -> LibraryPath {
    LibraryPath::parse(text).unwrap()
}

fn library() -> (tempfile::TempDir, LibraryFolder) {
    let temp = tempfile::tempdir().unwrap();
    let library = LibraryFolder::create_or_open(&temp.path().join("Library"), id(), WHEN).unwrap();
    (temp, library)
}

fn publish(library: &LibraryFolder, to: &str, modified_ns: i64) -> Result<(), DestinationError> {
    let mut file = library.create(&name(0), 7)?;
    file.write(b"a photo")?;
    file.seal(modified_ns)?;
    file.publish(&path(to))
}

fn unusable(result: Result<LibraryFolder, DestinationError>) -> String {
    match result {
        Err(DestinationError::Unusable(words)) => words,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_library_keeps_its_identity() {
    let (temp, library) = library();
    let at = temp.path().join("Library");
    assert_eq!((library.library_id(), library.root()), (&id(), at.as_path()));
    let again = LibraryFolder::create_or_open(&at, other_id(), WHEN).unwrap();
    assert_eq!(again.library_id(), &id());
    assert_eq!(LibraryFolder::open(&at).unwrap().library_id(), &id());
    assert_eq!(LibraryFolder::identify(&at), Ok(Some(id())));
    let left: Vec<_> = fs::read_dir(at.join(INCOMING)).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn looking_changes_nothing() {
    let temp = tempfile::tempdir().unwrap();
    assert_eq!(LibraryFolder::identify(temp.path()), Ok(None));
    assert_eq!(LibraryFolder::identify(&temp.path().join("none")), Ok(None));
    assert!(unusable(LibraryFolder::open(temp.path())).contains("is not a Keepsake library"));
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
}

#[test]
fn a_place_that_cannot_hold_a_library_is_told_in_words() {
    let temp = tempfile::tempdir().unwrap();
    let file = temp.path().join("file");
    fs::write(&file, "x").unwrap();
    let create = |at: &Path| unusable(LibraryFolder::create_or_open(at, id(), WHEN));
    assert!(create(&temp.path().join("none/Library")).ends_with("none does not exist"));
    assert!(create(&file).ends_with("file is a file, not a folder"));
    assert!(create(&file.join("Library")).contains("is a file, not a folder"));
    assert!(unusable(LibraryFolder::open(&file)).ends_with("file is a file, not a folder"));
    assert!(unusable(LibraryFolder::open(&temp.path().join("none"))).ends_with("none does not exist"));
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 1);
}

#[test]
fn a_library_from_the_future_and_a_damaged_one_are_left_alone() {
    let (temp, library) = library();
    let marker = library.root().join(MARKER);
    fs::write(library.root().join(MANIFESTS).join("x"), "").unwrap();
    for (text, words) in [("{\"format\":2}", "newer"), ("", "damaged"), ("{", "damaged")] {
        fs::write(&marker, text).unwrap();
        let at = temp.path().join("Library");
        assert!(unusable(LibraryFolder::open(&at)).contains(words));
        assert!(unusable(LibraryFolder::create_or_open(&at, other_id(), WHEN)).contains(words));
        assert_eq!(fs::read_to_string(&marker).unwrap(), text);
    }
}

#[test]
fn an_interrupted_creation_is_made_good() {
    let (temp, library) = library();
    let (at, draft) = (temp.path().join("Library"), library.root().join(INCOMING).join("library-0123"));
    drop(library);
    fs::write(at.join(MARKER), "").unwrap();
    fs::write(&draft, "{").unwrap();
    let again = LibraryFolder::create_or_open(&at, other_id(), WHEN).unwrap();
    assert_eq!((again.library_id(), draft.exists()), (&other_id(), false));
}

#[test]
fn two_programs_that_make_a_library_at_once_make_one() {
    let temp = tempfile::tempdir().unwrap();
    for round in 0..20 {
        let at = temp.path().join(round.to_string());
        let make = |digit: &str| LibraryFolder::create_or_open(&at, LibraryId::new(digit.repeat(32)), WHEN).unwrap();
        let ids = std::thread::scope(|scope| {
            let makers: Vec<_> = ["a", "b", "c"].map(|digit| scope.spawn(move || make(digit))).into_iter().collect();
            makers.into_iter().map(|m| m.join().unwrap().library_id().clone()).collect::<Vec<_>>()
        });
        assert_eq!(ids, vec![LibraryFolder::identify(&at).unwrap().unwrap(); 3]);
    }
}

#[test]
fn times_before_1970_and_fractions_are_kept() {
    let (_temp, library) = library();
    for (to, ns) in [("a.jpg", 1_709_451_005_123_456_700), ("b.jpg", -86_400_000_000_000), ("c.jpg", 0)] {
        publish(&library, to, ns).unwrap();
        let modified = fs::metadata(library.root().join(to)).unwrap().modified().unwrap();
        let distance = Duration::from_nanos(ns.unsigned_abs());
        assert_eq!(modified, if ns < 0 { UNIX_EPOCH - distance } else { UNIX_EPOCH + distance });
    }
    for (to, ns) in [("d.jpg", i64::MIN), ("e.jpg", i64::MAX)] {
        publish(&library, to, ns).unwrap();
    }
}

#[test]
fn a_folder_where_a_file_is_fails_for_that_file_alone() {
    let (_temp, library) = library();
    fs::write(library.root().join("Originals"), "x").unwrap();
    let error = publish(&library, PHOTO, 0).unwrap_err();
    assert!(!error.ends_everything(), "{error}");
    assert!(error.to_string().contains("a file is where its folder should be"), "{error}");
    assert_eq!(library.staged(), Ok(vec![]));
}

#[test]
fn what_systems_leave_behind_is_not_listed() {
    let (_temp, library) = library();
    publish(&library, PHOTO, 0).unwrap();
    for litter in [".DS_Store", "Originals/Thumbs.db", "Originals/._IMG_1.HEIC", "DESKTOP.INI"] {
        fs::write(library.root().join(litter), "x").unwrap();
    }
    for bin in [".Trashes/501", ".Trash-1000/files", "$Recycle.Bin", "lost+found"] {
        fs::create_dir_all(library.root().join(bin)).unwrap();
        fs::write(library.root().join(bin).join("x.jpg"), "x").unwrap();
    }
    fs::write(library.root().join("mine.txt"), "x").unwrap();
    let mut files = Vec::new();
    library.files(&mut |file| files.push(file.path)).unwrap();
    files.sort();
    assert_eq!(files, [PHOTO, "mine.txt"]);
}

#[test]
fn what_fat_cannot_hold_is_told_before_it_is_copied() {
    let (_temp, mut library) = library();
    let root = Arc::get_mut(&mut library.root).unwrap();
    root.file_system.largest_file = Some((1 << 32) - 1);
    assert_eq!(library.create(&name(0), 1 << 32).err(), Some(DestinationError::TooLarge));
    assert!(library.create(&name(0), (1 << 32) - 1).is_ok());
}

#[test]
fn capacity_is_that_of_the_volume() {
    let (_temp, library) = library();
    let capacity = library.capacity().unwrap();
    assert!(0 < capacity.free_bytes && capacity.free_bytes <= capacity.total_bytes);
}

/// Windows lets nobody move or delete a folder that is held open.
#[cfg(unix)]
mod moved_away {
    use super::*;

    #[test]
    fn a_library_moved_away_or_exchanged_is_gone() {
        let (temp, library) = library();
        let (at, away) = (temp.path().join("Library"), temp.path().join("away"));
        let gone = Err(DestinationError::Gone(at.display().to_string()));
        assert_eq!(library.check(), Ok(()));
        fs::rename(&at, &away).unwrap();
        assert_eq!(library.check(), gone);
        LibraryFolder::create_or_open(&at, other_id(), WHEN).unwrap();
        assert_eq!(library.check(), gone);
        assert_eq!(publish(&library, PHOTO, 0), Ok(()), "the handle still leads to the right folder");
        assert!(away.join(PHOTO).exists() && !at.join(PHOTO).exists());
        fs::remove_dir_all(&at).unwrap();
        fs::rename(&away, &at).unwrap();
        assert_eq!(library.check(), Ok(()));
        fs::remove_file(at.join(MARKER)).unwrap();
        assert_eq!(library.check(), gone);
    }

    #[test]
    fn a_deleted_library_is_gone_and_not_made_anew() {
        let (_temp, library) = library();
        fs::remove_dir_all(library.root()).unwrap();
        assert!(matches!(library.create(&name(0), 1), Err(DestinationError::Gone(_))));
        assert!(!library.root().exists());
    }
}

#[cfg(unix)]
mod links {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_link_does_not_lead_out_of_the_library() {
        let (temp, library) = library();
        let outside = temp.path().join("outside");
        fs::create_dir(&outside).unwrap();
        symlink(&outside, library.root().join("Originals")).unwrap();
        assert!(publish(&library, PHOTO, 0).is_err());
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
        let mut seen = 0;
        library.files(&mut |_| seen += 1).unwrap();
        assert_eq!(seen, 0);
    }

    #[test]
    fn only_plain_files_are_files() {
        let (temp, library) = library();
        let secret = temp.path().join("secret");
        fs::write(&secret, "x").unwrap();
        symlink(&secret, library.root().join("link.jpg")).unwrap();
        fs::create_dir(library.root().join("folder.jpg")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(library.root().join("pipe.jpg")).status().unwrap();
        assert!(made.success());
        for odd in ["link.jpg", "folder.jpg", "pipe.jpg"] {
            assert!(library.size_of(&path(odd)).is_err(), "{odd}");
            assert!(library.read(&path(odd), &mut |_| ControlFlow::Continue(())).is_err(), "{odd}");
            assert!(library.remove_empty(&path(odd)).is_err(), "{odd}");
            assert!(matches!(publish(&library, odd, 0), Err(DestinationError::Taken(_))), "{odd}");
        }
        assert_eq!(fs::read_to_string(&secret).unwrap(), "x");
    }

    #[test]
    fn a_planted_staged_link_is_not_adopted() {
        let (temp, library) = library();
        let secret = temp.path().join("secret");
        fs::write(&secret, "x").unwrap();
        symlink(&secret, library.root().join(INCOMING).join(name(0).as_str())).unwrap();
        assert!(library.adopt(&name(0)).is_err());
        library.discard(&name(0)).unwrap();
        assert!(secret.exists());
    }
}

#[cfg(unix)]
#[test]
fn a_program_with_too_many_open_files_does_not_take_its_library_for_gone() {
    const ALONE: &str = "KEEPSAKE_TEST_WITH_FEW_FILES";
    if std::env::var_os(ALONE).is_none() {
        // In a process of its own: the other tests need their files.
        let test = "library_folder::tests::a_program_with_too_many_open_files_does_not_take_its_library_for_gone";
        let mut alone = std::process::Command::new("sh");
        alone.args(["-c", "ulimit -n 64; exec \"$0\" --exact \"$1\""]);
        let output = alone.arg(std::env::current_exe().unwrap()).arg(test).env(ALONE, "1").output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let (_temp, library) = library();
    publish(&library, PHOTO, 0).unwrap();
    let open: Vec<fs::File> = std::iter::from_fn(|| fs::File::open("/dev/null").ok()).collect();
    let (checked, read) = (library.check(), library.read(&path(PHOTO), &mut |_| ControlFlow::Continue(())));
    drop(open);
    assert!(matches!(checked, Err(DestinationError::Io { .. })), "{checked:?}");
    assert!(matches!(read, Err(DestinationError::Io { .. })), "{read:?}");
    assert_eq!(library.check(), Ok(()));
}
