//! The limits of the house rules, read off the tree itself: who may know whom, how long things may be.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The levels of ARCHITECTURE.md. A package may use those below it, never one beside or above it.
const LEVELS: [&[&str]; 6] = [
    &["domain"],
    &["iphone", "media", "catalog"],
    &["decoder"],
    &["sources", "destinations", "importer", "thumbnails"],
    &["api"],
    &["shell", "cli", "engine"],
];
/// Stands apart: knows nothing of ours.
const SIMULATOR: &str = "iphone-sim";
const LONGEST_FILE: usize = 500;
const LONGEST_FUNCTION: usize = 60;

/// What only some packages may use: (dependency, who may).
const RESERVED: [(&str, &[&str]); 6] = [
    ("idevice", &["iphone"]),
    ("tokio", &["iphone"]),
    ("tauri", &["shell"]),
    ("rusqlite", &["catalog", "iphone", SIMULATOR]),
    ("ts-rs", &["api"]),
    ("anyhow", &["cli", SIMULATOR]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Every package of ours with the names of what it uses, tests' own needs apart.
fn packages() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let names = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap().iter();
        all.filter(|d| d["kind"] != "dev").map(|d| d["name"].as_str().unwrap().to_owned()).collect()
    };
    let all = metadata["packages"].as_array().unwrap().iter();
    all.map(|p| (p["name"].as_str().unwrap().to_owned(), names(p))).collect()
}

fn level(name: &str) -> Option<usize> {
    LEVELS.iter().position(|names| names.contains(&name))
}

#[test]
fn dependencies_point_down_only() {
    let packages = packages();
    for (name, uses) in &packages {
        if name == SIMULATOR {
            assert!(uses.iter().all(|u| level(u).is_none()), "the simulator must not know the product: {uses:?}");
            continue;
        }
        let own =
            level(name).unwrap_or_else(|| panic!("{name} is in no level: put it into one here and in ARCHITECTURE.md"));
        for used in uses.iter().filter(|u| packages.contains_key(*u)) {
            if used == SIMULATOR {
                assert!(name == "engine", "{name} uses the simulator outside of tests");
                continue;
            }
            assert!(level(used) < Some(own), "{name} uses {used}, which is not below it");
        }
    }
    let known: usize = LEVELS.iter().map(|l| l.len()).sum();
    assert_eq!(packages.len(), known + 1, "a package of the levels is gone");
}

#[test]
fn some_libraries_are_known_to_one_package_only() {
    for (name, uses) in packages() {
        for (library, allowed) in RESERVED {
            let fine = !uses.iter().any(|u| u == library) || allowed.contains(&name.as_str());
            assert!(fine, "{name} uses {library}, which only {allowed:?} may");
        }
    }
}

#[test]
fn the_domain_does_nothing_but_think() {
    for file in files(&root().join("crates/domain/src"), &["rs"]) {
        let text = std::fs::read_to_string(&file).unwrap();
        for word in ["std::fs", "std::net", "std::process", "std::time", "std::thread", "std::env", "async fn"] {
            assert!(!text.contains(word), "{} has {word}", file.display());
        }
    }
}

#[test]
fn every_package_is_held_to_the_shared_lints() {
    for name in packages().keys() {
        let folder = ["crates", "tests"].map(|f| root().join(f).join(name)).into_iter().find(|f| f.is_dir());
        let manifest = folder.unwrap_or_else(root).join("Cargo.toml");
        let text = std::fs::read_to_string(&manifest).unwrap();
        assert!(text.contains("[lints]\nworkspace = true"), "{}", manifest.display());
    }
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter_map(|file| {
            let lines = std::fs::read_to_string(&file).unwrap().lines().count();
            (lines > LONGEST_FILE).then(|| format!("{} has {lines} lines", file.display()))
        })
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn no_function_is_longer_than_sixty_lines() {
    let long: Vec<String> = sources().into_iter().flat_map(|file| long_functions(&file)).collect();
    assert!(long.is_empty(), "{long:#?}");
}

/// Formatted code closes a function with a brace as deep as its first line began.
fn long_functions(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let mut long = Vec::new();
    for (start, line) in lines.iter().enumerate().filter(|(_, line)| begins_function(line)) {
        let indent = &line[..line.len() - line.trim_start().len()];
        let end = format!("{indent}}}");
        let length = lines[start..].iter().position(|l| l.trim_end() == end || l.trim_end() == format!("{end};"));
        // The lines between the braces count, as clippy counts them.
        if let Some(length) = length.map(|l| l.saturating_sub(1)).filter(|l| *l > LONGEST_FUNCTION) {
            long.push(format!("{}:{} is {length} lines long", file.display(), start + 1));
        }
    }
    long
}

fn begins_function(line: &str) -> bool {
    let words = line.trim_start();
    let opens = line.trim_end().ends_with('{') || line.trim_end().ends_with('(');
    let rust =
        ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn ", "async fn ", "pub async fn ", "pub(crate) async fn "];
    let page = ["function ", "export function ", "async function ", "export async function "];
    opens && rust.iter().chain(&page).any(|start| words.starts_with(start))
}

#[test]
fn the_measure_of_functions_measures() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.rs");
    let body = "        let _ = 1;\n".repeat(61);
    std::fs::write(&file, format!("impl X {{\n    fn long() {{\n{body}    }}\n    fn short() {{\n    }}\n}}\n"))
        .unwrap();
    assert_eq!(long_functions(&file).len(), 1);
}

fn sources() -> Vec<PathBuf> {
    let root = root();
    let folders = ["crates", "src-tauri", "tests", "ui/src", "ui/dev", "ui/tests", "scripts"];
    let found = folders.iter().map(|f| root.join(f)).filter(|f| f.is_dir());
    found.flat_map(|folder| files(&folder, &["rs", "ts", "svelte", "js", "mjs", "py", "sh", "css"])).collect()
}

/// Files below a folder with one of these extensions; nothing that was generated or installed.
fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !["bindings", "node_modules", "target", "fixtures"].contains(&name.as_str()) {
                folders.push(path);
            } else if path.extension().is_some_and(|e| extensions.contains(&e.to_string_lossy().as_ref())) {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty(), "{} holds no sources", folder.display());
    found
}
