#!/usr/bin/env python3
"""Checks every dependency against deny.toml: licence, origin, and the crates that are not wanted.

Reads the same file as cargo-deny, of which it does the offline part, without a long build before the first test.
The page's packages are held to the same licences; tools that only build or test it may also be under those of TOOLS.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = {"MPL-2.0", "BlueOak-1.0.0", "CC0-1.0", "CC-BY-4.0", "Python-2.0"}


def holds(expression, allowed):
    """Tells whether an SPDX expression can be met with these licences alone. A slash is an old way to write OR."""
    tokens = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))

    def either():
        result = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            result = both() or result
        return result

    def both():
        result = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            result = one() and result
        return result

    def one():
        name = tokens.pop(0)
        if name == "(":
            result = either()
            tokens.pop(0)
            return result
        if tokens and tokens[0] == "WITH":
            tokens.pop(0)
            name = f"{name} WITH {tokens.pop(0)}"
        return name in allowed

    return either()


def crates():
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    return [package for package in metadata["packages"] if package["source"]]


def wrong_crates(rules):
    allowed = set(rules["licenses"]["allow"])
    exceptions = {entry["crate"]: set(entry["allow"]) for entry in rules["licenses"]["exceptions"]}
    banned = {entry["crate"] for entry in rules["bans"]["deny"]}
    registries = {package["source"] for package in crates() if package["name"] == "serde"}
    for package in crates():
        name = f"{package['name']} {package['version']}"
        if package["name"] in banned:
            yield f"{name} is not wanted"
        # One registry for all, never a copy of a repository.
        if package["source"] not in registries or not package["source"].startswith("registry+"):
            yield f"{name} comes from {package['source']}"
        if not holds(package["license"] or "none", allowed | exceptions.get(package["name"], set())):
            yield f"{name} is under {package['license']}"


def wrong_packages(rules):
    allowed = set(rules["licenses"]["allow"])
    lock = json.loads((ROOT / "ui/package-lock.json").read_text())
    for path, package in lock["packages"].items():
        licences = allowed | TOOLS if package.get("dev") else allowed
        if not holds(package.get("license") or "none", licences):
            yield f"{path or 'ui'} is under {package.get('license')}"


def main():
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    wrong = [*wrong_crates(rules), *wrong_packages(rules)]
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
