//! What is remembered between two starts: the libraries used before, the one that is current, how copies are checked.

use crate::App;
use crate::app::State;
use crate::args::{ConversionArgs, NoArgs, RenditionsArgs, SharedAlbumsArgs, SidecarsArgs, ThoroughnessArgs};
use crate::conversion::ConversionDto;
use crate::dto::ErrorDto;
use crate::proof::{SettingsDto, ThoroughnessDto};
use domain::{Renditions, Sidecars};
use serde::{Deserialize, Serialize};
use sources::SharedAlbums;
use std::path::PathBuf;

/// The settings file, as JSON. Unknown fields of newer versions are dropped on writing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    #[serde(default)]
    pub(crate) libraries: Vec<KnownLibrary>,
    #[serde(default)]
    pub(crate) current: Option<String>,
    #[serde(default)]
    pub(crate) thoroughness: ThoroughnessDto,
    #[serde(default)]
    pub(crate) lists_shared_albums: bool,
    #[serde(default)]
    pub(crate) conversion: ConversionDto,
    #[serde(default)]
    pub(crate) writes_sidecars: bool,
    #[serde(default)]
    pub(crate) saves_renditions: bool,
}

/// A library used before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KnownLibrary {
    pub(crate) id: String,
    pub(crate) path: PathBuf,
}

impl App {
    /// Returns what the user set.
    pub fn settings(&self, _: NoArgs) -> Result<SettingsDto, ErrorDto> {
        let settings = self.state().settings.clone();
        Ok(self.dto_of(&settings))
    }

    /// Remembers how copies are checked, from the next import on.
    pub fn choose_thoroughness(&self, args: ThoroughnessArgs) -> Result<SettingsDto, ErrorDto> {
        self.remember(&|settings| settings.thoroughness = args.thoroughness)
    }

    /// Remembers what is made of photos, from the next import on. Errors with `BadRequest` where a number is out of bounds.
    pub fn choose_conversion(&self, args: ConversionArgs) -> Result<SettingsDto, ErrorDto> {
        let conversion = args.conversion.check()?;
        self.remember(&|settings| settings.conversion = conversion)
    }

    /// Remembers whether sidecars are written, from the next import on.
    pub fn choose_sidecars(&self, args: SidecarsArgs) -> Result<SettingsDto, ErrorDto> {
        self.remember(&|settings| settings.writes_sidecars = args.written)
    }

    /// Remembers whether small pictures are saved of what is only in iCloud, from the next import on.
    pub fn choose_renditions(&self, args: RenditionsArgs) -> Result<SettingsDto, ErrorDto> {
        self.remember(&|settings| settings.saves_renditions = args.saved)
    }

    /// Remembers whether shared albums are listed, and lists again what is open.
    pub fn choose_shared_albums(&self, args: SharedAlbumsArgs) -> Result<SettingsDto, ErrorDto> {
        let listed = |settings: &mut Settings| settings.lists_shared_albums = args.listed;
        let settings = self.change_settings(&listed, |state| {
            // They were opened with the other answer.
            state.sources.retain(|id, _| !id.as_str().starts_with("iphone:"));
        })?;
        self.rescan_all();
        Ok(self.dto_of(&settings))
    }

    fn remember(&self, change: &dyn Fn(&mut Settings)) -> Result<SettingsDto, ErrorDto> {
        Ok(self.dto_of(&self.change_settings(change, |_| {})?))
    }

    fn dto_of(&self, settings: &Settings) -> SettingsDto {
        SettingsDto {
            thoroughness: settings.thoroughness,
            shared_albums: settings.lists_shared_albums,
            conversion: settings.conversion,
            sidecars: settings.writes_sidecars,
            renditions: settings.saves_renditions,
            problem: self.settings_file().problem.clone().or_else(|| self.state().library.as_ref()?.problem()),
        }
    }

    /// Writes a change of the settings down, and then carries it out with what goes with it; one change at a time, so that
    /// the file has the last one. Errors when it cannot be written: then nothing changed.
    pub(crate) fn change_settings(
        &self,
        change: &dyn Fn(&mut Settings),
        along: impl FnOnce(&mut State),
    ) -> Result<Settings, ErrorDto> {
        let file = self.settings_file();
        let before = self.state().settings.clone();
        file.change(&before, change)?;
        Ok(carry_out(&mut self.state(), change, along))
    }

    /// The same where a change holds for now even if it cannot be written; returns why it could not.
    pub(crate) fn change_settings_anyway(
        &self,
        change: &dyn Fn(&mut Settings),
        along: impl FnOnce(&mut State),
    ) -> Option<ErrorDto> {
        let file = self.settings_file();
        let before = self.state().settings.clone();
        let unsaved = file.change(&before, change).err();
        carry_out(&mut self.state(), change, along);
        unsaved
    }
}

fn carry_out(state: &mut State, change: &dyn Fn(&mut Settings), along: impl FnOnce(&mut State)) -> Settings {
    change(&mut state.settings);
    along(state);
    state.settings.clone()
}

impl Settings {
    /// Returns whether small pictures are saved of what is only in iCloud.
    pub(crate) fn renditions(&self) -> Renditions {
        if self.saves_renditions { Renditions::Saved } else { Renditions::LeftOut }
    }

    /// Returns whether sidecars are written.
    pub(crate) fn sidecars(&self) -> Sidecars {
        if self.writes_sidecars { Sidecars::Written } else { Sidecars::LeftOut }
    }

    /// Returns whether the shared albums of phones are listed.
    pub(crate) fn shared_albums(&self) -> SharedAlbums {
        if self.lists_shared_albums { SharedAlbums::Listed } else { SharedAlbums::LeftOut }
    }

    /// Puts a library first and makes it current.
    pub(crate) fn use_library(&mut self, id: &str, path: PathBuf) {
        self.libraries.retain(|l| l.id != id);
        self.libraries.insert(0, KnownLibrary { id: id.to_owned(), path });
        self.current = Some(id.to_owned());
    }
}
