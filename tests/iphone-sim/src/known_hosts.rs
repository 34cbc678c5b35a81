//! The computers a phone trusts, in memory or kept in a file.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use plist::{Dictionary, Value};

use crate::host_record::HostRecord;

/// Trusted hosts by their id.
pub(crate) struct KnownHosts {
    hosts: BTreeMap<String, Arc<HostRecord>>,
    file: Option<PathBuf>,
}

impl KnownHosts {
    /// Starts with what the file holds; a missing or damaged file is an empty list.
    pub(crate) fn open(file: Option<PathBuf>) -> Self {
        let stored = file.as_ref().and_then(|file| Value::from_file(file).ok()).and_then(Value::into_dictionary);
        let hosts = stored.unwrap_or_default();
        let hosts = hosts.values().filter_map(Value::as_dictionary).filter_map(HostRecord::read);
        Self { hosts: hosts.map(|host| (host.host_id.clone(), Arc::new(host))).collect(), file }
    }

    pub(crate) fn get(&self, host_id: &str) -> Option<Arc<HostRecord>> {
        self.hosts.get(host_id).cloned()
    }

    pub(crate) fn trust(&mut self, host: HostRecord) {
        self.hosts.insert(host.host_id.clone(), Arc::new(host));
        self.keep();
    }

    /// Forgets one host; `false` if it was not known.
    pub(crate) fn forget(&mut self, host_id: &str) -> bool {
        let known = self.hosts.remove(host_id).is_some();
        self.keep();
        known
    }

    pub(crate) fn forget_all(&mut self) {
        self.hosts.clear();
        self.keep();
    }

    /// A phone whose notes cannot be written still works; it only forgets with the process.
    fn keep(&self) {
        let Some(file) = &self.file else { return };
        let records: Dictionary =
            self.hosts.values().map(|host| (host.host_id.clone(), Value::Dictionary(host.write()))).collect();
        let _ = Value::Dictionary(records).to_file_xml(file);
    }
}
