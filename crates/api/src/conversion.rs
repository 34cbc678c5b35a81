//! Making JPEGs of photos during an import: the decoders that the importer has it done by.

use decoder::{Decoders, Launch, Limits};
use domain::ResourceReader;
use importer::{Converted, Converter};

use std::time::Duration;

/// Converts in child processes, one for each thread that asks.
pub(crate) struct Children(Decoders);

impl Children {
    /// Takes what to start; starts nothing yet.
    pub(crate) fn new(launch: Launch) -> Self {
        // A photo of 48 megapixels takes some seconds of a processor that may have others to serve.
        Self(Decoders::new(launch, Limits { time: Duration::from_secs(120), ..Limits::default() }))
    }
}

impl Converter for Children {
    fn convert(
        &self,
        photo: (&str, &mut dyn ResourceReader),
        edge: Option<u32>,
        quality: u8,
    ) -> Result<Converted, String> {
        self.0.convert(photo, edge, quality).map_err(|error| error.to_string())
    }
}
