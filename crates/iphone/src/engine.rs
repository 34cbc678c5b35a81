//! The private runtime, and the one way from the synchronous outside into it.

use crate::PhoneError;
use domain::CancelFlag;
use std::future::Future;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::AbortHandle;

/// How soon the user is heard who does not want to wait.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How long to wait for what. The defaults suit a real phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For the mux to answer one request.
    pub mux: Duration,
    /// For one phone to say what it is and whether it trusts us.
    pub probe: Duration,
    /// For a connection to the file service, TLS included.
    pub connect: Duration,
    /// For the answers to one batch of requests.
    pub request: Duration,
    /// For the owner to tap Trust.
    pub trust: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            mux: Duration::from_secs(3),
            probe: Duration::from_secs(4),
            connect: Duration::from_secs(10),
            request: Duration::from_secs(20),
            trust: Duration::from_secs(180),
        }
    }
}

/// Runs futures on threads of its own. Clones share them; the last one ends them without waiting.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    handle: Handle,
    cancel: CancelFlag,
    _runtime: Arc<OwnedRuntime>,
}

/// Ends the runtime in the background: waiting is not allowed where a clone may be dropped.
#[derive(Debug)]
struct OwnedRuntime(Mutex<Option<Runtime>>);

impl Drop for OwnedRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            runtime.shutdown_background();
        }
    }
}

impl Engine {
    pub(crate) fn new() -> Result<Self, PhoneError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("iphone")
            .enable_all()
            .build()
            .map_err(|e| PhoneError::System(e.to_string()))?;
        let handle = runtime.handle().clone();
        let owned = OwnedRuntime(Mutex::new(Some(runtime)));
        Ok(Self { handle, cancel: CancelFlag::default(), _runtime: Arc::new(owned) })
    }

    /// Has whoever waits for what is run wait no longer than the user wants: the work is stopped where it is then, which
    /// costs the connections it is using, and the error is `Cancelled`.
    pub(crate) fn until(&self, cancel: &CancelFlag) -> Self {
        Self { cancel: cancel.clone(), ..self.clone() }
    }

    /// Tells whether the user wants to wait no longer.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Runs `work` to its end; each wait inside it must have a limit. A panic in it is `Panicked`.
    pub(crate) fn run<T, F>(&self, work: F) -> Result<T, PhoneError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, PhoneError>> + Send + 'static,
    {
        self.start(work).wait()
    }

    /// Starts `work` and returns what its end can be awaited with.
    pub(crate) fn start<T, F>(&self, work: F) -> Running<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, PhoneError>> + Send + 'static,
    {
        let (sender, receiver) = mpsc::sync_channel(1);
        // A panic unwinds through the task and drops the sender; the receiver takes that as the sign.
        let task = self.handle.spawn(async move {
            let _ = sender.send(work.await);
        });
        Running { receiver, task: task.abort_handle(), is_let_go: false, cancel: self.cancel.clone() }
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }
}

/// Work that goes on inside the runtime. Dropping it stops the work, unless it was [let go](Running::let_go) and the user has
/// not stopped everything.
#[derive(Debug)]
pub(crate) struct Running<T> {
    receiver: Receiver<Result<T, PhoneError>>,
    task: AbortHandle,
    is_let_go: bool,
    cancel: CancelFlag,
}

impl<T> Running<T> {
    /// Waits for the end, or until the user does not want to wait.
    pub(crate) fn wait(&self) -> Result<T, PhoneError> {
        loop {
            match self.receiver.recv_timeout(LOOK_EVERY) {
                Ok(result) => return result,
                Err(RecvTimeoutError::Disconnected) => return Err(PhoneError::Panicked),
                Err(RecvTimeoutError::Timeout) if self.cancel.is_cancelled() => return Err(PhoneError::Cancelled),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Has the work go on to its end when this is dropped.
    pub(crate) fn let_go(mut self) -> Self {
        self.is_let_go = true;
        self
    }
}

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        if !self.is_let_go || self.cancel.is_cancelled() {
            self.task.abort();
        }
    }
}

/// Puts a limit on a wait.
pub(crate) async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, PhoneError>>,
) -> Result<T, PhoneError> {
    tokio::time::timeout(limit, work).await.unwrap_or(Err(PhoneError::TimedOut))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_inside_is_an_error_outside() {
        let engine = Engine::new().unwrap();
        let result: Result<(), _> = engine.run(async { panic!("as the crate might") });
        assert_eq!(result, Err(PhoneError::Panicked));
        assert_eq!(engine.run(async { Ok(1) }), Ok(1));
    }

    #[test]
    fn what_takes_too_long_is_timed_out() {
        let engine = Engine::new().unwrap();
        let endless = within(Duration::from_millis(20), std::future::pending::<Result<(), PhoneError>>());
        assert_eq!(engine.run(endless), Err(PhoneError::TimedOut));
    }

    #[test]
    fn whoever_does_not_want_to_wait_is_heard_and_the_work_is_stopped() {
        let (engine, cancel) = (Engine::new().unwrap(), CancelFlag::default());
        let (sender, receiver) = mpsc::channel::<()>();
        let endless = async move {
            let _sender = sender;
            std::future::pending::<Result<(), PhoneError>>().await
        };
        let running = engine.until(&cancel).start(endless).let_go();
        cancel.cancel();
        assert_eq!(running.wait(), Err(PhoneError::Cancelled));
        drop(running);
        assert_eq!(receiver.recv_timeout(Duration::from_secs(10)), Err(RecvTimeoutError::Disconnected));
        assert_eq!(engine.run(async { Ok(3) }), Ok(3), "others wait for theirs");
    }

    #[test]
    fn it_can_be_called_and_dropped_inside_another_runtime() {
        let outer = Builder::new_current_thread().build().unwrap();
        outer.block_on(async {
            let engine = Engine::new().unwrap();
            assert_eq!(engine.run(async { Ok(2) }), Ok(2));
        });
    }
}
