//! `keepsake`: the same engine as the window, in a terminal and for scripts.

mod commands;
mod exit;
mod progress_bar;
mod text;

use anyhow::Result;
use api::terminal::Terminal;
use clap::{Parser, Subcommand};
use domain::CancelFlag;
use exit::Exit;
use std::process::ExitCode;

/// Get photos and videos off an iPhone, safely: verified copies in a library of your choice.
#[derive(Debug, Parser)]
#[command(name = "keepsake", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Devices(commands::devices::Args),
    List(commands::list::Args),
    Import(commands::import::Args),
    Verify(commands::verify::Args),
    History(commands::history::Args),
    Undo(commands::undo::Args),
    DeviceReport(commands::device_report::Args),
}

/// What every command gets.
struct Context {
    engine: Terminal,
    cancel: CancelFlag,
}

fn main() -> ExitCode {
    // Photos are decoded by this program, started again and locked in.
    api::decode_if_asked();
    // Usage errors end here with exit code 2 and clap's own words.
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(exit) => exit.into(),
        Err(error) => exit::report(&error).into(),
    }
}

fn run(command: Command) -> Result<Exit> {
    let home = api::default_home(std::env::var_os("KEEPSAKE_HOME"));
    let mux = std::env::var("USBMUXD_SOCKET_ADDRESS").ok();
    let context = Context { engine: Terminal::new(&home, mux.as_deref())?, cancel: CancelFlag::default() };
    let flag = context.cancel.clone();
    // The first Ctrl-C stops the work and takes a half-copied file away; the second ends the program, which is safe as well.
    ctrlc::set_handler(move || {
        if flag.is_cancelled() {
            std::process::exit(130);
        }
        flag.cancel();
    })?;
    match command {
        Command::Devices(args) => commands::devices::run(&context, &args),
        Command::List(args) => commands::list::run(&context, &args),
        Command::Import(args) => commands::import::run(&context, &args),
        Command::Verify(args) => commands::verify::run(&context, &args),
        Command::History(args) => commands::history::run(&context, &args),
        Command::Undo(args) => commands::undo::run(&context, &args),
        Command::DeviceReport(args) => commands::device_report::run(&context, &args),
    }
}
