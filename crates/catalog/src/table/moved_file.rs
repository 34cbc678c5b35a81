//! Files of the library that their owner moved: the rows follow them. The manifests still say where they were filed.

use crate::table::library_check;
use crate::table::library_file::{known_columns, known_file};
use crate::{Catalog, CatalogError};
use domain::{ContentHash, LibraryPath};
use rusqlite::{OptionalExtension, Transaction};

impl Catalog {
    /// Tells whether a copy was filed under this path, as far as the catalog knows.
    pub fn is_filed(&self, path: &LibraryPath) -> Result<bool, CatalogError> {
        Ok(self.filed(path)?.is_some())
    }

    /// Returns size and hash of the copy that was filed under this path, as far as the catalog knows.
    pub fn filed(&self, path: &LibraryPath) -> Result<Option<(u64, ContentHash)>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached("SELECT path, bytes, hash, asset FROM library_file WHERE path = ?1")?;
            let row = query.query_row([path.as_str()], known_columns).optional()?;
            Ok(row.map(known_file).transpose()?.map(|file| (file.bytes, file.hash)))
        })
    }

    /// Notes where files are now that were filed elsewhere, each as its old and its new path, in one transaction.
    pub fn follow<'a>(
        &self,
        moves: impl IntoIterator<Item = (&'a LibraryPath, &'a LibraryPath)>,
    ) -> Result<(), CatalogError> {
        self.write(|t| {
            // A file's row comes before those that point to it; they are held against each other in the end.
            t.execute_batch("PRAGMA defer_foreign_keys = ON")?;
            moves.into_iter().try_for_each(|(old, new)| follow(t, old, new))
        })
    }
}

fn follow(t: &Transaction<'_>, old: &LibraryPath, new: &LibraryPath) -> Result<(), CatalogError> {
    for sql in [
        "UPDATE OR IGNORE library_file SET path = ?2 WHERE path = ?1",
        "UPDATE library_file SET asset = ?2 WHERE asset = ?1",
        "UPDATE OR REPLACE known_source SET path = ?2 WHERE path = ?1",
        "UPDATE OR REPLACE known_asset SET path = ?2 WHERE path = ?1",
        "UPDATE asset SET library_path = ?2 WHERE library_path = ?1",
        "UPDATE import_item SET library_path = ?2 WHERE library_path = ?1",
    ] {
        t.prepare_cached(sql)?.execute([old.as_str(), new.as_str()])?;
    }
    library_check::forget(t, old)
}
