//! A cache of what files say of themselves, so that a phone's files are looked into once. Safe to delete at any time.

use crate::CatalogError;
use crate::database::{locked, open_database};
use domain::{Camera, CaptureTime, Fingerprint, MediaFacts, MediaKind, MediaTrait, Place, SourceId, TimeProvenance};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::path::Path;
use std::sync::Mutex;

/// Raised whenever facts are read from files in a new way: older rows are then not used.
const VERSION: i64 = 2;
const SCHEMA: &str = "
CREATE TABLE facts (
    source TEXT NOT NULL, path TEXT NOT NULL, bytes INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
    kind TEXT NOT NULL, taken TEXT, taken_from TEXT, width INTEGER, height INTEGER, duration_ms INTEGER,
    content_identifier TEXT, warning TEXT, codec TEXT, frame_rate REAL, make TEXT, model TEXT, lens TEXT,
    latitude REAL, longitude REAL, burst TEXT, traits TEXT NOT NULL,
    PRIMARY KEY (source, path)
) WITHOUT ROWID, STRICT;";

/// The cache, open.
#[derive(Debug)]
pub struct FactsCache(Mutex<Connection>);

impl FactsCache {
    /// Opens the cache at `path`. A damaged or foreign one, or one of another version, is removed: it holds nothing that cannot be read again.
    pub fn open(path: &Path) -> Result<Self, CatalogError> {
        let connection = open_database(path, VERSION, &[SCHEMA]).or_else(|error| {
            // Another program may be at work in it.
            if matches!(error, CatalogError::Database(_) | CatalogError::Full | CatalogError::Folder { .. }) {
                return Err(error);
            }
            for suffix in ["", "-wal", "-shm"] {
                let mut name = path.as_os_str().to_owned();
                name.push(suffix);
                let _ = std::fs::remove_file(name);
            }
            open_database(path, VERSION, &[SCHEMA])
        })?;
        // Losing the newest rows in a power cut costs a second look, nothing else.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        Ok(Self(Mutex::new(connection)))
    }

    /// Returns the facts of a file, if it was looked into and has not changed since.
    pub fn get(&self, source: &SourceId, file: &Fingerprint) -> Result<Option<MediaFacts>, CatalogError> {
        let connection = locked(&self.0);
        let mut query = connection.prepare_cached(
            "SELECT kind, taken, taken_from, width, height, duration_ms, content_identifier, warning, codec, frame_rate,
                    make, model, lens, latitude, longitude, burst, traits
             FROM facts WHERE source = ?1 AND path = ?2 AND bytes = ?3 AND modified_ns = ?4",
        )?;
        let key = params![source.as_str(), file.path.as_str(), file.bytes.cast_signed(), file.modified_ns];
        Ok(query.query_row(key, read_facts).optional()?)
    }

    /// Remembers facts, in one transaction.
    pub fn put<'a>(
        &self,
        source: &SourceId,
        facts: impl IntoIterator<Item = (&'a Fingerprint, &'a MediaFacts)>,
    ) -> Result<(), CatalogError> {
        let mut connection = locked(&self.0);
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(
                "INSERT OR REPLACE INTO facts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                 ?17, ?18, ?19, ?20, ?21)",
            )?;
            for (file, facts) in facts {
                insert.execute(params![
                    source.as_str(),
                    file.path.as_str(),
                    file.bytes.cast_signed(),
                    file.modified_ns,
                    facts.kind.as_str(),
                    facts.taken.map(|t| t.to_rfc3339()),
                    facts.taken.map(|t| t.provenance.as_str()),
                    facts.pixels.map(|p| p.0),
                    facts.pixels.map(|p| p.1),
                    facts.duration_ms.map(u64::cast_signed),
                    facts.content_identifier,
                    facts.warning,
                    facts.codec,
                    facts.frame_rate,
                    facts.camera.make,
                    facts.camera.model,
                    facts.camera.lens,
                    facts.place.map(|p| p.latitude),
                    facts.place.map(|p| p.longitude),
                    facts.burst,
                    words(facts),
                ])?;
            }
        }
        Ok(transaction.commit()?)
    }
}

fn read_facts(row: &Row<'_>) -> rusqlite::Result<MediaFacts> {
    let (width, height): (Option<u32>, Option<u32>) = (row.get(3)?, row.get(4)?);
    let (latitude, longitude): (Option<f64>, Option<f64>) = (row.get(13)?, row.get(14)?);
    Ok(MediaFacts {
        kind: MediaKind::from_word(&row.get::<_, String>(0)?),
        taken: capture_time(row.get(1)?, row.get(2)?),
        pixels: width.zip(height),
        duration_ms: row.get::<_, Option<i64>>(5)?.map(i64::cast_unsigned),
        content_identifier: row.get(6)?,
        warning: row.get(7)?,
        codec: row.get(8)?,
        frame_rate: row.get(9)?,
        camera: Camera { make: row.get(10)?, model: row.get(11)?, lens: row.get(12)? },
        place: latitude.zip(longitude).and_then(|(latitude, longitude)| Place::new(latitude, longitude)),
        burst: row.get(15)?,
        traits: row.get::<_, String>(16)?.split_whitespace().filter_map(MediaTrait::from_word).collect(),
    })
}

/// Returns the traits as one text, words with spaces between.
fn words(facts: &MediaFacts) -> String {
    facts.traits.iter().map(|t| t.as_str()).collect::<Vec<_>>().join(" ")
}

/// Reads a capture time from its two columns.
pub(crate) fn capture_time(text: Option<String>, provenance: Option<String>) -> Option<CaptureTime> {
    CaptureTime::parse_rfc3339(&text?, TimeProvenance::from_word(&provenance?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::SourcePath;

    #[test]
    fn facts_are_used_only_for_the_same_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("facts.sqlite");
        let cache = FactsCache::open(&path).unwrap();
        let (phone, card) = (SourceId::new("iphone:1"), SourceId::new("folder:/card"));
        let file = Fingerprint { path: SourcePath::new("/DCIM/1.HEIC"), bytes: 10, modified_ns: 20 };
        let mut facts = MediaFacts::bare(MediaKind::Photo);
        facts.taken = CaptureTime::parse_rfc3339("2024-03-02T10:00:00+01:00", TimeProvenance::Exif);
        facts.pixels = Some((3, 4));
        facts.content_identifier = Some("A".into());
        facts.codec = Some("HEVC".into());
        facts.frame_rate = Some(29.97);
        facts.camera = Camera { make: Some("Apple".into()), model: Some("iPhone".into()), lens: None };
        facts.place = Place::new(52.5, 4.5);
        facts.burst = Some("B".into());
        facts.traits = [MediaTrait::Hdr, MediaTrait::Selfie].into();
        cache.put(&phone, [(&file, &facts)]).unwrap();
        assert_eq!(cache.get(&phone, &file).unwrap(), Some(facts));
        assert_eq!(cache.get(&card, &file).unwrap(), None);
        assert_eq!(cache.get(&phone, &Fingerprint { bytes: 11, ..file.clone() }).unwrap(), None);
        assert_eq!(cache.get(&phone, &Fingerprint { modified_ns: 21, ..file }).unwrap(), None);
    }

    #[test]
    fn a_damaged_cache_starts_afresh() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("facts.sqlite");
        std::fs::write(&path, vec![7; 4096]).unwrap();
        assert!(FactsCache::open(&path).is_ok());
    }

    #[test]
    fn a_cache_of_another_version_starts_afresh() {
        let dir = tempfile::tempdir().unwrap();
        for version in [VERSION - 1, VERSION + 1] {
            let path = dir.path().join(format!("{version}.sqlite"));
            drop(open_database(&path, version, &["CREATE TABLE facts (source, path)"]).unwrap());
            let cache = FactsCache::open(&path).unwrap();
            let file = Fingerprint { path: SourcePath::new("/1.HEIC"), bytes: 10, modified_ns: 20 };
            let facts = MediaFacts::bare(MediaKind::Photo);
            cache.put(&SourceId::new("iphone:1"), [(&file, &facts)]).unwrap();
            assert_eq!(cache.get(&SourceId::new("iphone:1"), &file).unwrap(), Some(facts));
        }
    }
}
