//! Requests of a paired host: sessions, values, services.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use plist::{Dictionary, Value};

use super::{Refusal, Session, Talk, Then, done};
use crate::plists::{dict, text};
use crate::services::Kind;
use crate::values::Asker;

static LAST_SESSION: AtomicU64 = AtomicU64::new(0);

impl Talk<'_> {
    pub(super) fn start_session(&mut self, request: &Dictionary) -> Result<(Dictionary, Then), Refusal> {
        if self.session.is_some() {
            return Err("SessionActive");
        }
        let host_id = text(request, "HostID").ok_or("MissingHostID")?;
        if self.device.lets_nobody_in() {
            return Err("PasswordProtected");
        }
        let host = self.device.state().hosts.get(host_id).ok_or("InvalidHostID")?;
        let number = LAST_SESSION.fetch_add(1, Relaxed) + 1;
        let id = format!("5E551011-0000-4000-8000-{number:012X}");
        let reply = dict([("SessionID", id.clone().into()), ("EnableSessionSSL", true.into())]);
        self.session = Some(Session { id, host });
        Ok((reply, Then::StartTls))
    }

    pub(super) fn stop_session(&mut self, request: &Dictionary) -> Result<(Dictionary, Then), Refusal> {
        let asked = text(request, "SessionID");
        if self.session.as_ref().is_none_or(|session| asked != Some(session.id.as_str())) {
            return Err("SessionInactive");
        }
        self.session = None;
        Ok((done(), Then::EndTls))
    }

    pub(super) fn get_value(&self, request: &Dictionary) -> Result<Dictionary, Refusal> {
        let domain = text(request, "Domain").unwrap_or_default();
        let key = text(request, "Key");
        let state = self.device.state();
        let ahead = self.device.faults.clock_ahead();
        let read = |asker| state.values.get(domain, key, (asker, ahead));
        let value = match &self.session {
            Some(_) => read(Asker::Trusted).ok_or("MissingValue")?,
            None => read(Asker::Stranger).ok_or(if read(Asker::Trusted).is_some() {
                "GetProhibited"
            } else {
                "MissingValue"
            })?,
        };
        let mut reply = dict([("Value", value)]);
        for name in ["Domain", "Key"] {
            if let Some(asked) = request.get(name) {
                reply.insert(name.into(), asked.clone());
            }
        }
        Ok(reply)
    }

    pub(super) fn set_value(&self, request: &Dictionary) -> Result<Dictionary, Refusal> {
        let (domain, key) = self.target(request)?;
        let value = request.get("Value").ok_or("MissingValue")?;
        self.device.state().values.set(domain, key, value.clone());
        Ok(dict([("Key", key.into()), ("Value", value.clone())]))
    }

    pub(super) fn remove_value(&self, request: &Dictionary) -> Result<Dictionary, Refusal> {
        let (domain, key) = self.target(request)?;
        self.device.state().values.remove(domain, key);
        Ok(dict([("Key", key.into())]))
    }

    /// Domain and key of a change; only a session may change anything.
    fn target<'a>(&self, request: &'a Dictionary) -> Result<(&'a str, &'a str), Refusal> {
        self.session.as_ref().ok_or("SessionInactive")?;
        Ok((text(request, "Domain").unwrap_or_default(), text(request, "Key").ok_or("MissingKey")?))
    }

    pub(super) fn start_service(&self, request: &Dictionary) -> Result<Dictionary, Refusal> {
        let name = text(request, "Service").ok_or("InvalidService")?;
        let kind = Kind::named(name).ok_or("InvalidService")?;
        let host = match (&self.session, kind.open_to_strangers()) {
            (_, true) => None,
            (None, false) => return Err("SessionInactive"),
            (Some(session), false) => Some(Arc::clone(&session.host)),
        };
        // A session may be older than a reboot of the phone or the loss of its trust.
        if let Some(host) = &host {
            if self.device.lets_nobody_in() {
                return Err("PasswordProtected");
            }
            self.device.state().hosts.get(&host.host_id).ok_or("InvalidHostID")?;
        }
        let encrypted = host.is_some();
        let port = self.device.offer(kind, host);
        Ok(dict([
            ("Service", name.into()),
            ("Port", Value::from(u64::from(port))),
            ("EnableServiceSSL", encrypted.into()),
        ]))
    }
}
