//! Giving a file its name without ever replacing another: by the system's own call, else by a link, else by a placeholder.
//!
//! Which file system knows which was measured: `docs/decisions`. NTFS and exFAT through FUSE refuse the call, FAT and exFAT
//! know no links. Windows starts with the link, which keeps the same promise as its own call.

use cap_std::fs::{Dir, OpenOptions};
use std::io;

/// A file in one folder, and the name it is to get in another one on the same volume.
pub(crate) struct Move<'a> {
    pub(crate) from: &'a Dir,
    pub(crate) name: &'a str,
    pub(crate) to: &'a Dir,
    pub(crate) new_name: &'a str,
}

impl Move<'_> {
    /// Moves the file. Errors with `AlreadyExists` when the name is taken; the file then stays where it was.
    pub(crate) fn without_replacing(&self) -> io::Result<()> {
        match self.by_system_call() {
            Err(error) if is_unsupported(&error) => {}
            done => return done,
        }
        match self.by_link() {
            Err(error) if is_unsupported(&error) || is_link_refused(&error) => self.by_placeholder(),
            done => done,
        }
    }

    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    fn by_system_call(&self) -> io::Result<()> {
        use rustix::fs::{RenameFlags, renameat_with};
        Ok(renameat_with(self.from, self.name, self.to, self.new_name, RenameFlags::NOREPLACE)?)
    }

    #[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
    fn by_system_call(&self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn by_link(&self) -> io::Result<()> {
        self.from.hard_link(self.name, self.to, self.new_name)?;
        self.from.remove_file(self.name)
    }

    /// Reserves the name with an empty file and replaces that one: the only file here that is ever replaced is our own.
    fn by_placeholder(&self) -> io::Result<()> {
        drop(self.to.open_with(self.new_name, OpenOptions::new().write(true).create_new(true))?);
        self.from.rename(self.name, self.to, self.new_name).inspect_err(|_| {
            let is_ours = self.to.symlink_metadata(self.new_name).is_ok_and(|m| m.is_file() && m.len() == 0);
            if is_ours {
                // The move's error is the one to tell.
                let _ = self.to.remove_file(self.new_name);
            }
        })
    }
}

#[cfg(unix)]
fn is_unsupported(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let unsupported = [Errno::INVAL, Errno::NOSYS, Errno::NOTSUP, Errno::OPNOTSUPP];
    Errno::from_io_error(error).is_some_and(|errno| unsupported.contains(&errno))
}

#[cfg(unix)]
fn is_link_refused(error: &io::Error) -> bool {
    use rustix::io::Errno;
    Errno::from_io_error(error).is_some_and(|errno| [Errno::PERM, Errno::ACCESS, Errno::MLINK].contains(&errno))
}

#[cfg(not(unix))]
fn is_unsupported(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported
}

/// `ERROR_INVALID_FUNCTION`, `ERROR_NOT_SUPPORTED`, `ERROR_TOO_MANY_LINKS`.
#[cfg(not(unix))]
fn is_link_refused(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(1 | 50 | 1142))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cap_std::ambient_authority;

    const WAYS: [fn(&Move) -> io::Result<()>; 3] = [|m| m.without_replacing(), |m| m.by_link(), |m| m.by_placeholder()];

    fn two_folders() -> (tempfile::TempDir, Dir, Dir) {
        let temp = tempfile::tempdir().unwrap();
        let root = Dir::open_ambient_dir(temp.path(), ambient_authority()).unwrap();
        root.create_dir("a").unwrap();
        root.create_dir("b").unwrap();
        let (a, b) = (root.open_dir("a").unwrap(), root.open_dir("b").unwrap());
        a.write("x", "photo").unwrap();
        (temp, a, b)
    }

    #[test]
    fn each_way_moves_the_file() {
        for way in WAYS {
            let (_temp, a, b) = two_folders();
            way(&Move { from: &a, name: "x", to: &b, new_name: "y" }).unwrap();
            assert_eq!((a.exists("x"), b.read_to_string("y").unwrap()), (false, "photo".to_owned()));
        }
    }

    #[test]
    fn no_way_replaces_a_file() {
        for way in WAYS {
            let (_temp, a, b) = two_folders();
            b.write("y", "someone else's").unwrap();
            let error = way(&Move { from: &a, name: "x", to: &b, new_name: "y" }).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
            assert_eq!((a.exists("x"), b.read_to_string("y").unwrap()), (true, "someone else's".to_owned()));
        }
    }

    #[test]
    fn a_failed_move_leaves_no_placeholder() {
        let (_temp, a, b) = two_folders();
        assert!(Move { from: &a, name: "none", to: &b, new_name: "y" }.by_placeholder().is_err());
        assert!(!b.exists("y"));
    }
}
