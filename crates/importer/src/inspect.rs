//! Looking into listed files, several at a time, each only once.

mod reader;

use catalog::FactsCache;
use domain::{CancelFlag, FileHead, Fingerprint, MediaFacts, Source, SourceError, SourcePath};
use rayon::prelude::*;
use reader::HeadReader;

/// Files whose beginnings are read together; they are all open at once, and a phone has some 200 places for open files.
const TOGETHER: usize = 8;

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
        let looked: Result<Vec<Vec<(Inspected, Freshness)>>, SourceError> =
            self.pool.install(|| files.par_chunks(TOGETHER).map(|some| self.look_at(some)).collect());
        let looked = looked?.concat();
        if let Some(cache) = self.cache {
            let fresh = looked.iter().filter(|(_, f)| *f == Freshness::Read).map(|(i, _)| (&i.file, &i.facts));
            // A cache that cannot be written costs a second look next time, nothing else.
            let _ = cache.put(self.source.id(), fresh);
        }
        Ok(looked.into_iter().map(|(inspected, _)| inspected).collect())
    }

    /// Looks into those of a few files that are not remembered.
    fn look_at(&self, files: &[Fingerprint]) -> Result<Vec<(Inspected, Freshness)>, SourceError> {
        if self.cancel.is_cancelled() {
            return Err(SourceError::Cancelled);
        }
        let remembered: Vec<_> = files.iter().map(|file| self.remembered(file)).collect();
        let unknown = files.iter().zip(&remembered).filter(|(_, facts)| facts.is_none());
        let paths: Vec<_> = unknown.map(|(file, _)| &file.path).collect();
        let mut heads = self.heads(&paths)?.into_iter();
        let looked = files.iter().zip(remembered).map(|(file, remembered)| {
            let (facts, freshness) = match remembered {
                Some(facts) => (facts, Freshness::Remembered),
                None => self.look(file, heads.next().flatten())?,
            };
            Ok((Inspected { file: file.clone(), facts }, freshness))
        });
        looked.collect()
    }

    fn remembered(&self, file: &Fingerprint) -> Option<MediaFacts> {
        self.cache.and_then(|cache| cache.get(self.source.id(), file).ok().flatten())
    }

    fn heads(&self, paths: &[&SourcePath]) -> Result<Vec<Option<FileHead>>, SourceError> {
        if paths.is_empty() { Ok(Vec::new()) } else { self.source.heads(paths, media::SHORT_HEAD) }
    }

    fn look(&self, file: &Fingerprint, head: Option<FileHead>) -> Result<(MediaFacts, Freshness), SourceError> {
        let name = file.path.file_name();
        let facts = match head {
            Some(head) => media::inspect(name, &mut HeadReader::new(self.source, &file.path, head)),
            None => self.source.open(&file.path).and_then(|mut reader| media::inspect(name, reader.as_mut())),
        };
        match facts {
            Ok(facts) => Ok((facts, Freshness::Read)),
            Err(error) if error.ends_everything() => Err(error),
            Err(error) => {
                let mut facts = MediaFacts::bare(media::kind_by_name(name));
                facts.warning = Some(error.to_string());
                Ok((facts, Freshness::Failed))
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Freshness {
    Read,
    Remembered,
    Failed,
}
