//! What the manifests say of where files are: filed, and put aside again.

use crate::ImportError;
use domain::{ContentHash, Destination, LibraryPath, ManifestEntry, ManifestLine, Removal, ResourceRole, SessionId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A file that should be in the library.
pub(crate) struct Standing {
    /// Its size.
    pub(crate) bytes: u64,
    /// The hash of its bytes.
    pub(crate) hash: ContentHash,
    /// Whether it stands for its asset when photos are counted.
    pub(crate) is_photo: bool,
    /// Whether it was put aside: it is then the user's to throw away.
    pub(crate) held: bool,
}

/// Returns what should be where. Later lines win: a file that was settled after a crash is recorded twice.
pub(crate) fn standing(destination: &dyn Destination) -> Result<BTreeMap<LibraryPath, Standing>, ImportError> {
    let (mut standing, mut filed) = (BTreeMap::new(), Filed::default());
    destination.manifest_lines(&mut |session, line| match line {
        ManifestLine::Copied(entry) => {
            filed.note(session, &entry);
            let is_photo = entry.path == entry.asset && entry.role != ResourceRole::Rendition;
            standing.insert(entry.path, Standing { bytes: entry.bytes, hash: entry.hash, is_photo, held: false });
        }
        ManifestLine::Removed(removal) => {
            standing.remove(&filed.place_of(session, &removal));
            standing
                .insert(removal.to, Standing { bytes: removal.bytes, hash: removal.hash, is_photo: false, held: true });
        }
    })?;
    Ok(standing)
}

/// What the manifest that is being read says was filed: its owner may have moved a file before it was put aside, and the line
/// that tells of the second names the place where it was then.
#[derive(Default)]
pub(crate) struct Filed {
    session: Option<SessionId>,
    by_content: HashMap<(u64, ContentHash), BTreeSet<LibraryPath>>,
}

impl Filed {
    /// Notes a line that tells of a copy.
    pub(crate) fn note(&mut self, session: &SessionId, entry: &ManifestEntry) {
        self.turn_to(session);
        self.by_content.entry((entry.bytes, entry.hash)).or_default().insert(entry.path.clone());
    }

    /// Returns where a file was filed that was put aside: under that path, else where the same manifest has its bytes.
    pub(crate) fn place_of(&mut self, session: &SessionId, removal: &Removal) -> LibraryPath {
        self.turn_to(session);
        let filed = self.by_content.get_mut(&(removal.bytes, removal.hash));
        let place = filed.and_then(|paths| paths.take(&removal.path).or_else(|| paths.pop_first()));
        place.unwrap_or_else(|| removal.path.clone())
    }

    fn turn_to(&mut self, session: &SessionId) {
        if self.session.as_ref() != Some(session) {
            self.session = Some(session.clone());
            self.by_content.clear();
        }
    }
}
