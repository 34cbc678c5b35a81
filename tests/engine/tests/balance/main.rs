//! The books balance, whatever phone, faults and choices: random phones with a library of their own, imported from by the
//! window and by the terminal, amid faults, with what is cancelled and undone in between.
//!
//! After each step: what was seen is imported + already imported + only in iCloud + not selected + failed; each number is as
//! long as its list; each line of the manifests has its file, byte for byte; nothing beside the library is touched; nobody
//! asked the phone to change anything. In the end all is calm, and the library holds exactly what the phone can give.
//!
//! Cases come from seeds. `KEEPSAKE_BALANCE_SEED` says where they begin, `KEEPSAKE_BALANCE_CASES` how many there are. A case
//! that fails is made smaller, and the smallest that still fails is printed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on ends, and one of many cases says which"
)]

#[path = "../soak/dice.rs"]
#[expect(dead_code, reason = "not all of them are thrown here")]
mod dice;

mod books;
mod case;
mod choosing;
mod mischief;
mod world;

use case::Case;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// As many as take half a minute, at most; one of them names what is hidden and only in iCloud, one is cancelled.
const USUAL: u64 = 8;
const USUAL_FIRST: u64 = 10;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn the_books_balance_for_any_phone_fault_and_choice() {
    let first = number("KEEPSAKE_BALANCE_SEED").unwrap_or(USUAL_FIRST);
    let cases = number("KEEPSAKE_BALANCE_CASES").unwrap_or(USUAL);
    for seed in first..first + cases {
        let case = Case::new(seed);
        if holds(&case).is_err() {
            panic!("this case fails (the words of each failure are above):\n{:#?}", smallest(case));
        }
    }
}

fn holds(case: &Case) -> Result<(), ()> {
    println!("{case:?}");
    catch_unwind(AssertUnwindSafe(|| world::run(case))).map_err(drop)
}

/// Leaves out what a case does not need in order to fail.
fn smallest(mut case: Case) -> Case {
    while let Some(smaller) = case.smaller().into_iter().find(|smaller| holds(smaller).is_err()) {
        case = smaller;
    }
    case
}
