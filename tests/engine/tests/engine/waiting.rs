//! A phone that is locked while photos are imported from it: the window says so, and the import goes on by itself.

use api::ErrorCode;
use engine::Lab;
use iphone_sim::{Fault, LockState, Phone, RunningPhone, Synthetic};
use serde_json::{Value, json};

const PHOTOS: u64 = 60;

/// A phone that was listed and locks itself when about a third of it was imported.
fn locking(fault: Fault) -> Lab {
    let roll = Synthetic { assets: PHOTOS, mean_bytes: 100_000 };
    let lab = Lab::beside(Phone::builder().synthetic(roll).start().unwrap());
    lab.choose_library("Photos");
    lab.listed();
    phone(&lab).inject(fault);
    phone(&lab).inject(Fault::LocksAfterBytes { bytes: 2_000_000 });
    lab
}

fn phone(lab: &Lab) -> &RunningPhone {
    lab.phone.as_ref().unwrap()
}

fn start(lab: &Lab) -> Value {
    lab.call("start_import", json!({"source": lab.source(), "selection": {"kind": "all_new"}}))
}

/// Imports until it waits, and returns how it then stands.
fn waiting(lab: &Lab) -> Value {
    start(lab);
    lab.until("the waiting", || {
        let import = lab.call("import_status", json!({}));
        (!import["waiting"].is_null()).then_some(import)
    })
}

fn ended(lab: &Lab) -> Value {
    lab.until("the import", || {
        let import = lab.call("import_status", json!({}));
        (import["phase"] == "finished").then_some(import)
    })
}

/// What the page was told of waiting, each sentence once as long as it holds.
fn told(lab: &Lab) -> Vec<Value> {
    let events = lab.events.lock().unwrap();
    let imports = events.iter().filter(|event| event["type"] == "import");
    let mut told: Vec<Value> = imports.map(|event| event["import"]["waiting"]["message"].clone()).collect();
    told.dedup();
    told
}

#[test]
fn it_is_waited_for_and_told_at_once() {
    for fault in [Fault::RefusesReadsWhileLocked, Fault::HangsUpWhenLocked] {
        let lab = locking(fault);
        let import = waiting(&lab);
        let error = json!({"code": "source_locked", "message": "Simulated iPhone is locked: unlock it to go on"});
        assert_eq!((&import["waiting"], &import["phase"]), (&error, &json!("copying")));
        assert_eq!((&import["bytes_per_second"], &import["seconds_left"]), (&json!(0), &Value::Null), "{import}");
        lab.until("the news of it", || (told(&lab).last() == Some(&error["message"])).then_some(()));
        let busy = lab.app.call("eject", json!({"source": lab.source()})).unwrap_err();
        assert_eq!(busy.code, ErrorCode::Busy, "{busy:?}");
        phone(&lab).set_locked(LockState::Unlocked);
        let import = ended(&lab);
        assert_eq!((&import["stopped"], &import["waiting"]), (&Value::Null, &Value::Null), "{import}");
        assert_eq!(import["totals"]["imported"], import["totals"]["seen"], "{import}");
        assert_eq!(import["done_bytes"], import["total_bytes"], "{import}");
        // With news of the beginning, or without.
        let told: Vec<Value> = told(&lab).into_iter().skip_while(Value::is_null).collect();
        assert_eq!(told, [error["message"].clone(), Value::Null]);
        assert_eq!(lab.listed()["new"], 0);
    }
}

#[test]
fn the_waiting_can_be_stopped() {
    let lab = locking(Fault::RefusesReadsWhileLocked);
    waiting(&lab);
    lab.call("cancel_import", json!({}));
    let import = ended(&lab);
    assert_eq!((&import["stopped"]["code"], &import["waiting"]), (&json!("cancelled"), &Value::Null), "{import}");
    phone(&lab).set_locked(LockState::Unlocked);
    let rest = lab.imported(&json!({"kind": "unfinished", "session": import["session"]}));
    assert_eq!(rest["totals"]["failed"], 0, "{rest}");
    lab.call("rescan", json!({"source": lab.source()}));
    assert_eq!(lab.listed()["new"], 0);
}

#[test]
fn an_import_that_cannot_begin_is_refused_at_once() {
    let lab = locking(Fault::HangsUpWhenLocked);
    phone(&lab).set_locked(LockState::BeforeFirstUnlock);
    // The next day the phone is not open any more.
    let lab = lab.restarted();
    let refused = lab.app.call("start_import", json!({"source": lab.source(), "selection": {"kind": "all_new"}}));
    let refused = refused.unwrap_err();
    assert_eq!((refused.code, refused.message.contains("is locked")), (ErrorCode::SourceLocked, true), "{refused:?}");
}
