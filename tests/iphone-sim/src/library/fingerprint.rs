//! Apple's fingerprint of a file: the base64 of a 1 and of the SHA-1 of a salt and the file's bytes. The formula is told alike by
//! three public readers of iCloud and of photo libraries.

use sha1::{Digest, Sha1};

use crate::media::Recipe;

const SALT: &[u8] = b"com.apple.XattrObjectSalt\0com.apple.DataObjectSalt\0";
const FORMULA: u8 = 1;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Larger files are not computed for it: a library of any size is to be there at once.
const LARGEST: u64 = 64 << 10;

/// The fingerprint of a file. That of a large one is not by the formula; it is the same for the same bytes all the same.
pub(super) fn of(recipe: &Recipe) -> String {
    let bytes = if recipe.size() <= LARGEST { recipe.bytes() } else { format!("{recipe:?}").into_bytes() };
    of_bytes(&bytes)
}

fn of_bytes(bytes: &[u8]) -> String {
    let hash = Sha1::new().chain_update(SALT).chain_update(bytes).finalize();
    let whole: Vec<u8> = [FORMULA].into_iter().chain(hash).collect();
    let digits = whole.chunks(3).flat_map(|group| {
        let word = group.iter().fold(0_usize, |word, byte| word << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(ALPHABET[word >> shift & 63]))
    });
    digits.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_is_the_one_that_others_tell() {
        // printf 'com.apple.XattrObjectSalt\0com.apple.DataObjectSalt\0photo' | sha1sum, a 1 before it, base64.
        assert_eq!(of_bytes(b"photo"), "AY1BDeqbmw1+e0wUC1lmOjEsNrqM");
    }
}
