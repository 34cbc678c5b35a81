//! Connections are kept for a moment and no longer: a phone that nobody reads can be unplugged.

use crate::App;
use domain::{Source, SourceId};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a source is kept open after it was last used: a pause between two looks at the grid, not a coffee.
const KEPT_OPEN: Duration = Duration::from_secs(8);
/// How often is looked.
const PACE: Duration = Duration::from_secs(2);

impl App {
    /// Notes that a source is used now.
    pub(crate) fn note_use(&self, id: &SourceId) {
        self.state().used.insert(id.clone(), Instant::now());
    }

    /// Has sources let go of what they hold when nobody used them for a while.
    pub(crate) fn watch_quiet(&self) {
        let this = self.this.clone();
        let spawned = std::thread::Builder::new().name("quiet".into()).spawn(move || {
            while let Some(app) = this.upgrade() {
                // One that does not let go is asked again when it was used the next time.
                app.unused().iter().for_each(|source| drop(source.release()));
                drop(app);
                std::thread::sleep(PACE);
            }
        });
        // Without the thread connections stay until the phone is ejected.
        drop(spawned);
    }

    /// Takes the sources that nobody used for a while from those in use.
    fn unused(&self) -> Vec<Arc<dyn Source>> {
        let quiet: Vec<SourceId> = {
            let state = self.state();
            let ids = state.used.iter().filter(|(_, at)| at.elapsed() > KEPT_OPEN);
            ids.map(|(id, _)| id.clone()).collect()
        };
        let quiet = quiet.into_iter().filter(|id| !self.is_listing(id) && !self.is_importing_from(id));
        quiet.filter_map(|id| self.take_unused(&id)).collect()
    }

    fn take_unused(&self, id: &SourceId) -> Option<Arc<dyn Source>> {
        let mut state = self.state();
        state.used.remove(id);
        state.sources.get(id).cloned()
    }
}
