//! Trust given late, refused and taken back; phones that are locked.

use super::*;
use iphone_sim::{Fault, LockState, Trust};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

const ASKING: &str = "Simulated iPhone is asking whether to trust this computer: tap Trust on it";
const NOT_TRUSTED: &str = "This computer is not trusted by Simulated iPhone: unlock it and tap Trust";
const LOCKED: &str = "Simulated iPhone is locked: unlock it and try again";

fn import(stage: &Stage) -> Vec<String> {
    let library = stage.path("library").to_str().unwrap().to_owned();
    ["import", "--source", "iphone", "--library", &library, "--create", "--all-new", "--json"].map(str::to_owned).into()
}

#[test]
fn given_late() {
    // Lockdown hangs up on clients that are silent for so long; asking again and again keeps it.
    let describe = |phone: Builder| phone.trust(Trust::Pending).lockdown_idle(Duration::from_millis(2500));
    let stage = stage_of(2, 1000, describe);
    let args = import(&stage);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (run, ()) = while_it_runs(&stage, &args, |phone| {
        until(|| phone.activity().pair_requests > 3);
        phone.set_trust(Trust::Granted);
    });
    assert_eq!((run.code, imported(&run)), (0, 2), "{}", run.err);
    let waiting: Vec<Value> = run.lines().into_iter().filter(|line| line["event"] == "waiting").collect();
    assert_eq!(waiting.iter().map(|w| w["message"].as_str().unwrap()).collect::<Vec<_>>(), [ASKING]);
    all_is_well_afterwards(&stage);
}

#[test]
fn denied_and_prohibited() {
    let stage = stage_of(1, 10, |phone| phone.trust(Trust::Denied));
    let list = || stage.run(&["list", "--source", "iphone"]);
    let run = list();
    assert_eq!((run.code, run.err.trim()), (3, &*format!("{ASKING}\nkeepsake: {NOT_TRUSTED}")));
    phone(&stage).set_trust(Trust::Prohibited);
    let refused = "keepsake: Simulated iPhone refused to be read (PairingProhibitedOverThisConnection): unlock it, plug it in \
                   again and retry";
    let run = list();
    assert_eq!((run.code, run.err.trim()), (3, &*format!("{ASKING}\n{refused}")));
    phone(&stage).set_trust(Trust::Granted);
    assert_eq!(list().code, 0);
}

#[test]
fn revoked() {
    let stage = listed(1, 10);
    phone(&stage).revoke_trust();
    phone(&stage).set_trust(Trust::Denied);
    let run = stage.import("iphone");
    let lines = run.lines();
    assert_eq!((run.code, &lines[0]["message"]), (3, &ASKING.into()));
    assert_eq!((&lines[1]["code"], &lines[1]["message"]), (&"not_trusted".into(), &NOT_TRUSTED.into()));
    assert_eq!(nothing_wrong(&stage), 0);
    phone(&stage).set_trust(Trust::Granted);
    all_is_well_afterwards(&stage);
}

#[test]
fn revoked_in_the_middle() {
    let stage = listed(12, 200_000);
    phone(&stage).inject(Fault::UnplugAfterBytes { bytes: 1_500_000 });
    phone(&stage).inject(Fault::Replugs { after_ms: 0 });
    phone(&stage).inject(Fault::ShortReads { path: "/".into(), most: 20_000 });
    let args = import(&stage);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    // Connections that are there go on; the next one is refused.
    let (run, ()) = while_it_runs(&stage, &args, |phone| {
        let before = phone.activity().bytes_read;
        until(|| phone.activity().bytes_read > before + 400_000);
        phone.revoke_trust();
    });
    let (code, word, message) = stopped(&run);
    let told = (word.as_str(), message.as_str());
    let gone = ("source_gone", "Simulated iPhone is not connected: plug it in");
    // Whether it is missed before it is back is a matter of chance.
    assert!(told == ("not_trusted", NOT_TRUSTED) || told == gone, "{told:?}");
    assert_eq!(code, 3);
    assert!((1..12).contains(&nothing_wrong(&stage)));
    all_is_well_afterwards(&stage);
}

#[test]
fn a_reset_on_trust_is_waited_for() {
    let stage = stage_of(2, 1000, |phone| phone);
    phone(&stage).inject(Fault::ResetsOnTrust);
    let run = stage.import("iphone");
    assert_eq!((run.code, imported(&run)), (0, 2), "{} {}", run.out, run.err);
    all_is_well_afterwards(&stage);
}

/// What is told from waiting on, until the end.
fn events(run: &Run) -> Vec<String> {
    let lines = run.lines().into_iter().map(|line| line["event"].as_str().unwrap().to_owned());
    lines.filter(|event| !["progress", "reading", "listing", "library_created"].contains(&event.as_str())).collect()
}

/// Imports, and does something once the program says that it waits for a phone that is locked. It says so once.
fn import_beside(stage: &Stage, act: impl FnOnce(&RunningPhone, u32)) -> Run {
    let args = import(stage);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut program = stage.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines().map(|line| line.unwrap() + "\n");
    let mut out = String::new();
    let waits = |line: &String| line.contains(r#""event":"waiting""#);
    out.extend(lines.by_ref().take_while(|line| !waits(line)));
    let made = phone(stage).connections_made();
    until(|| phone(stage).connections_made() > made);
    act(phone(stage), program.id());
    let begun = Instant::now();
    while program.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(60) {
            program.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let rest: Vec<String> = lines.collect();
    assert!(!rest.iter().any(waits), "{rest:?}");
    let mut output = program.wait_with_output().unwrap();
    out.extend(rest);
    output.stdout = out.into_bytes();
    Run::of(output)
}

#[test]
fn never_unlocked() {
    let stage = listed(1, 10);
    phone(&stage).set_locked(LockState::BeforeFirstUnlock);
    let run = stage.run(&["list", "--source", "iphone"]);
    assert_eq!((run.code, run.err.trim()), (3, &*format!("keepsake: {LOCKED}")));
    assert_eq!(nothing_wrong(&stage), 0);
    let run = import_beside(&stage, |phone, _| phone.set_locked(LockState::Unlocked));
    assert_eq!((run.code, imported(&run)), (0, 1), "{} {}", run.out, run.err);
    all_is_well_afterwards(&stage);
}

#[test]
fn locked_while_it_is_listed() {
    let stage = listed(1, 10);
    take_photos(&stage, 40, 200_000);
    phone(&stage).inject(Fault::HangsUpWhenLocked);
    phone(&stage).inject(Fault::LocksAfterBytes { bytes: 100_000 });
    let run = import_beside(&stage, |phone, _| phone.set_locked(LockState::Unlocked));
    assert_eq!((run.code, imported(&run)), (0, 40), "{} {}", run.out, run.err);
    assert_eq!(events(&run)[..2], ["resumed", "note"], "{}", run.out);
    all_is_well_afterwards(&stage);
}

#[test]
fn locked_in_the_middle() {
    // Files are refused on connections that stay, or the connections go and must be made anew.
    for fault in [Fault::RefusesReadsWhileLocked, Fault::HangsUpWhenLocked] {
        let stage = locking(&fault);
        let run = import_beside(&stage, |phone, _| phone.set_locked(LockState::Unlocked));
        assert_eq!((run.code, imported(&run), failures(&run)), (0, 12, vec![]), "{fault:?} {} {}", run.out, run.err);
        assert!(run.finished()["stopped"].is_null(), "{}", run.out);
        assert!(events(&run).contains(&"resumed".to_owned()), "{}", run.out);
        assert_eq!(nothing_wrong(&stage), 12);
        until(|| phone(&stage).activity().open_handles == 0);
        assert_eq!(phone(&stage).activity().changes, 0);
        all_is_well_afterwards(&stage);
    }
}

/// A phone that locks itself in the middle of an import.
fn locking(fault: &Fault) -> Stage {
    let stage = listed(12, 200_000);
    phone(&stage).inject(fault.clone());
    phone(&stage).inject(Fault::LocksAfterBytes { bytes: 1_500_000 });
    stage
}

#[test]
fn locked_and_given_up() {
    let stage = locking(&Fault::RefusesReadsWhileLocked);
    let run = import_beside(&stage, |_, program| {
        assert!(Command::new("kill").args(["-INT", &program.to_string()]).status().unwrap().success());
    });
    let (code, word, _) = stopped(&run);
    assert_eq!((code, word.as_str()), (130, "cancelled"), "{}", run.out);
    assert!((1..12).contains(&nothing_wrong(&stage)));
    // Locked, but no longer refusing: what iPhones do that were unlocked once.
    phone(&stage).behave();
    assert_eq!(stage.run(&["list", "--source", "iphone"]).code, 0);
    phone(&stage).set_locked(LockState::Unlocked);
    all_is_well_afterwards(&stage);
}

#[test]
fn locked_and_unplugged() {
    let stage = locking(&Fault::HangsUpWhenLocked);
    let run = import_beside(&stage, |phone, _| phone.unplug());
    let gone = "Simulated iPhone is not connected: plug it in";
    assert_eq!(stopped(&run), (3, "source_gone".into(), gone.into()));
    assert!((1..12).contains(&nothing_wrong(&stage)));
    phone(&stage).set_locked(LockState::Unlocked);
    phone(&stage).replug();
    all_is_well_afterwards(&stage);
}
