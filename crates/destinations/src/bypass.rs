//! Writing and reading past the system's memory, in aligned pieces out of buffers that are used again and again.
//!
//! A photo that is copied is not looked at soon: kept in memory, it costs the processor a copy and a hundred pages for each
//! MiB, both ways, and pushes out what others keep there. What is flushed, and when, does not change with it.

use memmap2::MmapMut;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

/// What is written or read at a time, in bytes.
pub(crate) const PIECE: usize = 2 << 20;
/// Where pieces must begin in a file: the largest sector in use, in bytes.
pub(crate) const ALIGNMENT: usize = 4096;
/// A page as large as processors have them, in bytes. A drive is told where the bytes are page by page, and told 500 times
/// for each MiB it may be more busy with that than with the bytes (measured with a virtual one: 4.0 against 1.2 GB/s).
const HUGE_PAGE: usize = 2 << 20;
/// Files of fewer bytes are written as usual: there is nothing to gain.
const SMALLEST: u64 = 128 << 10;
/// Buffers kept for later, at most.
const KEPT: usize = 16;

/// Buffers that nobody uses at the moment.
#[derive(Debug, Default)]
pub(crate) struct Buffers(Mutex<Vec<MmapMut>>);

impl Buffers {
    /// Errors when the system has no memory left.
    pub(crate) fn lend(self: &Arc<Self>) -> io::Result<Piece> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let bytes = kept.map_or_else(memory, Ok)?;
        let start = bytes.as_ptr().align_offset(HUGE_PAGE).min(HUGE_PAGE);
        Ok(Piece { bytes: Some(bytes), start, home: Arc::clone(self) })
    }
}

/// Takes memory in which a piece can begin with a huge page. What is before and after it is never touched.
fn memory() -> io::Result<MmapMut> {
    let bytes = MmapMut::map_anon(PIECE + HUGE_PAGE)?;
    // A wish.
    #[cfg(target_os = "linux")]
    let _ = bytes.advise(memmap2::Advice::HugePage);
    Ok(bytes)
}

/// A buffer of [`PIECE`] bytes that begins where every drive lets it begin.
#[derive(Debug)]
pub(crate) struct Piece {
    /// Until it goes back.
    bytes: Option<MmapMut>,
    start: usize,
    home: Arc<Buffers>,
}

impl Deref for Piece {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.as_ref().map_or(&[], |bytes| &bytes[self.start..self.start + PIECE])
    }
}

impl DerefMut for Piece {
    fn deref_mut(&mut self) -> &mut [u8] {
        self.bytes.as_mut().map_or(&mut [], |bytes| &mut bytes[self.start..self.start + PIECE])
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        let mut kept = self.home.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT {
            kept.extend(self.bytes.take());
        }
    }
}

/// The bytes of one file on their way to the medium. Those of its last sector go through the system's memory, as do all
/// where the system insists.
#[derive(Debug)]
pub(crate) struct Outgoing {
    buffers: Arc<Buffers>,
    piece: Option<Piece>,
    filled: usize,
    bypasses: bool,
}

impl Outgoing {
    /// Prepares for a file of so many bytes on a file system that lets its memory be bypassed, or not.
    pub(crate) fn new(file: &File, expected_bytes: u64, buffers: &Arc<Buffers>, can_bypass: bool) -> Self {
        let bypasses = can_bypass && expected_bytes >= SMALLEST && bypass(file);
        Self { buffers: Arc::clone(buffers), piece: None, filled: 0, bypasses }
    }

    /// Takes bytes and writes whole pieces.
    pub(crate) fn write(&mut self, mut file: &File, mut bytes: &[u8]) -> io::Result<()> {
        while self.bypasses && !bytes.is_empty() {
            let piece = match &mut self.piece {
                Some(piece) => piece,
                none => none.insert(self.buffers.lend()?),
            };
            let (now, later) = bytes.split_at(bytes.len().min(PIECE - self.filled));
            piece[self.filled..self.filled + now.len()].copy_from_slice(now);
            self.filled += now.len();
            bytes = later;
            if self.filled == PIECE {
                self.put(file, PIECE)?;
            }
        }
        // Whoever stopped bypassing may have left something in the piece.
        self.put(file, if self.bypasses { 0 } else { self.filled })?;
        file.write_all(bytes)
    }

    /// Writes what is left. Nothing of the file is then anywhere but with the system or on the medium.
    pub(crate) fn finish(&mut self, file: &File) -> io::Result<()> {
        self.put(file, self.filled / ALIGNMENT * ALIGNMENT)?;
        if self.bypasses {
            stop_bypassing(file)?;
            self.bypasses = false;
        }
        self.put(file, self.filled)?;
        self.piece = None;
        Ok(())
    }

    /// Writes the first `length` bytes of the piece; the rest moves to its beginning.
    fn put(&mut self, mut file: &File, length: usize) -> io::Result<()> {
        let Some(piece) = self.piece.as_deref_mut().filter(|_| length > 0) else { return Ok(()) };
        let mut written = 0;
        while written < length {
            match file.write(&piece[written..length]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(some) => written += some,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // The drive wants other sizes or places than we know of.
                Err(error) if self.bypasses && error.kind() == ErrorKind::InvalidInput => {
                    stop_bypassing(file)?;
                    self.bypasses = false;
                }
                Err(error) => return Err(error),
            }
        }
        piece.copy_within(length..self.filled, 0);
        self.filled -= length;
        Ok(())
    }
}

/// Has what is written to or read from this file from now on bypass the system's memory; false where it will not.
#[cfg(target_os = "linux")]
pub(crate) fn bypass(file: &File) -> bool {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    fcntl_getfl(file).and_then(|flags| fcntl_setfl(file, flags | OFlags::DIRECT)).is_ok()
}

/// Undoes [`bypass`].
#[cfg(target_os = "linux")]
pub(crate) fn stop_bypassing(file: &File) -> io::Result<()> {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    Ok(fcntl_setfl(file, fcntl_getfl(file)? - OFlags::DIRECT)?)
}

/// Does nothing: what macOS knows is [`bypass_memory`], and Windows must be told when it opens.
#[cfg(not(target_os = "linux"))]
pub(crate) fn bypass(_file: &File) -> bool {
    false
}

/// Does nothing, for nothing was done.
#[cfg(not(target_os = "linux"))]
pub(crate) fn stop_bypassing(_file: &File) -> io::Result<()> {
    Ok(())
}

/// Has what is written from now on kept out of memory, where a system can drop it only in this way.
#[cfg(target_vendor = "apple")]
pub(crate) fn bypass_memory(file: &File) -> bool {
    rustix::fs::fcntl_nocache(file, true).is_ok()
}

/// Has what is written from now on kept out of memory, where a system can drop it only in this way: not here.
#[cfg(not(target_vendor = "apple"))]
pub(crate) fn bypass_memory(_file: &File) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(pieces: &[&[u8]], can_bypass: bool) -> Vec<u8> {
        let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
        let path = folder.path().join("file");
        let (file, buffers) = (File::create(&path).unwrap(), Arc::default());
        let mut outgoing = Outgoing::new(&file, SMALLEST, &buffers, can_bypass);
        pieces.iter().for_each(|bytes| outgoing.write(&file, bytes).unwrap());
        outgoing.finish(&file).unwrap();
        std::fs::read(path).unwrap()
    }

    #[test]
    fn every_byte_arrives_in_its_place_however_it_is_cut() {
        let bytes: Vec<u8> = (0..3 * PIECE + 5000).map(|i| (i % 251) as u8).collect();
        for cuts in
            [vec![0], vec![1], vec![PIECE], vec![4096], vec![PIECE - 1, PIECE + 7, 3 * PIECE], vec![bytes.len()]]
        {
            let ends = cuts.iter().copied().chain([bytes.len()]);
            let pieces: Vec<&[u8]> =
                std::iter::once(0).chain(cuts.clone()).zip(ends).map(|(a, b)| &bytes[a..b]).collect();
            for can_bypass in [true, false] {
                assert!(written(&pieces, can_bypass) == bytes, "{cuts:?} {can_bypass}");
            }
        }
        assert_eq!(written(&[], true), b"");
    }

    #[test]
    fn a_drive_that_refuses_the_size_of_a_piece_gets_it_the_usual_way() {
        let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
        let path = folder.path().join("file");
        let (file, buffers) = (File::create(&path).unwrap(), Arc::default());
        let mut outgoing = Outgoing::new(&file, SMALLEST, &buffers, true);
        assert!(outgoing.bypasses || !cfg!(target_os = "linux"));
        // In the middle of a sector no piece fits.
        io::copy(&mut b"abc".as_slice(), &mut &file).unwrap_err();
        stop_bypassing(&file).unwrap();
        (&file).write_all(b"abc").unwrap();
        bypass(&file);
        let bytes = vec![7; PIECE + 10];
        outgoing.write(&file, &bytes).unwrap();
        outgoing.finish(&file).unwrap();
        assert!(std::fs::read(path).unwrap() == [b"abc".as_slice(), &bytes].concat());
    }

    #[test]
    fn buffers_come_back_and_begin_where_a_sector_may() {
        let buffers: Arc<Buffers> = Arc::default();
        for _ in 0..3 {
            let (one, two) = (buffers.lend().unwrap(), buffers.lend().unwrap());
            assert_eq!((one.as_ptr() as usize % HUGE_PAGE, two.as_ptr() as usize % HUGE_PAGE), (0, 0));
            assert_eq!((one.len(), two.len()), (PIECE, PIECE));
        }
        assert_eq!(buffers.0.lock().unwrap().len(), 2);
    }
}
