#!/usr/bin/env python3
"""Prints the ten headers that cost a build the most: processor time to read one alone, times the units that read it.

    tools/dev/header_cost.py build/release

The build must be complete: the units of each header come from ninja's own record of dependencies. Only headers that the
sources name are measured; each contains what it includes itself, so that the rows overlap.
"""
import collections
import json
import os
import re
import resource
import shlex
import subprocess
import sys
import tempfile

TOP = 10
NAMED = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.MULTILINE)


def units_by_header(build):
    """How many units of the program read each header, by its path."""
    units = collections.Counter()
    text = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True, check=True).stdout
    for block in text.split("\n\n"):
        lines = block.strip().split("\n")
        if "/tests/" not in lines[0] and lines[0].startswith("CMakeFiles/"):
            units.update(line.strip() for line in lines[1:])
    return units


def named_headers(root):
    """Headers as the sources write them."""
    names = set()
    for folder, _, files in os.walk(os.path.join(root, "src")):
        for file in files:
            with open(os.path.join(folder, file), encoding="utf-8") as source:
                names.update(NAMED.findall(source.read()))
    return names


def compile_flags(build):
    flags = set()
    for entry in json.load(open(os.path.join(build, "compile_commands.json"), encoding="utf-8")):
        words = shlex.split(entry["command"])
        flags.update(word for word in words if word[:2] in ("-I", "-D"))
        flags.update(f"-isystem{words[at + 1]}" for at, word in enumerate(words) if word == "-isystem")
    return sorted(flags)


def seconds_to_read(name, flags):
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as source:
        source.write(f"#include <{name}>\n")
        source.flush()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = subprocess.run(["c++", "-std=c++20", *flags, "-fsyntax-only", source.name], capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode != 0:
        return 0.0  # not a header that can be read alone
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build/release"
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
    units = units_by_header(build)
    flags = compile_flags(build)
    rows = []
    for name in named_headers(root):
        count = max((number for path, number in units.items() if path.endswith("/" + name)), default=0)
        if count:
            each = seconds_to_read(name, flags)
            rows.append((each * count, each, count, name))
    print(f"{'seconds':>8} {'each':>6} {'units':>6}  header")
    for total, each, count, name in sorted(rows, reverse=True)[:TOP]:
        print(f"{total:8.1f} {each:6.2f} {count:6}  {name}")


if __name__ == "__main__":
    main()
