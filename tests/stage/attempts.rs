//! What a page that went bad would try, as bodies of async functions, and what each must come to.

/// One try.
pub struct Attempt {
    pub script: &'static str,
    pub outcome: &'static str,
}

const fn attempt(script: &'static str, outcome: &'static str) -> Attempt {
    Attempt { script, outcome }
}

/// Every try that the tests make.
pub const ATTEMPTS: &[Attempt] = &[
    // The network, in and out.
    attempt("return await fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused');", "refused"),
    attempt("return await fetch('https://example.com/').then(() => 'sent', () => 'refused');", "refused"),
    attempt("return await fetch('file:///etc/hostname').then(r => r.text(), () => 'refused');", "refused"),
    attempt(BLOCKED_IMAGE, "img-src"),
    // Code that did not come with the application.
    attempt(INLINE_SCRIPT, "did not run"),
    attempt("try { return (0, eval)('\"ran\"'); } catch { return 'refused'; }", "refused"),
    attempt(
        "location.href = 'http://127.0.0.1:9/'; await new Promise(r => setTimeout(r, 300)); return location.hostname;",
        "localhost",
    ),
    // The shell's own commands.
    attempt("return '__TAURI__' in window ? 'global' : 'none';", "none"),
    attempt(PLUGIN_FS, "refused"),
    attempt(PLUGIN_DIALOG, "refused"),
    attempt(PLUGIN_OPENER, "refused"),
    attempt(NEW_WINDOW, "refused"),
    // Pictures that nobody gave a name to.
    attempt(PICTURE_OF_A_FILE, "nothing"),
];

const BLOCKED_IMAGE: &str = "return await new Promise(done => {
    document.addEventListener('securitypolicyviolation', e => done(e.effectiveDirective), { once: true });
    const picture = new Image(); picture.onload = () => done('loaded'); picture.src = 'http://127.0.0.1:9/a.png';
});";
const INLINE_SCRIPT: &str =
    "const code = document.createElement('script'); code.textContent = 'document.title = \"ran\"';
    document.head.append(code); code.remove(); return document.title === 'ran' ? 'ran' : 'did not run';";
const PLUGIN_FS: &str =
    "return await window.__TAURI_INTERNALS__.invoke('plugin:fs|read_text_file', { path: '/etc/hostname' })
    .then(() => 'done', () => 'refused');";
const PLUGIN_DIALOG: &str = "return await window.__TAURI_INTERNALS__.invoke('plugin:dialog|open', { options: {} })
    .then(() => 'done', () => 'refused');";
const PLUGIN_OPENER: &str =
    "return await window.__TAURI_INTERNALS__.invoke('plugin:opener|open_path', { path: '/tmp' })
    .then(() => 'done', () => 'refused');";
const NEW_WINDOW: &str = "return await window.__TAURI_INTERNALS__
    .invoke('plugin:webview|create_webview_window', { options: { label: 'other', url: 'https://example.com' } })
    .then(() => 'done', () => 'refused');";
const PICTURE_OF_A_FILE: &str = "return await new Promise(done => {
    const picture = new Image(); picture.onload = () => done('loaded'); picture.onerror = () => done('nothing');
    picture.src = 'media://localhost/..%2f..%2fetc%2fpasswd';
});";
