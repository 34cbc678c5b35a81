//! `keepsake`: the same engine as the window, in a terminal and for scripts.

mod arguments;
mod commands;
mod exit;
mod progress_bar;
mod text;

use anyhow::Result;
use api::terminal::Terminal;
use clap::{Parser, Subcommand};
use domain::CancelFlag;
use exit::{Exit, Output};
use std::process::ExitCode;

const EXIT_CODES: &str = "\
Exit codes:
  0    all done
  1    some items failed, and each is named
  2    wrong usage
  3    source or library gone or unusable
  130  stopped before the end, by Ctrl-C or SIGTERM; run the same command again to go on";

/// Get photos and videos off an iPhone, safely: verified copies in a library of your choice.
#[derive(Debug, Parser)]
#[command(name = "keepsake", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Work(Work),
    Completions(commands::completions::Args),
    Man(commands::completions::ManArgs),
}

/// What needs the engine.
#[derive(Debug, Subcommand)]
enum Work {
    Devices(commands::devices::Args),
    List(commands::list::Args),
    Albums(commands::albums::Args),
    Import(commands::import::Args),
    Verify(commands::verify::Args),
    History(commands::history::Args),
    Undo(commands::undo::Args),
    DeviceReport(commands::device_report::Args),
}

impl Work {
    fn output(&self) -> Output {
        let json = match self {
            Self::Devices(args) => args.json,
            Self::List(args) => args.json,
            Self::Albums(args) => args.json,
            Self::Import(args) => args.json,
            Self::Verify(args) => args.json,
            Self::History(args) => args.json,
            Self::Undo(args) => args.json,
            Self::DeviceReport(args) => args.json,
        };
        if json { Output::Json } else { Output::Words }
    }
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
    let (output, ended) = match cli.command {
        Command::Work(work) => (work.output(), run(work)),
        Command::Completions(args) => (Output::Words, commands::completions::run::<Cli>(&args)),
        Command::Man(_) => (Output::Words, commands::completions::man::<Cli>()),
    };
    match ended {
        Ok(exit) => exit.into(),
        Err(error) => exit::report(&error, output).into(),
    }
}

fn run(work: Work) -> Result<Exit> {
    let home = api::default_home(std::env::var_os("KEEPSAKE_HOME"));
    let mux = std::env::var("USBMUXD_SOCKET_ADDRESS").ok();
    let context = Context { engine: Terminal::new(&home, mux.as_deref())?, cancel: CancelFlag::default() };
    let flag = context.cancel.clone();
    // SIGTERM, and the terminal being closed, count as Ctrl-C. The first stops the work and takes a half-copied file away; the
    // second ends the program, which is safe as well.
    ctrlc::set_handler(move || {
        if flag.is_cancelled() {
            std::process::exit(130);
        }
        flag.cancel();
    })?;
    match work {
        Work::Devices(args) => commands::devices::run(&context, &args),
        Work::List(args) => commands::list::run(&context, &args),
        Work::Albums(args) => commands::albums::run(&context, &args),
        Work::Import(args) => commands::import::run(&context, &args),
        Work::Verify(args) => commands::verify::run(&context, &args),
        Work::History(args) => commands::history::run(&context, &args),
        Work::Undo(args) => commands::undo::run(&context, &args),
        Work::DeviceReport(args) => commands::device_report::run(&context, &args),
    }
}
