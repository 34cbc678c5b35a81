//! pymobiledevice3: its command line, and the tests it runs against real phones.

use std::fs;

use iphone_sim::Phone;

use crate::bench::{Bench, python_environment, python_tool};
use crate::tree::{digest, phone_media};

#[test]
fn the_command_line_lists_and_pulls_everything() {
    let media = phone_media();
    let bench = Bench::new(Phone::builder().media(media.path()));
    assert!(bench.pymobiledevice(&["usbmux", "list"]).works().contains(bench.phone.udid()));
    let out = bench.home().join("pulled");
    fs::create_dir(&out).unwrap();
    bench.pymobiledevice(&["afc", "pull", "/DCIM", out.to_str().unwrap()]).works();
    assert_eq!(digest(&out.join("DCIM")), digest(&media.path().join("DCIM")));
    assert_eq!(bench.phone.activity().open_handles, 0);
}

/// The client's own device tests. One of them waits 65 s for lockdown to hang up.
#[test]
fn its_own_device_tests_pass_and_none_is_skipped() {
    let media = phone_media();
    let bench = Bench::new(Phone::builder().media(media.path()).writable());
    let tests = python_environment().join("sdist/pymobiledevice3");
    assert!(tests.join("tests/services/test_afc.py").is_file(), "{} is incomplete", tests.display());
    let mut command = bench.command(
        python_tool("python"),
        &[
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-rA",
            "tests/services/test_afc.py",
            "tests/services/test_lockdown.py",
            "tests/services/test_house_arrest.py",
        ],
    );
    let output = command.current_dir(&tests).env("PYTHONDONTWRITEBYTECODE", "1").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let summary = text.lines().last().unwrap_or_default();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(summary.contains("82 passed") && !summary.contains("skipped"), "{summary}");
}
