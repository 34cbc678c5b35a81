#!/bin/sh
# Feeds every parser of untrusted bytes with bytes made up by libFuzzer, KEEPSAKE_FUZZ_SECONDS (60) each, beginning with the
# fixtures. Arguments name the parsers to feed; without any, all. What breaks one is kept in target/fuzz/findings.
#
# libFuzzer and the sanitizer of addresses come with the compiler but are not stable; RUSTC_BOOTSTRAP lets the stable one use
# them. `cargo fuzz run NAME` on a nightly toolchain does the same.
set -eu
cd "$(dirname "$0")/.."
seconds=${KEEPSAKE_FUZZ_SECONDS:-60}
work=${CARGO_TARGET_DIR:-$PWD/target}/fuzz
fixtures=tests/fixtures/media
host=$(rustc -vV | sed -n 's/^host: //p')

build() {
    sancov='-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters'
    sancov="$sancov -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
    RUSTC_BOOTSTRAP=1 RUSTFLAGS="--cfg fuzzing $sancov -Zsanitizer=address" \
        cargo build --quiet --release --manifest-path fuzz/Cargo.toml --target "$host" --target-dir "$work"
}

# The files that a parser begins with.
seeds() {
    case $1 in
        isobmff) ls "$fixtures"/*.[hH][eE][iI][cC] "$fixtures"/*.[mM][oO][vV] "$fixtures"/*.avif "$fixtures"/*.cr3 ;;
        heic) ls "$fixtures"/*.[hH][eE][iI][cC] "$fixtures"/*.avif ;;
        exif | exif_carried | jpeg) ls "$fixtures"/*.[jJ][pP][gG] ;;
        quicktime) ls "$fixtures"/*.[mM][oO][vV] "$fixtures"/*.mp4 ;;
        png) ls "$fixtures"/*.[pP][nN][gG] ;;
        dng) ls "$fixtures"/*.dng "$fixtures"/*.cr3 ;;
        *) ls "$fixtures"/*.[aA][aA][eE] ;;
    esac
}

feed() {
    corpus=$work/corpus/$1
    mkdir -p "$corpus" "$work/findings"
    # What a file says of itself is in front; a fuzzer does best with small ones.
    case $1 in exif | exif_carried | manifest | afc | lockdown) longest=8192 ;; *) longest=65536 ;; esac
    for seed in $(seeds "$1"); do
        head -c "$longest" "$seed" >"$corpus/$(basename "$seed")"
    done
    printf '%s: ' "$1"
    # Nothing that a parser does takes seconds, or more memory than a few files. SQLite, which is linked and not fed, has
    # constants of the same name in two places.
    if ASAN_OPTIONS=detect_odr_violation=0 "$work/$host/release/$1" -max_total_time="$seconds" -max_len=$longest -timeout=5 -rss_limit_mb=1024 \
        -print_final_stats=1 -artifact_prefix="$work/findings/$1-" "$corpus" >"$work/$1.log" 2>&1; then
        sed -n 's/^stat::number_of_executed_units: *//p' "$work/$1.log" | tr '\n' ' '
        echo 'inputs, nothing found'
    else
        echo "FOUND SOMETHING, see $work/$1.log"
        return 1
    fi
}

build
found=0
[ $# -gt 0 ] || set -- $(sed -n 's/^name = "\(.*\)"$/\1/p' fuzz/Cargo.toml | tail -n +2)
for parser in "$@"; do
    feed "$parser" || found=1
done
exit $found
