//! Choosing names in the library: the day's folder, the camera's name, a number where that is taken.
//!
//! All files of one asset get the same number, so that a Live Photo stays a pair in every other program.

use crate::ImportError;
use crate::error::of_one_file;
use crate::hashing::published_hash;
use domain::{CancelFlag, ContentHash, Destination, LibraryPath, collision_key, file_stem, portable_name, with_suffix};
use jiff::civil::Date;
use std::collections::{BTreeSet, HashMap, HashSet};

/// A file that wants a name.
pub(crate) struct Wish<'a> {
    pub(crate) name: &'a str,
    pub(crate) bytes: u64,
    pub(crate) hash: ContentHash,
}

/// The name a wish was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Given {
    /// A name nobody has.
    Free(LibraryPath),
    /// The very same bytes are there under this name already.
    SameBytes(LibraryPath),
}

impl Given {
    pub(crate) fn path(&self) -> &LibraryPath {
        match self {
            Self::Free(path) | Self::SameBytes(path) => path,
        }
    }
}

/// Puts a number into a name. The number of a smaller picture is that of its photo: `IMG_1_2.rendition.jpg`. `IMG_1.HEIC.xmp` belongs to `IMG_1.HEIC`, and its number is that of the photo:
/// `IMG_1_2.HEIC.xmp`.
fn numbered(name: &str, number: u32) -> String {
    if let Some((photo, ending)) = name.rsplit_once(".rendition.").filter(|(photo, _)| !photo.is_empty()) {
        return portable_name(&format!("{photo}_{number}.rendition.{ending}"));
    }
    let (photo, ending) =
        name.len().checked_sub(".xmp".len()).and_then(|at| name.split_at_checked(at)).unwrap_or((name, ""));
    if ending.eq_ignore_ascii_case(".xmp") && file_stem(photo) != photo {
        portable_name(&format!("{}{ending}", with_suffix(photo, number)))
    } else {
        with_suffix(name, number)
    }
}

/// The names of the library's folders as far as they were looked up, with those given out since.
pub(crate) struct Names<'a> {
    destination: &'a dyn Destination,
    folders: HashMap<LibraryPath, Folder>,
}

#[derive(Default)]
struct Folder {
    taken: HashSet<String>,
    /// By the name that was wished for: thousands of files of one day may be called alike.
    counters: HashMap<String, Counter>,
}

/// How far the numbers of one name are used up.
#[derive(Default)]
struct Counter {
    next: u32,
    /// The numbers that were in the way of others, by the size of what lies there: it may be the very file that comes next.
    passed: HashMap<u64, BTreeSet<u32>>,
}

/// What came of trying a number.
enum Attempt {
    Fits(Vec<Given>),
    /// A name is taken by a file of this size, if it can be looked at.
    InTheWay(Option<u64>),
}

impl<'a> Names<'a> {
    pub(crate) fn new(destination: &'a dyn Destination) -> Self {
        Self { destination, folders: HashMap::new() }
    }

    /// Gives each file of an asset a name in the folder of its day. No name is given twice or over another file.
    pub(crate) fn choose(&mut self, day: Date, wishes: &[Wish<'_>]) -> Result<Vec<Given>, ImportError> {
        self.first(day, wishes, &|_| true)
    }

    /// Gives each file of an asset a name that nobody has, whatever lies there.
    pub(crate) fn choose_free(&mut self, day: Date, wishes: &[Wish<'_>]) -> Result<Vec<Given>, ImportError> {
        self.first(day, wishes, &|given| matches!(given, Given::Free(_)))
    }

    fn first(
        &mut self,
        day: Date,
        wishes: &[Wish<'_>],
        suits: &dyn Fn(&Given) -> bool,
    ) -> Result<Vec<Given>, ImportError> {
        let folder = LibraryPath::day_folder(day);
        let key = wishes.first().map(|wish| collision_key(&portable_name(wish.name))).unwrap_or_default();
        let counter = self.folder(&folder)?.counters.entry(key.clone()).or_default();
        let alike = wishes.iter().filter_map(|wish| counter.passed.get(&wish.bytes)).flatten();
        let alike: BTreeSet<u32> = alike.copied().collect();
        for number in alike.into_iter().chain(counter.next..u32::MAX) {
            let attempt = self.attempt(day, wishes, number)?;
            let Folder { taken, counters } = self.folder(&folder)?;
            let counter = counters.entry(key.clone()).or_default();
            counter.next = counter.next.max(number.saturating_add(1));
            match attempt {
                Attempt::Fits(given) if given.iter().all(suits) => {
                    taken.extend(given.iter().map(|given| collision_key(given.path().file_name())));
                    return Ok(given);
                }
                Attempt::InTheWay(Some(bytes)) if bytes > 0 => {
                    counter.passed.entry(bytes).or_default().insert(number);
                }
                Attempt::Fits(_) | Attempt::InTheWay(_) => {}
            }
        }
        Ok(Vec::new())
    }

    /// Forgets the folder of a name that the drive refused, because another program put something into it. The name counts as
    /// taken whatever is listed now: the drive may take it for that of another file where we do not.
    pub(crate) fn refused(&mut self, path: &LibraryPath) -> Result<(), ImportError> {
        let Some(folder) = path.folder() else { return Ok(()) };
        self.folders.remove(&folder);
        self.folder(&folder)?.taken.insert(collision_key(path.file_name()));
        Ok(())
    }

    fn folder(&mut self, folder: &LibraryPath) -> Result<&mut Folder, ImportError> {
        if !self.folders.contains_key(folder) {
            let names = self.destination.names_in(folder)?;
            let taken = names.iter().map(|n| collision_key(n)).collect();
            self.folders.insert(folder.clone(), Folder { taken, ..Folder::default() });
        }
        Ok(self.folders.entry(folder.clone()).or_default())
    }

    fn attempt(&mut self, day: Date, wishes: &[Wish<'_>], number: u32) -> Result<Attempt, ImportError> {
        let mut own: HashSet<String> = HashSet::new();
        let mut given = Vec::with_capacity(wishes.len());
        for wish in wishes {
            let plain = portable_name(wish.name);
            let mut name = if number == 0 { plain.clone() } else { numbered(&plain, number) };
            // Two files of one asset whose names differ only in case, or only before they were made portable.
            let mut extra = number;
            while !own.insert(collision_key(&name)) {
                extra += 1;
                name = with_suffix(&plain, extra);
            }
            let path = LibraryPath::original(day, &name);
            if !self.folder(&LibraryPath::day_folder(day))?.taken.contains(&collision_key(&name)) {
                given.push(Given::Free(path));
                continue;
            }
            let size = of_one_file(self.destination.size_of(&path))?.flatten();
            if size != Some(wish.bytes) || !self.holds(&path, wish)? {
                return Ok(Attempt::InTheWay(size));
            }
            given.push(Given::SameBytes(path));
        }
        Ok(Attempt::Fits(given))
    }

    /// Tells whether exactly these bytes are under a name: the trace of a run whose records were lost. Empty files are
    /// never taken for each other, and one that cannot be read is another's.
    fn holds(&self, path: &LibraryPath, wish: &Wish<'_>) -> Result<bool, ImportError> {
        if wish.bytes == 0 {
            return Ok(false);
        }
        // Filing what was read is finished also when the import is to stop.
        let read = of_one_file(published_hash(self.destination, path, &CancelFlag::default()))?;
        Ok(read.is_some_and(|(hash, _)| hash == wish.hash))
    }
}

#[cfg(test)]
mod tests;
