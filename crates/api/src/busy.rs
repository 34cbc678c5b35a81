//! What runs in a library, of which there is one thing at a time: an import, an undoing, a check.

use crate::app::State;
use crate::dto::{ErrorCode, ErrorDto};

/// Errors with what runs and what can be done about that.
pub(crate) fn refuse_while_busy(state: &State) -> Result<(), ErrorDto> {
    let busy = |message: &str| Err(ErrorDto::new(ErrorCode::Busy, message));
    if state.import.as_ref().is_some_and(|job| job.is_running()) {
        return busy("an import is running: wait for it or cancel it first");
    }
    if state.undo.is_some() {
        return busy("files are being put aside: wait for it or stop it first");
    }
    if state.check.as_ref().is_some_and(|job| job.is_running()) {
        return busy("the library is being checked: wait for it or stop the check first");
    }
    Ok(())
}
