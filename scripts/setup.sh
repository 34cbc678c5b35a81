#!/bin/sh
# Installs what is missing to build, run (setup.sh run), test (setup.sh test) or measure (setup.sh bench) Keepsake. Quick when there is nothing to do.
# Rust and Node are expected; the rest comes from the registries of Debian, npm, cargo and pip.
set -eu
cd "$(dirname "$0")/.."
purpose=${1:-run}

say() { printf '%s\n' "$*" >&2; }
need() { command -v "$1" >/dev/null 2>&1 || { say "Keepsake needs $2 (https://$3)."; exit 2; }; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Prints those of the Debian packages that are not installed.
missing() {
    for package in "$@"; do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$state" = installed ] || printf '%s ' "$package"
    done
}

debian_packages() {
    # cmake, make and nasm build libjpeg-turbo; with libav the window plays what phones film.
    packages="pkg-config libwebkit2gtk-4.1-dev cmake make nasm gstreamer1.0-libav"
    command -v cc >/dev/null 2>&1 || packages="$packages gcc libc6-dev"
    if [ "$purpose" = run ]; then
        packages="$packages usbmuxd"
    else
        # The window; other programs that talk to the simulated phone; dates to compare with.
        packages="$packages webkit2gtk-driver xvfb procps"
        packages="$packages libimobiledevice-utils ifuse fuse3 libimage-exiftool-perl ffmpeg libvips-tools chromium"
        # Drives of every kind to file photos on, and the order of system calls to check.
        packages="$packages e2fsprogs xfsprogs exfat-fuse exfatprogs ntfs-3g mount strace"
        [ "$purpose" != bench ] || packages="$packages rsync ffmpegthumbnailer"
        python3 -c 'import tomllib, ensurepip, venv' 2>/dev/null || packages="$packages python3 python3-venv"
    fi
    # shellcheck disable=SC2086
    wanted=$(missing $packages)
    [ -n "$wanted" ] || return 0
    say "Installing $wanted"
    as_root apt-get -o DPkg::Lock::Timeout=600 -q update >&2
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=600 -q -y --no-install-recommends install $wanted >&2
}

system_packages() {
    [ "$(uname)" = Linux ] || return 0
    if command -v apt-get >/dev/null 2>&1; then
        debian_packages
    elif ! { pkg-config --exists webkit2gtk-4.1 && command -v cmake && command -v nasm; } >/dev/null 2>&1; then
        say "Please install the development package of WebKitGTK 4.1, pkg-config, a C compiler, cmake and nasm."
        exit 2
    fi
}

# The page's packages, when the lock file is not the one that they were installed from.
page_packages() {
    cmp -s ui/package-lock.json ui/node_modules/.installed-lock && return 0
    say "Installing the page's packages"
    npm --prefix ui ci --ignore-scripts --no-audit --no-fund >&2
    cp ui/package-lock.json ui/node_modules/.installed-lock
}

# A Python environment, when its list is not the one it was made from: python_packages NAME FOLDER LIST
python_packages() {
    cmp -s "$3" "$2/.installed-list" && return 0
    say "Installing $1"
    python3 -m venv --clear "$2"
    "$2/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$3" >&2
    cp "$3" "$2/.installed-list"
}

need cargo "Rust, 1.93 or newer" rustup.rs
need npm "Node, 20.19 or newer" nodejs.org
system_packages
page_packages
if [ "$purpose" != run ]; then
    mkdir -p .cache
    python_packages "the spelling checker" .cache/venv-tools scripts/requirements.txt
    # The tests hold the reader of Photos databases against it.
    python_packages osxphotos .cache/venv-osxphotos tests/fixtures/photos-db/tools/requirements.txt
    tests/iphone-sim/install-conformance .cache/venv-conformance
fi
cargo fetch --quiet --locked
