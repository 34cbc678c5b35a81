//! Numbers for people.

/// Writes a size in bytes in the decimal units that drives are sold by.
pub fn size(bytes: u64) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    let digits = usize::from(unit > 0 && value < 100.0);
    format!("{value:.digits$} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        let sizes = [size(0), size(999), size(1234), size(150_000), size(250_000_000_000)];
        assert_eq!(sizes, ["0 bytes", "999 bytes", "1.2 kB", "150 kB", "250 GB"]);
    }
}
