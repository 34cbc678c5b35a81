//! `keepsake import`

use crate::arguments::{FilterArgs, LibraryArg, OriginArgs};
use crate::exit::{self, Exit};
use crate::progress_bar::{Said, Shown};
use crate::{Context, text};
use anyhow::Result;
use api::terminal::{
    Choice, Conversion, Finished, ImportLine, ImportListener, ImportMode, ImportOrder, Made, NewLibrary, Originals,
    Progress, Renditions, Repeats, SharedAlbums, Sidecars, Thoroughness, Wanted,
};
use api::{ErrorCode, ErrorDto};
use std::io::{Read, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Longest standard input in bytes: ids of a million assets.
const LONGEST_INPUT: u64 = 32 << 20;

/// Copy photos and videos into a library, verify every copy, and say what became of each
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("selection").required(true))]
#[command(group = clap::ArgGroup::new("making").multiple(true))]
pub struct Args {
    #[command(flatten)]
    origin: OriginArgs,
    #[command(flatten)]
    place: LibraryArg,
    /// Make a new library in that folder if there is none. Without it such a folder is refused: it may be that of a drive that
    /// is not connected
    #[arg(long)]
    create: bool,
    /// Import everything that is not in the library yet
    #[arg(long, group = "selection")]
    all_new: bool,
    /// Import these assets, by the ids that `keepsake list` prints; `-` reads them from standard input
    #[arg(long, group = "selection", value_delimiter = ',', value_name = "ID[,ID…]")]
    assets: Option<Vec<String>>,
    /// Import what is in this album of the phone, named by its title or as `Folder/Title`; can be given more than once
    #[arg(long, group = "selection", value_name = "ALBUM")]
    album: Vec<String>,
    #[command(flatten)]
    filter: FilterArgs,
    /// Copy what was chosen by id or album once more if it is in the library already; what is there stays as it is
    #[arg(long, conflicts_with = "all_new")]
    again: bool,
    /// List, too, what is in albums that others share with the phone's owner: then it is new like everything else
    #[arg(long)]
    shared_albums: bool,
    /// Read every file a second time where the phone cannot hash its own files
    #[arg(long)]
    second_read: bool,
    /// Make a JPEG of every photo in HEIC, with its date, place and colours, and file it beside the original
    #[arg(long, group = "making")]
    convert_to_jpeg: bool,
    /// Make a smaller JPEG of every photo whose longer side has more pixels, and file it beside the original
    #[arg(long, group = "making", value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(16..=65535))]
    longest_edge: Option<u32>,
    /// Quality of these JPEGs, from 1 to 100
    #[arg(long, requires = "making", value_name = "1-100", default_value_t = 90, value_parser = clap::value_parser!(u8).range(1..=100))]
    jpeg_quality: u8,
    /// Leave out the originals of which a JPEG was made and verified: they are then only where they came from
    #[arg(long, requires = "making")]
    without_originals: bool,
    /// Write an XMP file beside each photo with what the phone's library says of it: title, caption, keywords, people, place,
    /// albums, favourite, hidden, first name, date
    #[arg(long)]
    sidecars: bool,
    /// Save the largest picture that the phone has of what is only in iCloud, marked as such (`IMG_1.rendition.jpg`); it is put
    /// aside when an import brings the original
    #[arg(long)]
    renditions: bool,
    /// Say what would be imported and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Print JSON events, one a line; the last one has the totals
    #[arg(long)]
    pub json: bool,
}

pub fn run(context: &Context, args: &Args) -> Result<Exit> {
    let order = ImportOrder {
        origin: args.origin.origin(if args.shared_albums { SharedAlbums::Listed } else { SharedAlbums::LeftOut }),
        library: args.place.library.clone(),
        new_library: if args.create { NewLibrary::Made } else { NewLibrary::Refused },
        choice: choice(args)?,
        filter: args.filter.filter()?,
        mode: if args.dry_run { ImportMode::DryRun } else { ImportMode::Real },
        repeats: if args.again { Repeats::Filed } else { Repeats::Dropped },
        thoroughness: if args.second_read { Thoroughness::SecondRead } else { Thoroughness::ReadBack },
        conversion: conversion(args),
        sidecars: if args.sidecars { Sidecars::Written } else { Sidecars::LeftOut },
        renditions: if args.renditions { Renditions::Saved } else { Renditions::LeftOut },
    };
    let (finished, written) =
        if args.json { (run_for_program(context, &order)?, Ok(())) } else { run_for_person(context, &order)? };
    let work = match &finished.stopped {
        Some(stopped) => exit::of(stopped.code),
        None if finished.failed > 0 => Exit::SomeFailed,
        None => Exit::AllDone,
    };
    Ok(exit::after(work, &written))
}

fn conversion(args: &Args) -> Option<Conversion> {
    let wanted = match (args.convert_to_jpeg, args.longest_edge) {
        (false, None) => return None,
        (true, None) => Wanted::Heic,
        (true, Some(edge)) => Wanted::HeicAndLarge(edge),
        (false, Some(edge)) => Wanted::Large(edge),
    };
    let originals = if args.without_originals { Originals::LeftOut } else { Originals::Kept };
    Some(Conversion { wanted, quality: args.jpeg_quality, originals })
}

fn choice(args: &Args) -> Result<Choice> {
    Ok(match &args.assets {
        Some(ids) if ids[..] == ["-"] => Choice::Assets(ids_from(std::io::stdin().lock())?),
        Some(ids) => Choice::Assets(ids.clone()),
        None if args.all_new => Choice::AllNew,
        None => Choice::Albums(args.album.clone()),
    })
}

/// Reads ids with commas or white space between them. None at all is wrong usage: a pipe that broke is not "nothing".
fn ids_from(input: impl Read) -> Result<Vec<String>> {
    let mut text = String::new();
    input.take(LONGEST_INPUT).read_to_string(&mut text)?;
    let ids: Vec<String> =
        text.split([',', ' ', '\t', '\r', '\n']).filter(|id| !id.is_empty()).map(str::to_owned).collect();
    match (ids.is_empty(), text.len() as u64 == LONGEST_INPUT) {
        (true, _) => Err(ErrorDto::new(ErrorCode::BadRequest, "standard input has no ids").into()),
        (_, true) => Err(ErrorDto::new(ErrorCode::BadRequest, "standard input is too long").into()),
        _ => Ok(ids),
    }
}

fn run_for_program(context: &Context, order: &ImportOrder) -> Result<Finished> {
    let lines = Lines::default();
    Ok(context.engine.import(order, &lines, &context.cancel)?)
}

/// Returns with how it ended whether that could be written.
fn run_for_person(context: &Context, order: &ImportOrder) -> Result<(Finished, std::io::Result<()>)> {
    let shown = Shown::new();
    let result = context.engine.import(order, &shown, &context.cancel);
    let said = shown.finish();
    let finished = result?;
    let written = print(&finished, said);
    Ok((finished, written))
}

fn print(finished: &Finished, said: Said) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for planned in said.planned {
        writeln!(out, "would import: {planned}")?;
    }
    for failure in said.failures {
        writeln!(out, "not imported: {failure}")?;
    }
    for warning in said.warnings {
        writeln!(out, "{warning}")?;
    }
    writeln!(out, "{}", summary(finished))?;
    if let (Some(needed), Some(free)) = (finished.needed_bytes, finished.free_bytes) {
        writeln!(out, "Needs {}; {} are free.", text::size(needed), text::size(free))?;
    }
    if let Some(ways) = ways(finished) {
        writeln!(out, "Verified: {ways}.")?;
    }
    for made in
        finished.made.iter().flat_map(|made| [jpegs(made), sidecars(made), renditions(made), replaced(made)]).flatten()
    {
        writeln!(out, "{made}")?;
    }
    if let Some(stopped) = &finished.stopped {
        report_stop(&mut out, finished, stopped)?;
    }
    Ok(())
}

fn report_stop(out: &mut dyn Write, finished: &Finished, stopped: &ErrorDto) -> std::io::Result<()> {
    if finished.dry_run {
        return writeln!(out, "It would not begin: {}.", text::plain(&stopped.message));
    }
    match stopped.code {
        // By whoever started it, who knows why.
        ErrorCode::Cancelled => writeln!(out, "Stopped early.")?,
        _ => writeln!(out, "Stopped early: {}.", text::plain(&stopped.message))?,
    }
    let kept = if left_out(finished) { "What was imported is kept." } else { "What was copied is verified and kept." };
    writeln!(out, "{kept} Run the same command again to go on.")
}

/// Whether originals were left out, and only JPEGs of them are in the library.
fn left_out(finished: &Finished) -> bool {
    finished.made.as_ref().is_some_and(|made| made.originals_left_out > 0)
}

/// The books in one line: `40 seen = 30 imported and verified + 10 already imported`.
fn summary(finished: &Finished) -> String {
    let imported = match finished.dry_run {
        true => "would be imported",
        // What only a JPEG was made of is never called verified.
        false if left_out(finished) => "imported",
        false => "imported and verified",
    };
    let terms = [
        (finished.imported, imported),
        (finished.already_imported, "already imported"),
        (finished.only_in_icloud, "only in iCloud"),
        (finished.not_selected, "not selected"),
        (finished.failed, "failed"),
    ];
    let terms: Vec<String> =
        terms.iter().filter(|(n, what)| *n > 0 || *what == imported).map(|(n, what)| format!("{n} {what}")).collect();
    let size = text::size(finished.bytes);
    format!("{} seen = {}  ({size} in {:.1} s)", finished.seen, terms.join(" + "), finished.seconds)
}

/// What was made of photos, in words; `None` when nothing was.
fn jpegs(made: &Made) -> Option<String> {
    let files = match made.files {
        0 => return None,
        1 => "1 JPEG was made and verified".to_owned(),
        files => format!("{files} JPEGs were made and verified"),
    };
    Some(match made.originals_left_out {
        0 => format!("{files}; the originals are beside them."),
        1 => format!("{files}; 1 original was left out and is only where it came from."),
        left_out => format!("{files}; {left_out} originals were left out and are only where they came from."),
    })
}

/// How many sidecars were written, in words; `None` when none was.
fn sidecars(made: &Made) -> Option<String> {
    match made.sidecars {
        0 => None,
        1 => Some("1 sidecar was written and verified; it is beside its photo.".to_owned()),
        sidecars => Some(format!("{sidecars} sidecars were written and verified; they are beside their photos.")),
    }
}

/// How many smaller pictures were saved, in words; `None` when none was.
fn renditions(made: &Made) -> Option<String> {
    match made.renditions {
        0 => None,
        1 => Some("Of what is only in iCloud, 1 smaller picture was saved.".to_owned()),
        saved => Some(format!("Of what is only in iCloud, {saved} smaller pictures were saved.")),
    }
}

/// How many of them gave way to their originals, in words; `None` when none did.
fn replaced(made: &Made) -> Option<String> {
    match made.renditions_replaced {
        0 => None,
        1 => Some("1 smaller picture was put aside into the folder Removed: its original is here now.".to_owned()),
        replaced => Some(format!(
            "{replaced} smaller pictures were put aside into the folder Removed: their originals are here now."
        )),
    }
}

/// How the copies were verified, in words; `None` when nothing was imported.
fn ways(finished: &Finished) -> Option<String> {
    let words = |evidence: &str| match evidence {
        "phone_hash" => "compared with the phone's own checksum",
        "photos_fingerprint" => "compared with Apple's fingerprint",
        "second_read" => "read twice from the source",
        _ => "read back from the drive",
    };
    let ways: Vec<String> =
        finished.evidence.iter().map(|(evidence, count)| format!("{count} {}", words(evidence))).collect();
    (!ways.is_empty()).then(|| ways.join(", "))
}

/// Prints events as JSON lines, progress at most once a second.
#[derive(Default)]
struct Lines {
    told: Mutex<Option<Instant>>,
}

impl Lines {
    fn print(&self, value: &impl serde::Serialize) {
        if let Ok(line) = serde_json::to_string(value) {
            // A reader that went away does not stop an import half-way.
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    }

    fn is_due(&self) -> bool {
        let Ok(mut told) = self.told.lock() else { return false };
        let due = told.is_none_or(|t| t.elapsed() >= Duration::from_secs(1));
        if due {
            *told = Some(Instant::now());
        }
        due
    }
}

impl ImportListener for Lines {
    fn line(&self, line: &ImportLine) {
        if !matches!(line, ImportLine::Reading { .. } | ImportLine::Listing { .. }) || self.is_due() {
            self.print(line);
        }
    }

    fn progress(&self, progress: &Progress) {
        if self.is_due() {
            self.print(&serde_json::json!({
                "event": "progress",
                "done_assets": progress.done_assets,
                "assets": progress.total_assets,
                "done_bytes": progress.done_bytes,
                "bytes": progress.total_bytes,
                "bytes_per_second": progress.bytes_per_second(),
                "seconds_left": progress.seconds_left(),
            }));
        }
    }
}
