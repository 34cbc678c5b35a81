//! One child process, seen from the application.

use crate::confine::Confinement;
use crate::decoders::Limits;
use crate::error::DecodeError;
use crate::launch::Launch;
use crate::protocol::{Answer, MOST_BYTES, Order, Purpose};
use crate::watch::Watch;
use domain::{ResourceReader, SourceError};
use media::{Drawing, PreviewError};
use std::io;
use std::process::{ChildStdin, ChildStdout};
use std::time::{Duration, Instant};

/// How long a child may take to be ready. A large program on a busy computer takes its time.
const TO_START: Duration = Duration::from_secs(30);

/// A child that waits for work.
#[derive(Debug)]
pub(crate) struct Worker {
    orders: ChildStdin,
    answers: ChildStdout,
    watch: Watch,
    confinement: Confinement,
    worked: Duration,
}

/// How far a picture has come.
struct Job<'a> {
    file: &'a mut dyn ResourceReader,
    edge: u32,
    limits: Limits,
    /// Time left.
    patience: Duration,
    /// Bytes that may still be read.
    budget: u64,
    /// What the source said, once it failed.
    failure: Option<SourceError>,
}

/// Why a child did not draw.
pub(crate) enum Mishap {
    /// It said why; it goes on.
    Refused(DecodeError),
    /// It is gone, or must be.
    Lost(DecodeError),
    /// It was gone before it began.
    Stale,
}

impl Worker {
    /// Starts a child and waits until it is locked in.
    pub(crate) fn start(launch: &Launch) -> Result<Self, DecodeError> {
        let failed = |error: io::Error| DecodeError::NoDecoder(error.to_string());
        let mut child = launch.start().map_err(failed)?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let watch = Watch::over(child).map_err(failed)?;
        let (orders, answers) = pipes.ok_or_else(|| DecodeError::NoDecoder("it has no pipes".to_owned()))?;
        let mut worker = Self { orders, answers, watch, confinement: Confinement::default(), worked: Duration::ZERO };
        worker.watch.expect(TO_START);
        match Answer::receive(&mut worker.answers, 0) {
            Ok(Answer::Ready(bits)) => worker.confinement = Confinement::from_bits(bits),
            Ok(_) => return Err(DecodeError::NoDecoder("the program started is no decoder".to_owned())),
            Err(error) => return Err(failed(error)),
        }
        worker.watch.rest();
        Ok(worker)
    }

    /// Returns what the child has given up.
    pub(crate) fn confinement(&self) -> Confinement {
        self.confinement
    }

    /// Returns how long the child has been busy.
    pub(crate) fn worked(&self) -> Duration {
        self.worked
    }

    /// Has the child draw a file.
    pub(crate) fn draw(
        &mut self,
        (name, file): (&str, &mut dyn ResourceReader),
        (purpose, edge): (Purpose, u32),
        limits: Limits,
    ) -> Result<Drawing, Mishap> {
        let order = Order::Draw { purpose, name: name.to_owned(), size: file.size(), edge };
        if order.send(&mut self.orders).is_err() {
            return Err(Mishap::Stale);
        }
        let mut job = Job { file, edge, limits, patience: limits.time, budget: limits.bytes, failure: None };
        let mut answer = self.next(&mut job).map_err(|error| match error.kind() {
            // Every file is read from before anything can go wrong with it.
            io::ErrorKind::UnexpectedEof if !self.watch.was_overdue() => Mishap::Stale,
            _ => self.lost(&job),
        })?;
        loop {
            match answer {
                Answer::Read { offset, length } => {
                    let reply = job.read(offset, length).ok_or_else(|| self.lost(&job))?;
                    reply.send(&mut self.orders).map_err(|_| self.lost(&job))?;
                }
                Answer::Drawn(drawing) => return Ok(drawing),
                Answer::Failed(error) => return Err(Mishap::Refused(job.reason(error))),
                Answer::Ready(_) => return Err(self.lost(&job)),
            }
            answer = self.next(&mut job).map_err(|_| self.lost(&job))?;
        }
    }

    /// Waits for the child; only its own time is counted, not that of the source.
    fn next(&mut self, job: &mut Job) -> io::Result<Answer> {
        let began = Instant::now();
        self.watch.expect(job.patience);
        let answer = Answer::receive(&mut self.answers, job.edge);
        self.watch.rest();
        let took = began.elapsed();
        self.worked += took;
        job.patience = job.patience.saturating_sub(took);
        answer
    }

    fn lost(&self, job: &Job) -> Mishap {
        let slow = self.watch.was_overdue() || job.patience.is_zero();
        Mishap::Lost(if slow { DecodeError::TooSlow } else { DecodeError::Crashed })
    }
}

impl Job<'_> {
    /// Reads for the child, within the budget; `None` when it wants more than anyone may.
    fn read(&mut self, offset: u64, length: u32) -> Option<Order> {
        let length = (length as usize).min(MOST_BYTES);
        // Small reads cost a message, too.
        self.budget = self.budget.checked_sub(length.max(self.limits.least_read) as u64)?;
        Some(match self.file.read_at(offset, length) {
            Ok(mut bytes) => {
                bytes.truncate(length);
                Order::Bytes(bytes)
            }
            Err(error) => {
                self.failure = Some(error);
                Order::Failed
            }
        })
    }

    /// Puts the source's own words in place of those that the child made up.
    fn reason(&mut self, error: PreviewError) -> DecodeError {
        match (error, self.failure.take()) {
            (PreviewError::Source(_), Some(failure)) => failure.into(),
            // It cannot know of a failure that there was not.
            (PreviewError::Source(_), None) => DecodeError::Crashed,
            (error, _) => error.into(),
        }
    }
}
