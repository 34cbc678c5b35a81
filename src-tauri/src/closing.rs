//! Closing the window while photos are being copied: the file at hand is wound up first, within bounds. An import that does
//! not get that far loses nothing either; it goes on at the next start.

use std::sync::Arc;
use std::time::Duration;
use tauri::{Manager, Window, WindowEvent};

/// The longest a closed window keeps the application alive.
const PATIENCE: Duration = Duration::from_secs(5);

/// Turns the wish to close into an orderly end.
pub fn on_window_event(window: &Window, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else { return };
    let Some(engine) = window.try_state::<Arc<api::App>>() else { return };
    api.prevent_close();
    // Gone from the screen at once: the user asked for it, and the rest needs no window.
    drop(window.hide());
    let (engine, handle) = (Arc::clone(&engine), window.app_handle().clone());
    tauri::async_runtime::spawn_blocking(move || {
        engine.wind_up(PATIENCE);
        handle.exit(0);
    });
}
