//! The numbers of a phone and of an import, each held against its list.

use engine::Lab;
use serde_json::{Value, json};

const SECTIONS: [&str; 5] = ["new", "already_imported", "only_in_icloud", "hidden", "recently_deleted"];
pub const TERMS: [&str; 6] = ["imported", "already_imported", "only_in_icloud", "not_selected", "failed", "put_aside"];

pub fn number(of: &Value, name: &str) -> usize {
    of[name].as_u64().unwrap_or_else(|| panic!("{name} of {of}")) as usize
}

/// Reads a list to its end, page by page.
pub fn list(lab: &Lab, list: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    loop {
        let page = lab.call("list_items", json!({"list": list, "offset": found.len(), "limit": 500}));
        match page.as_array().unwrap() {
            page if page.is_empty() => return found,
            page => found.extend(page.iter().cloned()),
        }
    }
}

pub fn of_source(lab: &Lab, section: &str) -> Vec<Value> {
    list(lab, &json!({"kind": "source", "source": lab.source(), "section": section}))
}

/// The numbers of a listing that went through add up, and each is as long as its list.
pub fn of_phone(lab: &Lab) -> Value {
    let scan = lab.listed();
    let sum: usize = SECTIONS.iter().map(|section| number(&scan, section)).sum();
    assert_eq!(number(&scan, "assets"), sum, "{scan}");
    if scan["phase"] == "done" {
        for section in &SECTIONS[1..] {
            assert_eq!(of_source(lab, section).len(), number(&scan, section), "{section} of {scan}");
        }
        assert_eq!(of_source(lab, "missing").len(), number(&scan, "missing"), "{scan}");
        assert_eq!(of_source(lab, "new").len(), number(&scan, "new") - number(&scan, "missing"), "{scan}");
    }
    scan
}

/// The numbers of an import add up to what was seen.
pub fn add_up(totals: &Value) {
    // The terminal has no such term: it tells of an import when that ends.
    let terms = TERMS.iter().filter(|term| **term != "put_aside" || !totals[**term].is_null());
    let sum: usize = terms.map(|term| number(totals, term)).sum();
    assert_eq!(number(totals, "seen"), sum, "{totals}");
}

/// What the journal knows of the last import is as long as its lists, also after some of it was put aside.
pub fn of_journal(lab: &Lab) {
    let import = lab.call("import_status", json!({}));
    if import.is_null() {
        return;
    }
    add_up(&import["totals"]);
    for term in ["imported", "failed", "put_aside"] {
        let of = json!({"kind": "import", "session": import["session"], "list": term});
        assert_eq!(list(lab, &of).len(), number(&import["totals"], term), "{term} of {import}");
    }
}

/// The last import's numbers add up, and each is as long as its list.
pub fn of_import(lab: &Lab) -> Value {
    let import = lab.call("import_status", json!({}));
    let totals = &import["totals"];
    add_up(totals);
    let lengths = TERMS.map(|term| {
        let of = json!({"kind": "import", "session": import["session"], "list": term});
        (term, list(lab, &of).len())
    });
    assert_eq!(lengths, TERMS.map(|term| (term, number(totals, term))), "{import}");
    let evidence = import["evidence"].as_object().unwrap().values();
    let verified: u64 = evidence.map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(verified as usize, number(totals, "imported"), "{import}");
    import
}
