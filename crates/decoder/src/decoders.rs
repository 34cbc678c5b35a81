//! The children that are there, and drawing with whichever is free.

use crate::confine::Confinement;
use crate::error::DecodeError;
use crate::launch::Launch;
use crate::worker::{Mishap, Worker};
use domain::ResourceReader;
use media::{Drawing, Preview};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What one picture may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Time that a child may take, apart from waiting for the source.
    pub time: Duration,
    /// Bytes that may be read from the file.
    pub bytes: u64,
    /// What a read counts at least.
    pub least_read: usize,
    /// Time after which a child makes room for a fresh one, so that what leaked is freed and no one reaches the system's
    /// own limit while at work.
    pub retire: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(20),
            // What `media` allows itself and a little more.
            bytes: 96 << 20,
            least_read: 1024,
            retire: Duration::from_secs(300),
        }
    }
}

/// Longest side that a picture may be asked for in; what `media` draws at most.
const LONGEST_EDGE: u32 = 8192;

/// Draws in child processes, one for each thread that draws at the same time. They are started when needed and stay.
#[derive(Debug)]
pub struct Decoders {
    launch: Launch,
    limits: Limits,
    free: Mutex<Vec<Worker>>,
}

impl Decoders {
    /// Takes what to start and how much a picture may cost; starts nothing yet.
    pub fn new(launch: Launch, limits: Limits) -> Self {
        Self { launch, limits, free: Mutex::default() }
    }

    /// Makes a small picture of a file, as [`media::preview`] does: the bytes are read here, decoded in a child, and the
    /// JPEG is made here. Errors as [`DecodeError`] tells.
    pub fn preview(&self, name: &str, file: &mut dyn ResourceReader, edge: u32) -> Result<Preview, DecodeError> {
        Ok(self.draw(name, file, edge.clamp(16, LONGEST_EDGE))?.encoded()?)
    }

    /// Returns what the children give up on this computer. Starts one if there is none.
    pub fn confinement(&self) -> Result<Confinement, DecodeError> {
        let (worker, _) = self.take()?;
        let confinement = worker.confinement();
        self.give_back(worker);
        Ok(confinement)
    }

    fn draw(&self, name: &str, file: &mut dyn ResourceReader, edge: u32) -> Result<Drawing, DecodeError> {
        loop {
            let (mut worker, age) = self.take()?;
            match worker.draw(name, file, edge, self.limits) {
                Ok(drawing) => {
                    self.give_back(worker);
                    return Ok(drawing);
                }
                Err(Mishap::Refused(error)) => {
                    self.give_back(worker);
                    return Err(error);
                }
                Err(Mishap::Lost(error)) => return Err(error),
                // Something else ended it while it rested, and maybe the others.
                Err(Mishap::Stale) if age == Age::Used => {}
                Err(Mishap::Stale) => return Err(DecodeError::Crashed),
            }
        }
    }

    fn take(&self) -> Result<(Worker, Age), DecodeError> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match free {
            Some(worker) => Ok((worker, Age::Used)),
            None => Ok((Worker::start(&self.launch)?, Age::Fresh)),
        }
    }

    fn give_back(&self, worker: Worker) {
        if worker.worked() < self.limits.retire {
            self.free.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        }
    }
}

/// Whether a child has been used before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Age {
    Fresh,
    Used,
}
