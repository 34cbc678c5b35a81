//! What a player asks: one request, read within bounds. Whatever else is in it is passed over.

use std::io::{self, Read};

/// Longest request, in bytes.
const LONGEST: usize = 8 << 10;

/// How much of a film is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// Head and bytes.
    Get,
    /// The head alone.
    Head,
    /// Something that no player asks.
    Other,
}

/// A request for a film.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// As it was sent, beginning with a slash.
    pub(crate) path: String,
    /// The host it was sent to.
    pub(crate) host: Option<String>,
    /// The value of its `Range`.
    pub(crate) range: Option<String>,
}

impl Request {
    /// Reads a request to its empty line. `None` when it is none, or longer than 8 KiB. Errors when nothing comes.
    pub(crate) fn read(from: &mut impl Read) -> io::Result<Option<Self>> {
        let mut text = Vec::new();
        let mut piece = [0; 1024];
        while !text.windows(4).any(|end| end == b"\r\n\r\n") {
            let length = from.read(&mut piece)?;
            text.extend(piece.get(..length).unwrap_or_default());
            if length == 0 || text.len() > LONGEST {
                return Ok(None);
            }
        }
        Ok(std::str::from_utf8(&text).ok().and_then(Self::parse))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let (method, path, version) = (words.next()?, words.next()?, words.next()?);
        if !version.starts_with("HTTP/1.") || words.next().is_some() || !path.starts_with('/') {
            return None;
        }
        let fields: Vec<_> = lines.filter_map(|line| line.split_once(':')).collect();
        let field = |name: &str| {
            let found = fields.iter().find(|(given, _)| given.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.trim().to_owned())
        };
        let method = match method {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            _ => Method::Other,
        };
        Some(Self { method, path: path.to_owned(), host: field("host"), range: field("range") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<Request> {
        Request::read(&mut text.as_bytes()).unwrap()
    }

    #[test]
    fn a_players_request_is_understood() {
        let request = read("GET /a/b HTTP/1.1\r\nHOST: 127.0.0.1:80\r\nRange:bytes=0-\r\nX: y\r\n\r\n").unwrap();
        assert_eq!((request.method, request.path.as_str()), (Method::Get, "/a/b"));
        assert_eq!((request.host.as_deref(), request.range.as_deref()), (Some("127.0.0.1:80"), Some("bytes=0-")));
        assert_eq!(read("HEAD / HTTP/1.0\r\n\r\n").unwrap().method, Method::Head);
        assert_eq!(read("POST / HTTP/1.1\r\n\r\n").unwrap().method, Method::Other);
    }

    #[test]
    fn anything_else_is_none() {
        let long = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "y".repeat(LONGEST));
        let endless = "GET / HTTP/1.1\r\n".repeat(2000);
        for text in [
            "",
            "GET",
            "\r\n\r\n",
            "GET /\r\n\r\n",
            "GET x HTTP/1.1\r\n\r\n",
            "GET / HTTP/2\r\n\r\n",
            "GET /  HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1 x\r\n\r\n",
            "GET / HTTP/1.1\r\nRange: bytes=0-",
            &long,
            &endless,
        ] {
            assert_eq!(read(text), None, "{:?}", &text[..text.len().min(40)]);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_odd(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let ended = [bytes.as_slice(), b"\r\n\r\n"].concat();
            prop_assert!(Request::read(&mut ended.as_slice()).is_ok());
        }
    }
}
