//! What of a verified asset gets a name in the library: its copies, what was made of them, or that alone.

use crate::copy::CopiedFile;
use crate::fetch::{Verified, VerifiedFile};
use crate::made::Made;
use crate::naming::Wish;
use domain::{
    AppleFingerprint, Asset, CaptureTime, ContentHash, Derivation, Evidence, LibraryPath, ManifestEntry, PendingFile,
    ReadBackGrade, ResourceRole, SourceId, SourcePath, StagingName,
};

/// A file on its way to a name.
pub(crate) struct Filing {
    pub(crate) name: String,
    pub(crate) staging: StagingName,
    pub(crate) pending: Box<dyn PendingFile>,
    bytes: u64,
    hash: ContentHash,
    role: ResourceRole,
    source_path: SourcePath,
    source_modified_ns: i64,
    taken: CaptureTime,
    evidence: Evidence,
    grade: ReadBackGrade,
    apple: Option<AppleFingerprint>,
    derived: Option<Derivation>,
}

/// Lists what is filed of an asset, its primary file first. A copy whose place is taken by what was made of it is removed from
/// staging here, and nowhere else: that file was flushed, read back and found equal before.
pub(crate) fn filings(verified: Verified<'_>) -> Vec<Filing> {
    let (mut first, mut beside) = (Vec::new(), Vec::new());
    for (file, made) in verified.files.into_iter().zip(verified.made) {
        let copy = copy_of(verified.asset, file);
        match made.map(|made| made_of(&copy, made)) {
            Some(made) if made.derived.is_some_and(|made| made.stands_for().is_some()) => first.push(made),
            made => {
                first.push(copy);
                beside.extend(made);
            }
        }
    }
    first.append(&mut beside);
    // Of the primary file, or of what stands for it.
    let sidecar = first.first().zip(verified.sidecar).map(|(primary, made)| made_of(primary, *made));
    first.extend(sidecar);
    first
}

fn copy_of(asset: &Asset, file: VerifiedFile<'_>) -> Filing {
    let CopiedFile { resource, file: at_source, staging, pending, .. } = file.copied;
    // What the phone wrote anew since it was listed is not what its library knew.
    let apple = resource.apple.filter(|_| at_source == resource.fingerprint);
    Filing {
        name: resource.file_name().to_owned(),
        staging,
        pending,
        bytes: at_source.bytes,
        hash: file.hash,
        role: resource.role,
        source_path: at_source.path,
        source_modified_ns: at_source.modified_ns,
        taken: resource.taken.unwrap_or(asset.taken),
        evidence: file.evidence,
        grade: file.grade,
        apple,
        derived: None,
    }
}

fn made_of(copy: &Filing, made: Made) -> Filing {
    Filing {
        name: made.name,
        staging: made.staged.staging,
        pending: made.staged.pending,
        bytes: made.staged.bytes,
        hash: made.staged.hash,
        role: made.role,
        source_path: copy.source_path.clone(),
        // All that is known of what was made is that the drive has what was written.
        evidence: Evidence::ReadBack,
        grade: made.staged.grade,
        apple: None,
        derived: Some(made.derivation),
        source_modified_ns: copy.source_modified_ns,
        taken: copy.taken,
    }
}

impl Filing {
    /// Says which name it would like.
    pub(crate) fn wish(&self) -> Wish<'_> {
        Wish { name: &self.name, bytes: self.bytes, hash: self.hash }
    }

    /// Says what the manifest will say, given its place and that of its asset's primary file.
    pub(crate) fn entry(&self, path: LibraryPath, primary: LibraryPath, source: &SourceId) -> ManifestEntry {
        ManifestEntry {
            path,
            bytes: self.bytes,
            hash: self.hash,
            role: self.role,
            asset: primary,
            source: source.clone(),
            source_path: self.source_path.clone(),
            source_modified_ns: self.source_modified_ns,
            taken: self.taken,
            evidence: self.evidence,
            grade: self.grade,
            apple: self.apple,
            details: None,
            derived: self.derived.map(Box::new),
            rendition_of: None,
        }
    }
}
