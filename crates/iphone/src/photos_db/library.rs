//! A whole library, read from a copy of its database.

use super::database::Database;
use super::schema::Schema;
use super::{
    PhotosAlbum, PhotosAsset, PhotosDbError, PhotosResource, ReadLimits, SchemaReport, album, asset, people, resource,
};
use crate::PhoneError;
use domain::CancelFlag;
use std::collections::HashMap;
use std::path::Path;

/// Everything the database says that matters for an import.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotosLibrary {
    /// The version of the data model the database claims, such as 18600. Nothing depends on it.
    pub model: Option<i64>,
    /// The photos and videos.
    pub assets: Vec<PhotosAsset>,
    /// Their files.
    pub resources: Vec<PhotosResource>,
    /// Albums and folders.
    pub albums: Vec<PhotosAlbum>,
    /// What could not be read, in words; the rest is there.
    pub left_out: Vec<String>,
    /// The form of the database, for reports.
    pub form: SchemaReport,
}

impl PhotosLibrary {
    /// Reads the copy at `path`, with its log beside it if there is one. The folder must be ours alone, and nobody may
    /// write to the copy. Errors when the assets cannot be told; what is missing beside them is in `left_out`.
    pub fn read(path: &Path, limits: ReadLimits) -> Result<Self, PhotosDbError> {
        Self::read_with(path, limits, |_| true, &[])
    }

    /// Reads the copy at `path` as [`PhotosLibrary::read`] does, but of the files only those that are wanted: smaller
    /// renditions are the larger part of them. Ends with `Cancelled` as soon as one of `stops` is set.
    pub fn read_with(
        path: &Path,
        limits: ReadLimits,
        wanted: fn(&PhotosResource) -> bool,
        stops: &[&CancelFlag],
    ) -> Result<Self, PhotosDbError> {
        let read = Database::open(path, limits, stops).and_then(|database| Self::read_all(&database, wanted));
        match read {
            Err(_) if stops.iter().any(|stop| stop.is_cancelled()) => Err(PhotosDbError::Phone(PhoneError::Cancelled)),
            read => read,
        }
    }

    fn read_all(database: &Database, wanted: fn(&PhotosResource) -> bool) -> Result<Self, PhotosDbError> {
        let schema = Schema::read(database)?;
        let mut assets = asset::read(database, &schema)?;
        let resources = resource::read(database, &schema, wanted)?;
        let mut left_out = Vec::new();
        let mut keywords = spared(people::keywords(database, &schema), "keywords", &mut left_out)?;
        let mut names = spared(people::people(database, &schema), "people", &mut left_out)?;
        for asset in &mut assets {
            asset.keywords = asset.attributes.and_then(|key| keywords.remove(&key)).unwrap_or_default();
            asset.people = names.remove(&asset.key).unwrap_or_default().into_iter().collect();
        }
        let mut albums = spared(album::read(database, &schema), "albums", &mut left_out)?;
        let shares = album::shares(database, &schema, &mut shared(&assets));
        albums.extend(spared(shares, "shared albums", &mut left_out)?);
        Ok(Self { model: schema.model, assets, resources, albums, left_out, form: schema.report() })
    }
}

/// Goes on without a part that is damaged. Being without end is another matter.
fn spared<T: Default>(
    read: Result<T, PhotosDbError>,
    what: &str,
    left_out: &mut Vec<String>,
) -> Result<T, PhotosDbError> {
    match read {
        Err(PhotosDbError::Damaged(reason)) => {
            left_out.push(format!("{what}: {reason}"));
            Ok(T::default())
        }
        other => other,
    }
}

/// Returns the assets of each share, oldest first.
fn shared(assets: &[PhotosAsset]) -> HashMap<i64, Vec<i64>> {
    let mut sharing: Vec<&PhotosAsset> = assets.iter().filter(|asset| asset.share.is_some()).collect();
    sharing.sort_by_key(|asset| asset.created_ns);
    let mut members: HashMap<i64, Vec<i64>> = HashMap::new();
    for asset in sharing {
        members.entry(asset.share.unwrap_or_default()).or_default().push(asset.key);
    }
    members
}
