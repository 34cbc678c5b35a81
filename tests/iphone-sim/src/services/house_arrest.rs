//! house_arrest: the folders of an app. After the phone has agreed, the stream speaks the file service's language.

use std::io;
use std::sync::{Arc, Mutex};

use plist::{Dictionary, Value};

use super::apps::SHARING_APP;
use crate::afc;
use crate::channel::Channel;
use crate::device::Device;
use crate::lock::lock;
use crate::media::{DiskTree, Tree, Writes};
use crate::plist_stream;
use crate::plists::{dict, text};

/// The container of the user's app, made when it is first asked for and gone with the phone.
#[derive(Default)]
pub(crate) struct Containers {
    folder: Mutex<Option<tempfile::TempDir>>,
}

impl Containers {
    fn open(&self) -> io::Result<Arc<dyn Tree>> {
        let mut kept = lock(&self.folder);
        let folder = match kept.take() {
            Some(folder) => folder,
            None => {
                let folder = tempfile::Builder::new().prefix("iphone-sim-app-").tempdir()?;
                std::fs::create_dir(folder.path().join("Documents"))?;
                folder
            }
        };
        let root = folder.path().to_path_buf();
        *kept = Some(folder);
        Ok(Arc::new(DiskTree::new(root, Writes::Allowed)))
    }
}

pub(super) fn serve(device: &Arc<Device>, mut channel: Channel) -> io::Result<()> {
    let request = plist_stream::read(&mut channel)?;
    let answer = judge(&request);
    let agreed = answer.contains_key("Status");
    plist_stream::write(&mut channel, &Value::Dictionary(answer))?;
    if !agreed {
        return Ok(());
    }
    afc::serve(device, &device.containers.open()?, channel)
}

fn judge(request: &Dictionary) -> Dictionary {
    let known_command = matches!(text(request, "Command"), Some("VendContainer" | "VendDocuments"));
    match text(request, "Identifier") {
        _ if !known_command => dict([("Error", "UnknownCommand".into())]),
        Some(SHARING_APP) => dict([("Status", "Complete".into())]),
        _ => dict([("Error", "ApplicationLookupFailed".into())]),
    }
}
