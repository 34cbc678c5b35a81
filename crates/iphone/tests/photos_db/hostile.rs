//! Databases made to do harm, or harmed: an error or part of the library, at once and within bounds.

use crate::{fixtures, judge, made};
use iphone::photos_db::{PhotosDbError, PhotosLibrary, ReadLimits};
use rusqlite::Connection;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Reads and makes sure that it does not take long.
fn read(path: &Path) -> Result<PhotosLibrary, PhotosDbError> {
    let began = Instant::now();
    let result = PhotosLibrary::read(path, ReadLimits { time: Duration::from_secs(5), ..ReadLimits::default() });
    assert!(began.elapsed() < Duration::from_secs(10), "{:?} for {}", began.elapsed(), path.display());
    result
}

fn real() -> (TempDir, Vec<u8>) {
    let folder = TempDir::new().unwrap();
    let archive = fixtures().join("databases/Test-10.16.0.1.tar.xz");
    judge(&["unpack", archive.to_str().unwrap(), folder.path().to_str().unwrap()]);
    let path = folder.path().join("Photos.sqlite");
    let _ = std::fs::remove_file(folder.path().join("Photos.sqlite-wal"));
    let bytes = std::fs::read(&path).unwrap();
    (folder, bytes)
}

/// A database in write-ahead mode that a statement was run on, and the statement's own tables.
fn planted(sql: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let connection = Connection::open(folder.path().join("Photos.sqlite")).unwrap();
    connection.execute_batch(sql).unwrap();
    folder
}

fn planted_result(sql: &str) -> Result<PhotosLibrary, PhotosDbError> {
    read(&planted(sql).path().join("Photos.sqlite"))
}

/// Numbers that look random and are the same each time.
fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    }
}

#[test]
fn cut_databases_are_errors_or_parts() {
    let (folder, bytes) = real();
    let path = folder.path().join("cut.sqlite");
    let mut whole = 0;
    for part in 0..60 {
        let odd = if part % 2 == 0 { 0 } else { 1717 };
        std::fs::write(&path, &bytes[..(bytes.len() * part / 60 + odd).min(bytes.len())]).unwrap();
        whole += usize::from(read(&path).is_ok_and(|l| l.assets.len() == 16 && l.left_out.is_empty()));
    }
    assert!(whole < 30, "{whole} of 60 cut databases were read as if whole");
}

#[test]
fn flipped_bits_are_no_danger() {
    let (folder, bytes) = real();
    let path = folder.path().join("flipped.sqlite");
    for seed in 0..150 {
        let mut random = numbers(seed + 1);
        let mut bytes = bytes.clone();
        // Half of them near the front, where the schema is.
        let reach = if seed % 2 == 0 { bytes.len() } else { 200_000 };
        for _ in 0..1 + random(400) {
            let at = random(reach);
            bytes[at] ^= 1 << random(8);
        }
        std::fs::write(&path, bytes).unwrap();
        let _ = read(&path);
    }
}

#[test]
fn a_log_of_nonsense_is_left_aside() {
    let (folder, _) = real();
    let path = folder.path().join("Photos.sqlite");
    for log in [vec![0xff; 100_000], vec![0x37; 32], [vec![0x37, 0x7f, 0x06, 0x82], vec![0; 8000]].concat()] {
        std::fs::write(folder.path().join("Photos.sqlite-wal"), log).unwrap();
        assert_eq!(read(&path).unwrap().assets.len(), 16);
    }
}

#[test]
fn what_is_no_table_is_not_read() {
    let endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS Z_PK, x AS ZFILENAME, x AS ZDIRECTORY FROM c";
    let form = planted_result(&format!("CREATE VIEW ZASSET AS {endless}"));
    assert!(matches!(form, Err(PhotosDbError::UnknownForm(_))), "{form:?}");
    let form = planted_result("CREATE VIRTUAL TABLE ZASSET USING fts5(Z_PK, ZFILENAME, ZDIRECTORY)");
    assert!(matches!(form, Err(PhotosDbError::UnknownForm(_))), "{form:?}");
    let sql = "CREATE TABLE ZASSET (Z_PK, ZFILENAME, ZDIRECTORY); INSERT INTO ZASSET VALUES (1, 'a', 'b');";
    let library = planted_result(&format!("{sql} CREATE VIEW ZINTERNALRESOURCE AS {endless}")).unwrap();
    assert_eq!((library.assets.len(), library.resources.len()), (1, 0));
}

#[test]
fn an_unknown_form_comes_with_a_report_of_names() {
    let Err(PhotosDbError::UnknownForm(report)) = planted_result("CREATE TABLE ZPHOTO (Z_PK, ZSECRET)") else {
        panic!("there are no assets")
    };
    assert_eq!(report.to_string(), "model unknown\nZPHOTO: ZSECRET Z_PK\n");
    let empty = planted_result("CREATE TABLE x (y); DROP TABLE x");
    assert!(matches!(empty, Err(PhotosDbError::UnknownForm(_))), "{empty:?}");
}

#[test]
fn rows_bytes_values_and_time_have_bounds() {
    let table = "CREATE TABLE ZASSET (Z_PK INTEGER PRIMARY KEY, ZFILENAME, ZDIRECTORY)";
    let many = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 20000)
                INSERT INTO ZASSET SELECT x, hex(randomblob(100)), 'DCIM' FROM c";
    let folder = planted(&format!("{table}; {many}"));
    let path = folder.path().join("Photos.sqlite");
    let fine = ReadLimits::default();
    assert_eq!(PhotosLibrary::read(&path, fine).unwrap().assets.len(), 20_000);
    for limits in [
        ReadLimits { rows: 19_999, ..fine },
        ReadLimits { bytes: 4 << 20, ..fine },
        ReadLimits { value: 199, ..fine },
        ReadLimits { time: Duration::ZERO, ..fine },
    ] {
        let result = PhotosLibrary::read(&path, limits);
        assert!(matches!(result, Err(PhotosDbError::TooMuch(_))), "{limits:?}: {:?}", result.map(|l| l.assets.len()));
    }
    let huge = planted_result(&format!("{table}; INSERT INTO ZASSET VALUES (1, zeroblob(50000000), 'DCIM')"));
    assert!(matches!(huge, Err(PhotosDbError::TooMuch(_))), "{huge:?}");
}

#[test]
fn computed_columns_cannot_hold_the_reader_up() {
    let bomb = "CREATE TABLE ZASSET (Z_PK, ZFILENAME, ZDIRECTORY AS
        (replace(replace(replace(hex(zeroblob(1000)), '0', '0000000000'), '0', '0000000000'), '0', '0000000000000000000000000000000000000000')));
        INSERT INTO ZASSET (Z_PK, ZFILENAME) VALUES (1, 'a')";
    let result = planted_result(bomb);
    assert!(matches!(result, Err(PhotosDbError::TooMuch(_))), "{result:?}");
}

#[test]
fn values_of_the_wrong_type_are_no_values() {
    let folder = made("18600", &[]);
    let path = folder.path().join("PhotoData/Photos.sqlite");
    let connection = Connection::open(&path).unwrap();
    let mut query = connection.prepare("SELECT name FROM pragma_table_info('ZASSET') WHERE name <> 'Z_PK'").unwrap();
    let columns: Vec<String> = query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for column in &columns {
        for (key, value) in [(1, "x'ff00ff'"), (2, "'text'"), (3, "9e999"), (4, "-9223372036854775808"), (5, "NULL")] {
            connection.execute(&format!("UPDATE ZASSET SET {column} = {value} WHERE Z_PK = {key}"), []).unwrap();
        }
    }
    let resources = "UPDATE ZINTERNALRESOURCE SET ZASSET = 'x' WHERE Z_PK = 1;
        UPDATE ZINTERNALRESOURCE SET ZDATASTOREKEYDATA = x'10ff' WHERE Z_PK = 2;
        UPDATE ZINTERNALRESOURCE SET ZDATASTOREKEYDATA = 'x', ZDATALENGTH = 'x', ZRECIPEID = 1e300 WHERE Z_PK = 3";
    connection.execute_batch(resources).unwrap();
    drop(query);
    drop(connection);
    let library = read(&path).unwrap();
    assert_eq!(library.assets.len(), 29);
    for asset in &library.assets {
        let _ = (asset.traits(), asset.place(), asset.is_burst_pick());
        for resource in library.resources.iter().filter(|r| r.asset == asset.key) {
            assert!(resource.candidates(asset).iter().all(|path| !path.contains("..") && !path.starts_with('/')));
        }
    }
}

#[test]
fn no_path_of_a_database_leads_out_of_the_media_folder() {
    let folder = made("19320", &[]);
    let path = folder.path().join("PhotoData/Photos.sqlite");
    let connection = Connection::open(&path).unwrap();
    let key = "x'1408' || CAST('../../../../../etc/passwd' AS BLOB)";
    let evil = format!(
        "UPDATE ZASSET SET ZDIRECTORY = '../..', ZFILENAME = 'x/../../y.HEIC' WHERE Z_PK <= 10;
         UPDATE ZASSET SET ZDIRECTORY = '/private/var', ZFILENAME = 'a' || char(0) || '.HEIC' WHERE Z_PK > 10;
         UPDATE ZINTERNALRESOURCE SET ZDATASTOREKEYDATA = CAST({key} AS BLOB)"
    );
    connection.execute_batch(&evil).unwrap();
    drop(connection);
    let library = read(&path).unwrap();
    for asset in &library.assets {
        for resource in library.resources.iter().filter(|r| r.asset == asset.key) {
            assert_eq!(resource.candidates(asset), Vec::<String>::new(), "{:?}", resource.key);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_the_copy_is_refused() {
    let (folder, _) = real();
    let link = folder.path().join("link.sqlite");
    std::os::unix::fs::symlink(folder.path().join("Photos.sqlite"), &link).unwrap();
    assert!(read(&link).is_err());
}
