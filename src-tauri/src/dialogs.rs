//! What the engine asks of the desktop: a folder or a file from the user, a look at one. The page never names a path; it can only have
//! the engine ask for one here.

use std::path::{Path, PathBuf};
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::DialogExt;
use tauri_plugin_opener::OpenerExt;

/// This computer's desktop.
pub struct Desktop {
    handle: AppHandle,
}

impl Desktop {
    /// Speaks for the desktop that the application runs on.
    pub fn new(handle: AppHandle) -> Self {
        Self { handle }
    }
}

impl api::Host for Desktop {
    fn pick_folder(&self, title: &str) -> Option<PathBuf> {
        if let Some(folder) = given_by_test("KEEPSAKE_TEST_PICK_FOLDER") {
            return Some(folder);
        }
        let mut dialog = self.handle.dialog().file().set_title(title);
        if let Some(window) = self.handle.get_webview_window("main") {
            dialog = dialog.set_parent(&window);
        }
        dialog.blocking_pick_folder()?.into_path().ok()
    }

    fn pick_save_file(&self, title: &str, name: &str) -> Option<PathBuf> {
        if let Some(file) = given_by_test("KEEPSAKE_TEST_SAVE_FILE") {
            return Some(file);
        }
        let dialog = self.handle.dialog().file().set_title(title).set_file_name(name);
        let mut dialog = dialog.add_filter("CSV", &["csv"]).add_filter("JSON", &["json"]);
        if let Some(window) = self.handle.get_webview_window("main") {
            dialog = dialog.set_parent(&window);
        }
        dialog.blocking_save_file()?.into_path().ok()
    }

    fn reveal(&self, path: &Path) {
        // Where there is no file manager there is nothing to show; the page names the folder in words as well.
        let shown = self.handle.opener().reveal_item_in_dir(path);
        drop(shown);
    }

    fn open(&self, path: &Path) -> bool {
        self.handle.opener().open_path(path.to_string_lossy(), None::<&str>).is_ok()
    }

    fn close(&self) {
        self.handle.exit(0);
    }
}

/// Stands in for the user, as no test can click in the system's dialog. Not part of a release.
#[cfg(debug_assertions)]
fn given_by_test(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from)
}

#[cfg(not(debug_assertions))]
fn given_by_test(_variable: &str) -> Option<PathBuf> {
    None
}
