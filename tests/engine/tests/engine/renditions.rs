//! Small pictures of what is only in iCloud, saved because the window's options ask for them.

use engine::Lab;
use iphone_sim::{Phone, PhotosLibrary};
use serde_json::{Value, json};

fn cells(lab: &Lab) -> Vec<Value> {
    let page = json!({"source": lab.source(), "section": "only_in_icloud", "offset": 0, "limit": 500});
    lab.call("grid_rows", page).as_array().unwrap().clone()
}

#[test]
fn small_pictures_are_saved_once_the_option_is_chosen_and_marked_in_grid_and_books() {
    let library = PhotosLibrary { assets: 120, mean_bytes: 3_000, model: 18_600, seed: 5 };
    let lab = Lab::beside(Phone::builder().photos_library(library).start().unwrap());
    lab.choose_library("Photos");
    let listed = lab.listed();
    let cloud = listed["only_in_icloud"].as_u64().unwrap();
    assert!(cloud > 3 && listed["renditions"] == 0, "{listed}");
    assert_eq!(lab.call("settings", json!({}))["renditions"], false);
    let everything = json!({"kind": "all_new"});
    let plan = || lab.call("plan_import", json!({"source": lab.source(), "selection": everything}));
    assert_eq!(plan()["renditions"], 0);
    assert_eq!(lab.imported(&everything)["made"]["renditions"], 0);

    assert_eq!(lab.call("choose_renditions", json!({"saved": true}))["renditions"], true);
    assert_eq!(plan()["renditions"], cloud);
    let import = lab.imported(&everything);
    assert_eq!(
        (&import["made"]["renditions"], &import["totals"]["imported"], &import["totals"]["only_in_icloud"]),
        (&json!(cloud), &json!(0), &json!(cloud)),
        "{import}"
    );
    assert_eq!(plan()["renditions"], 0, "they are there");
    let listed = lab.listed();
    assert_eq!((&listed["only_in_icloud"], &listed["renditions"]), (&json!(cloud), &json!(cloud)));
    let cells = cells(&lab);
    assert_eq!(cells.len() as u64, cloud);
    for cell in &cells {
        let small = lab.path("Photos").join(cell["rendition"].as_str().unwrap());
        assert!(small.is_file() && cell["library_path"].is_null() && cell["evidence"].is_null(), "{cell}");
    }
    let lab = lab.restarted();
    assert_eq!(lab.call("settings", json!({}))["renditions"], true);
    lab.listed();
    assert_eq!(lab.imported(&everything)["made"]["renditions"], 0);

    let imports = lab.call("past_imports", json!({"offset": 0, "limit": 9}));
    let saved = imports.as_array().unwrap().iter().find(|import| import["files"] == cloud).unwrap();
    assert_eq!(saved["imported"], 0, "{saved}");
    let undone = lab.call("undo_import", json!({"session": saved["session"]}));
    assert_eq!((&undone["moved"], &undone["left"]), (&json!(cloud), &json!(0)));
    assert!(self::cells(&lab).iter().all(|cell| cell["rendition"].is_null()));
}
