//! Progress on a terminal. Where standard error is none, it says only what the phone's owner must do.

use crate::text;
use api::terminal::{ImportLine, ImportListener};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::Write;
use std::sync::Mutex;
use std::time::Duration;

/// Failures and warnings told one by one. A pulled cable makes thousands; `--json` has them all.
const MOST_TOLD: usize = 20;

/// Shows an import to a person.
pub struct Shown {
    bar: ProgressBar,
    /// Failures and warnings are printed when the bar is gone.
    failures: Mutex<Told>,
    warnings: Mutex<Told>,
    /// What a dry run would import.
    planned: Mutex<Told>,
}

/// What is printed when the bar is gone, one sentence each.
pub struct Said {
    pub failures: Vec<String>,
    pub warnings: Vec<String>,
    pub planned: Vec<String>,
}

/// The first sentences of a sort, and how many there were.
#[derive(Default)]
struct Told {
    first: Vec<String>,
    count: usize,
}

impl Told {
    fn add(told: &Mutex<Self>, sentence: String) {
        if let Ok(mut told) = told.lock() {
            told.count += 1;
            if told.first.len() < MOST_TOLD {
                told.first.push(sentence);
            }
        }
    }

    /// The last one says how many more there are.
    fn sentences(told: Mutex<Self>) -> Vec<String> {
        let Self { mut first, count } = told.into_inner().unwrap_or_default();
        if count > first.len() {
            first.push(format!("{} more; --json lists them all", count - first.len()));
        }
        first
    }
}

impl Shown {
    pub fn new() -> Self {
        Self { bar: spinner(), failures: Mutex::default(), warnings: Mutex::default(), planned: Mutex::default() }
    }

    /// Removes the bar and returns what is to be printed then.
    pub fn finish(self) -> Said {
        self.bar.finish_and_clear();
        Said {
            failures: Told::sentences(self.failures),
            warnings: Told::sentences(self.warnings),
            planned: Told::sentences(self.planned),
        }
    }

    /// Standard output is for the result.
    fn say(&self, message: &str) {
        self.bar.suspend(|| {
            let _ = writeln!(std::io::stderr(), "{}", text::plain(message));
        });
    }

    fn begin(&self, bytes: u64) {
        self.bar.set_length(bytes);
        let template = "{wide_bar} {percent}%  {msg}";
        // The template is a constant; a bar without style is the worst that can happen.
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }
}

/// Turns while nobody knows how long it takes.
fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// Shows how far a listing is while it is made, and what the phone's owner must do meanwhile.
pub fn beside<T>(list: impl FnOnce(&mut dyn FnMut(&ImportLine)) -> T) -> T {
    let bar = spinner();
    let result = list(&mut |line| match line {
        ImportLine::Waiting { message } => bar.suspend(|| say_all(std::slice::from_ref(message))),
        line => show_listing(&bar, line),
    });
    bar.finish_and_clear();
    result
}

/// Says something beside the result, which standard output is for.
pub fn say_all(messages: &[String]) {
    for message in messages {
        let _ = writeln!(std::io::stderr(), "{}", text::plain(message));
    }
}

/// Says the first of these, and how many more there are.
pub fn say_first(messages: impl Iterator<Item = String>) {
    let told = Mutex::default();
    messages.for_each(|message| Told::add(&told, message));
    say_all(&Told::sentences(told));
}

/// Says how far a listing is; other lines say nothing of that.
fn show_listing(bar: &ProgressBar, line: &ImportLine) {
    match line {
        ImportLine::Reading { done_bytes, bytes } => {
            let (done, all) = (text::size(*done_bytes), text::size(*bytes));
            bar.set_message(format!("Reading the phone's photo library: {done} of {all}"));
        }
        ImportLine::Listing { assets } => bar.set_message(format!("{assets} photos and videos found")),
        _ => {}
    }
}

impl ImportListener for Shown {
    fn line(&self, line: &ImportLine) {
        match line {
            ImportLine::Waiting { message } if self.bar.is_hidden() => {
                // Whoever started it must know why nothing happens.
                let _ = writeln!(std::io::stderr(), "{}", text::plain(message));
            }
            ImportLine::Waiting { message } => self.bar.set_message(text::plain(message)),
            ImportLine::Reading { .. } | ImportLine::Listing { .. } => show_listing(&self.bar, line),
            ImportLine::LibraryCreated { library } => self.say(&format!("made a new library at {library}")),
            ImportLine::Note { message } => self.say(message),
            ImportLine::Planned { name, bytes, .. } => {
                Told::add(&self.planned, format!("{} ({})", text::plain(name), text::size(*bytes)));
            }
            ImportLine::Started { bytes, .. } => self.begin(*bytes),
            ImportLine::Failed { source_path, message, .. } => {
                Told::add(&self.failures, format!("{}: {}", text::plain(source_path), text::plain(message)));
            }
            ImportLine::Warning { message, .. } => Told::add(&self.warnings, text::plain(message)),
            _ => {}
        }
    }

    fn progress(&self, progress: &api::terminal::Progress) {
        self.bar.set_position(progress.done_bytes);
        if let Some(waiting) = &progress.waiting {
            return self.bar.set_message(text::plain(&waiting.message));
        }
        let left = progress.seconds_left().map_or(String::new(), |s| format!("  {}:{:02} left", s / 60, s % 60));
        self.bar.set_message(format!(
            "{}/{}  {} of {}  {}/s{left}",
            progress.done_assets,
            progress.total_assets,
            text::size(progress.done_bytes),
            text::size(progress.total_bytes),
            text::size(progress.bytes_per_second()),
        ));
    }
}
