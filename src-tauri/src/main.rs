//! The desktop shell: opens the window and joins the page to the engine. Holds no rule of the product; those are in `api`
//! and below.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod closing;
mod dialogs;
mod events;
mod ipc;
mod media_protocol;
mod policy;
mod window;

use std::error::Error;
use std::sync::Arc;
use tauri::Manager;
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};

/// The exit code when there is nothing to show a window for.
const NOT_STARTED: i32 = 3;

fn main() -> Result<(), Box<dyn Error>> {
    api::decode_if_asked();
    let mut context = tauri::generate_context!();
    // Without a door no film plays in the window; it is offered to another program.
    let films = api::FilmDoor::open().ok();
    if let Some(door) = &films {
        policy::let_films_in(context.config_mut(), &door.origin());
    }
    tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .register_asynchronous_uri_scheme_protocol(media_protocol::SCHEME, media_protocol::answer)
        .invoke_handler(tauri::generate_handler![ipc::call])
        .on_window_event(closing::on_window_event)
        .setup(move |app| start(app, films))
        .run(context)?;
    Ok(())
}

/// Starts the engine, then opens the window: the page can ask at once.
fn start(app: &mut tauri::App, films: Option<api::FilmDoor>) -> Result<(), Box<dyn Error>> {
    let handle = app.handle();
    let config = api::AppConfig {
        home: api::default_home(std::env::var_os("KEEPSAKE_HOME")),
        mux: std::env::var("USBMUXD_SOCKET_ADDRESS").ok(),
        decoder: api::Launch::this_program(),
        host: Box::new(dialogs::Desktop::new(handle.clone())),
        films,
        on_event: events::forward(handle.clone()),
    };
    match api::App::start(config) {
        Ok(engine) => {
            app.manage::<Arc<api::App>>(engine);
            closing::ask_before_quitting(handle)?;
            window::open(handle)?;
        }
        Err(error) => say_and_leave(handle, &error),
    }
    Ok(())
}

/// Tells why the engine cannot start: a window without it could only be empty.
fn say_and_leave(handle: &tauri::AppHandle, error: &api::ErrorDto) {
    let leaving = handle.clone();
    let dialog = handle.dialog().message(&error.message).title("Keepsake cannot start").kind(MessageDialogKind::Error);
    dialog.show(move |_| leaving.exit(NOT_STARTED));
}
