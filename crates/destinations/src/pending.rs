//! A file on its way into a library: written unseen, sealed, read back, then given its name.

use crate::bypass::{Outgoing, bypass_memory};
use crate::cold_read::{Flushed, read_from_medium};
use crate::flush::flush_file;
use crate::marker::INCOMING;
use crate::rename::Move;
use crate::root::{Root, io_error};
use domain::{DestinationError, LibraryPath, PendingFile, ReadBackGrade, Sink, StagingName};
use std::fs::{File, FileTimes};
use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// 1980-01-01 and 2107-12-31 in seconds since 1970 UTC: what FAT can hold.
const FAT_YEARS: (i64, i64) = (315_532_800, 4_354_732_800);

/// A staged file of a library folder.
pub(crate) struct StagedFile {
    root: Arc<Root>,
    file: File,
    /// `None` for a file that was complete when it was found.
    outgoing: Option<Outgoing>,
    flushed: Flushed,
    name: StagingName,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Lies in the staging folder and is removed on drop.
    Staged,
    /// A flush failed: what the medium holds is unknown and stays so.
    Spoilt,
    /// Has its final name, or was left for the next run.
    Settled,
}

impl StagedFile {
    /// Takes a file just created in the staging folder and reserves its room, which is a favour and may fail.
    pub(crate) fn created(root: Arc<Root>, file: File, name: StagingName, expected_bytes: u64) -> Self {
        bypass_memory(&file);
        reserve(&file, expected_bytes);
        let outgoing = Outgoing::new(&file, expected_bytes, &root.buffers, root.file_system.can_be_bypassed);
        Self { root, file, outgoing: Some(outgoing), flushed: Flushed::Unknown, name, stage: Stage::Staged }
    }

    /// Takes a file that an earlier run left in the staging folder.
    pub(crate) fn adopted(root: Arc<Root>, file: File, name: StagingName) -> Self {
        Self { root, file, outgoing: None, flushed: Flushed::Unknown, name, stage: Stage::Staged }
    }

    fn explain(&self, error: &io::Error) -> DestinationError {
        self.root.explain(self.name.as_str(), error)
    }

    fn refuse_spoilt(&self) -> Result<(), DestinationError> {
        match self.stage {
            Stage::Spoilt => Err(io_error(self.name.as_str(), "it could not be flushed and must be copied again")),
            Stage::Staged | Stage::Settled => Ok(()),
        }
    }

    /// Flushes the file; a failure spoils it for good, for the system may have dropped the bytes and forgotten that it did.
    fn flush(&mut self) -> Result<(), DestinationError> {
        flush_file(&self.file).map_err(|error| {
            if self.stage == Stage::Staged {
                self.stage = Stage::Spoilt;
            }
            self.explain(&error)
        })
    }
}

impl PendingFile for StagedFile {
    fn write(&mut self, bytes: &[u8]) -> Result<(), DestinationError> {
        let written = match &mut self.outgoing {
            Some(outgoing) => outgoing.write(&self.file, bytes),
            None => self.file.write_all(bytes),
        };
        written.map_err(|error| self.explain(&error))
    }

    fn seal(&mut self, modified_ns: i64) -> Result<(), DestinationError> {
        self.refuse_spoilt()?;
        let finished = self.outgoing.take().map_or(Ok(()), |mut outgoing| outgoing.finish(&self.file));
        finished.map_err(|error| self.explain(&error))?;
        release_reserve(&self.file).map_err(|error| self.explain(&error))?;
        set_modified(&self.file, modified_ns);
        self.flush()?;
        // Nothing is written after it.
        self.flushed = Flushed::Yes;
        Ok(())
    }

    fn read_back(&mut self, sink: &mut Sink<'_>) -> Result<ReadBackGrade, DestinationError> {
        self.refuse_spoilt()?;
        let path = format!("{INCOMING}/{}", self.name.as_str());
        read_from_medium(&self.root, &path, self.flushed, sink).map_err(|error| self.explain(&error))
    }

    fn publish(&mut self, to: &LibraryPath) -> Result<(), DestinationError> {
        self.refuse_spoilt()?;
        let explain = |error: io::Error| self.root.explain(to.as_str(), &error);
        let incoming = self.root.dir.open_dir(INCOMING).map_err(explain)?;
        let folder_path = to.folder();
        let folder =
            self.root.make_folder(folder_path.as_ref().map_or("", LibraryPath::as_str)).map_err(|error| match error
                .kind()
            {
                io::ErrorKind::NotADirectory => io_error(to.as_str(), "a file is where its folder should be"),
                _ => explain(error),
            })?;
        Move { from: &incoming, name: self.name.as_str(), to: &folder, new_name: to.file_name() }
            .without_replacing()
            .map_err(explain)?;
        self.stage = Stage::Settled;
        Ok(())
    }

    fn flush_published(&mut self) -> Result<(), DestinationError> {
        self.flush()
    }

    fn leave(mut self: Box<Self>) {
        self.stage = Stage::Settled;
    }
}

impl Drop for StagedFile {
    fn drop(&mut self) {
        if self.stage != Stage::Settled {
            // On a drive that is gone it stays and is swept by the next run.
            let _ = self.root.dir.remove_file(format!("{INCOMING}/{}", self.name.as_str()));
        }
    }
}

/// Sets the modification time, cut to what FAT holds where the file system refuses it. A copy with a wrong time is still
/// a good copy: the manifest has the true one.
fn set_modified(file: &File, modified_ns: i64) {
    let seconds = modified_ns.div_euclid(1_000_000_000);
    let clamped = seconds.clamp(FAT_YEARS.0, FAT_YEARS.1).saturating_mul(1_000_000_000);
    // FUSE drivers on libfuse 2 (exFAT) ignore one time that comes without the other, and say nothing.
    let accessed = file.metadata().and_then(|m| m.accessed()).unwrap_or(system_time(clamped));
    let set = |ns| file.set_times(FileTimes::new().set_accessed(accessed).set_modified(system_time(ns)));
    let _ = set(modified_ns).or_else(|_| set(clamped));
}

fn system_time(ns: i64) -> SystemTime {
    let distance = Duration::from_nanos(ns.unsigned_abs());
    let time = if ns < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) };
    time.unwrap_or(UNIX_EPOCH)
}

/// Asks for room in one piece without changing the size.
#[cfg(target_os = "linux")]
fn reserve(file: &File, bytes: u64) {
    if bytes > 0 {
        let _ = rustix::fs::fallocate(file, rustix::fs::FallocateFlags::KEEP_SIZE, 0, bytes);
    }
}

#[cfg(not(target_os = "linux"))]
fn reserve(_file: &File, _bytes: u64) {}

/// Gives back room that was reserved beyond the end.
fn release_reserve(file: &File) -> io::Result<()> {
    file.set_len(file.metadata()?.len())
}
