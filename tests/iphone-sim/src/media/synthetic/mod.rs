//! A camera roll of any size that takes no room: every byte is computed from the number of its photo.
//! Pictures and movies open in ordinary programs; what follows after the picture is noise that makes up the size.

mod content;
mod exif;
mod gif;
mod jpeg;
mod movie;
mod noise;
mod png;

use super::{Change, FileInfo, FileKind, OpenFile, OpenMode, PhonePath, Tree};
use crate::status::Status;
pub(crate) use content::{Content, MOST_HEAD, Recipe};
pub(crate) use noise::word;

/// Phones begin the next folder after this many files.
const PER_FOLDER: u64 = 999;
const FIRST_FOLDER: u64 = 100;
/// Folders 100 to 999.
const MOST_ASSETS: u64 = 900 * PER_FOLDER;
/// Every so many assets is a movie.
const MOVIE_EVERY: u64 = 20;
/// 2015-01-01, in seconds since 1970; the roll spans ten years from there.
const FIRST_SECOND: u64 = 1_420_070_400;
const SPAN: u64 = 10 * 365 * 86_400;
const THUMBNAILS: [&str; 3] = ["PhotoData", "Thumbnails", "V2"];
const THUMBNAIL: &str = "5005.JPG";

/// How large a computed camera roll is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Synthetic {
    /// Photos and movies, at most 899,100.
    pub assets: u64,
    /// The mean size of a photo in bytes; each has between half and one and a half of it, movies ten times as much.
    pub mean_bytes: u64,
}

pub(crate) struct SyntheticTree {
    roll: Synthetic,
}

enum Node {
    Folder(Vec<Vec<u8>>),
    Original(Asset),
    Thumbnail(Asset),
}

/// One photo or movie by its number, counted from 0.
#[derive(Clone, Copy)]
struct Asset {
    number: u64,
    roll: Synthetic,
}

impl SyntheticTree {
    pub(crate) fn new(mut roll: Synthetic) -> Self {
        roll.assets = roll.assets.min(MOST_ASSETS);
        Self { roll }
    }

    fn find(&self, path: &PhonePath) -> Result<Node, Status> {
        let names = path.names().iter().map(|name| std::str::from_utf8(name).unwrap_or_default()).collect::<Vec<_>>();
        match names.as_slice() {
            [] => Ok(Node::Folder(["DCIM", "PhotoData"].map(|name| name.as_bytes().to_vec()).to_vec())),
            ["DCIM", rest @ ..] => self.roll(rest, Node::Original),
            _ if names.len() < THUMBNAILS.len() && THUMBNAILS.starts_with(&names) => {
                Ok(Node::Folder(vec![THUMBNAILS[names.len()].into()]))
            }
            [a, b, c] if [*a, *b, *c] == THUMBNAILS => Ok(Node::Folder(vec![b"DCIM".to_vec()])),
            [a, b, c, "DCIM", rest @ ..] if [*a, *b, *c] == THUMBNAILS => match rest {
                [folder, name, THUMBNAIL] => self.roll(&[folder, name], Node::Thumbnail),
                // A folder for each original, named like it.
                [folder, name] => {
                    self.roll(&[folder, name], Node::Original).map(|_| Node::Folder(vec![THUMBNAIL.into()]))
                }
                rest => self.roll(rest, Node::Original),
            },
            _ => Err(Status::NotFound),
        }
    }

    /// What is below a `DCIM` folder.
    fn roll(&self, names: &[&str], file: fn(Asset) -> Node) -> Result<Node, Status> {
        let assets = self.roll.assets;
        match names {
            [] => {
                let folders = assets.div_ceil(PER_FOLDER).max(1);
                Ok(Node::Folder((0..folders).map(|folder| format!("{}APPLE", FIRST_FOLDER + folder).into()).collect()))
            }
            [folder] => {
                let first = first_of(folder).filter(|first| *first < assets.max(1)).ok_or(Status::NotFound)?;
                let numbers = first..assets.min(first + PER_FOLDER);
                Ok(Node::Folder(numbers.map(|number| self.asset(number).name().into()).collect()))
            }
            [folder, name] => {
                let first = first_of(folder).ok_or(Status::NotFound)?;
                let place = name.get(4..8).and_then(|digits| digits.parse::<u64>().ok()).ok_or(Status::NotFound)?;
                let number = place.checked_sub(1).filter(|place| *place < PER_FOLDER).ok_or(Status::NotFound)? + first;
                let asset = self.asset(number);
                if number < assets && asset.name() == *name { Ok(file(asset)) } else { Err(Status::NotFound) }
            }
            _ => Err(Status::NotFound),
        }
    }

    fn asset(&self, number: u64) -> Asset {
        Asset { number, roll: self.roll }
    }
}

/// The number of the first asset of a folder such as `104APPLE`.
fn first_of(folder: &str) -> Option<u64> {
    let number: u64 = folder.strip_suffix("APPLE")?.parse().ok()?;
    let canonical = (FIRST_FOLDER..1000).contains(&number) && folder.len() == 8;
    canonical.then(|| (number - FIRST_FOLDER) * PER_FOLDER)
}

impl Asset {
    fn is_movie(self) -> bool {
        self.number % MOVIE_EVERY == MOVIE_EVERY - 1
    }

    fn name(self) -> String {
        let extension = if self.is_movie() { "MOV" } else { "JPG" };
        format!("IMG_{:04}.{extension}", self.number % PER_FOLDER + 1)
    }

    fn taken(self) -> u64 {
        FIRST_SECOND + self.number * SPAN / self.roll.assets.max(1)
    }

    fn original(self) -> Recipe {
        let content = if self.is_movie() { Content::Movie } else { Content::Photo };
        Recipe { content, seed: self.number, taken: self.taken(), size: Some(self.size()) }
    }

    fn thumbnail(self) -> Recipe {
        Recipe { content: Content::Thumbnail, seed: self.number, taken: self.taken(), size: None }
    }

    fn size(self) -> u64 {
        let mean = if self.is_movie() { self.roll.mean_bytes.saturating_mul(10) } else { self.roll.mean_bytes };
        let wanted = (mean / 2).saturating_add(noise::word(self.number, 0) % mean.max(1));
        // A stat of every photo would otherwise draw every picture.
        if wanted >= MOST_HEAD { wanted } else { wanted.max(self.head_length()) }
    }

    fn head_length(self) -> u64 {
        if self.is_movie() { movie::HEAD } else { jpeg::photo(self.number, Some(self.taken())).len() as u64 }
    }
}

impl Tree for SyntheticTree {
    fn list(&self, folder: &PhonePath) -> Result<Vec<Vec<u8>>, Status> {
        match self.find(folder)? {
            Node::Folder(names) => Ok(names),
            Node::Original(_) | Node::Thumbnail(_) => Err(Status::ReadError),
        }
    }

    fn stat(&self, path: &PhonePath) -> Result<FileInfo, Status> {
        let (kind, size, second) = match self.find(path)? {
            Node::Folder(_) => (FileKind::Directory, 64, FIRST_SECOND),
            Node::Original(asset) => (FileKind::Regular, asset.size(), asset.taken()),
            Node::Thumbnail(asset) => (FileKind::Regular, asset.thumbnail().size(), asset.taken()),
        };
        let time = i128::from(second) * 1_000_000_000;
        Ok(FileInfo { kind, size, links: 1, modified: time, created: time, withheld: Vec::new() })
    }

    fn open(&self, path: &PhonePath, mode: OpenMode) -> Result<Box<dyn OpenFile>, Status> {
        if mode != OpenMode::Read {
            return Err(Status::PermissionDenied);
        }
        match self.find(path)? {
            Node::Folder(_) => Err(Status::IsDirectory),
            Node::Original(asset) => Ok(asset.original().open()),
            Node::Thumbnail(asset) => Ok(asset.thumbnail().open()),
        }
    }

    fn change(&self, _change: Change<'_>) -> Result<(), Status> {
        Err(Status::PermissionDenied)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(tree: &SyntheticTree, path: &str, files: &mut Vec<String>) {
        for name in tree.list(&PhonePath::parse(path.as_bytes())).unwrap() {
            let path = format!("{path}/{}", String::from_utf8(name).unwrap());
            let info = tree.stat(&PhonePath::parse(path.as_bytes())).unwrap();
            match info.kind {
                FileKind::Directory => walk(tree, &path, files),
                _ => files.push(path),
            }
        }
    }

    #[test]
    fn everything_listed_is_there_and_nothing_else() {
        let tree = SyntheticTree::new(Synthetic { assets: 2000, mean_bytes: 100_000 });
        let mut files = Vec::new();
        walk(&tree, "", &mut files);
        assert_eq!(files.len(), 4000);
        assert!(files.contains(&"/DCIM/102APPLE/IMG_0002.MOV".into()), "{:?}", files.last());
        assert!(files.contains(&"/PhotoData/Thumbnails/V2/DCIM/100APPLE/IMG_0001.JPG/5005.JPG".into()));
        for missing in
            ["/DCIM/102APPLE/IMG_0003.JPG", "/DCIM/99APPLE", "/DCIM/103APPLE", "/DCIM/100APPLE/IMG_0000.JPG", "/x"]
        {
            assert_eq!(tree.stat(&PhonePath::parse(missing.as_bytes())).unwrap_err(), Status::NotFound, "{missing}");
        }
    }

    #[test]
    fn no_picture_is_larger_than_its_file() {
        let roll = Synthetic { assets: 2000, mean_bytes: 0 };
        for number in 0..roll.assets {
            let asset = Asset { number, roll };
            assert!(asset.size() == asset.head_length() && asset.size() <= MOST_HEAD, "{number}");
        }
    }

    #[test]
    fn a_file_is_the_same_however_it_is_read() {
        let tree = SyntheticTree::new(Synthetic { assets: 40, mean_bytes: 100_000 });
        let path = PhonePath::parse(b"/DCIM/100APPLE/IMG_0007.JPG");
        let mut file = tree.open(&path, OpenMode::Read).unwrap();
        let mut whole = vec![0; tree.stat(&path).unwrap().size as usize];
        assert_eq!(file.read_at(0, &mut whole).unwrap(), whole.len());
        let mut part = vec![0; 1001];
        for offset in [0, 1, 7, 1500, 33_333] {
            file.read_at(offset as u64, &mut part).unwrap();
            assert_eq!(part, whole[offset..offset + 1001], "{offset}");
        }
    }
}
