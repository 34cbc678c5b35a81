#!/bin/sh
# Runs every check and test, goes on after a failure, and ends with the sum of all.
set -u
cd "$(dirname "$0")/.." || exit 2
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
passed=0
failed=0
broken=

# Runs one step: step NAME COMMAND…  Its own tests are counted where it says how many there were, else it counts as one.
step() {
    name=$1
    shift
    begun=$(date +%s)
    printf '\n== %s\n' "$name"
    { "$@" 2>&1; echo $? >"$logs/code"; } | tee "$logs/output"
    count "$(cat "$logs/code")"
    printf -- '-- %s: %s s\n' "$name" "$(($(date +%s) - begun))"
}

# Starts a step that mostly waits, beside those that follow.
begin() {
    beside=$1
    shift
    beside_begun=$(date +%s)
    { "$@" 2>&1; echo $? >"$logs/beside-code"; } >"$logs/beside-output" &
    beside_job=$!
}

# Waits for that step and counts it.
finish() {
    name=$beside
    printf '\n== %s\n' "$name"
    wait "$beside_job"
    tee "$logs/output" <"$logs/beside-output"
    count "$(cat "$logs/beside-code")"
    printf -- '-- %s: %s s\n' "$name" "$(($(date +%s) - beside_begun))"
}

count() {
    # cargo: "test result: ok. 3 passed; 0 failed; …"; vitest: "Tests  1 failed | 11 passed (12)".
    sums=$(sed 's/\x1b\[[0-9;]*m//g' "$logs/output" | awk '
        /^test result: |^ *Tests  / {
            for (i = 2; i <= NF; i++) { if ($i ~ /^passed/) p += $(i - 1); if ($i ~ /^failed/) f += $(i - 1) }
        }
        END { print p + 0, f + 0 }')
    good=${sums% *}
    bad=${sums#* }
    if [ "$1" != 0 ]; then
        broken="$broken, $name"
        [ "$bad" -gt 0 ] || bad=1
    elif [ "$good" = 0 ]; then
        good=1
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
}

spelling() { .cache/venv-tools/bin/typos --config typos.toml; }
soak() { KEEPSAKE_SOAK_SECONDS=600 nice -n 5 cargo test --quiet --locked --workspace --test soak -- --nocapture; }
page() { npm --prefix ui run --silent "$1"; }

# Regenerating the bindings is part of the engine's tests; nothing may be different after them.
bindings_up_to_date() { diff -r "$logs/bindings" ui/src/ipc/bindings; }

cp -R ui/src/ipc/bindings "$logs/bindings"
step "Format" cargo fmt --all -- --check
step "Spelling" spelling
step "Licences and origins of dependencies" python3 scripts/licences.py
step "Page: types and style" page check
step "Page: tests" page test
step "Page: build" page build
doors=media/fuzzing,iphone/fuzzing,destinations/fuzzing
step "Lints of the doors for fuzzers" cargo clippy --quiet --locked -p media -p iphone -p destinations --features $doors -- -D warnings
step "Build" cargo test --quiet --locked --workspace --no-run
begin "Ten minutes of a phone that misbehaves at random" soak
step "Lints" cargo clippy --quiet --locked --workspace --all-targets -- -D warnings
step "Tests" cargo test --quiet --locked --workspace --no-fail-fast
step "Bindings are up to date" bindings_up_to_date
finish

[ -z "$broken" ] || printf '\nFailed: %s\n' "${broken#, }"
printf '\n%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
