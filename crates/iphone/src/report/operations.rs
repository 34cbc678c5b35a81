//! Questions about operations that not every phone is known to have. Each is compared with the ordinary way, in what it gives
//! and in how long it takes.

use super::{Asked, Fact, Facts, Sample, Why, ask, count, measure, status, word};
use crate::PhoneError;
use crate::afc::{Answer, Request};
use crate::file::last_data;
use crate::lane::{Lane, On};
use sha1::{Digest, Sha1};
use std::time::{Duration, Instant};

/// Bytes that are read for a comparison, at most.
const PART: usize = 256 << 10;
const PIECE: usize = 1 << 20;
/// What hashing a sample may take the phone beyond the limit of a request.
const WORK: Duration = Duration::from_secs(8);
/// How often each way is taken, in turns; of the times the middle one counts.
const TIMES: usize = 15;

pub(super) async fn hash(asked: Asked) -> Facts {
    let sample = asked.sample()?;
    let lane = asked.lane();
    let answer = hashed(&lane, sample).await?;
    let Answer::Data(told) = answer else { return Ok(vec![count("status", status(&answer))]) };
    // The connection is there now, and the phone has the file in memory for both ways.
    let began = Instant::now();
    hashed(&lane, sample).await?;
    let took = began.elapsed();
    let mut sha1 = Sha1::new();
    let mut at = 0;
    let mut reading = Duration::ZERO;
    let handle = opened(&lane, sample).await?;
    while at < sample.bytes {
        let began = Instant::now();
        let piece = ask(&lane, Request::read(handle, PIECE)).await?.data()?;
        reading += began.elapsed();
        if piece.is_empty() {
            return Err("the file ended early".into());
        }
        sha1.update(&piece);
        at += piece.len() as u64;
    }
    let speed = |took: Duration| sample.bytes as f64 / 1e6 / took.as_secs_f64().max(1e-6);
    let mut facts = compared(&told, &sha1.finalize());
    facts.push(measure("milliseconds", milliseconds(took)));
    facts.push(measure("milliseconds_by_reading", milliseconds(reading)));
    facts.push(measure("megabytes_per_second", speed(took)));
    facts.push(measure("megabytes_per_second_by_reading", speed(reading)));
    Ok(facts)
}

/// Has two files hashed one after the other, then both at once over two connections.
pub(super) async fn hash_two(asked: Asked) -> Facts {
    let one = asked.sample()?;
    let other = asked.samples.get(1).ok_or("only one photo or video of a suitable size was found")?;
    let lanes = [asked.lane(), asked.lane()];
    // Connections are made, and what is kept in memory is there, before anything is measured.
    for (lane, sample) in lanes.iter().zip([one, other]) {
        let answer = hashed(lane, sample).await?;
        if !matches!(answer, Answer::Data(_)) {
            return Ok(vec![count("status", status(&answer))]);
        }
    }
    let began = Instant::now();
    let apart = (hashed(&lanes[0], one).await?, hashed(&lanes[1], other).await?);
    let in_turn = began.elapsed();
    let began = Instant::now();
    let together = tokio::try_join!(hashed(&lanes[0], one), hashed(&lanes[1], other))?;
    let at_once = began.elapsed();
    Ok(vec![
        word("same_hashes", if apart == together { "yes" } else { "no" }),
        measure("milliseconds_one_after_the_other", milliseconds(in_turn)),
        measure("milliseconds_at_once", milliseconds(at_once)),
        measure(
            "megabytes_per_second_at_once",
            (one.bytes + other.bytes) as f64 / 1e6 / at_once.as_secs_f64().max(1e-6),
        ),
    ])
}

async fn hashed(lane: &Lane, sample: &Sample) -> Result<Answer, PhoneError> {
    let mut exchanged = lane.exchange_slowly(&[Request::hash(&sample.path)], On::Any, WORK).await?;
    exchanged.answers.pop().ok_or(PhoneError::Disconnected)
}

pub(super) async fn hash_of_a_part(asked: Asked) -> Facts {
    let middle = Middle::of(&asked).await?;
    let Middle { lane, handle, offset, part } = &middle;
    let way = [Request::hash_of_a_part(&asked.sample()?.path, *offset, part.len() as u64)];
    match tried(lane, &way).await? {
        Answer::Data(told) => {
            let facts = compared(&told, &Sha1::digest(part));
            middle.timed(facts, &way, &[Request::seek(*handle, *offset), Request::read(*handle, part.len())]).await
        }
        other => Ok(vec![count("status", status(&other))]),
    }
}

pub(super) async fn read_at_offset(asked: Asked) -> Facts {
    let middle = Middle::of(&asked).await?;
    let Middle { lane, handle, offset, part } = &middle;
    let way = [Request::read_at(*handle, *offset, part.len())];
    match same(&tried(lane, &way).await?, part) {
        Ok(facts) => {
            middle.timed(facts, &way, &[Request::seek(*handle, *offset), Request::read(*handle, part.len())]).await
        }
        Err(refused) => Ok(refused),
    }
}

/// The ordinary way takes two trips there and back: what is read is known by a handle that comes first.
pub(super) async fn read_by_path(asked: Asked) -> Facts {
    let middle = Middle::of(&asked).await?;
    let path = &asked.sample()?.path;
    let way = [Request::read_by_path(path, middle.offset, middle.part.len())];
    let mut facts = match same(&tried(&middle.lane, &way).await?, &middle.part) {
        Ok(facts) => facts,
        Err(refused) => return Ok(refused),
    };
    let (mut times, mut ordinary) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        times.push(timed(&middle.lane, &way).await?);
        let began = Instant::now();
        let handle = ask(&middle.lane, Request::open(path)).await?.handle()?;
        let read = Request::read(handle, middle.part.len());
        timed(&middle.lane, &[Request::seek(handle, middle.offset), read, Request::close(handle)]).await?;
        ordinary.push(began.elapsed());
    }
    facts.extend(times_of(times, ordinary));
    Ok(facts)
}

/// The middle of the sample, read in the ordinary way.
struct Middle {
    lane: Lane,
    handle: u64,
    offset: u64,
    part: Vec<u8>,
}

impl Middle {
    async fn of(asked: &Asked) -> Result<Self, Why> {
        let sample = asked.sample()?;
        let lane = asked.lane();
        let handle = opened(&lane, sample).await?;
        let offset = sample.bytes / 2;
        let length = PART.min(usize::try_from(sample.bytes.div_ceil(2)).unwrap_or(PART));
        let read = [Request::seek(handle, offset), Request::read(handle, length)];
        let part = last_data(lane.exchange(&read, On::Any).await?.answers)?;
        Ok(Self { lane, handle, offset, part })
    }

    /// Adds how long a way takes, and how long the ordinary one.
    async fn timed(&self, mut facts: Vec<Fact>, way: &[Request], ordinary: &[Request]) -> Facts {
        let (mut times, mut ordinarily) = (Vec::new(), Vec::new());
        for _ in 0..TIMES {
            times.push(timed(&self.lane, way).await?);
            ordinarily.push(timed(&self.lane, ordinary).await?);
        }
        facts.extend(times_of(times, ordinarily));
        Ok(facts)
    }
}

async fn tried(lane: &Lane, way: &[Request]) -> Result<Answer, PhoneError> {
    lane.exchange(way, On::Any).await?.answers.pop().ok_or(PhoneError::Disconnected)
}

async fn timed(lane: &Lane, requests: &[Request]) -> Result<Duration, PhoneError> {
    let began = Instant::now();
    lane.exchange(requests, On::Any).await?;
    Ok(began.elapsed())
}

fn times_of(times: Vec<Duration>, ordinarily: Vec<Duration>) -> [Fact; 2] {
    [measure("milliseconds", middle(times)), measure("milliseconds_in_the_ordinary_way", middle(ordinarily))]
}

fn middle(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).copied().map_or(0.0, milliseconds)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

async fn opened(lane: &Lane, sample: &Sample) -> Result<u64, PhoneError> {
    ask(lane, Request::open(&sample.path)).await?.handle()
}

fn compared(told: &[u8], ours: &[u8]) -> Vec<Fact> {
    let agrees = if told == ours { "yes" } else { "no" };
    vec![count("status", 0), word("agrees_with_sha1", agrees), count("bytes", told.len() as u64)]
}

/// Compares what was read; errors with the facts of a refusal.
fn same(answer: &Answer, part: &[u8]) -> Result<Vec<Fact>, Vec<Fact>> {
    match answer {
        Answer::Data(bytes) => {
            Ok(vec![count("status", 0), word("same_bytes", if bytes == part { "yes" } else { "no" })])
        }
        refused => Err(vec![count("status", status(refused))]),
    }
}
