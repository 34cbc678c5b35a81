//! Mounts made for a test and taken down after it. What cannot be mounted fails the test, so that nothing is skipped
//! unseen: it takes root and the Debian packages e2fsprogs, exfat-fuse, exfatprogs, ntfs-3g,
//! strace, util-linux and xfsprogs.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Mutex, PoisonError};
use tempfile::TempDir;

/// Two programs asking for a free loop device may get the same one.
static LOOP_DEVICES: Mutex<()> = Mutex::new(());

/// A file system mounted in a folder of its own.
pub struct Mounted {
    folder: TempDir,
    device: Option<LoopDevice>,
    driver: Option<Child>,
}

struct LoopDevice {
    node: String,
    _image: TempDir,
}

/// Runs a program of the system and returns what it printed.
pub fn run(command: &str) -> String {
    let mut words = command.split_whitespace();
    let program = words.next().unwrap();
    let output = Command::new(program).args(words).output();
    let output = output.unwrap_or_else(|error| panic!("{program} is needed for this test: {error}"));
    assert!(output.status.success(), "{command} (root is needed): {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl Mounted {
    pub fn tmpfs(options: &str) -> Self {
        let mounted = Self { folder: tempfile::tempdir().unwrap(), device: None, driver: None };
        run(&format!("mount -t tmpfs -o {options} none {}", mounted.path().display()));
        mounted
    }

    pub fn ext4(mebibytes: u64) -> Self {
        Self::formatted(Path::new("/tmp"), mebibytes, "mkfs.ext4 -q", "mount -t ext4")
    }

    /// Like [`Mounted::ext4`], where drives appear.
    pub fn ext4_as_drive(mebibytes: u64) -> Self {
        Self::formatted(Path::new("/mnt"), mebibytes, "mkfs.ext4 -q", "mount -t ext4")
    }

    /// An ext4 that believes in more room than its image, which lies in `below`, can have.
    pub fn ext4_over(below: &Path, mebibytes: u64) -> Self {
        let device = LoopDevice::new(below, mebibytes);
        run(&format!("mkfs.ext4 -q {}", device.node));
        Self::mount(Path::new("/tmp"), device, "mount -t ext4")
    }

    pub fn exfat(mebibytes: u64) -> Self {
        Self::formatted(Path::new("/tmp"), mebibytes, "mkfs.exfat", "mount.exfat-fuse")
    }

    pub fn ntfs(mebibytes: u64) -> Self {
        Self::formatted(Path::new("/tmp"), mebibytes, "mkntfs -q -F -Q", "ntfs-3g")
    }

    /// NTFS whose driver is a child that the test can kill.
    pub fn ntfs_by_child(mebibytes: u64) -> Self {
        let device = LoopDevice::new(Path::new("/tmp"), mebibytes);
        run(&format!("mkntfs -q -F -Q {}", device.node));
        let folder = tempfile::tempdir().unwrap();
        let driver = Command::new("ntfs-3g").args(["-o", "no_detach", &device.node]).arg(folder.path()).spawn();
        let mounted = Self { driver: Some(driver.unwrap()), folder, device: Some(device) };
        let is_up = || Command::new("mountpoint").arg("-q").arg(mounted.path()).status().unwrap().success();
        let tries = (0..200).find(|_| {
            is_up() || {
                std::thread::sleep(std::time::Duration::from_millis(50));
                false
            }
        });
        assert!(tries.is_some(), "ntfs-3g did not mount");
        mounted
    }

    fn formatted(at: &Path, mebibytes: u64, format: &str, mount: &str) -> Self {
        let device = LoopDevice::new(Path::new("/tmp"), mebibytes);
        run(&format!("{format} {}", device.node));
        Self::mount(at, device, mount)
    }

    fn mount(at: &Path, device: LoopDevice, mount: &str) -> Self {
        let folder = tempfile::tempdir_in(at).unwrap();
        run(&format!("{mount} {} {}", device.node, folder.path().display()));
        Self { folder, device: Some(device), driver: None }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn library(&self) -> PathBuf {
        self.path().join("Library")
    }

    pub fn make_read_only(&self) {
        run(&format!("mount -o remount,ro {}", self.path().display()));
    }

    /// Takes the mount away from its path; open handles go on leading to it.
    pub fn detach(&self) {
        run(&format!("umount -l {}", self.path().display()));
    }

    /// Mounts the same ext4 again, elsewhere, as when the drive is plugged in again.
    pub fn remounted(mut self) -> Self {
        run(&format!("umount {}", self.path().display()));
        let device = self.device.take().unwrap();
        Self::mount(Path::new("/tmp"), device, "mount -t ext4")
    }

    /// Kills the driver, as when a drive's cable is pulled.
    pub fn kill_driver(&mut self) {
        let mut driver = self.driver.take().unwrap();
        driver.kill().unwrap();
        driver.wait().unwrap();
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Some tests detach it themselves or mount a second one over it; a failing test must not fail once more.
        while Command::new("umount").arg("-l").arg(self.path()).output().is_ok_and(|done| done.status.success()) {}
        if let Some(mut driver) = self.driver.take() {
            let _ = driver.wait();
        }
        drop(self.device.take());
    }
}

impl LoopDevice {
    fn new(below: &Path, mebibytes: u64) -> Self {
        let image = tempfile::tempdir_in(below).unwrap();
        let file = image.path().join("image");
        std::fs::File::create(&file).unwrap().set_len(mebibytes << 20).unwrap();
        let _guard = LOOP_DEVICES.lock().unwrap_or_else(PoisonError::into_inner);
        Self { node: run(&format!("losetup -f --show {}", file.display())), _image: image }
    }
}

impl Drop for LoopDevice {
    fn drop(&mut self) {
        // Takes effect once the last user is gone.
        let _ = Command::new("losetup").args(["-d", &self.node]).output();
    }
}
