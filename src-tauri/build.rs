//! Prepares what the shell embeds: the page, the permissions and the icons.

use std::path::Path;
use std::{env, fs, io};

const PAGE: &str = "ui/dist/index.html";
const NO_PAGE_YET: &str = "<!doctype html><title>Keepsake</title><p>Run npm run build in ui/ first.</p>\n";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=ui/dist");
    println!("cargo::rerun-if-changed=src-tauri/capabilities");
    stand_in_for_page()?;
    let attributes = tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/*.json");
    tauri_build::try_build(attributes)?;
    Ok(())
}

/// Lets checks and tests of the Rust side build in a tree where the page was never built. A release always needs the real one.
fn stand_in_for_page() -> io::Result<()> {
    let page = Path::new(PAGE);
    if page.exists() || env::var("PROFILE").is_ok_and(|profile| profile != "debug") {
        return Ok(());
    }
    if let Some(folder) = page.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(page, NO_PAGE_YET)
}
