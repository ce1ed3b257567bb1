#!/usr/bin/env python3
"""`iacdb sql` without a terminal: commands, files, standard input, and the formats."""

import csv
import io
import json
import os
import subprocess
import unittest
from pathlib import Path

from databases import IACDB, OnDatabase, on_every_database


class Scripts(OnDatabase):
    def test_commands_run_in_order(self):
        done = self.run_sql("--no-header", "-c", "select 1; select 2", "-c", "select 3")
        self.assertEqual(done.stdout.split(), ["1", "2", "3"])
        self.assertEqual(done.returncode, 0)

    def test_backslash_commands_run_too(self):
        done = self.run_sql("-c", "\\d shell_people", "-c", "\\x", "-c", "select 1 as one \\g")
        self.assertIn("score", done.stdout)
        self.assertIn("RECORD 1", done.stdout)

    def test_an_error_names_the_line_and_ends_the_script(self):
        script = Path(self.folder, "script.sql")
        script.write_text("select 'before';\n\n-- words\nselect * from shell_nothing;\n"
                          "select 'after';\n")
        done = self.run_sql("-f", str(script))
        self.assertEqual(done.returncode, 1)
        self.assertIn("before", done.stdout)
        self.assertNotIn("after", done.stdout)
        self.assertIn(f"{script}:4", done.stderr)
        done = self.run_sql("--keep-going", "-f", str(script))
        self.assertEqual(done.returncode, 1)
        self.assertIn("after", done.stdout)
        self.assertIn(f"{script}:4", done.stderr)
        done = self.run_sql(text=script.read_text())
        self.assertIn("line 4", done.stderr)
        if self.kind == "postgres":  # It says where in the statement.
            script.write_text("select 1;\nselect 2,\n  nothing;\n")
            done = self.run_sql("-f", str(script))
            self.assertIn(f"({script}:3, column 3)", done.stderr)

    def test_a_missing_file_or_command_is_an_error(self):
        done = self.run_sql("-f", "/nonexistent.sql")
        self.assertEqual(done.returncode, 2)
        self.assertIn("/nonexistent.sql", done.stderr)
        self.assertEqual(self.run_sql("-c", "\\nothing").returncode, 2)

    def test_single_transaction(self):
        script = "insert into shell_orders values (50, 1, null);\nselect * from shell_nothing;\n"
        done = self.run_sql("--single-transaction", text=script)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(self.sql("select id from shell_orders where id = 50;").count("50"), 0)
        self.run_sql("--single-transaction", text=script.split("\n")[0], check=True)
        self.assertEqual(self.sql("select id from shell_orders where id = 50;").count("50"), 1)

    def test_notices_are_shown_beside_the_results(self):
        done = self.run_sql("-c", "drop table if exists shell_nothing; select 7 as seven")
        self.assertIn("7", done.stdout)
        self.assertNotIn("shell_nothing", done.stdout)
        if self.kind != "sqlite":  # SQLite remarks nothing.
            self.assertRegex(done.stderr, r"NOT(IC)?E:  .*shell_nothing")

    def test_the_last_statement_needs_no_semicolon(self):
        self.assertIn("Ada", self.run_sql(text="select name from shell_people where id = 1").stdout)

    def test_read_only(self):
        done = self.run_sql("--read-only", "-c", "delete from shell_orders where id = 10")
        self.assertEqual(done.returncode, 1)
        self.assertIn("read-only", done.stderr)
        self.assertIn("10", self.sql("select id from shell_orders;"))

    def test_variables(self):
        done = self.run_sql("-v", "who=1", "-c", "select name from shell_people where id = :who")
        self.assertIn("Ada", done.stdout)

    def test_conditions(self):
        script = ("\\set big 1\nselect\n\\if :{?big}\n\\if off\n'no'\n\\else\n'kept'\n\\endif\n"
                  "\\elif nonsense\n'no'\n\\else\n'no'; select 'neither'\n\\endif\n as word;\n"
                  "\\if 0\n\\i nothing\n\\q\nselect broken\n\\endif\n"
                  "\\prompt answer\nthe next line\n\\echo :answer\n")
        done = self.run_sql("--format", "csv", text=script, check=True)
        self.assertEqual(done.stdout.replace("\r", ""), "word\nkept\nthe next line\n")
        for wrong, said in (("\\if on\nselect 1;\n", "\\endif of its \\if"),
                            ("\\else\n", "no \\if before"),
                            ("\\if maybe\n\\endif\n", "true or false"),
                            ("\\if on\n\\else\n\\elif on\n\\endif\n", "after \\else")):
            done = self.run_sql(text=wrong)
            self.assertEqual(done.returncode, 2, wrong)
            self.assertIn(said, done.stderr)

    def test_inline_data(self):
        done = self.run_sql(text="\\copy shell_people(id, name) from stdin\n60\tsixty\n61\t\\N\n"
                                 "\\.\nselect count(*) from shell_people where id >= 60;\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("COPY 2", done.stdout)

    def test_a_copy_that_fails_keeps_nothing(self):
        source = Path(self.folder, "bad.csv")
        source.write_text("70,a,1\n71,b,2\n70,again,3\n")
        done = self.run_sql("-c", f"\\copy shell_people from '{source}' csv")
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("70", self.sql("select id from shell_people;"))

    def test_bodies_of_functions_and_triggers(self):
        script = {
            "sqlite": "drop table if exists shell_log;\ncreate table shell_log (id integer);\n"
            "create trigger shell_trigger after insert on shell_orders begin\n"
            "  insert into shell_log values (new.id);\n  insert into shell_log values (0);\nend;\n"
            "insert into shell_orders values (80, 1, null);\nselect count(*) from shell_log;\n",
            "postgres": "create or replace function shell_two() returns integer as $body$\n"
            "begin\n  perform 1;\n  return 2;\nend $body$ language plpgsql;\nselect shell_two();\n",
            "mariadb": "drop procedure if exists shell_two;\ndelimiter //\n"
            "create procedure shell_two()\nbegin\n  select 1;\n  select 2;\nend//\ndelimiter ;\n"
            "call shell_two();\n",
        }[self.kind]
        done = self.run_sql("--no-header", "-q", text=script)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("2", done.stdout.split())


class Formats(OnDatabase):
    QUERY = "select id, name, score from shell_people order by id"

    def setUp(self):
        super().setUp()
        self.sql("insert into shell_people values (4, 'q\"uote, and\nline', 12345678.90), "
                 "(5, '', 0);")

    def test_csv(self):
        done = self.run_sql("--format", "csv", "-c", self.QUERY)
        rows = list(csv.reader(io.StringIO(done.stdout)))
        self.assertEqual(rows[0], ["id", "name", "score"])
        self.assertEqual(rows[4][1], 'q"uote, and\nline')
        self.assertEqual(rows[4][2], "12345678.9" if self.kind == "sqlite" else "12345678.90")
        self.assertIn("\n3,,\n", done.stdout)
        self.assertIn('\n5,"",', done.stdout)

    def test_csv_holds_nothing_but_rows(self):
        done = self.run_sql("--format", "csv", "-c",
                            "update shell_people set score = 1 where id = 1; select 1 as one")
        self.assertEqual(done.stdout, "one\n1\n")

    def test_json(self):
        rows = json.loads(self.run_sql("--format", "json", "-c", self.QUERY).stdout)
        self.assertEqual(rows[0]["name"], "Ada")
        self.assertEqual(rows[1]["name"], "日本語")
        self.assertIsNone(rows[2]["name"])
        self.assertEqual(rows[3]["name"], 'q"uote, and\nline')
        self.assertEqual(json.loads(self.run_sql("--format", "json", "-c",
                                                 "select 1 as one where 1 = 0").stdout), [])

    def test_markdown(self):
        done = self.run_sql("--format", "md", "-c", "select 'a|b' as x, 2 as y")
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0].count("|"), 3)
        self.assertIn("a\\|b", lines[2])

    def test_null_text(self):
        done = self.run_sql("--null", "(none)", "-c", "select name from shell_people where id = 3")
        self.assertIn("(none)", done.stdout)

    def test_numbers_without_loss(self):
        done = self.run_sql("--format", "csv", "-c", "select 9223372036854775807 as big")
        self.assertEqual(done.stdout, "big\n9223372036854775807\n")
        if self.kind != "sqlite":
            digits = "12345678901234567890.123456789"
            done = self.run_sql("--format", "csv", "-c",
                                f"select cast('{digits}' as decimal(38, 9)) as exact")
            self.assertEqual(done.stdout, f"exact\n{digits}\n")

    def test_bytes(self):
        literal = "'\\x00ff41'::bytea" if self.kind == "postgres" else "x'00ff41'"
        for format_name in ("csv", "json", "table"):
            done = self.run_sql("--format", format_name, "-c", f"select {literal} as b")
            self.assertIn("x00ff41", done.stdout)

    def test_rows_stream(self):
        rows = {
            "sqlite": "with recursive n(i) as (select 1 union all select i + 1 from n where "
            "i < 400000) select i, 'some text to make it long enough ' || i as t from n",
            "postgres": "select i, 'some text to make it long enough ' || i as t from "
            "generate_series(1, 400000) i",
            "mariadb": "select seq, concat('some text to make it long enough ', seq) as t from "
            "seq_1_to_400000",
        }[self.kind]
        for format_name in ("csv", "json"):
            with subprocess.Popen(self.command("--format", format_name, "-c", rows),
                                  stdout=subprocess.PIPE) as child:
                lines = sum(1 for _ in child.stdout)
                _, status, usage = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(child.returncode, 0)
            self.assertGreaterEqual(lines, 400000)
            self.assertLess(usage.ru_maxrss, 100_000, "kilobytes; the rows alone have 18 MB")


for case in (Scripts, Formats):
    on_every_database(globals(), case)


class PostgresDumps(OnDatabase, unittest.TestCase):
    kind = "postgres"

    def test_copy_from_stdin_in_a_script(self):
        done = self.run_sql(text="copy shell_people (id, name) from stdin;\n60\t'; drop\n61\t\\N\n"
                                 "\\.\nselect count(*) from shell_people where id > 59;\n"
                                 "copy (select id from shell_people where id > 59 order by id) to "
                                 "stdout;\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("COPY 2", done.stdout)
        self.assertIn("60\n61\n", done.stdout)

    def test_operators_with_question_marks(self):
        done = self.run_sql("--no-header", "-c", "select '{\"a\":1}'::jsonb ? 'a', "
                                                 "'{\"a\":1}'::jsonb ?| array['b'], '?'")
        self.assertEqual(done.stdout.split(), ["true", "|", "false", "|", "?"])


class Passwords(unittest.TestCase):
    def test_a_password_on_the_command_line_is_warned_about(self):
        done = subprocess.run([IACDB, "sql", "--url", "postgres://u:secret@127.0.0.1:1/x", "-c",
                               "select 1"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 4)
        self.assertIn("warning: a password on the command line", done.stderr)
        self.assertNotIn("secret", done.stderr)


if __name__ == "__main__":
    unittest.main()
