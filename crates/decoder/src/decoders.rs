//! The children that are there, and drawing with whichever is free.

use crate::confine::Confinement;
use crate::error::DecodeError;
use crate::launch::Launch;
use crate::protocol::Purpose;
use crate::worker::{Mishap, Worker};
use domain::ResourceReader;
use media::{Converted, Drawing, LONGEST_SIDE, Preview};
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

/// Draws in child processes, one for each thread that draws at the same time. They are started when needed and stay; what is
/// kept in place of a photo is drawn by a child of its own, which no file before it can have taken over.
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
        Ok(self.draw((name, file), (Purpose::Show, edge.clamp(16, LONGEST_EDGE)))?.encoded()?)
    }

    /// Makes a JPEG of a photo with all that the photo says of itself, its longer side at most `edge` pixels, of a quality
    /// from 1 to 100: decoded in a child as [`media::develop`] does, written here as [`media::jpeg_of`] does. Errors as
    /// [`DecodeError`] tells.
    pub fn convert(
        &self,
        (name, file): (&str, &mut dyn ResourceReader),
        edge: Option<u32>,
        quality: u8,
    ) -> Result<Converted, DecodeError> {
        let edge = edge.unwrap_or(LONGEST_SIDE).clamp(1, LONGEST_SIDE);
        let drawing = self.draw((name, file), (Purpose::Convert, edge))?;
        Ok(media::jpeg_of(&drawing, (name, file), quality)?)
    }

    /// Returns what the children give up on this computer. Starts one if there is none.
    pub fn confinement(&self) -> Result<Confinement, DecodeError> {
        let (worker, _) = self.take(Purpose::Show)?;
        let confinement = worker.confinement();
        self.give_back(worker, Purpose::Show);
        Ok(confinement)
    }

    fn draw(
        &self,
        (name, file): (&str, &mut dyn ResourceReader),
        wanted: (Purpose, u32),
    ) -> Result<Drawing, DecodeError> {
        loop {
            let (mut worker, age) = self.take(wanted.0)?;
            match worker.draw((name, file), wanted, self.limits) {
                Ok(drawing) => {
                    self.give_back(worker, wanted.0);
                    return Ok(drawing);
                }
                Err(Mishap::Refused(error)) => {
                    self.give_back(worker, wanted.0);
                    return Err(error);
                }
                Err(Mishap::Lost(error)) => return Err(error),
                // Something else ended it while it rested, and maybe the others.
                Err(Mishap::Stale) if age == Age::Used => {}
                Err(Mishap::Stale) => return Err(DecodeError::Crashed),
            }
        }
    }

    fn take(&self, purpose: Purpose) -> Result<(Worker, Age), DecodeError> {
        let free = match purpose {
            Purpose::Show => self.free.lock().unwrap_or_else(PoisonError::into_inner).pop(),
            Purpose::Convert => None,
        };
        match free {
            Some(worker) => Ok((worker, Age::Used)),
            None => Ok((Worker::start(&self.launch)?, Age::Fresh)),
        }
    }

    fn give_back(&self, worker: Worker, purpose: Purpose) {
        if purpose == Purpose::Show && worker.worked() < self.limits.retire {
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
