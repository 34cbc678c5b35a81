//! Thumbnails on disk: one file each, in 256 folders, with a check of its own so that a torn one is not shown.

use crate::key::ThumbnailKey;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// Largest file that is read back, in bytes; a thumbnail has 10 to 100 KB, a preview for the screen up to 3 MB.
const LARGEST: u64 = 16 << 20;
/// Bytes of the check behind the JPEG, where no viewer looks.
const CHECK: usize = 16;
/// Ending of a file that is being written.
const UNFINISHED: &str = "part";
/// How old such a file is when nobody writes it any more.
const ABANDONED: Duration = Duration::from_secs(600);

/// A folder of thumbnails. It may vanish at any time; then everything is a miss.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
    written: AtomicU64,
    /// Bytes it may hold.
    most: u64,
    /// Bytes put since it was last cleaned.
    since: AtomicU64,
}

impl Cache {
    /// Takes a folder, which need not exist yet, and how many bytes it may hold. An eighth more may be there for a while.
    pub(crate) fn new(folder: PathBuf, most: u64) -> Self {
        Self { folder, written: AtomicU64::new(0), most, since: AtomicU64::new(0) }
    }

    /// Returns a thumbnail that is there and whole.
    pub(crate) fn get(&self, key: &ThumbnailKey) -> Option<Vec<u8>> {
        let file = fs::File::open(self.place(key)).ok()?;
        let mut bytes = Vec::new();
        file.take(LARGEST).read_to_end(&mut bytes).ok()?;
        let (jpeg, check) = bytes.split_at_checked(bytes.len().checked_sub(CHECK)?)?;
        let length = jpeg.len();
        (check == check_of(jpeg)).then(|| {
            bytes.truncate(length);
            bytes
        })
    }

    /// Keeps a thumbnail. A full or read-only disk is no error: it will be drawn again.
    pub(crate) fn put(&self, key: &ThumbnailKey, jpeg: &[u8]) {
        let place = self.place(key);
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let unfinished = place.with_extension(format!("{}-{number}.{UNFINISHED}", std::process::id()));
        if self.write(&place, &unfinished, jpeg).is_err() {
            // Whatever half of it is there is in the way of nobody but the next cleaning.
            let _ = fs::remove_file(&unfinished);
            return;
        }
        let length = jpeg.len() as u64;
        if self.since.fetch_add(length, Ordering::Relaxed) + length > self.most / 8 {
            self.clean();
        }
    }

    fn write(&self, place: &Path, unfinished: &Path, jpeg: &[u8]) -> io::Result<()> {
        place.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(unfinished, [jpeg, &check_of(jpeg)].concat())?;
        fs::rename(unfinished, place)
    }

    fn place(&self, key: &ThumbnailKey) -> PathBuf {
        let name = key.digest();
        self.folder.join(&name[..2]).join(format!("{name}.jpg"))
    }

    /// Removes what was left unfinished and, when there are more bytes than there may be, the oldest until nine tenths of
    /// that are left.
    pub(crate) fn clean(&self) {
        self.since.store(0, Ordering::Relaxed);
        let (most, now) = (self.most, SystemTime::now());
        let mut kept = Vec::new();
        for (path, modified, bytes) in self.files() {
            if path.extension().is_some_and(|extension| extension == UNFINISHED) {
                // Another thread may be writing it at this moment.
                if now.duration_since(modified).is_ok_and(|age| age > ABANDONED) {
                    let _ = fs::remove_file(&path);
                }
            } else {
                kept.push((modified, path, bytes));
            }
        }
        let mut total: u64 = kept.iter().map(|(_, _, bytes)| bytes).sum();
        if total <= most {
            return;
        }
        kept.sort();
        for (_, path, bytes) in kept {
            if total <= most / 10 * 9 {
                break;
            }
            if fs::remove_file(&path).is_ok() {
                total -= bytes;
            }
        }
    }

    /// Lists the files of this cache; nothing else that may be in its folder.
    fn files(&self) -> Vec<(PathBuf, SystemTime, u64)> {
        let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
        let is_ours = |name: &str| name.len() == 2 && name.bytes().all(|b| b.is_ascii_hexdigit());
        entries(&self.folder)
            .filter(|folder| folder.file_name().to_str().is_some_and(is_ours))
            .flat_map(|folder| entries(&folder.path()).collect::<Vec<_>>())
            .filter_map(|file| {
                let about = file.metadata().ok().filter(fs::Metadata::is_file)?;
                Some((file.path(), about.modified().unwrap_or(SystemTime::UNIX_EPOCH), about.len()))
            })
            .collect()
    }
}

fn check_of(jpeg: &[u8]) -> [u8; CHECK] {
    let mut check = [0; CHECK];
    check.copy_from_slice(&blake3::hash(jpeg).as_bytes()[..CHECK]);
    check
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{SourceId, SourcePath};

    fn key(name: &str) -> ThumbnailKey {
        let source = SourceId::new("folder:/a");
        ThumbnailKey { source, path: SourcePath::new(name), bytes: 1, modified_ns: 2, edge: 320 }
    }

    #[test]
    fn what_is_put_is_got_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("not/yet"), 1 << 20);
        assert_eq!(cache.get(&key("a")), None);
        cache.put(&key("a"), b"picture");
        assert_eq!(cache.get(&key("a")).as_deref(), Some(b"picture".as_slice()));
        assert_eq!(cache.get(&key("b")), None);
    }

    #[test]
    fn a_torn_file_is_a_miss() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().to_owned(), 1 << 20);
        cache.put(&key("a"), &[7; 5000]);
        let place = cache.place(&key("a"));
        let whole = fs::read(&place).unwrap();
        for length in [0, 1, 15, 16, 17, 4096, whole.len() - 1] {
            fs::write(&place, &whole[..length]).unwrap();
            assert_eq!(cache.get(&key("a")), None, "{length}");
        }
        let zeros = [&whole[..4096], &vec![0; whole.len() - 4096]].concat();
        fs::write(&place, zeros).unwrap();
        assert_eq!(cache.get(&key("a")), None);
    }

    #[test]
    fn the_oldest_go_first_and_strangers_stay() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::new(folder.path().to_owned(), 1 << 20);
        for (age, name) in (0..10u64).zip('a'..) {
            cache.put(&key(&name.to_string()), &[1; 984]);
            aged(&cache.place(&key(&name.to_string())), age);
        }
        fs::write(folder.path().join("stranger.txt"), [0; 5000]).unwrap();
        let unfinished = ["1-1.part", "1-2.part"].map(|ending| cache.place(&key("a")).with_extension(ending));
        unfinished.iter().for_each(|path| fs::write(path, b"half").unwrap());
        aged(&unfinished[0], 0);
        cache.most = 10_004;
        cache.clean();
        assert_eq!(unfinished.map(|path| path.exists()), [false, true]);
        assert_eq!(cache.files().len(), 11);
        cache.most = 5_000;
        cache.clean();
        let left: Vec<_> = ('a'..='j').filter(|name| cache.get(&key(&name.to_string())).is_some()).collect();
        assert_eq!(left, ['g', 'h', 'i', 'j']);
        assert!(folder.path().join("stranger.txt").exists());
    }

    fn aged(path: &Path, age: u64) {
        let file = fs::File::options().write(true).open(path).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1000 + age)).unwrap();
    }

    #[test]
    fn it_stays_within_its_bound_while_it_is_filled() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().to_owned(), 80_000);
        for number in 0..100 {
            cache.put(&key(&number.to_string()), &[1; 4984]);
        }
        let total: u64 = cache.files().iter().map(|(_, _, bytes)| bytes).sum();
        assert!((40_000..=90_000).contains(&total), "{total}");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, b"").unwrap();
        let cache = Cache::new(file, 0);
        cache.put(&key("a"), b"picture");
        cache.clean();
        assert_eq!(cache.get(&key("a")), None);
    }
}
