//! Reads the argument part of a request: numbers first, then paths.

use crate::media::PhonePath;
use crate::status::Status;

/// What is left of a request's arguments.
pub(super) struct Arguments<'a>(pub(super) &'a [u8]);

impl<'a> Arguments<'a> {
    pub(super) fn number(&mut self) -> Result<u64, Status> {
        let (head, rest) = self.0.split_first_chunk::<8>().ok_or(Status::InvalidArgument)?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*head))
    }

    /// Text up to a NUL or the end: some clients end the last path with a NUL, some do not.
    pub(super) fn text(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        let text = &self.0[..end];
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        text
    }

    pub(super) fn path(&mut self) -> PhonePath {
        PhonePath::parse(self.text())
    }
}
