//! What the phone will not show, or keeps where nobody would look: each is listed with the reason, and hides nothing else.

use crate::{EXPECTED, World, assets, listed, others};
use domain::{Availability, ListEntry, ListedAsset};
use iphone_sim::{Fault, RunningPhone, Status};
use std::process::Command;

/// Changes the library before anybody reads it.
fn changed(world: &World, sql: &str) {
    let mut python = Command::new("python3");
    let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()";
    python.args(["-c", script]).arg(world.media.path().join("PhotoData/Photos.sqlite")).arg(sql);
    let done = python.output().expect("python3 is needed");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn refuse(sim: &RunningPhone, path: &str, status: Status) {
    sim.inject(Fault::Fails { path: path.into(), status });
}

fn find<'a>(entries: &'a [ListEntry], path: &str) -> &'a ListedAsset {
    let found = assets(entries).into_iter().find(|asset| asset.resources[0].path().as_str() == path);
    found.unwrap_or_else(|| panic!("{path} is not listed"))
}

#[test]
fn a_folder_of_originals_that_cannot_be_listed_hides_nothing_else() {
    for status in [Status::PermissionDenied, Status::IoError] {
        let world = World::new("18600");
        let sim = world.phone();
        refuse(&sim, "/PhotoData/CPLAssets", status);
        let entries = listed(&world.source(&sim));
        assert_eq!(assets(&entries).len(), EXPECTED.lines().count());
        let here = find(&entries, "PhotoData/CPLAssets/group42/00000000-0000-0000-0000-000000000111.JPG");
        assert_eq!(here.resources[0].availability, Availability::OnDevice, "a second look finds it");
        let told: Vec<String> = others(&entries).into_iter().map(|entry| format!("{entry:?}")).collect();
        assert!(told.len() == 1 && told[0].starts_with("Unreadable") && told[0].contains("CPLAssets"), "{told:?}");
    }
}

#[test]
fn edits_that_cannot_be_looked_at_are_told_with_their_photo_and_never_called_absent() {
    let world = World::new("18600");
    let sim = world.phone();
    refuse(&sim, "/PhotoData/Mutations/DCIM/100APPLE/IMG_0003/Adjustments", Status::PermissionDenied);
    let entries = listed(&world.source(&sim));
    let edited = find(&entries, "DCIM/100APPLE/IMG_0003.HEIC");
    let warning = edited.warning.as_deref().unwrap_or_default();
    assert!(warning.contains("IMG_0003/Adjustments") && warning.contains("does not permit"), "{warning:?}");
    let states: Vec<Availability> = edited.resources.iter().map(|r| r.availability).collect();
    use Availability::{Missing, OnDevice};
    assert_eq!(states, [OnDevice, OnDevice, Missing, Missing]);
    assert_eq!(others(&entries), Vec::<&ListEntry>::new());
}

#[test]
fn a_photo_that_is_still_taken_in_and_cannot_be_looked_at_is_reported() {
    let world = World::new("18600");
    changed(&world, "UPDATE ZASSET SET ZCOMPLETE = 0 WHERE ZFILENAME IN ('IMG_0014.PNG', 'IMG_0009.JPG')");
    let sim = world.phone();
    refuse(&sim, "/DCIM/100APPLE/IMG_0014.PNG", Status::IoError);
    let entries = listed(&world.source(&sim));
    let unreadable = find(&entries, "DCIM/100APPLE/IMG_0014.PNG");
    let warning = unreadable.warning.as_deref().unwrap_or_default();
    assert!(warning.contains("status 20"), "{warning:?}");
    // The other has no file yet: it comes with a later import.
    assert_eq!(assets(&entries).len(), EXPECTED.lines().count() - 1);
}

#[test]
fn a_photo_kept_where_nobody_looks_is_listed_as_missing() {
    let world = World::new("18600");
    let stream = "PhotoData/PhotoStreamsData/1234/100APPLE";
    changed(
        &world,
        &format!(
            "UPDATE ZASSET SET ZDIRECTORY = 'PhotoData/Elsewhere' WHERE ZFILENAME = 'IMG_0014.PNG';
             UPDATE ZASSET SET ZDIRECTORY = '../..' WHERE ZFILENAME = 'IMG_0016.HEIC';
             UPDATE ZASSET SET ZDIRECTORY = NULL WHERE ZFILENAME = 'IMG_0024.GIF';
             UPDATE ZASSET SET ZFILENAME = NULL WHERE ZFILENAME = 'IMG_0025.WEBP';
             UPDATE ZASSET SET ZDIRECTORY = '{stream}' WHERE ZFILENAME = 'IMG_0010.DNG';"
        ),
    );
    world.put(&format!("{stream}/IMG_0010.DNG"));
    let entries = world.list();
    assert_eq!(assets(&entries).len(), EXPECTED.lines().count());
    assert_eq!(find(&entries, &format!("{stream}/IMG_0010.DNG")).resources[0].availability, Availability::OnDevice);
    let nowhere: Vec<&ListedAsset> =
        assets(&entries).into_iter().filter(|a| a.warning.as_ref().is_some_and(|w| w.contains("reads"))).collect();
    let names: Vec<&str> = nowhere.iter().map(|asset| asset.resources[0].file_name()).collect();
    assert_eq!(names, ["IMG_0024.GIF", "IMG_0016.HEIC", "IMG_0025.WEBP", "IMG_0014.PNG"]);
    assert!(nowhere.iter().all(|asset| asset.resources[0].availability == Availability::Missing));
    assert!(nowhere.iter().all(|asset| asset.details.uuid.is_some()), "each is known by its identity");
}
