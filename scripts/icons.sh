#!/bin/sh
# Draws the icons of every system anew from icons/keepsake.svg. Needed only when the drawing changed.
# Needs rsvg-convert (Debian: librsvg2-bin) and ui/node_modules.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rsvg-convert --width 1024 icons/keepsake.svg --output "$work/icon-1024.png"
npx --prefix ui tauri icon "$work/icon-1024.png" --output "$work/icons" >/dev/null
for name in 32x32.png 128x128.png 128x128@2x.png icon.icns icon.ico icon.png; do
    cp "$work/icons/$name" "icons/$name"
done
