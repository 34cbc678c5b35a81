//! The real window on a display of its own, driven as a user would: the whole way of a photo, from the phone to a verified
//! copy. Few tests, as they show the wiring; what each part does is tested beside its code.

#![cfg(target_os = "linux")]

mod stage;
mod webdriver;

use anyhow::{Result, ensure};
use serde_json::json;
use stage::{Stage, Theme};

#[test]
fn the_page_reaches_nothing_but_the_engine() -> Result<()> {
    let stage = Stage::set()?;
    let window = stage.open(Theme::Light)?;
    window.wait("the page", || {
        let drawn = window.script("return document.body.innerText.trim().length > 0;", json!([]))?;
        ensure!(drawn == json!(true), "the page is empty");
        Ok(())
    })?;
    for attempt in stage::ATTEMPTS {
        let outcome = window.script_async(attempt.script)?;
        ensure!(outcome == json!(attempt.outcome), "{}: {outcome}", attempt.script);
    }
    Ok(())
}
