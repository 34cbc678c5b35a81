//! Uniform type identifiers: in full, or since iOS 15 as small numbers.

/// The identifiers behind the numbers 1, 2, 3, …
const COMPACT: [&str; 39] = [
    "public.jpeg",
    "public.jpeg",
    "public.heic",
    "public.heif",
    "public.avci",
    "public.png",
    "com.compuserve.gif",
    "public.tiff",
    "com.adobe.raw-image",
    "com.sony.arw-raw-image",
    "com.canon.cr2-raw-image",
    "com.canon.crw-raw-image",
    "com.olympus.raw-image",
    "com.panasonic.rw2-raw-image",
    "com.panasonic.raw-image",
    "com.pentax.raw-image",
    "com.nikon.raw-image",
    "com.samsung.raw-image",
    "com.leafamerica.raw-image",
    "com.hasselblad.3fr-raw-image",
    "com.fuji.raw-image",
    "com.hasselblad.fff-raw-image",
    "com.apple.quicktime-movie",
    "public.mpeg-4",
    "com.apple.m4v-video",
    "public.3gpp",
    "public.avi",
    "com.apple.m4a-audio",
    "com.apple.coreaudio-format",
    "com.microsoft.waveform-audio",
    "public.aifc-audio",
    "public.aiff-audio",
    "public.mp3",
    "public.ac3-audio",
    "com.apple.property-list",
    "public.data",
    "com.apple.photos.apple-adjustment-envelope",
    "public.avif",
    "public.jpeg-xl",
];

/// The extensions the phone gives to files of a type.
const EXTENSIONS: [(&str, &str); 20] = [
    ("public.jpeg", "JPG"),
    ("public.heic", "HEIC"),
    ("public.heif", "HEIF"),
    ("public.png", "PNG"),
    ("com.compuserve.gif", "GIF"),
    ("public.tiff", "TIFF"),
    ("com.adobe.raw-image", "DNG"),
    ("com.apple.quicktime-movie", "MOV"),
    ("public.mpeg-4", "MP4"),
    ("com.apple.m4v-video", "M4V"),
    ("com.canon.cr2-raw-image", "CR2"),
    ("com.sony.arw-raw-image", "ARW"),
    ("com.nikon.raw-image", "NEF"),
    ("com.fuji.raw-image", "RAF"),
    ("com.olympus.raw-image", "ORF"),
    ("com.apple.photos.apple-adjustment-envelope", "AAE"),
    ("org.webmproject.webp", "WEBP"),
    ("public.avif", "AVIF"),
    ("public.jpeg-xl", "JXL"),
    ("public.data", "XMP"),
];

/// Returns the identifier in full. A number that is not known stays one, marked with `?`.
pub(super) fn in_full(stored: String) -> String {
    let is_number = !stored.is_empty() && stored.bytes().all(|b| b.is_ascii_digit());
    if !is_number {
        return stored.trim_start_matches('_').to_owned();
    }
    let known = stored.parse::<usize>().ok().and_then(|n| COMPACT.get(n.checked_sub(1)?));
    known.map_or_else(|| format!("?{stored}"), |uti| (*uti).to_owned())
}

/// Returns the extension for files of a type, in capitals.
pub(super) fn extension(uti: Option<&str>) -> Option<&'static str> {
    EXTENSIONS.iter().find(|(known, _)| Some(*known) == uti).map(|(_, extension)| *extension)
}
