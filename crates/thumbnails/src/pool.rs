//! The threads that draw, and what they share.

use crate::cache::Cache;
use crate::draw::draw;
use crate::error::ThumbnailError;
use crate::gate::{Gate, Gated};
use crate::key::{RequestId, ThumbnailKey};
use crate::queue::{Added, Queue, Ready, Turn};
use decoder::Decoders;
use domain::{Source, SourceId};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

/// Bytes of thumbnails that are kept on disk.
const MOST_KEPT: u64 = 1 << 30;
/// Bytes of large pictures that are kept on disk: a few hundred that were looked at.
const MOST_LARGE_KEPT: u64 = 512 << 20;
/// Where these lie in the folder of thumbnails.
const LARGE_FOLDER: &str = "large";
/// Permanent failures that are remembered.
const MOST_FAILURES: usize = 16 * 1024;

/// Takes the answer to a request: JPEG bytes, or why there are none. Called once, on any thread.
pub type Reply = Box<dyn FnOnce(Result<Arc<Vec<u8>>, ThumbnailError>) + Send>;

/// Draws thumbnails and keeps them.
///
/// Dropping it answers who still waits with `Cancelled`; what is being drawn then is finished.
pub struct Thumbnails {
    shared: Arc<Shared>,
    /// `None` if the system gave no threads; then each request is drawn by whoever makes it.
    pool: Option<ThreadPool>,
}

struct Shared {
    small: Cache,
    large: Cache,
    decoders: Decoders,
    state: Mutex<State>,
}

struct State {
    queue: Queue<Reply, Arc<dyn Source>>,
    gates: HashMap<SourceId, Arc<Gate>>,
    failures: HashMap<ThumbnailKey, ThumbnailError>,
}

impl Thumbnails {
    /// Starts `threads` threads that have decoders draw into a folder, which is made when needed. A folder that cannot be
    /// used costs only speed.
    pub fn new(cache_dir: PathBuf, threads: usize, decoders: Decoders) -> Self {
        let state = State { queue: Queue::new(), gates: HashMap::new(), failures: HashMap::new() };
        let large = Cache::new(cache_dir.join(LARGE_FOLDER), MOST_LARGE_KEPT);
        let small = Cache::new(cache_dir, MOST_KEPT);
        let shared = Arc::new(Shared { small, large, decoders, state: Mutex::new(state) });
        let named = |number| format!("thumbnails-{number}");
        let pool = ThreadPoolBuilder::new().num_threads(threads.max(1)).thread_name(named).build().ok();
        let thumbnails = Self { shared, pool };
        thumbnails.spawn(|shared| shared.caches().for_each(Cache::clean));
        thumbnails
    }

    /// Asks for a thumbnail. One that is kept is answered before this returns; others are drawn newest first, those that
    /// are asked for more than once in the meantime only once. The returned identity cancels the request.
    pub fn request(&self, key: ThumbnailKey, source: Arc<dyn Source>, reply: Reply) -> RequestId {
        let id = self.shared.state().queue.next_id();
        if let Some(answer) = self.shared.known(&key) {
            reply(answer);
            return id;
        }
        let added = self.shared.state().queue.add(id, key, source, reply);
        if added == Added::New {
            self.spawn(Shared::work);
        }
        id
    }

    /// Takes a request back: it is answered with `Cancelled`, and not drawn if nobody else waits for it; nor is the source
    /// read any further for it. One that was answered already is left alone.
    pub fn cancel(&self, id: RequestId) {
        let reply = self.shared.state().queue.cancel(id);
        if let Some(reply) = reply {
            reply(Err(ThumbnailError::Cancelled));
        }
    }

    /// Waits for a thumbnail. Must not be called on a thread of the pool.
    pub fn get(&self, key: ThumbnailKey, source: Arc<dyn Source>) -> Result<Arc<Vec<u8>>, ThumbnailError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let reply = move |answer| {
            let _ = sender.send(answer);
        };
        self.request(key, source, Box::new(reply));
        receiver.recv().unwrap_or(Err(ThumbnailError::Cancelled))
    }

    fn spawn(&self, work: impl FnOnce(&Arc<Shared>) + Send + 'static) {
        let shared = Arc::clone(&self.shared);
        match &self.pool {
            Some(pool) => pool.spawn(move || work(&shared)),
            None => work(&shared),
        }
    }
}

impl Drop for Thumbnails {
    fn drop(&mut self) {
        let waiting = self.shared.state().queue.clear();
        answer_all(waiting, &Err(ThumbnailError::Cancelled));
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn caches(&self) -> impl Iterator<Item = &Cache> {
        [&self.small, &self.large].into_iter()
    }

    fn cache(&self, key: &ThumbnailKey) -> &Cache {
        if key.is_large() { &self.large } else { &self.small }
    }

    /// Returns what is known without drawing.
    fn known(&self, key: &ThumbnailKey) -> Option<Result<Arc<Vec<u8>>, ThumbnailError>> {
        let failure = self.state().failures.get(key).cloned();
        failure.map(Err).or_else(|| self.cache(key).get(key).map(|jpeg| Ok(Arc::new(jpeg))))
    }

    /// Draws what was asked for last, or first has its source hand over what small pictures it has of several. There is one
    /// call for each thumbnail in the queue.
    fn work(self: &Arc<Self>) {
        let mut state = self.state();
        let Some(turn) = state.queue.take() else { return };
        let at_once = turn.source.thumbnails_at_once();
        if at_once < 2 || turn.ready != Ready::Unasked || turn.key.is_large() {
            drop(state);
            return self.draw(turn);
        }
        let mut turns = state.queue.take_along(&turn, at_once - 1);
        drop(state);
        turns.insert(0, turn);
        self.fetch(&mut turns);
        let count = turns.len();
        let mut state = self.state();
        turns.into_iter().for_each(|turn| state.queue.put_back(turn));
        drop(state);
        // Who was called for these meanwhile found nothing.
        for _ in 0..count {
            match rayon::current_thread_index() {
                Some(_) => {
                    let shared = Arc::clone(self);
                    rayon::spawn(move || shared.work());
                }
                None => self.work(),
            }
        }
    }

    /// Asks the source for its own pictures, where they are not kept here already. All are known afterwards.
    fn fetch(&self, turns: &mut [Turn<Arc<dyn Source>>]) {
        for turn in &mut *turns {
            turn.ready = Ready::Alone;
        }
        let mut unkept: Vec<_> = turns.iter_mut().filter(|turn| self.known(&turn.key).is_none()).collect();
        let Some(first) = unkept.first() else { return };
        let source = Arc::clone(&first.source);
        let gate = self.state().gate(&first.key.source, source.as_ref());
        let paths: Vec<_> = unkept.iter().map(|turn| &turn.key.path).collect();
        let fetched = catch_unwind(AssertUnwindSafe(|| gate.through(|| source.thumbnails(&paths))));
        // Asked by itself each has its own error.
        let fetched = fetched.ok().and_then(Result::ok).unwrap_or_default();
        for (turn, bytes) in unkept.iter_mut().zip(fetched) {
            turn.ready = bytes.map_or(Ready::Alone, Ready::Here);
        }
    }

    fn draw(&self, turn: Turn<Arc<dyn Source>>) {
        let (key, stop) = (turn.key.clone(), turn.stop.clone());
        let answer = catch_unwind(AssertUnwindSafe(|| self.answer(turn)));
        let answer = answer.unwrap_or_else(|_| Err(ThumbnailError::Corrupt("The picture cannot be drawn.".to_owned())));
        let waiters = {
            let mut state = self.state();
            if let Err(error) = &answer {
                state.remember(&key, error);
            }
            state.queue.finish(&key, &stop)
        };
        answer_all(waiters, &answer);
    }

    fn answer(&self, turn: Turn<Arc<dyn Source>>) -> Result<Arc<Vec<u8>>, ThumbnailError> {
        let Turn { key, source, ready, stop } = turn;
        // It may have been drawn between the request's own look and its turn.
        if let Some(answer) = self.known(&key) {
            return answer;
        }
        let gate = self.state().gate(&key.source, source.as_ref());
        let jpeg = draw(&self.decoders, &Gated::new(source, gate, stop), &key, ready)?;
        self.cache(&key).put(&key, &jpeg);
        Ok(Arc::new(jpeg))
    }
}

impl State {
    fn gate(&mut self, id: &SourceId, source: &dyn Source) -> Arc<Gate> {
        let gate = self.gates.entry(id.clone()).or_insert_with(|| Arc::new(Gate::new(source.concurrency())));
        Arc::clone(gate)
    }

    fn remember(&mut self, key: &ThumbnailKey, error: &ThumbnailError) {
        if !error.is_permanent() {
            return;
        }
        if self.failures.len() >= MOST_FAILURES {
            self.failures.clear();
        }
        self.failures.insert(key.clone(), error.clone());
    }
}

fn answer_all(waiters: Vec<Reply>, answer: &Result<Arc<Vec<u8>>, ThumbnailError>) {
    for reply in waiters {
        // A reply that panics must not take the others' answers with it.
        let _ = catch_unwind(AssertUnwindSafe(|| reply(answer.clone())));
    }
}
