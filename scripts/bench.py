#!/usr/bin/env python3
"""Times an import against other ways to get the same bytes off the same phone, one after the other, and prints the ratios.

The phone is the simulated one, once with its cable as fast as it goes and once shaped to 32 MB/s and 1 ms a request. Keepsake
verifies every copy and makes it durable; the others copy. What the drive takes by itself is `cp -a` and `sync` of the same files,
and reading those back from it. Where Keepsake asks the phone for its own hashes, the phone has them worked out beforehand, as a
real one does so with a processor of its own; with the hashing on this computer, and with a phone that cannot hash, Keepsake is
timed as well.
KEEPSAKE_BENCH_MB sets how much there is to copy (2000). Needs root for ifuse.
"""

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
VENV = ROOT / ".cache/venv-conformance/bin"
MEGABYTES = int(os.environ.get("KEEPSAKE_BENCH_MB", "2000"))
CABLE_MB_PER_S = 32
# A guess on the low side: such phones encrypt and hash in hardware.
PHONE_HASHES_MB_PER_S = 1000
ROUNDS = {"fast": 3, "shaped": 1}


def make_photos(folder, megabytes):
    """Photos of 1 to 4 MB, a film of 60 MB for every 300 MB, and small sidecars. Bytes no file system can shrink."""
    dice = random.Random(1)
    left, number = megabytes * 1_000_000, 0
    while left > 0:
        camera = folder / "DCIM" / f"{100 + number // 1000}APPLE"
        camera.mkdir(parents=True, exist_ok=True)
        size = 60_000_000 if number % 100 == 99 else dice.randrange(1_000_000, 4_000_000)
        size = min(size, left)
        kind = "MOV" if number % 100 == 99 else "JPG"
        (camera / f"IMG_{number:04}.{kind}").write_bytes(dice.randbytes(size))
        if number % 10 == 0:
            (camera / f"IMG_{number:04}.AAE").write_bytes(dice.randbytes(900))
        left -= size
        number += 1
    return number


class Phone:
    """A simulated phone at a socket like that of usbmuxd. It hashes by itself, with this computer's help, or not at all."""

    def __init__(self, media, work, shaped, hashes="itself"):
        folder = Path(tempfile.mkdtemp(dir=work))
        options = ["--latency-ms", "1", "--mb-per-s", str(CABLE_MB_PER_S)] if shaped else []
        if hashes == "itself":
            options += ["--hash-mb-per-s", str(PHONE_HASHES_MB_PER_S)]
        elif hashes == "not":
            scenario = folder / "scenario.json"
            scenario.write_text(json.dumps([{"fault": "refuses-hash", "status": "unsupported"}]))
            options += ["--scenario", scenario]
        socket = folder / "mux"
        command = [TARGET / "iphone-sim", "--media", media, "--listen", "127.0.0.1:0", "--unix", socket, *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        self.environment = {**os.environ, "USBMUXD_SOCKET_ADDRESS": f"UNIX:{socket}", "HOME": str(folder), "KEEPSAKE_HOME": str(folder / "home")}
        self.run("idevicepair", "pair")

    def run(self, *command, **environment):
        done = subprocess.run(command, env={**self.environment, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            sys.exit(f"{command[0]} failed:\n{done.stdout[-2000:]}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def keepsake(phone, _media, out):
    phone.run(TARGET / "keepsake", "import", "--source", "iphone", "--library", out / "library", "--create", "--all-new", "--json")
    shutil.rmtree(Path(phone.environment["KEEPSAKE_HOME"]), ignore_errors=True)


def pymobiledevice3(phone, _media, out):
    (out / "pulled").mkdir()
    # It wants the socket's path alone.
    mux = phone.environment["USBMUXD_SOCKET_ADDRESS"].removeprefix("UNIX:")
    phone.run(VENV / "pymobiledevice3", "afc", "pull", "/DCIM", out / "pulled", USBMUXD_SOCKET_ADDRESS=mux)


def ifuse_rsync(phone, _media, out):
    mount = out / "mount"
    mount.mkdir()
    phone.run("ifuse", mount)
    try:
        phone.run("rsync", "-a", f"{mount}/DCIM/", out / "synced")
    finally:
        subprocess.run(["fusermount3", "-u", mount], check=False)


def cp_sync(phone, media, out):
    phone.run("cp", "-a", media / "DCIM", out / "copied")
    phone.run("sync", "-f", out)


def cp_sync_read(phone, media, out):
    """What a copy that is read back from the drive takes without any phone."""
    cp_sync(phone, media, out)
    for path in sorted((out / "copied").rglob("*")):
        if path.is_file():
            with open(path, "rb", buffering=0) as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
                while file.read(1 << 20):
                    pass


OURS = "keepsake (verified, durable)"
WAYS = {OURS: keepsake, "pymobiledevice3 afc pull": pymobiledevice3, "ifuse + rsync -a": ifuse_rsync, "cp -a + sync, no phone": cp_sync, "cp -a + sync + read back, no phone": cp_sync_read}
# How the phone hashes where it is not by itself.
OTHER_PHONES = {"keepsake, the phone hashes with this computer's processor": "here", "keepsake, the phone cannot hash": "not"}


def timed(way, phone, media, work):
    out = Path(tempfile.mkdtemp(dir=work))
    try:
        os.sync()
        begun = time.monotonic()
        way(phone, media, out)
        return time.monotonic() - begun
    finally:
        shutil.rmtree(out, ignore_errors=True)


def measure(media, work, shaped):
    """Best of the rounds for each way; ways take turns, so that a busy moment hits all alike."""
    best = {}
    with contextlib.ExitStack() as phones:
        phone = phones.enter_context(Phone(media, work, shaped))
        ways = {name: (way, phone) for name, way in WAYS.items()}
        if not shaped:
            for name, hashes in OTHER_PHONES.items():
                ways[name] = (keepsake, phones.enter_context(Phone(media, work, shaped, hashes)))
        for _ in range(ROUNDS["shaped" if shaped else "fast"]):
            for name, (way, phone) in ways.items():
                best[name] = min(best.get(name, 1e9), timed(way, phone, media, work))
    return best


def report(title, best, bytes_):
    ours = best[OURS]
    print(f"\n{title}\n")
    print("| way | seconds | MB/s | times keepsake's time |\n|---|---|---|---|")
    for name, seconds in best.items():
        print(f"| {name} | {seconds:.1f} | {bytes_ / seconds / 1e6:.0f} | {seconds / ours:.2f} |")


def main():
    work = Path(tempfile.mkdtemp(prefix="keepsake-bench-"))
    try:
        media = work / "media"
        photos = make_photos(media, MEGABYTES)
        bytes_ = sum(f.stat().st_size for f in media.rglob("*") if f.is_file())
        print(f"{photos} photos and films, {bytes_ / 1e6:.0f} MB")
        report("Cable as fast as it goes", measure(media, work, shaped=False), bytes_)
        report(f"Cable of {CABLE_MB_PER_S} MB/s, 1 ms a request", measure(media, work, shaped=True), bytes_)
        print(f"\nThe shaped cable alone needs {bytes_ / CABLE_MB_PER_S / 1e6:.1f} s.")
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
