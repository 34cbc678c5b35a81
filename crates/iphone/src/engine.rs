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
        Ok(Self { handle: runtime.handle().clone(), _runtime: Arc::new(OwnedRuntime(Mutex::new(Some(runtime)))) })
    }

    /// Runs `work` to its end; each wait inside it must have a limit. A panic in it is `Panicked`.
    pub(crate) fn run<T, F>(&self, work: F) -> Result<T, PhoneError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, PhoneError>> + Send + 'static,
    {
        self.start(work).wait()
    }

    /// Does the same until the user wants it no longer: then `work` is stopped where it is, which costs the connections it
    /// is using, and the error is `Cancelled`.
    pub(crate) fn run_until<T, F>(&self, cancel: &CancelFlag, work: F) -> Result<T, PhoneError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, PhoneError>> + Send + 'static,
    {
        let running = self.start(work);
        loop {
            if cancel.is_cancelled() {
                return Err(PhoneError::Cancelled);
            }
            if let Some(result) = running.wait_for(LOOK_EVERY) {
                return result;
            }
        }
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
        Running { receiver, task: Some(task.abort_handle()) }
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }
}

/// Work that goes on inside the runtime. Dropping it stops the work, unless it was [let go](Running::let_go).
#[derive(Debug)]
pub(crate) struct Running<T> {
    receiver: Receiver<Result<T, PhoneError>>,
    task: Option<AbortHandle>,
}

impl<T> Running<T> {
    pub(crate) fn wait(&self) -> Result<T, PhoneError> {
        self.receiver.recv().unwrap_or(Err(PhoneError::Panicked))
    }

    /// Has the work go on to its end when this is dropped.
    pub(crate) fn let_go(mut self) -> Self {
        self.task = None;
        self
    }

    /// Waits for at most `time`; `None` when the work goes on.
    pub(crate) fn wait_for(&self, time: Duration) -> Option<Result<T, PhoneError>> {
        match self.receiver.recv_timeout(time) {
            Ok(result) => Some(result),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Err(PhoneError::Panicked)),
        }
    }
}

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
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
    fn it_can_be_called_and_dropped_inside_another_runtime() {
        let outer = Builder::new_current_thread().build().unwrap();
        outer.block_on(async {
            let engine = Engine::new().unwrap();
            assert_eq!(engine.run(async { Ok(2) }), Ok(2));
        });
    }
}
