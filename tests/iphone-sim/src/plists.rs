//! Property lists, short to write and strict to read.

use std::io::Cursor;

use plist::{Dictionary, Value};

/// Builds a dictionary from pairs.
pub(crate) fn dict<const N: usize>(pairs: [(&str, Value); N]) -> Dictionary {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Serialises as XML, the form every client understands.
pub(crate) fn to_xml(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing into memory fails for no value this crate builds; an empty body makes the client say so.
    let _ = value.to_writer_xml(&mut bytes);
    bytes
}

/// Reads an XML or binary property list whose outermost value is a dictionary.
pub(crate) fn read_dict(bytes: &[u8]) -> Option<Dictionary> {
    Value::from_reader(Cursor::new(bytes)).ok()?.into_dictionary()
}

/// The text stored under a key.
pub(crate) fn text<'a>(dictionary: &'a Dictionary, key: &str) -> Option<&'a str> {
    dictionary.get(key)?.as_string()
}
