//! The open files of one connection. The phone has so many slots for all of them together.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;

use crate::device::Device;
use crate::media::{OpenFile, OpenMode};
use crate::status::Status;

/// One open file and where it is read or written next.
pub(super) struct OpenHandle {
    pub(super) file: Box<dyn OpenFile>,
    pub(super) position: u64,
    pub(super) appends: bool,
}

pub(super) struct Handles<'a> {
    device: &'a Device,
    open: BTreeMap<u64, OpenHandle>,
    last: u64,
}

impl<'a> Handles<'a> {
    pub(super) fn new(device: &'a Device) -> Self {
        Self { device, open: BTreeMap::new(), last: 0 }
    }

    /// Whether the phone has a slot left.
    pub(super) fn admit(&self) -> Result<(), Status> {
        let open = self.device.counters.open_handles.load(Relaxed);
        if open < self.device.traits.most_handles as u64 { Ok(()) } else { Err(Status::NoResources) }
    }

    pub(super) fn add(&mut self, file: Box<dyn OpenFile>, mode: OpenMode) -> u64 {
        self.device.counters.open_handles.fetch_add(1, Relaxed);
        self.last += 1;
        let appends = matches!(mode, OpenMode::Append | OpenMode::AppendRead);
        self.open.insert(self.last, OpenHandle { file, position: 0, appends });
        self.last
    }

    pub(super) fn get(&mut self, handle: u64) -> Result<&mut OpenHandle, Status> {
        self.open.get_mut(&handle).ok_or(Status::InvalidArgument)
    }

    pub(super) fn close(&mut self, handle: u64) -> Result<(), Status> {
        self.open.remove(&handle).ok_or(Status::InvalidArgument)?;
        self.device.counters.open_handles.fetch_sub(1, Relaxed);
        Ok(())
    }
}

impl Drop for Handles<'_> {
    fn drop(&mut self) {
        self.device.counters.open_handles.fetch_sub(self.open.len() as u64, Relaxed);
    }
}
