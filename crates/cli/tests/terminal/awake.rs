//! The computer does not go to sleep while photos are copied.

use crate::stage::{Run, Stage};
use iphone_sim::Fault;
use std::os::unix::fs::PermissionsExt;

#[test]
fn an_import_keeps_the_computer_awake_and_says_why_and_nothing_of_that_is_left() {
    let stage = Stage::with_fixtures();
    let programs = stage.path("home");
    let program = programs.join("systemd-inhibit");
    // Stands in for the system's: it writes down what it is asked, and lives as long as its pipe.
    std::fs::write(&program, "#!/bin/sh\necho \"$$ $*\" >>\"${0%/*}/asked\"\nexec cat\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", programs.display());
    let run = |args: &[&str]| Run::of(stage.command(args).env("PATH", &path).output().unwrap());
    let source = format!("iphone:{}", crate::stage::UDID);

    assert_eq!(run(&["list", "--source", &source]).code, 0);
    assert!(!programs.join("asked").exists(), "looking around takes no longer than anybody watches");
    stage.phone.as_ref().unwrap().inject(Fault::HashesSlowly { path: "/".into(), ms: 100 });
    let import = run(&["import", "--source", &source, "--library", "library", "--create", "--all-new"]);
    assert!([0, 1].contains(&import.code), "{}", import.err);
    let asked = std::fs::read_to_string(programs.join("asked")).unwrap();
    let (process, words) = asked.trim().split_once(' ').unwrap();
    assert_eq!(words, "--what=sleep:idle --who=Keepsake --mode=block --why=Importing photos cat");
    assert!(!std::path::Path::new("/proc").join(process).exists(), "it outlived the import");
}
