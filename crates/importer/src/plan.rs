//! The plan: a pure function of what was seen, what is there and what the user chose.

use crate::convert::estimate;
use crate::{ImportError, sidecar};
use domain::{
    Asset, AssetId, Availability, Capacity, Conversion, Decision, ImportPlan, LibraryPath, Originals, PlannedItem,
    Repeats, Shelf, Sidecars, SkipReason,
};
use std::collections::HashSet;

/// What the user chose.
#[derive(Debug, Clone)]
pub enum Selection {
    /// Everything that is not in the library.
    AllNew,
    /// These assets.
    Assets(HashSet<AssetId>),
    /// These assets, whether they are in the library or not: what is there stays, and further copies are made.
    Again(HashSet<AssetId>),
}

/// Decides for every asset; none is left out. Each comes with the place of its verified copy, if there is one now.
pub fn plan(seen: impl IntoIterator<Item = (Asset, Option<LibraryPath>)>, selection: &Selection) -> ImportPlan {
    let items = seen.into_iter().map(|(asset, copy)| {
        let decision = decide(&asset, copy.is_some(), selection);
        let chosen = is_chosen(&asset, selection);
        PlannedItem { asset, decision, chosen }
    });
    let repeats = match selection {
        Selection::Again(_) => Repeats::Filed,
        Selection::AllNew | Selection::Assets(_) => Repeats::Dropped,
    };
    ImportPlan { items: items.collect(), repeats }
}

fn decide(asset: &Asset, in_library: bool, selection: &Selection) -> Decision {
    let again = matches!(selection, Selection::Again(chosen) if chosen.contains(&asset.id));
    if in_library && !(again && asset.primary().availability == Availability::OnDevice) {
        return Decision::Skip(SkipReason::AlreadyImported);
    }
    without_copy(asset, is_chosen(asset, selection))
}

/// Decides for an asset of which the library has no copy.
pub(crate) fn without_copy(asset: &Asset, chosen: bool) -> Decision {
    match asset.primary().availability {
        // Whoever selects all that is new would have it, too, if it could be had.
        Availability::OnlyInICloud if chosen || asset.details.shelf() == Shelf::Library => {
            Decision::Skip(SkipReason::OnlyInICloud)
        }
        _ if chosen => Decision::Import,
        _ => Decision::Skip(SkipReason::NotSelected),
    }
}

fn is_chosen(asset: &Asset, selection: &Selection) -> bool {
    match selection {
        // What its owner hid or deleted is imported only when it is named.
        Selection::AllNew => asset.details.shelf() == Shelf::Library,
        Selection::Assets(chosen) | Selection::Again(chosen) => chosen.contains(&asset.id),
    }
}

/// Tells, before anything is written, whether a plan fits; see `room_needed`.
pub fn check_space(
    plan: &ImportPlan,
    renditions: &[Asset],
    capacity: &Capacity,
    conversion: Option<&Conversion>,
    sidecars: Sidecars,
) -> Result<(), ImportError> {
    let needed = room_needed(plan, renditions, capacity, conversion, sidecars);
    if needed > capacity.free_bytes {
        return Err(ImportError::NoSpace { needed, free: capacity.free_bytes });
    }
    Ok(())
}

/// Returns how many bytes must be free for a plan. File systems need room of their own: 2 % and 1 MiB are kept.
/// What no empty drive of this size could hold is left out; it fails by itself. What is to be made of photos is estimated,
/// on the high side, and each file takes whole blocks. `renditions` are the smaller pictures that are saved besides, each an
/// asset of one file.
pub fn room_needed(
    plan: &ImportPlan,
    renditions: &[Asset],
    capacity: &Capacity,
    conversion: Option<&Conversion>,
    sidecars: Sidecars,
) -> u64 {
    let possible = |asset: &&Asset| asset.files().all(|r| capacity.can_hold(r.fingerprint.bytes));
    let room = |asset: &Asset| {
        let beside = if sidecars == Sidecars::Written { capacity.taken_by(sidecar::length(asset)) } else { 0 };
        room_for(asset, conversion, capacity).saturating_add(beside)
    };
    let smaller = renditions.iter().filter(possible).map(|asset| room_for(asset, None, capacity));
    let bytes = plan.imports().filter(possible).map(room).chain(smaller).fold(0, u64::saturating_add);
    if bytes == 0 { 0 } else { bytes.saturating_add(bytes / 50).saturating_add(1 << 20) }
}

/// Estimates the bytes that an asset takes. An original that is left out was on the drive before, and stays there when nothing
/// can be made of it.
fn room_for(asset: &Asset, conversion: Option<&Conversion>, capacity: &Capacity) -> u64 {
    let room = asset.files().map(|resource| {
        let copy = capacity.taken_by(resource.fingerprint.bytes);
        let Some(wish) = conversion else { return copy };
        let made = capacity.taken_by(estimate(wish, resource));
        match wish.originals {
            Originals::Kept => copy.saturating_add(made),
            Originals::LeftOut => copy.max(made),
        }
    });
    room.fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests;
