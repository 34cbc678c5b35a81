use super::*;
use rusqlite::Connection;
use std::io::{Read, Seek, SeekFrom};
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

const ROWS: i64 = 400;

/// A folder of this computer as the phone's: read in small blocks, so that much happens meanwhile.
struct Local<'a>(&'a Path);

impl Original for Local<'_> {
    fn stamp(&self, part: Part) -> Result<Option<Stamp>, PhotosDbError> {
        let Ok(about) = fs::metadata(self.0.join(NAMES[part as usize])) else { return Ok(None) };
        let since = about.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap();
        Ok(Some(Stamp { bytes: about.len(), modified_ns: since.as_nanos() as i64 }))
    }

    fn read(&self, part: Part, most: u64, take: &mut Take<'_>) -> Result<(), PhotosDbError> {
        let Ok(mut file) = File::open(self.0.join(NAMES[part as usize])) else { return Ok(()) };
        let (mut offset, mut block) = (0, vec![0; 16 << 10]);
        while offset < most {
            file.seek(SeekFrom::Start(offset))?;
            let length = file.read(&mut block)?;
            if length == 0 {
                break;
            }
            take(&block[..length])?;
            offset += length as u64;
            std::thread::yield_now();
        }
        Ok(())
    }
}

/// A database in which every transaction writes the same number into all rows of two tables.
fn database(folder: &Path) -> Connection {
    let connection = Connection::open(folder.join(NAMES[0])).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.pragma_update(None, "wal_autocheckpoint", 150).unwrap();
    connection.pragma_update(None, "synchronous", "OFF").unwrap();
    connection
        .execute_batch("CREATE TABLE a (n INTEGER, filler TEXT); CREATE TABLE b (n INTEGER, filler TEXT)")
        .unwrap();
    for table in ["a", "b"] {
        let sql = format!(
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < {ROWS})
             INSERT INTO {table} SELECT 0, hex(randomblob(200)) FROM c"
        );
        connection.execute(&sql, []).unwrap();
    }
    connection
}

fn write(connection: &Connection, number: i64) {
    let sql = format!("BEGIN; UPDATE a SET n = {number}; UPDATE b SET n = {number}; COMMIT");
    connection.execute_batch(&sql).unwrap();
}

/// Returns the numbers that a copy holds; of one moment it holds exactly one.
fn numbers(copy: &Snapshot) -> Vec<i64> {
    let connection = Connection::open(&copy.path).unwrap();
    let mut query = connection.prepare("SELECT DISTINCT n FROM (SELECT n FROM a UNION ALL SELECT n FROM b)").unwrap();
    query.query_map([], |row| row.get(0)).unwrap().map(|n| n.unwrap_or(-1)).collect()
}

/// Ends the writer, whatever ends the reader.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn hasty(folder: &Path) -> Snapshots {
    let pause = Duration::from_millis(1);
    Snapshots::new(folder, Patience { tries: 8, pause, longest: pause })
}

#[test]
fn a_thousand_copies_of_a_database_being_written_to_are_of_one_moment_each() {
    let (phone, here) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let connection = database(phone.path());
    write(&connection, 1);
    let done = AtomicBool::new(false);
    let (mut proven, mut doubtful, mut moments) = (0, 0, std::collections::HashSet::new());
    std::thread::scope(|scope| {
        let done = &done;
        let _stop = Stop(done);
        scope.spawn(move || {
            for number in 2.. {
                write(&connection, number);
                if done.load(Ordering::Relaxed) {
                    return;
                }
                // A phone rests now and then; a writer that never does only makes every copy doubtful.
                if number % 4 == 0 {
                    std::thread::sleep(Duration::from_micros(1500));
                }
            }
        });
        for _ in 0..1000 {
            let copy = hasty(here.path()).take_from(&Local(phone.path()), &mut |_| {}, &CancelFlag::default()).unwrap();
            match copy.certainty {
                Certainty::Proven => {
                    let found = numbers(&copy);
                    assert_eq!(found.len(), 1, "a mixture was taken for one moment: {found:?}");
                    moments.insert(found[0]);
                    proven += 1;
                }
                Certainty::Doubtful => doubtful += 1,
            }
        }
    });
    assert!(proven >= 500, "{proven} proven, {doubtful} doubtful");
    assert!(moments.len() > 100, "the database was hardly written to: {} moments", moments.len());
}

#[test]
fn an_unchanged_database_is_not_copied_again() {
    struct Counting<'a>(Local<'a>, AtomicU64);
    impl Original for Counting<'_> {
        fn stamp(&self, part: Part) -> Result<Option<Stamp>, PhotosDbError> {
            self.0.stamp(part)
        }
        fn read(&self, part: Part, most: u64, take: &mut Take<'_>) -> Result<(), PhotosDbError> {
            self.1.fetch_add(1, Ordering::Relaxed);
            self.0.read(part, most, take)
        }
    }
    let (phone, here) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let connection = database(phone.path());
    write(&connection, 1);
    let original = Counting(Local(phone.path()), AtomicU64::new(0));
    let take = || hasty(here.path()).take_from(&original, &mut |_| {}, &CancelFlag::default()).unwrap();
    let first = take();
    let reads = original.1.load(Ordering::Relaxed);
    assert_eq!(numbers(&first), [1]);
    assert_eq!(take(), first);
    assert_eq!(original.1.load(Ordering::Relaxed), reads);
    write(&connection, 2);
    let second = take();
    assert_eq!(numbers(&second), [2]);
    assert!(!first.path.exists(), "the older copy is gone");
    assert_eq!(fs::read_dir(here.path()).unwrap().count(), 1);
}

#[test]
fn a_log_that_begins_anew_during_a_copy_is_noticed() {
    /// Writes and merges the log whenever the database was read.
    struct Restless<'a>(Local<'a>, &'a Connection, AtomicU64);
    impl Original for Restless<'_> {
        fn stamp(&self, part: Part) -> Result<Option<Stamp>, PhotosDbError> {
            self.0.stamp(part)
        }
        fn read(&self, part: Part, most: u64, take: &mut Take<'_>) -> Result<(), PhotosDbError> {
            let result = self.0.read(part, most, take);
            if part == Part::Database {
                let number = self.2.fetch_add(1, Ordering::Relaxed).cast_signed();
                let merged = self.1.query_row("PRAGMA wal_checkpoint(RESTART)", [], |row| row.get::<_, i64>(0));
                assert_eq!(merged, Ok(0));
                write(self.1, 100 + number);
            }
            result
        }
    }
    let (phone, here) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let connection = database(phone.path());
    write(&connection, 1);
    let original = Restless(Local(phone.path()), &connection, AtomicU64::new(0));
    let mut told = Vec::new();
    let copy = hasty(here.path()).take_from(&original, &mut |read| told.push(read), &CancelFlag::default()).unwrap();
    assert_eq!(copy.certainty, Certainty::Doubtful);
    assert_eq!(original.2.load(Ordering::Relaxed), 8, "every try was used");
    let tries: Vec<_> = told.chunk_by(|a, b| a.done_bytes < b.done_bytes).collect();
    assert_eq!(tries.len(), 8, "each try begins anew: {told:?}");
    for told in tries {
        let (first, last) = (told[0], told[told.len() - 1]);
        assert_eq!((first.done_bytes, last.done_bytes), (0, last.total_bytes), "{told:?}");
    }
    assert_ne!(numbers(&copy).len(), 0);
}

#[test]
fn a_database_without_a_log_must_keep_still() {
    let (phone, here) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    fs::write(phone.path().join(NAMES[0]), b"database").unwrap();
    let copy = hasty(here.path()).take_from(&Local(phone.path()), &mut |_| {}, &CancelFlag::default()).unwrap();
    assert_eq!((copy.certainty, fs::read(&copy.path).unwrap()), (Certainty::Proven, b"database".to_vec()));
    fs::remove_file(phone.path().join(NAMES[0])).unwrap();
    let gone = hasty(here.path()).take_from(&Local(phone.path()), &mut |_| {}, &CancelFlag::default());
    assert_eq!(gone, Err(PhotosDbError::NotThere));
}

#[cfg(unix)]
#[test]
fn nobody_else_can_look_into_a_copy() {
    use std::os::unix::fs::PermissionsExt;
    let (phone, here) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    fs::write(phone.path().join(NAMES[0]), b"database").unwrap();
    let copies = hasty(&here.path().join("deep/er"));
    let copy = copies.take_from(&Local(phone.path()), &mut |_| {}, &CancelFlag::default()).unwrap();
    let mode = fs::metadata(copy.path.parent().unwrap()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
