use super::*;
use jiff::civil::date;
use proptest::prelude::*;
use roxmltree::{Document, Node};

fn taken(provenance: TimeProvenance) -> CaptureTime {
    CaptureTime { local: date(2024, 5, 1).at(9, 8, 7, 0), offset_minutes: Some(-210), provenance }
}

fn packet(details: &AssetDetails) -> String {
    sidecar(details, "IMG_1.HEIC", &taken(TimeProvenance::PhotosDatabase)).unwrap()
}

/// The texts of a property, by its prefixed name: those of its list, or its own.
fn texts(packet: &str, property: &str) -> Vec<String> {
    let document = Document::parse(packet).unwrap_or_else(|error| panic!("{error}: {packet}"));
    let (prefix, local) = property.split_once(':').unwrap();
    let is_it = |node: &Node<'_, '_>| {
        let tag = node.tag_name();
        tag.name() == local && tag.namespace() == node.lookup_namespace_uri(Some(prefix)) && tag.namespace().is_some()
    };
    let Some(found) = document.descendants().find(is_it) else { return Vec::new() };
    let items: Vec<_> = found.descendants().filter(|node| node.has_tag_name((RDF, "li"))).collect();
    let all = |node: &Node<'_, '_>| node.text().unwrap_or_default().to_owned();
    if items.is_empty() { vec![all(&found)] } else { items.iter().map(all).collect() }
}

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

#[test]
fn every_detail_has_its_property() {
    let text = |text: &str| text.to_owned();
    let details = AssetDetails {
        original_name: Some(text("DSC_1.HEIC")),
        favorite: true,
        hidden: true,
        title: Some(text("A <title> & more")),
        caption: Some(text("Two\nlines\r\nand \"quotes\"")),
        keywords: vec![text("Été"), text("")],
        people: vec![text("Ann Example")],
        place: Place::new(48.856_612, -2.352_2),
        albums: vec![vec![text("Trips"), text("A|B")]],
        ..AssetDetails::default()
    };
    let packet = packet(&details);
    for (property, wanted) in [
        ("dc:title", "A <title> & more"),
        ("dc:description", "Two\nlines\r\nand \"quotes\""),
        ("dc:subject", "Été"),
        ("Iptc4xmpExt:PersonInImage", "Ann Example"),
        ("lr:hierarchicalSubject", "Albums|Trips|A¦B"),
        ("xmp:Rating", "5"),
        ("keepsake:Hidden", "True"),
        ("exif:GPSLatitude", "48,51.396720N"),
        ("exif:GPSLongitude", "2,21.132000W"),
        ("exif:DateTimeOriginal", "2024-05-01T09:08:07-03:30"),
        ("photoshop:DateCreated", "2024-05-01T09:08:07-03:30"),
        ("xmpMM:PreservedFileName", "DSC_1.HEIC"),
    ] {
        assert_eq!(texts(&packet, property), [wanted], "{property}");
    }
}

#[test]
fn nothing_to_say_is_no_file() {
    let (exif, library) = (taken(TimeProvenance::Exif), taken(TimeProvenance::PhotosDatabase));
    let named = |name: &str| AssetDetails {
        uuid: Some("X".into()),
        original_name: Some(name.into()),
        pixels: Some((1, 1)),
        edited: true,
        ..AssetDetails::default()
    };
    assert_eq!(sidecar(&named("IMG_1.HEIC"), "IMG_1.HEIC", &exif), None);
    assert!(sidecar(&named("DSC_1.HEIC"), "IMG_1.HEIC", &exif).is_some());
    assert!(sidecar(&named("IMG_1.HEIC"), "IMG_1.HEIC", &library).is_some());
    let favourite = AssetDetails { favorite: true, ..AssetDetails::default() };
    let packet = sidecar(&favourite, "IMG_1.HEIC", &taken(TimeProvenance::FileTime)).unwrap();
    assert_eq!(texts(&packet, "photoshop:DateCreated"), Vec::<String>::new());
    assert_eq!(texts(&packet, "xmp:Rating"), ["5"]);
}

#[test]
fn what_is_too_long_is_cut() {
    let long = || "é&".repeat(100_000);
    let details = AssetDetails {
        title: Some(long()),
        keywords: vec![long(); 5_000],
        albums: vec![vec![long(); 3]; 2_001],
        ..AssetDetails::default()
    };
    let packet = packet(&details);
    assert_eq!(texts(&packet, "dc:title")[0].chars().count(), LONGEST_TEXT);
    let keywords = texts(&packet, "dc:subject");
    assert_eq!((keywords.len(), keywords[0].chars().count()), (MOST_ENTRIES, LONGEST_WORD));
    assert_eq!(texts(&packet, "lr:hierarchicalSubject").len(), MOST_ENTRIES);
}

#[test]
fn minutes_never_reach_sixty() {
    for (degrees, wanted) in [
        (59.999_999_999_9, "60,0.000000N"),
        (-0.000_000_01, "0,0.000001S"),
        (90.0, "90,0.000000N"),
        (-33.5, "33,30.000000S"),
    ] {
        assert_eq!(coordinate(degrees, ('N', 'S')), wanted);
    }
}

/// Any text, and often what XML makes something of or cannot hold.
fn any_text() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        '<',
        '>',
        '&',
        '"',
        '\'',
        ']',
        '\r',
        '\n',
        '\t',
        ' ',
        '\0',
        '\u{8}',
        '\u{1B}',
        '\u{85}',
        '\u{2028}',
        '\u{FEFF}',
        '\u{FFFE}',
        '\u{FFFF}',
        '\u{202E}',
        '\u{1F600}',
        '|',
    ]);
    prop::collection::vec(prop_oneof![nasty, any::<char>()], 0..40).prop_map(|chars| chars.into_iter().collect())
}

fn held(text: &str) -> String {
    text.chars().filter(|c| is_xml(*c)).collect()
}

proptest! {
    #[test]
    fn any_words_come_back_from_a_parser(
        words in prop::collection::vec(any_text(), 0..6),
        (title, caption, name) in (any_text(), any_text(), any_text()),
    ) {
        let details = AssetDetails {
            title: Some(title.clone()),
            caption: Some(caption.clone()),
            original_name: Some(name.clone()),
            keywords: words.clone(),
            people: words.clone(),
            albums: words.iter().map(|word| vec![word.clone()]).collect(),
            ..AssetDetails::default()
        };
        let packet = packet(&details);
        let kept = |texts: &[&String]| -> Vec<String> {
            texts.iter().map(|text| held(text)).filter(|text| !text.is_empty()).collect()
        };
        let all: Vec<&String> = words.iter().collect();
        prop_assert_eq!(texts(&packet, "dc:title"), kept(&[&title]));
        prop_assert_eq!(texts(&packet, "dc:description"), kept(&[&caption]));
        prop_assert_eq!(texts(&packet, "xmpMM:PreservedFileName"), kept(&[&name]));
        prop_assert_eq!(texts(&packet, "dc:subject"), kept(&all));
        prop_assert_eq!(texts(&packet, "Iptc4xmpExt:PersonInImage"), kept(&all));
        let albums: Vec<String> = words.iter().map(|word| format!("Albums|{}", held(word).replace('|', "¦"))).collect();
        prop_assert_eq!(texts(&packet, "lr:hierarchicalSubject"), albums);
    }

    #[test]
    fn a_place_comes_back_to_a_centimetre(latitude in -90.0..=90.0_f64) {
        let text = coordinate(latitude, ('N', 'S'));
        let (degrees, minutes) = text[..text.len() - 1].split_once(',').unwrap();
        let value = degrees.parse::<f64>().unwrap() + minutes.parse::<f64>().unwrap() / 60.0;
        prop_assert!((value - latitude.abs()).abs() < 1e-7, "{text} of {latitude}");
    }
}
