//! One place for a connection to the file service, opened when it is first needed and again after it was lost.
//!
//! Several lanes to one phone keep a long read from holding up a listing or a thumbnail.

use crate::PhoneError;
use crate::afc::{AfcStream, Answer, Request, Spares};
use crate::dial::Dialer;
use crate::engine::within;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, MutexGuard};

/// A lane to one phone. Calls wait for each other in the order in which they came.
#[derive(Debug)]
pub(crate) struct Lane {
    dialer: Dialer,
    udid: String,
    state: Mutex<LaneState>,
    /// Seats that are taken.
    taken: AtomicUsize,
    spares: Spares,
    /// Until when the phone may be at work for whoever has the lane.
    busy_until: StdMutex<Instant>,
    /// Handles that nobody needs any more. They are closed on the way of the next batch, which costs no round trip, or
    /// after [`CLOSE_AFTER`] when there is none.
    done_with: StdMutex<Vec<(ConnectionNumber, u64)>>,
}

const CLOSE_AFTER: Duration = Duration::from_millis(30);

#[derive(Debug, Default)]
struct LaneState {
    stream: Option<AfcStream>,
    connection: ConnectionNumber,
}

/// Counts the connections of a lane; a file handle means nothing on another connection than its own.
pub(crate) type ConnectionNumber = u64;

/// Which connection a batch may travel on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    /// Any; when it turns out to be broken, the batch is sent once more on a new one.
    Any,
    /// This one only, since the batch names a file handle. `Disconnected` when it is gone.
    This(ConnectionNumber),
}

/// A batch that was not answered to its end.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) error: PhoneError,
    /// The answers that came. A phone answers in turn: it broke over the next request, if over any.
    pub(crate) answers: Vec<Answer>,
}

impl From<PhoneError> for Broken {
    fn from(error: PhoneError) -> Self {
        Self { error, answers: Vec::new() }
    }
}

/// The answers to a batch, and the connection they came on.
#[derive(Debug)]
pub(crate) struct Exchanged {
    pub(crate) answers: Vec<Answer>,
    pub(crate) connection: ConnectionNumber,
}

impl Lane {
    pub(crate) fn new(dialer: Dialer, udid: String, spares: Spares) -> Self {
        Self {
            dialer,
            udid,
            state: Mutex::default(),
            taken: AtomicUsize::new(0),
            spares,
            busy_until: StdMutex::new(Instant::now()),
            done_with: StdMutex::default(),
        }
    }

    /// Sends a batch and returns its answers, within the limit for one batch plus that for a new connection.
    pub(crate) async fn exchange(&self, requests: &[Request], on: On) -> Result<Exchanged, PhoneError> {
        self.exchange_slowly(requests, on, Duration::ZERO).await
    }

    /// Does the same for a batch that may go on any connection, and tells how far it came.
    pub(crate) async fn exchange_partly(&self, requests: &[Request]) -> Result<Exchanged, Broken> {
        self.exchange_any_way(requests, On::Any, Duration::ZERO).await
    }

    /// Does the same for a batch that gives the phone so much more work than others. Those behind it wait for that as well.
    pub(crate) async fn exchange_slowly(
        &self,
        requests: &[Request],
        on: On,
        work: Duration,
    ) -> Result<Exchanged, PhoneError> {
        self.exchange_any_way(requests, on, work).await.map_err(|broken| broken.error)
    }

    async fn exchange_any_way(&self, requests: &[Request], on: On, work: Duration) -> Result<Exchanged, Broken> {
        let limits = self.dialer.limits;
        // Others before us may each take their full limits; a queue that long is as good as a hanging phone.
        let mut state = self.turn(4 * (limits.request + limits.connect)).await?;
        let limit = limits.request + work;
        let busy = Busy::with(work, &self.busy_until);
        let mut result = state.exchange(self, requests, on, limit).await;
        // A new connection breaks, too, when the phone is gone and back while it is made.
        if on == On::Any && matches!(result, Err(Broken { error: PhoneError::Disconnected, .. })) {
            busy.begin();
            result = state.exchange(self, requests, on, limit).await;
        }
        drop(busy);
        match result {
            Err(broken) if on == On::Any && broken.error == PhoneError::Disconnected => {
                Err(Broken { error: self.why_disconnected().await, ..broken })
            }
            result => result,
        }
    }

    /// Waits for one's turn: as long as the phone may be at work for others, and then for as long as `patience` says.
    async fn turn(&self, patience: Duration) -> Result<MutexGuard<'_, LaneState>, PhoneError> {
        let mut turn = std::pin::pin!(self.state.lock());
        let mut since = Instant::now();
        loop {
            if let Ok(state) = tokio::time::timeout_at((since + patience).into(), &mut turn).await {
                return Ok(state);
            }
            let busy_until = *self.busy_until.lock().unwrap_or_else(PoisonError::into_inner);
            if busy_until <= since {
                return Err(PhoneError::TimedOut);
            }
            since = busy_until;
        }
    }

    /// Finds the reason behind a refusal.
    pub(crate) async fn explain(&self, error: PhoneError) -> PhoneError {
        self.dialer.explain(&self.udid, error).await
    }

    /// Asks whether the phone is locked, which it tells without a connection to its files.
    pub(crate) async fn is_locked(&self) -> Result<bool, PhoneError> {
        self.dialer.locked(&self.udid).await
    }

    /// Drops the connection, if there is one; the next call opens another.
    pub(crate) async fn hang_up(&self) -> Result<(), PhoneError> {
        let limit = self.dialer.limits.request + self.dialer.limits.connect;
        let mut state = tokio::time::timeout(limit, self.state.lock()).await.map_err(|_| PhoneError::TimedOut)?;
        state.stream = None;
        self.spares.drop_all();
        Ok(())
    }

    /// Has a handle closed soon. On a connection that is gone the phone has closed it itself.
    pub(crate) fn close_soon(self: &Arc<Self>, connection: ConnectionNumber, handle: u64, runtime: &Handle) {
        let mut done_with = self.done_with.lock().unwrap_or_else(PoisonError::into_inner);
        done_with.push((connection, handle));
        if done_with.len() == 1 {
            let lane = Arc::clone(self);
            runtime.spawn(async move { lane.close_all().await });
        }
    }

    /// Closes what nobody needs any more, unless a batch does it first.
    async fn close_all(&self) {
        // A handle of a newer connection may be added meanwhile, and nobody else would close it.
        while let Some(connection) = self.oldest_done_with() {
            tokio::time::sleep(CLOSE_AFTER).await;
            let closings = self.closings(connection);
            if !closings.is_empty() {
                let _ = self.exchange(&closings, On::This(connection)).await;
            }
        }
    }

    /// Returns the connection that is first among those with handles to close.
    fn oldest_done_with(&self) -> Option<ConnectionNumber> {
        let done_with = self.done_with.lock().unwrap_or_else(PoisonError::into_inner);
        done_with.iter().map(|(connection, _)| *connection).min()
    }

    /// Takes the handles to close on a connection and forgets those of earlier ones.
    fn closings(&self, connection: ConnectionNumber) -> Vec<Request> {
        let mut closings = Vec::new();
        self.done_with.lock().unwrap_or_else(PoisonError::into_inner).retain(|(on, handle)| {
            if *on == connection {
                closings.push(Request::close(*handle));
            }
            *on > connection
        });
        closings
    }

    /// Takes a piece of a file that is not needed any more, for the next to be read into it.
    pub(crate) fn take_back(&self, piece: Vec<u8>) {
        self.spares.take_back(piece);
    }

    async fn dial(&self) -> Result<AfcStream, PhoneError> {
        match self.dialer.files(&self.udid, &self.spares).await {
            // Without the mux there is no phone either; the words for that fit better.
            Err(PhoneError::NoMux(_)) => Err(PhoneError::Unplugged),
            result => result,
        }
    }

    /// Looks whether the phone is still listed after a connection to it broke or could not be made.
    async fn why_disconnected(&self) -> PhoneError {
        match self.dialer.find(&self.udid).await {
            Ok(_) => PhoneError::Disconnected,
            Err(_) => PhoneError::Unplugged,
        }
    }
}

/// Says until when a lane may be busy, for as long as the work goes on: it ends where its user does not want to wait, too.
struct Busy<'a> {
    work: Duration,
    until: &'a StdMutex<Instant>,
}

impl<'a> Busy<'a> {
    fn with(work: Duration, until: &'a StdMutex<Instant>) -> Self {
        let busy = Self { work, until };
        busy.begin();
        busy
    }

    fn begin(&self) {
        if let Some(until) = Instant::now().checked_add(self.work) {
            *self.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
        }
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// A place on a lane: of a file, taken before it is opened and kept as long as it is open, or of a long question.
#[derive(Debug)]
pub(crate) struct Seat(Arc<Lane>);

impl Seat {
    /// Takes a place on the lane where the fewest are taken. `choosing` is held meanwhile: two that choose at the same
    /// time would choose the same.
    pub(crate) fn take<const N: usize>(lanes: [&Arc<Lane>; N], choosing: &StdMutex<()>) -> Self {
        let _chosen_alone = choosing.lock().unwrap_or_else(PoisonError::into_inner);
        let fewest = |one: &'_ Arc<Lane>, other: &'_ Arc<Lane>| {
            one.taken.load(Ordering::Relaxed) <= other.taken.load(Ordering::Relaxed)
        };
        Self::on(
            lanes.into_iter().reduce(|best, lane| if fewest(best, lane) { best } else { lane }).unwrap_or(lanes[0]),
        )
    }

    /// Takes a place on a certain lane.
    pub(crate) fn on(lane: &Arc<Lane>) -> Self {
        lane.taken.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(lane))
    }

    pub(crate) fn lane(&self) -> &Arc<Lane> {
        &self.0
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::Relaxed);
    }
}

impl LaneState {
    /// Takes the connection out while it is used and puts it back only in step: whatever ends this call early, a limit,
    /// a cancellation or a panic, leaves the place empty.
    async fn exchange(
        &mut self,
        lane: &Lane,
        requests: &[Request],
        on: On,
        limit: Duration,
    ) -> Result<Exchanged, Broken> {
        let mut stream = match (self.stream.take(), on) {
            (Some(stream), On::This(connection)) if connection != self.connection => {
                self.stream = Some(stream);
                return Err(PhoneError::Disconnected.into());
            }
            (Some(stream), _) => stream,
            (None, On::This(_)) => return Err(PhoneError::Disconnected.into()),
            (None, On::Any) => {
                let stream = lane.dial().await?;
                self.connection += 1;
                stream
            }
        };
        let closings = lane.closings(self.connection);
        let batch = [closings.as_slice(), requests].concat();
        let mut answers = Vec::new();
        let ended = within(limit, stream.exchange(&batch, &mut answers)).await;
        answers.drain(..closings.len().min(answers.len()));
        match ended {
            Ok(()) => {
                self.stream = Some(stream);
                Ok(Exchanged { answers, connection: self.connection })
            }
            Err(error) => Err(Broken { error, answers }),
        }
    }
}
