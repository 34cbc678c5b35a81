//! `keepsake device-report`

use crate::Context;
use crate::exit::Exit;
use anyhow::Result;
use api::device_report::{AnswerDto, AskForTrust, DeviceReportDto};
use serde_json::Value;
use std::io::Write;

/// Ask an iPhone what it does where the protocols leave it open: reads only, and tells no names, contents or identities
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `iphone` or `iphone:UDID`
    #[arg(long, default_value = "iphone")]
    source: String,
    /// Have a phone that does not trust this computer ask its owner, and tell what that does
    #[arg(long)]
    pair: bool,
    /// Print a JSON object
    #[arg(long)]
    pub json: bool,
}

pub fn run(context: &Context, args: &Args) -> Result<Exit> {
    let told = &mut |question: &str| {
        // Standard output is for the report.
        let _ = writeln!(std::io::stderr(), "asking: {question}");
    };
    let trust = if args.pair { AskForTrust::Yes } else { AskForTrust::No };
    let report = context.engine.device_report(&args.source, trust, told, &context.cancel)?;
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        print(&mut out, &report)?;
    }
    Ok(Exit::AllDone)
}

fn print(out: &mut dyn Write, report: &DeviceReportDto) -> std::io::Result<()> {
    let model = if report.model.is_empty() { "a phone" } else { &report.model };
    writeln!(out, "{model}, iOS {}, on {} over {}", report.os, report.computer, report.mux)?;
    for answer in &report.answers {
        writeln!(out, "\n{}", answer.question)?;
        writeln!(out, "    {}", words(answer))?;
    }
    writeln!(out, "\nNothing here names the phone, its owner or its photos.")
}

fn words(answer: &AnswerDto) -> String {
    if let Some(why) = &answer.could_not_ask {
        return format!("could not ask: {why}");
    }
    let facts = answer.facts.iter().map(|(name, value)| match value {
        Value::String(word) => format!("{}: {word}", name.replace('_', " ")),
        number => format!("{}: {number}", name.replace('_', " ")),
    });
    facts.collect::<Vec<_>>().join("; ")
}
