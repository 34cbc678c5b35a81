//! The file that makes a folder a library: `.keepsake/library.json`.

use domain::{DestinationError, LibraryId};
use serde::{Deserialize, Serialize};

/// The hidden folder of a library.
pub(crate) const INTERNALS: &str = ".keepsake";
/// The marker, relative to the library.
pub(crate) const MARKER: &str = ".keepsake/library.json";
/// The marker's own name.
pub(crate) const FILE_NAME: &str = "library.json";
/// Where staged files lie, relative to the library: on its own volume, in one place to sweep.
pub(crate) const INCOMING: &str = ".keepsake/incoming";
/// Where manifests lie, relative to the library.
pub(crate) const MANIFESTS: &str = ".keepsake/manifests";
/// What a program holds locked that changes the library, relative to the library. Empty.
pub(crate) const LOCK: &str = ".keepsake/lock";
/// Longest marker that is read, in bytes.
pub(crate) const LONGEST: u64 = 64 << 10;

/// The version of the library's layout that this program writes and the newest it understands.
const FORMAT: u64 = 1;

#[derive(Serialize)]
struct Marker<'a> {
    format: u64,
    id: &'a str,
    created_at: &'a str,
}

/// What is needed of a marker. The version is looked at before anything else, for later ones may know no id.
#[derive(Deserialize)]
struct Found {
    format: u64,
    id: Option<String>,
}

/// Writes the marker of a new library. `created_at` is RFC 3339.
pub(crate) fn format(id: &LibraryId, created_at: &str) -> Vec<u8> {
    let marker = Marker { format: FORMAT, id: id.as_str(), created_at };
    // Three plain values always serialise.
    let mut text = serde_json::to_vec(&marker).unwrap_or_default();
    text.push(b'\n');
    text
}

/// Reads the library's identity from its marker. `place` is the library's folder, for messages.
pub(crate) fn parse(bytes: &[u8], place: &str) -> Result<LibraryId, DestinationError> {
    let damaged = || DestinationError::Unusable(format!("the library at {place} is damaged: {MARKER} makes no sense"));
    let found: Found = serde_json::from_slice(bytes).map_err(|_| damaged())?;
    if found.format > FORMAT {
        return Err(DestinationError::Unusable(format!(
            "the library at {place} was made by a newer Keepsake: update this one to use it"
        )));
    }
    LibraryId::parse(&found.id.unwrap_or_default()).map_err(|_| damaged())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_marker_survives_its_text_form() {
        let id = LibraryId::parse(ID).unwrap();
        let text = format(&id, "2024-03-02T10:00:00Z");
        assert_eq!(
            String::from_utf8(text.clone()).unwrap(),
            "{\"format\":1,\"id\":\"0123456789abcdef0123456789abcdef\",\"created_at\":\"2024-03-02T10:00:00Z\"}\n"
        );
        assert_eq!(parse(&text, "/x"), Ok(id));
    }

    #[test]
    fn a_later_format_and_nonsense_are_told_apart() {
        let message = |text: &str| parse(text.as_bytes(), "/x").unwrap_err().to_string();
        assert!(message("{\"format\":2,\"realm\":[]}").contains("newer Keepsake"));
        for text in ["", "{}", "{\"format\":1}", "{\"format\":1,\"id\":\"../../x\"}", "[[[", "{\"format\":-1}", "\0"] {
            assert!(message(text).contains("damaged"), "{text}");
        }
    }
}
