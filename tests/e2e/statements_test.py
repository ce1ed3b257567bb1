"""Named statements of the configuration: checked by `config check` and by `serve`, then used."""

import json
import pathlib
import tempfile
import unittest

from service import Service, command, escaped, test_urls

GOOD = """-- name: who
SELECT 'any' AS who
-- on: postgres
SELECT 'postgres' AS who
-- on: mysql
SELECT 'mysql' AS who
-- on: sqlite
SELECT 'sqlite' AS who
"""
BAD = GOOD + """-- name: broken
SELECT 1
-- on: postgres
SELECT no_such FROM nowhere_at_all
-- on: mysql
SELECT no_such FROM nowhere_at_all
-- on: sqlite
SELECT no_such FROM nowhere_at_all
"""


class Statements(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.urls = dict(test_urls(), sqlite="sqlite:" + str(self.folder / "a.db"))

    def configure(self, text):
        file = self.folder / "statements.sql"
        file.write_text(text)
        return {"databases": {kind: {"url": escaped(url), "statements": str(file)}
                              for kind, url in self.urls.items()}}

    def check(self, text, *arguments):
        path = self.folder / "iacdb.json"
        path.write_text(json.dumps(self.configure(text)))
        path.chmod(0o600)
        return command("--config", str(path), "config", "check", *arguments)

    def test_the_check_reads_the_file_and_asks_the_databases(self):
        self.assertEqual((0, "ok, 3 databases\n", ""), self.check(GOOD, "--connect"))
        self.assertEqual(0, self.check(BAD)[0])
        code, out, err = self.check(BAD, "--connect")
        self.assertEqual((2, ""), (code, out))
        lines = err.splitlines()
        self.assertEqual(3, len(lines), err)
        for kind in self.urls:
            self.assertTrue(any(
                line.startswith(f"iacdb: {kind}: {self.folder}/statements.sql:")
                and f": broken for {kind}: " in line and "nowhere_at_all" in line
                for line in lines), err)

    def test_a_mistake_in_the_file_has_its_line(self):
        code, out, err = self.check("-- name: a\nSELECT ?\n-- on: sqlite\nSELECT 1\n")
        self.assertEqual((2, ""), (code, out))
        self.assertIn("statements.sql:4", err)
        self.assertIn("takes 0 parameters, where the statement takes 1 parameter", err)

    def test_the_service_runs_them_or_does_not_start(self):
        with Service(self.configure(GOOD)) as service:
            for kind in self.urls:
                answer = service.ask("POST", f"/v1/databases/{kind}/query",
                                     {"sql": "SELECT 'any'\n AS who"})
                self.assertEqual(200, answer.status, answer.body)
                self.assertIn(kind.encode(), answer.body)
        path = self.folder / "bad.json"
        path.write_text(json.dumps(self.configure(BAD)))
        path.chmod(0o600)
        code, out, err = command("--config", str(path), "serve", "--port", "0")
        self.assertEqual((2, ""), (code, out), err)
        self.assertIn("broken for postgres", err)

    def test_policies_are_checked_too(self):
        path = self.folder / "iacdb.json"
        for policies, code in (({"case": "all"}, 0), ({"case": "some"}, 2), ({"some": "all"}, 2)):
            path.write_text(json.dumps({"databases": {"a": {
                "url": self.urls["sqlite"], "source_dialect": "mysql", "policies": policies}}}))
            path.chmod(0o600)
            done = command("--config", str(path), "config", "check")
            self.assertEqual(code, done[0], done)
        self.assertIn("case, empty-text, week-start", done[2])

    def test_commands_run_before_there_are_tables(self):
        path = self.folder / "bad.json"
        path.write_text(json.dumps(self.configure(BAD)))
        path.chmod(0o600)
        for kind in self.urls:
            code, out, err = command("--config", str(path), "sql", kind, "-c",
                                     "SELECT 'any' AS who")
            self.assertEqual(0, code, err)
            self.assertIn(kind, out)


if __name__ == "__main__":
    unittest.main()
