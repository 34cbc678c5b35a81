//! What a phone does where the protocols leave it open, asked of a real one: nothing is written, every question has a limit,
//! and what cannot be asked is said. No names, no contents, no identities.

mod files;
mod operations;
mod speed;

use crate::afc::{Answer, Request, Spares};
use crate::dial::Dialer;
use crate::engine::Engine;
use crate::lane::{Lane, On};
use crate::{FileKind, MuxAddress, PhoneError, PhoneInfo};
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
    sample: Option<Sample>,
}

/// A file of the phone that is read for an answer. Neither its name nor its bytes leave this module.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) path: Vec<u8>,
    pub(crate) bytes: u64,
}

type Asking = Pin<Box<dyn Future<Output = Facts> + Send>>;

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

const QUESTIONS: &[Question] = questions! {
    "missing_path", "What does it say of a path that does not exist?", files::missing_path;
    "hash", "Does it hash its own files (operation 0x1D)?", operations::hash;
    "hash_of_a_part", "Does it hash a part of a file (0x1F)?", operations::hash_of_a_part;
    "read_at_offset", "Does it read at an offset in one step (0x27)?", operations::read_at_offset;
    "read_by_path", "Does it read without opening (0x04)?", operations::read_by_path;
    "open_files", "How many files can be open at once?", files::open_files;
    "photos_database", "Can its Photos database be read, and is it locked meanwhile?", files::photos_database;
    "latency", "How long does one question take, and what do many at once gain?", speed::latency;
    "throughput", "Which piece is best to read, and what do more connections gain?", speed::throughput;
    "trust", "Is the USB connection reset on Trust, and is a private key asked for?", trust;
};

/// Asks everything, one question after the other; `told` hears of each before it is asked.
pub(crate) fn report(
    engine: &Engine,
    dialer: &Dialer,
    info: &PhoneInfo,
    told: &mut dyn FnMut(&'static str),
) -> DeviceReport {
    let mut asked = Asked { dialer: dialer.clone(), udid: info.udid.clone(), sample: None };
    let looking = asked.clone();
    let sample = engine.run(async move {
        let looked = tokio::time::timeout(LIMIT, files::sample(&looking)).await;
        looked.unwrap_or(Err(PhoneError::TimedOut))
    });
    asked.sample = sample.ok().flatten();
    let answers = QUESTIONS.iter().map(|question| {
        told(question.question);
        let asking = (question.ask)(asked.clone());
        // A panic, or a phone that never answers, costs this answer and no other.
        let answer = engine.run(async move { Ok(tokio::time::timeout(LIMIT, asking).await) });
        Answered { key: question.key, question: question.question, answer: flattened(answer) }
    });
    let answers = answers.collect();
    DeviceReport {
        model: info.model.clone(),
        os: info.os.clone(),
        computer: std::env::consts::OS,
        mux: match dialer.address {
            MuxAddress::Tcp(_) => "tcp",
            #[cfg(unix)]
            MuxAddress::Unix(_) => "unix",
        },
        answers,
    }
}

fn flattened(answer: Result<Result<Facts, tokio::time::error::Elapsed>, PhoneError>) -> Result<Vec<Fact>, String> {
    match answer {
        Ok(Ok(facts)) => facts.map_err(|Why(why)| why),
        Ok(Err(_)) => Err(format!("there was no answer within {} seconds", LIMIT.as_secs())),
        Err(error) => Err(error.to_string()),
    }
}

/// Neither can be asked without asking the owner again.
async fn trust(_: Asked) -> Facts {
    Err("it would have to be asked to trust this computer once more; no private key was sent for this report".into())
}

impl Asked {
    /// A connection of its own, so that one that breaks or is used up concerns no other question.
    pub(crate) fn lane(&self) -> Lane {
        Lane::new(self.dialer.clone(), self.udid.clone(), Spares::default())
    }

    pub(crate) fn sample(&self) -> Result<&Sample, Why> {
        self.sample.as_ref().ok_or_else(|| "no photo or video of a suitable size was found in the camera folder".into())
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
