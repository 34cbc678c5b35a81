//! A library in the words of `judge.py`, and what differs between two descriptions.

use iphone::photos_db::{AlbumKind, FileKey, PhotosAlbum, PhotosAsset, PhotosLibrary, PhotosResource};
use serde_json::{Map, Value, json};

pub struct Described {
    model: Value,
    pub assets: Vec<Value>,
    resources: Vec<Value>,
    albums: Vec<Value>,
    shares: Vec<Value>,
}

impl Described {
    pub fn of(library: &PhotosLibrary) -> Self {
        let owner = |key| library.assets.iter().find(|asset| asset.key == key);
        let (shares, albums): (Vec<_>, Vec<_>) =
            library.albums.iter().partition(|a| a.entity.as_deref() == Some("CollectionShare"));
        Self {
            model: json!(library.model),
            assets: library.assets.iter().map(asset).collect(),
            resources: library.resources.iter().map(|r| resource(r, owner(r.asset))).collect(),
            albums: albums.into_iter().map(album).collect(),
            shares: shares.into_iter().map(share).collect(),
        }
    }

    /// Counts what was compared.
    pub fn fields(&self) -> usize {
        let lists = [&self.assets, &self.resources, &self.albums, &self.shares];
        lists.into_iter().flatten().map(|item| item.as_object().map_or(0, Map::len)).sum()
    }
}

/// Lists every field of every item that differs; the order of items does not count.
pub fn differences(ours: &Described, theirs: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if ours.model != theirs["model"] {
        found.push(format!("model: {} and {}", ours.model, theirs["model"]));
    }
    let lists =
        [("assets", &ours.assets), ("resources", &ours.resources), ("albums", &ours.albums), ("shares", &ours.shares)];
    for (name, ours) in lists {
        let theirs = theirs[name].as_array().unwrap();
        if ours.len() != theirs.len() {
            found.push(format!("{name}: {} and {}", ours.len(), theirs.len()));
        }
        for (ours, theirs) in ours.iter().zip(theirs) {
            let (ours, theirs) = (ours.as_object().unwrap(), theirs.as_object().unwrap());
            let names: std::collections::BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
            for field in names {
                let (a, b) = (ours.get(field), theirs.get(field));
                if !same(a, b) {
                    found.push(format!("{name} {:?}.{field}: {a:?} and {b:?}", ours.get("pk").or(ours.get("asset"))));
                }
            }
        }
    }
    found
}

fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return false };
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()),
        _ => a == b,
    }
}

fn micros(ns: Option<i64>) -> Option<i64> {
    ns.map(|ns| ns.div_euclid(1000))
}

fn asset(a: &PhotosAsset) -> Value {
    let mut out = json!({
        "pk": a.key, "uuid": a.uuid, "dir": a.directory, "file": a.filename, "orig_name": a.original_name,
        "orig_size": a.original_bytes, "uti": a.uti, "kind": a.kind, "playback": a.playback,
        "variation": a.variation, "saved": a.saved, "title": a.title, "caption": a.caption,
        "adj_format": a.adjustment_format, "burst": a.burst, "live_group": a.media_group, "lat": a.latitude,
        "lon": a.longitude, "w": a.width, "h": a.height, "orient": a.orientation, "duration": a.duration,
        "tz_name": a.zone_name, "exif_ts": a.exif_time, "make": a.made_with.make, "model": a.made_with.model,
        "content_hash": a.fingerprint, "imported_by": a.imported_by, "cloud_state": a.original_cloud_state,
        "collection_share": a.share, "tz_off": a.zone_offset, "traits": null, "keywords": a.keywords,
        "people": a.people,
    });
    let traits: Vec<&str> = a.traits().iter().map(|t| t.as_str()).collect();
    let mut keywords = a.keywords.clone();
    keywords.sort();
    let more = json!({
        "subtype": a.subtype, "bundle": a.scope, "trashed": a.trashed, "visibility": a.visibility,
        "adj_raw": a.adjustments, "burst_pick": a.burst_pick, "depth": a.depth, "hdr": a.hdr, "spatial": a.spatial,
        "hfr": a.high_frame_rate, "front": a.camera, "raw_is_original": a.raw_is_original,
        "asset_cloud_state": a.cloud_state, "shared_lib": a.shared_library, "favorite": a.favorite,
        "hidden": a.hidden, "adjusted": a.is_edited(), "screenshot_flag": a.screenshot,
        "deferred_photo": a.deferred_photo, "deferred_video": a.deferred_video, "complete": a.complete,
        "created": micros(a.created_ns), "added": micros(a.added_ns), "modified": micros(a.modified_ns),
        "trashed_at": micros(a.trashed_ns), "traits": traits, "keywords": keywords,
    });
    let Value::Object(more) = more else { unreachable!() };
    out.as_object_mut().unwrap().extend(more);
    out
}

fn resource(r: &PhotosResource, owner: Option<&PhotosAsset>) -> Value {
    let availability = match (r.local, r.remote) {
        (None, _) => "unknown",
        (Some(1), _) => "on_device",
        (Some(-32768), _) => "linked_or_unknown",
        (_, Some(1)) => "icloud_only",
        _ => "missing",
    };
    let candidates = owner.map(|owner| r.candidates(owner)).unwrap_or_default();
    // A path in the key comes first; the other reader tells it apart.
    let keyed = r.key.as_ref().and_then(FileKey::path);
    let mut ruled = r.clone();
    ruled.key = None;
    let ruled = owner.map(|owner| ruled.candidates(owner)).unwrap_or_default();
    if let (Some(keyed), Some(_)) = (keyed, owner) {
        assert_eq!(candidates[0], keyed);
    }
    json!({
        "asset": r.asset, "role": r.role.as_str(), "rtype": r.kind, "ver": r.version, "recipe": r.recipe,
        "cpl_type": r.store_kind, "local": r.local, "remote": r.remote, "size": r.bytes, "w": r.width,
        "h": r.height, "hash": r.fingerprint, "cloud": r.cloud_state, "codec": r.codec, "res_trash": r.trashed,
        "uti": r.uti, "availability": availability, "key": key(r.key.as_ref()), "paths": ruled,
    })
}

fn key(key: Option<&FileKey>) -> Value {
    match key {
        None => Value::Null,
        Some(FileKey::Path { relation, path }) => json!({"kind": "path", "relation": relation, "path": path}),
        Some(FileKey::Rule { version, kind, recipe, extension_case, file_type }) => json!({
            "kind": "uniform", "ver": version, "rtype": kind, "recipe": recipe, "extcase": extension_case,
            "filetype": file_type,
        }),
        Some(FileKey::Other(first)) => json!({"kind": "other", "first": first}),
    }
}

fn album(a: &PhotosAlbum) -> Value {
    let kind = if a.kind == AlbumKind::Other(-1) { Value::Null } else { json!(a.kind.number()) };
    json!({
        "pk": a.key, "entity": a.entity, "kind": kind, "title": a.title, "parent": a.parent, "order": a.order,
        "trashed": a.trashed, "uuid": a.uuid, "sortkey": a.sort, "asc": a.ascending, "cloud": a.cloud_id,
        "assets": a.assets,
    })
}

fn share(a: &PhotosAlbum) -> Value {
    json!({"pk": a.key, "entity": a.entity, "title": a.title, "trashed": a.trashed, "assets": a.assets})
}
