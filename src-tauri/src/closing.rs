//! Closing the window. While photos are copied or checked the page asks first; the file at hand is wound up in any case, within
//! bounds. An import that does not get that far loses nothing either; it goes on at the next start.

use std::sync::Arc;
use std::time::Duration;
use tauri::menu::{Menu, MenuItem, MenuItemKind};
use tauri::{AppHandle, Manager, Window, WindowEvent};

/// The longest a closed window keeps the application alive.
const PATIENCE: Duration = Duration::from_secs(5);
/// The identity of the menu's item that ends the application.
const QUIT: &str = "quit";

/// Turns the wish to close into a question or an orderly end.
pub fn on_window_event(window: &Window, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else { return };
    let Some(engine) = window.try_state::<Arc<api::App>>() else { return };
    api.prevent_close();
    if !engine.may_close() {
        // The question is on the page: it is of no use behind other windows. Where that cannot be had, it waits there.
        drop(window.unminimize().and_then(|()| window.set_focus()));
        return;
    }
    // Gone from the screen at once: the user asked for it, and the rest needs no window.
    drop(window.hide());
    let (engine, handle) = (Arc::clone(&engine), window.app_handle().clone());
    tauri::async_runtime::spawn_blocking(move || {
        engine.wind_up(PATIENCE);
        handle.exit(0);
    });
}

/// On macOS the menu's own "Quit" ends the program without a word: one that closes the window takes its place. Elsewhere there
/// is no menu.
pub fn ask_before_quitting(handle: &AppHandle) -> tauri::Result<()> {
    if !cfg!(target_os = "macos") {
        return Ok(());
    }
    let menu = Menu::default(handle)?;
    if let Some(MenuItemKind::Submenu(own)) = menu.items()?.first() {
        own.remove_at(own.items()?.len().saturating_sub(1))?;
        own.append(&MenuItem::with_id(handle, QUIT, "Quit Keepsake", true, Some("Cmd+Q"))?)?;
    }
    handle.set_menu(menu)?;
    handle.on_menu_event(|handle, event| {
        if let Some(window) = handle.get_webview_window("main").filter(|_| event.id() == QUIT) {
            drop(window.close());
        }
    });
    Ok(())
}
