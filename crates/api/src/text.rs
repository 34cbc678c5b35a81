//! Numbers for people.

/// Writes a size in bytes in the decimal units that drives are sold by, to one place below 100: `48.2 GB`, `31 kB`. The
/// page's `bytes` writes the same.
pub fn size(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") };
    }
    let mut value = bytes as f64 / 1000.0;
    let mut larger = units.into_iter();
    let mut unit = larger.next().unwrap_or_default();
    // What would be written as 1000 is 1 of the next.
    while value >= 999.5
        && let Some(next) = larger.next()
    {
        value /= 1000.0;
        unit = next;
    }
    let digits = usize::from(value < 99.95);
    let figure = format!("{value:.digits$}");
    format!("{} {unit}", figure.strip_suffix(".0").unwrap_or(&figure))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        let sizes =
            [0, 1, 999, 1234, 31_000, 150_000, 999_600, 48_200_000_000, 99_960_000_000, 250_000_000_000].map(size);
        let words =
            ["0 bytes", "1 byte", "999 bytes", "1.2 kB", "31 kB", "150 kB", "1 MB", "48.2 GB", "100 GB", "250 GB"];
        assert_eq!(sizes, words);
    }
}
