use super::*;
use std::fs;
use tempfile::TempDir;

const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xFF\xD9";

fn list(root: &Path) -> Vec<String> {
    let source = FolderSource::open(root).unwrap();
    let mut entries = Vec::new();
    source.list(&mut |batch| entries.extend(batch), &CancelFlag::default()).unwrap();
    entries.iter().map(shown).collect()
}

fn shown(entry: &ListEntry) -> String {
    match entry {
        ListEntry::File(file) => file.fingerprint.path.to_string(),
        ListEntry::Ignored(path) => format!("ignored {path}"),
        ListEntry::Asset(asset) => format!("asset {}", asset.resources[0].path()),
        ListEntry::Note(note) => format!("note {note}"),
        ListEntry::Reading(read) => format!("{read:?}"),
        ListEntry::Unreadable { path, error } => format!("unreadable {path}: {error}"),
    }
}

fn folder_with(files: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, JPEG).unwrap();
    }
    folder
}

#[test]
fn files_come_folder_by_folder_in_the_order_of_names() {
    let folder =
        folder_with(&["b.jpg", "a/z.heic", "a/y/x.mov", "c.unknown", ".hidden.jpg", ".cache/d.jpg", "Thumbs.db"]);
    fs::write(folder.path().join("notes.txt"), "no photo").unwrap();
    let expected = ["b.jpg", "c.unknown", "ignored notes.txt", "a/z.heic", "a/y/x.mov"];
    assert_eq!(list(folder.path()), expected);
}

#[test]
fn a_library_inside_is_not_listed_and_as_a_source_refused() {
    let folder = folder_with(&["a.jpg", "lib/Originals/b.jpg", "lib/.keepsake/library.json"]);
    assert_eq!(list(folder.path()), ["a.jpg"]);
    assert!(matches!(FolderSource::open(&folder.path().join("lib")), Err(SourceError::Unusable(_))));
}

#[test]
fn what_is_no_folder_is_said_so() {
    let folder = folder_with(&["a.jpg"]);
    let missing = FolderSource::open(&folder.path().join("none")).unwrap_err();
    assert!(matches!(&missing, SourceError::NotFound(_)) && missing.to_string().contains("none"), "{missing}");
    let file = FolderSource::open(&folder.path().join("a.jpg")).unwrap_err();
    assert!(matches!(&file, SourceError::Unusable(words) if words.contains("is a file")), "{file}");
}

#[test]
fn no_path_leads_out_of_the_folder() {
    let folder = folder_with(&["in/a.jpg", "b.jpg"]);
    let source = FolderSource::open(&folder.path().join("in")).unwrap();
    assert!(source.stat(&SourcePath::new("a.jpg")).is_ok());
    for bad in ["../b.jpg", "/etc/passwd", "", "./a.jpg", "a.jpg/", "x/../a.jpg", "a.jpg\0"] {
        let path = SourcePath::new(bad);
        assert!(matches!(source.open(&path), Err(SourceError::NotFound(_))), "{bad:?}");
        assert!(source.stat(&path).is_err(), "{bad:?}");
    }
}

#[test]
fn a_folder_that_vanishes_is_a_card_that_was_removed() {
    let folder = folder_with(&["card/a.jpg"]);
    let source = FolderSource::open(&folder.path().join("card")).unwrap();
    fs::remove_dir_all(folder.path().join("card")).unwrap();
    let path = SourcePath::new("a.jpg");
    assert!(matches!(source.stat(&path), Err(SourceError::Unplugged(_))));
    assert!(matches!(source.list(&mut |_| (), &CancelFlag::default()), Err(SourceError::Unplugged(_))));
}

#[cfg(unix)]
mod on_unix {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_are_not_followed() {
        let folder = folder_with(&["in/a.jpg", "out/secret.jpg"]);
        let inside = folder.path().join("in");
        symlink(folder.path().join("out/secret.jpg"), inside.join("file.jpg")).unwrap();
        symlink(folder.path().join("out"), inside.join("folder")).unwrap();
        symlink(&inside, inside.join("loop")).unwrap();
        assert_eq!(list(&inside), ["a.jpg", "ignored file.jpg", "ignored folder", "ignored loop"]);
        let source = FolderSource::open(&inside).unwrap();
        assert!(source.open(&SourcePath::new("file.jpg")).is_err());
    }

    #[test]
    fn a_pipe_holds_nothing_up() {
        let folder = folder_with(&["a.jpg"]);
        for name in ["pipe.jpg", "pipe"] {
            let made = std::process::Command::new("mkfifo").arg(folder.path().join(name)).status().unwrap();
            assert!(made.success());
        }
        assert_eq!(list(folder.path()), ["a.jpg", "ignored pipe", "ignored pipe.jpg"]);
        let source = FolderSource::open(folder.path()).unwrap();
        assert!(matches!(source.open(&SourcePath::new("pipe.jpg")), Err(SourceError::NotFound(_))));
    }

    #[test]
    fn a_name_that_is_not_utf8_is_listed_and_read() {
        let folder = folder_with(&[]);
        fs::write(folder.path().join(OsStr::from_bytes(b"caf\xE9.jpg")), JPEG).unwrap();
        assert_eq!(list(folder.path()), ["caf\u{F7E9}.jpg"]);
        let source = FolderSource::open(folder.path()).unwrap();
        let mut reader = source.open(&SourcePath::new("caf\u{F7E9}.jpg")).unwrap();
        assert_eq!(reader.read_at(0, 100).unwrap(), JPEG);
    }
}
