//! Where the files of an asset may be on the phone: candidates below the media folder, best first.

use super::{PhotosRole, uti};

/// How far a rendition is from the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rendition {
    /// All of its pixels, compressed anew.
    Full,
    /// About a quarter of its pixels.
    Large,
    /// For the screen.
    Medium,
    /// For a list.
    Small,
}

/// Tells whether a path stays below the folder it starts at: no `..`, not absolute, no zero byte, not endless.
pub(super) fn is_safe(path: &str) -> bool {
    let fine = |part: &str| !part.is_empty() && part != "." && part != "..";
    path.len() <= 1024 && !path.contains('\0') && path.split('/').all(fine)
}

/// Names what the candidates are made of.
pub(super) struct Place<'a> {
    pub(super) directory: &'a str,
    pub(super) filename: &'a str,
    pub(super) role: PhotosRole,
    pub(super) recipe: i64,
    pub(super) uti: Option<&'a str>,
}

impl Place<'_> {
    /// Returns the candidates by rule. Compare without case: extensions are written either way.
    pub(super) fn candidates(&self) -> Vec<String> {
        let (directory, filename) = (self.directory, self.filename);
        if directory.is_empty() || filename.is_empty() {
            return Vec::new();
        }
        let stem = filename.rsplit_once('.').map_or(filename, |(stem, _)| stem);
        let beside = |extension: &str| vec![format!("{directory}/{stem}.{extension}")];
        let extension = uti::extension(self.uti);
        let edits = format!("PhotoData/Mutations/{directory}/{stem}/Adjustments/");
        let names = match self.role {
            PhotosRole::OriginalPhoto
            | PhotosRole::OriginalVideo
            | PhotosRole::SharedPhoto
            | PhotosRole::SharedVideo => return vec![format!("{directory}/{filename}")],
            PhotosRole::LiveVideo => return beside("MOV"),
            PhotosRole::Alternate => return beside(extension.unwrap_or("DNG")),
            PhotosRole::Sidecar => return beside(extension.unwrap_or("AAE")),
            PhotosRole::Audio => return beside(extension.unwrap_or("M4A")),
            PhotosRole::EditedPhoto => renders(extension),
            PhotosRole::EditedVideo | PhotosRole::EditedLiveVideo => vec!["FullSizeRender.mov".to_owned()],
            PhotosRole::AdjustmentData => {
                let names = ["Adjustments.plist", "Adjustments.data", "AdjustmentsSecondary.data"];
                return names.iter().map(|n| format!("{edits}{n}")).chain(beside("AAE")).collect();
            }
            PhotosRole::AdjustmentBase => {
                vec![format!("PenultimateFullSizeRender.{}", extension.unwrap_or("jpg").to_lowercase())]
            }
            PhotosRole::Derivative => {
                let endings = rendition(self.recipe).map_or(&[] as &[&str], |(_, endings)| endings);
                let folder = format!("PhotoData/Metadata/{directory}/{stem}");
                return endings.iter().map(|ending| format!("{folder}{ending}")).collect();
            }
            PhotosRole::Overcapture | PhotosRole::Other => Vec::new(),
        };
        names.into_iter().map(|name| format!("{edits}{name}")).collect()
    }
}

fn renders(extension: Option<&str>) -> Vec<String> {
    let mut extensions = vec![extension.unwrap_or("heic").to_lowercase()];
    extensions.extend(
        ["heic", "jpg", "png"].into_iter().filter(|e| *e != extensions[0]).map(str::to_owned).collect::<Vec<_>>(),
    );
    extensions.iter().map(|e| format!("FullSizeRender.{e}")).collect()
}

/// Returns what a recipe makes and how its file's name ends.
pub(super) fn rendition(recipe: i64) -> Option<(Rendition, &'static [&'static str])> {
    Some(match recipe {
        65737 => (Rendition::Full, &[".full.JPG"]),
        65739 => (Rendition::Large, &[".large.JPG"]),
        65741 => (Rendition::Medium, &[".JPG"]),
        65743 => (Rendition::Small, &[".medium.JPG", ".THM"]),
        131_077 => (Rendition::Large, &[".large.MOV"]),
        131_079 => (Rendition::Medium, &[".medium.MP4"]),
        131_081 => (Rendition::Small, &[".small.MP4"]),
        131_275 => (Rendition::Medium, &[".medium.MOV"]),
        131_277 => (Rendition::Small, &[".small.MOV"]),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_media_folder() {
        assert!(is_safe("DCIM/100APPLE/IMG_1.HEIC"));
        for path in ["", "/etc/passwd", "DCIM/../../x", "DCIM/./x", "DCIM//x", "DCIM/x\0.jpg", "..", &"x/".repeat(600)]
        {
            assert!(!is_safe(path), "{path:?}");
        }
    }
}
