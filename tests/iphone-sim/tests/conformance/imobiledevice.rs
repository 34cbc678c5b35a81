//! The tools of libimobiledevice, from Debian.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use iphone_sim::Phone;

use crate::bench::Bench;
use crate::tree::phone_media;

const UDID: &str = "00008110-001122334455001E";

#[test]
fn the_tools_find_pair_and_question_the_phone() {
    let media = phone_media();
    let bench = Bench::new(Phone::builder().media(media.path()).udid(UDID).name("Anna's iPhone"));
    let asked = |program: &str, arguments: &[&str]| bench.run(program, arguments).works();
    assert_eq!(asked("idevice_id", &["-l"]).trim(), UDID);
    assert!(asked("idevicepair", &["pair"]).contains("SUCCESS"));
    assert!(asked("idevicepair", &["validate"]).contains("SUCCESS"));
    assert_eq!(asked("ideviceinfo", &["-k", "ProductVersion"]).trim(), "17.5.1");
    assert!(asked("ideviceinfo", &["-q", "com.apple.disk_usage"]).contains("TotalDiskCapacity: 128000000000"));
    assert!(asked("ideviceinfo", &[]).contains("TrustedHostAttached: true"));
    assert_eq!(asked("idevicename", &[]).trim(), "Anna's iPhone");
    asked("idevicename", &["Ben"]);
    assert_eq!(asked("idevicename", &[]).trim(), "Ben");
    assert_eq!(asked("idevice_id", &[UDID]).trim(), "Ben");
    asked("idevicedate", &["-s", "1000000000"]);
    assert!(asked("idevicedate", &[]).contains("2001"));
    assert!(asked("idevicediagnostics", &["diagnostics"]).contains("GasGauge"));
    assert!(asked("idevicepair", &["unpair"]).contains("SUCCESS"));
    assert_eq!(bench.phone.activity().pair_requests, 1);
    // The tool asks for trust by itself when the record is gone.
    asked("idevicepair", &["validate"]);
    assert_eq!(bench.phone.activity().pair_requests, 2);
}

#[test]
fn a_stranger_hears_only_harmless_values() {
    let media = phone_media();
    let bench = Bench::new(Phone::builder().media(media.path()));
    let told = bench.run("ideviceinfo", &["-s"]).works();
    assert!(told.contains("DeviceName") && told.contains("WiFiAddress"), "{told}");
    assert!(!told.contains("SerialNumber") && !told.contains("TimeIntervalSince1970"), "{told}");
    assert_eq!(bench.phone.activity().pair_requests, 0);
}

/// A program that runs until the test is over.
struct Background(Child);

impl Drop for Background {
    fn drop(&mut self) {
        // Not SIGKILL: `timeout` passes this one on to the program it watches.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

#[test]
fn a_notification_reaches_an_observer() {
    let media = phone_media();
    let bench = Bench::new(Phone::builder().media(media.path()));
    bench.run("idevicepair", &["pair"]).works();
    let name = "com.apple.mobile.lockdown.device_name_changed";
    let mut command: Command = bench.command("stdbuf", &["-oL", "idevicenotificationproxy", "observe", name]);
    let mut observer = Background(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut line = String::new();
    std::thread::scope(|scope| {
        let heard = scope.spawn(|| BufReader::new(observer.0.stdout.take().unwrap()).read_line(&mut line));
        while !heard.is_finished() {
            bench.phone.post_notification(name);
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        heard.join().unwrap().unwrap();
    });
    assert!(line.contains(name), "{line}");
    bench.run("idevicenotificationproxy", &["post", name]).works();
}
