//! The books of a phone with a library of its own: every number has its list, and they add up, before and after.

use engine::Lab;
use iphone_sim::{Phone, PhotosLibrary};
use serde_json::{Value, json};

const SECTIONS: [&str; 5] = ["new", "already_imported", "only_in_icloud", "hidden", "recently_deleted"];

fn number(scan: &Value, section: &str) -> usize {
    scan[section].as_u64().unwrap() as usize
}

/// Counts a list, page by page.
fn length(lab: &Lab, list: &Value) -> usize {
    let mut found = 0;
    loop {
        let page = lab.call("list_items", json!({"list": list, "offset": found, "limit": 500}));
        match page.as_array().unwrap().len() {
            0 => return found,
            some => found += some,
        }
    }
}

/// Checks that the numbers add up and that each is the length of its list.
fn balanced(lab: &Lab, scan: &Value) {
    let sum: usize = SECTIONS.iter().map(|section| number(scan, section)).sum();
    assert_eq!(number(scan, "assets"), sum, "{scan}");
    let list = |section: &str| length(lab, &json!({"kind": "source", "source": lab.source(), "section": section}));
    for section in &SECTIONS[1..] {
        assert_eq!(list(section), number(scan, section), "{section} of {scan}");
    }
    assert_eq!(list("missing"), number(scan, "missing"), "{scan}");
    assert_eq!(list("new"), number(scan, "new") - number(scan, "missing"), "{scan}");
}

#[test]
fn the_books_of_a_phone_balance_and_every_number_has_its_list() {
    let library = PhotosLibrary { assets: 300, mean_bytes: 4000, model: 18_600, seed: 7 };
    let lab = Lab::beside(Phone::builder().photos_library(library).start().unwrap());
    lab.choose_library("Photos");
    let scan = lab.listed();
    assert!(number(&scan, "only_in_icloud") > 0 && number(&scan, "new") > 100, "{scan}");
    balanced(&lab, &scan);

    let import = lab.imported(&json!({"kind": "all_new"}));
    let totals = &import["totals"];
    let terms = ["imported", "already_imported", "only_in_icloud", "not_selected", "failed"];
    assert_eq!(number(totals, "seen"), terms.iter().map(|term| number(totals, term)).sum::<usize>(), "{totals}");
    for (list, wanted) in terms.iter().map(|term| (*term, number(totals, term))) {
        let list = json!({"kind": "import", "session": import["session"], "list": list});
        assert_eq!(length(&lab, &list), wanted, "{list} of {totals}");
    }
    let evidence = import["evidence"].as_object().unwrap().values();
    let verified: u64 = evidence.map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(verified as usize, number(totals, "imported"), "{import}");
    balanced(&lab, &lab.listed());

    lab.call("undo_import", json!({"session": import["session"]}));
    let after = lab.listed();
    balanced(&lab, &after);
    assert_eq!(number(&after, "already_imported"), 0);
}
