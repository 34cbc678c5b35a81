//! The one command of the page. What there is to ask for, and whether the arguments are right, is the engine's business.

use api::ErrorDto;
use serde_json::Value;
use std::sync::Arc;
use tauri::State;

/// Runs one of the engine's commands on a worker thread, as it may wait for a disk, a phone or a dialog.
#[tauri::command]
pub async fn call(engine: State<'_, Arc<api::App>>, name: String, args: Value) -> Result<Value, ErrorDto> {
    let engine = Arc::clone(&engine);
    let work = tauri::async_runtime::spawn_blocking(move || engine.call(&name, args));
    work.await.unwrap_or_else(|_| Err(ErrorDto::broken()))
}
