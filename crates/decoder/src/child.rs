//! The child's side: locks itself in, then draws what it is told to until nobody is there any more.

use crate::confine::{self, Confinement};
use crate::launch::ARGUMENT;
use crate::protocol::{Answer, MOST_BYTES, Order, Purpose};
use domain::{ResourceReader, SourceError};
use media::{Drawing, PreviewError};
use std::io::{self, Stdin, Stdout};

/// Draws a file for a purpose, as [`drawn`] does.
type Draw = dyn Fn(Purpose, &str, &mut dyn ResourceReader, u32) -> Result<Drawing, PreviewError>;

/// Becomes a decoder if the program was started as one, and then never returns. Call it first of all in `main`, before there
/// are threads or open files.
pub fn serve_if_asked() {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == ARGUMENT) && arguments.next().is_none() {
        serve(&drawn);
    }
}

/// Draws a file, as [`media::draw`] and [`media::develop`] do.
pub fn drawn(purpose: Purpose, name: &str, file: &mut dyn ResourceReader, edge: u32) -> Result<Drawing, PreviewError> {
    match purpose {
        Purpose::Show => media::draw(name, file, edge),
        Purpose::Convert => media::develop(name, file, edge),
    }
}

/// Serves as a decoder that draws with a function, and ends the process.
pub fn serve(draw: &Draw) -> ! {
    let confinement = confine::confine();
    let served = Pipes { orders: io::stdin(), answers: io::stdout() }.serve(confinement, draw);
    // Who asked is gone, or talks nonsense.
    std::process::exit(i32::from(served.is_err()))
}

struct Pipes {
    orders: Stdin,
    answers: Stdout,
}

impl Pipes {
    fn serve(mut self, confinement: Confinement, draw: &Draw) -> io::Result<()> {
        Answer::Ready(confinement.bits()).send(&mut self.answers)?;
        while let Some(order) = Order::receive(&mut self.orders)? {
            let Order::Draw { purpose, name, size, edge } = order else {
                return Err(io::ErrorKind::InvalidData.into());
            };
            let drawn = draw(purpose, &name, &mut Remote { pipes: &mut self, size }, edge);
            let answer = drawn.map_or_else(Answer::Failed, Answer::Drawn);
            answer.send(&mut self.answers)?;
        }
        Ok(())
    }

    fn fetch(&mut self, offset: u64, length: usize) -> io::Result<Option<Vec<u8>>> {
        let length = length.min(MOST_BYTES) as u32;
        Answer::Read { offset, length }.send(&mut self.answers)?;
        match Order::receive(&mut self.orders)? {
            Some(Order::Bytes(bytes)) => Ok(Some(bytes)),
            Some(Order::Failed) => Ok(None),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

/// A file that the application reads for us.
struct Remote<'a> {
    pipes: &'a mut Pipes,
    size: u64,
}

impl ResourceReader for Remote<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        match self.pipes.fetch(offset, length) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(SourceError::Unusable("the source failed".to_owned())),
            // Nobody is there any more who could be answered.
            Err(_) => std::process::exit(1),
        }
    }
}
