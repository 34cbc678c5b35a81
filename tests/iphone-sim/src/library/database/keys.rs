//! The short binary keys by which the database finds the file of a resource on the phone.

/// Folders that a path key names by a number.
const FOLDERS: [(&str, u16); 6] = [
    ("PhotoData/Metadata/PhotoData/CPLAssets/group", 4),
    ("PhotoData/Thumbnails/V2/PhotoData/CPLAssets/group", 5),
    ("PhotoData/CPLAssets/group", 6),
    ("PhotoData/Thumbnails/V2/PhotoData/", 3),
    ("DCIM/", 2),
    ("PhotoData/", 1),
];

/// Names a file by its path; `None` for one in no known folder.
pub(super) fn of_path(path: &str) -> Option<Vec<u8>> {
    let known = |(folder, number): &(&str, u16)| path.strip_prefix(folder).map(|rest| (rest, *number));
    let (rest, number) = FOLDERS.iter().find_map(known)?;
    let length = rest.len().max(16);
    let mut key = ((length as u16 & 0xff) | number << 10).to_le_bytes().to_vec();
    key.extend_from_slice(rest.as_bytes());
    key.resize(2 + length, 0);
    Some(key)
}

/// Names a file by what it is: type, version and recipe of its resource, and the code of its type.
pub(super) fn of_kind(kind: i64, version: i64, recipe: i64, type_code: i64) -> Vec<u8> {
    const STRATEGY: u64 = 3;
    const UPPER_CASE: u64 = 2;
    let bits = |value: i64, mask: u64, shift: u32| (value as u64 & mask) << shift;
    let key = STRATEGY
        | bits(version, 3, 10)
        | bits(kind, 31, 12)
        | bits(recipe >> 16, 15, 17)
        | bits(recipe >> 1, 0x7fff, 21)
        | bits(recipe, 1, 36)
        | UPPER_CASE << 37
        | bits(type_code, 255, 39);
    key.to_le_bytes()[..6].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_paths_are_filled_up_and_long_ones_are_not() {
        assert_eq!(of_path("DCIM/a.JPG").unwrap(), b"\x10\x08a.JPG\0\0\0\0\0\0\0\0\0\0\0");
        let long = of_path("PhotoData/Metadata/DCIM/100APPLE/IMG_0001.JPG").unwrap();
        assert_eq!((long[0] as usize, long[1]), (long.len() - 2, 4));
        assert_eq!(of_path("elsewhere"), None);
    }

    #[test]
    fn a_kind_takes_six_bytes() {
        assert_eq!(of_kind(0, 0, 0, 1), [3, 0, 0, 0, 0xc0, 0]);
        assert_eq!(of_kind(0, 2, 65938, 1).len(), 6);
    }
}
