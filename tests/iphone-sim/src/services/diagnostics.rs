//! diagnostics_relay: battery and hardware figures; restarting and shutting down are acknowledged and not done.

use std::io;

use plist::{Dictionary, Value};

use crate::channel::Channel;
use crate::plist_stream;
use crate::plists::{dict, text};

pub(super) fn serve(mut channel: Channel) -> io::Result<()> {
    loop {
        let request = plist_stream::read(&mut channel)?;
        let name = text(&request, "Request").unwrap_or_default();
        plist_stream::write(&mut channel, &Value::Dictionary(answer(name, &request)))?;
        if name == "Goodbye" {
            return Ok(());
        }
    }
}

fn answer(name: &str, request: &Dictionary) -> Dictionary {
    let success =
        |diagnostics: Dictionary| dict([("Status", "Success".into()), ("Diagnostics", Value::Dictionary(diagnostics))]);
    match name {
        "All" | "GasGauge" => success(dict([("GasGauge", Value::Dictionary(gas_gauge()))])),
        "WiFi" => success(dict([("WiFi", Value::Dictionary(dict([("Active", true.into())])))])),
        "NAND" => success(dict([("NAND", Value::Dictionary(dict([("Status", "Success".into())])))])),
        "IORegistry" => success(dict([("IORegistry", Value::Dictionary(gas_gauge()))])),
        "MobileGestalt" => success(dict([("MobileGestalt", Value::Dictionary(gestalt(request)))])),
        "Goodbye" | "Restart" | "Shutdown" | "Sleep" => dict([("Status", "Success".into())]),
        _ => dict([("Status", "UnknownRequest".into())]),
    }
}

fn gas_gauge() -> Dictionary {
    dict([
        ("CurrentCapacity", 87.into()),
        ("CycleCount", 123.into()),
        ("DesignCapacity", 3227.into()),
        ("FullChargeCapacity", 3100.into()),
        ("IsCharging", true.into()),
        ("Status", "Success".into()),
    ])
}

fn gestalt(request: &Dictionary) -> Dictionary {
    let keys = request.get("MobileGestaltKeys").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut found = dict([("Status", "Success".into())]);
    for key in keys.iter().filter_map(Value::as_string) {
        let value = match key {
            "ProductType" => "iPhone14,5",
            "DeviceClass" => "iPhone",
            "ProductVersion" => "17.5.1",
            _ => continue,
        };
        found.insert(key.to_owned(), value.into());
    }
    found
}
