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
    waiting: Option<Waiting<S>>,
    waiters: Vec<(RequestId, W)>,
    /// Set when nobody waits any more for what is being drawn.
    stop: CancelFlag,
}

#[derive(Debug)]
struct Waiting<S> {
    source: S,
    ready: Ready,
}

/// What is known of the source's own small picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ready {
    /// Nobody asked for it yet.
    Unasked,
    /// It must be asked for by itself.
    Alone,
    /// It is here: its bytes.
    Here(Vec<u8>),
}

/// A thumbnail that somebody is to draw.
#[derive(Debug)]
pub(crate) struct Turn<S> {
    /// What it is of.
    pub(crate) key: ThumbnailKey,
    /// Where it is drawn from.
    pub(crate) source: S,
    /// The source's own small picture.
    pub(crate) ready: Ready,
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

impl<W, S> Job<W, S> {
    /// Hands it to whoever draws it; `None` if somebody does already.
    fn turn(&mut self, key: &ThumbnailKey) -> Option<Turn<S>> {
        let Waiting { source, ready } = self.waiting.take()?;
        Some(Turn { key: key.clone(), source, ready, stop: self.stop.clone() })
    }
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
                waiting.source = source;
                self.stack.push((key, id));
            }
            return Added::Joined;
        }
        let waiting = Some(Waiting { source, ready: Ready::Unasked });
        let job = Job { newest: id, waiting, waiters: vec![(id, waiter)], stop: CancelFlag::default() };
        self.jobs.insert(key.clone(), job);
        self.stack.push((key, id));
        Added::New
    }

    /// Takes the newest thumbnail that nobody draws yet.
    pub(crate) fn take(&mut self) -> Option<Turn<S>> {
        while let Some((key, _)) = self.stack.pop() {
            let turn = self.jobs.get_mut(&key).and_then(|job| job.turn(&key));
            if turn.is_some() {
                return turn;
            }
        }
        None
    }

    /// Takes the next newest, at most so many, of whose small pictures the same source was not asked either, so that it can
    /// be asked for all at once. They come back by [`Queue::put_back`].
    pub(crate) fn take_along(&mut self, first: &Turn<S>, most: usize) -> Vec<Turn<S>> {
        let jobs = &mut self.jobs;
        let newest_first = self.stack.iter().rev().filter(|(key, _)| key.source == first.key.source && !key.is_large());
        let turns = newest_first.filter_map(|(key, _)| {
            let job =
                jobs.get_mut(key).filter(|job| job.waiting.as_ref().is_some_and(|w| w.ready == Ready::Unasked))?;
            job.turn(key)
        });
        turns.take(most).collect()
    }

    /// Has a thumbnail that was taken wait again, at the place that its newest request gives it; not when nobody wants it
    /// any more.
    pub(crate) fn put_back(&mut self, turn: Turn<S>) {
        let Turn { key, source, ready, stop } = turn;
        let Some(job) = self.jobs.get_mut(&key).filter(|job| job.waiting.is_none() && !stop.is_cancelled()) else {
            return;
        };
        job.waiting = Some(Waiting { source, ready });
        let newest = job.newest;
        let at = self.stack.partition_point(|(_, id)| *id < newest);
        self.stack.insert(at, (key, newest));
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
    fn a_source_can_be_asked_for_several_at_once_and_the_newest_still_comes_first() {
        let mut queue = Queue::new();
        let ids = ["a", "b", "c", "d", "e"].map(|name| add(&mut queue, name, 0).0);
        let other = ThumbnailKey { source: SourceId::new("folder:/b"), ..key("f") };
        queue.add(RequestId(90), other.clone(), (), 0);
        let large = ThumbnailKey { edge: 2048, ..key("g") };
        queue.add(RequestId(91), large.clone(), (), 0);
        assert_eq!((queue.take().unwrap().key, queue.take().unwrap().key), (large, other));
        let mut first = queue.take().unwrap();
        let along = queue.take_along(&first, 3);
        assert_eq!(along.iter().map(|turn| turn.key.path.as_str()).collect::<Vec<_>>(), ["d", "c", "b"]);
        // Meanwhile one is wanted no more, one again, and one is new.
        queue.cancel(ids[2]);
        queue.add(RequestId(92), key("b"), (), 0);
        queue.add(RequestId(93), key("h"), (), 0);
        first.ready = Ready::Here(vec![1]);
        queue.put_back(first);
        for turn in along {
            queue.put_back(Turn { ready: Ready::Alone, ..turn });
        }
        let order: Vec<_> =
            std::iter::from_fn(|| queue.take().map(|t| (t.key.path.as_str().to_owned(), t.ready))).collect();
        let expected = [("h", Ready::Unasked), ("b", Ready::Alone), ("e", Ready::Here(vec![1])), ("d", Ready::Alone)];
        let last = [("a", Ready::Unasked)];
        assert_eq!(order, expected.into_iter().chain(last).map(|(n, r)| (n.to_owned(), r)).collect::<Vec<_>>());
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
