//! installation_proxy: which apps are there. Nothing can be installed or removed.

use std::io;

use plist::{Dictionary, Value};

use crate::channel::Channel;
use crate::plist_stream;
use crate::plists::{dict, text};

/// The one app of the user; it shares its documents.
pub(super) const SHARING_APP: &str = "org.example.camera";
const SYSTEM_APP: &str = "com.apple.mobileslideshow";

pub(super) fn serve(mut channel: Channel) -> io::Result<()> {
    loop {
        let request = plist_stream::read(&mut channel)?;
        for reply in answers(&request) {
            plist_stream::write(&mut channel, &Value::Dictionary(reply))?;
        }
    }
}

fn answers(request: &Dictionary) -> Vec<Dictionary> {
    let options = request.get("ClientOptions").and_then(Value::as_dictionary);
    let wanted = options.and_then(|options| text(options, "ApplicationType")).unwrap_or("Any");
    let names = options.and_then(|options| options.get("BundleIDs")).and_then(Value::as_array);
    let named = |app: &Dictionary| {
        names.is_none_or(|names| names.iter().any(|name| name.as_string() == text(app, "CFBundleIdentifier")))
    };
    let of_type = |app: &Dictionary| wanted == "Any" || text(app, "ApplicationType") == Some(wanted);
    let list: Vec<_> = apps().into_iter().filter(|app| of_type(app) && named(app)).collect();
    let complete = dict([("Status", "Complete".into())]);
    match text(request, "Command").unwrap_or_default() {
        "Browse" => vec![browse_page(list), complete],
        "Lookup" => {
            let mut reply = complete;
            reply.insert("LookupResult".into(), Value::Dictionary(by_name(list)));
            vec![reply]
        }
        _ => vec![dict([("Error", "APIInternalError".into())])],
    }
}

fn browse_page(list: Vec<Dictionary>) -> Dictionary {
    dict([
        ("CurrentAmount", Value::from(list.len() as u64)),
        ("CurrentIndex", 0.into()),
        ("CurrentList", Value::Array(list.into_iter().map(Value::Dictionary).collect())),
        ("Status", "BrowsingApplications".into()),
    ])
}

fn by_name(list: Vec<Dictionary>) -> Dictionary {
    let name = |app: &Dictionary| text(app, "CFBundleIdentifier").unwrap_or_default().to_owned();
    list.into_iter().map(|app| (name(&app), Value::Dictionary(app))).collect()
}

fn apps() -> [Dictionary; 2] {
    let app = |id: &str, name: &str, kind: &str, sharing: bool| {
        dict([
            ("ApplicationType", kind.into()),
            ("CFBundleDisplayName", name.into()),
            ("CFBundleIdentifier", id.into()),
            ("CFBundleName", name.into()),
            ("CFBundleShortVersionString", "1.0".into()),
            ("CFBundleVersion", "1".into()),
            ("UIFileSharingEnabled", sharing.into()),
        ])
    };
    [app(SHARING_APP, "Camera", "User", true), app(SYSTEM_APP, "Photos", "System", false)]
}
