//! One photo on its own, as a user sees it.

use super::pixels::{self, Look, Rect};
use crate::webdriver::Session;
use anyhow::{Context, Result, ensure};
use serde_json::json;

/// What the preview is of: a film, a Live Photo, a photo; the newest is the first in the grid.
pub const SHOWN: &[&str] = &[
    "pigallery2__IMG_7943_HEVC.MOV",
    "photo-cli__leiden.HEIC",
    "photo-cli__leiden.mov",
    "digicam_corpus__IMG_3614.JPG",
];
/// A large picture has so many pixels at its longer side at least.
const LARGE: f64 = 1024.0;

/// Waits until the large picture of a photo is there and painted; returns what it looks like, and the window with it.
pub fn painted(window: &Session, name: &str) -> Result<(Look, Vec<u8>)> {
    window.wait_text("[data-testid=preview] h2", |shown| shown == name)?;
    let place = window.wait("the large picture", || {
        let found = window.script_async(
            "const picture = document.querySelector('[data-testid=preview-picture]');
             await picture.decode();
             await new Promise(next => requestAnimationFrame(() => requestAnimationFrame(next)));
             const { x, y, width, height } = picture.getBoundingClientRect();
             return { long: Math.max(picture.naturalWidth, picture.naturalHeight), rect: { x, y, width, height },
                      alone: document.querySelectorAll('[data-testid=stage] img').length === 1 };",
        )?;
        ensure!(found["long"].as_f64().is_some_and(|long| long >= LARGE) && found["alone"] == true, "{found}");
        serde_json::from_value::<Rect>(found["rect"].clone()).context("it has no place")
    })?;
    let png = window.screenshot()?;
    Ok((pixels::look_at(&pixels::decode(&png)?, place)?, png))
}

/// Waits until the film plays: its picture moves on.
pub fn plays(window: &Session) -> Result<()> {
    window.wait("the film to play", || {
        let film = window.script(
            "const film = document.querySelector('[data-testid=film]');
             return film ? { at: film.currentTime, width: film.videoWidth } : document.body.innerText;",
            json!([]),
        )?;
        let moves = film["at"].as_f64().is_some_and(|at| at > 0.1) && film["width"].as_f64() > Some(0.0);
        ensure!(moves, "{film} (Debian: gstreamer1.0-libav)");
        Ok(())
    })
}
