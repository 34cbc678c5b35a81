//! Questions about operations that not every phone is known to have. Each is compared with the ordinary way.

use super::{Asked, Fact, Facts, Sample, Why, ask, count, measure, status, word};
use crate::PhoneError;
use crate::afc::{Answer, Request};
use crate::lane::{Lane, On};
use sha1::{Digest, Sha1};
use std::time::{Duration, Instant};

/// Bytes that are read for a comparison, at most.
const PART: usize = 256 << 10;
const PIECE: usize = 1 << 20;
/// What hashing a sample may take the phone beyond the limit of a request.
const WORK: Duration = Duration::from_secs(8);

pub(super) async fn hash(asked: Asked) -> Facts {
    let sample = asked.sample()?;
    let lane = asked.lane();
    let began = Instant::now();
    let mut exchanged = lane.exchange_slowly(&[Request::hash(&sample.path)], On::Any, WORK).await?;
    let took = began.elapsed();
    let answer = exchanged.answers.pop().ok_or(PhoneError::Disconnected)?;
    let Answer::Data(told) = answer else { return Ok(vec![count("status", status(&answer))]) };
    let mut sha1 = Sha1::new();
    let mut at = 0;
    let handle = opened(&lane, sample).await?;
    while at < sample.bytes {
        let piece = ask(&lane, Request::read(handle, PIECE)).await?.data()?;
        if piece.is_empty() {
            return Err("the file ended early".into());
        }
        sha1.update(&piece);
        at += piece.len() as u64;
    }
    let mut facts = compared(&told, &sha1.finalize());
    facts.push(measure("milliseconds", took.as_secs_f64() * 1000.0));
    facts.push(measure("megabytes_per_second", sample.bytes as f64 / 1e6 / took.as_secs_f64().max(1e-6)));
    Ok(facts)
}

pub(super) async fn hash_of_a_part(asked: Asked) -> Facts {
    let sample = asked.sample()?;
    let part = middle(&asked, sample).await?;
    let request = Request::hash_of_a_part(&sample.path, sample.bytes / 2, part.len() as u64);
    match ask(&asked.lane(), request).await? {
        Answer::Data(told) => Ok(compared(&told, &Sha1::digest(&part))),
        other => Ok(vec![count("status", status(&other))]),
    }
}

pub(super) async fn read_at_offset(asked: Asked) -> Facts {
    let sample = asked.sample()?;
    let part = middle(&asked, sample).await?;
    let lane = asked.lane();
    let handle = opened(&lane, sample).await?;
    let answer = ask(&lane, Request::read_at(handle, sample.bytes / 2, part.len())).await?;
    Ok(same(answer, &part))
}

pub(super) async fn read_by_path(asked: Asked) -> Facts {
    let sample = asked.sample()?;
    let part = middle(&asked, sample).await?;
    let answer = ask(&asked.lane(), Request::read_by_path(&sample.path, sample.bytes / 2, part.len())).await?;
    Ok(same(answer, &part))
}

/// Reads a part of the sample in the ordinary way: from its middle on.
async fn middle(asked: &Asked, sample: &Sample) -> Result<Vec<u8>, Why> {
    let lane = asked.lane();
    let handle = opened(&lane, sample).await?;
    let length = PART.min(usize::try_from(sample.bytes.div_ceil(2)).unwrap_or(PART));
    let seek = ask(&lane, Request::seek(handle, sample.bytes / 2)).await?;
    if status(&seek) != 0 {
        return Err(PhoneError::Refused(status(&seek)).into());
    }
    Ok(ask(&lane, Request::read(handle, length)).await?.data()?)
}

async fn opened(lane: &Lane, sample: &Sample) -> Result<u64, PhoneError> {
    ask(lane, Request::open(&sample.path)).await?.handle()
}

fn compared(told: &[u8], ours: &[u8]) -> Vec<Fact> {
    let agrees = if told == ours { "yes" } else { "no" };
    vec![count("status", 0), word("agrees_with_sha1", agrees), count("bytes", told.len() as u64)]
}

fn same(answer: Answer, part: &[u8]) -> Vec<Fact> {
    let equal = match &answer {
        Answer::Data(bytes) if bytes == part => "yes",
        Answer::Data(_) => "no",
        _ => return vec![count("status", status(&answer))],
    };
    vec![count("status", 0), word("same_bytes", equal)]
}
