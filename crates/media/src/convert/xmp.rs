//! XMP packets on their way into a JPEG.

use crate::xmp::find;

/// What begins a JPEG's segment with an XMP packet.
pub(crate) const SIGNATURE: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// What begins one with more of a packet than fits into the first.
pub(crate) const EXTENSION: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
/// Longest segment.
const LONGEST: usize = 65_533;
/// Where a packet may repeat how the picture is turned.
const TURN: &[u8] = b"tiff:Orientation";

/// Makes a segment of a packet, or of what is one already, for a picture that stands upright. `None` when it is too long.
pub(crate) fn segment(packet: &[u8]) -> Option<Vec<u8>> {
    let whole = packet.starts_with(SIGNATURE) || packet.starts_with(EXTENSION);
    let mut segment = if whole { packet.to_vec() } else { [SIGNATURE, packet].concat() };
    stand_upright(&mut segment);
    (segment.len() <= LONGEST).then_some(segment)
}

/// Puts a 1 in place of every `tiff:Orientation="6"` or `<tiff:Orientation>6<`.
fn stand_upright(packet: &mut [u8]) {
    let mut at = 0;
    while let Some(found) = packet.get(at..).and_then(|rest| find(rest, TURN)) {
        at += found + TURN.len();
        match packet.get_mut(at..at + 4) {
            Some([b'=', b'"' | b'\'', digit @ b'1'..=b'8', b'"' | b'\''])
            | Some([b'>', digit @ b'1'..=b'8', b'<', _]) => {
                *digit = b'1';
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_says_that_the_picture_stands_upright() {
        for (packet, want) in [
            (
                &b"a tiff:Orientation=\"6\" tiff:Orientation='3'"[..],
                &b"a tiff:Orientation=\"1\" tiff:Orientation='1'"[..],
            ),
            (b"<tiff:Orientation>8</tiff:Orientation>", b"<tiff:Orientation>1</tiff:Orientation>"),
            (b"tiff:Orientation=\"66\" tiff:Orientation", b"tiff:Orientation=\"66\" tiff:Orientation"),
        ] {
            assert_eq!(segment(packet), Some([SIGNATURE, want].concat()));
        }
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        assert_eq!(segment(&vec![b' '; 70_000]), None);
        let extension = [EXTENSION, b"guid, lengths, text"].concat();
        assert_eq!(segment(&extension), Some(extension));
    }
}
