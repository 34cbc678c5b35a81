//! Stopping is heard while a long file is read from the drive, not only between two files.

use super::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// Blocks in which the library in memory hands out a file.
const BLOCK: usize = 1 << 20;

#[test]
fn a_read_back_ends_at_the_next_block() {
    let library = MemoryLibrary::new(LibraryId::new("0123456789abcdef0123456789abcdef"));
    let path = domain::LibraryPath::parse("film.MOV").unwrap();
    library.put(&path, vec![1; 8 * BLOCK]);
    let (cancel, blocks) = (CancelFlag::default(), AtomicU32::new(0));
    let heard = library.read(&path, &mut |_| {
        if blocks.fetch_add(1, Ordering::Relaxed) == 2 {
            return std::ops::ControlFlow::Break(());
        }
        std::ops::ControlFlow::Continue(())
    });
    assert_eq!((heard.is_ok(), blocks.into_inner()), (true, 3));
    cancel.cancel();
    let hashed = crate::hashing::published_hash(&library, &path, &cancel);
    assert!(matches!(hashed, Err(ImportError::Source(SourceError::Cancelled))), "{hashed:?}");
}

#[test]
fn an_import_that_is_stopped_while_a_copy_is_read_back_files_nothing_of_it() {
    let film = vec![7; 3 * BLOCK];
    let lab = lab(&[("/a/1.MOV", &film, 0)]);
    let plan = lab.plan(&Selection::AllNew);
    let got = std::sync::atomic::AtomicU64::new(0);
    // Stopped when the last byte has come: what follows is flushing and reading back.
    let row = lab.run_hearing(&plan, &|news| {
        if let ImportNews::Bytes(bytes) = news
            && got.fetch_add(bytes, Ordering::Relaxed) + bytes == film.len() as u64
        {
            lab.cancel.cancel();
        }
    });
    let row = row.unwrap();
    assert_eq!((row.totals, row.stop.unwrap().code), (totals(0, 0, 0, 1), FailureCode::Cancelled));
    lab.assert_sound(0);
    let lab = Lab { cancel: CancelFlag::default(), ..lab };
    assert_eq!(lab.import().totals, totals(1, 0, 0, 0));
}

#[test]
fn settling_that_is_stopped_goes_on_the_next_time_and_loses_nothing() {
    let mut stopped = 0;
    for calls in 0..80 {
        let lab = cut_after(calls);
        let intended = lab.catalog.intents().unwrap().len();
        let cancelled = CancelFlag::default();
        cancelled.cancel();
        stopped += usize::from(crate::recover::recover(&lab.catalog, &lab.library, &cancelled).is_err());
        assert_eq!(lab.catalog.intents().unwrap().len(), intended, "after {calls} calls");
        let settled = crate::recover::recover(&lab.catalog, &lab.library, &CancelFlag::default()).unwrap();
        assert_eq!(settled.filed.len(), intended, "after {calls} calls");
        lab.assert_sound(lab.paths().len() as u64);
    }
    assert!(stopped > 0, "no run was cut between intent and end");
}
