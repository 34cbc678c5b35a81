//! The grid as a user sees it: the pictures that are really drawn, screen after screen.

use super::pixels::{self, Look, Rect};
use crate::webdriver::Session;
use anyhow::{Result, bail, ensure};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// A thumbnail that is in view and not covered by anything.
#[derive(Debug, Deserialize)]
struct Thumbnail {
    id: String,
    loaded: bool,
    rect: Rect,
}

/// Lists the cells in full view with their pictures, once these are decoded and painted. A cell whose picture could not be made
/// has none and is left out.
const IN_VIEW: &str = r#"
    const grid = document.querySelector('[data-testid=grid]').getBoundingClientRect();
    const drawn = picture => picture.decode().then(() => true, () => picture.naturalWidth > 0);
    await Promise.all([...document.querySelectorAll('[data-testid=cell] img')].map(drawn));
    await new Promise(next => requestAnimationFrame(() => requestAnimationFrame(next)));
    return [...document.querySelectorAll('[data-testid=cell]')].flatMap(cell => {
        const picture = cell.querySelector('img');
        if (!picture || picture.complete && picture.naturalWidth === 0) return [];
        const rect = picture.getBoundingClientRect();
        const [left, right] = [rect.left + rect.width * 0.1, rect.right - rect.width * 0.1];
        const [top, bottom] = [rect.top + rect.height * 0.1, rect.bottom - rect.height * 0.1];
        const seen = (x, y) => y > grid.top && cell.contains(document.elementFromPoint(x, y));
        if (!seen(left, top) || !seen(right, bottom) || !seen(left, bottom)) return [];
        return [{ id: cell.dataset.id, loaded: picture.complete && picture.naturalWidth > 0,
                  rect: { x: rect.x, y: rect.y, width: rect.width, height: rect.height } }];
    });
"#;

/// Scrolls on by most of a screen; false at the end.
const SCROLL: &str = r#"
    let box = document.querySelector('[data-testid=cell]');
    while (box && !(box.scrollHeight > box.clientHeight + 1 && getComputedStyle(box).overflowY !== 'visible')) box = box.parentElement;
    if (!box) return false;
    const before = box.scrollTop;
    box.scrollTop = before + box.clientHeight * 0.6;
    return box.scrollTop > before + 1;
"#;

/// Waits until the pictures in view are loaded, and measures each on a screenshot. Returns them by the cell's id.
pub fn pictures_in_view(window: &Session) -> Result<(BTreeMap<String, Look>, Vec<u8>)> {
    let mut png = Vec::new();
    let looks = window.wait("the pictures in view", || {
        let before = in_view(window)?;
        ensure!(!before.is_empty(), "no cell is in view");
        if let Some(waiting) = before.iter().find(|thumbnail| !thumbnail.loaded) {
            bail!("the picture of cell {} is not loaded", waiting.id);
        }
        png = window.screenshot()?;
        let picture = pixels::decode(&png)?;
        before.into_iter().map(|seen| Ok((seen.id, pixels::look_at(&picture, seen.rect)?))).collect()
    })?;
    Ok((looks, png))
}

/// Looks through the whole grid from where it stands, and returns every picture by its cell's id.
pub fn all_pictures(window: &Session) -> Result<BTreeMap<String, Look>> {
    let mut all = BTreeMap::new();
    loop {
        all.extend(pictures_in_view(window)?.0);
        if window.script(SCROLL, json!([]))? == json!(false) {
            return Ok(all);
        }
    }
}

fn in_view(window: &Session) -> Result<Vec<Thumbnail>> {
    Ok(serde_json::from_value(window.script_async(IN_VIEW)?)?)
}
