//! Looking into listed files, several at a time, each only once.

use catalog::FactsCache;
use domain::{CancelFlag, Fingerprint, MediaFacts, Source, SourceError};
use rayon::prelude::*;

/// A listed file and what it says of itself.
#[derive(Debug, Clone)]
pub(crate) struct Inspected {
    pub(crate) file: Fingerprint,
    pub(crate) facts: MediaFacts,
}

/// Looks into files at the pace that suits the source.
pub(crate) struct Inspector<'a> {
    source: &'a dyn Source,
    cache: Option<&'a FactsCache>,
    cancel: &'a CancelFlag,
    pool: rayon::ThreadPool,
}

impl<'a> Inspector<'a> {
    pub(crate) fn new(
        source: &'a dyn Source,
        cache: Option<&'a FactsCache>,
        cancel: &'a CancelFlag,
    ) -> Result<Self, SourceError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(source.concurrency().clamp(1, 16))
            .build()
            .map_err(|e| SourceError::Unusable(format!("no threads to look into files with: {e}")))?;
        Ok(Self { source, cache, cancel, pool })
    }

    /// Returns the facts of each file in the order given. A file that cannot be read has bare facts with a warning: it is
    /// listed all the same, and importing it will tell more. Errors when the source as a whole fails, or `Cancelled`.
    pub(crate) fn inspect(&self, files: Vec<Fingerprint>) -> Result<Vec<Inspected>, SourceError> {
        let looked: Result<Vec<(Inspected, Freshness)>, SourceError> =
            self.pool.install(|| files.into_par_iter().map(|file| self.look(file)).collect());
        let looked = looked?;
        if let Some(cache) = self.cache {
            let fresh = looked.iter().filter(|(_, f)| *f == Freshness::Read).map(|(i, _)| (&i.file, &i.facts));
            // A cache that cannot be written costs a second look next time, nothing else.
            let _ = cache.put(self.source.id(), fresh);
        }
        Ok(looked.into_iter().map(|(inspected, _)| inspected).collect())
    }

    fn look(&self, file: Fingerprint) -> Result<(Inspected, Freshness), SourceError> {
        if self.cancel.is_cancelled() {
            return Err(SourceError::Cancelled);
        }
        let remembered = self.cache.and_then(|cache| cache.get(self.source.id(), &file).ok().flatten());
        if let Some(facts) = remembered {
            return Ok((Inspected { file, facts }, Freshness::Remembered));
        }
        let name = file.path.file_name();
        let facts = self.source.open(&file.path).and_then(|mut reader| media::inspect(name, reader.as_mut()));
        match facts {
            Ok(facts) => Ok((Inspected { file, facts }, Freshness::Read)),
            Err(error) if error.ends_everything() => Err(error),
            Err(error) => {
                let mut facts = MediaFacts::bare(media::kind_by_name(name));
                facts.warning = Some(error.to_string());
                Ok((Inspected { file, facts }, Freshness::Failed))
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Freshness {
    Read,
    Remembered,
    Failed,
}
