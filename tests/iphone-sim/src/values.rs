//! What a phone tells about itself: lockdown's values, by domain and key.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use plist::{Dictionary, Value};

use crate::plists::dict;
use crate::tls::DEVICE_PUBLIC_KEY;

/// Told to anyone, trusted or not.
const HARMLESS: [&str; 12] = [
    "DeviceName",
    "DeviceClass",
    "ProductType",
    "ProductName",
    "ProductVersion",
    "BuildVersion",
    "UniqueDeviceID",
    "WiFiAddress",
    "DevicePublicKey",
    "HardwareModel",
    "CPUArchitecture",
    "PasswordProtected",
];

/// The values of a phone; domain "" is the unnamed one.
pub(crate) struct Values {
    domains: BTreeMap<String, Dictionary>,
    /// How far the phone's clock is ahead of ours, in seconds.
    clock_skew: f64,
}

impl Values {
    pub(crate) fn new(udid: &str, name: &str, model: &str, version: &str) -> Self {
        let mut domains = BTreeMap::new();
        domains.insert(String::new(), general(udid, name, model, version));
        domains.insert("com.apple.disk_usage".into(), disk_usage());
        let battery = dict([
            ("BatteryCurrentCapacity", 87.into()),
            ("BatteryIsCharging", true.into()),
            ("ExternalChargeCapable", true.into()),
            ("ExternalConnected", true.into()),
        ]);
        domains.insert("com.apple.mobile.battery".into(), battery);
        domains.insert("com.apple.mobile.backup".into(), dict([("WillEncrypt", false.into())]));
        let language = dict([("Language", "en".into()), ("Locale", "en_GB".into())]);
        domains.insert("com.apple.international".into(), language);
        let wireless = dict([("EnableWifiConnections", false.into())]);
        domains.insert("com.apple.mobile.wireless_lockdown".into(), wireless);
        domains.insert("com.apple.mobile.iTunes".into(), dict([("MinITunesVersion", "12.8".into())]));
        domains.insert("com.apple.fmip".into(), dict([("IsAssociated", false.into())]));
        Self { domains, clock_skew: 0.0 }
    }

    /// One value, or the whole domain when no key is asked for. The clock may be so many seconds ahead besides.
    pub(crate) fn get(&self, domain: &str, key: Option<&str>, (asker, ahead): (Asker, i64)) -> Option<Value> {
        let mut values = self.domains.get(domain).cloned().unwrap_or_default();
        if domain.is_empty() {
            values.insert("TimeIntervalSince1970".into(), Value::Real(self.time() + ahead as f64));
        }
        if asker == Asker::Stranger {
            values.retain(|key, _| domain.is_empty() && HARMLESS.contains(&key.as_str()));
        }
        match key {
            Some(key) => values.remove(key),
            None => Some(Value::Dictionary(values)),
        }
    }

    pub(crate) fn set(&mut self, domain: &str, key: &str, value: Value) {
        let time = (domain.is_empty() && key == "TimeIntervalSince1970").then(|| seconds(&value)).flatten();
        if let Some(time) = time {
            self.clock_skew = time - now();
            return;
        }
        self.domains.entry(domain.to_owned()).or_default().insert(key.to_owned(), value);
    }

    pub(crate) fn remove(&mut self, domain: &str, key: &str) {
        if let Some(values) = self.domains.get_mut(domain) {
            values.remove(key);
        }
    }

    fn time(&self) -> f64 {
        now() + self.clock_skew
    }
}

/// Who asks for a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asker {
    /// No session: only harmless values.
    Stranger,
    Trusted,
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs_f64()
}

fn seconds(value: &Value) -> Option<f64> {
    value.as_real().or_else(|| value.as_signed_integer().map(|whole| whole as f64))
}

fn general(udid: &str, name: &str, model: &str, version: &str) -> Dictionary {
    dict([
        ("ActivationState", "Activated".into()),
        ("BasebandStatus", "BBInfoAvailable".into()),
        ("BuildVersion", "21F90".into()),
        ("CPUArchitecture", "arm64e".into()),
        ("DeviceClass", "iPhone".into()),
        ("DeviceColor", "1".into()),
        ("DeviceName", name.into()),
        ("DevicePublicKey", Value::Data(DEVICE_PUBLIC_KEY.to_vec())),
        ("HardwareModel", "D17AP".into()),
        ("HostAttached", true.into()),
        ("ModelNumber", "MLPF3".into()),
        ("PasswordProtected", false.into()),
        ("ProductName", "iPhone OS".into()),
        ("ProductType", model.into()),
        ("ProductVersion", version.into()),
        ("ProtocolVersion", "2".into()),
        ("SerialNumber", "SIMULATED01".into()),
        ("TimeZone", "Europe/Berlin".into()),
        ("TimeZoneOffsetFromUTC", Value::Real(7200.0)),
        ("TrustedHostAttached", true.into()),
        ("UniqueChipID", 0x000A_1B2C_3D4E_801E_u64.into()),
        ("UniqueDeviceID", udid.into()),
        ("Uses24HourClock", true.into()),
        ("WiFiAddress", "02:00:5e:10:20:30".into()),
    ])
}

fn disk_usage() -> Dictionary {
    let gigabytes = |count: u64| Value::from(count * 1_000_000_000);
    dict([
        ("AmountDataAvailable", gigabytes(40)),
        ("CameraUsage", gigabytes(30)),
        ("PhotoUsage", gigabytes(30)),
        ("TotalDataAvailable", gigabytes(40)),
        ("TotalDataCapacity", gigabytes(116)),
        ("TotalDiskCapacity", gigabytes(128)),
        ("TotalSystemAvailable", gigabytes(0)),
        ("TotalSystemCapacity", gigabytes(12)),
    ])
}
