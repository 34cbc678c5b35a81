//! Many questions at once, on several connections.

use crate::PhoneError;
use crate::afc::{Answer, Request};
use crate::lane::{Broken, Lane};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinSet;

/// How many requests are under way at once on one connection while attributes are fetched. Each batch waits for its last
/// answer, so few requests leave the cable idle; whoever wants the lane next waits for all of them, so they are not more.
const IN_FLIGHT: usize = 128;

/// What came of many questions.
#[derive(Debug)]
pub(crate) struct Round {
    /// In the order of the questions; all of them are there unless there was a failure.
    pub(crate) answers: Vec<Option<Answer>>,
    /// The questions at which a connection fell silent or broke, in their order. Each was the first without an answer.
    pub(crate) broke_at: Vec<usize>,
    /// Why there are not all answers.
    pub(crate) failure: Option<PhoneError>,
}

/// Tells whether there is enough to do for several lanes.
pub(crate) fn is_worth_helpers(requests: &[Request]) -> bool {
    requests.len() > 4 * IN_FLIGHT
}

/// Asks on one lane and on those of the helpers. One of these that fails leaves what it could not do to the others; the lane
/// has the last word.
pub(crate) async fn ask(lane: &Arc<Lane>, helpers: &[Arc<Lane>], requests: Vec<Request>) -> Result<Round, PhoneError> {
    let mut answers = vec![None; requests.len()];
    let batches = requests.chunks(IN_FLIGHT).enumerate().map(|(i, batch)| (i * IN_FLIGHT, batch.to_vec()));
    let queue: Queue = Arc::new(Mutex::new(batches.collect()));
    let mut helping = JoinSet::new();
    for helper in helpers {
        helping.spawn(work_off(Arc::clone(helper), Arc::clone(&queue)));
    }
    let mut done = work_off(Arc::clone(lane), Arc::clone(&queue)).await;
    while let Some(joined) = helping.join_next().await {
        let more = joined.map_err(|_| PhoneError::Panicked)?;
        done.answered.extend(more.answered);
        done.broke_at.extend(more.broke_at);
    }
    if done.failure.is_none() {
        let last = work_off(Arc::clone(lane), queue).await;
        done.answered.extend(last.answered);
        done.broke_at.extend(last.broke_at);
        done.failure = last.failure;
    }
    for (first, some) in done.answered {
        answers.iter_mut().skip(first).zip(some).for_each(|(place, answer)| *place = Some(answer));
    }
    // A helper's connection may have broken over a question that nobody asked again.
    let all = answers.iter().all(Option::is_some);
    let failure = done.failure.or_else(|| (!all).then_some(PhoneError::Disconnected));
    done.broke_at.sort_unstable();
    Ok(Round { answers, broke_at: done.broke_at, failure })
}

/// The requests that nobody has taken yet, each batch with the index of its first.
type Queue = Arc<Mutex<VecDeque<(usize, Vec<Request>)>>>;

#[derive(Default)]
struct Done {
    answered: Vec<(usize, Vec<Answer>)>,
    broke_at: Vec<usize>,
    failure: Option<PhoneError>,
}

/// Takes batches from the queue until it is empty or the lane fails. What it had no answers to goes back then, without the
/// question at which it fell silent.
async fn work_off(lane: Arc<Lane>, queue: Queue) -> Done {
    let mut done = Done::default();
    loop {
        let Some((first, mut batch)) = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front() else {
            return done;
        };
        match lane.exchange_partly(&batch).await {
            Ok(exchanged) => done.answered.push((first, exchanged.answers)),
            Err(Broken { error, answers }) => {
                let mut next = first + answers.len();
                batch.drain(..answers.len().min(batch.len()));
                done.answered.push((first, answers));
                if error.is_silence() && !batch.is_empty() {
                    done.broke_at.push(next);
                    batch.remove(0);
                    next += 1;
                }
                if !batch.is_empty() {
                    queue.lock().unwrap_or_else(PoisonError::into_inner).push_front((next, batch));
                }
                done.failure = Some(error);
                return done;
            }
        }
    }
}
