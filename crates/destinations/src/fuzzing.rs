//! A door for fuzzers to manifests.

/// Reads bytes as a manifest, and each line once more with the check that it would need.
pub fn manifest(bytes: &[u8]) {
    crate::manifest::read_bytes(bytes);
}
