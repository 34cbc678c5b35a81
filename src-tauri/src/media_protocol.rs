//! Pictures by address: `media://localhost/<token>` (`http://media.localhost/<token>` on Windows) gives a JPEG or 404.
//! Which picture a token names, and how it is made, is the engine's business.

use std::sync::Arc;
use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

/// The scheme's name, as in the content security policy and the page's `convertFileSrc`.
pub const SCHEME: &str = "media";
/// The longest token the engine gives out.
const LONGEST: usize = 80;

/// Answers one request of the page. Called on the main thread, so the engine is asked on another one.
pub fn answer<R: Runtime>(context: UriSchemeContext<'_, R>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let engine = context.app_handle().try_state::<Arc<api::App>>().map(|engine| Arc::clone(&engine));
    let (Some(engine), Some(token)) = (engine, token(request.uri().path())) else {
        return responder.respond(not_found());
    };
    let token = token.to_owned();
    tauri::async_runtime::spawn_blocking(move || {
        engine.picture(&token, Box::new(move |jpeg| responder.respond(jpeg.map_or_else(not_found, found))));
    });
}

/// Reads the token out of an address's path: one plain name, nothing that could be taken for a file's.
fn token(path: &str) -> Option<&str> {
    let token = path.strip_prefix('/')?;
    let plain = token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (plain && (1..=LONGEST).contains(&token.len())).then_some(token)
}

/// A token never changes its picture, so the page may keep it for ever.
fn found(jpeg: Arc<Vec<u8>>) -> Response<Vec<u8>> {
    let body = Arc::try_unwrap(jpeg).unwrap_or_else(|shared| shared.to_vec());
    let mut response = bare(StatusCode::OK, body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("image/jpeg"));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("private, max-age=31536000, immutable"));
    response
}

/// Not to be kept: there may be one the next time, as one that was taken back ends like this, too.
fn not_found() -> Response<Vec<u8>> {
    let mut response = bare(StatusCode::NOT_FOUND, Vec::new());
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

fn bare(status: StatusCode, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, header::HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_one_plain_name() {
        assert_eq!(token("/0a1b-Z9"), Some("0a1b-Z9"));
        let longest = format!("/{}", "a".repeat(LONGEST));
        assert_eq!(token(&longest), Some(&longest[1..]));
    }

    #[test]
    fn anything_else_is_refused() {
        for path in ["", "/", "a", "//a", "/a/b", "/..", "/../etc/passwd", "/a.jpg", "/%2e%2e", "/a b", "/a\0", "/ä"] {
            assert_eq!(token(path), None, "{path:?}");
        }
        assert_eq!(token(&format!("/{}", "a".repeat(LONGEST + 1))), None);
    }

    #[test]
    fn a_picture_is_a_jpeg_to_keep_and_nothing_to_guess_about() {
        let response = found(Arc::new(vec![1, 2, 3]));
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "image/jpeg");
        assert_eq!(response.headers()["cache-control"], "private, max-age=31536000, immutable");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        assert_eq!(response.body(), &[1, 2, 3]);
    }

    #[test]
    fn no_picture_is_an_empty_404_that_is_not_kept() {
        let response = not_found();
        assert_eq!((response.status(), response.body().len()), (StatusCode::NOT_FOUND, 0));
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    }
}
