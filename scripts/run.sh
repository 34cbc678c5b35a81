#!/bin/sh
# Opens Keepsake. With no phone on the cable, a simulated one that holds sample photos stands in for it; without a display the
# same import runs in the terminal. What the sample needs is kept in .cache/demo, away from the user's own libraries.
set -eu
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}/debug
demo=$PWD/.cache/demo
phone=

say() { printf '%s\n' "$*" >&2; }

finish() {
    code=$?
    trap - EXIT INT TERM HUP
    [ -z "$phone" ] || kill "$phone" 2>/dev/null || true
    exit "$code"
}

has_display() {
    [ "$(uname)" != Linux ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]
}

phone_attached() {
    "$target/keepsake" devices --json 2>/dev/null | grep -q '"id"'
}

# Lays out the sample photos as a phone's camera folder; those that tell no other time were taken in 2014.
lay_out_samples() {
    folder=$demo/phone/DCIM/100APPLE
    [ ! -d "$folder" ] || return 0
    mkdir -p "$folder"
    for sample in tests/fixtures/media/*; do
        case $sample in *.csv | *.md) continue ;; esac
        cp "$sample" "$folder/"
        touch -t 201406011200 "$folder/${sample##*/}"
    done
}

# Starts the simulated phone and waits until it can be reached.
start_sample_phone() {
    lay_out_samples
    rm -f "$demo/phone.txt"
    "$target/iphone-sim" --media "$demo/phone" --listen 127.0.0.1:0 --name "Sample iPhone" >"$demo/phone.txt" &
    phone=$!
    until address=$(sed -n 's/^ready //p' "$demo/phone.txt" 2>/dev/null) && [ -n "$address" ]; do
        kill -0 "$phone" 2>/dev/null || { say "The simulated phone did not start."; exit 3; }
        sleep 0.05
    done
    export USBMUXD_SOCKET_ADDRESS="$address" KEEPSAKE_HOME="$demo/home"
}

import_in_terminal() {
    if [ -z "$phone" ]; then
        say "There is no display. Your phone can be imported with:"
        say "  $target/keepsake import --source iphone --library FOLDER --create --all-new"
        "$target/keepsake" devices
        return
    fi
    say "There is no display (DISPLAY and WAYLAND_DISPLAY are not set), so the sample phone is imported here in the terminal."
    "$target/keepsake" import --source iphone --library "$demo/library" --create --all-new
    say "The copies are in $demo/library/Originals. Run it again: there is nothing new."
}

trap finish EXIT
trap 'exit 130' INT TERM HUP
if [ -n "${USBMUXD_SOCKET_ADDRESS:-}" ] || phone_attached; then
    say "Using the phone that is attached."
else
    say "No phone is attached: a simulated one with sample photos takes its place."
    start_sample_phone
fi
if has_display; then "$target/keepsake-app"; else import_in_terminal; fi
