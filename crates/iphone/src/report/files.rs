//! Questions about files and handles.

use super::{Asked, Facts, LOOKED_AT, Sample, ask, count, status, suits, word};
use crate::afc::{Answer, Request};
use crate::lane::{Lane, On};
use crate::phone::info_of;
use crate::{FileInfo, PhoneError};
use std::cmp::Reverse;

/// Handles asked for at most: far above what phones are said to have.
const MOST_HANDLES: usize = 1024;
const AT_ONCE: usize = 32;
const NOWHERE: &[u8] = b"/keepsake-asks-for-what-is-not-there";
const DATABASE: &[u8] = b"/PhotoData/Photos.sqlite";
const JOURNAL: &[u8] = b"/PhotoData/Photos.sqlite-wal";
const BEGINNING: &[u8] = b"SQLite format 3\0";

pub(super) async fn missing_path(asked: Asked) -> Facts {
    let lane = asked.lane();
    let info = ask(&lane, Request::file_info(NOWHERE)).await?;
    let listing = ask(&lane, Request::read_dir(NOWHERE)).await?;
    let opening = ask(&lane, Request::open(NOWHERE)).await?;
    Ok(vec![
        count("info_status", status(&info)),
        count("list_status", status(&listing)),
        count("open_status", status(&opening)),
    ])
}

/// Opens one file again and again on a connection of its own, whose end closes all of them.
pub(super) async fn open_files(asked: Asked) -> Facts {
    let sample = asked.sample()?;
    let lane = asked.lane();
    let (mut open, mut on) = (0, On::Any);
    while open < MOST_HANDLES {
        let batch = vec![Request::open(&sample.path); AT_ONCE];
        let exchanged = match lane.exchange(&batch, on).await {
            Err(PhoneError::Disconnected) if open > 0 => {
                return Ok(vec![count("open_at_once", open as u64), word("limit", "the connection broke")]);
            }
            exchanged => exchanged?,
        };
        // Handles are the connection's: on another one counting begins anew.
        on = On::This(exchanged.connection);
        for answer in exchanged.answers {
            match answer {
                Answer::Opened(_) => open += 1,
                refused => return Ok(vec![count("open_at_once", open as u64), count("then_status", status(&refused))]),
            }
        }
    }
    Ok(vec![count("open_at_once", open as u64), word("limit", "not reached")])
}

pub(super) async fn photos_database(asked: Asked) -> Facts {
    let lane = asked.lane();
    let locked = match asked.dialer.locked(&asked.udid).await {
        Ok(true) => "yes",
        Ok(false) => "no",
        Err(_) => "not told",
    };
    let mut facts = vec![word("locked", locked)];
    let answer = ask(&lane, Request::file_info(DATABASE)).await?;
    facts.push(count("info_status", status(&answer)));
    let Ok(info) = info_of(answer) else { return Ok(facts) };
    facts.push(count("megabytes", info.bytes.div_ceil(1_000_000)));
    let journal = info_of(ask(&lane, Request::file_info(JOURNAL)).await?);
    facts.push(word("journal", if journal.is_ok() { "there" } else { "not there" }));
    facts.push(word("readable", beginning(&lane).await?));
    Ok(facts)
}

async fn beginning(lane: &Lane) -> Result<&'static str, PhoneError> {
    let handle = match ask(lane, Request::open(DATABASE)).await? {
        Answer::Opened(handle) => handle,
        _ => return Ok("no"),
    };
    let answer = ask(lane, Request::read(handle, BEGINNING.len())).await?;
    ask(lane, Request::close(handle)).await?;
    Ok(match answer {
        Answer::Data(bytes) if bytes == BEGINNING => "yes",
        Answer::Data(_) => "yes, but it is no database",
        _ => "no",
    })
}

/// Finds the largest files that suit among the first ones of the camera folder: two at most, the largest first.
pub(super) async fn samples(asked: &Asked) -> Result<Vec<Sample>, PhoneError> {
    let lane = asked.lane();
    let mut best: Vec<Sample> = Vec::new();
    let mut looked = 0;
    for folder in names(&lane, b"/DCIM").await? {
        let folder = [b"/DCIM/", folder.as_slice()].concat();
        let Ok(files) = names(&lane, &folder).await else { continue };
        let paths: Vec<Vec<u8>> = files.iter().map(|name| [&folder, &b"/"[..], name].concat()).collect();
        for batch in paths.chunks(AT_ONCE) {
            let requests: Vec<Request> = batch.iter().map(|path| Request::file_info(path)).collect();
            let answers = lane.exchange(&requests, On::Any).await?.answers;
            for (path, answer) in batch.iter().zip(answers) {
                consider(&mut best, path, info_of(answer));
            }
            looked += batch.len();
            if looked >= LOOKED_AT {
                return Ok(best);
            }
        }
    }
    Ok(best)
}

fn consider(best: &mut Vec<Sample>, path: &[u8], info: Result<FileInfo, PhoneError>) {
    let Ok(info) = info else { return };
    if suits(info.kind, info.bytes) {
        best.push(Sample { path: path.to_vec(), bytes: info.bytes });
        best.sort_by_key(|sample| Reverse(sample.bytes));
        best.truncate(2);
    }
}

async fn names(lane: &Lane, folder: &[u8]) -> Result<Vec<Vec<u8>>, PhoneError> {
    let answer = ask(lane, Request::read_dir(folder)).await?.data()?;
    let names = answer.split(|b| *b == 0).filter(|name| !name.is_empty() && *name != b"." && *name != b"..");
    Ok(names.take(LOOKED_AT).map(<[u8]>::to_vec).collect())
}
