//! An open file of the served folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};

use super::{FileLock, OpenFile, OpenMode};
use crate::status::Status;

pub(crate) struct DiskFile(pub(crate) File);

/// Appending is the caller's affair: it writes at the end of the file.
pub(super) fn open_options(mode: OpenMode) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(!matches!(mode, OpenMode::Truncate | OpenMode::Append));
    if mode != OpenMode::Read {
        let truncate = matches!(mode, OpenMode::Truncate | OpenMode::TruncateRead);
        options.write(true).create(true).truncate(truncate);
    }
    options
}

impl OpenFile for DiskFile {
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize, Status> {
        self.0.seek(SeekFrom::Start(offset))?;
        let mut filled = 0;
        while filled < buffer.len() {
            match self.0.read(&mut buffer[filled..]).map_err(|_| Status::ReadError)? {
                0 => break,
                some => filled += some,
            }
        }
        Ok(filled)
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Status> {
        self.0.seek(SeekFrom::Start(offset))?;
        self.0.write_all(bytes).map_err(|error| match Status::from(error) {
            Status::NoSpace => Status::NoSpace,
            _ => Status::WriteError,
        })
    }

    fn size(&self) -> Result<u64, Status> {
        Ok(self.0.metadata()?.len())
    }

    fn resize(&mut self, size: u64) -> Result<(), Status> {
        Ok(self.0.set_len(size)?)
    }

    fn lock(&mut self, lock: FileLock) -> Result<(), Status> {
        let taken = match lock {
            FileLock::Shared => self.0.try_lock_shared(),
            FileLock::Exclusive => self.0.try_lock(),
            FileLock::Unlock => return Ok(self.0.unlock()?),
        };
        taken.map_err(|error| match error {
            TryLockError::WouldBlock => Status::WouldBlock,
            TryLockError::Error(error) => error.into(),
        })
    }
}
