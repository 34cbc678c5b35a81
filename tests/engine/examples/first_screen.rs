//! Times the pictures of a phone of 1,000 assets whose cable is shaped to 32 MB/s and 1 ms: the first screen, the next 440, and
//! the first screen while an import runs. Part of `make bench`; wanted is a first screen within 1 s.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "a measurement")]

use engine::Lab;
use iphone_sim::{Phone, Synthetic};
use serde_json::json;
use std::time::{Duration, Instant};

const SCREEN: usize = 60;

/// The engine beside such a phone, listed.
fn lab() -> Lab {
    let roll = Synthetic { assets: 1000, mean_bytes: 2_000_000 };
    let phone = Phone::builder().synthetic(roll).latency(Duration::from_millis(1)).bytes_per_second(32e6);
    let lab = Lab::beside(phone.start().expect("a simulated phone"));
    lab.choose_library("Photos");
    lab.listed();
    lab
}

fn timed(what: &str, work: impl FnOnce()) {
    let began = Instant::now();
    work();
    println!("{what:44} {:6.2} s", began.elapsed().as_secs_f64());
}

fn main() {
    let idle = lab();
    let all: Vec<_> = idle.first_new(500);
    timed("first screen, 60 pictures", || idle.shown(&all[..SCREEN]));
    timed("the next 440", || idle.shown(&all[SCREEN..]));
    let busy = lab();
    let first = busy.first_new(SCREEN);
    busy.call("start_import", json!({"source": busy.source(), "selection": {"kind": "all_new"}}));
    let status = || busy.call("import_status", json!({}));
    busy.until("the first copies", || (status()["done_assets"].as_u64() > Some(0)).then_some(()));
    timed("first screen while an import runs", || busy.shown(&first));
    busy.call("cancel_import", json!({}));
    busy.until("the end", || (status()["phase"] == "finished").then_some(()));
}
