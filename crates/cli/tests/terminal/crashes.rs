//! The program killed at random moments, again and again. Whatever the moment: the next run completes the library, with
//! nothing lost, nothing twice and nothing half-written.

use crate::stage::{Stage, contents, tree};
use iphone_sim::Phone;
use std::path::Path;
use std::time::{Duration, Instant};

/// In all, over both kinds of source.
const KILLS: u32 = 220;

/// Photos with clashing names, pairs with their recipes, a twin and two empty ones.
fn make_photos(folder: &Path) {
    for (index, sub) in ["100APPLE", "101APPLE", "102APPLE"].into_iter().enumerate() {
        let folder = folder.join("DCIM").join(sub);
        std::fs::create_dir_all(&folder).unwrap();
        for number in 0..12_usize {
            let content = format!("{index} {number} ").repeat(500 + 3000 * (number % 4));
            std::fs::write(folder.join(format!("IMG_{number:04}.JPG")), &content).unwrap();
            std::fs::write(folder.join(format!("IMG_{number:04}.AAE")), format!("recipe {index} {number}")).unwrap();
        }
    }
    std::fs::write(folder.join("DCIM/100APPLE/BIG.MOV"), vec![9; 3_000_000]).unwrap();
    std::fs::write(folder.join("DCIM/100APPLE/EMPTY_1.JPG"), "").unwrap();
    std::fs::write(folder.join("DCIM/101APPLE/EMPTY_2.JPG"), "").unwrap();
}

/// A small generator with a fixed start: a failure can be had again.
struct Dice(u64);

impl Dice {
    fn up_to(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % (most + 1)
    }
}

#[test]
fn killed_at_any_moment_a_library_is_completed_without_loss_or_doubles() {
    let mut dice = Dice(20_240_302);
    let from_folder = Stage::in_memory();
    make_photos(&from_folder.path("media"));
    let mut kills = kill_until(&from_folder, "media", KILLS - 60, &mut dice);

    let mut from_phone = Stage::in_memory();
    make_photos(&from_phone.path("media"));
    from_phone.phone = Some(Phone::builder().media(from_phone.path("media")).start().unwrap());
    from_phone.run(&["list", "--source", "iphone"]);
    kills += kill_until(&from_phone, "iphone", 60, &mut dice);
    assert!(kills >= 200, "only {kills} of the runs were killed");
}

/// Kills imports of a source until `wanted` were killed, checking the library each time it is complete. Returns how many.
fn kill_until(stage: &Stage, source: &str, wanted: u32, dice: &mut Dice) -> u32 {
    let calm = Instant::now();
    stage.import(source);
    let longest = u64::try_from(calm.elapsed().as_micros()).unwrap();
    check(stage);
    let mut kills = 0;
    while kills < wanted {
        start_afresh(stage);
        // A few kills one after the other hit recovery as well.
        for _ in 0..=dice.up_to(5) {
            kills += u32::from(kill_once(stage, source, Duration::from_micros(dice.up_to(longest))));
        }
        let run = stage.import(source);
        assert_eq!(run.code, 0, "{} {}", run.out, run.err);
        assert_eq!(run.finished()["failed"], 0);
        check(stage);
    }
    kills
}

fn kill_once(stage: &Stage, source: &str, after: Duration) -> bool {
    let mut child =
        stage.start(&["import", "--source", source, "--library", "library", "--create", "--all-new", "--json"]);
    std::thread::sleep(after);
    let killed = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    killed
}

fn start_afresh(stage: &Stage) {
    for folder in ["library", "home/keepsake/catalogs"] {
        std::fs::remove_dir_all(stage.path(folder)).unwrap();
    }
}

fn check(stage: &Stage) {
    let library = contents(&stage.path("library/Originals"));
    assert_eq!(library, contents(&stage.path("media")), "lost, doubled or damaged");
    assert!(tree(&stage.path("library/.keepsake/incoming")).is_empty(), "temporary files left");
    assert_eq!(stage.verified(), library.len() as u64);
}
