//! A list as a file: CSV, or JSON.

use crate::dto::{ErrorCode, ErrorDto, ItemDto};
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use ts_rs::TS;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, rename = "ExportedDto")]
pub struct Exported {
    /// The file's name.
    pub name: String,
    /// Its rows, the head apart.
    pub rows: u32,
}

/// How many names are tried.
const NUMBERS: u32 = 1000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Json,
}

/// A file that a list is written to.
pub(crate) struct ListFile {
    path: PathBuf,
    form: Form,
    rows: u32,
    out: BufWriter<File>,
}

impl ListFile {
    /// Begins a file. Its name ends with `.csv` or `.json`, so that what it replaces is no photo; and it replaces only what
    /// its user was asked about: a name that was made of theirs is one that is free.
    pub(crate) fn create(path: &Path) -> Result<Self, ErrorDto> {
        let (path, form, file) = match form_of(path) {
            Some(form) => (path.to_owned(), form, File::create(path).map_err(|error| failed(path, &error))?),
            None => {
                let (free, file) = create_beside(path)?;
                (free, Form::Csv, file)
            }
        };
        let mut list = Self { path, form, rows: 0, out: BufWriter::new(file) };
        list.put(match form {
            Form::Csv => "name,source_path,library_path,evidence,code,message,warning\r\n",
            Form::Json => "[",
        })?;
        Ok(list)
    }

    /// Writes one row.
    pub(crate) fn write(&mut self, item: &ItemDto) -> Result<(), ErrorDto> {
        let text = match self.form {
            Form::Csv => csv_line(item),
            Form::Json => format!("{}\n{}", if self.rows == 0 { "" } else { "," }, json_of(item)?),
        };
        self.rows += 1;
        self.put(&text)
    }

    /// Ends the file, so that it is on the disk when this returns.
    pub(crate) fn finish(mut self) -> Result<Exported, ErrorDto> {
        if self.form == Form::Json {
            self.put("\n]\n")?;
        }
        let written = self.out.flush().and_then(|()| self.out.get_ref().sync_all());
        written.map_err(|error| failed(&self.path, &error))?;
        let name = self.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Exported { name, rows: self.rows })
    }

    fn put(&mut self, text: &str) -> Result<(), ErrorDto> {
        self.out.write_all(text.as_bytes()).map_err(|error| failed(&self.path, &error))
    }
}

fn failed(path: &Path, error: &io::Error) -> ErrorDto {
    ErrorDto::new(ErrorCode::DestinationUnusable, format!("{} could not be written: {error}", path.display()))
}

/// Decides the form by the name; `None` where that does not say.
fn form_of(path: &Path) -> Option<Form> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "csv" => Some(Form::Csv),
        "json" => Some(Form::Json),
        _ => None,
    }
}

/// Gives a name the ending of CSV, and the next free number where there is such a file.
fn create_beside(path: &Path) -> Result<(PathBuf, File), ErrorDto> {
    let name = path.file_name().unwrap_or_default();
    let mut number = 1;
    loop {
        let mut free = name.to_owned();
        free.push(if number == 1 { ".csv".to_owned() } else { format!(" {number}.csv") });
        let free = path.with_file_name(free);
        match File::create_new(&free) {
            Ok(file) => return Ok((free, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < NUMBERS => number += 1,
            Err(error) => return Err(failed(&free, &error)),
        }
    }
}

fn json_of(item: &ItemDto) -> Result<String, ErrorDto> {
    serde_json::to_string(item).map_err(|error| ErrorDto::new(ErrorCode::BadRequest, error.to_string()))
}

/// Writes an item as a line of CSV.
pub fn csv_line(item: &ItemDto) -> String {
    let word = |value: Option<String>| value.unwrap_or_default();
    let fields = [
        item.name.clone(),
        item.source_path.clone(),
        item.library_path.clone().unwrap_or_default(),
        word(item.evidence.and_then(|e| word_of(&e))),
        word(item.error.as_ref().and_then(|e| word_of(&e.code))),
        item.error.as_ref().map(|e| e.message.clone()).unwrap_or_default(),
        item.warning.clone().unwrap_or_default(),
    ];
    let mut line = fields.map(|field| csv_field(&field)).join(",");
    line.push_str("\r\n");
    line
}

/// The word by which a value goes in JSON.
fn word_of(value: &impl Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

/// Quotes a field where that is needed. Names come from phones: none may become a formula in whoever opens the file.
fn csv_field(text: &str) -> String {
    let guarded = if text.starts_with(['=', '+', '-', '@', '\t']) { format!("'{text}") } else { text.to_owned() };
    if guarded.contains([',', '"', '\n', '\r']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::EvidenceDto;

    fn item(name: &str) -> ItemDto {
        ItemDto {
            name: name.into(),
            source_path: "DCIM/a, b.JPG".into(),
            library_path: None,
            evidence: Some(EvidenceDto::PhoneHash),
            error: Some(ErrorDto::new(ErrorCode::SourceRead, "say \"cheese\"\nagain")),
            warning: Some("no, JPEG".into()),
        }
    }

    #[test]
    fn fields_are_quoted_and_never_formulas() {
        let line = csv_line(&item("=1+2"));
        assert_eq!(
            line,
            "'=1+2,\"DCIM/a, b.JPG\",,phone_hash,source_read,\"Say \"\"cheese\"\"\nagain\",\"no, JPEG\"\r\n"
        );
    }

    #[test]
    fn the_name_decides_the_form_and_a_photo_is_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let photo = dir.path().join("IMG_1.JPG");
        std::fs::write(&photo, "photo").unwrap();
        for (name, written) in [("IMG_1.JPG", "IMG_1.JPG.csv"), ("list.json", "list.json"), ("list", "list.csv")] {
            let mut file = ListFile::create(&dir.path().join(name)).unwrap();
            file.write(&item("a")).unwrap();
            file.write(&item("b")).unwrap();
            assert_eq!(file.finish().unwrap(), Exported { name: written.into(), rows: 2 });
        }
        assert_eq!(std::fs::read_to_string(photo).unwrap(), "photo");
        // Nobody was asked about these: they stay, and the list gets the next number.
        std::fs::write(dir.path().join("list 2.csv"), "mine").unwrap();
        let again = ListFile::create(&dir.path().join("list")).unwrap().finish().unwrap();
        assert_eq!(again.name, "list 3.csv");
        assert_eq!(std::fs::read_to_string(dir.path().join("list 2.csv")).unwrap(), "mine");
        // About this one the dialog asked.
        assert_eq!(ListFile::create(&dir.path().join("list 2.csv")).unwrap().finish().unwrap().name, "list 2.csv");
        let json = std::fs::read_to_string(dir.path().join("list.json")).unwrap();
        let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!((rows[0]["name"].as_str(), rows[1]["evidence"].as_str()), (Some("a"), Some("phone_hash")));
        let csv = std::fs::read_to_string(dir.path().join("list.csv")).unwrap();
        assert!(csv.starts_with("name,source_path,library_path,evidence,code,message,warning\r\na,"), "{csv}");
    }
}
