#!/usr/bin/env python3
"""The scripts of ./dev that other things rest on: newcomer.sh on a small checkout, what is shown of ctest, the entries of
ctest, and what is said while a command works."""

import json
import os
import pty
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
README = """# x

```
./dev demo      # see it work
                # (--engine postgresql for the same on PostgreSQL)
./dev test
```

```
./dev not-this
```
"""
# Notes its arguments and surroundings where the test finds them.
DEV = """#!/usr/bin/env bash
set -euo pipefail
source tools/dev/progress.sh
{ echo "$*"; env; ls -A ~ ~/.cargo; } >>"$PIP_NOTES"
work() { sleep 0.1; }
timed packages work
case $1 in
  test)
    mkdir -p build/release/test-results
    echo 'unit 1.50 0.50' >build/release/test-results/a.time
    echo 'unit 2.00 1.00' >build/release/test-results/b.time
    timed tests work ;;
esac
"""


class Newcomer(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = Path(scratch.name)
        for name in ("home/.cargo", "home/.cache/tidegate/bin", "tmp", "checkout/tools/dev"):
            (self.root / name).mkdir(parents=True)
        self.home, self.temporary, self.checkout = self.root / "home", self.root / "tmp", self.root / "checkout"
        (self.home / ".npmrc").write_text("registry=x\n")
        (self.home / ".cargo/config.toml").write_text("[net]\n")
        (self.home / ".cargo/credentials.toml").write_text("[x]\n")
        for name in ("newcomer.sh", "progress.sh"):
            target = self.checkout / "tools/dev" / name
            target.write_bytes((SOURCE / "tools/dev" / name).read_bytes())
            target.chmod(0o755)
        (self.checkout / "README.md").write_text(README)
        self.git("init", "--quiet")
        self.commit(DEV)

    def git(self, *arguments):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@t", *arguments], cwd=self.checkout, check=True)

    def commit(self, dev):
        self.write(dev)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "x")

    def write(self, dev):
        (self.checkout / "dev").write_text(dev)
        (self.checkout / "dev").chmod(0o755)

    def start(self, *arguments):
        # The name of a variable that is passed on, since it could say where packages come from.
        self.notes = self.root / "notes"
        environment = {"PATH": f"{self.home}/.cache/tidegate/bin:{os.environ['PATH']}", "HOME": str(self.home),
                       "TMPDIR": str(self.temporary), "PIP_NOTES": str(self.notes), "CCACHE_DIR": "/warm",
                       "PIP_CACHE_DIR": "/warm", "https_proxy": "http://proxy.example", "TIDEGATE_CONFIG": "/warm"}
        return subprocess.Popen([self.checkout / "tools/dev/newcomer.sh", *arguments], env=environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run_it(self, *arguments):
        process = self.start(*arguments)
        self.out, self.err = process.communicate(timeout=120)
        return process.returncode

    def expect_nothing_left(self):
        self.assertEqual([each.name for each in self.temporary.iterdir()], [])

    def expect_ended(self):
        """The process that `dev` has started. One that init has not taken note of yet has no command line."""
        path = Path("/proc", (self.root / "pid").read_text().strip(), "cmdline")
        self.assertEqual(path.read_text() if path.exists() else "", "")

    def commands(self):
        return [line for line in self.notes.read_text().splitlines() if line.startswith(("demo", "test", "not"))]

    def test_runs_the_commands_of_the_readme_and_the_demo_on_postgresql(self):
        self.assertEqual(self.run_it(), 0, self.err)
        self.assertEqual(self.commands(), ["demo", "demo --engine postgresql", "test"])
        self.expect_nothing_left()

    def test_runs_the_demo_alone(self):
        self.assertEqual(self.run_it("--demo"), 0, self.err)
        self.assertEqual(self.commands(), ["demo", "demo --engine postgresql"])

    def test_prints_the_time_of_each_part_and_of_tests_by_label(self):
        self.run_it()
        rows = {line[:34].strip(): line[34:].split() for line in self.out.splitlines()}
        self.assertEqual(rows["unit (side by side)"], ["3.5", "1.5"])
        for row in ("./dev demo", "packages", "demo", "./dev test", "tests"):
            self.assertIn(row, rows)
        self.assertGreater(float(rows["tests"][0]), 0)

    def test_has_an_empty_home_and_no_cache_but_knows_where_packages_come_from(self):
        self.run_it("--demo")
        notes = self.notes.read_text()
        self.assertNotIn("/warm", notes)
        self.assertNotIn(str(self.home / ".cache"), notes)
        self.assertNotIn("credentials", notes)
        self.assertIn("https_proxy=http://proxy.example", notes)
        self.assertIn(f"NPM_CONFIG_USERCONFIG={self.home}/.npmrc", notes)
        self.assertIn("\nconfig.toml\n", notes)

    def test_takes_the_commit_or_with_tree_the_files_as_they_are(self):
        self.write(DEV.replace("set -euo", "exit 9; set -euo"))
        self.assertEqual(self.run_it("--demo"), 0, self.err)
        self.assertNotEqual(self.run_it("--demo", "--tree"), 0)
        self.assertIn("'./dev demo' ended with exit code 9", self.err)

    def test_keeps_the_log_of_a_failure_and_nothing_else(self):
        self.commit(DEV + "echo all went wrong\nexit 3\n")
        self.assertEqual(self.run_it(), 1)
        self.assertIn("all went wrong", self.err)
        logs = list(self.temporary.iterdir())
        self.assertEqual([each.suffix for each in logs], [".log"])
        self.assertIn(f"the whole log is {logs[0]}", self.err)

    def test_fails_when_a_command_leaves_a_process_and_ends_it(self):
        self.commit(DEV + f"setsid sleep 300 </dev/null >/dev/null 2>&1 &\necho $! >{self.root}/pid\n")
        self.assertEqual(self.run_it("--demo"), 1)
        self.assertIn("left processes running: sleep 300", self.err)
        self.expect_ended()

    def test_fails_when_the_demo_leaves_a_file(self):
        self.commit(DEV + "touch $TMPDIR/left\n")
        self.assertEqual(self.run_it("--demo"), 1)
        self.assertIn("left files in its temporary directory", self.err)

    def test_ends_everything_at_a_signal(self):
        self.commit(DEV + f"setsid sleep 300 &\necho $! >{self.root}/pid\nsleep 300\n")
        process = self.start("--demo")
        while not (self.root / "pid").exists() or not (self.root / "pid").read_text():
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 143)
        self.expect_ended()

    def test_fails_when_the_readme_has_no_demo(self):
        (self.checkout / "README.md").write_text("```\n./dev test\n```\n")
        self.commit(DEV)
        self.assertEqual(self.run_it(), 1)
        self.assertIn("has no './dev demo'", self.err)


SUMMARY = "\n100% tests passed, 0 tests failed out of 2\n\nTotal Test time (real) =   4.00 sec\n"


class ShownTests(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.results = Path(scratch.name)

    def shown(self, text):
        return subprocess.run([SOURCE / "tools/dev/show_tests.py", self.results], input=text, capture_output=True,
                              text=True, check=True).stdout

    def test_puts_the_slowest_tests_before_the_summary_which_stays_the_end(self):
        suite = [{"name": f"Case{n}", "time": f"{n}.5s"} for n in range(12)]
        (self.results / "e2e_kill.json").write_text(
            json.dumps({"testsuites": [{"name": "Killed", "testsuite": suite}]}))
        shown = self.shown("    Start 1: e2e_kill\n1/2 Test #1: e2e_kill ....   Passed   99.00 sec\n"
                           "2/2 Test #2: cron ........   Passed   11.00 sec\n" + SUMMARY)
        self.assertTrue(shown.endswith(SUMMARY), shown)
        listed = shown.split("the slowest tests:\n")[1].split("\n\n")[0].splitlines()
        self.assertEqual(len(listed), 10)
        self.assertEqual(listed[0].split(), ["11.5", "s", "e2e_kill", "Killed.Case11"])
        self.assertEqual(listed[1].split(), ["11.0", "s", "cron"])

    def test_shows_each_result_and_what_a_failed_test_said(self):
        shown = self.shown("1/2 Test #1: a ....***Failed    0.10 sec\nwhat it said\n")
        self.assertIn("1/2 Test #1: a ....***Failed    0.10 sec   [0:00]\nwhat it said\n", shown)

    def test_passes_on_a_line_that_has_no_end(self):
        self.assertEqual(self.shown("Errors while running CTest"), "Errors while running CTest")


class ShownProgress(unittest.TestCase):
    SCRIPT = ('say() { echo "dev: $*" >&2; }; source tools/dev/progress.sh; '
              'with_progress "getting it" sh -c "sleep 0.6; exit $1"; echo "code $?" >&2')

    def shown(self, code, terminal):
        ours, theirs = pty.openpty()
        process = subprocess.Popen(["bash", "-c", self.SCRIPT, "bash", str(code)], cwd=SOURCE,
                                   env={**os.environ, "LC_ALL": "C"},
                                   stderr=theirs if terminal else subprocess.PIPE)
        if not terminal:
            os.close(theirs)
            os.close(ours)
            return process.communicate()[1].decode()
        process.wait()
        os.close(theirs)
        text = os.read(ours, 65536).decode()
        os.close(ours)
        return text

    def test_is_one_plain_line_where_there_is_no_terminal(self):
        self.assertEqual(self.shown(3, terminal=False), "dev: getting it\ncode 3\n")

    def test_is_a_live_line_on_a_terminal_and_keeps_the_exit_code(self):
        shown = self.shown(4, terminal=True)
        self.assertIn("\r\x1b[Kdev: getting it | 0 s", shown)
        self.assertIn("dev: getting it: ", shown)
        self.assertTrue(shown.endswith("code 4\r\n"), shown)


if __name__ == "__main__":
    sys.exit(unittest.main())
