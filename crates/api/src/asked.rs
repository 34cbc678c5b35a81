//! Pictures that somebody waits for, each until it is answered or taken back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use thumbnails::RequestId;

/// Pictures that are waited for at once, at most. A page shows a few hundred; whoever asked before these has long gone.
const MOST: usize = 4096;

/// Takes a picture's bytes (JPEG), or nothing where there is none to show.
pub type Reply = Box<dyn FnOnce(Option<Arc<Vec<u8>>>) + Send>;

/// Everything that was asked for and not answered yet. Each reply is called once, outside of the lock.
#[derive(Default)]
pub(crate) struct AskedPictures {
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    last: u64,
    /// Oldest first.
    by_number: BTreeMap<u64, Entry>,
}

struct Entry {
    token: String,
    reply: Reply,
    stage: Stage,
}

/// How far one is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Somebody finds out where it can be had.
    Sought,
    /// Its source is not open yet.
    Waits,
    /// It is in the hands of those who draw.
    Requested(RequestId),
}

impl AskedPictures {
    /// Notes that a picture was asked for and returns its number, and the requests that gave way.
    pub(crate) fn add(&self, token: &str, reply: Reply) -> (u64, Vec<RequestId>) {
        let mut entries = self.entries();
        entries.last += 1;
        let number = entries.last;
        entries.by_number.insert(number, Entry { token: token.to_owned(), reply, stage: Stage::Sought });
        let mut oldest = Vec::new();
        while entries.by_number.len() > MOST {
            oldest.extend(entries.by_number.pop_first());
        }
        drop(entries);
        (number, give_up(oldest))
    }

    /// Notes that a picture cannot be had before its source is open, and looks again whether that is so: the source may have
    /// been opened, and those that wait been called, since it was found out. False when it is to be sought again now.
    pub(crate) fn waits(&self, number: u64, still: impl FnOnce() -> bool) -> bool {
        self.pass(number, Stage::Sought, Stage::Waits);
        // Where somebody else seeks it by now there is nothing left to do.
        still() || !self.pass(number, Stage::Waits, Stage::Sought)
    }

    /// Moves one on, if it is where it is thought to be.
    fn pass(&self, number: u64, from: Stage, to: Stage) -> bool {
        let mut entries = self.entries();
        let entry = entries.by_number.get_mut(&number).filter(|entry| entry.stage == from);
        entry.map(|entry| entry.stage = to).is_some()
    }

    /// Notes the request for a picture; false when nobody waits for it any more.
    pub(crate) fn requested(&self, number: u64, request: RequestId) -> bool {
        let mut entries = self.entries();
        let entry = entries.by_number.get_mut(&number);
        entry.map(|entry| entry.stage = Stage::Requested(request)).is_some()
    }

    /// Answers whoever asked, unless they took it back.
    pub(crate) fn answer(&self, number: u64, picture: Option<Arc<Vec<u8>>>) {
        let entry = self.entries().by_number.remove(&number);
        if let Some(entry) = entry {
            (entry.reply)(picture);
        }
    }

    /// Returns number and token of those that wait for a source; they are sought again now.
    pub(crate) fn seek_waiting(&self) -> Vec<(u64, String)> {
        let mut entries = self.entries();
        let waiting = entries.by_number.iter_mut().filter(|(_, entry)| entry.stage == Stage::Waits);
        waiting
            .map(|(number, entry)| {
                entry.stage = Stage::Sought;
                (*number, entry.token.clone())
            })
            .collect()
    }

    /// Takes those back whose token is not wanted: they are answered with nothing. Returns the requests to cancel.
    pub(crate) fn take_back(&self, unwanted: impl Fn(&str) -> bool) -> Vec<RequestId> {
        let mut entries = self.entries();
        let (gone, kept) =
            std::mem::take(&mut entries.by_number).into_iter().partition(|(_, entry)| unwanted(&entry.token));
        entries.by_number = kept;
        drop(entries);
        give_up::<BTreeMap<u64, Entry>>(gone)
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers with nothing, and returns the requests that were made.
fn give_up<E: IntoIterator<Item = (u64, Entry)>>(entries: E) -> Vec<RequestId> {
    let mut requests = Vec::new();
    for (_, entry) in entries {
        if let Stage::Requested(request) = entry.stage {
            requests.push(request);
        }
        (entry.reply)(None);
    }
    requests
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, channel};

    fn ask(asked: &AskedPictures, token: &str) -> (u64, Receiver<bool>) {
        let (sender, receiver) = channel();
        let (number, _) = asked.add(token, Box::new(move |picture| sender.send(picture.is_some()).unwrap()));
        (number, receiver)
    }

    fn left(asked: &AskedPictures) -> usize {
        asked.entries().by_number.len()
    }

    #[test]
    fn each_is_answered_once_and_then_forgotten() {
        let asked = AskedPictures::default();
        let (first, answer) = ask(&asked, "1-a");
        let (_, other) = ask(&asked, "2-b");
        asked.answer(first, Some(Arc::default()));
        asked.answer(first, None);
        assert!(asked.take_back(|token| token == "1-a").is_empty());
        assert_eq!((answer.iter().collect::<Vec<_>>(), left(&asked)), (vec![true], 1));
        assert!(asked.take_back(|token| token == "2-b").is_empty());
        assert_eq!((other.iter().collect::<Vec<_>>(), left(&asked)), (vec![false], 0));
    }

    #[test]
    fn one_that_is_taken_back_while_it_waits_is_not_sought_again() {
        let asked = AskedPictures::default();
        let (stays, _stays) = ask(&asked, "1-a");
        let (gone, answer) = ask(&asked, "2-b");
        assert!([stays, gone].into_iter().all(|number| asked.waits(number, || true)));
        asked.take_back(|token| token == "2-b");
        assert_eq!(answer.recv(), Ok(false));
        assert_eq!(asked.seek_waiting(), [(stays, "1-a".to_owned())]);
        assert!(asked.seek_waiting().is_empty());
    }

    #[test]
    fn one_whose_source_was_opened_just_then_does_not_wait() {
        let asked = AskedPictures::default();
        let (number, _answer) = ask(&asked, "1-a");
        assert!(!asked.waits(number, || false), "it is sought again by the one who asked");
        assert!(asked.seek_waiting().is_empty());
        // Called between the two looks, somebody else seeks it.
        assert!(asked.waits(number, || asked.seek_waiting().len() != 1));
        assert!(asked.seek_waiting().is_empty());
    }

    #[test]
    fn asking_for_ever_keeps_no_more_than_its_bound() {
        let asked = AskedPictures::default();
        let (_, first) = ask(&asked, "0-a");
        let rest: Vec<_> = (0..2 * MOST).map(|number| ask(&asked, &number.to_string()).1).collect();
        assert_eq!((left(&asked), first.recv()), (MOST, Ok(false)));
        assert_eq!(rest.iter().filter(|answer| answer.try_recv().is_ok()).count(), MOST);
    }
}
