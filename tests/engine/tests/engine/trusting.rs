//! What the window is told around trust, locks and plugs: a page that asks for the sources when it is told to, and takes the
//! news of listings, shows at each moment what is so.

use engine::Lab;
use iphone_sim::{At, Fault, LockState, Phone, RunningPhone, Synthetic, Trust};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, mpsc};

const ASKING: &str = "Simulated iPhone is asking whether to trust this computer: tap Trust on it";
const NOT_TRUSTED: &str = "This computer is not trusted by Simulated iPhone: unlock it and tap Trust";
const LOCKED: &str = "Simulated iPhone is locked: unlock it to go on";

/// What a page shows: the states of phones by their ids, and how the listing of the first is.
#[derive(Debug, Clone, Default, PartialEq)]
struct View {
    sources: Vec<(String, String)>,
    phase: String,
    /// What is waited for, or why it failed.
    code: String,
    message: String,
}

impl View {
    fn state(&self, id: &str) -> &str {
        self.sources.iter().find(|(source, _)| source == id).map_or("", |(_, state)| state)
    }
}

/// A page: it is told what the engine tells, and asks for nothing else by itself.
struct Page {
    views: Arc<Mutex<Vec<View>>>,
}

impl Page {
    fn of(lab: &Lab) -> Self {
        let (views, (news, heard)) = (Arc::<Mutex<Vec<View>>>::default(), mpsc::channel::<Value>());
        *lab.hook.lock().unwrap() = Some(Arc::new(move |event: &Value| drop(news.send(event.clone()))));
        let (app, shown) = (Arc::downgrade(&lab.app), views.clone());
        let asks = move || {
            let mut view = View::default();
            while let (Ok(event), Some(app)) = (heard.recv(), app.upgrade()) {
                match event["type"].as_str() {
                    Some("sources_changed") => {
                        let told = app.call("sources", json!({})).unwrap();
                        let text = |value: &Value| value.as_str().unwrap().to_owned();
                        let sources = told["sources"].as_array().unwrap().iter();
                        view.sources = sources.map(|source| (text(&source["id"]), text(&source["state"]))).collect();
                    }
                    Some("scan") => {
                        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                        let scan = &event["scan"];
                        view.phase = text(&scan["phase"]);
                        (view.code, view.message) = (text(&scan["error"]["code"]), text(&scan["error"]["message"]));
                    }
                    _ => continue,
                }
                shown.lock().unwrap().push(view.clone());
            }
        };
        std::thread::spawn(asks);
        Self { views }
    }

    /// Waits until the page shows the only phone in a state, and its listing like this, at the same time.
    fn shows(&self, lab: &Lab, state: &str, phase: &str, message: &str) {
        let so = |view: &View| (view.state(&lab.source()), &*view.phase, &*view.message) == (state, phase, message);
        lab.until(&format!("{state}, {phase}: {message}"), || self.last().filter(so));
    }

    fn last(&self) -> Option<View> {
        self.views.lock().unwrap().last().cloned()
    }

    fn forget(&self) {
        self.views.lock().unwrap().clear();
    }
}

fn phone(lab: &Lab) -> &RunningPhone {
    lab.phone.as_ref().unwrap()
}

fn roll() -> iphone_sim::Builder {
    Phone::builder().synthetic(Synthetic { assets: 40, mean_bytes: 20_000 })
}

/// A phone whose owner is being asked.
fn asking() -> (Lab, Page) {
    let lab = Lab::beside(roll().trust(Trust::Pending).start().unwrap());
    let page = Page::of(&lab);
    lab.call("open_source", json!({"source": lab.source()}));
    page.shows(&lab, "trust_pending", "listing", ASKING);
    (lab, page)
}

#[test]
fn a_question_that_is_answered_with_yes_is_over() {
    let (lab, page) = asking();
    phone(&lab).set_trust(Trust::Granted);
    page.shows(&lab, "ready", "done", "");
    // From the yes on the window does not ask for it any more.
    let views = page.views.lock().unwrap();
    let yes = views.iter().position(|view| view.phase == "listing" && view.message.is_empty());
    assert!(views[yes.unwrap()..].iter().all(|view| view.message.is_empty()), "{views:?}");
}

#[test]
fn a_no_is_shown_as_one_and_asked_again_only_on_request() {
    let (lab, page) = asking();
    phone(&lab).set_trust(Trust::Denied);
    page.shows(&lab, "not_trusted", "failed", NOT_TRUSTED);
    let asked = phone(&lab).activity().pair_requests;
    phone(&lab).set_trust(Trust::Pending);
    lab.call("rescan", json!({"source": lab.source()}));
    page.shows(&lab, "trust_pending", "listing", ASKING);
    lab.until("the question", || (phone(&lab).activity().pair_requests > asked).then_some(()));
    phone(&lab).set_trust(Trust::Granted);
    page.shows(&lab, "ready", "done", "");
}

#[test]
fn waiting_for_an_answer_can_be_stopped() {
    let (lab, page) = asking();
    lab.call("cancel_listing", json!({"source": lab.source()}));
    page.shows(&lab, "not_trusted", "failed", "Stopped");
    let asked = phone(&lab).activity().pair_requests;
    phone(&lab).set_trust(Trust::Granted);
    assert_eq!(phone(&lab).activity().pair_requests, asked, "nobody is asked any more");
    // Nothing runs any more, and stopping that is fine.
    lab.call("cancel_listing", json!({"source": lab.source()}));
    assert_eq!(lab.listed()["phase"], "done");
}

/// Ends all connections, as a phone may at any time.
fn hang_up(phone: &RunningPhone) {
    phone.inject(Fault::HangsUpWhenLocked);
    phone.set_locked(LockState::Locked);
    phone.behave();
    phone.set_locked(LockState::Unlocked);
}

#[test]
fn trust_that_was_taken_back_is_asked_for_when_the_user_tries_again() {
    let lab = Lab::beside(roll().start().unwrap());
    let page = Page::of(&lab);
    assert_eq!(lab.listed()["phase"], "done");
    phone(&lab).revoke_trust();
    phone(&lab).set_trust(Trust::Pending);
    hang_up(phone(&lab));
    let again = || lab.call("rescan", json!({"source": lab.source()}));
    again();
    page.shows(&lab, "not_trusted", "failed", NOT_TRUSTED);
    again();
    page.shows(&lab, "trust_pending", "listing", ASKING);
    phone(&lab).set_trust(Trust::Granted);
    page.shows(&lab, "ready", "done", "");
}

#[test]
fn an_import_that_ends_for_want_of_trust_says_so_and_continuing_asks_for_it() {
    let lab = Lab::beside(roll().start().unwrap());
    lab.choose_library("Photos");
    lab.listed();
    phone(&lab).revoke_trust();
    phone(&lab).set_trust(Trust::Pending);
    let page = Page::of(&lab);
    hang_up(phone(&lab));
    let import = lab.imported(&json!({"kind": "all_new"}));
    assert_eq!(
        (&import["stopped"]["code"], &import["stopped"]["message"]),
        (&json!("not_trusted"), &json!(NOT_TRUSTED))
    );
    lab.until("the state", || page.last().filter(|view| view.state(&lab.source()) == "not_trusted"));
    let rest = json!({"source": lab.source(), "selection": {"kind": "unfinished", "session": import["session"]}});
    assert_eq!(lab.app.call("start_import", rest).unwrap_err().message, ASKING);
    page.shows(&lab, "trust_pending", "listing", ASKING);
    phone(&lab).set_trust(Trust::Granted);
    page.shows(&lab, "ready", "done", "");
    let rest = lab.imported(&json!({"kind": "unfinished", "session": import["session"]}));
    assert_eq!((&rest["totals"]["imported"], &rest["totals"]["seen"]), (&json!(40), &json!(40)));
}

#[test]
fn a_phone_that_is_locked_while_it_is_listed_is_waited_for() {
    for fault in [Fault::RefusesReadsWhileLocked, Fault::RefusesAllWhileLocked, Fault::HangsUpWhenLocked] {
        let lab = Lab::beside(roll().start().unwrap());
        let page = Page::of(&lab);
        phone(&lab).inject(fault.clone());
        phone(&lab).inject(Fault::LocksAfterBytes { bytes: 100_000 });
        lab.call("open_source", json!({"source": lab.source()}));
        let waits = |view: &View| (&*view.phase, &*view.message) == ("listing", LOCKED);
        lab.until("the waiting", || page.last().filter(waits));
        phone(&lab).set_locked(LockState::Unlocked);
        page.shows(&lab, "ready", "done", "");
        let scan = lab.listed();
        assert_eq!((&scan["assets"], &scan["unreadable"]), (&json!(40), &json!(0)), "{fault:?} {scan}");
        assert_eq!(scan["notes"].as_array().unwrap().len(), 1, "each once: {scan}");
    }
}

#[test]
fn waiting_for_a_locked_phone_can_be_stopped() {
    let lab = Lab::beside(roll().lock_state(LockState::BeforeFirstUnlock).start().unwrap());
    let page = Page::of(&lab);
    lab.call("open_source", json!({"source": lab.source()}));
    page.shows(&lab, "locked", "listing", LOCKED);
    lab.call("cancel_listing", json!({"source": lab.source()}));
    page.shows(&lab, "locked", "failed", "Stopped");
    lab.call("rescan", json!({"source": lab.source()}));
    page.shows(&lab, "locked", "listing", LOCKED);
    phone(&lab).set_locked(LockState::Unlocked);
    page.shows(&lab, "ready", "done", "");
}

#[test]
fn a_phone_that_hangs_holds_up_no_news_of_another() {
    let lab = Lab::beside(roll().start().unwrap());
    lab.listed();
    let other = roll().udid("ffffffff-000A1B2C3D4E801E").start_beside(phone(&lab)).unwrap();
    let hanging = format!("iphone:{}", other.udid());
    for act in [|phone: &RunningPhone| phone.unplug(), |phone: &RunningPhone| phone.replug()] {
        // Plugged in anew, and never answering.
        other.unplug();
        let page = Page::of(&lab);
        other.inject(Fault::Stalls(At::next("GetValue")));
        other.inject(Fault::Stalls(At::next("StartSession")));
        other.replug();
        let connecting = |view: &View| view.state(&hanging) == "connecting";
        let before = lab.until("the hanging phone", || page.last().filter(connecting));
        page.forget();
        act(phone(&lab));
        // Before it is known that the other does not answer, this one is seen to come or go.
        let changed = |view: &View| connecting(view) && view.state(&lab.source()) != before.state(&lab.source());
        lab.until("the news", || page.views.lock().unwrap().iter().find(|view| changed(view)).cloned());
        lab.until("the end of patience", || page.last().filter(|view| !connecting(view)));
    }
    other.behave();
}
