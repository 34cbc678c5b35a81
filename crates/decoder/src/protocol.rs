//! What the two processes say to each other: a letter, then fields of fixed width, little end first.
//!
//! Neither side believes the other a length: what is read is bounded before room is made for it. A child may be in the hands
//! of whoever made the file it decodes.

use domain::SourceError;
use media::{Drawing, PreviewError};
use std::io::{self, Read, Write};

/// Most bytes handed over at once.
pub(crate) const MOST_BYTES: usize = 1 << 20;
/// Most pixels of a picture.
const MOST_PIXELS: u64 = 8192 * 8192;
/// Longest name of a file; longer ones are cut.
const LONGEST_NAME: usize = 255;
/// Longest sentence.
const LONGEST_WORDS: usize = 1000;

/// What the application says to a decoder.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Draw a file of this name and size, its longer side at most this many pixels.
    Draw { purpose: Purpose, name: String, size: u64, edge: u32 },
    /// The bytes that were asked for; fewer at the end of the file.
    Bytes(Vec<u8>),
    /// They cannot be had.
    Failed,
}

/// What a picture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be shown, as [`media::draw`] makes it.
    Show,
    /// To become a photo of another format, as [`media::develop`] makes it.
    Convert,
}

impl Purpose {
    fn letter(self) -> u8 {
        match self {
            Self::Show => b'D',
            Self::Convert => b'C',
        }
    }
}

/// What a decoder says to the application.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is locked in; the bits of [`crate::Confinement`].
    Ready(u8),
    /// It wants to read so many bytes there.
    Read { offset: u64, length: u32 },
    /// Here is the picture.
    Drawn(Drawing),
    /// There is none.
    Failed(PreviewError),
}

impl Order {
    /// Writes it in one piece.
    pub(crate) fn send(&self, to: &mut impl Write) -> io::Result<()> {
        let mut message = Vec::new();
        match self {
            Self::Draw { purpose, name, size, edge } => {
                let name = cut(name, LONGEST_NAME);
                message.push(purpose.letter());
                message.extend(size.to_le_bytes());
                message.extend(edge.to_le_bytes());
                message.extend((name.len() as u32).to_le_bytes());
                message.extend(name.as_bytes());
            }
            Self::Bytes(bytes) => {
                message.reserve(bytes.len() + 5);
                message.push(b'B');
                message.extend((bytes.len() as u32).to_le_bytes());
                message.extend(bytes);
            }
            Self::Failed => message.push(b'F'),
        }
        to.write_all(&message)?;
        to.flush()
    }

    /// Waits for the next one. `None` when there will be no more.
    pub(crate) fn receive(from: &mut impl Read) -> io::Result<Option<Self>> {
        let mut letter = [0];
        if from.read(&mut letter)? == 0 {
            return Ok(None);
        }
        Ok(Some(match letter[0] {
            letter @ (b'D' | b'C') => {
                let purpose = if letter == b'D' { Purpose::Show } else { Purpose::Convert };
                let (size, edge) = (u64::from_le_bytes(fixed(from)?), u32::from_le_bytes(fixed(from)?));
                Self::Draw { purpose, name: text(from, LONGEST_NAME)?, size, edge }
            }
            b'B' => Self::Bytes(counted(from, MOST_BYTES)?),
            b'F' => Self::Failed,
            _ => return Err(nonsense()),
        }))
    }
}

impl Answer {
    /// Writes it.
    pub(crate) fn send(&self, to: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Ready(bits) => to.write_all(&[b'R', *bits])?,
            Self::Read { offset, length } => {
                to.write_all(&[b"?".as_slice(), &offset.to_le_bytes(), &length.to_le_bytes()].concat())?;
            }
            Self::Drawn(drawing) => {
                let size = [drawing.width.to_le_bytes(), drawing.height.to_le_bytes()].concat();
                to.write_all(&[b"P".as_slice(), &size].concat())?;
                to.write_all(&drawing.rgba)?;
            }
            Self::Failed(error) => {
                let (kind, words) = (letter_of(error), error.to_string());
                let words = cut(&words, LONGEST_WORDS);
                let length = (words.len() as u32).to_le_bytes();
                to.write_all(&[b"N".as_slice(), &[kind], &length, words.as_bytes()].concat())?;
            }
        }
        to.flush()
    }

    /// Waits for the next one. No picture may have a side longer than `edge`.
    pub(crate) fn receive(from: &mut impl Read, edge: u32) -> io::Result<Self> {
        let [letter] = fixed(from)?;
        Ok(match letter {
            b'R' => Self::Ready(fixed::<1>(from)?[0]),
            b'?' => Self::Read { offset: u64::from_le_bytes(fixed(from)?), length: u32::from_le_bytes(fixed(from)?) },
            b'P' => {
                let (width, height) = (u32::from_le_bytes(fixed(from)?), u32::from_le_bytes(fixed(from)?));
                let pixels = u64::from(width) * u64::from(height);
                if width.max(height) > edge || pixels == 0 || pixels > MOST_PIXELS {
                    return Err(nonsense());
                }
                let mut rgba = vec![0; width as usize * height as usize * 4];
                from.read_exact(&mut rgba)?;
                Self::Drawn(Drawing { rgba, width, height })
            }
            b'N' => {
                let [kind] = fixed(from)?;
                Self::Failed(error_of(kind, text(from, LONGEST_WORDS)?).ok_or_else(nonsense)?)
            }
            _ => return Err(nonsense()),
        })
    }
}

fn letter_of(error: &PreviewError) -> u8 {
    match error {
        PreviewError::Unsupported(_) => b'U',
        PreviewError::Corrupt(_) => b'C',
        PreviewError::TooLarge(_) => b'L',
        PreviewError::Source(_) => b'S',
    }
}

fn error_of(letter: u8, words: String) -> Option<PreviewError> {
    match letter {
        b'U' => Some(PreviewError::Unsupported(words)),
        b'C' => Some(PreviewError::Corrupt(words)),
        b'L' => Some(PreviewError::TooLarge(words)),
        // Why a source failed is known on this side; the child only passes it on.
        b'S' => Some(PreviewError::Source(SourceError::Unusable(words))),
        _ => None,
    }
}

fn fixed<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn counted(from: &mut impl Read, most: usize) -> io::Result<Vec<u8>> {
    let length = u32::from_le_bytes(fixed(from)?) as usize;
    if length > most {
        return Err(nonsense());
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn text(from: &mut impl Read, most: usize) -> io::Result<String> {
    Ok(String::from_utf8_lossy(&counted(from, most)?).into_owned())
}

fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// What a child that was taken over says, or one of another version.
fn nonsense() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a message that makes no sense")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_heard() {
        let orders = [
            Order::Draw { purpose: Purpose::Show, name: "IMG_1.HEIC".into(), size: 5, edge: 320 },
            Order::Draw { purpose: Purpose::Convert, name: "IMG_1.HEIC".into(), size: 5, edge: 65_535 },
            Order::Bytes(vec![1, 2, 3]),
            Order::Bytes(Vec::new()),
            Order::Failed,
        ];
        let mut pipe = Vec::new();
        orders.iter().for_each(|order| order.send(&mut pipe).unwrap());
        let mut pipe = pipe.as_slice();
        for order in orders {
            assert_eq!(Order::receive(&mut pipe).unwrap(), Some(order));
        }
        assert_eq!(Order::receive(&mut pipe).unwrap(), None);
        let answers = [
            Answer::Ready(7),
            Answer::Read { offset: 1 << 40, length: 9 },
            Answer::Drawn(Drawing { rgba: vec![5; 24], width: 3, height: 2 }),
            Answer::Failed(PreviewError::Corrupt("It is broken.".into())),
        ];
        let mut pipe = Vec::new();
        answers.iter().for_each(|answer| answer.send(&mut pipe).unwrap());
        let mut pipe = pipe.as_slice();
        for answer in answers {
            assert_eq!(Answer::receive(&mut pipe, 320).unwrap(), answer);
        }
    }

    #[test]
    fn what_a_taken_over_child_says_is_not_believed() {
        let far = [b"P".as_slice(), &u32::MAX.to_le_bytes(), &u32::MAX.to_le_bytes()].concat();
        let wide = [b"P".as_slice(), &321u32.to_le_bytes(), &1u32.to_le_bytes()].concat();
        // As many pixels as no limit on sides alone would keep out.
        let many = [b"P".as_slice(), &16_384u32.to_le_bytes(), &16_384u32.to_le_bytes()].concat();
        assert!(Answer::receive(&mut many.as_slice(), 65_535).is_err());
        let none = [b"P".as_slice(), &0u32.to_le_bytes(), &0u32.to_le_bytes()].concat();
        let long = [b"NC".as_slice(), &u32::MAX.to_le_bytes()].concat();
        for message in [far, wide, none, long, b"NX\0\0\0\0".to_vec(), b"x".to_vec(), b"P".to_vec(), Vec::new()] {
            assert!(Answer::receive(&mut message.as_slice(), 320).is_err(), "{message:?}");
        }
        let name = "ä".repeat(400);
        let mut pipe = Vec::new();
        Order::Draw { purpose: Purpose::Show, name, size: 1, edge: 1 }.send(&mut pipe).unwrap();
        assert!(
            matches!(Order::receive(&mut pipe.as_slice()).unwrap(), Some(Order::Draw { name, .. }) if name.len() == 254)
        );
    }
}
