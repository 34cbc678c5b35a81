//! The real window on a display of its own, driven as a user would: the whole way of a photo, from the phone to a verified
//! copy. Few tests, as they show the wiring; what each part does is tested beside its code.

#![cfg(target_os = "linux")]

mod stage;
mod webdriver;

use anyhow::{Result, ensure};
use iphone_sim::{Fault, LockState, Trust};
use serde_json::json;
use stage::{Photos, Stage, Theme, album, files, grid, keep_picture, pixels, preview};
use std::net::TcpListener;
use std::time::Duration;
use webdriver::Session;

const DEVICE: &str = "[data-testid^='device-']";
const CELL: &str = "[data-testid=cell]";
const CHOOSE_LIBRARY: &str = "[data-testid=choose-library]";
const LIBRARY: &str = "[data-testid=library-current]";
const IMPORT_ALL: &str = "[data-testid=import-all]";
const RESULT: &str = "[data-testid=result]";
const SAFE_TO_UNPLUG: &str = "[data-testid=safe-to-unplug]";
const EJECT: &str = "[data-testid^='eject-']";
const EJECTED: &str = "[data-testid=source-ejected]";
const OPEN_AGAIN: &str = "[data-testid=open-again]";
const HERE: &str = "[data-testid=books-already_imported]";
const ITEMS: &str = "[data-testid=items]";
const SAVE_LIST: &str = "[data-testid=export-list]";
const LAST_IMPORT: &str = "[data-testid=last-import]";
const UNDO: &str = "[data-testid=undo-import]";
const CONFIRM_UNDO: &str = "[data-testid=confirm-undo]";
const SCAN_WAITING: &str = "[data-testid=scan-waiting]";
const SCAN_FAILED: &str = "[data-testid=scan-failed]";
const LISTING_WAITING: &str = "[data-testid=listing-waiting]";
const LOOK_AGAIN: &str = "[aria-label='Look again']";
const UNDONE: &str = "[data-testid=undone]";
const BOOKS: &str = "[data-testid=scan-summary]";
const PARIS: &str = "[data-testid=album][title^='Trips › 2024 › Paris']";
const ALBUM_FILTER: &str = "[data-testid=album-filter]";
const DETAILS: &str = "[data-testid=details]";
const NEW: &str = "[data-testid^='day-new']";
const PREVIEW: &str = "[data-testid=preview]";
const FILM: &str = "[data-testid=film]";
/// The protocol's codes of keys.
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const RIGHT: &str = "\u{e014}";
const NOTHING_NEW: &str = "[data-testid=nothing-new]";
const IMPORTED: &str = "[data-testid=result-imported]";
const TITLE: &str = "Keepsake";
const PROGRESS: &str = "[data-testid=progress]";
const CLOSE_ASKED: &str = "[data-testid=close-asked]";
const CHECK_LIBRARY: &str = "[data-testid=check-library]";
const START_CHECK: &str = "[data-testid=start-check]";
const CHECK_RESULT: &str = "[data-testid=check-result]";
/// A picture differs more than this from pixel to pixel; a plain area, a placeholder or an icon does not.
const CONTRAST: f64 = 10.0;
/// So many of the samples have a picture at least; the rest are files that no one can draw, or movies.
const PICTURES: usize = 25;

#[test]
fn everything_new_goes_from_the_phone_to_a_verified_library() -> Result<()> {
    let stage = Stage::set(Photos::Samples)?;
    let window = open_phone(&stage, Theme::Light)?;
    watch_security_policy(&window)?;
    window.wait_text(IMPORT_ALL, |label| first_number(label).is_some_and(|count| count > 0))?;
    ensure_pictures_are_drawn(&window)?;

    window.click(CHOOSE_LIBRARY)?;
    window.wait_text(LIBRARY, |name| name.contains("library"))?;
    let label = window.wait_text(IMPORT_ALL, |label| first_number(label).is_some())?;
    window.click(IMPORT_ALL)?;
    window.wait_text(RESULT, |text| !text.is_empty())?;
    let imported = window.text(IMPORTED)?;
    ensure!(first_number(&imported) == first_number(&label), "{label:?} became {imported:?}");
    window.wait("the imported ones to move to their section", || {
        ensure!(window.script("return document.querySelector(arguments[0]) === null;", json!([NEW]))? == json!(true));
        Ok(())
    })?;
    keep_picture("result-light.png", &grid::pictures_in_view(&window)?.1)?;
    eject(&stage, &window)?;
    let blocked = window.script("return window.blocked;", json!([]))?;
    ensure!(blocked == json!([]), "the page wanted what its security policy forbids: {blocked}");
    drop(window);

    let on_phone = files::hashes(&stage.on_phone())?;
    let in_library = files::hashes(&stage.library().join("Originals"))?;
    ensure!(on_phone == in_library, "the library's files are not the phone's:\n{on_phone:#?}\n{in_library:#?}");

    let window = open_phone(&stage, Theme::Light)?;
    nothing_is_new(&window)?;
    keep_picture("nothing-new-light.png", &grid::pictures_in_view(&window)?.1)?;
    save_list(&stage, &window)?;
    undo(&stage, &window, &on_phone)
}

#[test]
fn an_album_of_the_phone_is_shown_alone_and_imported() -> Result<()> {
    let stage = Stage::set(Photos::Library)?;
    let window = open_phone(&stage, Theme::Dark)?;
    window.click(CHOOSE_LIBRARY)?;
    window.wait_text(LIBRARY, |name| name.contains("library"))?;
    let album = window.wait_text(PARIS, |row| row.contains("new"))?;
    let books = window.wait_text(BOOKS, |line| line.contains("only in iCloud"))?;
    window.click(PARIS)?;
    window.wait_text(ALBUM_FILTER, |name| name.contains("Trips › 2024 › Paris/Été ✨"))?;
    let label = window.wait_text(IMPORT_ALL, |label| label.contains("Import Album"))?;
    ensure!(first_number(&label) == album.split("✨").nth(1).and_then(first_number), "{label:?} for {album:?}");
    ensure!(window.text(BOOKS)? == books, "the books changed by looking at an album");
    keep_painted("album-dark.png", &window)?;
    window.click(IMPORT_ALL)?;
    window.wait_text(RESULT, |text| !text.is_empty())?;
    // One or the other of the phone's photos has no file, and cannot be imported.
    let imported = first_number(&window.text(IMPORTED)?);
    ensure!(imported > Some(0) && imported <= first_number(&label), "{label:?} became {imported:?}");
    rest_on_a_copy(&window)?;
    keep_painted("details-dark.png", &window)
}

/// Lets the pointer rest on a photo that was imported: the window says where its copy is and how it was verified.
fn rest_on_a_copy(window: &Session) -> Result<()> {
    window.wait("a copy to be shown", || {
        let script = "const cell = document.querySelector('.cell.already_imported');
            cell?.dispatchEvent(new PointerEvent('pointerover', { bubbles: true })); return cell !== null;";
        ensure!(window.script(script, json!([]))? == json!(true));
        Ok(())
    })?;
    let details = window.wait_text(DETAILS, |text| text.contains("In your library"))?;
    ensure!(details.contains("name, size and date as the file that was copied"), "{details}");
    Ok(())
}

#[test]
fn the_window_takes_the_desktops_colours() -> Result<()> {
    let stage = Stage::set(Photos::Album)?;
    ensure!(sidebar_brightness(&stage, Theme::Light, "window-light.png")? > 200.0);
    ensure!(sidebar_brightness(&stage, Theme::Dark, "window-dark.png")? < 60.0);
    Ok(())
}

#[test]
fn the_window_says_what_the_phones_owner_has_to_do_and_goes_on_by_itself() -> Result<()> {
    for (theme, colours) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let stage = Stage::set(Photos::Album)?;
        let (phone, keep) =
            (stage.phone(), |what: &str, window| keep_painted(&format!("{what}-{colours}.png"), window));
        phone.set_trust(Trust::Pending);
        let window = stage.open(theme)?;
        window.wait_text(SCAN_WAITING, |text| text.contains("Tap Trust on your iPhone"))?;
        window.wait_text(DEVICE, |text| text.contains("Waiting for Trust"))?;
        keep("trust-asked", &window)?;
        phone.set_trust(Trust::Denied);
        window.wait_text(SCAN_FAILED, |text| text.contains("doesn’t trust this computer yet"))?;
        window.wait_text(DEVICE, |text| text.contains("Not trusted"))?;
        keep("trust-refused", &window)?;
        phone.set_trust(Trust::Granted);
        window.click(&format!("{SCAN_FAILED} button"))?;
        window.wait_text(CELL, |_| true)?;

        phone.inject(Fault::HangsUpWhenLocked);
        phone.set_locked(LockState::Locked);
        window.click(LOOK_AGAIN)?;
        window.wait_text(LISTING_WAITING, |text| text.contains("Unlock your iPhone"))?;
        keep("locked-while-listed", &window)?;
        phone.set_locked(LockState::Unlocked);
        window.wait("the listing to go on", || {
            ensure!(window.text(LISTING_WAITING).is_err(), "it waits");
            ensure!(window.text(BOOKS)?.contains("on this iPhone ="), "it lists");
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_photo_is_looked_at_on_its_own_and_its_film_plays() -> Result<()> {
    let stage = Stage::set(Photos::These(preview::SHOWN))?;
    let window = open_phone(&stage, Theme::Light)?;
    watch_security_policy(&window)?;
    window.wait_text(IMPORT_ALL, |label| first_number(label) == Some(3))?;
    window.click(CELL)?;
    window.press(" ")?;
    window.wait_text(PREVIEW, |text| text.contains(preview::SHOWN[0]))?;
    window.wait_text(FILM, |_| true)?;
    window.press("p")?;
    preview::plays(&window)?;
    keep_painted("film-light.png", &window)?;
    window.press(RIGHT)?;
    let (look, png) = preview::painted(&window, preview::SHOWN[1])?;
    ensure!(look.contrast > CONTRAST, "the picture is plain: {look:?}");
    keep_picture("preview-light.png", &png)?;
    window.wait_text("[data-testid=play-live]", |_| true)?;
    window.press("p")?;
    preview::plays(&window)?;
    window.press(RIGHT)?;
    preview::painted(&window, preview::SHOWN[3])?;
    window.press(ESCAPE)?;
    window.wait("the grid, where it was left", || {
        let place = "const grid = document.activeElement;
            return document.querySelector('[data-testid=preview]') ? 'open' : grid.getAttribute('aria-activedescendant');";
        let place = window.script(place, json!([]))?;
        ensure!(place == json!("cell-2"), "{place}");
        Ok(())
    })?;
    let blocked = window.script("return window.blocked;", json!([]))?;
    ensure!(blocked == json!([]), "the page wanted what its security policy forbids: {blocked}");
    drop(window);

    let window = open_phone(&stage, Theme::Dark)?;
    window.wait_text(IMPORT_ALL, |label| first_number(label) == Some(3))?;
    window.click("[data-index='1']")?;
    window.press(ENTER)?;
    keep_picture("preview-dark.png", &preview::painted(&window, preview::SHOWN[1])?.1)
}

#[test]
fn the_page_reaches_nothing_but_the_engine() -> Result<()> {
    let stage = Stage::set(Photos::Samples)?;
    let window = open_phone(&stage, Theme::Light)?;
    for attempt in stage::attempts::ATTEMPTS {
        let outcome = window.script_async(attempt.script)?;
        ensure!(outcome == json!(attempt.outcome), "{}: {outcome}", attempt.script);
    }
    no_other_page_is_opened(&window)
}

#[test]
fn a_window_that_is_closed_while_photos_are_copied_asks_first_and_loses_nothing() -> Result<()> {
    for (theme, colours) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let stage = Stage::set(Photos::Album)?;
        let window = open_phone(&stage, theme)?;
        window.click(CHOOSE_LIBRARY)?;
        window.wait_text(LIBRARY, |name| name.contains("library"))?;
        // The import goes on for as long as the window is looked at.
        stage.phone().inject(Fault::HashesSlowly { path: "/".into(), ms: 15_000 });
        window.click(IMPORT_ALL)?;
        window.wait_text(PROGRESS, |text| text.contains("Importing"))?;
        stays_awake(&stage, &window, "--why=Importing photos")?;
        stage.display().ask_to_close(TITLE)?;
        window.wait_text(CLOSE_ASKED, |text| text.contains("Photos copied so far are safe in your library"))?;
        keep_painted(&format!("close-import-{colours}.png"), &window)?;
        window.click("[data-testid=stay-open]")?;
        window.wait("the question to go", || {
            ensure!(window.text(CLOSE_ASKED).is_err(), "it is there");
            Ok(())
        })?;
        window.wait_text(PROGRESS, |text| text.contains("Importing"))?;
        stage.display().ask_to_close(TITLE)?;
        window.click("[data-testid=stop-and-close]")?;
        closes(&stage, &window)?;
        // Its pipe ends with the program, and it a moment later.
        window.wait("the computer to be let go of", || {
            ensure!(stage.kept_awake()?.is_none(), "somebody keeps it awake for nothing");
            Ok(())
        })?;
        drop(window);
        let incoming = files::hashes(&stage.library().join(".keepsake/incoming"))?;
        ensure!(incoming.is_empty(), "{} half-copied files were left behind", incoming.len());

        stage.phone().behave();
        let window = open_phone(&stage, theme)?;
        window.click("[data-testid=continue-import]")?;
        window.wait_text(RESULT, |text| text.contains("imported and verified"))?;
        let on_phone = files::hashes(&stage.on_phone())?;
        window.wait("everything to be in the library", || {
            ensure!(files::hashes(&stage.library().join("Originals"))? == on_phone, "something is missing");
            Ok(())
        })?;
        // Nothing runs now, so there is nothing to ask.
        stage.display().ask_to_close(TITLE)?;
        closes(&stage, &window)?;
    }
    Ok(())
}

#[test]
fn the_library_is_checked_and_a_damaged_copy_is_found_and_set_aside() -> Result<()> {
    for (theme, colours) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let keep = |what: &str, window: &Session| keep_painted(&format!("{what}-{colours}.png"), window);
        let stage = Stage::set(Photos::Album)?;
        let window = open_phone(&stage, theme)?;
        window.click(CHOOSE_LIBRARY)?;
        window.wait_text(LIBRARY, |name| name.contains("library"))?;
        window.click(CELL)?;
        window.click("[data-testid=import-selected]")?;
        window.wait_text(RESULT, |text| text.contains("1 photo or video imported"))?;
        window.click("[data-testid=close-result]")?;
        let copy = files::first(&stage.library().join("Originals"))?;
        let mut bytes = std::fs::read(&copy)?;
        // Of another size it is read to its end all the same, and this end is hours away.
        std::fs::File::options().write(true).open(&copy)?.set_len(1 << 43)?;

        window.click(CHECK_LIBRARY)?;
        window.click(START_CHECK)?;
        window.wait_text("[data-testid=check-progress]", |text| text.contains("of 1 file"))?;
        stays_awake(&stage, &window, "--why=Checking a photo library")?;
        keep("check-running", &window)?;
        window.click("dialog[open] footer button:last-child")?;
        let why = window.wait_text("#plan-problem", |text| text.contains("is being checked"))?;
        importing_waits(&window, &why)?;
        keep("check-beside", &window)?;
        stage.display().ask_to_close(TITLE)?;
        window.wait_text(CLOSE_ASKED, |text| text.contains("Stopping changes nothing in your library"))?;
        keep("close-check", &window)?;
        window.click("[data-testid=stay-open]")?;
        window.click(CHECK_LIBRARY)?;
        window.click("[data-testid=stop-check]")?;
        window.wait_text(CHECK_RESULT, |text| text.contains("The check was stopped"))?;
        keep("check-stopped", &window)?;

        bytes[100] ^= 1;
        std::fs::write(&copy, &bytes)?;
        window.click(START_CHECK)?;
        window.wait_text(CHECK_RESULT, |text| text.contains("1 file is not as it was when it was copied"))?;
        keep("check-found", &window)?;
        window.click("[data-testid=ask-set-aside]")?;
        window.wait_text("[data-testid=confirm-set-aside]", |_| true)?;
        keep("check-aside", &window)?;
        window.click("[data-testid=confirm-set-aside]")?;
        window.wait_text("[data-testid=set-aside]", |text| text.contains("1 file is in the folder “Removed”"))?;
        ensure!(std::fs::read(files::first(&stage.library().join("Removed"))?)? == bytes, "another file was put aside");
        window.click("dialog[open] footer button:last-child")?;
        // The copy that was damaged is new again with the others.
        window.wait_text(IMPORT_ALL, |label| first_number(label) == Some(album::PHOTOS))?;
        window.click(IMPORT_ALL)?;
        window.wait_text(IMPORTED, |text| first_number(text) == Some(album::PHOTOS))?;
    }
    Ok(())
}

fn closes(stage: &Stage, window: &Session) -> Result<()> {
    window.wait("the window to close", || {
        ensure!(!stage.display().has(TITLE)?, "it is open");
        Ok(())
    })
}

/// The computer is kept awake, with this said about it.
fn stays_awake(stage: &Stage, window: &Session, why: &str) -> Result<()> {
    window.wait("the computer to be kept awake", || {
        let awake = stage.kept_awake()?;
        ensure!(awake.as_deref().is_some_and(|words| words.contains(why)), "{awake:?}");
        Ok(())
    })
}

/// The button that imports cannot be pressed, and tells a screen reader why.
fn importing_waits(window: &Session, why: &str) -> Result<()> {
    let script = "const button = document.querySelector(arguments[0]);
        return [button.disabled, document.getElementById(button.getAttribute('aria-describedby')).innerText];";
    let button = window.script(script, json!([IMPORT_ALL]))?;
    ensure!(button == json!([true, why]), "{button}");
    Ok(())
}

/// Opens the window and in it the phone.
fn open_phone(stage: &Stage, theme: Theme) -> Result<Session> {
    let window = stage.open(theme)?;
    window.wait_text(DEVICE, |name| name.contains("Sample iPhone"))?;
    window.click(DEVICE)?;
    window.wait_text(CELL, |_| true)?;
    Ok(window)
}

/// Keeps a picture of what was drawn last: an element is there before it is painted.
fn keep_painted(name: &str, window: &Session) -> Result<()> {
    window.script_async(
        "await new Promise(next => requestAnimationFrame(() => requestAnimationFrame(next))); return 1;",
    )?;
    keep_picture(name, &window.screenshot()?)
}

/// Sends the window to a server on this computer and sees that nobody calls there.
fn no_other_page_is_opened(window: &Session) -> Result<()> {
    let server = TcpListener::bind("127.0.0.1:0")?;
    server.set_nonblocking(true)?;
    window.script("location.href = arguments[0];", json!([format!("http://{}/", server.local_addr()?)]))?;
    std::thread::sleep(Duration::from_secs(1));
    ensure!(server.accept().is_err(), "the window asked for another page");
    window.text(DEVICE).map(drop)
}

/// Notes from now on whatever the page's security policy forbids it.
fn watch_security_policy(window: &Session) -> Result<()> {
    let script = "window.blocked = []; document.addEventListener('securitypolicyviolation', event =>
        window.blocked.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));";
    window.script(script, json!([])).map(drop)
}

/// Looks at the pixels of every thumbnail: each is a picture, and they are not all the same one.
fn ensure_pictures_are_drawn(window: &Session) -> Result<()> {
    let pictures = grid::all_pictures(window)?;
    // Some samples are plain by nature, or end where the grey begins: these are let through, but not counted.
    let drawn: Vec<_> = pictures.values().filter(|look| look.contrast > CONTRAST).collect();
    ensure!(drawn.len() >= PICTURES, "only {} of {} cells show a picture: {pictures:#?}", drawn.len(), pictures.len());
    let mut colours: Vec<_> = drawn.iter().map(|look| look.colour.map(|channel| channel as u8 / 8)).collect();
    colours.sort_unstable();
    colours.dedup();
    ensure!(colours.len() > PICTURES / 3, "there are only {} different pictures", colours.len());
    Ok(())
}

/// The phone is let go of: first by the import that ended, then for good, and nothing connects until it is opened again.
fn eject(stage: &Stage, window: &Session) -> Result<()> {
    let phone = stage.phone();
    let hung_up = |why: &str| {
        window.wait(why, || {
            ensure!(phone.open_connections() == 0, "{} connections are open", phone.open_connections());
            Ok(())
        })
    };
    window.wait_text(SAFE_TO_UNPLUG, |text| text.contains("“Sample iPhone” is safe to unplug"))?;
    hung_up("the end of the connections after the import")?;
    window.click(EJECT)?;
    window.wait_text(EJECTED, |text| text.contains("Every connection to it is closed"))?;
    hung_up("the end of the connections")?;
    keep_painted("ejected-light.png", window)?;
    let made = phone.connections_made();
    std::thread::sleep(Duration::from_secs(3));
    ensure!(phone.connections_made() == made, "somebody asked the phone {} times", phone.connections_made() - made);
    window.click(OPEN_AGAIN)?;
    window.wait_text(CELL, |_| true).map(drop)
}

/// Every photo that is here has its line in the list behind the number, once that is saved.
fn save_list(stage: &Stage, window: &Session) -> Result<()> {
    let here = first_number(&window.text(HERE)?);
    window.click(HERE)?;
    window.wait_text(ITEMS, |text| text.contains("compared with the phone’s own checksum"))?;
    keep_painted("list-light.png", window)?;
    window.click(SAVE_LIST)?;
    window.wait_text("dialog[open] footer", |text| text.contains("Saved as list.csv"))?;
    let lines = std::fs::read_to_string(stage.saved_list())?.lines().count() as u32;
    ensure!(Some(lines - 1) == here, "{lines} lines for {here:?} photos");
    window.click("dialog[open] footer button:last-child")
}

/// Undoing the import leaves its files in the holding folder and nothing where they were.
fn undo(stage: &Stage, window: &Session, on_phone: &[String]) -> Result<()> {
    window.click(LAST_IMPORT)?;
    window.click(UNDO)?;
    window.wait_text(CONFIRM_UNDO, |_| true)?;
    keep_painted("undo-light.png", window)?;
    window.click(CONFIRM_UNDO)?;
    window.wait_text(UNDONE, |text| text.contains("Nothing was deleted"))?;
    let held = files::hashes(&stage.library().join("Removed"))?;
    ensure!(held == on_phone, "the holding folder has other files than the phone");
    ensure!(files::hashes(&stage.library().join("Originals"))?.is_empty(), "something was left behind");
    Ok(())
}

/// Opens the window in these colours, keeps a picture of it, and measures how bright its left edge is, of 255.
fn sidebar_brightness(stage: &Stage, theme: Theme, picture: &str) -> Result<f64> {
    let window = open_phone(stage, theme)?;
    window.wait_text(IMPORT_ALL, |label| first_number(label) == Some(album::PHOTOS))?;
    let png = window.wait("the pictures on the screen", || {
        let (looks, png) = grid::pictures_in_view(&window)?;
        ensure!(looks.values().all(|look| look.contrast > CONTRAST), "a picture is loaded and not painted yet");
        Ok(png)
    })?;
    keep_picture(picture, &png)?;
    let edge = pixels::Rect { x: 0.0, y: 600.0, width: 60.0, height: 60.0 };
    Ok(pixels::look_at(&pixels::decode(&png)?, edge)?.brightness())
}

/// The second visit: all is known, so there is nothing to import.
fn nothing_is_new(window: &Session) -> Result<()> {
    window.wait("a list in which nothing is new", || {
        let label = window.text(IMPORT_ALL)?;
        ensure!(first_number(&label) == Some(0), "the button says {label:?}");
        window.text(NOTHING_NEW).map(drop)
    })
}

/// Reads the first number in a text, thousands separators or not.
fn first_number(text: &str) -> Option<u32> {
    let digits: String = text.chars().filter(|character| *character != ',').collect();
    digits.split(|character: char| !character.is_ascii_digit()).find(|part| !part.is_empty())?.parse().ok()
}
