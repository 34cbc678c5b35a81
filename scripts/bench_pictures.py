#!/usr/bin/env python3
"""Times small pictures against vipsthumbnail: the same files, 320 pixels, one thread, processor time.

    scripts/bench_pictures.py [PROGRAM]     PROGRAM is the example `draw` of the package media, built for release

The two take turns, so that a busy computer disturbs both; the least of all turns counts. What is timed of ours is what a
decoder does, without the pipes to and from it: see decision 13 for those."""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests/fixtures/media"
EDGE, TURNS = 320, 5
# The name of a set, its files, how often each is drawn in a turn, how much faster we want to be.
SETS = [
    ("HEIC, decoded in full", ["Nuke__img_751.heic", "heif-meta-parser__sample.heic", "osxphotos__IMG_E1853.heic"], 2, 1.5),
    ("HEIC, thumbnail inside", ["digicam_corpus__IMG_3589.HEIC", "osxphotos__IMG_1853.HEIC", "photo-cli__leiden.HEIC"], 4, 5.0),
    ("JPEG, 12 megapixels", ["digicam_corpus__IMG_3614.JPG", "digicam_corpus__IMG_3615.JPG"], 8, 1.25),
]


def processor_seconds(command, environment=None):
    """Runs a command that must succeed; returns the processor time that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def vips_command(files, runs, folder):
    return ["vipsthumbnail", "--size", str(EDGE), "--export-profile", "srgb", "-o", f"{folder}/%s.jpg[Q=85]"] + files * runs


def main():
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    ours = sys.argv[1] if len(sys.argv) > 1 else str(target / "release/examples/draw")
    one_thread = os.environ | {"VIPS_CONCURRENCY": "1"}
    print(f"{'processor time of a picture':30} {'Keepsake':>10} {'libvips':>10} {'faster':>8} {'wanted':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for name, files, runs, wanted in SETS:
            files = [str(FIXTURES / file) for file in files]
            pictures = len(files) * runs
            turns = []
            for _ in range(TURNS):
                mine = processor_seconds([ours, str(EDGE), str(runs), *files])
                theirs = processor_seconds(vips_command(files, runs, folder), one_thread)
                turns.append((mine / pictures, theirs / pictures))
            mine, theirs = (min(turn[side] for turn in turns) * 1000 for side in (0, 1))
            print(f"{name:30} {mine:7.1f} ms {theirs:7.1f} ms {theirs / mine:7.2f}x {wanted:7.2f}x", flush=True)


if __name__ == "__main__":
    main()
