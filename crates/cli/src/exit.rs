//! How the program ends: 0 all done, 1 some items failed, 2 wrong usage, 3 source or destination gone or unusable, 130 stopped.

use api::{ErrorCode, ErrorDto};
use std::io::Write;
use std::process::ExitCode;

/// The exit codes scripts rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    AllDone,
    SomeFailed,
    WrongUsage,
    Unusable,
    /// The user stopped it before its end.
    Stopped,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::AllDone => 0,
            Exit::SomeFailed => 1,
            Exit::WrongUsage => 2,
            Exit::Unusable => 3,
            Exit::Stopped => 130,
        })
    }
}

/// Returns how the program ends on an error of the engine.
pub fn of(code: ErrorCode) -> Exit {
    match code {
        ErrorCode::BadRequest => Exit::WrongUsage,
        ErrorCode::Cancelled => Exit::Stopped,
        _ => Exit::Unusable,
    }
}

/// Returns how a program ends that has done its work and then wrote of it: as the work ended, also where its reader is gone.
/// What could not be written otherwise is an item that failed.
pub fn after(work: Exit, written: &std::io::Result<()>) -> Exit {
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            // Without these words a full drive behind the output reads like a full library.
            let _ =
                writeln!(std::io::stderr(), "keepsake: the work is done, but its result could not be written: {error}");
            if work == Exit::AllDone { Exit::SomeFailed } else { work }
        }
        _ => work,
    }
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    Words,
    Json,
}

/// Writes an error to standard error, and for programs to standard output as well, and returns how the program ends. A
/// closed pipe is nobody's mistake.
pub fn report(error: &anyhow::Error, output: Output) -> Exit {
    if error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe) {
        return Exit::AllDone;
    }
    let known = error.downcast_ref::<ErrorDto>();
    // Nothing can be said when even that fails.
    let _ = writeln!(std::io::stderr(), "keepsake: {error}");
    if output == Output::Json {
        let line = match known {
            Some(ErrorDto { code, message }) => serde_json::json!({"event": "error", "code": code, "message": message}),
            None => serde_json::json!({"event": "error", "code": "internal", "message": error.to_string()}),
        };
        let _ = writeln!(std::io::stdout(), "{line}");
    }
    known.map_or(Exit::Unusable, |e| of(e.code))
}
