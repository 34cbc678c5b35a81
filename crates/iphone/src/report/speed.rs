//! Questions about time. They read one file over and over, each for a moment, and keep nothing.

use super::{Asked, Fact, Facts, ask, measure};
use crate::PhoneError;
use crate::afc::Request;
use crate::file::last_data;
use crate::lane::{Lane, On};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const ASKED: usize = 64;
const MANY: usize = 32;
/// How long each speed is measured.
const MEASURED: Duration = Duration::from_millis(400);

/// A way of reading: its name, the bytes of a piece, pieces asked for at once, connections.
type Way = (&'static str, usize, usize, usize);

const WAYS: [Way; 10] = [
    ("mb_per_second_by_64_kib", 64 << 10, 1, 1),
    ("mb_per_second_by_256_kib", 256 << 10, 1, 1),
    ("mb_per_second_by_1_mib", 1 << 20, 1, 1),
    ("mb_per_second_by_4_mib", 4 << 20, 1, 1),
    ("mb_per_second_by_2_of_1_mib_at_once", 1 << 20, 2, 1),
    ("mb_per_second_by_4_of_256_kib_at_once", 256 << 10, 4, 1),
    ("mb_per_second_by_4_of_1_mib_at_once", 1 << 20, 4, 1),
    ("mb_per_second_over_2_connections", 1 << 20, 1, 2),
    ("mb_per_second_over_3_connections", 1 << 20, 1, 3),
    ("mb_per_second_over_4_connections", 1 << 20, 1, 4),
];

pub(super) async fn latency(asked: Asked) -> Facts {
    let lane = asked.lane();
    ask(&lane, Request::device_info()).await?;
    let mut times = Vec::with_capacity(ASKED);
    for _ in 0..ASKED {
        let began = Instant::now();
        ask(&lane, Request::file_info(b"/DCIM")).await?;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    let many = vec![Request::file_info(b"/DCIM"); MANY];
    let began = Instant::now();
    lane.exchange(&many, On::Any).await?;
    let each = began.elapsed().as_secs_f64() * 1000.0 / MANY as f64;
    Ok(vec![
        measure("milliseconds_each", times[ASKED / 2].as_secs_f64() * 1000.0),
        measure("slowest_milliseconds", times[ASKED - 1].as_secs_f64() * 1000.0),
        measure("milliseconds_each_of_32_at_once", each),
    ])
}

pub(super) async fn throughput(asked: Asked) -> Facts {
    let sample = asked.sample()?.clone();
    let mut facts: Vec<Fact> = Vec::new();
    for (name, piece, at_once, connections) in WAYS {
        // All are open before one begins: they are to read at the same time.
        let mut open = Vec::with_capacity(connections);
        for _ in 0..connections {
            let lane = asked.lane();
            let handle = ask(&lane, Request::open(&sample.path)).await?.handle()?;
            open.push((lane, handle));
        }
        let readers =
            open.into_iter().map(|(lane, handle)| async move { read_on(&lane, handle, piece, at_once).await });
        let mut readers: JoinSet<_> = readers.collect();
        let mut together = 0.0;
        while let Some(joined) = readers.join_next().await {
            together += joined.map_err(|_| PhoneError::Panicked)??;
        }
        facts.push(measure(name, together));
    }
    Ok(facts)
}

/// Reads an open file again and again, several pieces asked for before the first is there, and returns megabytes per second.
async fn read_on(lane: &Lane, handle: u64, piece: usize, at_once: usize) -> Result<f64, PhoneError> {
    let pieces = vec![Request::read(handle, piece); at_once];
    let (began, mut bytes) = (Instant::now(), 0_u64);
    while began.elapsed() < MEASURED {
        let mut read = 0;
        for answer in lane.exchange(&pieces, On::Any).await?.answers {
            read += last_data(vec![answer])?.len();
        }
        bytes += read as u64;
        if read < piece * at_once {
            ask(lane, Request::seek(handle, 0)).await?;
        }
    }
    Ok(bytes as f64 / 1e6 / began.elapsed().as_secs_f64())
}
