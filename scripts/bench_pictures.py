#!/usr/bin/env python3
"""Times small pictures of 320 pixels against vipsthumbnail and, for films, ffmpegthumbnailer: the same files, in turns, so
that a busy computer disturbs both; the least of all turns counts.

    scripts/bench_pictures.py       after: cargo build --release -p media --example draw -p thumbnails --example pool

First processor time on one thread, of what a decoder does without the pipes to and from it (see decision 13 for those).
Then the time on the clock on two threads, of the whole: the pool of the window with its decoders in processes of their
own, against the faster of vipsthumbnail with two threads and two of it at once."""

import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests/fixtures/media"
PROGRAMS = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/examples"
EDGE, TURNS = 320, int(os.environ.get("KEEPSAKE_BENCH_TURNS", "5"))
FULL = ["Nuke__img_751.heic", "heif-meta-parser__sample.heic", "osxphotos__IMG_E1853.heic"]
INSIDE = ["digicam_corpus__IMG_3589.HEIC", "osxphotos__IMG_1853.HEIC", "photo-cli__leiden.HEIC"]
JPEGS = ["digicam_corpus__IMG_3614.JPG", "digicam_corpus__IMG_3615.JPG"]
# The name of a set, its files, how often each is drawn in a turn, how much faster we want to be.
STILLS = [
    ("HEIC, decoded in full", FULL, 2, 1.5),
    ("HEIC, thumbnail inside", INSIDE, 4, 5.0),
    ("JPEG, 12 megapixels", JPEGS, 8, 1.25),
]
FILMS = [
    ("H.264", ["nom-exif__meta.mov", "pigallery2__IMG_7943_HEVC.MOV"], 4, 1.0),
    ("HEVC, 2 to 3 megapixels", ["digicam_corpus__IMG_3589.mov", "photo-cli__leiden.mov"], 4, 1.0),
    ("HEVC, HLG", ["ExoPlayer__dolbyVision-hdr.MOV", "ExoPlayer__sample_with_color_info.mp4"], 4, 1.0),
]
# More of each on two threads: starting up counts there, and a window draws more than a handful.
TOGETHER = [(name, files, runs * 3, 1.0) for name, files, runs, _ in STILLS]


def processor(commands, environment=None):
    """Runs commands that must succeed, one after the other; returns the processor seconds that they took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for command in commands:
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def clock(commands, environment=None):
    """Runs commands that must succeed, all at once; returns the seconds until the last has ended."""
    began = time.monotonic()
    running = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for command in commands]
    if any([process.wait() for process in running]):
        raise SystemExit(f"failed: {commands}")
    return time.monotonic() - began


def vips(files, folder):
    return ["vipsthumbnail", "--size", str(EDGE), "--export-profile", "srgb", "-o", f"{folder}/%s.jpg[Q=85]", *files]


def vips_threads(count):
    return os.environ | {"VIPS_CONCURRENCY": str(count)}


def ffmpegthumbnailer(film, folder):
    """The first frame, as we show it; it would otherwise look for one at a tenth of the film, which takes longer."""
    return ["ffmpegthumbnailer", "-t0", "-s", str(EDGE), "-q8", "-i", film, "-o", f"{folder}/film.jpg"]


def draw(files, runs):
    return [str(PROGRAMS / "draw"), str(EDGE), str(runs), *files]


def pool(files, runs):
    return [str(PROGRAMS / "pool"), str(EDGE), "2", str(runs), *files]


def table(title, sets, theirs_name, measure):
    """Prints a row for each set. `measure(files, runs)` returns the seconds of a turn, ours and theirs."""
    print(f"\n{title:38} {'Keepsake':>10} {theirs_name:>18} {'faster':>8} {'wanted':>8}")
    for name, files, runs, wanted in sets:
        files = [str(FIXTURES / file) for file in files]
        turns = [measure(files, runs) for _ in range(TURNS)]
        mine, theirs = (min(turn[side] for turn in turns) / len(files) / runs * 1000 for side in (0, 1))
        print(f"{name:38} {mine:7.1f} ms {theirs:15.1f} ms {theirs / mine:7.2f}x {wanted:7.2f}x", flush=True)


def main():
    with tempfile.TemporaryDirectory() as folder:

        def stills(files, runs):
            return processor([draw(files, runs)]), processor([vips(files * runs, folder)], vips_threads(1))

        def films(files, runs):
            theirs = [ffmpegthumbnailer(film, folder) for film in files * runs]
            return processor([draw([film], 1) for film in files * runs]), processor(theirs)

        def together(files, runs):
            halves = [vips((files * runs)[half::2], folder) for half in (0, 1)]
            mine = clock([pool(files, runs)])
            return mine, min(clock(halves, vips_threads(1)), clock([vips(files * runs, folder)], vips_threads(2)))

        table("processor time of a picture", STILLS, "libvips", stills)
        table("clock time of a picture, two threads", TOGETHER, "libvips", together)
        table("processor time of a film's frame", FILMS, "ffmpegthumbnailer", films)


if __name__ == "__main__":
    main()
