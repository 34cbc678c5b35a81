//! Identities as newtypes, so that one cannot be passed where another is meant.

use std::fmt;

/// Reports that a text is not the identity it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} is malformed")]
pub struct ParseIdError {
    what: &'static str,
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Wraps the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }
            /// Returns the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// Names a source as the user can type it: `iphone:UDID` or `folder:/absolute/path`.
    SourceId
}
text_id! {
    /// Identifies an asset at its source: 16 hexadecimal digits, stable as long as the library of its source has it; without
    /// a library, while its primary file keeps path, size and time.
    AssetId
}
text_id! {
    /// Identifies a library wherever it is mounted: 32 hexadecimal digits, written once into `.keepsake/library.json`.
    LibraryId
}
text_id! {
    /// Identifies one import: 32 hexadecimal digits; its manifest carries the same name.
    SessionId
}

impl LibraryId {
    /// Checks a text that comes from a drive. The result is safe as a file name. Errors when it is not 32 hex digits.
    pub fn parse(text: &str) -> Result<Self, ParseIdError> {
        is_hex(text, 32).then(|| Self(text.to_owned())).ok_or(ParseIdError { what: "library id" })
    }
}

impl SessionId {
    /// Checks a text that comes from a drive. The result is safe as a file name. Errors when it is not 32 hex digits.
    pub fn parse(text: &str) -> Result<Self, ParseIdError> {
        is_hex(text, 32).then(|| Self(text.to_owned())).ok_or(ParseIdError { what: "import session id" })
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Holds the BLAKE3-256 hash of a file's bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Wraps the 32 bytes of a finished hash.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 lower-case hexadecimal digits. Errors on anything else.
    pub fn parse(text: &str) -> Result<Self, ParseIdError> {
        let malformed = ParseIdError { what: "content hash" };
        if !is_hex(text, 64) {
            return Err(malformed);
        }
        let mut bytes = [0; 32];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| malformed.clone())?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_survives_its_text_form() {
        let hash = ContentHash::new(std::array::from_fn(|i| i as u8 * 7));
        assert_eq!(ContentHash::parse(&hash.to_string()), Ok(hash));
    }

    #[test]
    fn ids_from_a_drive_cannot_be_paths() {
        for text in
            ["", "../../etc/passwd", "0123", "0123456789abcdef0123456789abcdeF", "é123456789abcdef0123456789abcde"]
        {
            assert!(LibraryId::parse(text).is_err(), "{text}");
            assert!(SessionId::parse(text).is_err(), "{text}");
        }
        assert!(LibraryId::parse("0123456789abcdef0123456789abcdef").is_ok());
    }
}
