#!/bin/sh
# Builds the page into ui/dist when anything it is made of is newer, or when ui/dist holds only the stand-in of build.rs.
set -eu
cd "$(dirname "$0")/../ui"
page=dist/index.html
if grep -qs assets/ "$page" && [ -z "$(find src index.html package-lock.json ./*.config.* -newer "$page" -print -quit)" ]; then
    exit 0
fi
npm run --silent build >&2
