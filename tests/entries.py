#!/usr/bin/env python3
"""Writes the entries of ctest for one test program: one for each file of tests, so that they run side by side and a
failure is known by its name.

    entries.py OUTPUT PROGRAM RESULTS LABEL TIMEOUT COST [FILE:PROPERTY=VALUE...]

COST orders the entries: higher ones run first. FILE is a file's name without '_test.cpp'; the property SHARDS, which is
not one of ctest's, says into how many entries a file's tests are dealt out.
"""

import json
import os
import subprocess
import sys
import tempfile


def listed(program):
    """The tests of the program by file, as filters of GoogleTest."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "tests.json")
        subprocess.run([program, "--gtest_list_tests", f"--gtest_output=json:{path}"], check=True,
                       stdout=subprocess.DEVNULL)
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    files = {}
    for suite in document["testsuites"]:
        for test in suite["testsuite"]:
            stem = os.path.basename(test["file"]).removesuffix("_test.cpp")
            files.setdefault(stem, []).append((suite["name"], test["name"]))
    return files


def filter_of(tests, others):
    """Whole suites where they are of one file alone; else each test by its name."""
    suites = {suite for suite, _ in tests}
    shared = {suite for suite, _ in others}
    return ":".join(sorted({f"{suite}.{name if suite in shared else '*'}" for suite, name in tests if suite in suites}))


def main(output, program, results, label, timeout, cost, *hints):
    files = listed(program)
    properties = {}
    for hint in hints:
        stem, _, assignment = hint.partition(":")
        name, _, value = assignment.partition("=")
        if stem not in files:
            sys.exit(f"entries.py: there is no '{stem}_test.cpp' in {program}")
        properties.setdefault(stem, {})[name] = value
    measured = os.path.join(os.path.dirname(os.path.abspath(__file__)), "measured.sh")
    lines = []
    for stem, tests in sorted(files.items()):
        others = [test for other, theirs in files.items() if other != stem for test in theirs]
        own = {"LABELS": label, "TIMEOUT": timeout, "COST": cost, **properties.get(stem, {})}
        shards = int(own.pop("SHARDS", "1"))
        for shard in range(shards):
            name = f"{label}_{stem}" + (f"_{shard + 1}" if shards > 1 else "")
            lines.append(f'add_test("{name}" "{measured}" "{results}" "{label}" "{name}" "{program}" '
                         f'"--gtest_brief=1" "--gtest_filter={filter_of(tests, others)}")')
            environment = f"GTEST_TOTAL_SHARDS={shards};GTEST_SHARD_INDEX={shard}"
            settings = " ".join(f'{key} "{value}"' for key, value in {**own, "ENVIRONMENT": environment}.items())
            lines.append(f'set_tests_properties("{name}" PROPERTIES {settings})')
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
