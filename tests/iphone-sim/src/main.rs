//! `iphone-sim`: serves a folder as a phone until it is killed.

use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use iphone_sim::{Builder, Fault, LockState, Phone, PhotosLibrary, RunningPhone, SimError, Synthetic, Trust};

/// A simulated iPhone on loopback. Prints `ready ADDRESS` and serves until it is killed; clients find it through
/// USBMUXD_SOCKET_ADDRESS.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// The folder to serve; without a DCIM folder in it, its files appear in /DCIM/100APPLE
    #[arg(long, required_unless_present = "synthetic")]
    media: Option<PathBuf>,
    /// Hold so many photos that are computed, in place of a folder
    #[arg(long, conflicts_with_all = ["media", "writable"])]
    synthetic: Option<u64>,
    /// The mean size of a computed photo, in bytes
    #[arg(long, default_value_t = 2_500_000)]
    synthetic_bytes: u64,
    /// Give the computed photos a Photos database of this model, such as 18600 of iOS 18, with all that belongs to one
    #[arg(long, requires = "synthetic")]
    photos_db: Option<u32>,
    /// Invent another library
    #[arg(long, default_value_t = 0, requires = "photos_db")]
    seed: u64,
    /// Write to this file, as JSON, what a reader of the invented library can find out
    #[arg(long, requires = "photos_db")]
    expected: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Listen at this unix socket, too
    #[arg(long)]
    unix: Option<PathBuf>,
    /// The phone's identifier
    #[arg(long)]
    udid: Option<String>,
    /// The name its owner gave it
    #[arg(long)]
    name: Option<String>,
    /// Never answer the trust question
    #[arg(long)]
    untrusted: bool,
    /// Not unlocked since it was switched on
    #[arg(long)]
    locked: bool,
    /// Milliseconds for the way there and back of a request
    #[arg(long, default_value_t = 0.0)]
    latency_ms: f64,
    /// The cable's speed in million bytes a second
    #[arg(long)]
    mb_per_s: Option<f64>,
    /// Hash so many million bytes a second, as with a processor of its own: worked out before it is ready
    #[arg(long)]
    hash_mb_per_s: Option<f64>,
    /// Let clients change the folder
    #[arg(long)]
    writable: bool,
    /// Keep pair records in this folder
    #[arg(long)]
    pair_records: Option<PathBuf>,
    /// Misbehave as this JSON file says: an array of faults
    #[arg(long)]
    scenario: Option<PathBuf>,
}

impl Options {
    fn start(self) -> Result<RunningPhone, Box<dyn Error>> {
        let faults = match &self.scenario {
            Some(file) => Fault::read_scenario(&std::fs::read_to_string(file)?)?,
            None => Vec::new(),
        };
        let latency = Duration::try_from_secs_f64(self.latency_ms / 1000.0).unwrap_or_default();
        let mut phone = Phone::builder().listen(self.listen).latency(latency);
        let (mean_bytes, seed) = (self.synthetic_bytes, self.seed);
        let roll = self.synthetic.map(|assets| Synthetic { assets, mean_bytes });
        let with_database = |(assets, model)| PhotosLibrary { assets, mean_bytes, model, seed };
        let library = self.synthetic.zip(self.photos_db).map(with_database);
        phone = with(phone, self.media, Builder::media);
        phone = with(phone, roll, Builder::synthetic);
        phone = with(phone, library, Builder::photos_library);
        phone = with(phone, self.unix, Builder::unix_socket);
        phone = with(phone, self.udid, Builder::udid);
        phone = with(phone, self.name, Builder::name);
        phone = with(phone, self.mb_per_s, |phone, rate| phone.bytes_per_second(rate * 1e6));
        phone = with(phone, self.hash_mb_per_s, |phone, rate| phone.hashes_by_itself(rate * 1e6));
        phone = with(phone, self.pair_records, Builder::pair_records);
        phone = with(phone, self.untrusted.then_some(Trust::Pending), Builder::trust);
        phone = with(phone, self.locked.then_some(LockState::BeforeFirstUnlock), Builder::lock_state);
        phone = with(phone, self.writable.then_some(()), |phone, ()| phone.writable());
        let phone = phone.start()?;
        if let (Some(file), Some(expected)) = (&self.expected, phone.expected()) {
            serde_json::to_writer(BufWriter::new(File::create(file)?), expected)?;
        }
        if phone.database().is_none() && faults.iter().any(|fault| matches!(fault, Fault::WritesDatabase { .. })) {
            return Err(SimError::NoDatabase.into());
        }
        faults.into_iter().for_each(|fault| phone.inject(fault));
        Ok(phone)
    }
}

fn with<T>(phone: Builder, option: Option<T>, apply: impl FnOnce(Builder, T) -> Builder) -> Builder {
    match option {
        Some(value) => apply(phone, value),
        None => phone,
    }
}

fn main() -> ExitCode {
    match Options::parse().start() {
        Ok(phone) => {
            // Nobody may be reading; the phone is there all the same.
            let _ = writeln!(io::stdout(), "ready {}", phone.addr()).and_then(|()| io::stdout().flush());
            loop {
                std::thread::park();
            }
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "iphone-sim: {error}");
            ExitCode::from(2)
        }
    }
}
