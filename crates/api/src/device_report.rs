//! What a phone does where the protocols leave it open, for whoever wants to tell the makers of this program.

use crate::dto::ErrorDto;
use crate::terminal::Terminal;
use domain::{CancelFlag, SourceError};
pub use iphone::AskForTrust;
use iphone::{Answered, DeviceReport, FactValue};
use serde::Serialize;
use serde_json::{Map, Value};
use sources::{SourceSpec, find_phone};

/// A phone's report. It has no names, contents or identities.
#[derive(Debug, Clone, Serialize)]
pub struct DeviceReportDto {
    /// The name it is sold under.
    pub model: String,
    /// The version of iOS.
    pub os: String,
    /// The computer's system.
    pub computer: &'static str,
    /// How the service for phones is reached: `tcp` or `unix`.
    pub mux: &'static str,
    /// The answers, in the order of the questions.
    pub answers: Vec<AnswerDto>,
}

/// A question and what came of it.
#[derive(Debug, Clone, Serialize)]
pub struct AnswerDto {
    /// Names the question.
    pub key: &'static str,
    /// The question, for people.
    pub question: &'static str,
    /// What was found out, by name; empty when it could not be asked.
    pub facts: Map<String, Value>,
    /// Why it could not be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub could_not_ask: Option<String>,
}

impl Terminal {
    /// Asks the phone that a source names, reading only. `told` hears each question before it is asked. A phone that does not
    /// trust this computer is asked what any computer may ask; its owner is asked for trust only if that is wished for.
    /// Errors when there is no such phone.
    pub fn device_report(
        &self,
        source: &str,
        trust: AskForTrust,
        told: &mut dyn FnMut(&str),
        cancel: &CancelFlag,
    ) -> Result<DeviceReportDto, ErrorDto> {
        let udid = match SourceSpec::parse(source) {
            SourceSpec::AnyIphone => None,
            SourceSpec::Iphone(udid) => Some(udid),
            SourceSpec::Folder(_) => return Err(SourceError::Unusable("a folder has no device report".into()).into()),
        };
        let phone = find_phone(&self.phones, udid.as_deref())?;
        let report = self.phones.report(&phone.udid, trust, &mut |question| told(question), cancel)?;
        Ok(report_dto(report))
    }
}

fn report_dto(report: DeviceReport) -> DeviceReportDto {
    let DeviceReport { model, os, computer, mux, answers } = report;
    DeviceReportDto { model, os, computer, mux, answers: answers.into_iter().map(answer_dto).collect() }
}

fn answer_dto(Answered { key, question, answer }: Answered) -> AnswerDto {
    let (facts, could_not_ask) = match answer {
        Ok(facts) => (facts, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    let facts = facts.into_iter().map(|fact| {
        let value = match fact.value {
            FactValue::Count(number) => Value::from(number),
            FactValue::Measure(number) => Value::from(number),
            FactValue::Word(word) => Value::from(word),
            FactValue::Program(name) => Value::from(name),
        };
        (fact.name.to_owned(), value)
    });
    AnswerDto { key, question, facts: facts.collect(), could_not_ask }
}
