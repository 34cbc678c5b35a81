//! What a phone does where the protocols leave it open, asked of a real one: nothing is written, every question has a limit,
//! and what cannot be asked is said. No names, no contents, no identities.

mod files;
mod mux;
mod operations;
mod speed;
mod trust;

use crate::afc::{Answer, Request, Spares};
use crate::dial::Dialer;
use crate::engine::Engine;
use crate::lane::{Lane, On};
use crate::phones::probe_one;
use crate::{FileKind, MuxAddress, PhoneError, PhoneInfo, PhoneState};
use std::pin::Pin;
use std::time::Duration;

/// The longest a question may take.
const LIMIT: Duration = Duration::from_secs(30);
/// Files looked at to find one to read.
const LOOKED_AT: usize = 400;
/// The largest file that is read for an answer, in bytes.
const LARGEST_SAMPLE: u64 = 64 << 20;

/// What a phone answered.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceReport {
    /// The name it is sold under.
    pub model: String,
    /// The version of iOS.
    pub os: String,
    /// The computer's system: `linux`, `macos`, `windows`.
    pub computer: &'static str,
    /// How the mux is reached: `tcp` or `unix`.
    pub mux: &'static str,
    /// The answers, in the order of the questions.
    pub answers: Vec<Answered>,
}

/// A question and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// Names the question in JSON.
    pub key: &'static str,
    /// The question, for people.
    pub question: &'static str,
    /// What was found out, or why it could not be asked.
    pub answer: Result<Vec<Fact>, String>,
}

/// One thing that was found out.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Its name, with its unit.
    pub name: &'static str,
    /// Its value.
    pub value: FactValue,
}

/// The value of a fact.
#[derive(Debug, Clone, PartialEq)]
pub enum FactValue {
    /// A status code, a count.
    Count(u64),
    /// A measured time or speed.
    Measure(f64),
    /// A word of ours.
    Word(&'static str),
    /// The version or the name of a program, as it says.
    Program(String),
}

/// Why a question could not be asked.
pub(crate) struct Why(String);

impl From<PhoneError> for Why {
    fn from(error: PhoneError) -> Self {
        Self(error.to_string())
    }
}

impl From<&str> for Why {
    fn from(reason: &str) -> Self {
        Self(reason.to_owned())
    }
}

pub(crate) type Facts = Result<Vec<Fact>, Why>;

pub(crate) fn count(name: &'static str, value: u64) -> Fact {
    Fact { name, value: FactValue::Count(value) }
}

pub(crate) fn measure(name: &'static str, value: f64) -> Fact {
    Fact { name, value: FactValue::Measure((value * 100.0).round() / 100.0) }
}

pub(crate) fn word(name: &'static str, value: &'static str) -> Fact {
    Fact { name, value: FactValue::Word(value) }
}

/// What each question gets.
#[derive(Clone)]
pub(crate) struct Asked {
    dialer: Dialer,
    udid: String,
    /// The largest files that suit, the largest first; two at most.
    samples: Vec<Sample>,
}

/// A file of the phone that is read for an answer. Neither its name nor its bytes leave this module.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) path: Vec<u8>,
    pub(crate) bytes: u64,
}

type Asking = Pin<Box<dyn Future<Output = Facts> + Send>>;

/// Asks the phone's owner to trust this computer, and waits for the answer.
pub(crate) type Pairing = Pin<Box<dyn Future<Output = Result<(), PhoneError>> + Send>>;

struct Question {
    key: &'static str,
    question: &'static str,
    ask: fn(Asked) -> Asking,
}

macro_rules! questions {
    ($($key:literal, $question:literal, $ask:path;)*) => {
        &[$(Question { key: $key, question: $question, ask: |asked| Box::pin($ask(asked)) }),*]
    };
}

/// What can be asked whether or not the phone trusts this computer.
const OF_ANYONE: &[Question] = questions! {
    "mux", "Which service finds the phone, and what does it say of itself?", mux::itself;
    "cable", "What is told of the cable and its port?", mux::cable;
    "before_trust", "What does the phone tell a computer that it does not trust?", trust::before;
};

const OF_THE_TRUSTED: &[Question] = questions! {
    "missing_path", "What does it say of a path that does not exist?", files::missing_path;
    "hash", "Does it hash its own files (operation 0x1D), and is that faster than reading them?", operations::hash;
    "hash_two", "Does it hash two files at once faster than one after the other?", operations::hash_two;
    "hash_of_a_part", "Does it hash a part of a file (0x1F), and is that faster than reading it?", operations::hash_of_a_part;
    "read_at_offset", "Does it read at an offset in one step (0x27), and is that faster than in two?", operations::read_at_offset;
    "read_by_path", "Does it read without opening (0x04), and is that faster?", operations::read_by_path;
    "open_files", "How many files can be open at once?", files::open_files;
    "photos_database", "Can its Photos database be read, and is it locked meanwhile?", files::photos_database;
    "latency", "How long does one question take, and what do many at once gain?", speed::latency;
    "throughput", "Which piece is best to read, and what do more of them at once and more connections gain?", speed::throughput;
};

const TRUST: (&str, &str) = ("trust", "Is the USB connection reset on Trust, and is a private key asked for?");

/// Asks everything, one question after the other; `told` hears of each before it is asked. Its owner is asked to trust this
/// computer only where there is a `pairing`. Errors when the phone is not there, or the user wants no more.
pub(crate) fn report(
    engine: &Engine,
    dialer: &Dialer,
    udid: &str,
    pairing: Option<Pairing>,
    told: &mut dyn FnMut(&'static str),
) -> Result<DeviceReport, PhoneError> {
    let probed = || engine.run(probe_one(dialer.clone(), udid.to_owned()));
    let before = probed()?;
    let mut asked = Asked { dialer: dialer.clone(), udid: before.udid.clone(), samples: Vec::new() };
    let mut answers: Vec<Answered> =
        OF_ANYONE.iter().map(|question| answered(engine, question, &asked, told)).collect();
    if engine.is_cancelled() {
        return Err(PhoneError::Cancelled);
    }
    told(TRUST.1);
    let pairing = pairing.filter(|_| matches!(before.state, PhoneState::NotTrusted | PhoneState::TrustPending));
    let asks = pairing.is_some();
    let answer = engine.run(trust::asked_for(asked.clone(), before.state, pairing));
    answers.push(Answered { key: TRUST.0, question: TRUST.1, answer: flattened(answer) });
    // One that is gone now has answered what it was asked.
    let gone = PhoneInfo { state: PhoneState::Unreachable, ..before.clone() };
    let info = if asks { probed().unwrap_or(gone) } else { before };
    match without_trust(info.state) {
        None => {
            asked.samples = samples(engine, &asked);
            answers.extend(OF_THE_TRUSTED.iter().map(|question| answered(engine, question, &asked, told)));
        }
        Some(why) => answers.extend(OF_THE_TRUSTED.iter().map(|Question { key, question, .. }| Answered {
            key,
            question,
            answer: Err(why.to_owned()),
        })),
    }
    // An answer that was not waited for is none.
    if engine.is_cancelled() { Err(PhoneError::Cancelled) } else { Ok(put_together(dialer, info, answers)) }
}

fn put_together(dialer: &Dialer, info: PhoneInfo, answers: Vec<Answered>) -> DeviceReport {
    DeviceReport {
        model: info.model,
        os: info.os,
        computer: std::env::consts::OS,
        mux: match dialer.address {
            MuxAddress::Tcp(_) => "tcp",
            #[cfg(unix)]
            MuxAddress::Unix(_) => "unix",
        },
        answers,
    }
}

/// Says why files cannot be asked about, if so.
fn without_trust(state: PhoneState) -> Option<&'static str> {
    match state {
        PhoneState::Ready => None,
        PhoneState::NotTrusted | PhoneState::TrustPending => Some("the phone does not trust this computer"),
        PhoneState::Locked => Some("the phone is locked"),
        PhoneState::Unreachable | PhoneState::Connecting | PhoneState::Ejected => Some("the phone does not answer"),
    }
}

/// Asks one question. A panic, or a phone that never answers, costs this answer and no other.
fn answered(engine: &Engine, question: &Question, asked: &Asked, told: &mut dyn FnMut(&'static str)) -> Answered {
    if !engine.is_cancelled() {
        told(question.question);
    }
    let asking = (question.ask)(asked.clone());
    let answer = engine.run(async move {
        let late = || Err(Why(format!("there was no answer within {} seconds", LIMIT.as_secs())));
        Ok(tokio::time::timeout(LIMIT, asking).await.unwrap_or_else(|_| late()))
    });
    Answered { key: question.key, question: question.question, answer: flattened(answer) }
}

fn flattened(answer: Result<Facts, PhoneError>) -> Result<Vec<Fact>, String> {
    answer.map_err(Why::from).and_then(|facts| facts).map_err(|Why(why)| why)
}

fn samples(engine: &Engine, asked: &Asked) -> Vec<Sample> {
    let looking = asked.clone();
    let looked = engine.run(async move {
        let looked = tokio::time::timeout(LIMIT, files::samples(&looking)).await;
        looked.unwrap_or(Err(PhoneError::TimedOut))
    });
    looked.unwrap_or_default()
}

impl Asked {
    /// A connection of its own, so that one that breaks or is used up concerns no other question.
    pub(crate) fn lane(&self) -> Lane {
        Lane::new(self.dialer.clone(), self.udid.clone(), Spares::default())
    }

    pub(crate) fn sample(&self) -> Result<&Sample, Why> {
        self.samples.first().ok_or_else(|| "no photo or video of a suitable size was found in the camera folder".into())
    }
}

/// Asks one thing.
pub(crate) async fn ask(lane: &Lane, request: Request) -> Result<Answer, PhoneError> {
    let mut exchanged = lane.exchange(&[request], On::Any).await?;
    exchanged.answers.pop().ok_or(PhoneError::Disconnected)
}

/// The status of an answer: 0 when it is none but what was asked for.
pub(crate) fn status(answer: &Answer) -> u64 {
    match answer {
        Answer::Refused(code) => *code,
        _ => 0,
    }
}

/// Tells whether a listed file can be read for an answer.
pub(crate) fn suits(kind: FileKind, bytes: u64) -> bool {
    kind == FileKind::File && (1..=LARGEST_SAMPLE).contains(&bytes)
}
