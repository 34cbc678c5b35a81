//! The engine's news on their way to the page, all under one name.

use tauri::{AppHandle, Emitter};

/// The name the page listens to; the payload is `api::Event`.
const NAME: &str = "keepsake";

/// Makes the engine's listener.
pub fn forward(handle: AppHandle) -> Box<dyn Fn(&api::Event) + Send + Sync> {
    // A window that is gone hears nothing, and the page asks for everything anew when it loads: a lost event is no loss.
    Box::new(move |event| drop(handle.emit(NAME, event)))
}
