//! Databases made to do harm, or harmed: an error or part of the library, at once and within bounds.

use crate::{fixtures, judge, made};
use domain::CancelFlag;
use iphone::PhoneError;
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
fn rows_that_nobody_wants_take_no_memory() {
    let many = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 20000)";
    let folder = planted(&format!(
        "CREATE TABLE ZASSET (Z_PK INTEGER PRIMARY KEY, ZFILENAME, ZDIRECTORY); INSERT INTO ZASSET VALUES (1, 'a', 'b');
         CREATE TABLE ZINTERNALRESOURCE (Z_PK INTEGER PRIMARY KEY, ZASSET, ZSTABLEHASH);
         {many} INSERT INTO ZINTERNALRESOURCE SELECT x, 1, hex(randomblob(100)) FROM c"
    ));
    let path = folder.path().join("Photos.sqlite");
    let limits = ReadLimits { bytes: 1 << 20, ..ReadLimits::default() };
    let none = PhotosLibrary::read_with(&path, limits, |_| false, &[]).unwrap();
    assert_eq!((none.assets.len(), none.resources.len()), (1, 0));
    assert!(matches!(PhotosLibrary::read(&path, limits), Err(PhotosDbError::TooMuch(_))));
}

#[test]
fn one_long_text_that_many_rows_name_is_charged_for_each() {
    let assets = "CREATE TABLE ZASSET (Z_PK INTEGER PRIMARY KEY, ZFILENAME, ZDIRECTORY, ZMASTER);
        CREATE TABLE ZADDITIONALASSETATTRIBUTES (Z_PK, ZASSET, ZUNMANAGEDADJUSTMENT);
        WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 100)
            INSERT INTO ZASSET SELECT x, NULL, 'DCIM', 1 FROM c;
        INSERT INTO ZADDITIONALASSETATTRIBUTES SELECT 1, Z_PK, 1 FROM ZASSET;";
    let long = "replace(hex(zeroblob(500000)), '0', 'x')";
    let limits = ReadLimits { bytes: 20 << 20, ..ReadLimits::default() };
    let read = |more: &str| {
        let folder = planted(&format!("{assets} {more}"));
        PhotosLibrary::read(&folder.path().join("Photos.sqlite"), limits).map(|library| library.assets.len())
    };
    assert_eq!(read(""), Ok(100));
    for more in [
        format!(
            "CREATE TABLE ZASSETDESCRIPTION (ZASSETATTRIBUTES, ZLONGDESCRIPTION);
                 INSERT INTO ZASSETDESCRIPTION VALUES (1, {long})"
        ),
        format!("CREATE TABLE ZCLOUDMASTER (Z_PK, ZORIGINALFILENAME); INSERT INTO ZCLOUDMASTER VALUES (1, {long})"),
        format!(
            "CREATE TABLE ZUNMANAGEDADJUSTMENT (Z_PK, ZADJUSTMENTFORMATIDENTIFIER);
                 INSERT INTO ZUNMANAGEDADJUSTMENT VALUES (1, {long})"
        ),
        format!(
            "CREATE TABLE ZKEYWORD (Z_PK, ZTITLE); INSERT INTO ZKEYWORD VALUES (1, {long});
                 CREATE TABLE Z_1KEYWORDS (Z_1ASSETATTRIBUTES, Z_37KEYWORDS);
                 INSERT INTO Z_1KEYWORDS SELECT Z_PK, 1 FROM ZASSET"
        ),
        format!(
            "CREATE TABLE ZPERSON (Z_PK, ZFULLNAME); INSERT INTO ZPERSON VALUES (1, {long});
                 CREATE TABLE ZDETECTEDFACE (ZASSET, ZPERSON); INSERT INTO ZDETECTEDFACE SELECT Z_PK, 1 FROM ZASSET"
        ),
        format!(
            "CREATE TABLE ZUNIFORMTYPEIDENTIFIER (Z_PK, ZIDENTIFIER);
                 INSERT INTO ZUNIFORMTYPEIDENTIFIER VALUES (1, {long});
                 CREATE TABLE ZINTERNALRESOURCE (Z_PK, ZASSET, ZUNIFORMTYPEIDENTIFIER);
                 INSERT INTO ZINTERNALRESOURCE SELECT Z_PK, Z_PK, 1 FROM ZASSET"
        ),
    ] {
        let result = read(&more);
        assert_eq!(result, Err(PhotosDbError::TooMuch("too much text")), "{more}");
    }
}

#[test]
fn reading_ends_when_it_is_no_longer_wanted() {
    let folder = planted(
        "CREATE TABLE ZASSET (Z_PK INTEGER PRIMARY KEY, ZFILENAME, ZDIRECTORY);
         WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 20000)
             INSERT INTO ZASSET SELECT x, 'a', 'b' FROM c",
    );
    let (unset, set) = (CancelFlag::default(), CancelFlag::default());
    set.cancel();
    let read = |stops: &[&CancelFlag]| {
        let path = folder.path().join("Photos.sqlite");
        PhotosLibrary::read_with(&path, ReadLimits::default(), |_| true, stops).map(|library| library.assets.len())
    };
    assert_eq!(read(&[&unset, &set]), Err(PhotosDbError::Phone(PhoneError::Cancelled)));
    assert_eq!(read(&[&unset, &unset]), Ok(20_000));
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
