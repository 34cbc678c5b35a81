//! Questions to the mux about itself and the cable. The crate that speaks to it passes on identity and number of a phone
//! only, so these few answers are read here.

use super::{Asked, Fact, FactValue, Facts, count, measure, word};
use crate::PhoneError;
use crate::dial::{Dialer, canonical_udid, session};
use crate::engine::within;
use crate::lockdown::LABEL;
use idevice::usbmuxd::{RawPacket, UsbmuxdConnection};
use plist::{Dictionary, Value};
use std::io::Cursor;
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const HEADER: usize = 16;
/// Some hundred phones.
const LONGEST: usize = 64 << 10;
const LONGEST_NAME: usize = 40;
/// Under these some muxes are said to name themselves, in any answer.
const NAMES: [(&str, &str); 2] = [("version", "BinaryVersion"), ("service", "ServiceName")];
const BATTERY: &str = "com.apple.mobile.battery";
const POWER: [(&str, &str); 3] = [
    ("power_comes_from_the_port", "ExternalConnected"),
    ("port_charges_it", "ExternalChargeCapable"),
    ("charging", "BatteryIsCharging"),
];

pub(super) async fn itself(asked: Asked) -> Facts {
    let began = Instant::now();
    let listed = told(&asked.dialer, "ListDevices").await?;
    let took = began.elapsed();
    let is_systems = asked.dialer.address.is_the_systems();
    let mut facts = vec![word("address", if is_systems { "the system's own" } else { "USBMUXD_SOCKET_ADDRESS" })];
    facts.push(measure("milliseconds", took.as_secs_f64() * 1000.0));
    let buid = told(&asked.dialer, "ReadBUID").await.unwrap_or_default();
    for (name, key) in NAMES {
        let value = [&listed, &buid].iter().find_map(|answer| name_of_a_program(answer.get(key)?));
        facts.push(value.map_or(word(name, "not told"), |value| Fact { name, value: FactValue::Program(value) }));
    }
    Ok(facts)
}

pub(super) async fn cable(asked: Asked) -> Facts {
    let listed = told(&asked.dialer, "ListDevices").await?;
    let mut facts = facts_of_cable(&listed, &asked.udid)?;
    facts.extend(power(asked).await);
    Ok(facts)
}

/// Returns what phones tell those they trust: whether the port feeds them. Asked in a task of its own: a stored record that
/// contradicts itself makes the crate panic.
async fn power(Asked { dialer, udid, .. }: Asked) -> Vec<Fact> {
    let limit = dialer.limits.connect;
    let asking = async move {
        let (mut lockdown, _) = session(&dialer.find(&udid).await?).await?;
        let mut told = Vec::new();
        for (_, key) in POWER {
            told.push(lockdown.value_in(BATTERY, key).await.ok().and_then(|value| value.as_boolean()));
        }
        Ok::<_, PhoneError>(told)
    };
    let told = tokio::spawn(within(limit, asking)).await.ok().and_then(Result::ok).unwrap_or_default();
    let told = told.into_iter().chain(std::iter::repeat(None));
    let said = |told: Option<bool>| told.map_or("not told", |is_so| if is_so { "yes" } else { "no" });
    POWER.iter().zip(told).map(|((name, _), told)| word(name, said(told))).collect()
}

fn facts_of_cable(listed: &Dictionary, udid: &str) -> Facts {
    let devices = listed.get("DeviceList").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let properties = devices.iter().filter_map(|device| device.as_dictionary()?.get("Properties")?.as_dictionary());
    let text = |list: &Dictionary, key: &str| list.get(key).and_then(Value::as_string).map(str::to_owned);
    let is_it = |list: &&Dictionary| text(list, "SerialNumber").is_some_and(|told| canonical_udid(&told) == udid);
    let on_usb = |list: &Dictionary| text(list, "ConnectionType").as_deref() == Some("USB");
    let found: Vec<&Dictionary> = properties.filter(is_it).collect();
    let usb = found.iter().find(|list| on_usb(list)).ok_or("the service does not list the phone on USB")?;
    let speed = usb.get("ConnectionSpeed").and_then(Value::as_unsigned_integer);
    let speed = speed.map_or(word("megabits", "not told"), |bits| count("megabits", bits / 1_000_000));
    let by_network = if found.iter().any(|list| !on_usb(list)) { "yes" } else { "no" };
    Ok(vec![speed, word("listed_by_network_as_well", by_network)])
}

/// Takes a version or a name as far as it can be nothing else.
fn name_of_a_program(value: &Value) -> Option<String> {
    let text = value.as_string().map(str::to_owned).or_else(|| value.as_unsigned_integer().map(|n| n.to_string()))?;
    let kept = text.chars().filter(|c| c.is_ascii_alphanumeric() || " .-_+".contains(*c)).take(LONGEST_NAME);
    Some(kept.collect::<String>()).filter(|name| !name.is_empty())
}

/// Asks the mux one thing on a connection of its own, and returns its answer.
async fn told(dialer: &Dialer, message: &str) -> Result<Dictionary, PhoneError> {
    let parts: [(&str, Value); 4] = [
        ("MessageType", message.into()),
        ("ClientVersionString", LABEL.into()),
        ("ProgName", LABEL.into()),
        ("kLibUSBMuxVersion", 3.into()),
    ];
    let request = parts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let (version, kind) = (UsbmuxdConnection::XML_PLIST_VERSION, UsbmuxdConnection::PLIST_MESSAGE_TYPE);
    let packet = Vec::from(RawPacket::new(request, version, kind, 1));
    let exchange = async {
        let socket = dialer.address.to_idevice().to_socket().await;
        let mut socket = socket.map_err(|_| PhoneError::NoMux(dialer.address.help()))?;
        let lost = |_| PhoneError::Disconnected;
        socket.write_all(&packet).await.map_err(lost)?;
        socket.flush().await.map_err(lost)?;
        let length = socket.read_u32_le().await.map_err(lost)? as usize;
        let length = length.checked_sub(HEADER).filter(|length| *length <= LONGEST);
        let length =
            length.ok_or_else(|| PhoneError::nonsense("an answer of the service of a length that cannot be"))?;
        let mut rest = vec![0; HEADER - size_of::<u32>() + length];
        socket.read_exact(&mut rest).await.map_err(lost)?;
        let body = rest.split_off(HEADER - size_of::<u32>());
        let answer = Value::from_reader(Cursor::new(body)).ok().and_then(Value::into_dictionary);
        answer.ok_or_else(|| PhoneError::nonsense("an answer of the service that is no property list"))
    };
    within(dialer.limits.mux, exchange).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const UDID: &str = "00008110-000A1B2C3D4E801E";

    fn list(devices: &[(&str, &str, Option<u64>)]) -> Dictionary {
        let device = |(kind, udid, speed): &(&str, &str, Option<u64>)| {
            let mut properties =
                Dictionary::from_iter([("ConnectionType", Value::from(*kind)), ("SerialNumber", Value::from(*udid))]);
            if let Some(speed) = speed {
                properties.insert("ConnectionSpeed".into(), Value::from(*speed));
            }
            Value::Dictionary(Dictionary::from_iter([("Properties", Value::Dictionary(properties))]))
        };
        Dictionary::from_iter([("DeviceList", Value::Array(devices.iter().map(device).collect()))])
    }

    fn told(devices: &[(&str, &str, Option<u64>)]) -> Option<(Fact, &'static str)> {
        let facts = facts_of_cable(&list(devices), UDID).ok()?;
        let FactValue::Word(by_network) = facts[1].value else { return None };
        Some((facts[0].clone(), by_network))
    }

    #[test]
    fn the_speed_is_that_of_the_phone_asked_about_on_usb() {
        let (bare, other) = ("00008110000A1B2C3D4E801E", "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1");
        let usb_3 = ("USB", bare, Some(10_000_000_000));
        let wifi = ("Network", UDID, None);
        assert_eq!(told(&[("USB", other, Some(1)), wifi, usb_3]), Some((count("megabits", 10_000), "yes")));
        assert_eq!(told(&[("USB", UDID, None)]), Some((word("megabits", "not told"), "no")));
        assert_eq!((told(&[wifi]), told(&[])), (None, None));
    }

    #[test]
    fn a_name_of_a_program_is_harmless_and_short() {
        let of = |text: &str| name_of_a_program(&text.into());
        assert_eq!(of("usbmuxd-1.1.1 (x)").as_deref(), Some("usbmuxd-1.1.1 x"));
        assert_eq!((of("\u{1b}\u{e9}"), of(&"7".repeat(99)).map(|name| name.len())), (None, Some(LONGEST_NAME)));
        assert_eq!(name_of_a_program(&Value::from(423_u64)).as_deref(), Some("423"));
        assert_eq!(name_of_a_program(&Value::Boolean(true)), None);
    }
}
