//! What of a phone is imported, in the words of the window and of the terminal.

use crate::case::Choice;
use crate::dice::Dice;
use api::terminal::{self, ListedAsset};
use engine::Lab;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SECTIONS: [&str; 5] = ["new", "already_imported", "only_in_icloud", "hidden", "recently_deleted"];

pub fn by_window(lab: &Lab, choice: Choice, dice: &mut Dice) -> Value {
    match choice {
        Choice::AllNew => json!({"kind": "all_new"}),
        Choice::AlbumOrRest => match lab.call("import_status", json!({})) {
            Value::Null => json!({"kind": "all_new"}),
            last => json!({"kind": "unfinished", "session": last["session"]}),
        },
        Choice::Some => {
            let ids = |section: &str| {
                let page = json!({"source": lab.source(), "section": section, "offset": 0, "limit": 10_000});
                lab.call("grid_ids", page).as_array().unwrap().clone()
            };
            let all: Vec<Value> = SECTIONS.into_iter().flat_map(ids).collect();
            // A cell is a photo, or the photos of a burst.
            let photos = all.into_iter().flat_map(|cell| cell.as_array().cloned().unwrap_or_else(|| vec![cell]));
            let some: Vec<Value> = photos.filter(|_| dice.one_in(2)).collect();
            json!({"kind": "assets", "ids": some})
        }
    }
}

pub fn by_terminal(listed: &[ListedAsset], choice: Choice, dice: &mut Dice) -> terminal::Choice {
    let some = |dice: &mut Dice| {
        let some = listed.iter().filter(|_| dice.one_in(2));
        terminal::Choice::Assets(some.map(|asset| asset.id.clone()).collect())
    };
    match choice {
        Choice::AllNew => terminal::Choice::AllNew,
        Choice::Some => some(dice),
        Choice::AlbumOrRest => {
            let shown = listed.iter().filter_map(|asset| asset.library.as_ref()).filter(|l| !l.hidden && !l.deleted);
            let albums: BTreeSet<String> = shown.flat_map(|l| l.albums.iter().map(|album| album.join("/"))).collect();
            let albums: Vec<String> = albums.into_iter().filter(|_| dice.one_in(2)).collect();
            if albums.is_empty() { some(dice) } else { terminal::Choice::Albums(albums) }
        }
    }
}
