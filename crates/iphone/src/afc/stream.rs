//! One connection to the file service: batches of requests out, their answers in.

use super::packet::{self, Answer, HEADER, ReplyHeader};
use super::request::Request;
use super::spares::Spares;
use crate::PhoneError;
use idevice::ReadWrite;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};

/// Allocated at once for a payload; more only as the bytes come in.
const FIRST_BUFFER: usize = 4 << 20;
/// The most that TLS hands over at once. Longer payloads go past this buffer.
const READ_AHEAD: usize = 16 << 10;

/// A connection that is in step: every request it sent was answered.
///
/// Whoever uses it takes it out of its place and puts it back after [`AfcStream::exchange`] returned its answers. A call
/// that is cancelled, timed out or fails leaves it out of step; it is then dropped, never put back.
#[derive(Debug)]
pub(crate) struct AfcStream {
    /// Small answers come many at a time: what was read ahead is that of the next ones.
    socket: BufReader<Box<dyn ReadWrite>>,
    next_number: u64,
    spares: Spares,
}

impl AfcStream {
    pub(crate) fn new(socket: Box<dyn ReadWrite>, spares: Spares) -> Self {
        Self { socket: BufReader::with_capacity(READ_AHEAD, socket), next_number: 1, spares }
    }

    /// Sends all requests without waiting in between and adds the answers in their order. Those that came before it failed
    /// are there.
    pub(crate) async fn exchange(&mut self, requests: &[Request], answers: &mut Vec<Answer>) -> Result<(), PhoneError> {
        let first = self.next_number;
        self.next_number += requests.len() as u64;
        let mut packets = Vec::with_capacity(requests.iter().map(|r| HEADER + r.arguments.len()).sum());
        (first..).zip(requests).for_each(|(number, r)| packet::encode(&mut packets, number, r.operation, &r.arguments));
        // Both at once: were all requests sent first, a phone whose answers fill every buffer would stop reading.
        let (mut reader, mut writer) = tokio::io::split(&mut self.socket);
        let send = async {
            writer.write_all(&packets).await.map_err(lost)?;
            writer.flush().await.map_err(lost)
        };
        let receive = async {
            answers.reserve(requests.len());
            for (number, request) in (first..).zip(requests) {
                answers.push(read_answer(&mut reader, number, request.longest_answer, &self.spares).await?);
            }
            Ok(())
        };
        tokio::try_join!(send, receive).map(drop)
    }
}

async fn read_answer(
    reader: &mut (impl AsyncRead + Unpin),
    number: u64,
    limit: usize,
    spares: &Spares,
) -> Result<Answer, PhoneError> {
    let mut bytes = [0; HEADER];
    reader.read_exact(&mut bytes).await.map_err(lost)?;
    let header = ReplyHeader::parse(&bytes, number, limit)?;
    let arguments = read_bytes(reader, header.arguments, spares).await?;
    let payload = read_bytes(reader, header.payload, spares).await?;
    header.answer(&arguments, payload)
}

async fn read_bytes(
    reader: &mut (impl AsyncRead + Unpin),
    length: usize,
    spares: &Spares,
) -> Result<Vec<u8>, PhoneError> {
    let mut bytes = spares.lend(length.min(FIRST_BUFFER));
    reader.take(length as u64).read_to_end(&mut bytes).await.map_err(lost)?;
    if bytes.len() == length { Ok(bytes) } else { Err(PhoneError::Disconnected) }
}

fn lost(_: std::io::Error) -> PhoneError {
    PhoneError::Disconnected
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{DuplexStream, duplex};

    fn data(number: u64, payload: &[u8]) -> Vec<u8> {
        let mut reply = Vec::new();
        packet::encode(&mut reply, number, 2, &[]);
        reply[8..16].copy_from_slice(&(40 + payload.len() as u64).to_le_bytes());
        reply.extend_from_slice(payload);
        reply
    }

    fn pair() -> (AfcStream, DuplexStream) {
        let (ours, phone) = duplex(1 << 20);
        (AfcStream::new(Box::new(ours), Spares::default()), phone)
    }

    /// The answers that came, and how it ended.
    async fn exchanged(stream: &mut AfcStream, requests: &[Request]) -> (Vec<Answer>, Result<(), PhoneError>) {
        let mut answers = Vec::new();
        let ended = stream.exchange(requests, &mut answers).await;
        (answers, ended)
    }

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
    }

    #[test]
    fn answers_come_in_the_order_of_the_questions() {
        block_on(async {
            let (mut stream, mut phone) = pair();
            phone.write_all(&[data(1, b"one"), data(2, b""), data(3, b"three")].concat()).await.unwrap();
            let requests = [Request::read(5, 10), Request::read(5, 10), Request::read(5, 10)];
            let expected = [b"one".as_slice(), b"", b"three"].map(|b| Answer::Data(b.to_vec()));
            assert_eq!(exchanged(&mut stream, &requests).await, (expected.to_vec(), Ok(())));
        });
    }

    #[test]
    fn more_than_was_asked_for_is_nonsense() {
        block_on(async {
            let (mut stream, mut phone) = pair();
            phone.write_all(&data(1, &[0; 11])).await.unwrap();
            let requests = [Request::read(5, 10)];
            assert!(matches!(exchanged(&mut stream, &requests).await, (_, Err(PhoneError::Nonsense(_)))));
        });
    }

    #[test]
    fn a_phone_that_goes_away_in_the_middle_of_an_answer_is_noticed() {
        block_on(async {
            let (mut stream, mut phone) = pair();
            let requests = [Request::read(5, 10), Request::read(5, 10)];
            let serve = async move {
                phone.read_exact(&mut [0; 2 * 56]).await.unwrap();
                phone.write_all(&[data(1, b"all"), data(2, b"0123456789")[..45].to_vec()].concat()).await.unwrap();
            };
            let (came, ()) = tokio::join!(exchanged(&mut stream, &requests), serve);
            assert_eq!(came, (vec![Answer::Data(b"all".to_vec())], Err(PhoneError::Disconnected)));
        });
    }

    #[test]
    fn many_large_answers_do_not_block_the_questions() {
        block_on(async {
            let (ours, phone) = duplex(64);
            let mut stream = AfcStream::new(Box::new(ours), Spares::default());
            let serve = async move {
                let (mut reader, mut writer) = tokio::io::split(phone);
                for number in 1..=50 {
                    reader.read_exact(&mut [0; 56]).await.unwrap();
                    writer.write_all(&data(number, &[7; 1000])).await.unwrap();
                }
            };
            let requests = vec![Request::read(5, 1000); 50];
            let ((answers, ended), ()) = tokio::join!(exchanged(&mut stream, &requests), serve);
            assert_eq!((answers.len(), ended), (50, Ok(())));
        });
    }
}
