//! What is in the library: one row a verified file, and every place at a source that it stands for.

use crate::table::library_check::NOT_FOUND_CHANGED;
use crate::table::rendition;
use crate::{Catalog, CatalogError};
use domain::{
    AppleFingerprint, Asset, Availability, ContentHash, Evidence, Fingerprint, LibraryPath, ManifestEntry,
    ResourceRole, SessionId, SourceId,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use std::collections::{BTreeMap, HashMap};

pub(crate) const SCHEMA: &str = "
CREATE TABLE library_file (
    path TEXT PRIMARY KEY, bytes INTEGER NOT NULL, hash BLOB NOT NULL, role TEXT NOT NULL, asset TEXT NOT NULL,
    taken TEXT NOT NULL, taken_from TEXT NOT NULL, evidence TEXT NOT NULL, cold INTEGER NOT NULL, session TEXT,
    derived TEXT, stands_for BLOB, apple BLOB
) WITHOUT ROWID, STRICT;
CREATE INDEX library_file_hash ON library_file (hash);
CREATE INDEX library_file_stands_for ON library_file (stands_for) WHERE stands_for IS NOT NULL;
CREATE INDEX library_file_apple ON library_file (apple) WHERE apple IS NOT NULL;
CREATE INDEX library_file_asset ON library_file (asset);
CREATE INDEX library_file_session ON library_file (session);
CREATE TABLE known_source (
    source TEXT NOT NULL, source_path TEXT NOT NULL, bytes INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
    path TEXT NOT NULL REFERENCES library_file (path) ON DELETE CASCADE, by_content INTEGER NOT NULL,
    PRIMARY KEY (source, source_path, bytes, modified_ns, path)
) WITHOUT ROWID, STRICT;
CREATE TABLE known_asset (
    source TEXT NOT NULL, uuid TEXT NOT NULL,
    path TEXT NOT NULL REFERENCES library_file (path) ON DELETE CASCADE,
    PRIMARY KEY (source, uuid, path)
) WITHOUT ROWID, STRICT;
CREATE INDEX known_asset_path ON known_asset (path);
CREATE TABLE manifest_state (one INTEGER PRIMARY KEY CHECK (one = 1), bytes INTEGER NOT NULL) STRICT;";

/// A file that the library holds, or held when this was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFile {
    /// Where it was filed.
    pub path: LibraryPath,
    /// Its size.
    pub bytes: u64,
    /// Its hash.
    pub hash: ContentHash,
    /// The primary file of its asset.
    pub asset: LibraryPath,
}

/// How a copy came to be one of what is at a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The import that filed it.
    pub session: Option<SessionId>,
    /// RFC 3339, when that began; `None` where only a manifest tells of it.
    pub started_at: Option<String>,
    /// What the two have in common.
    pub matched: MatchedBy,
}

/// What a file at a source and a copy in the library have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchedBy {
    /// The copy was made of the file at this place, of this size and time.
    Place,
    /// Its bytes were read and found to be those of the copy.
    Content,
    /// The file is not there any more; its asset is the one in the phone's library that was copied.
    Identity,
    /// Apple's library knows both by the same fingerprint, and they have the same size.
    AppleFingerprint,
}

impl Catalog {
    /// Finds the copies of a file by where it was, how large and how old: without reading it. The latest comes first.
    pub fn known(&self, source: &SourceId, file: &Fingerprint) -> Result<Vec<KnownFile>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT f.path, f.bytes, f.hash, f.asset FROM known_source k JOIN library_file f USING (path)
                 WHERE k.source = ?1 AND k.source_path = ?2 AND k.bytes = ?3 AND k.modified_ns = ?4
                     AND {NOT_FOUND_CHANGED} ORDER BY f.session DESC, f.path",
            ))?;
            let key = params![source.as_str(), file.path.as_str(), file.bytes.cast_signed(), file.modified_ns];
            let rows = query.query_map(key, known_columns)?.collect::<Result<Vec<_>, _>>()?;
            rows.into_iter().map(known_file).collect()
        })
    }

    /// Finds the copies of an asset's primary file by the asset's identity in the library of its source: for a file that is
    /// not at the source any more. The latest comes first.
    pub fn known_asset(&self, source: &SourceId, uuid: &str) -> Result<Vec<KnownFile>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT f.path, f.bytes, f.hash, f.asset FROM known_asset k JOIN library_file f USING (path)
                 WHERE k.source = ?1 AND k.uuid = ?2 AND {NOT_FOUND_CHANGED} ORDER BY f.session DESC, f.path",
            ))?;
            let rows = query.query_map([source.as_str(), uuid], known_columns)?.collect::<Result<Vec<_>, _>>()?;
            rows.into_iter().map(known_file).collect()
        })
    }

    /// Finds the copies of a file by Apple's fingerprint of it: without reading it, wherever it is now, on whatever phone.
    /// None where the library has copies with this fingerprint that differ: it then says nothing. The latest comes first.
    pub fn known_by_apple(
        &self,
        apple: &AppleFingerprint,
        (role, bytes): (ResourceRole, u64),
    ) -> Result<Vec<KnownFile>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT f.path, f.bytes, f.hash, f.asset, f.role, {NOT_FOUND_CHANGED} FROM library_file f WHERE f.apple = ?1
                 ORDER BY f.session DESC, f.path",
            ))?;
            let read = |r: &Row<'_>| Ok((known_columns(r)?, r.get::<_, String>(4)?, r.get::<_, bool>(5)?));
            let rows = query.query_map([apple.as_bytes()], read)?.collect::<Result<Vec<_>, _>>()?;
            let contradicted = rows.windows(2).any(|pair| matches!(pair, [(a, ..), (b, ..)] if a.2 != b.2));
            let same = rows.into_iter().filter(|(file, of, whole)| {
                *whole && !contradicted && *of == role.as_str() && file.1.cast_unsigned() == bytes
            });
            same.map(|(file, ..)| known_file(file)).collect()
        })
    }

    /// Tells which import filed the copy at `path`, and how the primary file of an asset is recognised as that.
    pub fn provenance(&self, source: &SourceId, asset: &Asset, path: &str) -> Result<Option<Provenance>, CatalogError> {
        let file = &asset.primary().fingerprint;
        // As long as the file is there, the identity of its asset is not looked at.
        let uuid = asset.details.uuid.as_ref().filter(|_| asset.primary().availability != Availability::OnDevice);
        self.read(|c| {
            let mut query = c.prepare_cached(
                "SELECT f.session, s.started_at, k.by_content, a.path IS NOT NULL FROM library_file f
                 LEFT JOIN import_session s ON s.id = f.session
                 LEFT JOIN known_source k ON k.path = f.path AND k.source = ?2 AND k.source_path = ?3
                     AND k.bytes = ?4 AND k.modified_ns = ?5
                 LEFT JOIN known_asset a ON a.path = f.path AND a.source = ?2 AND a.uuid = ?6
                 WHERE f.path = ?1",
            )?;
            let bytes = file.bytes.cast_signed();
            let key = params![path, source.as_str(), file.path.as_str(), bytes, file.modified_ns, uuid];
            let read = |r: &Row<'_>| {
                let matched = match (r.get(2)?, r.get(3)?) {
                    (Some(true), _) => MatchedBy::Content,
                    (Some(false), _) => MatchedBy::Place,
                    (None, true) => MatchedBy::Identity,
                    (None, false) => MatchedBy::AppleFingerprint,
                };
                let session: Option<String> = r.get(0)?;
                Ok(Provenance { session: session.map(SessionId::new), started_at: r.get(1)?, matched })
            };
            Ok(query.query_row(key, read).optional()?)
        })
    }

    /// Finds the files that are copies of these bytes, or were made of them and stand for them. A smaller picture of a photo
    /// is no copy of anything: what is elsewhere, byte for byte the same, is copied as a photo of its own.
    pub fn with_content(&self, hash: &ContentHash) -> Result<Vec<KnownFile>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT f.path, f.bytes, f.hash, f.asset FROM library_file f
                 WHERE f.hash = ?1 AND f.derived IS NULL AND f.role <> 'rendition' AND {NOT_FOUND_CHANGED}
                 UNION ALL SELECT f.path, f.bytes, f.hash, f.asset FROM library_file f
                 WHERE f.stands_for = ?1 AND {NOT_FOUND_CHANGED}",
            ))?;
            let rows = query.query_map([hash.as_bytes()], known_columns)?.collect::<Result<Vec<_>, _>>()?;
            rows.into_iter().map(known_file).collect()
        })
    }

    /// Lists the files of an asset by the path of its primary file, which comes first: what each is, and where.
    pub fn copies(&self, primary: &str) -> Result<Vec<(ResourceRole, LibraryPath)>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(
                "SELECT role, path FROM library_file WHERE asset = ?1 OR path = ?1 ORDER BY path <> ?1, path",
            )?;
            let rows = query.query_map([primary], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?)))?;
            rows.map(|row| {
                let (role, path) = row?;
                let role = ResourceRole::from_word(&role).ok_or(CatalogError::Malformed("role"))?;
                Ok((role, LibraryPath::found(&path).map_err(|_| CatalogError::Malformed("library path"))?))
            })
            .collect()
        })
    }

    /// Tells how the copy of an asset was verified, by the path of its primary file: the weakest evidence of all its
    /// files. What was made of a copy is none and proves nothing.
    /// `None` when the library has no such asset, or not its original.
    pub fn evidence(&self, primary: &str) -> Result<Option<Evidence>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(
                "SELECT evidence FROM library_file WHERE (asset = ?1 OR path = ?1) AND derived IS NULL AND NOT EXISTS
                     (SELECT 1 FROM library_file WHERE (asset = ?1 OR path = ?1) AND stands_for IS NOT NULL)",
            )?;
            let words = query.query_map([primary], |r| r.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
            words.iter().map(|word| evidence_of(word)).try_fold(None, |weakest, next| Ok(weakest.max(Some(next?))))
        })
    }

    /// Counts the assets that an import brought in by how they were verified, each by the weakest evidence of its files.
    pub fn evidence_counts(&self, session: &SessionId) -> Result<BTreeMap<Evidence, u64>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(
                "SELECT asset, evidence FROM library_file WHERE session = ?1 AND derived IS NULL AND role <> 'rendition' AND asset NOT IN
                     (SELECT asset FROM library_file WHERE session = ?1 AND stands_for IS NOT NULL)",
            )?;
            let rows = query.query_map([session.as_str()], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?)))?;
            let mut weakest: HashMap<String, Evidence> = HashMap::new();
            for row in rows {
                let (asset, word) = row?;
                let evidence = evidence_of(&word)?;
                weakest.entry(asset).and_modify(|known| *known = evidence.max(*known)).or_insert(evidence);
            }
            let mut counts = BTreeMap::new();
            weakest.into_values().for_each(|evidence| *counts.entry(evidence).or_insert(0) += 1);
            Ok(counts)
        })
    }

    /// Tells what was made of an asset's files, by the path of its primary file: where it is, and its role.
    pub fn made_of(&self, primary: &str) -> Result<Vec<(String, String)>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(
                "SELECT path, role FROM library_file WHERE asset = ?1 AND derived IS NOT NULL ORDER BY path",
            )?;
            Ok(query.query_map([primary], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<Result<_, _>>()?)
        })
    }

    /// Tells how many bytes of manifests this catalog has taken in; a library with another number has news.
    pub fn manifest_bytes(&self) -> Result<u64, CatalogError> {
        self.read(|c| {
            let bytes: Option<i64> = c.query_row("SELECT bytes FROM manifest_state", [], |r| r.get(0)).optional()?;
            Ok(bytes.unwrap_or(0).cast_unsigned())
        })
    }

    /// Notes how many bytes of manifests were taken in.
    pub fn note_manifest_bytes(&self, bytes: u64) -> Result<(), CatalogError> {
        self.write(|t| {
            t.execute("INSERT OR REPLACE INTO manifest_state VALUES (1, ?1)", [bytes.cast_signed()])?;
            Ok(())
        })
    }

    /// Leaves out what an earlier import filed under the same path: that one's manifest has the line.
    pub fn unrecorded(&self, entries: &[ManifestEntry]) -> Result<Vec<ManifestEntry>, CatalogError> {
        self.read(|c| {
            let mut found = Vec::with_capacity(entries.len());
            for entry in entries {
                if owner(c, entry)?.is_none() {
                    found.push(entry.clone());
                }
            }
            Ok(found)
        })
    }

    /// Notes that what was filed under these paths is not there any more: it is of the import that files something there next.
    pub fn disown<'a>(&self, paths: impl IntoIterator<Item = &'a LibraryPath>) -> Result<(), CatalogError> {
        self.write(|t| {
            let mut update = t.prepare_cached("UPDATE library_file SET session = NULL WHERE path = ?1")?;
            paths.into_iter().try_for_each(|path| update.execute([path.as_str()]).map(drop))?;
            Ok(())
        })
    }

    /// Takes in lines of the library's manifests: this is how a catalog is rebuilt. What it has is left as it is: its owner
    /// may have moved the file since, of which no manifest tells.
    pub fn take_in(&self, entries: &[(SessionId, ManifestEntry)]) -> Result<(), CatalogError> {
        self.write(|t| {
            for (session, entry) in entries {
                if !is_taken_in(t, entry, session)? {
                    put(t, entry, session)?;
                }
            }
            Ok(())
        })
    }
}

/// Returns the import that filed these bytes under this path, `None` where the catalog knows of none.
pub(crate) fn owner(c: &Connection, entry: &ManifestEntry) -> Result<Option<SessionId>, CatalogError> {
    let mut query = c.prepare_cached("SELECT session FROM library_file WHERE path = ?1 AND hash = ?2")?;
    let key = params![entry.path.as_str(), entry.hash.as_bytes()];
    let session: Option<Option<String>> = query.query_row(key, |r| r.get(0)).optional()?;
    Ok(session.flatten().map(SessionId::new))
}

/// Tells whether there is a row of what an import filed, under this path or where its owner moved it.
fn is_taken_in(t: &Transaction<'_>, entry: &ManifestEntry, session: &SessionId) -> Result<bool, CatalogError> {
    if owner(t, entry)?.as_ref() == Some(session) {
        return Ok(true);
    }
    let Some(file) = place_of(entry) else { return Ok(false) };
    let mut query = t.prepare_cached(
        "SELECT 1 FROM known_source k JOIN library_file f USING (path) WHERE k.source = ?1 AND k.source_path = ?2
             AND k.bytes = ?3 AND k.modified_ns = ?4 AND f.hash = ?5 AND f.session = ?6",
    )?;
    Ok(query.exists(params![
        entry.source.as_str(),
        file.path.as_str(),
        file.bytes.cast_signed(),
        file.modified_ns,
        entry.hash.as_bytes(),
        session.as_str(),
    ])?)
}

/// Returns what an entry stands for at its source. A smaller picture stands for nothing there. What was made stands for it only where the original is not in the library.
fn place_of(entry: &ManifestEntry) -> Option<Fingerprint> {
    let bytes = match &entry.derived {
        _ if entry.rendition_of.is_some() => return None,
        None => entry.bytes,
        Some(made) if made.stands_for().is_some() => made.original_bytes,
        Some(_) => return None,
    };
    Some(Fingerprint { path: entry.source_path.clone(), bytes, modified_ns: entry.source_modified_ns })
}

/// Adds a file and the place it came from.
pub(crate) fn put(t: &Transaction<'_>, entry: &ManifestEntry, session: &SessionId) -> Result<(), CatalogError> {
    // Other bytes under this name: what was there is gone, and nothing is a copy of it any more.
    t.prepare_cached("DELETE FROM library_file WHERE path = ?1 AND hash <> ?2")?
        .execute(params![entry.path.as_str(), entry.hash.as_bytes()])?;
    // Not OR REPLACE: that would delete the row and with it every place the file stands for.
    t.prepare_cached(
        "INSERT INTO library_file VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, hash = excluded.hash, role = excluded.role,
             asset = excluded.asset, taken = excluded.taken, taken_from = excluded.taken_from,
             evidence = excluded.evidence, cold = excluded.cold, session = excluded.session,
             derived = excluded.derived, stands_for = excluded.stands_for, apple = excluded.apple",
    )?
    .execute(params![
        entry.path.as_str(),
        entry.bytes.cast_signed(),
        entry.hash.as_bytes(),
        entry.role.as_str(),
        entry.asset.as_str(),
        entry.taken.to_rfc3339(),
        entry.taken.provenance.as_str(),
        entry.evidence.as_str(),
        entry.grade == domain::ReadBackGrade::Cold,
        session.as_str(),
        entry.derived.as_ref().map(|made| made.to_words()),
        entry.derived.as_ref().and_then(|made| made.stands_for()).map(|hash| *hash.as_bytes()),
        entry.apple.as_ref().filter(|_| entry.derived.is_none()).map(AppleFingerprint::as_bytes),
    ])?;
    if let Some(of) = &entry.rendition_of {
        // It proves nothing about its original.
        return rendition::put(t, &entry.source, of, &entry.path);
    }
    if let Some(uuid) = entry.details.as_ref().and_then(|details| details.uuid.as_ref()) {
        put_known_asset(t, &entry.source, uuid, &entry.path)?;
    }
    match place_of(entry) {
        Some(file) => put_known(t, &entry.source, &file, &entry.path, MatchedBy::Place),
        None => Ok(()),
    }
}

/// Notes of which asset of a source's library a file is the primary one.
pub(crate) fn put_known_asset(
    t: &Transaction<'_>,
    source: &SourceId,
    uuid: &str,
    path: &LibraryPath,
) -> Result<(), CatalogError> {
    t.prepare_cached("INSERT OR REPLACE INTO known_asset VALUES (?1, ?2, ?3)")?.execute([
        source.as_str(),
        uuid,
        path.as_str(),
    ])?;
    Ok(())
}

/// Notes that a place at a source is stood for by a file of the library.
pub(crate) fn put_known(
    t: &Transaction<'_>,
    source: &SourceId,
    file: &Fingerprint,
    path: &LibraryPath,
    matched: MatchedBy,
) -> Result<(), CatalogError> {
    t.prepare_cached("INSERT OR REPLACE INTO known_source VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(params![
        source.as_str(),
        file.path.as_str(),
        file.bytes.cast_signed(),
        file.modified_ns,
        path.as_str(),
        matched == MatchedBy::Content,
    ])?;
    Ok(())
}

fn evidence_of(word: &str) -> Result<Evidence, CatalogError> {
    Evidence::from_word(word).ok_or(CatalogError::Malformed("evidence"))
}

type KnownColumns = (String, i64, [u8; 32], String);

pub(super) fn known_columns(r: &Row<'_>) -> rusqlite::Result<KnownColumns> {
    Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
}

pub(super) fn known_file((path, bytes, hash, asset): KnownColumns) -> Result<KnownFile, CatalogError> {
    let path_of = |text: &str| LibraryPath::found(text).map_err(|_| CatalogError::Malformed("library path"));
    Ok(KnownFile {
        path: path_of(&path)?,
        bytes: bytes.cast_unsigned(),
        hash: ContentHash::new(hash),
        asset: path_of(&asset)?,
    })
}
