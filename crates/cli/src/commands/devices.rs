//! `keepsake devices`

use crate::exit::Exit;
use crate::{Context, text};
use anyhow::Result;
use api::dto::{SourceDto, SourceState};
use serde_json::json;
use std::io::Write;

/// List the iPhones and iPads on the cable, and what stands in the way of reading them
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print a JSON array
    #[arg(long)]
    pub json: bool,
}

pub fn run(context: &Context, args: &Args) -> Result<Exit> {
    let devices = context.engine.devices()?;
    let mut out = std::io::stdout().lock();
    if args.json {
        let array: Vec<_> = devices
            .iter()
            .map(|d| json!({"id": udid(d), "name": d.name, "model": d.model, "os": d.os, "state": d.state}))
            .collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&array)?)?;
        return Ok(Exit::AllDone);
    }
    if devices.is_empty() {
        writeln!(out, "No iPhone is connected. Plug one in with a cable, unlock it and tap Trust.")?;
        return Ok(Exit::AllDone);
    }
    let rows: Vec<[String; 4]> = devices.iter().map(row).collect();
    text::table(&mut out, &rows)?;
    Ok(Exit::AllDone)
}

/// `--source` takes it as it is, and as `iphone:UDID`.
fn udid(device: &SourceDto) -> &str {
    device.id.trim_start_matches("iphone:")
}

fn row(device: &SourceDto) -> [String; 4] {
    let state = match device.state {
        SourceState::Ready => "ready",
        SourceState::NotTrusted => "does not trust this computer: unlock it and tap Trust",
        SourceState::TrustPending => "asks whether to trust this computer: tap Trust on it",
        SourceState::Locked => "locked: unlock it",
        SourceState::Unreachable => "does not answer: unplug it and plug it in again",
        SourceState::Ejected => "ejected: it can be unplugged",
        SourceState::Connecting => "connecting",
    };
    [text::plain(&device.name), format!("{}, {}", device.model, device.os), udid(device).to_owned(), state.to_owned()]
}
