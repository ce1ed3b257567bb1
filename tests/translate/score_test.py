"""The public corpus: what the command translates, judged by score.py and by sqlglot's trees.

Usage: score_test.py path/to/iacdb

Installs sqlglot in a folder of its own in the cache. Every pair that does not agree needs a line in
exceptions.txt: its id, refused or differs, and why. A line that is no longer true fails too.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

IACDB = ""
HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("IACDB_SHARED_DIR", HERE.parents[2] / "shared"))
CORPUS = SHARED / "data/translation"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "iacdb"
SQLGLOT = "30.30.0"
TRANSPILE_LEAST = 87.0
IDENTITY_LEAST = 99.0


def python_with_sqlglot():
    folder = CACHE / f"sqlglot-{SQLGLOT}"
    if not (folder / "done").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin/pip", "install", "-q", f"sqlglot=={SQLGLOT}"], check=True)
        (folder / "done").touch()
    return folder / "bin/python"


def exceptions():
    lines = (HERE / "exceptions.txt").read_text(encoding="utf-8").splitlines()
    return {line.split()[0]: line.split(None, 2)[1:] for line in lines
            if line and not line.startswith("#")}


class Score(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fails = tempfile.NamedTemporaryFile(suffix=".jsonl")
        command = f"{IACDB} translate --from {{from}} --to {{to}} --batch"
        done = subprocess.run(
            [python_with_sqlglot(), CORPUS / "score.py", "--cmd", command, "--fails",
             cls.fails.name], check=True, capture_output=True, text=True, timeout=900)
        cls.table = done.stdout
        with open(cls.fails.name, encoding="utf-8") as file:
            cls.failed = [json.loads(line) for line in file]

    @classmethod
    def tearDownClass(cls):
        cls.fails.close()

    def percent(self, *words):
        for line in self.table.splitlines():
            if line.split()[:len(words)] == list(words):
                return [float(w[:-1]) for w in line.split() if w.endswith("%")][-1]
        raise AssertionError(f"no line {words} in:\n{self.table}")

    def test_translations(self):
        self.assertGreaterEqual(self.percent("HEADLINE", "transpile"), TRANSPILE_LEAST, self.table)

    def test_identity(self):
        self.assertGreaterEqual(self.percent("TOTAL", "identity"), IDENTITY_LEAST, self.table)

    def test_nothing_differs_silently(self):
        known = exceptions()
        wrong = {f["id"]: f for f in self.failed}
        unknown = [f"{f['id']} {f['read']} to {f['write']}: {f['input'][:200]}"
                   for i, f in wrong.items() if i not in known]
        self.assertEqual([], unknown, "without a line in exceptions.txt")
        self.assertEqual([], [i for i in known if i not in wrong], "these agree by now")


if __name__ == "__main__":
    IACDB = sys.argv.pop(1)
    unittest.main()
