//! What the window tests play on: a simulated phone with the sample photos, folders of their own, a display.

pub mod album;
pub mod attempts;
pub mod awake;
pub mod files;
pub mod grid;
pub mod pixels;
pub mod preview;

use crate::webdriver::{Display, Session};
use anyhow::Result;
use iphone_sim::{Phone, PhotosLibrary, RunningPhone};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The colours the desktop asks for.
#[derive(Debug, Clone, Copy)]
pub enum Theme {
    Light,
    Dark,
}

/// What the phone holds.
#[derive(Debug, Clone, Copy)]
pub enum Photos {
    /// Every sample: all formats, odd and damaged ones too.
    Samples,
    /// A few of them, for pictures of the window.
    Album,
    /// A whole photo library, with albums, bursts, and photos that are only in iCloud.
    Library,
    /// Some by name.
    These(&'static [&'static str]),
}

/// One test's world. Nothing of it is left when it is dropped.
pub struct Stage {
    phone: RunningPhone,
    display: Display,
    folder: TempDir,
}

impl Stage {
    /// Sets up everything but the window.
    pub fn set(photos: Photos) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        for name in ["home", "keepsake", "library"] {
            std::fs::create_dir(folder.path().join(name))?;
        }
        let media = folder.path().join("phone");
        let (samples, camera) = (samples(), media.join("DCIM/100APPLE"));
        let phone = match photos {
            Photos::Samples => {
                Phone::builder().media(files::copy_samples(&samples, &camera, |_| true).map(|()| media)?)
            }
            Photos::These(names) => {
                let wanted = |name: &str| names.contains(&name);
                Phone::builder().media(files::copy_samples(&samples, &camera, wanted).map(|()| media)?)
            }
            Photos::Album => Phone::builder().media(album::lay_out(&samples, &camera).map(|()| media)?),
            Photos::Library => Phone::builder().photos_library(PhotosLibrary {
                assets: 300,
                mean_bytes: 60_000,
                model: 18_600,
                seed: 3,
            }),
        };
        let phone = phone.name("Sample iPhone").start()?;
        Ok(Self { phone, display: Display::start(1400, 1000)?, folder })
    }

    /// Opens the window as a user's start of the application would.
    pub fn open(&self, theme: Theme) -> Result<Session> {
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        let home = self.folder.path().join("home");
        let programs = awake::stand_in(&self.folder.path().join("programs"))?;
        let theme = match theme {
            Theme::Light => "Adwaita",
            Theme::Dark => "Adwaita:dark",
        };
        let environment = [
            ("DISPLAY", self.display.name().to_owned()),
            ("GTK_THEME", theme.to_owned()),
            ("HOME", text(home.clone())),
            ("PATH", programs),
            ("XDG_CACHE_HOME", text(home.join(".cache"))),
            ("XDG_CONFIG_HOME", text(home.join(".config"))),
            ("XDG_DATA_HOME", text(home.join(".local/share"))),
            ("KEEPSAKE_HOME", text(self.folder.path().join("keepsake"))),
            ("KEEPSAKE_TEST_PICK_FOLDER", text(self.library())),
            ("KEEPSAKE_TEST_SAVE_FILE", text(self.saved_list())),
            ("USBMUXD_SOCKET_ADDRESS", self.phone.addr().to_string()),
        ];
        Session::open(env!("CARGO_BIN_EXE_keepsake-app"), &environment)
    }

    /// The display that the window is on.
    pub fn display(&self) -> &Display {
        &self.display
    }

    /// Who keeps the computer awake now, in its own words; `None` while nobody does.
    pub fn kept_awake(&self) -> Result<Option<String>> {
        awake::now(&self.folder.path().join("programs"))
    }

    /// The phone.
    pub fn phone(&self) -> &RunningPhone {
        &self.phone
    }

    /// What the phone holds.
    pub fn on_phone(&self) -> PathBuf {
        self.folder.path().join("phone")
    }

    /// The file that the system's dialog gives.
    pub fn saved_list(&self) -> PathBuf {
        self.folder.path().join("list.csv")
    }

    /// The folder that the system's dialog gives.
    pub fn library(&self) -> PathBuf {
        self.folder.path().join("library")
    }
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/media")
}

/// Keeps a picture of the window for people to look at; `make screens` collects them.
pub fn keep_picture(name: &str, png: &[u8]) -> Result<()> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screens");
    std::fs::create_dir_all(&folder)?;
    Ok(std::fs::write(folder.join(name), png)?)
}
