//! The mounted volumes that a person would keep photos on.

use std::path::{Path, PathBuf};
use sysinfo::{Disk, Disks};

/// Smallest volume that is offered, in bytes: firmware and boot partitions are smaller.
const SMALLEST: u64 = 64 << 20;
/// Where systems mount what a person plugged in.
const EXTERNAL: [&str; 4] = ["/media", "/run/media", "/mnt", "/Volumes"];
/// File systems that hold nobody's photos.
const PSEUDO: [&str; 8] = ["tmpfs", "ramfs", "devtmpfs", "squashfs", "overlay", "iso9660", "autofs", "nullfs"];

/// A mounted volume that could hold a library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountedVolume {
    /// Names it, the same whenever and wherever it is mounted on this computer; not a path.
    pub id: String,
    /// Its label where the system tells it, else the last part of its mount point.
    pub name: String,
    /// Where it is mounted.
    pub mount: PathBuf,
    /// Where on it a new library would be put: below the home folder's pictures, or at the top of a drive.
    pub suggested_folder: PathBuf,
    /// Whether it can be unplugged.
    pub removable: bool,
    /// Bytes an ordinary user can still write.
    pub free_bytes: u64,
    /// Its size in bytes.
    pub total_bytes: u64,
    /// The file system in the system's words.
    pub file_system: String,
}

/// A mount as the system reports it.
struct Mount {
    device: String,
    volume: MountedVolume,
    read_only: bool,
}

/// Lists the volume of the home folder and the drives that were plugged in; not the system's own, nor any too small or
/// write-protected. Mounts that cannot be looked at are left out.
pub fn volumes() -> Vec<MountedVolume> {
    let home = std::env::home_dir().unwrap_or_default();
    let mounts = Disks::new_with_refreshed_list().map(|disks| disks.iter().map(mount_of).collect());
    for_people(mounts.unwrap_or_default(), &home)
}

/// Keeps what a person would recognise, each volume once, the home folder's first.
fn for_people(mounts: Vec<Mount>, home: &Path) -> Vec<MountedVolume> {
    let longest = |m: &&Mount| m.volume.mount.as_os_str().len();
    let home_mount = mounts.iter().filter(|m| home.starts_with(&m.volume.mount)).max_by_key(longest);
    let home_mount = home_mount.map(|m| m.volume.mount.clone());
    let mut kept: Vec<MountedVolume> = Vec::new();
    let (at_home, others): (Vec<_>, Vec<_>) =
        mounts.into_iter().partition(|m| Some(&m.volume.mount) == home_mount.as_ref());
    for mount in at_home.into_iter().take(1) {
        let suggested_folder = home.join("Pictures").join("Keepsake");
        let id = stable_id(&mount);
        // Linux has no label for it that a person would recognise: "/" or "home".
        let name = if cfg!(target_os = "linux") { "This Computer".to_owned() } else { mount.volume.name.clone() };
        kept.push(MountedVolume { id, name, suggested_folder, ..mount.volume });
    }
    for mount in others.into_iter().filter(is_for_people) {
        let id = stable_id(&mount);
        if kept.iter().all(|volume| volume.id != id) {
            kept.push(MountedVolume { id, ..mount.volume });
        }
    }
    kept
}

fn is_for_people(mount: &Mount) -> bool {
    let volume = &mount.volume;
    let is_external = cfg!(windows) || EXTERNAL.iter().any(|above| volume.mount.starts_with(above));
    is_external && !mount.read_only && volume.total_bytes >= SMALLEST && !PSEUDO.contains(&volume.file_system.as_str())
}

fn mount_of(disk: &Disk) -> Mount {
    let mount = disk.mount_point().to_path_buf();
    let device = disk.name().to_string_lossy().into_owned();
    let last = mount.file_name().map_or_else(|| mount.display().to_string(), |n| n.to_string_lossy().into_owned());
    // Linux reports the device here, the others the label.
    let name = if device.is_empty() || device.contains('/') { last } else { device.clone() };
    let volume = MountedVolume {
        id: String::new(),
        name,
        suggested_folder: mount.join("Keepsake"),
        mount,
        removable: disk.is_removable(),
        free_bytes: disk.available_space(),
        total_bytes: disk.total_space(),
        file_system: disk.file_system().to_string_lossy().into_owned(),
    };
    Mount { device, volume, read_only: disk.is_read_only() }
}

/// Derives the id from what stays with a volume: its UUID, else its name, kind and size.
fn stable_id(mount: &Mount) -> String {
    let MountedVolume { name, file_system, total_bytes, .. } = &mount.volume;
    let lasting = volume_uuid(&mount.device).unwrap_or_else(|| format!("{name}\0{file_system}\0{total_bytes}"));
    blake3::hash(lasting.as_bytes()).to_hex()[..16].to_owned()
}

/// Returns the UUID that udev found on a device.
#[cfg(target_os = "linux")]
fn volume_uuid(device: &str) -> Option<String> {
    let device = Path::new(device).canonicalize().ok()?;
    let mut links = std::fs::read_dir("/dev/disk/by-uuid").ok()?.flatten();
    let link = links.find(|link| link.path().canonicalize().is_ok_and(|target| target == device))?;
    link.file_name().into_string().ok()
}

#[cfg(not(target_os = "linux"))]
fn volume_uuid(_device: &str) -> Option<String> {
    None
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn mount(device: &str, at: &str, file_system: &str, total_bytes: u64) -> Mount {
        let volume = MountedVolume {
            id: String::new(),
            name: at.rsplit('/').next().unwrap().to_owned(),
            mount: at.into(),
            suggested_folder: Path::new(at).join("Keepsake"),
            removable: false,
            free_bytes: total_bytes / 2,
            total_bytes,
            file_system: file_system.to_owned(),
        };
        Mount { device: device.to_owned(), volume, read_only: false }
    }

    #[test]
    fn only_what_a_person_would_recognise_is_kept() {
        const GB: u64 = 1 << 30;
        let read_only = Mount { read_only: true, ..mount("none-4", "/media/ann/LOCKED", "vfat", GB) };
        let kept = for_people(
            vec![
                mount("none-1", "/boot/efi", "vfat", GB),
                mount("none-2", "/media/ann/STICK", "exfat", 32 * GB),
                mount("none-3", "/snap/core/1", "squashfs", GB),
                mount("none-0", "/", "ext4", 500 * GB),
                mount("none-0", "/var/lib/docker", "ext4", 500 * GB),
                read_only,
                mount("none-5", "/media/ann/TINY", "vfat", 1 << 20),
                mount("none-6", "/mnt/memory", "tmpfs", GB),
            ],
            Path::new("/home/ann"),
        );
        let seen: Vec<_> =
            kept.iter().map(|v| (v.mount.to_str().unwrap(), v.suggested_folder.to_str().unwrap())).collect();
        assert_eq!(seen, [("/", "/home/ann/Pictures/Keepsake"), ("/media/ann/STICK", "/media/ann/STICK/Keepsake")]);
    }

    #[test]
    fn a_volume_keeps_its_id_wherever_it_is_mounted_and_is_listed_once() {
        let stick = |at: &str| mount("none-2", at, "exfat", 32 << 30);
        let first = for_people(vec![stick("/media/ann/STICK")], Path::new("/home/ann"));
        let again = for_people(vec![stick("/run/media/bob/STICK"), stick("/mnt/STICK")], Path::new("/home/ann"));
        assert_eq!((first.len(), again.len()), (1, 1));
        assert_eq!(first[0].id, again[0].id);
        assert!(!first[0].id.contains('/'));
    }

    #[test]
    fn the_volume_of_the_home_folder_is_there() {
        let home = std::env::home_dir().unwrap();
        assert!(volumes().iter().any(|v| home.starts_with(&v.mount) && v.total_bytes > 0));
    }
}
