//! Closing the window while photos are being copied: the file at hand is wound up first, within bounds. An import that does
//! not get that far loses nothing either; it goes on at the next start.

use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tauri::{AppHandle, Manager, Window, WindowEvent};

/// The longest a closed window keeps the application alive.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often the import is looked at meanwhile.
const GLANCE: Duration = Duration::from_millis(50);

/// Turns the wish to close into an orderly end.
pub fn on_window_event(window: &Window, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else { return };
    let Some(engine) = window.try_state::<Arc<api::App>>() else { return };
    api.prevent_close();
    // Gone from the screen at once: the user asked for it, and the rest needs no window.
    drop(window.hide());
    let (engine, handle) = (Arc::clone(&engine), window.app_handle().clone());
    tauri::async_runtime::spawn_blocking(move || wind_up(&engine, &handle));
}

fn wind_up(engine: &api::App, handle: &AppHandle) {
    let mut ask = |command: &str| engine.call(command, json!({})).unwrap_or(Value::Null);
    wait_for_import(&mut ask, PATIENCE);
    handle.exit(0);
}

/// Cancels the running import, if any, and waits until it has ended or the time is up.
fn wait_for_import(ask: &mut dyn FnMut(&str) -> Value, patience: Duration) {
    if !is_running(&ask("import_status")) {
        return;
    }
    ask("cancel_import");
    let asked = Instant::now();
    while asked.elapsed() < patience && is_running(&ask("import_status")) {
        std::thread::sleep(GLANCE);
    }
}

fn is_running(import: &Value) -> bool {
    import["phase"].as_str().is_some_and(|phase| phase != "finished")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Closes over an import whose phases are these, one for each look, the last one for ever. Returns what was asked.
    fn close_over(phases: &[Value], patience: Duration) -> Vec<String> {
        let (mut asked, mut looks) = (Vec::new(), 0);
        let mut ask = |command: &str| {
            asked.push(command.to_owned());
            if command != "import_status" {
                return Value::Null;
            }
            looks += 1;
            phases[looks.min(phases.len()) - 1].clone()
        };
        wait_for_import(&mut ask, patience);
        asked
    }

    fn phase(name: &str) -> Value {
        json!({ "phase": name })
    }

    #[test]
    fn nothing_is_cancelled_when_nothing_runs() {
        assert_eq!(close_over(&[Value::Null], PATIENCE), ["import_status"]);
        assert_eq!(close_over(&[phase("finished")], PATIENCE), ["import_status"]);
    }

    #[test]
    fn a_running_import_is_cancelled_and_waited_for() {
        let asked = close_over(&[phase("copying"), phase("cancelling"), phase("finished")], PATIENCE);
        assert_eq!(asked, ["import_status", "cancel_import", "import_status", "import_status"]);
    }

    #[test]
    fn the_wait_is_bounded() {
        let begun = Instant::now();
        close_over(&[phase("copying")], Duration::from_millis(120));
        assert!(begun.elapsed() < PATIENCE);
    }
}
