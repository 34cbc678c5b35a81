//! What the window tests play on: the sample photos, a simulated phone, folders of their own, a display.

mod attempts;

pub use attempts::ATTEMPTS;

use crate::webdriver::{Display, Session};
use anyhow::Result;
use std::path::PathBuf;
use tempfile::TempDir;

/// The colours the desktop asks for.
#[derive(Debug, Clone, Copy)]
pub enum Theme {
    Light,
    Dark,
}

/// One test's world. Nothing of it is left when it is dropped.
pub struct Stage {
    display: Display,
    folder: TempDir,
}

impl Stage {
    /// Sets up everything but the window.
    pub fn set() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        for name in ["home", "keepsake", "library"] {
            std::fs::create_dir(folder.path().join(name))?;
        }
        Ok(Self { display: Display::start(1400, 1000)?, folder })
    }

    /// Opens the window as a user's first start would.
    pub fn open(&self, theme: Theme) -> Result<Session> {
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        let home = self.folder.path().join("home");
        let theme = match theme {
            Theme::Light => "Adwaita",
            Theme::Dark => "Adwaita:dark",
        };
        let environment = [
            ("DISPLAY", self.display.name().to_owned()),
            ("GTK_THEME", theme.to_owned()),
            ("HOME", text(home.clone())),
            ("XDG_CACHE_HOME", text(home.join(".cache"))),
            ("XDG_CONFIG_HOME", text(home.join(".config"))),
            ("XDG_DATA_HOME", text(home.join(".local/share"))),
            ("KEEPSAKE_HOME", text(self.folder.path().join("keepsake"))),
            ("KEEPSAKE_TEST_PICK_FOLDER", text(self.library())),
            ("USBMUXD_SOCKET_ADDRESS", "127.0.0.1:1".to_owned()),
        ];
        Session::open(env!("CARGO_BIN_EXE_keepsake-app"), &environment)
    }

    /// The folder that the system's dialog gives.
    pub fn library(&self) -> PathBuf {
        self.folder.path().join("library")
    }
}
