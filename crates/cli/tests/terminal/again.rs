//! Importing again what is in the library already, because the user says so.

use crate::stage::{Stage, tree};
use serde_json::Value;

#[test]
fn what_is_named_is_copied_once_more_and_nothing_is_replaced() {
    let stage = Stage::in_memory();
    let media = stage.path("media");
    std::fs::create_dir_all(&media).unwrap();
    for number in 0..3_u8 {
        std::fs::write(media.join(format!("IMG_{number}.JPG")), vec![number; 2000]).unwrap();
    }
    stage.import("media");
    let before = tree(&stage.path("library/Originals"));
    let listed = |field: &str| -> Vec<Value> {
        let run = stage.run(&["list", "--source", "media", "--library", "library", "--json"]);
        run.lines().iter().map(|line| line[field].clone()).collect()
    };
    let ids = listed("id");
    let import = |more: &[&str]| {
        let named = [
            "import",
            "--source",
            "media",
            "--library",
            "library",
            "--create",
            "--json",
            "--assets",
            ids[1].as_str().unwrap(),
        ];
        stage.run(&[&named, more].concat())
    };
    assert_eq!(import(&[]).finished()["imported"], 0);
    assert_eq!(import(&["--again", "--dry-run"]).finished()["imported"], 1);
    let finished = import(&["--again"]).finished();
    assert_eq!((&finished["imported"], &finished["already_imported"]), (&Value::from(1), &Value::from(2)));
    let after = tree(&stage.path("library/Originals"));
    assert_eq!(after.len(), 4, "{after:?}");
    assert!(before.iter().all(|(path, hash)| after.get(path) == Some(hash)), "{before:?} became {after:?}");
    assert_eq!(stage.verified(), 4);
    assert!(listed("state").iter().all(|state| state == "already_imported"));
    let refused = stage.run(&["import", "--source", "media", "--library", "library", "--all-new", "--again"]);
    assert_eq!(refused.code, 2, "everything once more is nobody's wish: {}", refused.err);
}
