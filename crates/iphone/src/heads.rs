//! What many files begin with, in two round trips for all of them: enough to know most photos by.

use crate::afc::{Answer, Request};
use crate::file::{last_data, must_be_file};
use crate::lane::{ConnectionNumber, Exchanged, On, Seat};
use crate::phone::info_of;
use crate::{FileInfo, PhoneError};
use tokio::runtime::Handle;

/// What a file begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Size and time the file had when it was opened.
    pub info: FileInfo,
    /// Its first bytes: as many as were asked for, fewer at its end and when the phone gives less.
    pub bytes: Vec<u8>,
}

type Told = Result<Head, PhoneError>;

/// Opens files, reads the first `length` bytes of each and closes them again. Errors when the connection fails.
pub(crate) async fn read(
    seat: Seat,
    runtime: Handle,
    paths: Vec<Vec<u8>>,
    length: usize,
) -> Result<Vec<Told>, PhoneError> {
    let lane = seat.lane();
    let questions: Vec<Request> = paths.iter().flat_map(|p| [Request::file_info(p), Request::open(p)]).collect();
    let Exchanged { answers, connection } = lane.exchange(&questions, On::Any).await?;
    let mut opened = Vec::with_capacity(paths.len());
    let mut answers = answers.into_iter();
    while let (Some(info), Some(handle)) = (answers.next(), answers.next()) {
        opened.push((info_of(info), handle.handle()));
    }
    let reads: Vec<Request> = opened.iter().flat_map(|(info, handle)| read_and_close(info, handle, length)).collect();
    let handles = opened.iter().filter_map(|(_, handle)| handle.as_ref().ok().copied()).collect();
    let mut left_open = LeftOpen { seat: &seat, connection, handles, runtime: &runtime };
    let exchanged = lane.exchange(&reads, On::This(connection)).await?;
    left_open.handles.clear();
    drop(left_open);
    let mut read = exchanged.answers.into_iter();
    let heads = opened.into_iter().map(|(info, handle)| {
        handle?;
        let (bytes, _closed) = (read.next(), read.next());
        head(info?, bytes)
    });
    Ok(heads.collect())
}

/// Handles that are closed on the phone unless somebody else did it: the reading may fail, or not be wanted any more.
struct LeftOpen<'a> {
    seat: &'a Seat,
    connection: ConnectionNumber,
    handles: Vec<u64>,
    runtime: &'a Handle,
}

impl Drop for LeftOpen<'_> {
    fn drop(&mut self) {
        let lane = self.seat.lane();
        self.handles.iter().for_each(|handle| lane.close_soon(self.connection, *handle, self.runtime));
    }
}

/// For an open file always these two, so that the answers can be told apart.
fn read_and_close(
    info: &Result<FileInfo, PhoneError>,
    handle: &Result<u64, PhoneError>,
    length: usize,
) -> Vec<Request> {
    let Ok(handle) = handle else { return Vec::new() };
    let bytes = info.as_ref().map_or(0, |info| usize::try_from(info.bytes).unwrap_or(length).min(length));
    vec![Request::read(*handle, bytes), Request::close(*handle)]
}

fn head(info: FileInfo, bytes: Option<Answer>) -> Told {
    must_be_file(info.kind)?;
    Ok(Head { info, bytes: last_data(vec![bytes.ok_or(PhoneError::Disconnected)?])? })
}
