//! What a volume is and what fits on it: file system, room, largest file.

#[cfg(windows)]
mod windows;

use cap_std::fs::Dir;
use domain::Capacity;
use std::io;
use std::path::Path;

/// Largest file on FAT32, in bytes.
const FAT32_LARGEST: u64 = (1 << 32) - 1;

/// What can be relied on at a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Medium {
    /// A disk under a file system of the system's own: it forgets when told to, and its inode numbers last.
    Disk,
    /// Memory, network, FUSE, or unknown: nothing can be relied on.
    Other,
}

/// What is known of a volume's file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileSystem {
    pub(crate) medium: Medium,
    /// Largest file in bytes where that is less than the volume.
    pub(crate) largest_file: Option<u64>,
    /// Whether files are written and read past the system's memory where it is asked to: others do as if, which is slower
    /// than not asking (FAT and exFAT while a file grows), or have not been tried.
    pub(crate) can_be_bypassed: bool,
}

impl FileSystem {
    const UNKNOWN: Self = Self { medium: Medium::Other, largest_file: None, can_be_bypassed: false };
    const DISK: Self = Self { medium: Medium::Disk, ..Self::UNKNOWN };
    const FAT: Self = Self { largest_file: Some(FAT32_LARGEST), ..Self::DISK };
    #[cfg(target_os = "linux")]
    const BYPASSABLE: Self = Self { can_be_bypassed: true, ..Self::DISK };
}

/// Tells the file system of an open folder.
#[cfg(target_os = "linux")]
pub(crate) fn file_system(folder: &Dir) -> FileSystem {
    rustix::fs::fstatfs(folder).map_or(FileSystem::UNKNOWN, |s| by_magic(s.f_type as u64 & 0xFFFF_FFFF))
}

/// Maps the kernel's number of a file system (`linux/magic.h` and the drivers' own headers).
/// ZFS is missing on purpose: it keeps its own cache, which does not forget when told to.
#[cfg(target_os = "linux")]
fn by_magic(magic: u64) -> FileSystem {
    const EXT: u64 = 0xEF53;
    const XFS: u64 = 0x5846_5342;
    const BTRFS: u64 = 0x9123_683E;
    const F2FS: u64 = 0xF2F5_2010;
    const BCACHEFS: u64 = 0xCA45_1A4E;
    const EXFAT: u64 = 0x2011_BAB0;
    const NTFS3: u64 = 0x7366_746E;
    const HFS_PLUS: u64 = 0x482B;
    const UDF: u64 = 0x1501_3346;
    const FAT: u64 = 0x4D44;
    match magic {
        EXT | XFS => FileSystem::BYPASSABLE,
        BTRFS | F2FS | BCACHEFS | EXFAT | NTFS3 | HFS_PLUS | UDF => FileSystem::DISK,
        FAT => FileSystem::FAT,
        _ => FileSystem::UNKNOWN,
    }
}

/// Tells the file system of an open folder.
#[cfg(target_vendor = "apple")]
pub(crate) fn file_system(folder: &Dir) -> FileSystem {
    rustix::fs::fstatfs(folder).map_or(FileSystem::UNKNOWN, |s| {
        let name: Vec<u8> = s.f_fstypename.iter().map(|c| *c as u8).take_while(|c| *c != 0).collect();
        by_name(&name)
    })
}

/// Tells the file system of an open folder.
#[cfg(windows)]
pub(crate) fn file_system(folder: &Dir) -> FileSystem {
    let known = windows::file_system_name(folder).map_or(FileSystem::UNKNOWN, |name| by_name(name.as_bytes()));
    // A share has the name of the file system at the other end.
    if windows::is_remote(folder) { FileSystem { medium: Medium::Other, ..known } } else { known }
}

/// Maps the name that macOS and Windows give a file system.
#[cfg(any(not(target_os = "linux"), test))]
fn by_name(name: &[u8]) -> FileSystem {
    match name.to_ascii_lowercase().as_slice() {
        b"apfs" | b"hfs" | b"exfat" | b"ntfs" | b"refs" | b"udf" => FileSystem::DISK,
        b"msdos" | b"fat32" | b"fat" => FileSystem::FAT,
        _ => FileSystem::UNKNOWN,
    }
}

/// The largest block that is believed, in bytes: FAT and exFAT have up to this by themselves.
const LARGEST_BLOCK: u64 = 256 << 10;

/// Returns what files are rounded up to. Shares (NFS) tell how much they send at once, which is far more.
fn believed(block: u64) -> u64 {
    if (1..=LARGEST_BLOCK).contains(&block) { block } else { 1 }
}

/// Returns the room for an ordinary user and the size of the volume of an open folder.
#[cfg(all(unix, not(target_vendor = "apple")))]
pub(crate) fn capacity(folder: &Dir, _path: &Path) -> io::Result<Capacity> {
    let s = rustix::fs::fstatvfs(folder)?;
    Ok(Capacity {
        free_bytes: s.f_bavail.saturating_mul(s.f_frsize),
        total_bytes: s.f_blocks.saturating_mul(s.f_frsize),
        largest_file: file_system(folder).largest_file,
        block_bytes: believed(s.f_frsize),
    })
}

/// Returns the room for an ordinary user and the size of the volume of an open folder. `statvfs` counts in 32 bits here.
#[cfg(target_vendor = "apple")]
pub(crate) fn capacity(folder: &Dir, _path: &Path) -> io::Result<Capacity> {
    let s = rustix::fs::fstatfs(folder)?;
    let block = u64::from(s.f_bsize);
    Ok(Capacity {
        free_bytes: s.f_bavail.saturating_mul(block),
        total_bytes: s.f_blocks.saturating_mul(block),
        largest_file: file_system(folder).largest_file,
        block_bytes: believed(block),
    })
}

/// Returns the room for an ordinary user and the size of the volume of an open folder, which is asked for by its path.
#[cfg(windows)]
pub(crate) fn capacity(folder: &Dir, path: &Path) -> io::Result<Capacity> {
    let (free_bytes, total_bytes) = windows::room(path)?;
    let block_bytes = windows::cluster(path).map_or(1, believed);
    Ok(Capacity { free_bytes, total_bytes, largest_file: file_system(folder).largest_file, block_bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fat_limits_the_size_of_a_file() {
        for (name, largest) in [("FAT32", Some(4_294_967_295)), ("msdos", Some(4_294_967_295)), ("exFAT", None)] {
            assert_eq!(by_name(name.as_bytes()).largest_file, largest, "{name}");
        }
        assert_eq!(by_name(b"smbfs"), FileSystem::UNKNOWN);
    }

    #[test]
    fn a_block_is_believed_as_far_as_drives_have_it() {
        assert_eq!([0, 512, 4096, 131_072, 262_144, 1 << 20].map(believed), [1, 512, 4096, 131_072, 262_144, 1]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn memory_network_and_fuse_are_not_trusted_to_forget() {
        for (magic, medium) in [
            (0xEF53, Medium::Disk),
            (0x4D44, Medium::Disk),
            (0x0102_1994, Medium::Other),
            (0x6573_5546, Medium::Other),
            (0xFE53_4D42, Medium::Other),
        ] {
            assert_eq!(by_magic(magic).medium, medium, "{magic:#x}");
        }
        assert_eq!(by_magic(0x4D44).largest_file, Some(FAT32_LARGEST));
    }
}
