#!/usr/bin/env python3
"""Checks that words which readers stumbled over do not come back into code and pages.

    tools/check_words.py [--root DIR]   one line for each find, with the word to use instead; exit 1 where there is one
    tools/check_words.py --self-test    proves on made-up texts that each rule finds, and that real uses pass

A real use (another program's message, a quotation) is allowed by a line `path: text` in tools/words_allowed.txt: that
text may stand in that file. tools/words_left.txt has the files that are still to be rewritten, with their number of finds:
more is an error, and fewer too, until the number there is lowered.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

WORDS = [
    (r"\banew\b", "again, or new"),
    (r"\bnobody(?:'s)?\b", "no one, nothing, no client; unowned"),
    (r"\bsomebody(?:'s)?\b", "another client, a person, someone by name of the role"),
    (r"\bwhoever\b", "the run that, the client that"),
    (r"\b(?:stands?|stood|standing) still\b", "hangs, does not answer"),
    (r"\bmend(?:s|ed|ing)?\b", "fix"),
    (r"\bhalf[ -]done\b", "interrupted"),
    (r"\bcomes? to nothing\b", "fails, has no effect"),
]
# A sentence whose subject is a clause: its reader must hold all of it before the verb comes. Questions are none.
OPENING = re.compile(r"^(?:What|Who|Whoever|That which|Whatever)\b(?!.*\?\s*$)")
COMMENT = re.compile(r"^\s*(?://[/!<]*|#)\s+(.*)$")
SENTENCE_END = re.compile(r"[.:?!…]$|^$|^[-*`@|]")
SKIPPED = ("LICENSE", "tools/check_words.py", "tools/words_allowed.txt", "tools/words_left.txt",
           "docs/reference/")
READ = (".cpp", ".hpp", ".md", ".py", ".sh", ".mjs", ".js", ".yaml", ".yml", ".txt", ".cmake", "dev", "Dockerfile")


def openings(name: str, lines: list[str]):
    """Comments and paragraphs that begin with a clause as subject."""
    before = ""
    for number, line in enumerate(lines, 1):
        if name.endswith(".md"):
            text = line
        else:
            found = COMMENT.match(line)
            text = found.group(1) if found else ""
        begins = SENTENCE_END.search(before.strip()) is not None
        if begins and OPENING.match(text):
            yield number, f"a sentence begins with a clause as its subject: '{text[:60]}'; name the thing"
        before = text


def finds(name: str, text: str, allowed: list[str]):
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        rest = line
        for passage in allowed:
            rest = rest.replace(passage, "")
        for pattern, instead in WORDS:
            for match in re.finditer(pattern, rest, re.IGNORECASE):
                yield number, f"'{match.group(0)}': say {instead}"
    for number, message in openings(name, lines):
        if not any(passage in lines[number - 1] for passage in allowed):
            yield number, message


def read_allowed(root: Path) -> dict[str, list[str]]:
    allowed: dict[str, list[str]] = {}
    file = root / "tools/words_allowed.txt"
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else []:
        if line and not line.startswith("#"):
            path, _, passage = line.partition(": ")
            allowed.setdefault(path, []).append(passage)
    return allowed


def read_left(root: Path) -> dict[str, int]:
    file = root / "tools/words_left.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    rows = (line.rpartition(": ") for line in lines if line and not line.startswith("#"))
    return {path: int(number) for path, _, number in rows}


def check(root: Path) -> list[str]:
    listed = subprocess.run(["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard"],
                            capture_output=True, text=True, check=True).stdout.splitlines()
    allowed, left = read_allowed(root), read_left(root)
    problems = []
    for name in listed:
        path = root / name
        if name.startswith(SKIPPED) or not name.endswith(READ) or not path.is_file():
            continue
        found = list(finds(name, path.read_text(encoding="utf-8", errors="replace"), allowed.get(name, [])))
        known = left.pop(name, 0)
        if len(found) > known:
            problems += [f"{name}:{number}: {message}" for number, message in found]
        elif len(found) < known:
            problems.append(f"tools/words_left.txt: {name} has {len(found)} finds left, not {known}: lower the number")
    return problems + [f"tools/words_left.txt: there is no {name}" for name in left]


def self_test() -> int:
    wrong = [
        ("a.cpp", "// It is built anew.\n"),
        ("a.cpp", 'throw Error("somebody else wrote");\n'),
        ("a.md", "The server stood still.\n"),
        ("a.hpp", "/// What a server says of itself is kept.\n"),
        ("a.hpp", "/// It is a list.\n/// Who holds the lease writes.\n"),
        ("a.md", "It ends.\n\nWhoever reads this knows.\n"),
    ]
    right = [
        ("a.cpp", "// It is built again.\n"),
        ("a.hpp", "/// The names of\n/// What is left of a run\n"),
        ("a.md", "What happens when it fails?\n"),
        ("a.md", "The recommendation stands.\n"),
    ]
    failed = [text for name, text in wrong if not list(finds(name, text, []))]
    failed += [text for name, text in right if list(finds(name, text, []))]
    if list(finds("a.cpp", "// says 'anew'\n", ["says 'anew'"])):
        failed.append("an allowed use")
    for text in failed:
        print(f"words: self-test: {text!r}", file=sys.stderr)
    return 1 if failed else 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test()
    problems = check(arguments.root)
    for problem in problems:
        print(problem)
    if problems:
        print(f"words: {len(problems)} finds", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
