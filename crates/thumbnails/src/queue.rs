//! Who waits for which thumbnail, and which is drawn next: the one asked for last.

use crate::key::{RequestId, ThumbnailKey};
use domain::CancelFlag;
use std::collections::HashMap;

/// Thumbnails wanted. `W` is what a request brings along to be answered by, `S` where the picture comes from.
#[derive(Debug)]
pub(crate) struct Queue<W, S> {
    jobs: HashMap<ThumbnailKey, Job<W, S>>,
    keys: HashMap<RequestId, ThumbnailKey>,
    /// Newest last. A key may be in it more than once; after the newest the others find nothing to do.
    stack: Vec<(ThumbnailKey, RequestId)>,
    last: u64,
}

#[derive(Debug)]
struct Job<W, S> {
    newest: RequestId,
    /// Where to draw from; `None` while it is being drawn.
    waiting: Option<S>,
    waiters: Vec<(RequestId, W)>,
    /// Set when nobody waits any more for what is being drawn.
    stop: CancelFlag,
}

/// A thumbnail that somebody is to draw.
#[derive(Debug)]
pub(crate) struct Turn<S> {
    /// What it is of.
    pub(crate) key: ThumbnailKey,
    /// Where it is drawn from.
    pub(crate) source: S,
    /// Set when it is not wanted any more.
    pub(crate) stop: CancelFlag,
}

/// Whether a request needs someone to draw for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Added {
    /// Nobody has been asked for this thumbnail yet.
    New,
    /// It is waiting or being drawn already.
    Joined,
}

impl<W, S> Queue<W, S> {
    /// Makes an empty queue.
    pub(crate) fn new() -> Self {
        Self { jobs: HashMap::new(), keys: HashMap::new(), stack: Vec::new(), last: 0 }
    }

    /// Makes the identity of a request.
    pub(crate) fn next_id(&mut self) -> RequestId {
        self.last += 1;
        RequestId(self.last)
    }

    /// Adds a request; it comes before all others.
    pub(crate) fn add(&mut self, id: RequestId, key: ThumbnailKey, source: S, waiter: W) -> Added {
        self.keys.insert(id, key.clone());
        if let Some(job) = self.jobs.get_mut(&key) {
            job.waiters.push((id, waiter));
            job.newest = id;
            // Of two connections to the same source the newer one is the one that lives.
            if let Some(waiting) = &mut job.waiting {
                *waiting = source;
                self.stack.push((key, id));
            }
            return Added::Joined;
        }
        let job = Job { newest: id, waiting: Some(source), waiters: vec![(id, waiter)], stop: CancelFlag::default() };
        self.jobs.insert(key.clone(), job);
        self.stack.push((key, id));
        Added::New
    }

    /// Takes the newest thumbnail that nobody draws yet.
    pub(crate) fn take(&mut self) -> Option<Turn<S>> {
        while let Some((key, _)) = self.stack.pop() {
            let Some(job) = self.jobs.get_mut(&key) else { continue };
            let stop = job.stop.clone();
            if let Some(source) = job.waiting.take() {
                return Some(Turn { key, source, stop });
            }
        }
        None
    }

    /// Ends a thumbnail and returns who waits for it: nobody when it was stopped, for whoever wants it since then has it
    /// drawn anew.
    pub(crate) fn finish(&mut self, key: &ThumbnailKey, stop: &CancelFlag) -> Vec<W> {
        if stop.is_cancelled() {
            return Vec::new();
        }
        let waiters = self.jobs.remove(key).map(|job| job.waiters).unwrap_or_default();
        waiters
            .into_iter()
            .map(|(id, waiter)| {
                self.keys.remove(&id);
                waiter
            })
            .collect()
    }

    /// Takes a request back; a thumbnail that nobody waits for is not drawn, one that is being drawn is stopped.
    pub(crate) fn cancel(&mut self, id: RequestId) -> Option<W> {
        let key = self.keys.remove(&id)?;
        let job = self.jobs.get_mut(&key)?;
        let at = job.waiters.iter().position(|(waiter, _)| *waiter == id)?;
        let (_, waiter) = job.waiters.swap_remove(at);
        if job.waiters.is_empty() {
            job.stop.cancel();
            self.jobs.remove(&key);
        }
        if self.stack.len() > 64 + 2 * self.jobs.len() {
            let jobs = &self.jobs;
            self.stack.retain(|(key, id)| jobs.get(key).is_some_and(|job| job.newest == *id));
        }
        Some(waiter)
    }

    /// Takes all requests back.
    pub(crate) fn clear(&mut self) -> Vec<W> {
        self.stack.clear();
        self.keys.clear();
        self.jobs.drain().flat_map(|(_, job)| job.waiters).map(|(_, waiter)| waiter).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{SourceId, SourcePath};

    fn key(name: &str) -> ThumbnailKey {
        let source = SourceId::new("folder:/a");
        ThumbnailKey { source, path: SourcePath::new(name), bytes: 1, modified_ns: 2, edge: 320 }
    }

    fn add(queue: &mut Queue<u32, ()>, name: &str, waiter: u32) -> (RequestId, Added) {
        let id = queue.next_id();
        (id, queue.add(id, key(name), (), waiter))
    }

    fn take(queue: &mut Queue<u32, ()>) -> Option<String> {
        queue.take().map(|turn| turn.key.path.as_str().to_owned())
    }

    #[test]
    fn the_newest_comes_first_and_asking_again_moves_to_the_front() {
        let mut queue = Queue::new();
        for name in ["a", "b", "c", "a"] {
            add(&mut queue, name, 0);
        }
        let order: Vec<_> = std::iter::from_fn(|| take(&mut queue)).collect();
        assert_eq!(order, ["a", "c", "b"]);
    }

    #[test]
    fn one_drawing_answers_all_who_wait() {
        let mut queue = Queue::new();
        assert_eq!(add(&mut queue, "a", 1).1, Added::New);
        assert_eq!(add(&mut queue, "a", 2).1, Added::Joined);
        let turn = queue.take().unwrap();
        assert_eq!(turn.key, key("a"));
        assert_eq!(add(&mut queue, "a", 3).1, Added::Joined);
        assert_eq!(take(&mut queue), None);
        assert_eq!(queue.finish(&key("a"), &turn.stop), [1, 2, 3]);
        assert_eq!(add(&mut queue, "a", 4).1, Added::New);
    }

    #[test]
    fn what_nobody_waits_for_is_stopped_and_drawn_anew_for_the_next() {
        let mut queue = Queue::new();
        let (first, _) = add(&mut queue, "a", 1);
        let (second, _) = add(&mut queue, "a", 2);
        let turn = queue.take().unwrap();
        assert_eq!(queue.cancel(first), Some(1));
        assert!(!turn.stop.is_cancelled());
        assert_eq!(queue.cancel(second), Some(2));
        assert!(turn.stop.is_cancelled());
        assert_eq!(add(&mut queue, "a", 3).1, Added::New);
        assert_eq!(queue.finish(&key("a"), &turn.stop), []);
        let turn = queue.take().unwrap();
        assert_eq!(queue.finish(&key("a"), &turn.stop), [3]);
    }

    #[test]
    fn cancelled_requests_are_not_drawn() {
        let mut queue = Queue::new();
        let (a, _) = add(&mut queue, "a", 1);
        let (b, _) = add(&mut queue, "b", 2);
        add(&mut queue, "b", 3);
        assert_eq!((queue.cancel(a), queue.cancel(b), queue.cancel(b)), (Some(1), Some(2), None));
        assert_eq!(take(&mut queue).as_deref(), Some("b"));
        assert_eq!(take(&mut queue), None);
        assert_eq!(queue.finish(&key("b"), &CancelFlag::default()), [3]);
        assert!(queue.jobs.is_empty() && queue.keys.is_empty());
    }

    #[test]
    fn scrolling_for_ever_keeps_nothing() {
        let mut queue = Queue::new();
        for number in 0..10_000 {
            let (id, _) = add(&mut queue, &number.to_string(), number);
            queue.cancel(id);
        }
        assert!(queue.stack.len() < 100 && queue.jobs.is_empty() && queue.keys.is_empty());
    }
}
