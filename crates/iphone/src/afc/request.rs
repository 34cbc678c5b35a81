//! The operations that read. There are no others here: nothing on a phone is ever changed.

const READ_DIR: u64 = 0x03;
const FILE_INFO: u64 = 0x0A;
const DEVICE_INFO: u64 = 0x0B;
const FILE_OPEN: u64 = 0x0D;
const FILE_READ: u64 = 0x0F;
const FILE_SEEK: u64 = 0x11;
const FILE_CLOSE: u64 = 0x14;
const FILE_HASH: u64 = 0x1D;
const READ_BY_PATH: u64 = 0x04;
const HASH_OF_A_PART: u64 = 0x1F;
const READ_AT: u64 = 0x27;

const READ_ONLY: u64 = 1;
const FROM_START: u64 = 0;

/// The listing of a folder with 200,000 names of 160 bytes.
const LONGEST_LISTING: usize = 32 << 20;
/// One of many listings: the 3,000 longest names of a phone's own, or 10,000 of the camera's.
const LONGEST_BRIEF_LISTING: usize = 128 << 10;
const LONGEST_INFO: usize = 64 << 10;

/// One question to the phone, and how long its answer may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) operation: u64,
    pub(crate) arguments: Vec<u8>,
    pub(crate) longest_answer: usize,
}

impl Request {
    pub(crate) fn read_dir(path: &[u8]) -> Self {
        Self { operation: READ_DIR, arguments: with_end(path), longest_answer: LONGEST_LISTING }
    }

    /// Lists a folder that is one of many, all of which are held in memory at once.
    pub(crate) fn read_dir_in_brief(path: &[u8]) -> Self {
        Self { longest_answer: LONGEST_BRIEF_LISTING, ..Self::read_dir(path) }
    }

    pub(crate) fn file_info(path: &[u8]) -> Self {
        Self { operation: FILE_INFO, arguments: with_end(path), longest_answer: LONGEST_INFO }
    }

    /// Asks the same about the folder that holds all others.
    pub(crate) fn about_the_root(&self) -> Self {
        Self { arguments: with_end(b"/"), ..self.clone() }
    }

    pub(crate) fn device_info() -> Self {
        Self { operation: DEVICE_INFO, arguments: Vec::new(), longest_answer: LONGEST_INFO }
    }

    pub(crate) fn open(path: &[u8]) -> Self {
        let arguments = [&READ_ONLY.to_le_bytes(), with_end(path).as_slice()].concat();
        Self { operation: FILE_OPEN, arguments, longest_answer: 0 }
    }

    pub(crate) fn read(handle: u64, length: usize) -> Self {
        Self { operation: FILE_READ, arguments: numbers(&[handle, length as u64]), longest_answer: length }
    }

    pub(crate) fn seek(handle: u64, offset: u64) -> Self {
        Self { operation: FILE_SEEK, arguments: numbers(&[handle, FROM_START, offset]), longest_answer: 0 }
    }

    pub(crate) fn close(handle: u64) -> Self {
        Self { operation: FILE_CLOSE, arguments: numbers(&[handle]), longest_answer: 0 }
    }

    /// Reads without a handle. Not every phone is known to have it.
    pub(crate) fn read_by_path(path: &[u8], offset: u64, length: usize) -> Self {
        let arguments = [numbers(&[offset, length as u64]), with_end(path)].concat();
        Self { operation: READ_BY_PATH, arguments, longest_answer: length }
    }

    /// Reads at an offset without seeking first. Not every phone is known to have it.
    pub(crate) fn read_at(handle: u64, offset: u64, length: usize) -> Self {
        let arguments = numbers(&[handle, length as u64, offset]);
        Self { operation: READ_AT, arguments, longest_answer: length }
    }

    /// Hashes a part of a file. Not every phone is known to have it.
    pub(crate) fn hash_of_a_part(path: &[u8], offset: u64, length: u64) -> Self {
        let arguments = [numbers(&[offset, length]), with_end(path)].concat();
        Self { operation: HASH_OF_A_PART, arguments, longest_answer: 1024 }
    }

    pub(crate) fn hash(path: &[u8]) -> Self {
        Self { operation: FILE_HASH, arguments: with_end(path), longest_answer: 1024 }
    }
}

/// Paths end with a zero byte, as the oldest client sends them.
fn with_end(path: &[u8]) -> Vec<u8> {
    [path, b"\0"].concat()
}

fn numbers(values: &[u64]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}
