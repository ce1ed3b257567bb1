"""The command `iacdb translate` as a user runs it. Usage: command_test.py path/to/iacdb"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

IACDB = ""


def run(*arguments, text="", code=0):
    done = subprocess.run([IACDB, "translate", *arguments], input=text.encode(),
                          capture_output=True, timeout=60)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == code, f"exit {done.returncode}, wanted {code}: {out}{err}"
    return out, err


def batch(lines, *arguments):
    text = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)
    out, _ = run("--batch", *arguments, text=text)
    return [json.loads(line) for line in out.splitlines()]


class Statements(unittest.TestCase):
    def test_a_statement_of_the_command_line(self):
        out, err = run("--from", "mysql", "--to", "postgres", "-c", "SELECT IFNULL(a, 1) FROM t")
        self.assertEqual("SELECT COALESCE(a, 1) FROM t;\n", out)
        self.assertEqual("", err)

    def test_standard_input_and_names(self):
        for name in ("mysql", "mariadb"):
            for to in ("postgres", "postgresql"):
                out, _ = run("--from", name, "--to", to, text="select `a` from t")
                self.assertEqual("SELECT a FROM t;\n", out)
        for to in ("tsql", "mssql", "sqlserver"):
            out, _ = run("--from", "sqlite", "--to", to, "-c", "select a from t limit 1")
            self.assertIn("TOP 1", out)

    def test_a_refused_statement_says_where_and_writes_nothing(self):
        script = "SELECT 1;\n\nSELECT a FROM t\n  WHERE a ==> 2;\n"
        out, err = run("--from", "mysql", "--to", "postgres", text=script, code=1)
        self.assertEqual("", out)
        self.assertRegex(err, r"^iacdb: line 4:\d+: syntax: ")

    def test_lossy_makes_a_warning_of_what_strict_refuses(self):
        sql = "CREATE TABLE t (a TIMESTAMP DEFAULT NOW() ON UPDATE NOW())"
        _, err = run("--from", "mysql", "--to", "oracle", "-c", sql, code=1)
        self.assertIn("on-update", err)
        out, err = run("--from", "mysql", "--to", "oracle", "--lossy", "-c", sql)
        self.assertIn("CREATE TABLE t", out)
        self.assertIn("iacdb: warning: line 1:1: on-update: ", err)

    def test_policies_say_what_is_meant(self):
        sql = "SELECT 1 FROM t WHERE d = '0000-00-00'"
        _, err = run("--from", "mysql", "--to", "postgres", "-c", sql, code=1)
        self.assertIn("zero-dates", err)
        out, _ = run("--from", "mysql", "--to", "postgres", "--policy", "zero-dates=null",
                     "--policy", "case=target", "-c", sql)
        self.assertEqual("SELECT 1 FROM t WHERE d IS NULL;\n", out)
        for wrong in ("zero-dates", "zero-dates=some", "some=null"):
            _, err = run("--from", "mysql", "--to", "postgres", "--policy", wrong, "-c", sql,
                         code=2)
            self.assertIn("--policy", err)
        self.assertIn("week-start = session|monday", run("--help")[0])

    def test_explain_names_the_rules(self):
        _, err = run("--from", "tsql", "--to", "sqlite", "--explain", "-c",
                     "select isnull(a, 1) from t")
        self.assertRegex(err, r"^iacdb: rules: line 1:1: .*read-functions")

    def test_target_versions(self):
        sql = "SELECT a IS DISTINCT FROM b FROM t"
        old, _ = run("--from", "postgres", "--to", "tsql:2016", "-c", sql)
        new, _ = run("--from", "postgres", "--to", "tsql:2022", "-c", sql)
        self.assertIn("INTERSECT", old)
        self.assertIn("IS DISTINCT FROM", new)
        run("--from", "postgres", "--to", "oracle:11", "-c", "SELECT 1")
        run("--from", "postgres", "--to", "oracle:19c", "-c", "SELECT 1")

    def test_usage(self):
        for arguments in (["--from", "mysql"], ["--from", "klingon", "--to", "mysql"],
                          ["--from", "mysql", "--to", "oracle:x"],
                          ["--from", "mysql", "--to", "oracle", "no-such-file.sql"],
                          ["--from", "mysql", "--to", "oracle", "--batch", "-c", "select 1"],
                          ["--from", "mysql", "--to", "oracle", "--strict", "--lossy"]):
            _, err = run(*arguments, code=2)
            self.assertNotEqual("", err)


class Scripts(unittest.TestCase):
    def test_a_script_keeps_its_comments_and_order(self):
        script = ("-- the shop\nCREATE TABLE `t` (a INT /* key */ PRIMARY KEY); # first\n\n\n"
                  "/* rows */\nINSERT INTO t VALUES (1);\n")
        out, _ = run("--from", "mysql", "--to", "postgres", text=script)
        self.assertEqual("-- the shop\nCREATE TABLE t (a INT PRIMARY KEY) /* key */; --  first\n\n"
                         "/* rows */\nINSERT INTO t VALUES (1);\n", out)

    def test_scripts_are_split_as_their_clients_do(self):
        out, _ = run("--from", "tsql", "--to", "sqlite",
                     text="SELECT 1 AS a\nGO\nSELECT ';' AS b\nGO 2\n")
        self.assertEqual("SELECT 1 AS a;\nSELECT ';' AS b;\nSELECT ';' AS b;\n", out)
        out, _ = run("--from", "postgres", "--to", "mysql", text="SELECT $$a;b$$; SELECT 2;")
        self.assertEqual("SELECT 'a;b';\nSELECT 2;\n", out)
        out, _ = run("--from", "mysql", "--to", "postgres",
                     text="DELIMITER //\nSELECT 1//\nDELIMITER ;\nSELECT 2;")
        self.assertEqual("SELECT 1;\nSELECT 2;\n", out)

    def test_bodies_pass_to_their_own_dialect_and_are_refused_elsewhere(self):
        body = "CREATE PROCEDURE p()\nBEGIN\n  SELECT 1;\n  SELECT 2;\nEND"
        script = f"DELIMITER //\n{body}//\nDELIMITER ;\n"
        out, _ = run("--from", "mysql", "--to", "mysql", text=script)
        self.assertEqual(script, out)
        _, err = run("--from", "mysql", "--to", "postgres", text=script, code=1)
        self.assertIn("line 2:1: unsupported: ", err)
        self.assertEqual(1, err.count("\n"))

    def test_definitions_inform_what_follows(self):
        script = ("CREATE TABLE t (id INT PRIMARY KEY, n INT);"
                  "INSERT INTO t VALUES (1, 1) ON DUPLICATE KEY UPDATE n = 2;")
        out, _ = run("--from", "mysql", "--to", "postgres", text=script)
        self.assertIn("ON CONFLICT (id) DO UPDATE", out)
        _, err = run("--from", "mysql", "--to", "postgres", text=script.split(";")[1], code=1)
        self.assertIn("schema", err)

    def test_an_output_file_is_written_whole_or_not_at_all(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "out.sql")
            run("--from", "mysql", "--to", "sqlite", "-o", path, "-c", "SELECT 1")
            with open(path, encoding="utf-8") as file:
                self.assertEqual("SELECT 1;\n", file.read())
            run("--from", "mysql", "--to", "sqlite", "-o", path, "-c", "SELECT (", code=1)
            with open(path, encoding="utf-8") as file:
                self.assertEqual("SELECT 1;\n", file.read())
            self.assertEqual(["out.sql"], os.listdir(folder))


class Batches(unittest.TestCase):
    def test_answers_come_in_order(self):
        got = batch([{"id": n, "sql": f"SELECT {n}"} for n in range(50)],
                    "--from", "mysql", "--to", "oracle")
        self.assertEqual(list(range(50)), [answer["id"] for answer in got])
        self.assertEqual({"id": 7, "sql": "SELECT 7", "warnings": []}, got[7])

    def test_what_cannot_be_read_is_an_answer_too(self):
        got = batch(["this is no JSON\n", "[1]\n", {"id": "a"}, {"id": "b", "sql": "SELECT (\n 1"},
                     {"id": "c", "sql": "SELECT 1"}], "--from", "mysql", "--to", "sqlite")
        self.assertEqual([None, None, "a", "b", "c"], [answer["id"] for answer in got])
        for answer in got[:3]:
            self.assertEqual("input", answer["error"]["code"])
        self.assertEqual("syntax", got[3]["error"]["code"])
        self.assertEqual(2, got[3]["error"]["line"])
        self.assertEqual("SELECT 1", got[4]["sql"])

    def test_one_statement_may_become_several(self):
        sql = "CREATE TABLE t (a INT, KEY k (a))"
        got = batch([{"id": 1, "sql": sql}], "--from", "mysql", "--to", "postgres")[0]
        self.assertEqual(2, len(got["statements"]))
        self.assertEqual(0, got["answer"])
        self.assertEqual(";\n".join(got["statements"]), got["sql"])

    def test_places_count_within_the_text(self):
        got = batch([{"id": 1, "sql": "SELECT 1;\nSELECT (2 FROM t"}],
                    "--from", "postgres", "--to", "mysql")[0]
        self.assertEqual((2, 11), (got["error"]["line"], got["error"]["column"]))


class Schemas(unittest.TestCase):
    UPSERT = "INSERT INTO t VALUES (1, 1) ON DUPLICATE KEY UPDATE n = 2"

    def test_a_script_a_database_and_a_catalogue_say_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            ddl = os.path.join(folder, "t.sql")
            with open(ddl, "w", encoding="utf-8") as file:
                file.write("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL);")
            saved = os.path.join(folder, "t.json")
            base = os.path.join(folder, "t.db")
            subprocess.run([IACDB, "sql", "--url", f"sqlite:{base}", "-f", ddl], check=True,
                           capture_output=True)
            arguments = ("--from", "mysql", "--to", "postgres", "-c", self.UPSERT)
            run(*arguments, code=1)
            wanted, _ = run(*arguments, "--schema", ddl)
            self.assertIn("ON CONFLICT (id) DO UPDATE SET n = 2", wanted)
            from_base, _ = run(*arguments, "--schema", f"sqlite:{base}", "--save-schema", saved)
            self.assertEqual(wanted, from_base)
            from_saved, _ = run(*arguments, "--schema", saved)
            self.assertEqual(wanted, from_saved)

    def test_a_broken_catalogue_is_told(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write('{"tables": [{"columns": []}]}')
            file.flush()
            _, err = run("--from", "mysql", "--to", "postgres", "--schema", file.name, "-c",
                         "SELECT 1", code=2)
            self.assertIn("saved catalogue", err)


if __name__ == "__main__":
    IACDB = sys.argv.pop(1)
    unittest.main()
