//! One simulated phone: whom it trusts, whether it is locked, its open streams and ports.
//! How it is found and reached is the multiplexer's affair ([`crate::mux`]); what it says is in [`crate::lockdown`],
//! [`crate::afc`] and [`crate::services`].

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::thread;
use std::time::Duration;

use crate::counters::Counters;
use crate::faults::{Accident, Faults, FaultyTree};
use crate::host_record::HostRecord;
use crate::known_hosts::KnownHosts;
use crate::lock::lock;
use crate::media::Tree;
use crate::mux::Mux;
use crate::services::Kind;
use crate::shaping::Shaping;
use crate::socket::Socket;
use crate::tls::TlsVersions;
use crate::values::Values;
use crate::{LockState, Trust, lockdown, services};

const LOCKDOWN_PORT: u16 = 62078;
const FIRST_SERVICE_PORT: u16 = 49152;

/// What never changes while a phone runs.
pub(crate) struct Traits {
    pub(crate) udid: String,
    pub(crate) media: Arc<dyn Tree>,
    pub(crate) tls: TlsVersions,
    pub(crate) lockdown_idle: Duration,
    pub(crate) most_handles: usize,
}

/// A phone.
pub(crate) struct Device {
    pub(crate) traits: Traits,
    pub(crate) shaping: Shaping,
    pub(crate) counters: Counters,
    pub(crate) faults: Arc<Faults>,
    pub(crate) notices: services::Notices,
    pub(crate) containers: services::Containers,
    state: Mutex<State>,
}

/// What changes while a phone runs.
pub(crate) struct State {
    pub(crate) values: Values,
    pub(crate) hosts: KnownHosts,
    pub(crate) trust: Trust,
    pub(crate) lock: LockState,
    ports: BTreeMap<u16, Port>,
    last_port: u16,
    cable: Cable,
    mux: Weak<Mux>,
    streams: BTreeMap<u64, Socket>,
    last_stream: u64,
}

/// Whether there is a computer at the other end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cable {
    Out,
    In,
    GoneForGood,
}

/// What waits behind a port.
#[derive(Clone)]
pub(crate) enum Port {
    Lockdown,
    Service(Kind, Option<Arc<HostRecord>>),
}

impl Device {
    pub(crate) fn new(mut traits: Traits, shaping: Shaping, values: Values, hosts: Option<PathBuf>) -> Self {
        let state = State {
            values,
            hosts: KnownHosts::open(hosts),
            trust: Trust::Granted,
            lock: LockState::Unlocked,
            ports: BTreeMap::new(),
            last_port: FIRST_SERVICE_PORT,
            cable: Cable::Out,
            mux: Weak::new(),
            streams: BTreeMap::new(),
            last_stream: 0,
        };
        let faults = Arc::<Faults>::default();
        traits.media = Arc::new(FaultyTree::new(traits.media, faults.clone()));
        Self {
            traits,
            faults,
            shaping,
            counters: Counters::default(),
            notices: services::Notices::default(),
            containers: services::Containers::default(),
            state: Mutex::new(state),
        }
    }

    pub(crate) fn udid(&self) -> &str {
        &self.traits.udid
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Locks or unlocks; the phone tells whether it is locked among its values.
    pub(crate) fn lock_screen(&self, lock: LockState) {
        let mut state = self.state();
        state.lock = lock;
        state.values.set("", "PasswordProtected", (lock != LockState::Unlocked).into());
        if lock != LockState::Unlocked && self.faults.hangs_up_when_locked() {
            hang_up(&mut state);
        }
    }

    /// Whether nobody may begin a session now.
    pub(crate) fn lets_nobody_in(&self) -> bool {
        match self.state().lock {
            LockState::Unlocked => false,
            LockState::Locked => self.faults.hangs_up_when_locked(),
            LockState::BeforeFirstUnlock => true,
        }
    }

    /// Connects to a multiplexer; `false` for a phone that is no more.
    pub(crate) fn connect_cable(&self, mux: &Arc<Mux>) -> bool {
        let mut state = self.state();
        if state.cable == Cable::GoneForGood {
            return false;
        }
        state.cable = Cable::In;
        state.mux = Arc::downgrade(mux);
        true
    }

    /// Never to be plugged in again.
    pub(crate) fn retire(&self) {
        self.state().cable = Cable::GoneForGood;
    }

    /// What a fault does to the phone as a whole.
    pub(crate) fn suffer(self: &Arc<Self>, accident: Accident) {
        match accident {
            Accident::Locked => self.fall_asleep(self.faults.unlocks()),
            Accident::Unplugged => self.lose_cable(self.faults.comes_back()),
        }
    }

    /// Locks itself, and is unlocked after a while if somebody does that.
    fn fall_asleep(self: &Arc<Self>, until: Option<Duration>) {
        self.lock_screen(LockState::Locked);
        if let Some(wait) = until {
            let device = self.clone();
            thread::spawn(move || {
                thread::sleep(wait);
                device.lock_screen(LockState::Unlocked);
            });
        }
    }

    /// Loses the cable, and finds it again after a while if there is one.
    pub(crate) fn lose_cable(self: &Arc<Self>, comes_back: Option<Duration>) {
        let Some(mux) = self.state().mux.upgrade() else { return };
        mux.unplug(self);
        if let Some(wait) = comes_back {
            let device = self.clone();
            thread::spawn(move || {
                thread::sleep(wait);
                mux.plug(&device);
            });
        }
    }

    /// Ends every stream and forgets every port.
    pub(crate) fn cut_cable(&self) {
        let mut state = self.state();
        if state.cable == Cable::In {
            state.cable = Cable::Out;
        }
        hang_up(&mut state);
    }

    /// Offers a service on a fresh port, to be connected to once.
    pub(crate) fn offer(&self, kind: Kind, host: Option<Arc<HostRecord>>) -> u16 {
        let mut state = self.state();
        state.last_port = state.last_port.checked_add(1).filter(|p| *p != LOCKDOWN_PORT).unwrap_or(FIRST_SERVICE_PORT);
        let port = state.last_port;
        state.ports.insert(port, Port::Service(kind, host));
        port
    }

    /// Who answers at a port; `None` refuses the connection.
    pub(crate) fn open_port(&self, port: u16) -> Option<Port> {
        match port {
            LOCKDOWN_PORT => Some(Port::Lockdown),
            other => self.state().ports.remove(&other),
        }
    }

    /// Talks to a client until either side leaves.
    pub(crate) fn serve(self: &Arc<Self>, port: Port, socket: Socket) {
        let Some(stream) = self.register(&socket) else { return socket.close() };
        match port {
            Port::Lockdown => lockdown::serve(self, socket),
            Port::Service(kind, host) => services::serve(self, kind, host.as_deref(), socket),
        }
        // The registry's duplicate would otherwise keep the stream open for the client.
        if let Some(stream) = self.state().streams.remove(&stream) {
            stream.close();
        }
    }

    /// How many streams are open now, and how many there ever were.
    pub(crate) fn streams(&self) -> (usize, u64) {
        let state = self.state();
        (state.streams.len(), state.last_stream)
    }

    fn register(&self, socket: &Socket) -> Option<u64> {
        let mut state = self.state();
        if state.cable != Cable::In {
            return None;
        }
        state.last_stream += 1;
        let number = state.last_stream;
        state.streams.insert(number, socket.duplicate().ok()?);
        Some(number)
    }
}

/// Ends every stream and forgets every port.
fn hang_up(state: &mut State) {
    state.ports.clear();
    std::mem::take(&mut state.streams).values().for_each(Socket::close);
}
