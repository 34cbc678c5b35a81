//! Which of the assets that were seen are to be imported.

use super::Filter;
use crate::dto::{ErrorCode, ErrorDto};
use catalog::ScannedAsset;
use domain::{AssetId, Repeats, Shelf};
use importer::Selection;
use std::collections::{BTreeSet, HashSet};

/// Albums named in an answer, at most.
const NAMED: usize = 20;

/// What a user chose to import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Everything that is not in the library.
    AllNew,
    /// Assets by their ids.
    Assets(Vec<String>),
    /// What is in albums of the phone, each named by its title, or by its folders and its title with `/` between them.
    Albums(Vec<String>),
}

impl Choice {
    /// Finds what was chosen. Errors with `BadRequest` when something is not there, or a title is that of several albums.
    pub(super) fn among(
        &self,
        seen: &[ScannedAsset],
        repeats: Repeats,
        filter: &Filter,
    ) -> Result<Selection, ErrorDto> {
        let chosen = match self {
            Self::AllNew if !filter.is_empty() => in_the_library(seen),
            Self::AllNew => Selection::AllNew,
            Self::Assets(ids) => by_id(seen, ids)?,
            Self::Albums(names) => in_albums(seen, names)?,
        };
        let meant: HashSet<&AssetId> =
            seen.iter().map(|s| &s.asset).filter(|asset| filter.lets_through(asset)).map(|asset| &asset.id).collect();
        let chosen = match chosen {
            Selection::Assets(ids) => Selection::Assets(ids.into_iter().filter(|id| meant.contains(id)).collect()),
            other => other,
        };
        Ok(match (chosen, repeats) {
            (Selection::Assets(ids), Repeats::Filed) => Selection::Again(ids),
            (chosen, _) => chosen,
        })
    }
}

fn refused(message: String) -> ErrorDto {
    ErrorDto::new(ErrorCode::BadRequest, message)
}

fn by_id(seen: &[ScannedAsset], wanted: &[String]) -> Result<Selection, ErrorDto> {
    let there: HashSet<&str> = seen.iter().map(|s| s.asset.id.as_str()).collect();
    match wanted.iter().find(|id| !there.contains(id.as_str())) {
        Some(stray) => {
            Err(refused(format!("there is no asset {stray} at this source: `keepsake list` prints the ids")))
        }
        None => Ok(Selection::Assets(wanted.iter().map(AssetId::new).collect())),
    }
}

/// What an import of all that is new takes of it.
fn in_the_library(seen: &[ScannedAsset]) -> Selection {
    let shown = seen.iter().map(|s| &s.asset).filter(|asset| asset.details.shelf() == Shelf::Library);
    Selection::Assets(shown.map(|asset| asset.id.clone()).collect())
}

/// As on the phone, an album shows nothing that is hidden or deleted.
fn in_albums(seen: &[ScannedAsset], wanted: &[String]) -> Result<Selection, ErrorDto> {
    let shown = || seen.iter().map(|s| &s.asset).filter(|asset| asset.details.shelf() == Shelf::Library);
    let albums: BTreeSet<&Vec<String>> = shown().flat_map(|asset| &asset.details.albums).collect();
    let meant = wanted.iter().map(|name| album(&albums, name)).collect::<Result<HashSet<_>, _>>()?;
    let chosen = shown().filter(|asset| asset.details.albums.iter().any(|album| meant.contains(album)));
    Ok(Selection::Assets(chosen.map(|asset| asset.id.clone()).collect()))
}

/// Finds the album that a name means: the one with this path, else the only one with this title.
fn album<'a>(albums: &BTreeSet<&'a Vec<String>>, name: &str) -> Result<&'a Vec<String>, ErrorDto> {
    if let Some(album) = albums.iter().find(|album| album.join("/") == name) {
        return Ok(album);
    }
    let titled: Vec<&&Vec<String>> = albums.iter().filter(|album| album.last().is_some_and(|t| t == name)).collect();
    match titled[..] {
        [album] => Ok(album),
        [] => Err(refused(format!("there is no album \"{name}\" with photos in it; there are: {}", listed(albums)))),
        _ => {
            let paths: Vec<String> = titled.iter().map(|album| format!("\"{}\"", album.join("/"))).collect();
            Err(refused(format!("several albums are called \"{name}\": say which, {}", paths.join(" or "))))
        }
    }
}

fn listed(albums: &BTreeSet<&Vec<String>>) -> String {
    if albums.is_empty() {
        return "none".to_owned();
    }
    let mut names: Vec<String> = albums.iter().take(NAMED).map(|album| format!("\"{}\"", album.join("/"))).collect();
    if albums.len() > NAMED {
        names.push(format!("and {} more", albums.len() - NAMED));
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        Asset, AssetDetails, AssetKind, Availability, CaptureTime, Fingerprint, Resource, ResourceRole, SourcePath,
    };
    use jiff::tz::TimeZone;

    fn seen(id: &str, albums: &[&[&str]]) -> ScannedAsset {
        let fingerprint = Fingerprint { path: SourcePath::new(format!("DCIM/{id}.JPG")), bytes: 1, modified_ns: 0 };
        let resource = Resource {
            role: ResourceRole::Original,
            fingerprint,
            taken: None,
            availability: Availability::OnDevice,
            name: None,
            apple: None,
        };
        let albums = albums.iter().map(|album| album.iter().map(ToString::to_string).collect()).collect();
        let asset = Asset {
            id: AssetId::new(id),
            kind: AssetKind::Photo,
            taken: CaptureTime::from_file_time(0, &TimeZone::UTC),
            resources: vec![resource],
            details: AssetDetails { albums, ..AssetDetails::default() },
        };
        ScannedAsset { asset, duration_ms: None, warning: None, library_path: None }
    }

    fn chosen(names: &[&str]) -> Result<Vec<String>, String> {
        let mut hidden = seen("hidden", &[&["Trips", "Rome"]]);
        hidden.asset.details.hidden = true;
        let seen = [
            seen("1", &[&["Trips", "Rome"], &["Best"]]),
            seen("2", &[&["Trips", "Rome"]]),
            seen("3", &[&["Friends", "Best"]]),
            seen("4", &[]),
            hidden,
        ];
        match Choice::Albums(names.iter().map(ToString::to_string).collect()).among(
            &seen,
            Repeats::Dropped,
            &Filter::default(),
        ) {
            Ok(Selection::Assets(ids)) => {
                let mut ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                ids.sort();
                Ok(ids)
            }
            Ok(other) => panic!("albums were asked for: {other:?}"),
            Err(error) => Err(error.message),
        }
    }

    #[test]
    fn an_album_is_meant_by_its_title_or_its_path() {
        assert_eq!(chosen(&["Rome"]).unwrap(), ["1", "2"]);
        assert_eq!(chosen(&["Trips/Rome"]).unwrap(), ["1", "2"]);
        assert_eq!(chosen(&["Best"]).unwrap(), ["1"], "the path is exact");
        assert_eq!(chosen(&["Friends/Best", "Rome"]).unwrap(), ["1", "2", "3"]);
    }

    #[test]
    fn what_is_no_album_is_answered_with_those_there_are() {
        let message = chosen(&["Paris"]).unwrap_err();
        let there = r#"There is no album "Paris" with photos in it; there are: "Best", "Friends/Best", "Trips/Rome""#;
        assert_eq!(message, there);
    }

    #[test]
    fn a_title_of_several_albums_must_be_made_clear() {
        let seen = [seen("1", &[&["A", "X"]]), seen("2", &[&["B", "X"]])];
        let error = Choice::Albums(vec!["X".into()]).among(&seen, Repeats::Dropped, &Filter::default()).unwrap_err();
        assert_eq!(error.message, r#"Several albums are called "X": say which, "A/X" or "B/X""#);
    }
}
