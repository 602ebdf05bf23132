#!/usr/bin/env python3
"""Shows what ctest says, as it says it: ctest ... | show_tests.py RESULTS

On a terminal a live line says what runs and how many are left; elsewhere a line says so each minute without news. Before
ctest's own summary, which stays the end, come the ten slowest tests: those of GoogleTest from RESULTS/*.json, and entries
of ctest that are no program of it.
"""

import json
import os
import re
import select
import shutil
import signal
import sys
import time
from pathlib import Path

START = re.compile(rb"\s*Start\s+\d+: (\S+)\s*$")
DONE = re.compile(rb"\s*(\d+)/(\d+) Test\s+#\d+: (\S+) .*?([\d.]+) sec")
SUMMARY = re.compile(rb"\d+% tests passed")
QUIET = 60  # seconds without news
SLOWEST = 10


def span(seconds):
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


class Progress:
    def __init__(self, results, out, live):
        self.results, self.out, self.live = results, out, live
        self.began = self.news = time.monotonic()
        self.running, self.entries = {}, {}
        self.left, self.blank = None, False

    def take(self, line):
        """One line of ctest."""
        self.news = time.monotonic()
        started, done = START.match(line), DONE.match(line)
        if started:
            self.running[started[1].decode()] = self.news
            return
        if done:
            name = done[3].decode()
            self.running.pop(name, None)
            self.entries[name] = float(done[4])
            self.left = int(done[2]) - int(done[1])
            line = line.rstrip(b"\n") + f"   [{span(self.news - self.began)}]\n".encode()
        if SUMMARY.match(line):
            self.write(self.slowest())
        if line.strip() or not self.blank:
            self.write(line)
        self.blank = not line.strip()

    def write(self, text):
        self.out.write((b"\r\033[K" if self.live else b"") + text)
        self.out.flush()

    def state(self):
        now = time.monotonic()
        left = "" if self.left is None else f", {self.left} left"
        names = ", ".join(f"{name} ({span(now - since)})" for name, since in self.running.items())
        return f"{span(now - self.began)}{left}: {names}"

    def tick(self):
        """Called when there is no news."""
        if not self.running:
            return
        if self.live:
            self.write(self.state()[: shutil.get_terminal_size().columns - 1].encode())
        elif time.monotonic() - self.news >= QUIET:
            self.news = time.monotonic()
            self.write(f"still running, {self.state()}\n".encode())

    def slowest(self):
        found, programs = [], set()
        for path in self.results.glob("*.json"):
            programs.add(path.stem)
            for suite in json.loads(path.read_text(encoding="utf-8"))["testsuites"]:
                for test in suite["testsuite"]:
                    found.append((float(test["time"].rstrip("s")), path.stem, f"{suite['name']}.{test['name']}"))
        found += [(seconds, name, "") for name, seconds in self.entries.items() if name not in programs]
        lines = [f"{seconds:8.1f} s  {entry}  {test}".rstrip() for seconds, entry, test in
                 sorted(found, reverse=True)[:SLOWEST]]
        return ("\n".join(["the slowest tests:", *lines, ""]) + "\n").encode()


def main(results):
    # ctest ends at Ctrl-C and says so; what it says is still shown.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    progress = Progress(Path(results), sys.stdout.buffer, sys.stdout.isatty())
    source, pending = sys.stdin.fileno(), b""
    while True:
        if not select.select([source], [], [], 0.5)[0]:
            progress.tick()
            continue
        data = os.read(source, 65536)
        if not data:
            break
        *lines, pending = (pending + data).split(b"\n")
        for line in lines:
            progress.take(line + b"\n")
    if pending:
        progress.take(pending)


if __name__ == "__main__":
    main(sys.argv[1])
