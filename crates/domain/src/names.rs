//! File names that every file system takes, and the key by which two names clash.
//!
//! The portable set is that of FAT, exFAT and NTFS under Windows, used on every system so that a library can move to any drive.

use unicode_normalization::UnicodeNormalization;

/// Longest name in UTF-16 units; leaves room below Windows' 260 for folders and below 255 for a suffix.
const LONGEST: usize = 120;
/// Stands in for whatever a name may not contain.
const STAND_IN: char = '_';

/// Turns any text into one portable file name: NFC, no separators, control or direction characters, no device names,
/// no trailing dot or space, at most 120 UTF-16 units with the extension kept. Idempotent and never empty.
pub fn portable_name(raw: &str) -> String {
    let replaced: String = raw.nfc().map(|c| if is_refused(c) { STAND_IN } else { c }).collect();
    let mut name = shortened(trimmed_end(replaced.trim_start()));
    // A leading dot would hide the photo.
    if name.starts_with('.') {
        name.replace_range(..1, "_");
    }
    if name.is_empty() {
        name.push(STAND_IN);
    }
    if is_device_name(&name) {
        name.insert(0, STAND_IN);
    }
    name
}

/// Tells whether a name can be used as it is on every file system.
pub(crate) fn is_portable_name(name: &str) -> bool {
    !name.is_empty() && name != ".." && portable_name(name) == name
}

/// Returns the key by which case-insensitive and normalising file systems take two names for one.
pub fn collision_key(name: &str) -> String {
    name.nfkc().flat_map(char::to_lowercase).nfc().collect::<String>().trim_end_matches(['.', ' ']).to_owned()
}

/// Returns the name without its extension. A name that begins with its only dot has no extension.
pub fn file_stem(name: &str) -> &str {
    split_extension(name).0
}

/// Puts `_N` between stem and extension: `IMG_1.HEIC` becomes `IMG_1_2.HEIC`. The result is portable if the name was:
/// a long stem is cut, never the number.
pub fn with_suffix(name: &str, number: u32) -> String {
    let (stem, extension) = split_extension(name);
    let end = format!("_{number}{extension}");
    format!("{}{end}", fitting(stem, &end))
}

/// Splits at the last dot; the second part keeps its dot. Long "extensions" are part of the name.
fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= 12 => name.split_at(dot),
        _ => (name, ""),
    }
}

fn is_refused(c: char) -> bool {
    matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '\u{FFFD}' | '\u{FEFF}')
        || c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        // Noncharacters and private use: Apple maps refused characters into U+F000.
        || matches!(c, '\u{E000}'..='\u{F8FF}')
        || (c as u32 & 0xFFFE) == 0xFFFE
}

fn is_device_name(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    let Some(rest) = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT")) else { return false };
    let mut digits = rest.chars();
    matches!((digits.next(), digits.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
}

/// Cuts what vanishes at the end of a name under Windows, where two names would become one.
fn trimmed_end(name: &str) -> &str {
    name.trim_end_matches(|c: char| c == '.' || c.is_whitespace())
}

fn shortened(name: &str) -> String {
    let length = |text: &str| text.encode_utf16().count();
    if length(name) <= LONGEST && name.len() <= 240 {
        return name.to_owned();
    }
    let (stem, extension) = split_extension(name);
    format!("{}{extension}", trimmed_end(&fitting(stem, extension)))
}

/// Returns as much of a stem as fits before its end.
fn fitting(stem: &str, end: &str) -> String {
    let (mut units, mut bytes) = (end.encode_utf16().count(), end.len());
    stem.chars()
        .take_while(|c| {
            units += c.len_utf16();
            bytes += c.len_utf8();
            units <= LONGEST && bytes <= 240
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refused_names_are_mended() {
        for (raw, want) in [
            ("IMG_0001.HEIC", "IMG_0001.HEIC"),
            ("../../etc/passwd", "_._.._etc_passwd"),
            ("..", "_"),
            (".", "_"),
            ("", "_"),
            ("a:b?.jpg", "a_b_.jpg"),
            ("con.jpg", "_con.jpg"),
            ("COM¹", "_COM¹"),
            ("trail. ", "trail"),
            ("e\u{301}.jpg", "\u{e9}.jpg"),
            ("x\u{202E}gpj.exe", "x_gpj.exe"),
            ("nul\0.jpg", "nul_.jpg"),
        ] {
            assert_eq!(portable_name(raw), want, "{raw:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let name = portable_name(&format!("{}.HEIC", "ä".repeat(10_000)));
        assert!(name.ends_with(".HEIC") && name.encode_utf16().count() <= LONGEST && name.len() <= 240);
    }

    #[test]
    fn suffixes_go_before_the_extension() {
        assert_eq!(with_suffix("IMG_1.HEIC", 2), "IMG_1_2.HEIC");
        assert_eq!(with_suffix("noext", 1), "noext_1");
        assert_eq!(file_stem(".hidden"), ".hidden");
    }

    #[test]
    fn names_clash_as_on_the_least_careful_file_system() {
        assert_eq!(collision_key("IMG_É.JPG"), collision_key("img_e\u{301}.jpg"));
        assert_ne!(collision_key("IMG_1.JPG"), collision_key("IMG_2.JPG"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn any_text_becomes_one_portable_name(raw in "\\PC{0,300}|[./\\\\ :a-cé\u{301}\u{0}-\u{1f}]{0,40}") {
            let name = portable_name(&raw);
            prop_assert!(is_portable_name(&name), "{name:?}");
            prop_assert_eq!(portable_name(&name), name.clone());
            prop_assert!(!name.contains(['/', '\\', ':', '\0']) && name != "." && name != "..");
            prop_assert!(name.encode_utf16().count() <= LONGEST + 1);
            let numbered = with_suffix(&name, 4711);
            prop_assert!(is_portable_name(&numbered) && numbered.contains("_4711"), "{numbered:?}");
        }
    }
}
