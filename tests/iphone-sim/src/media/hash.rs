//! Hashing an open file a piece at a time.

use sha1::{Digest, Sha1};

use super::OpenFile;
use crate::status::Status;

const PIECE: usize = 1 << 20;

pub(super) fn sha1(file: &mut dyn OpenFile, start: u64, length: u64) -> Result<Vec<u8>, Status> {
    let end = file.size()?.min(start.saturating_add(length));
    let (mut sha1, mut at, mut piece) = (Sha1::new(), start, vec![0_u8; PIECE]);
    while at < end {
        let wanted = (end - at).min(PIECE as u64) as usize;
        match file.read_at(at, &mut piece[..wanted])? {
            0 => break,
            some => {
                sha1.update(&piece[..some]);
                at += some as u64;
            }
        }
    }
    Ok(sha1.finalize().to_vec())
}
