//! One photo or video looked at closely: what the phone says of it, its files, and its copy.

use crate::App;
use crate::args::AssetArgs;
use crate::dto::ErrorDto;
use crate::proof::EvidenceDto;
use crate::{identity, imports};
use catalog::{Catalog, MatchedBy};
use domain::{Asset, SourceId};
use serde::Serialize;
use ts_rs::TS;

/// What is known of a photo or video.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct PhotoDto {
    /// Its primary file's name in the library.
    pub name: String,
    /// The name it had before the phone gave it another, where that is known and differs.
    pub original_name: Option<String>,
    /// Where it is at its source.
    pub source_path: String,
    /// Width and height in pixels, where the phone says.
    pub pixels: Option<(u32, u32)>,
    /// Its title.
    pub title: Option<String>,
    /// Its caption.
    pub caption: Option<String>,
    /// Words its owner gave it.
    pub keywords: Vec<String>,
    /// Names of the people in it.
    pub people: Vec<String>,
    /// The albums it is in, each as the folders it lies in and its own title.
    pub albums: Vec<Vec<String>>,
    /// Whether it was hidden on the phone.
    pub hidden: bool,
    /// Whether it was deleted there.
    pub deleted: bool,
    /// Its verified copy, if there is one.
    pub copy: Option<CopyDto>,
}

/// A verified copy in the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CopyDto {
    /// Where its primary file is, relative to the library.
    pub path: String,
    /// RFC 3339, when the import began that brought it in; `None` where nothing tells of that any more.
    pub imported_at: Option<String>,
    /// How it is known to be a copy of this one.
    pub matched: MatchDto,
    /// How it was verified.
    pub evidence: Option<EvidenceDto>,
}

/// What a copy and what is at the source have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MatchDto {
    /// The copy was made of the file of this name, size and time.
    Place,
    /// Its bytes were compared with the copy's.
    Content,
    /// It is the one of the phone's library that was copied; its file is not on the phone any more.
    Identity,
    /// Apple's library knows both by the same fingerprint, and they have the same size.
    AppleFingerprint,
}

impl App {
    /// Tells what is known of a photo or video. Null when there is none of that id.
    pub fn photo(&self, args: AssetArgs) -> Result<Option<PhotoDto>, ErrorDto> {
        let catalog = self.catalog();
        let (Some(row), Some(asset)) = (catalog.row(args.id)?, catalog.asset(args.id)?) else { return Ok(None) };
        let copy = row.library_path.map(|path| copy_of(&catalog, &row.source, &asset, path)).transpose()?;
        let known = asset.details;
        let name = row.name;
        Ok(Some(PhotoDto {
            original_name: known.original_name.filter(|original| *original != name),
            name,
            source_path: asset.resources.first().map_or_else(String::new, |r| r.path().to_string()),
            pixels: known.pixels,
            title: known.title,
            caption: known.caption,
            keywords: known.keywords,
            people: known.people,
            albums: known.albums,
            hidden: known.hidden,
            deleted: known.deleted,
            copy,
        }))
    }
}

fn copy_of(catalog: &Catalog, source: &SourceId, asset: &Asset, path: String) -> Result<CopyDto, ErrorDto> {
    let known = catalog.provenance(source, asset, &path)?;
    let began = known.as_ref().and_then(|known| {
        let by_name = known.session.as_ref().map(identity::began).filter(|began| !began.is_empty());
        known.started_at.clone().or(by_name)
    });
    let matched = match known.map_or(MatchedBy::Place, |known| known.matched) {
        MatchedBy::Place => MatchDto::Place,
        MatchedBy::Content => MatchDto::Content,
        MatchedBy::Identity => MatchDto::Identity,
        MatchedBy::AppleFingerprint => MatchDto::AppleFingerprint,
    };
    Ok(CopyDto { evidence: imports::evidence(catalog, &path), path, imported_at: began, matched })
}
