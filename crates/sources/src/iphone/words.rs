//! Texts from the phone's library, made fit to be kept: no control characters, no more than a record can hold.

use super::albums::AlbumPath;

/// The longest single text, in bytes.
const LONGEST: usize = 8 << 10;
/// All texts of one sort together, in bytes.
const LONGEST_LIST: usize = 6 << 10;

/// Returns a text without control characters but line ends, cut to 8 KiB. `None` when nothing is left.
pub(super) fn text(raw: Option<&str>) -> Option<String> {
    let kept: String = raw?.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    let kept = cut(kept.trim(), LONGEST);
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// Returns a text of one line, cut to 1 KiB.
pub(super) fn line(raw: Option<&str>) -> Option<String> {
    let text = text(raw)?;
    Some(cut(&text.replace('\n', " "), LONGEST / 8).to_owned())
}

/// Returns texts of one line each, 6 KiB in all at most.
pub(super) fn lines<'a>(raw: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut left = LONGEST_LIST;
    let fits = |line: &String| {
        left = left.saturating_sub(line.len() + 4);
        left > 0
    };
    raw.into_iter().filter_map(|text| line(Some(text))).take_while(fits).collect()
}

/// Returns paths of several texts each, 6 KiB in all at most.
pub(super) fn paths(raw: &[AlbumPath]) -> Vec<Vec<String>> {
    let mut left = LONGEST_LIST;
    let fits = |path: &&AlbumPath| {
        left = left.saturating_sub(path.iter().map(|part| part.len() + 4).sum());
        left > 0
    };
    raw.iter().take_while(fits).map(|path| path.as_ref().clone()).collect()
}

fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_bounded_and_harmless() {
        assert_eq!(text(Some(" a\u{1b}[31m\u{1f}\nb\0 ")).as_deref(), Some("a[31m\nb"));
        assert_eq!(line(Some("a\nb")).as_deref(), Some("a b"));
        assert_eq!((text(Some("\u{1}")), line(None)), (None, None));
        assert_eq!(text(Some(&"é".repeat(10_000))).map(|t| t.len()), Some(LONGEST));
        assert!(lines(vec!["x".repeat(2000).as_str(); 50]).iter().map(String::len).sum::<usize>() <= LONGEST_LIST);
    }
}
