//! Describes a phone and starts it.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::device::{Device, Traits};
use crate::error::SimError;
use crate::library::PhotosLibrary;
use crate::media::{DiskTree, OwnProcessor, Synthetic, SyntheticTree, Tree, Writes};
use crate::mux::{Door, Mux};
use crate::running::RunningPhone;
use crate::shaping::Shaping;
use crate::tls::TlsVersions;
use crate::values::Values;
use crate::{LockState, Trust};

const DEFAULT_UDID: &str = "00008110-000A1B2C3D4E801E";
/// Phones were seen to run out of slots at about this many open files.
const DEFAULT_HANDLES: usize = 200;
const DEFAULT_IDLE: Duration = Duration::from_secs(60);

/// A simulated phone; [`Phone::builder`] is the way to one.
pub struct Phone;

impl Phone {
    /// Begins the description of a phone.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

/// The description of a phone. Everything but the media folder has a default.
#[derive(Clone, Debug)]
pub struct Builder {
    media: PathBuf,
    synthetic: Option<Synthetic>,
    library: Option<PhotosLibrary>,
    writes: Writes,
    udid: String,
    name: String,
    model: String,
    version: String,
    listen: SocketAddr,
    unix: Option<PathBuf>,
    records: Option<PathBuf>,
    trust: Trust,
    lock: LockState,
    latency: Duration,
    rate: Option<f64>,
    hash_rate: Option<f64>,
    tls: TlsVersions,
    idle: Duration,
    handles: usize,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            media: PathBuf::new(),
            synthetic: None,
            library: None,
            writes: Writes::Refused,
            udid: DEFAULT_UDID.into(),
            name: "Simulated iPhone".into(),
            model: "iPhone14,5".into(),
            version: "17.5.1".into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            unix: None,
            records: None,
            trust: Trust::default(),
            lock: LockState::default(),
            latency: Duration::ZERO,
            rate: None,
            hash_rate: None,
            tls: TlsVersions::default(),
            idle: DEFAULT_IDLE,
            handles: DEFAULT_HANDLES,
        }
    }
}

impl Builder {
    /// Serves this folder. With a `DCIM` folder in it, it is the phone's media folder as it stands; without one, its
    /// files appear in `/DCIM/100APPLE` (unless [`Builder::writable`]).
    pub fn media(mut self, folder: impl Into<PathBuf>) -> Self {
        self.media = folder.into();
        self
    }

    /// Holds a computed camera roll in place of a folder.
    pub fn synthetic(mut self, roll: Synthetic) -> Self {
        self.synthetic = Some(roll);
        self
    }

    /// Holds an invented photo library with its database in place of a folder.
    pub fn photos_library(mut self, library: PhotosLibrary) -> Self {
        self.library = Some(library);
        self
    }

    /// Lets clients change the media folder; without this every change gets status 10.
    pub fn writable(mut self) -> Self {
        self.writes = Writes::Allowed;
        self
    }

    /// The phone's identifier.
    pub fn udid(mut self, udid: impl Into<String>) -> Self {
        self.udid = udid.into();
        self
    }

    /// The name its owner gave it.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The product type, `iPhone14,5` unless told otherwise.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = model.into();
        self
    }

    /// The version of its system, such as `17.5.1`.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// Where the multiplexer listens; port 0 takes a free one. Keep to loopback: nothing here is protected.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Listens at a unix socket as well.
    pub fn unix_socket(mut self, path: impl Into<PathBuf>) -> Self {
        self.unix = Some(path.into());
        self
    }

    /// Keeps pair records, the computer's and the phone's, in a folder; without this they last as long as the phone.
    pub fn pair_records(mut self, folder: impl Into<PathBuf>) -> Self {
        self.records = Some(folder.into());
        self
    }

    /// What a computer that asks to be trusted is answered.
    pub fn trust(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// Whether the phone starts locked.
    pub fn lock_state(mut self, lock: LockState) -> Self {
        self.lock = lock;
        self
    }

    /// The way there and back of every request to the file service; requests in flight share it.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// The cable's speed in bytes a second, shared by all connections.
    pub fn bytes_per_second(mut self, rate: f64) -> Self {
        self.rate = Some(rate);
        self
    }

    /// Hashes so many bytes a second, as with a processor of its own: worked out before the phone starts.
    pub fn hashes_by_itself(mut self, bytes_per_second: f64) -> Self {
        self.hash_rate = Some(bytes_per_second);
        self
    }

    /// The TLS versions the phone accepts.
    pub fn tls(mut self, versions: TlsVersions) -> Self {
        self.tls = versions;
        self
    }

    /// How long lockdown waits for a silent client; 60 s unless told otherwise.
    pub fn lockdown_idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// How many files may be open at once, over all connections; 200 unless told otherwise.
    pub fn most_open_files(mut self, most: usize) -> Self {
        self.handles = most;
        self
    }

    /// Starts the phone, plugged in, behind a multiplexer of its own.
    pub fn start(self) -> Result<RunningPhone, SimError> {
        let records = self.records_folder()?;
        let mux = Arc::new(Mux::new(records));
        let (door, address) = Door::tcp(self.listen).map_err(SimError::Listen)?;
        let mut doors = vec![door.open(&mux).map_err(SimError::Listen)?];
        if let Some(path) = &self.unix {
            let door = Door::unix(path.clone()).map_err(SimError::Listen)?;
            doors.push(door.open(&mux).map_err(SimError::Listen)?);
        }
        let device = self.device()?;
        mux.plug(&device);
        Ok(RunningPhone::new(mux, device, address, doors))
    }

    /// Starts the phone as one more at the multiplexer of another, which must outlive it.
    pub fn start_beside(self, other: &RunningPhone) -> Result<RunningPhone, SimError> {
        let device = self.device()?;
        other.mux().plug(&device);
        Ok(RunningPhone::new(other.mux().clone(), device, other.addr(), Vec::new()))
    }

    fn records_folder(&self) -> Result<Option<PathBuf>, SimError> {
        let Some(folder) = &self.records else { return Ok(None) };
        fs::create_dir_all(folder).map_err(|source| SimError::Records { folder: folder.clone(), source })?;
        Ok(Some(folder.clone()))
    }

    fn tree(&self) -> Result<Arc<dyn Tree>, SimError> {
        let tree = self.plain_tree()?;
        match self.hash_rate {
            None => Ok(tree),
            Some(rate) => Ok(Arc::new(OwnProcessor::new(tree, rate).map_err(SimError::Hashes)?)),
        }
    }

    fn plain_tree(&self) -> Result<Arc<dyn Tree>, SimError> {
        if let Some(library) = &self.library {
            return Ok(Arc::new(library.build()?));
        }
        match self.synthetic {
            Some(roll) => Ok(Arc::new(SyntheticTree::new(roll))),
            None if self.media.is_dir() => Ok(Arc::new(DiskTree::new(self.media.clone(), self.writes))),
            None => Err(SimError::NoMedia(self.media.clone())),
        }
    }

    pub(crate) fn device(&self) -> Result<Arc<Device>, SimError> {
        let traits = Traits {
            udid: self.udid.clone(),
            media: self.tree()?,
            tls: self.tls,
            lockdown_idle: self.idle,
            most_handles: self.handles,
        };
        let values = Values::new(&self.udid, &self.name, &self.model, &self.version);
        let hosts = self.records.as_deref().map(|folder| hosts_file(folder, &self.udid));
        let device = Device::new(traits, Shaping::new(self.latency, self.rate), values, hosts);
        device.state().trust = self.trust;
        device.lock_screen(self.lock);
        Ok(Arc::new(device))
    }
}

/// Apart from the computer's records: no UDID starts with an underscore.
fn hosts_file(folder: &Path, udid: &str) -> PathBuf {
    let safe: String = udid.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    folder.join(format!("_hosts-{safe}.plist"))
}
