//! A file whose beginning is known: it is opened only if more than that is wanted.

use domain::{FileHead, ResourceReader, Source, SourceError, SourcePath};

/// Reads from the head what lies there, else from the file.
pub(super) struct HeadReader<'a> {
    source: &'a dyn Source,
    path: &'a SourcePath,
    head: FileHead,
    opened: Option<Box<dyn ResourceReader>>,
}

impl<'a> HeadReader<'a> {
    pub(super) fn new(source: &'a dyn Source, path: &'a SourcePath, head: FileHead) -> Self {
        Self { source, path, head, opened: None }
    }
}

impl ResourceReader for HeadReader<'_> {
    fn size(&self) -> u64 {
        self.head.size
    }

    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        let known = usize::try_from(offset).ok().and_then(|at| self.head.bytes.get(at..)).unwrap_or_default();
        if !known.is_empty() {
            return Ok(known[..known.len().min(length)].to_vec());
        }
        let file = match &mut self.opened {
            Some(file) => file,
            None => self.opened.insert(self.source.open(self.path)?),
        };
        file.read_at(offset, length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sources::memory::MemorySource;

    #[test]
    fn the_file_is_opened_only_for_what_lies_behind_the_head() {
        let source = MemorySource::new("iphone:test").with_file("/a.JPG", b"0123456789".as_slice(), 0);
        let path = SourcePath::new("/a.JPG");
        let head = |bytes: &[u8]| FileHead { size: 10, bytes: bytes.to_vec() };
        let mut reader = HeadReader::new(&source, &path, head(b"0123"));
        assert_eq!((reader.size(), reader.read_at(1, 2)), (10, Ok(b"12".to_vec())));
        assert_eq!(reader.read_at(2, 5), Ok(b"23".to_vec()), "what is known, though it is less");
        assert!(reader.opened.is_none());
        assert_eq!(reader.read_at(4, 100), Ok(b"456789".to_vec()));
        assert_eq!(reader.read_at(10, 5), Ok(vec![]));
        let gone = SourcePath::new("/gone.JPG");
        let mut reader = HeadReader::new(&source, &gone, head(b"01"));
        assert_eq!(reader.read_at(0, 9), Ok(b"01".to_vec()));
        assert!(reader.read_at(5, 1).is_err());
    }
}
