//! Which bytes of a film a request asks for (RFC 9110, section 14).

/// The bytes to answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All of them: none were named, or in a way that may be passed over, such as several stretches at once.
    Whole,
    /// From the first to the last, both included.
    Part {
        /// The first.
        first: u64,
        /// The last; less than the size.
        last: u64,
    },
    /// Some that the film does not have.
    Nothing,
}

/// Reads the value of a `Range` header for a film of `size` bytes.
pub(crate) fn wanted(header: Option<&str>, size: u64) -> Wanted {
    header.and_then(|value| stretch(value, size)).unwrap_or(Wanted::Whole)
}

/// `None` where the header is to be passed over.
fn stretch(value: &str, size: u64) -> Option<Wanted> {
    let (unit, stretch) = value.split_once('=')?;
    let (first, last) = stretch.trim().split_once('-')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = match (first, last) {
        ("", length) => match number(length)? {
            0 => return Some(Wanted::Nothing),
            length => (size.saturating_sub(length), u64::MAX),
        },
        (first, "") => (number(first)?, u64::MAX),
        (first, last) => (number(first)?, number(last)?),
    };
    if first > last {
        return None;
    }
    Some(if first < size { Wanted::Part { first, last: last.min(size - 1) } } else { Wanted::Nothing })
}

/// Reads digits and nothing else. A number that is too long is as good as the largest.
fn number(text: &str) -> Option<u64> {
    let digits = (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(value: &str) -> Wanted {
        wanted(Some(value), 1000)
    }

    #[test]
    fn every_form_of_one_stretch_is_understood() {
        let part = |first, last| Wanted::Part { first, last };
        assert_eq!(wanted(None, 1000), Wanted::Whole);
        assert_eq!(of("bytes=0-"), part(0, 999));
        assert_eq!(of("bytes=0-1"), part(0, 1));
        assert_eq!(of("Bytes = 10-10 "), part(10, 10));
        assert_eq!(of("bytes=999-999"), part(999, 999));
        assert_eq!(of("bytes=5-100000"), part(5, 999));
        assert_eq!(of("bytes=-1"), part(999, 999));
        assert_eq!(of("bytes=-5000"), part(0, 999));
        assert_eq!(of("bytes=7-99999999999999999999999999"), part(7, 999));
    }

    #[test]
    fn bytes_that_are_not_there_are_refused() {
        for value in ["bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=99999999999999999999999999-"] {
            assert_eq!(of(value), Wanted::Nothing, "{value}");
        }
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Nothing);
        assert_eq!(wanted(Some("bytes=-1"), 0), Wanted::Nothing);
    }

    #[test]
    fn what_makes_no_sense_is_passed_over() {
        let long = format!("bytes={}-", "9".repeat(5000));
        for value in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=--1",
            "bytes=5-4",
            "bytes=0-1,4-5",
            "bytes=,",
            "bytes=a-b",
            "bytes=0x1-2",
            "bytes=+1-2",
            "bytes=1 - 2",
            "bytes=0-1-2",
            "lines=0-1",
            "bytes:0-1",
            "bytes=\u{0}0-1",
            "bytes=１-２",
            &long,
        ] {
            assert_eq!(of(value), Wanted::Whole, "{value:?}");
        }
    }

    proptest! {
        #[test]
        fn no_header_leads_out_of_the_film(value in "(bytes=)?[-0-9 ,=a-z\u{80}-\u{ffff}]{0,60}", size in any::<u64>()) {
            if let Wanted::Part { first, last } = wanted(Some(&value), size) {
                prop_assert!(first <= last && last < size);
            }
        }

        #[test]
        fn a_stretch_inside_is_given_as_it_was_asked_for(size in 1u64.., a in any::<u64>(), b in any::<u64>()) {
            let (first, last) = ((a % size).min(b % size), (a % size).max(b % size));
            prop_assert_eq!(wanted(Some(&format!("bytes={first}-{last}")), size), Wanted::Part { first, last });
            prop_assert_eq!(wanted(Some(&format!("bytes={first}-")), size), Wanted::Part { first, last: size - 1 });
            let suffix = Wanted::Part { first: size - 1 - last, last: size - 1 };
            prop_assert_eq!(wanted(Some(&format!("bytes=-{}", last + 1)), size), suffix);
        }
    }
}
