//! An XMP sidecar of what the phone's library says of an asset: a file that is made, like a JPEG, and goes the same way.

use crate::copy::Copier;
use crate::fetch::VerifiedFile;
use crate::made::{Made, NotMade, stage};
use domain::{Asset, Derivation, Recipe, ResourceRole};

/// Tells how many bytes the sidecar of an asset has, 0 where there is nothing to say.
pub(crate) fn length(asset: &Asset) -> u64 {
    media::sidecar(&asset.details, asset.name(), &asset.taken).map_or(0, |packet| packet.len() as u64)
}

/// Writes the sidecar of an asset beside `beside`, the name of its primary file in the library; `None` when there is nothing
/// to say. Errors with a sentence that says why there is none, or when nothing more can be written.
pub(crate) fn make(
    (copier, primary): (&Copier<'_>, &VerifiedFile<'_>),
    (asset, modified_ns): (&Asset, i64),
    beside: &str,
) -> Result<Option<Made>, NotMade> {
    let Some(packet) = media::sidecar(&asset.details, asset.name(), &asset.taken) else { return Ok(None) };
    let failed = |reason: String| format!("No sidecar was written of {}: {reason}", asset.name());
    let staged = stage(copier, packet.as_bytes(), modified_ns).map_err(|failure| NotMade::written(failure, failed))?;
    let (original_hash, original_bytes) = (primary.hash, primary.copied.file.bytes);
    let derivation = Derivation { original_hash, original_bytes, recipe: Recipe::Details };
    let name = format!("{beside}.xmp");
    Ok(Some(Made { name, role: ResourceRole::Details, staged, derivation, lost: Vec::new() }))
}
