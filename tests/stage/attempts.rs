//! What a page that went bad would try, as bodies of async functions, and what each must come to.

/// One try.
pub struct Attempt {
    pub script: &'static str,
    pub outcome: &'static str,
}

const fn attempt(script: &'static str, outcome: &'static str) -> Attempt {
    Attempt { script, outcome }
}

/// Does something and returns the directive of the security policy that forbids it, or `allowed`.
macro_rules! policy_on {
    ($action:literal) => {
        concat!(
            "return await new Promise(done => {
                document.addEventListener('securitypolicyviolation', e => done(e.effectiveDirective), { once: true });
                setTimeout(() => done('allowed'), 2000);
                ",
            $action,
            "
            });"
        )
    };
}

/// Asks the shell for one of Tauri's own commands.
macro_rules! invoke {
    ($command:literal, $arguments:literal) => {
        concat!(
            "return await window.__TAURI_INTERNALS__.invoke('",
            $command,
            "', ",
            $arguments,
            ").then(() => 'done', e => `${e}`.includes('not allowed') || `${e}`.includes('not found') ? 'refused' : `${e}`);"
        )
    };
}

/// Every try that the tests make.
pub const ATTEMPTS: &[Attempt] = &[
    // The network, in and out.
    attempt(policy_on!("fetch('http://127.0.0.1:9/').catch(() => 0);"), "connect-src"),
    attempt(policy_on!("fetch('https://example.com/').catch(() => 0);"), "connect-src"),
    attempt(policy_on!("new Image().src = 'http://127.0.0.1:9/a.png';"), "img-src"),
    attempt(
        policy_on!("document.body.append(Object.assign(new Image(), { src: 'data:image/gif;base64,' }));"),
        "img-src",
    ),
    // Films from anywhere but the engine's own door.
    attempt(
        policy_on!(
            "document.body.append(Object.assign(document.createElement('video'), { src: 'http://127.0.0.1:8081/' }));"
        ),
        "media-src",
    ),
    attempt(
        policy_on!(
            "document.body.append(Object.assign(document.createElement('video'), { src: 'media://localhost/1-2' }));"
        ),
        "media-src",
    ),
    // Code that did not come with the application.
    attempt(
        policy_on!("document.head.append(Object.assign(document.createElement('script'), { text: '1' }));"),
        "script-src-elem",
    ),
    attempt("try { return (0, eval)('\"ran\"'); } catch { return 'refused'; }", "refused"),
    attempt("return '__TAURI__' in window ? 'global' : 'none';", "none"),
    attempt("try { Object.prototype.x = 1; } catch {} return 'x' in {} ? 'changed' : 'frozen';", "frozen"),
    // The shell's own commands.
    attempt(invoke!("plugin:fs|read_text_file", "{ path: '/etc/hostname' }"), "refused"),
    attempt(invoke!("plugin:shell|open", "{ path: '/tmp' }"), "refused"),
    attempt(invoke!("plugin:dialog|open", "{ options: {} }"), "refused"),
    attempt(invoke!("plugin:opener|open_path", "{ path: '/tmp' }"), "refused"),
    attempt(invoke!("plugin:event|emit", "{ event: 'keepsake', payload: {} }"), "refused"),
    attempt(invoke!("plugin:webview|create_webview_window", "{ options: { label: 'other' } }"), "refused"),
    // Pictures that nobody gave a name to.
    attempt(PICTURE_OF_A_FILE, "nothing"),
];

const PICTURE_OF_A_FILE: &str = "return await new Promise(done => {
    const picture = new Image(); picture.onload = () => done('loaded'); picture.onerror = () => done('nothing');
    picture.src = 'media://localhost/..%2f..%2fetc%2fpasswd';
});";
