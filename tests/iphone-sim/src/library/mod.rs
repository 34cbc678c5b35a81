//! A phone with a photo library of any size: files that are computed, and the database that goes with them in any
//! generation seen on real phones. What is in it is invented the same way every time, and known to the last flag.

mod albums;
mod cast;
mod database;
mod dice;
mod expected;
mod fingerprint;
mod furnish;
mod roll;
mod schema;
mod scratch;
#[cfg(test)]
mod tests;
mod tree;

use std::sync::Mutex;

use crate::error::SimError;
pub use expected::{
    Availability, Burst, Expected, ExpectedAlbum, ExpectedAsset, ExpectedResource, ExpectedShare, Kind, Origin, Role,
    Zone,
};
use roll::Roll;
use schema::Schema;
use scratch::Scratch;
pub(crate) use tree::LibraryTree;

/// The description of a photo library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhotosLibrary {
    /// Photos and movies, at most 890,000. A hundred have every kind there is.
    pub assets: u64,
    /// The mean size of a photo in bytes; movies have ten times as much, raw files three times.
    pub mean_bytes: u64,
    /// The version of the database's data model; [`PhotosLibrary::models`] are known.
    pub model: u32,
    /// Another seed is another library. The highest bit is not part of it.
    pub seed: u64,
}

/// The bit of a seed that stands for a phone that was restored.
const RESTORED: u64 = 1 << 63;

impl PhotosLibrary {
    /// The same photos, byte for byte, on a phone that was restored or replaced: under other names and identities.
    #[must_use]
    pub fn restored(self) -> Self {
        Self { seed: self.seed | RESTORED, ..self }
    }

    /// The models whose tables are known, oldest first: 13537 of iOS 13 to 19320 of iOS 26.
    pub fn models() -> Vec<u32> {
        schema::models().collect()
    }

    /// Everything that a reader of a phone with this library can find out.
    pub fn expected(&self) -> Result<Expected, SimError> {
        self.schema().map(|schema| self.invent(&schema).0)
    }

    fn schema(&self) -> Result<Schema, SimError> {
        Schema::of(self.model).ok_or(SimError::UnknownModel { model: self.model, known: Self::models() })
    }

    fn invent(&self, schema: &Schema) -> (Expected, Roll) {
        let mut roll = Roll::invent(self.clone());
        let mut in_albums = roll.shared();
        // Shared albums of both kinds live side by side where there are both.
        let mut shares = Vec::new();
        if schema.entity("CollectionShare") != 0 {
            shares.push(roll.share(in_albums.split_off(in_albums.len() / 2)));
        }
        let albums = roll.albums(in_albums);
        let (assets, unknown_files) = (std::mem::take(&mut roll.assets), std::mem::take(&mut roll.unknown));
        (Expected { model: self.model, assets, albums, shares, unknown_files }, roll)
    }

    /// Makes the database, in a folder that goes when the tree does.
    pub(crate) fn build(&self) -> Result<LibraryTree, SimError> {
        let schema = self.schema()?;
        let (expected, roll) = self.invent(&schema);
        let folder = Scratch::new().map_err(SimError::Scratch)?;
        let database = database::create(&folder.path().join(tree::DATABASE), &schema, &expected)?;
        Ok(LibraryTree::new(roll.files, expected, tree::Live { database: Mutex::new(database), folder }))
    }
}
