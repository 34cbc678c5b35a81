//! The file protocol of the phone (AFC): what is asked and answered, and how it looks on the wire.

pub(crate) mod packet;
mod request;
mod spares;
mod stream;

pub(crate) use packet::Answer;
pub(crate) use request::Request;
pub(crate) use spares::Spares;
pub(crate) use stream::AfcStream;
