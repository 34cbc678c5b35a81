//! The journal: one row an asset that an import set out to copy, and, from the moment it is about to get its name in the
//! library, one row for each of its files. Resuming means looking at the items that are in no final state.

use crate::facts::capture_time;
use crate::table::library_file::MatchedBy;
use crate::table::{asset, import_session, library_file};
use crate::{Catalog, CatalogError, SessionStart};
use domain::{
    AppleFingerprint, Asset, AssetId, ContentHash, Derivation, Evidence, FailureCode, Fingerprint, LibraryPath,
    ManifestEntry, ReadBackGrade, RenditionOf, Repeats, ResourceRole, SessionId, SourceId, SourcePath, StagingName,
    Totals,
};
use rusqlite::{Connection, Row, Transaction, params};

pub(crate) const SCHEMA: &str = "
CREATE TABLE import_item (
    session TEXT NOT NULL REFERENCES import_session (id) ON DELETE CASCADE, item INTEGER NOT NULL,
    asset TEXT NOT NULL, name TEXT NOT NULL, source_path TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('planned', 'intent', 'imported', 'already_imported', 'only_in_icloud', 'failed', 'undone', 'rendition',
         'rendition_intent')),
    library_path TEXT, code TEXT, message TEXT,
    PRIMARY KEY (session, item)
) WITHOUT ROWID, STRICT;
CREATE INDEX import_item_state ON import_item (state, session);
CREATE INDEX import_item_asset ON import_item (session, asset);
CREATE TABLE import_file (
    session TEXT NOT NULL, item INTEGER NOT NULL, position INTEGER NOT NULL, staging TEXT NOT NULL,
    path TEXT NOT NULL, asset_path TEXT NOT NULL, bytes INTEGER NOT NULL, hash BLOB NOT NULL, role TEXT NOT NULL,
    source_path TEXT NOT NULL, modified_ns INTEGER NOT NULL, taken TEXT NOT NULL, taken_from TEXT NOT NULL,
    evidence TEXT NOT NULL, cold INTEGER NOT NULL, derived TEXT, rendition_of TEXT, apple BLOB,
    PRIMARY KEY (session, item, position),
    FOREIGN KEY (session, item) REFERENCES import_item (session, item) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;";

/// A verified file that is about to be published.
#[derive(Debug, Clone, PartialEq)]
pub struct IntendedFile {
    /// Its name until then.
    pub staging: StagingName,
    /// What the manifest will say of it.
    pub entry: ManifestEntry,
}

/// An item that was about to be published when the program ended.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalledItem {
    /// Its import.
    pub session: SessionId,
    /// Its number there.
    pub item: u32,
    /// The asset.
    pub asset: AssetId,
    /// The source.
    pub source: SourceId,
    /// Its files.
    pub files: Vec<IntendedFile>,
}

impl JournalledItem {
    /// Tells whether it is only a smaller picture of its asset.
    pub fn is_rendition(&self) -> bool {
        self.files.iter().any(|file| file.entry.rendition_of.is_some())
    }
}

/// How an item ended, for its row.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemOutcome {
    /// Its files are in the library under these names.
    Imported(Vec<ManifestEntry>),
    /// All its files' bytes were in the library before.
    AlreadyImported {
        /// What each file is at the source, and where its copy is; the primary file first.
        known: Vec<(Fingerprint, LibraryPath)>,
        /// The asset's identity in the phone's library, by which it is known when the phone has given its file away.
        uuid: Option<String>,
    },
    /// A smaller picture of it is in the library under this name; the asset itself is not.
    Rendition(ManifestEntry),
    /// It is not in the library.
    Failed(FailureCode, String),
}

/// A line of the lists behind an import's numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// The asset's name.
    pub name: String,
    /// Where it is at the source.
    pub source_path: String,
    /// Where it is in the library.
    pub library_path: Option<String>,
    /// Why it failed.
    pub failure: Option<(FailureCode, String)>,
    /// What is to be said of it all the same, in sentences.
    pub warning: Option<String>,
}

impl Catalog {
    /// Writes down an import, what it leaves alone from the start, and everything it sets out to copy. Items are numbered
    /// from 0 in the order given.
    pub fn start_session<'a>(
        &self,
        start: &SessionStart,
        repeats: Repeats,
        skipped: &Totals,
        assets: impl IntoIterator<Item = &'a Asset>,
    ) -> Result<(), CatalogError> {
        self.write(|t| {
            t.execute(
                "INSERT INTO import_session (id, source, source_name, started_at, again, already_imported, only_in_icloud,
                     not_selected) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    start.id.as_str(),
                    start.source.as_str(),
                    start.source_name,
                    start.started_at,
                    repeats == Repeats::Filed,
                    skipped.already_imported.cast_signed(),
                    skipped.only_in_icloud.cast_signed(),
                    skipped.not_selected.cast_signed(),
                ],
            )?;
            put_items(t, &start.id, (0, "planned"), assets)
        })
    }

    /// Writes down what was asked for by name, is kept apart on the phone, and is only in iCloud: no list of the phone's
    /// tells it from what was not asked for. Items are numbered from `first` on.
    pub fn note_only_in_icloud<'a>(
        &self,
        session: &SessionId,
        first: u32,
        assets: impl IntoIterator<Item = &'a Asset>,
    ) -> Result<(), CatalogError> {
        self.write(|t| put_items(t, session, (first, "only_in_icloud"), assets))
    }

    /// Writes down of which photos that are only in iCloud a smaller picture is to be saved. None of these items is in a
    /// list of photos. They are numbered from `first` on.
    pub fn note_renditions<'a>(
        &self,
        session: &SessionId,
        first: u32,
        assets: impl IntoIterator<Item = &'a Asset>,
    ) -> Result<(), CatalogError> {
        self.write(|t| put_items(t, session, (first, "rendition"), assets))
    }

    /// Writes down, durably, under which names items are about to be published. Called again for an item, it replaces.
    pub fn intend<'a>(
        &self,
        session: &SessionId,
        items: impl IntoIterator<Item = (u32, &'a [IntendedFile])>,
    ) -> Result<(), CatalogError> {
        self.write(|t| items.into_iter().try_for_each(|(item, files)| put_intent(t, session, item, files)))
    }

    /// Writes down, in one transaction, how items ended.
    pub fn conclude(
        &self,
        session: &SessionId,
        source: &SourceId,
        items: &[(u32, AssetId, ItemOutcome)],
    ) -> Result<(), CatalogError> {
        self.write(|t| {
            items.iter().try_for_each(|(item, asset, outcome)| match outcome {
                ItemOutcome::Imported(entries) => put_imported(t, (session, *item), (source, asset), entries),
                ItemOutcome::Rendition(entry) => put_rendition(t, (session, *item), entry),
                ItemOutcome::AlreadyImported { known, uuid } => {
                    put_already(t, (session, *item), (source, asset), (known, uuid.as_deref()))
                }
                ItemOutcome::Failed(code, message) => put_failed(t, session, *item, (*code, message)),
            })
        })
    }

    /// Writes down that an item is in place after all, which its import left between intent and end.
    pub fn conclude_settled(&self, item: &JournalledItem) -> Result<(), CatalogError> {
        let entries: Vec<ManifestEntry> = item.files.iter().map(|file| file.entry.clone()).collect();
        let originals = entries.iter().filter(|entry| entry.derived.is_none());
        let bytes = originals.map(|entry| entry.bytes).fold(0, u64::saturating_add);
        self.write(|t| {
            if let (true, Some(entry)) = (item.is_rendition(), entries.first()) {
                return put_rendition(t, (&item.session, item.item), entry);
            }
            put_imported(t, (&item.session, item.item), (&item.source, &item.asset), &entries)?;
            import_session::count_settled(t, &item.session, bytes)
        })
    }

    /// Forgets that an item was about to be published: it will be copied again.
    pub fn forget_intent(&self, session: &SessionId, item: u32) -> Result<(), CatalogError> {
        self.write(|t| {
            delete_files(t, session, item)?;
            t.execute(
                "UPDATE import_item SET state = iif(state = 'rendition_intent', 'rendition', 'planned')
                 WHERE session = ?1 AND item = ?2",
                params![session.as_str(), item],
            )?;
            Ok(())
        })
    }

    /// Returns what was about to be published when the program last ended.
    pub fn intents(&self) -> Result<Vec<JournalledItem>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(
                "SELECT i.session, i.item, i.asset, s.source FROM import_item i JOIN import_session s ON s.id = i.session
                 WHERE i.state IN ('intent', 'rendition_intent') ORDER BY s.number, i.item",
            )?;
            let heads = query.query_map([], |r| {
                Ok(JournalledItem {
                    session: SessionId::new(r.get::<_, String>(0)?),
                    item: r.get(1)?,
                    asset: AssetId::new(r.get::<_, String>(2)?),
                    source: SourceId::new(r.get::<_, String>(3)?),
                    files: Vec::new(),
                })
            })?;
            let mut items = heads.collect::<Result<Vec<_>, _>>()?;
            for item in &mut items {
                item.files = files_of(c, item)?;
                add_details(c, item)?;
            }
            Ok(items)
        })
    }

    /// Returns the assets that an import set out to copy and that are not in the library for a reason that passes:
    /// the program ended, the user stopped it, a cable or drive was pulled, the phone did not let itself be read, the drive
    /// was full.
    pub fn unfinished(&self, session: &SessionId) -> Result<Vec<AssetId>, CatalogError> {
        self.assets_of(
            session,
            "SELECT asset FROM import_item WHERE session = ?1 AND (state IN ('planned', 'intent') OR (state = 'failed'
             AND code IN ('source_gone', 'source_locked', 'not_trusted', 'timed_out', 'destination_gone',
             'destination_full', 'cancelled')))
             ORDER BY item",
        )
    }

    /// Returns the assets that an import could not copy, for whatever reason.
    pub fn failed(&self, session: &SessionId) -> Result<Vec<AssetId>, CatalogError> {
        self.assets_of(session, "SELECT asset FROM import_item WHERE session = ?1 AND state = 'failed' ORDER BY item")
    }

    fn assets_of(&self, session: &SessionId, query: &str) -> Result<Vec<AssetId>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(query)?;
            let rows = query.query_map([session.as_str()], |r| Ok(AssetId::new(r.get::<_, String>(0)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Returns a stretch of an import's items that ended in `state`: `imported`, `already_imported`, `failed` or `undone`.
    /// `warned` are those with a warning, however they ended; `not_imported` are those that failed and those that were not reached, for the reason why the import ended early.
    pub fn items(
        &self,
        session: &SessionId,
        state: &str,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<ItemRow>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(
                "SELECT i.name, i.source_path, i.library_path, coalesce(i.code, iif(i.state IN ('planned', 'intent'), s.stop_code, NULL)),
                     coalesce(i.message, iif(i.state IN ('planned', 'intent'), s.stop_message, NULL)),
                     (SELECT group_concat(message, ' ') FROM import_warning w WHERE w.session = i.session AND w.item = i.item)
                     AS warning
                 FROM import_item i JOIN import_session s ON s.id = i.session
                 WHERE i.session = ?1 AND (i.state = ?2
                     OR (?2 = 'not_imported' AND i.state IN ('failed', 'planned', 'intent'))
                     OR (?2 = 'warned' AND warning IS NOT NULL))
                 ORDER BY i.item LIMIT ?3 OFFSET ?4",
            )?;
            let rows = query.query_map(params![session.as_str(), state, limit, offset], |r| {
                let (code, message): (Option<String>, Option<String>) = (r.get(3)?, r.get(4)?);
                Ok(ItemRow {
                    name: r.get(0)?,
                    source_path: r.get(1)?,
                    library_path: r.get(2)?,
                    failure: code.and_then(|c| FailureCode::from_word(&c)).zip(message),
                    warning: r.get(5)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn put_items<'a>(
    t: &Transaction<'_>,
    session: &SessionId,
    (first, state): (u32, &str),
    assets: impl IntoIterator<Item = &'a Asset>,
) -> Result<(), CatalogError> {
    let mut insert = t.prepare_cached(
        "INSERT INTO import_item (session, item, asset, name, source_path, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (item, asset) in (first..).zip(assets) {
        let path = asset.primary().path().as_str();
        insert.execute(params![session.as_str(), item, asset.id.as_str(), asset.name(), path, state])?;
    }
    Ok(())
}

fn put_intent(t: &Transaction<'_>, session: &SessionId, item: u32, files: &[IntendedFile]) -> Result<(), CatalogError> {
    t.prepare_cached(
        "UPDATE import_item SET state = iif(state IN ('rendition', 'rendition_intent'), 'rendition_intent', 'intent')
         WHERE session = ?1 AND item = ?2",
    )?
    .execute(params![session.as_str(), item])?;
    delete_files(t, session, item)?;
    let mut insert = t.prepare_cached(
        "INSERT INTO import_file VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
    )?;
    for (position, file) in (0_u32..).zip(files) {
        let entry = &file.entry;
        insert.execute(params![
            session.as_str(),
            item,
            position,
            file.staging.as_str(),
            entry.path.as_str(),
            entry.asset.as_str(),
            entry.bytes.cast_signed(),
            entry.hash.as_bytes(),
            entry.role.as_str(),
            entry.source_path.as_str(),
            entry.source_modified_ns,
            entry.taken.to_rfc3339(),
            entry.taken.provenance.as_str(),
            entry.evidence.as_str(),
            entry.grade == ReadBackGrade::Cold,
            entry.derived.as_ref().map(|made| made.to_words()),
            entry.rendition_of.as_ref().map(|of| of.to_words()),
            entry.apple.as_ref().map(AppleFingerprint::as_bytes),
        ])?;
    }
    Ok(())
}

fn delete_files(t: &Transaction<'_>, session: &SessionId, item: u32) -> Result<(), CatalogError> {
    t.prepare_cached("DELETE FROM import_file WHERE session = ?1 AND item = ?2")?
        .execute(params![session.as_str(), item])?;
    Ok(())
}

fn put_imported(
    t: &Transaction<'_>,
    (session, item): (&SessionId, u32),
    (source, asset): (&SourceId, &AssetId),
    entries: &[ManifestEntry],
) -> Result<(), CatalogError> {
    let primary = entries.first().ok_or(CatalogError::Malformed("import item"))?;
    for entry in entries {
        // What an earlier import filed stays its own: undoing this one must not take it along.
        let owner = library_file::owner(t, entry)?;
        library_file::put(t, entry, owner.as_ref().unwrap_or(session))?;
    }
    end_item(t, (session, item), "imported", &primary.path)?;
    asset::mark_imported(t, source, asset, &primary.path)
}

fn put_rendition(
    t: &Transaction<'_>,
    (session, item): (&SessionId, u32),
    entry: &ManifestEntry,
) -> Result<(), CatalogError> {
    library_file::put(t, entry, session)?;
    end_item(t, (session, item), "rendition", &entry.path)
}

fn put_already(
    t: &Transaction<'_>,
    (session, item): (&SessionId, u32),
    (source, asset): (&SourceId, &AssetId),
    (known, uuid): (&[(Fingerprint, LibraryPath)], Option<&str>),
) -> Result<(), CatalogError> {
    let (_, primary) = known.first().ok_or(CatalogError::Malformed("import item"))?;
    if let Some(uuid) = uuid {
        library_file::put_known_asset(t, source, uuid, primary)?;
    }
    known.iter().try_for_each(|(file, path)| library_file::put_known(t, source, file, path, MatchedBy::Content))?;
    end_item(t, (session, item), "already_imported", primary)?;
    asset::mark_imported(t, source, asset, primary)
}

fn end_item(
    t: &Transaction<'_>,
    (session, item): (&SessionId, u32),
    state: &str,
    path: &LibraryPath,
) -> Result<(), CatalogError> {
    delete_files(t, session, item)?;
    t.prepare_cached("UPDATE import_item SET state = ?3, library_path = ?4 WHERE session = ?1 AND item = ?2")?
        .execute(params![session.as_str(), item, state, path.as_str()])?;
    Ok(())
}

fn put_failed(
    t: &Transaction<'_>,
    session: &SessionId,
    item: u32,
    (code, message): (FailureCode, &str),
) -> Result<(), CatalogError> {
    delete_files(t, session, item)?;
    t.prepare_cached(
        "UPDATE import_item SET state = iif(state IN ('rendition', 'rendition_intent'), 'rendition', 'failed'),
             code = ?3, message = ?4 WHERE session = ?1 AND item = ?2",
    )?
    .execute(params![session.as_str(), item, code.as_str(), message])?;
    Ok(())
}

fn files_of(c: &Connection, item: &JournalledItem) -> Result<Vec<IntendedFile>, CatalogError> {
    let mut query = c.prepare_cached(
        "SELECT staging, path, asset_path, bytes, hash, role, source_path, modified_ns, taken, taken_from, evidence, cold,
             derived, rendition_of, apple
         FROM import_file WHERE session = ?1 AND item = ?2 ORDER BY position",
    )?;
    let mut rows = query.query(params![item.session.as_str(), item.item])?;
    let mut files = Vec::new();
    while let Some(row) = rows.next()? {
        files.push(read_file(row, &item.source)?.ok_or(CatalogError::Malformed("journal entry"))?);
    }
    Ok(files)
}

/// The journal does not hold what the phone's library says; the listing does, where it was written down.
fn add_details(c: &Connection, item: &mut JournalledItem) -> Result<(), CatalogError> {
    if item.is_rendition() {
        return Ok(());
    }
    let known = asset::details(c, &item.source, &item.asset)?;
    if let (Some(details), Some(primary)) = (known, item.files.first_mut()) {
        primary.entry.details = Some(Box::new(details));
    }
    Ok(())
}

fn read_file(r: &Row<'_>, source: &SourceId) -> Result<Option<IntendedFile>, CatalogError> {
    let text = |column: usize| r.get::<_, String>(column);
    let parsed = (|| {
        Some((
            StagingName::parse(&text(0).ok()?)?,
            LibraryPath::parse(&text(1).ok()?).ok()?,
            LibraryPath::parse(&text(2).ok()?).ok()?,
            ResourceRole::from_word(&text(5).ok()?)?,
            capture_time(text(8).ok(), text(9).ok())?,
            Evidence::from_word(&text(10).ok()?)?,
            derivation(r.get(12).ok()?)?,
            rendition_of(r.get(13).ok()?)?,
        ))
    })();
    let Some((staging, path, asset, role, taken, evidence, derived, rendition_of)) = parsed else { return Ok(None) };
    let entry = ManifestEntry {
        path,
        bytes: r.get::<_, i64>(3)?.cast_unsigned(),
        hash: ContentHash::new(r.get(4)?),
        role,
        asset,
        source: source.clone(),
        source_path: SourcePath::new(text(6)?),
        source_modified_ns: r.get(7)?,
        taken,
        evidence,
        grade: if r.get(11)? { ReadBackGrade::Cold } else { ReadBackGrade::Warm },
        apple: r.get::<_, Option<[u8; 20]>>(14)?.map(AppleFingerprint::new),
        details: None,
        derived,
        rendition_of,
    };
    Ok(Some(IntendedFile { staging, entry }))
}

/// Reads how a file was made; `None` where that makes no sense.
fn derivation(words: Option<String>) -> Option<Option<Box<Derivation>>> {
    words.map(|words| Derivation::from_words(&words).map(Box::new)).map_or(Some(None), |made| made.map(Some))
}

fn rendition_of(words: Option<String>) -> Option<Option<Box<RenditionOf>>> {
    words.map(|words| RenditionOf::from_words(&words).map(Box::new)).map_or(Some(None), |of| of.map(Some))
}
