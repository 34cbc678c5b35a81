//! Whether a library and a source lie inside each other.

use std::io;
use std::path::{Path, PathBuf};

/// How the folder of a library and the folder of a source lie to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// Neither contains the other.
    Apart,
    /// They are one folder.
    Same,
    /// The library lies below the source: usable, the source's walk leaves libraries out.
    LibraryInsideSource,
    /// The source lies below the library: its files are the library's own.
    SourceInsideLibrary,
}

/// Tells how the two lie to each other, whatever links and mounts lead there. The library's folder need not exist yet.
/// Errors when the source cannot be looked at.
pub fn overlap(library: &Path, source: &Path) -> io::Result<Overlap> {
    let source = source.canonicalize()?;
    let (there, is_made) = nearest_existing(library)?;
    Ok(if is_made && is_same(&there, &source) {
        Overlap::Same
    } else if there.ancestors().any(|above| is_same(above, &source)) {
        Overlap::LibraryInsideSource
    } else if is_made && source.ancestors().any(|above| is_same(above, &there)) {
        Overlap::SourceInsideLibrary
    } else {
        Overlap::Apart
    })
}

/// Returns the folder, or the first existing one above it, and whether it is the folder itself.
fn nearest_existing(folder: &Path) -> io::Result<(PathBuf, bool)> {
    let folder = std::path::absolute(folder)?;
    let mut above = folder.ancestors();
    let found = above.find_map(|path| path.canonicalize().ok().map(|found| (found, path == folder)));
    found.ok_or_else(|| io::ErrorKind::NotFound.into())
}

#[cfg(unix)]
fn is_same(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |path: &Path| path.metadata().ok().map(|m| (m.dev(), m.ino()));
    a == b || identity(a).is_some_and(|there| Some(there) == identity(b))
}

#[cfg(not(unix))]
fn is_same(a: &Path, b: &Path) -> bool {
    a == b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_lie_is_told() {
        let temp = tempfile::tempdir().unwrap();
        let path = |below: &str| temp.path().join(below);
        std::fs::create_dir_all(path("a/b")).unwrap();
        std::fs::create_dir_all(path("c")).unwrap();
        for (library, source, want) in [
            ("a", "c", Overlap::Apart),
            ("a", "a", Overlap::Same),
            ("a/../a", "a", Overlap::Same),
            ("a/b", "a", Overlap::LibraryInsideSource),
            ("a/new", "a", Overlap::LibraryInsideSource),
            ("a/new", "c", Overlap::Apart),
            ("a", "a/b", Overlap::SourceInsideLibrary),
        ] {
            assert_eq!(overlap(&path(library), &path(source)).unwrap(), want, "{library} {source}");
        }
        assert!(overlap(&path("a"), &path("none")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_does_not_hide_it() {
        let temp = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(temp.path().join("a/b")).unwrap();
        std::os::unix::fs::symlink(temp.path().join("a/b"), temp.path().join("link")).unwrap();
        let found = overlap(&temp.path().join("a"), &temp.path().join("link"));
        assert_eq!(found.unwrap(), Overlap::SourceInsideLibrary);
    }
}
