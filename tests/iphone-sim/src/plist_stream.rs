//! Property lists one after the other, each behind its length (u32, big-endian): the language of lockdown and most services.

use std::io::{self, ErrorKind, Read, Write};

use plist::{Dictionary, Value};

use crate::plists::{read_dict, to_xml};

const MOST: usize = 16 << 20;

/// Reads one dictionary.
pub(crate) fn read(stream: &mut impl Read) -> io::Result<Dictionary> {
    let mut length = [0_u8; 4];
    stream.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length) as usize;
    if length > MOST {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut body = Vec::new();
    stream.take(length as u64).read_to_end(&mut body)?;
    if body.len() != length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    read_dict(&body).ok_or_else(|| ErrorKind::InvalidData.into())
}

/// Writes one property list.
pub(crate) fn write(stream: &mut impl Write, value: &Value) -> io::Result<()> {
    stream.write_all(&encode(value)?)?;
    stream.flush()
}

/// One property list as it is sent.
pub(crate) fn encode(value: &Value) -> io::Result<Vec<u8>> {
    let body = to_xml(value);
    let mut message = u32::try_from(body.len()).map_err(|_| ErrorKind::InvalidData)?.to_be_bytes().to_vec();
    message.extend_from_slice(&body);
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plists::dict;

    #[test]
    fn a_written_list_reads_back_and_lies_about_length_are_refused() {
        let sent = dict([("Request", "QueryType".into())]);
        let mut bytes = Vec::new();
        write(&mut bytes, &Value::Dictionary(sent.clone())).unwrap();
        assert_eq!(read(&mut bytes.as_slice()).unwrap(), sent);
        assert!(read(&mut &bytes[..bytes.len() - 1]).is_err());
        assert!(read(&mut [0xff_u8; 40].as_slice()).is_err());
    }
}
