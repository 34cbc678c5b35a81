use super::*;
use domain::{
    AssetDetails, AssetKind, CaptureTime, Decision, Fingerprint, Outcome, Resource, ResourceRole, SourcePath, Totals,
};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use std::collections::HashSet;

/// A photo of a phone by what decides about it.
#[derive(Debug, Clone, Copy)]
struct Kind {
    availability: Availability,
    hidden: bool,
    deleted: bool,
    copied: bool,
    chosen: bool,
}

fn kinds() -> impl Strategy<Value = Vec<Kind>> {
    let availability =
        prop_oneof![Just(Availability::OnDevice), Just(Availability::OnlyInICloud), Just(Availability::Missing)];
    let kind = (availability, any::<[bool; 4]>()).prop_map(|(availability, [hidden, deleted, copied, chosen])| Kind {
        availability,
        hidden,
        deleted,
        copied,
        chosen,
    });
    prop::collection::vec(kind, 0..60)
}

fn asset(number: usize, kind: Kind) -> Asset {
    let file =
        |name: &str| Fingerprint { path: SourcePath::new(format!("{number}/{name}")), bytes: 10, modified_ns: 0 };
    let resource = |role, availability, name: &str| Resource {
        role,
        fingerprint: file(name),
        taken: None,
        availability,
        name: None,
        apple: None,
    };
    Asset {
        id: AssetId::new(format!("{number:016x}")),
        kind: AssetKind::Photo,
        taken: CaptureTime::from_file_time(0, &TimeZone::UTC),
        resources: vec![
            resource(ResourceRole::Original, kind.availability, "a.HEIC"),
            resource(ResourceRole::Edited, Availability::OnlyInICloud, "b.HEIC"),
        ],
        details: AssetDetails { hidden: kind.hidden, deleted: kind.deleted, ..AssetDetails::default() },
    }
}

/// What an import would do with each photo, and its books if all goes well with what is there.
fn planned(kinds: &[Kind], selection: &Selection) -> (Vec<Decision>, Totals, u64) {
    let copy = LibraryPath::parse("Originals/a.HEIC").unwrap();
    let seen = kinds.iter().enumerate().map(|(n, kind)| (asset(n, *kind), kind.copied.then(|| copy.clone())));
    let plan = plan(seen, selection);
    let outcomes: Vec<Outcome> = plan
        .items
        .iter()
        .map(|item| match item.decision {
            Decision::Import => Outcome::Imported,
            Decision::Skip(reason) => Outcome::Skipped(reason),
        })
        .collect();
    (plan.items.iter().map(|item| item.decision).collect(), outcomes.iter().collect(), plan.bytes())
}

proptest! {
    #[test]
    fn every_photo_seen_is_in_the_books_once_and_what_is_only_in_icloud_is_never_copied(kinds in kinds()) {
        let chosen: HashSet<_> = kinds.iter().enumerate().filter(|(_, k)| k.chosen).map(|(n, k)| asset(n, *k).id).collect();
        for selection in [Selection::AllNew, Selection::Assets(chosen.clone()), Selection::Again(chosen)] {
            let (decisions, totals, bytes) = planned(&kinds, &selection);
            prop_assert_eq!(totals.seen(), kinds.len() as u64);
            // Only the original of each: the edits are in iCloud.
            prop_assert_eq!(bytes, 10 * totals.imported);
            for (kind, decision) in kinds.iter().zip(decisions) {
                let apart = kind.hidden || kind.deleted;
                let wanted = match selection {
                    Selection::AllNew => !apart,
                    Selection::Assets(_) | Selection::Again(_) => kind.chosen,
                };
                let again = matches!(selection, Selection::Again(_)) && kind.chosen;
                let expected = match (kind.copied, kind.availability) {
                    (true, Availability::OnDevice) if again => Decision::Import,
                    (true, _) => Decision::Skip(SkipReason::AlreadyImported),
                    (false, Availability::OnlyInICloud) if wanted || !apart => Decision::Skip(SkipReason::OnlyInICloud),
                    (false, _) if wanted => Decision::Import,
                    (false, _) => Decision::Skip(SkipReason::NotSelected),
                };
                prop_assert_eq!(decision, expected, "{:?}", kind);
            }
        }
    }
}

#[test]
fn room_is_kept_for_a_sidecar_of_each_photo_of_which_there_is_something_to_say() {
    let here =
        Kind { availability: Availability::OnDevice, hidden: false, deleted: false, copied: false, chosen: true };
    let mut assets = [asset(0, here), asset(1, here), asset(2, here)];
    assets[0].details.favorite = true;
    assets[1].details.keywords = vec!["a keyword of forty characters, more or less".into(); 200];
    let plan = plan(assets.into_iter().map(|asset| (asset, None)), &Selection::AllNew);
    let fits = |free_bytes, sidecars| {
        let capacity = Capacity { free_bytes, total_bytes: 1 << 40, largest_file: None, block_bytes: 4096 };
        check_space(&plan, &[], &capacity, None, sidecars).is_ok()
    };
    // 3 photos of 10 bytes, a block each; sidecars of one block, of several, and none.
    let three = (1 << 20) + 3 * 4096 * 51 / 50;
    assert!(fits(three, Sidecars::LeftOut) && !fits(three - 1, Sidecars::LeftOut));
    let one_and_four = (1 << 20) + 8 * 4096 * 51 / 50;
    assert!(fits(one_and_four, Sidecars::Written) && !fits(one_and_four - 1, Sidecars::Written));
}

#[test]
fn small_files_take_whole_clusters_of_the_drive() {
    let here =
        Kind { availability: Availability::OnDevice, hidden: false, deleted: false, copied: false, chosen: true };
    // As many recipes of ten bytes take a thousand times as much on a large exFAT stick.
    let plan = plan((0..100).map(|number| (asset(number, here), None)), &Selection::AllNew);
    let fits = |free_bytes, block_bytes| {
        let capacity = Capacity { free_bytes, total_bytes: 1 << 40, largest_file: None, block_bytes };
        check_space(&plan, &[], &capacity, None, Sidecars::LeftOut).is_ok()
    };
    assert!(fits(2 << 20, 1) && !fits(2 << 20, 128 << 10) && fits(15 << 20, 128 << 10));
    assert!(fits(2 << 20, 0), "nothing is divided by what is not known");
}
