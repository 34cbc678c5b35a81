//! What the numbers of a pixel mean, and how they become sRGB, which every web view shows alike.

use moxcms::{ColorProfile, Layout, TransformOptions};

/// Largest ICC profile that is looked at.
const LARGEST_PROFILE: usize = 4 << 20;

/// The colours of a picture.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Colour {
    /// Shown as it is.
    Srgb,
    /// Apple's wide gamut.
    DisplayP3,
    /// Hybrid log-gamma in BT.2020, as iPhones film HDR.
    Hlg,
    /// Whatever a profile says.
    Icc(Vec<u8>),
}

impl Colour {
    /// Takes a profile if there is one of bearable size.
    pub(crate) fn from_icc(profile: Option<Vec<u8>>) -> Self {
        profile.filter(|icc| !icc.is_empty() && icc.len() <= LARGEST_PROFILE).map_or(Self::Srgb, Self::Icc)
    }

    /// Takes the code points of ITU-T H.273 for primaries and transfer.
    pub(crate) fn from_cicp(primaries: u16, transfer: u16) -> Self {
        match (primaries, transfer) {
            (_, 18) => Self::Hlg,
            (12, _) => Self::DisplayP3,
            _ => Self::Srgb,
        }
    }

    /// Reads the contents of a `colr` box.
    pub(crate) fn from_colr(body: &[u8]) -> Self {
        let code = |at: usize| body.get(at..at + 2).map_or(2, |b| u16::from_be_bytes([b[0], b[1]]));
        match body.get(..4) {
            Some(b"prof" | b"rICC") => Self::from_icc(body.get(4..).map(<[u8]>::to_vec)),
            Some(b"nclx" | b"nclc") => Self::from_cicp(code(4), code(6)),
            _ => Self::Srgb,
        }
    }

    /// Returns the ICC profile that says what pixels of these colours mean, none for those that become sRGB or are it.
    pub(crate) fn profile(&self) -> Option<Vec<u8>> {
        match self {
            Self::Icc(icc) => (icc.get(16..20) == Some(b"RGB ")).then(|| icc.clone()),
            Self::DisplayP3 => ColorProfile::new_display_p3().encode().ok(),
            Self::Srgb | Self::Hlg => None,
        }
    }

    /// Converts pixels of 4 bytes. A profile that makes no sense leaves them as they are.
    pub(crate) fn to_srgb(&self, rgba: &mut [u8]) {
        let profile = match self {
            Self::Srgb => return,
            Self::Hlg => return hlg_to_srgb(rgba),
            Self::DisplayP3 => Some(ColorProfile::new_display_p3()),
            Self::Icc(icc) => ColorProfile::new_from_slice(icc).ok(),
        };
        if let Some(profile) = profile {
            convert(&profile, rgba);
        }
    }
}

fn convert(profile: &ColorProfile, rgba: &mut [u8]) {
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let Ok(transform) = profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgba, options) else { return };
    let mut converted = vec![0; rgba.len()];
    if transform.transform(rgba, &mut converted).is_ok() {
        rgba.copy_from_slice(&converted);
    }
}

/// Shows HLG on a plain screen as BT.2100 and BT.2408 have it: scene light by the inverse transfer, made brighter with the
/// brightness as on a screen of 1000 nits, reference white (75 % signal, 203 nits) at sRGB's white, primaries of BT.2020 to
/// those of BT.709.
fn hlg_to_srgb(rgba: &mut [u8]) {
    let light: Vec<f32> = (0..=255u8).map(|signal| hlg_light(f32::from(signal) / 255.0)).collect();
    for pixel in rgba.chunks_exact_mut(4) {
        let [r, g, b] = [0, 1, 2].map(|channel| light[usize::from(pixel[channel])]);
        let brightness = 0.2627 * r + 0.6780 * g + 0.0593 * b;
        let gain = brightness.powf(SYSTEM_GAMMA - 1.0) * (1000.0 / 203.0);
        let plain = [
            1.6605 * r - 0.5876 * g - 0.0728 * b,
            -0.1246 * r + 1.1329 * g - 0.0083 * b,
            -0.0182 * r - 0.1006 * g + 1.1187 * b,
        ];
        // What is brighter than white keeps its hue.
        let gain = gain.min(1.0 / plain.into_iter().fold(f32::MIN_POSITIVE, f32::max));
        for (channel, value) in pixel.iter_mut().zip(plain) {
            *channel = srgb_signal(value * gain);
        }
    }
}

/// How much steeper a screen of 1000 nits shows a scene.
const SYSTEM_GAMMA: f32 = 1.2;

/// Inverse OETF of BT.2100 HLG: scene light from 0 to 1.
fn hlg_light(signal: f32) -> f32 {
    let (a, b, c) = (0.178_832_77_f32, 0.284_668_92_f32, 0.559_910_7_f32);
    if signal <= 0.5 { signal * signal / 3.0 } else { (((signal - c) / a).exp() + b) / 12.0 }
}

fn srgb_signal(light: f32) -> u8 {
    let light = light.clamp(0.0, 1.0);
    let signal = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (signal * 255.0 + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_p3_red_leaves_srgb_and_grey_stays() {
        let mut pixels = [255, 0, 0, 255, 128, 128, 128, 255, 200, 150, 120, 255];
        Colour::DisplayP3.to_srgb(&mut pixels);
        assert_eq!(pixels[..3], [255, 0, 0]);
        assert!(pixels[4..7].iter().all(|c| c.abs_diff(128) <= 1), "{pixels:?}");
        assert!(pixels[8] > 200 && pixels[9] < 150, "{pixels:?}");
    }

    #[test]
    fn hlg_keeps_order_and_ends() {
        let mut pixels: Vec<u8> = (0..=255u8).flat_map(|g| [g, g, g, 255]).collect();
        Colour::Hlg.to_srgb(&mut pixels);
        let greys: Vec<u8> = pixels.chunks_exact(4).map(|p| p[1]).collect();
        assert!(greys.is_sorted() && greys[0] == 0 && greys[255] >= 250, "{greys:?}");
        assert!((245..=255).contains(&greys[191]), "reference white is {}", greys[191]);
    }

    #[test]
    fn a_broken_profile_changes_nothing() {
        for profile in [vec![], vec![0; 128], vec![255; 4096]] {
            let mut pixels = [1, 2, 3, 255];
            Colour::from_icc(Some(profile)).to_srgb(&mut pixels);
            assert_eq!(pixels, [1, 2, 3, 255]);
        }
    }

    #[test]
    fn colr_boxes() {
        assert_eq!(Colour::from_colr(b"nclx\0\x0c\0\x0d\0\x06\x80"), Colour::DisplayP3);
        assert_eq!(Colour::from_colr(b"nclx\0\x09\0\x12\0\x09\0"), Colour::Hlg);
        assert_eq!(Colour::from_colr(b"profxyz"), Colour::Icc(b"xyz".to_vec()));
        assert_eq!(Colour::from_colr(b"nc"), Colour::Srgb);
    }
}
