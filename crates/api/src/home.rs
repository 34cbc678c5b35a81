//! Where the application keeps its own files: catalogs, thumbnails, settings. Never on a library's drive.

use domain::LibraryId;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Returns the application's data folder: the value of `KEEPSAKE_HOME` if given, else the system's place for such data
/// (`~/Library/Application Support/Keepsake`, `%LOCALAPPDATA%\Keepsake`, `$XDG_DATA_HOME/keepsake`).
pub fn default_home(chosen: Option<OsString>) -> PathBuf {
    if let Some(chosen) = chosen.filter(|c| !c.is_empty()) {
        return PathBuf::from(chosen);
    }
    let user = std::env::home_dir().unwrap_or_else(|| PathBuf::from("."));
    if cfg!(target_os = "macos") {
        return user.join("Library/Application Support/Keepsake");
    }
    if cfg!(windows) {
        let local = std::env::var_os("LOCALAPPDATA").map(PathBuf::from);
        return local.unwrap_or_else(|| user.join("AppData/Local")).join("Keepsake");
    }
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|p| p.is_absolute());
    data.unwrap_or_else(|| user.join(".local/share")).join("keepsake")
}

/// The files of the data folder.
#[derive(Debug, Clone)]
pub(crate) struct Home(PathBuf);

impl Home {
    pub(crate) fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// The catalog of a library; without one, of what is only being looked at.
    pub(crate) fn catalog(&self, library: Option<&LibraryId>) -> PathBuf {
        self.0.join("catalogs").join(format!("{}.sqlite", library.map_or("none", LibraryId::as_str)))
    }

    pub(crate) fn facts(&self) -> PathBuf {
        self.0.join("cache/facts.sqlite")
    }

    pub(crate) fn thumbnails(&self) -> PathBuf {
        self.0.join("cache/thumbnails")
    }

    /// Copies of the photo databases of phones.
    pub(crate) fn phone_libraries(&self) -> PathBuf {
        self.0.join("cache/phones")
    }

    pub(crate) fn settings(&self) -> PathBuf {
        self.0.join("settings.json")
    }
}
