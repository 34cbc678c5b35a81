//! Stopping an import while the phone does not answer: it is heard at once, whatever was asked of the phone.

use engine::Lab;
use iphone_sim::{At, Fault, Phone, RunningPhone, Synthetic};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// As long as the user waits, on a busy machine.
const AT_ONCE: Duration = Duration::from_secs(2);

fn lab() -> Lab {
    let roll = Synthetic { assets: 20, mean_bytes: 3_000_000 };
    let lab = Lab::beside(Phone::builder().synthetic(roll).most_open_files(40).start().unwrap());
    lab.choose_library("Photos");
    lab.listed();
    lab
}

fn phone(lab: &Lab) -> &RunningPhone {
    lab.phone.as_ref().unwrap()
}

fn status(lab: &Lab) -> Value {
    lab.call("import_status", json!({}))
}

fn count(import: &Value, term: &str) -> u64 {
    import["totals"][term].as_u64().unwrap()
}

/// Stops an import at the so-manieth message of a kind, which is never answered.
fn stopped_at(message: &str, skip: u64) {
    let lab = lab();
    phone(&lab).inject(Fault::Stalls(At { message: message.into(), skip }));
    lab.call("start_import", json!({"source": lab.source(), "selection": {"kind": "all_new"}}));
    lab.until("the silence", || (phone(&lab).activity().unanswered > 0).then_some(()));
    // What does not wait for the phone is done by then.
    std::thread::sleep(Duration::from_millis(300));
    let (began, status) = (Instant::now(), || status(&lab));
    lab.call("cancel_import", json!({}));
    let import = lab.until("the end", || Some(status()).filter(|import| import["phase"] == "finished"));
    assert!(began.elapsed() < AT_ONCE, "{message}: {:?}", began.elapsed());
    assert_eq!(import["stopped"]["code"], "cancelled", "{message}: {import}");

    let filed = count(&import, "imported");
    assert!(filed < 20 && filed + count(&import, "failed") == 20, "{message}: {import}");
    lab.call("start_check", json!({}));
    let check = || lab.call("check_status", json!({}));
    let checked = lab.until("the check", || Some(check()).filter(|check| check["running"].is_null()));
    assert_eq!((&checked["last"]["photos"], &checked["unknown"]), (&json!(filed), &json!(0)), "{message}: {checked}");
    lab.until("every handle is closed", || (phone(&lab).activity().open_handles == 0).then_some(()));
    phone(&lab).behave();
    let rest = lab.imported(&json!({"kind": "unfinished", "session": import["session"]}));
    assert_eq!((&rest["stopped"], count(&rest, "imported")), (&Value::Null, 20 - filed), "{message}: {rest}");
}

#[test]
fn while_a_file_is_opened() {
    stopped_at("FileOpen", 4);
}

#[test]
fn in_the_middle_of_a_file() {
    stopped_at("FileRead", 7);
}

#[test]
fn while_it_is_asked_whether_a_file_changed() {
    // After the attributes that come with opening.
    stopped_at("GetFileInfo", 1);
}

#[test]
fn while_the_phone_hashes() {
    stopped_at("GetFileHash", 2);
}
