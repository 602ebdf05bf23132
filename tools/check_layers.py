#!/usr/bin/env python3
"""Checks src/ and CMakeLists.txt against the tables in ARCHITECTURE.md.

    tools/check_layers.py [--root DIR]     exit 1 and one line for each violation
    tools/check_layers.py --self-test      proves on made-up trees that each kind of violation is found

What is read from ARCHITECTURE.md: the table whose first column is `module` (who may include whom), the one whose first
column is `library` (which module may use which third-party headers and CMake targets), the one whose first column is
`place` (files that may say `catch`), and the modules named in the section "Where a secret is revealed".
"""

import argparse
import re
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
CATCH = re.compile(r"\bcatch\s*\(")
REVEAL = re.compile(r"\breveal\s*\(\s*\)")
CMAKE_MODULE = re.compile(r"^\s*tidegate_module\(([^)]*)\)", re.MULTILINE)
CODE = re.compile(
    r'R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)"'  # raw string
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'(?:\\.|[^'\\\n])*'"
    r"|//[^\n]*|/\*.*?\*/",
    re.DOTALL,
)
SYSTEM_HEADERS = re.compile(
    r"^(?:[a-z_]+|sys/[a-z_]+\.h|arpa/inet\.h|netinet/[a-z]+\.h|linux/[a-z_]+\.h"
    r"|(?:unistd|fcntl|poll|signal|termios|pthread|pwd|grp|dirent|netdb|time|stdlib|stdio|string|errno|dlfcn)\.h)$"
)


@dataclass
class Rules:
    modules: dict[str, set[str] | None] = field(default_factory=dict)  # None: may include all
    headers: dict[str, tuple[str, set[str] | None]] = field(default_factory=dict)  # prefix → library, modules
    targets: dict[str, tuple[str, set[str] | None]] = field(default_factory=dict)  # CMake target → library, modules
    catchers: set[str] = field(default_factory=set)
    revealers: set[str] = field(default_factory=set)


def names(cell: str) -> list[str]:
    return [part.strip(" `") for part in cell.split(",") if part.strip(" `–-")]


def allowed(cell: str) -> set[str] | None:
    found = names(cell)
    return None if found == ["all"] else set(found)


def tables(text: str):
    """Every row of every Markdown table, as (name of the first column, cells)."""
    head = None
    for line in text.splitlines():
        if not line.startswith("|"):
            head = None
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if head is None:
            head = cells[0].strip("`")
        elif not set(cells[0]) <= set("-: "):
            yield head, cells


def read_rules(document: Path) -> Rules:
    text = document.read_text(encoding="utf-8")
    rules = Rules()
    for head, cells in tables(text):
        if head == "module":
            for module in names(cells[0]):
                rules.modules[module] = allowed(cells[2])
        elif head == "library":
            for prefix in names(cells[1]):
                rules.headers[prefix] = (cells[0], allowed(cells[3]))
            for target in names(cells[2]):
                rules.targets[target] = (cells[0], allowed(cells[3]))
        elif head == "place":
            rules.catchers.update(names(cells[0]))
    section = re.search(r"^## Where a secret is revealed\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if section:
        rules.revealers = set(re.findall(r"`([a-z_/]+)`", section.group(1))) & set(rules.modules)
    return rules


def blank(match: re.Match) -> str:
    return "".join(c if c == "\n" else " " for c in match.group(0))


def module_of(path: str, rules: Rules) -> str | None:
    """The module of a file: its folder, or the nearest one above it that has a row (its rooms have none)."""
    folder = path.rpartition("/")[0] if "/" in path else path
    while folder and folder not in rules.modules:
        folder = folder.rpartition("/")[0]
    return folder or None


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def check_include(rules: Rules, src: Path, module: str, header: str, quote: str) -> str | None:
    may = rules.modules[module]
    if quote == '"':
        if not (src / header).is_file():
            return f"includes \"{header}\", which is no file below src/ (write the path from src/)"
        other = module_of(header, rules)
        if other is None:
            return f"includes \"{header}\", whose folder has no row in ARCHITECTURE.md"
        if other != module and may is not None and other not in may:
            return f"may not include \"{header}\": {module} includes only {', '.join(sorted(may)) or 'itself'}"
        return None
    for prefix, (library, modules) in rules.headers.items():
        if header == prefix or (prefix.endswith("/") and header.startswith(prefix)):
            if modules is None or module in modules:
                return None
            return f"may not include <{header}>: {library} belongs to {', '.join(sorted(modules))}"
    if not SYSTEM_HEADERS.match(header):
        return f"includes <{header}>, a library without a row in ARCHITECTURE.md"
    return None


def check_file(rules: Rules, src: Path, path: Path) -> list[str]:
    relative = path.relative_to(src).as_posix()
    module = module_of(relative, rules)
    if module is None:
        return [f"src/{relative}: its folder has no row in ARCHITECTURE.md"]
    text = path.read_text(encoding="utf-8")
    found = []
    for match in INCLUDE.finditer(text):
        problem = check_include(rules, src, module, match.group(2), match.group(1))
        if problem:
            found.append(f"src/{relative}:{line_of(text, match.start())}: {problem}")
    code = CODE.sub(blank, text)
    if relative not in rules.catchers:
        for match in CATCH.finditer(code):
            found.append(f"src/{relative}:{line_of(code, match.start())}: catches; let it pass, or give the file a row "
                         "under 'Where exceptions are caught'")
    if module not in rules.revealers:
        for match in REVEAL.finditer(code):
            found.append(f"src/{relative}:{line_of(code, match.start())}: calls reveal(); only adapters may")
    return found


def check_cmake(rules: Rules, text: str) -> list[str]:
    text = re.sub(r"#[^\n]*", "", text)
    found = []
    for call in CMAKE_MODULE.findall(text):
        words = call.split()
        module, part = words[0], None
        may = rules.modules.get(module)
        if module not in rules.modules:
            found.append(f"CMakeLists.txt: module {module} has no row in ARCHITECTURE.md")
            continue
        for word in words[1:]:
            if word in ("MODULES", "LIBS"):
                part = word
            elif part == "MODULES" and may is not None and word not in may:
                found.append(f"CMakeLists.txt: {module} links {word}, which it may not include")
            elif part == "LIBS":
                library, modules = rules.targets.get(word, ("a library without a row in ARCHITECTURE.md", set()))
                if modules is not None and module not in modules:
                    found.append(f"CMakeLists.txt: {module} links {word} ({library})")
    return found


def check(root: Path) -> list[str]:
    rules = read_rules(root / "ARCHITECTURE.md")
    if "base" not in rules.modules or not rules.headers:
        return ["ARCHITECTURE.md: the tables of modules and libraries cannot be read"]
    src = root / "src"
    found = []
    for path in sorted(src.rglob("*")):
        if path.suffix in (".cpp", ".hpp"):
            found += check_file(rules, src, path)
    for module in rules.modules:
        if not (src / module).exists():
            found.append(f"ARCHITECTURE.md: there is no src/{module}")
    for place in sorted(rules.catchers):
        if not (src / place).is_file():
            found.append(f"ARCHITECTURE.md: may catch, but does not exist: src/{place}")
    found += check_cmake(rules, (root / "CMakeLists.txt").read_text(encoding="utf-8"))
    return found


DOCUMENT = """
| module | responsibility | may include |
|---|---|---|
| `base` | b | – |
| `model` | m | base |
| `engine` | e | base, model |
| `engine/mongodb` | d | base, model, engine |
| `main.cpp` | all of it | all |

| library | headers | CMake targets | modules |
|---|---|---|---|
| fmt | `fmt/` | `fmt::fmt` | all |
| libmongoc | `mongoc/`, `bson.h` | `mongoc::mongoc` | engine/mongodb |

| place | why there |
|---|---|
| `main.cpp` | the end |

## Where a secret is revealed
`engine/mongodb`
"""
CLEAN = {
    "ARCHITECTURE.md": DOCUMENT,
    "CMakeLists.txt": "tidegate_module(base LIBS fmt::fmt)\ntidegate_module(model MODULES base)\n"
                      "tidegate_module(engine/mongodb MODULES base engine LIBS mongoc::mongoc)\n",
    "src/base/a.hpp": "#include <fmt/format.h>\n#include <vector>\n// catch (everything)\n",
    "src/model/b.hpp": '#include "base/a.hpp"\nconst char* k = "reveal()"; // reveal()\n',
    "src/engine/e.hpp": '#include "model/b.hpp"\n#include <sys/types.h>\n',
    "src/engine/mongodb/c.cpp": '#include <mongoc/mongoc.h>\n#include "engine/e.hpp"\nauto s = secret.reveal();\n',
    "src/main.cpp": '#include "engine/mongodb/d.hpp"\ntry { } catch (...) { }\n',
    "src/engine/mongodb/d.hpp": "#pragma once\n",
}
VIOLATIONS = [  # what is changed in the clean tree, and what must be said of it
    ("src/base/a.hpp", '#include "model/b.hpp"\n', 'src/base/a.hpp:1: may not include "model/b.hpp"'),
    ("src/engine/e.hpp", '\n#include "engine/mongodb/d.hpp"\n', "src/engine/e.hpp:2: may not include"),
    ("src/model/b.hpp", '#  include <bson.h>\n', "may not include <bson.h>: libmongoc belongs to engine/mongodb"),
    ("src/model/b.hpp", "#include <boost/asio.hpp>\n", "a library without a row"),
    ("src/model/b.hpp", '#include "gone.hpp"\n', "which is no file below src/"),
    ("src/util/x.hpp", "#pragma once\n", "src/util/x.hpp: its folder has no row"),
    ("src/model/b.hpp", "/* no */ try {} catch (const Error&) {}\n", "src/model/b.hpp:1: catches"),
    ("src/model/b.hpp", 'auto x = R"(catch ()"; }\ncatch (int) {}\n', "src/model/b.hpp:2: catches"),
    ("src/engine/e.hpp", "auto x = s.reveal();\n", "src/engine/e.hpp:1: calls reveal()"),
    ("src/main.cpp", "auto x = s.reveal();\n", "src/main.cpp:1: calls reveal()"),
    ("CMakeLists.txt", "tidegate_module(base MODULES model)\n", "base links model, which it may not include"),
    ("CMakeLists.txt", "tidegate_module(model\n  LIBS mongoc::mongoc)\n", "model links mongoc::mongoc"),
    ("CMakeLists.txt", "tidegate_module(web)\n", "module web has no row"),
    ("ARCHITECTURE.md", DOCUMENT + "\n| module | r | m |\n|---|---|---|\n| `http` | h | base |\n", "no src/http"),
    ("ARCHITECTURE.md", "nothing here\n", "cannot be read"),
]


def made_up(directory: str, files: dict[str, str]) -> list[str]:
    root = Path(directory)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return check(root)


def self_test() -> int:
    failures = []
    with tempfile.TemporaryDirectory() as directory:
        found = made_up(directory, CLEAN)
        if found:
            failures.append(f"a clean tree was faulted: {found}")
    for name, text, expected in VIOLATIONS:
        with tempfile.TemporaryDirectory() as directory:
            found = made_up(directory, {**CLEAN, name: text})
            if not any(expected in line for line in found):
                failures.append(f"{name} with {text!r}: expected '{expected}', found {found}")
    for failure in failures:
        print(failure)
    print(f"{len(VIOLATIONS) + 1 - len(failures)} of {len(VIOLATIONS) + 1} cases as expected")
    return 1 if failures else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks the code against the tables in ARCHITECTURE.md.")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test()
    found = check(arguments.root)
    for line in found:
        print(line)
    if not found:
        print("layers: as ARCHITECTURE.md says")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
