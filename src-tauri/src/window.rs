//! The window, as `tauri.conf.json` describes it, kept to the page that is part of the application.

use tauri::{AppHandle, Url, WebviewWindowBuilder};

/// Opens the window.
pub fn open(handle: &AppHandle) -> tauri::Result<()> {
    let config = handle.config();
    let dev_url = config.build.dev_url.clone();
    for window in &config.app.windows {
        let dev_url = dev_url.clone();
        WebviewWindowBuilder::from_config(handle, window)?
            .on_navigation(move |to| is_own_page(to, dev_url.as_ref()))
            .build()?;
    }
    Ok(())
}

/// No address but the application's own is ever opened in the window: a remote page would reach the engine.
fn is_own_page(to: &Url, dev_url: Option<&Url>) -> bool {
    let own = match to.scheme() {
        "tauri" => to.host_str() == Some("localhost"),
        "http" | "https" => cfg!(windows) && to.host_str() == Some("tauri.localhost"),
        _ => false,
    };
    own || dev_url.is_some_and(|dev| dev.origin() == to.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(address: &str, dev: Option<&str>) -> bool {
        let dev = dev.map(|dev| Url::parse(dev).unwrap());
        is_own_page(&Url::parse(address).unwrap(), dev.as_ref())
    }

    #[test]
    fn the_page_may_be_reloaded() {
        assert!(own("tauri://localhost/", None));
        assert!(own("tauri://localhost/index.html", None));
        assert!(own("http://localhost:5173/", Some("http://localhost:5173")));
    }

    #[test]
    fn nothing_else_is_opened() {
        for address in [
            "https://example.com/",
            "http://localhost:5173/",
            "tauri://evil.example/",
            "http://tauri.localhost.evil.example/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
        ] {
            assert!(!own(address, None), "{address}");
        }
        assert!(!own("http://localhost:8080/", Some("http://localhost:5173")));
    }
}
