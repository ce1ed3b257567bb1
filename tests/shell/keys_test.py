#!/usr/bin/env python3
"""The prompt of `iacdb sql` in a pseudo-terminal: its keys, Tab, and its guards."""

import re
import stat
import time
import unittest
from pathlib import Path

from databases import IACDB, on_every_database
from prompt import Prompt
from terminal import DOWN, ENTER, HOME, LEFT, PROMPT, TAB, UP, Terminal, ctrl


class Keys(Prompt):
    def test_a_statement_takes_several_lines(self):
        t = self.start()
        t.keys("select id," + ENTER)
        t.expect(r"-> ")
        t.keys("  name from shell_people" + ENTER)
        t.expect(r"-> ")
        t.keys("where id = 1;" + ENTER)
        shown = t.expect(r"\(1 row\)")
        self.assertIn("Ada", shown)

    def test_the_prompt_shows_what_is_open(self):
        t = self.start()
        t.keys("select 'a" + ENTER)
        t.expect(r"'> ")
        t.keys("b'," + ENTER)
        t.expect(r"-> ")
        t.keys("(1" + ENTER)
        t.expect(r"\(> ")
        t.keys(") /* words" + ENTER)
        t.expect(r"\*> ")
        t.keys("*/;" + ENTER)
        t.expect(r"\(1 row\)")

    def test_a_transaction_shows_in_the_prompt(self):
        t = self.start()
        t.keys("begin;" + ENTER)
        t.expect(r"=\*> ")
        t.keys("delete from shell_orders where id = 10;" + ENTER)
        t.expect(r"=\*> ")
        t.line("rollback;")
        self.assertIn("10", t.line("select id from shell_orders;"))

    def test_up_and_down_walk_the_history(self):
        t = self.start()
        t.line("select 111 as first;")
        t.line("select 222 as second;")
        t.keys(UP + UP + ENTER)
        self.assertIn("111", t.expect(r"\n" + PROMPT))
        t.keys(UP + UP + DOWN + ENTER)
        t.expect(r"\(1 row\)")

    def test_a_statement_of_several_lines_is_one_entry(self):
        t = self.start()
        t.keys("select 1 +" + ENTER)
        t.expect(r"-> ")
        t.line("2 as three;")
        t.keys(UP + ENTER)
        self.assertIn("three", t.expect(r"\(1 row\)"))

    def test_history_survives_and_is_private(self):
        state = Path(self.folder, f"state-{time.monotonic_ns()}")
        environment = {"XDG_STATE_HOME": str(state)}
        t = self.start(environment=environment)
        t.line("select 4711 as kept;")
        t.line(" select 1 as hidden;")
        t.line("select 'x' as password;")
        t.keys(ctrl("d"))
        self.assertEqual(t.expect_end()[0], 0)
        history = state / "iacdb/history"
        self.assertEqual(stat.S_IMODE(history.stat().st_mode), 0o600)
        text = history.read_text()
        self.assertNotIn("hidden", text)
        self.assertNotIn("password", text)
        t = self.start(environment=environment)
        t.keys(UP + ENTER)
        self.assertIn("4711", t.expect(r"\(1 row\)"))

    def test_two_shells_share_a_history(self):
        state = Path(self.folder, f"state-{time.monotonic_ns()}")
        environment = {"XDG_STATE_HOME": str(state)}
        first, second = (self.start(environment=environment) for _ in range(2))
        first.line("select 1001;")
        second.line("select 1002;")
        first.line("select 1003;")
        for t in (second, first):
            t.keys(ctrl("d"))
            self.assertEqual(t.expect_end()[0], 0)
        kept = re.findall(r"100\d", (state / "iacdb/history").read_text())
        self.assertEqual(kept, ["1001", "1002", "1003"])

    def test_ctrl_r_searches_the_history(self):
        t = self.start()
        t.line("select 'needle' as found;")
        t.line("select 2;")
        t.keys(ctrl("r") + "needle")
        t.expect("needle")
        t.keys(ENTER)
        self.assertIn("found", t.expect(r"\(1 row\)"))

    def test_editing_keys(self):
        t = self.start()
        t.keys("elect 5 as five" + ctrl("a") + "s" + ctrl("e") + ";" + ENTER)
        self.assertIn("five", t.expect(r"\(1 row\)"))
        t.expect(PROMPT)
        t.keys("rubbish" + ctrl("u") + "select 6 as six;" + ENTER)
        self.assertIn("six", t.expect(r"\(1 row\)"))
        t.expect(PROMPT)
        t.keys("select 7 as seven rubbish.words" + ctrl("w") + ";" + ENTER)
        self.assertIn("seven", t.expect(r"\(1 row\)"))
        t.expect(PROMPT)
        t.keys("select 8 as eight; junk" + LEFT * 5 + ctrl("k") + ENTER)
        self.assertIn("eight", t.expect(r"\(1 row\)"))
        t.expect(PROMPT)
        t.keys("ect 9 as nine;" + HOME + "sel" + ENTER)
        self.assertIn("nine", t.expect(r"\(1 row\)"))

    def test_a_paste_of_several_lines_is_one_line(self):
        t = self.start()
        t.keys("\x1b[200~select 'tab\there' as a,\r2 as b;\x1b[201~")
        t.keys(ENTER)
        self.assertIn("\\t", t.expect(r"\(1 row\)"))

    def test_ctrl_c_at_the_prompt_clears_the_line(self):
        t = self.start()
        t.keys("select broken" + ENTER)
        t.expect("-> ")
        t.keys("more" + ctrl("c"))
        t.expect(PROMPT)
        self.assertIn("(1 row)", t.line("select 1;"))

    def test_ctrl_c_cancels_what_runs(self):
        t = self.start()
        t.line("create temporary table shell_kept (id integer);")
        t.keys(self.slow_statement() + ENTER)
        t.expect(r"\n")
        self.wait_until_running(t)
        t.keys(ctrl("c"))
        t.expect(r"iacdb: .*" + PROMPT)
        # The same session goes on.
        self.assertIn("(1 row)", t.line("select count(*) from shell_kept;"))

    def test_ctrl_c_keeps_the_transaction(self):
        if self.kind == "postgres":
            return self.check_failed_transaction()
        t = self.start()
        t.line("begin;")
        t.line("insert into shell_orders values (77, 1, 'kept');")
        t.keys(self.slow_statement() + ENTER)
        t.expect(r"\n")
        self.wait_until_running(t)
        t.keys(ctrl("c"))
        t.expect(r"iacdb: .*=\*> ")
        t.line("commit;")
        self.assertIn("77", self.sql("select id from shell_orders where id = 77;"))
        return None

    def check_failed_transaction(self):
        t = self.start()
        t.line("begin;")
        t.keys("select pg_sleep(600);" + ENTER)
        t.expect(r"\n")
        self.wait_until_running(t)
        t.keys(ctrl("c"))
        t.expect(r"iacdb: .*=!> ")
        t.line("rollback;")
        self.assertIn("(1 row)", t.line("select 1;"))

    def wait_until_running(self, t):
        """The server shows the statement; SQLite has no server, its program uses the processor."""
        if self.kind == "sqlite":
            return self.wait_until_busy(t.pid)
        query = {
            "postgres": "select count(*) from pg_stat_activity where query like "
            "'select pg_sleep(600)%' and state = 'active';",
            "mariadb": "select count(*) from information_schema.processlist where info like "
            "'select sleep(600)%';",
        }[self.kind]
        until = time.monotonic() + 60
        while self.run_sql("--no-header", "-c", query).stdout.strip() == "0":
            self.assertLess(time.monotonic(), until)

    def wait_until_busy(self, pid):
        """20 ticks of processor time are more than reading and sending a line takes."""
        def ticks():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            return int(fields[11]) + int(fields[12])

        start, until = ticks(), time.monotonic() + 60
        while ticks() < start + 20:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.02)

    def test_ctrl_d_and_q_end_it(self):
        for keys in (ctrl("d"), "\\q" + ENTER, "quit_is_not_sql \\q" + ENTER):
            t = self.start()
            t.keys(keys)
            self.assertEqual(t.expect_end()[0], 0)


class Completion(Prompt):
    def completed(self, typed):
        """What the statement being typed has become after Tab, by \\p."""
        t = self.start()
        t.keys(typed + TAB + ENTER)
        t.expect(r"[-(]> ")
        t.keys("\\p" + ENTER)
        shown = t.expect(r"[-(]> ")
        return shown.replace("\r", "").split("\n")[1]

    def test_keywords(self):
        self.assertEqual(self.completed("sel"), "select")
        self.assertEqual(self.completed("INS"), "INSERT")

    def test_tables_after_from(self):
        t = self.start()
        t.keys("select * from shell_p" + TAB + "where id = 1;" + ENTER)
        self.assertIn("Ada", t.expect(r"\(1 row\)"))

    def test_columns_of_the_tables_named(self):
        for typed, wanted in (
            ("select * from shell_people where sc", "score"),
            ("select * from shell_orders o where o.per", "person_id"),
            ("update shell_orders set no", "note"),
            ("insert into shell_people (sc", "score"),
        ):
            self.assertTrue(self.completed(typed).endswith(wanted), typed)

    def test_several_candidates_are_listed(self):
        t = self.start()
        t.keys("select * from shell_" + TAB)
        t.expect("shell_orders +shell_people")
        t.keys("p" + TAB + "where id = 1;" + ENTER)
        self.assertIn("Ada", t.expect(r"\(1 row\)"))

    def test_commands_tables_and_files(self):
        Path(self.folder, "script_one.sql").write_text("select 'included' as x;\n")
        t = self.start()
        t.keys("\\tim" + TAB + ENTER)
        t.expect("Timing is on")
        t.keys("\\d shell_o" + TAB + ENTER)
        t.expect("person_id")
        t.keys(f"\\i {self.folder}/script_" + TAB + ENTER)
        t.expect("included")
        t.keys("\\format ver" + TAB + ENTER)
        t.expect("format is vertical")

    def test_new_tables_are_known(self):
        t = self.start()
        t.line("drop table if exists shell_fresh;")
        t.line("create table shell_fresh (fresh_id integer);")
        t.keys("select * from shell_fr" + TAB + ";" + ENTER)
        t.expect("fresh_id")
        t.expect(PROMPT)
        t.line("drop table shell_fresh;")


class Guards(Prompt):
    def test_update_and_delete_without_where_are_asked_about(self):
        t = self.start()
        t.keys("delete from shell_orders;" + ENTER)
        t.expect(r"no WHERE.*\[y/N\] ")
        t.keys("n" + ENTER)
        t.expect(r"not run.*" + PROMPT)
        self.assertIn("10", t.line("select id from shell_orders;"))
        t.keys("update shell_orders set note = 'x';" + ENTER)
        t.expect(r"no WHERE.*\[y/N\] ")
        t.keys(ctrl("c"))
        t.expect(PROMPT)
        self.assertIn("first", t.line("select note from shell_orders;"))
        t.keys("delete from shell_orders;" + ENTER)
        t.expect(r"\[y/N\] ")
        t.keys("y" + ENTER)
        t.expect(r"ok, 1 row.*" + PROMPT)
        t.line("insert into shell_orders values (11, 1, 'where');")
        self.assertIn("ok, 1 row", t.line("delete from shell_orders where id = 11;"))

    def test_read_only(self):
        t = self.start("--read-only")
        self.assertIn("Ada", t.line("select name from shell_people where id = 1;"))
        for statement in ("insert into shell_orders values (12, 1, null);",
                          "update shell_people set name = 'x' where id = 1;",
                          "drop table shell_orders;",
                          "pragma query_only = off;",
                          "set session transaction read write;",
                          "begin read write;",
                          "\\copy shell_people from /dev/null"):
            self.assertIn("read-only", t.line(statement), statement)
        t.line("\\c shop")
        self.assertIn("read-only", t.line("delete from shell_orders where id = 10;"))

    def test_control_characters_never_reach_the_terminal(self):
        t = self.start()
        evil = {
            "sqlite": "char(27, 93, 48, 59) || 'x' || char(7) || char(155) || char(127)",
            "postgres": "chr(27) || ']0;x' || chr(7) || chr(155) || chr(127)",
            "mariadb": "concat(char(27), ']0;x', char(7), char(0xc29b using utf8mb4), char(127))",
        }[self.kind]
        for format_name in ("table", "vertical", "csv", "json", "md"):
            t.line(f"\\format {format_name}")
            seen = []
            read = t._read

            def spy(seconds, read=read, seen=seen):
                more = read(seconds)
                seen.append(t.last_bytes)
                return more

            t._read = spy
            t.line(f"select {evil} as evil;")
            t._read = read
            received = b"".join(seen)
            shown = received[received.index(b"evil;") :]
            for bad in (b"\x1b]0;", b"\x9b", b"\x7f"):
                self.assertNotIn(bad, shown.replace(b"\xc2\x9b", b"\x9b"), format_name)

    def test_wide_characters_line_up(self):
        t = self.start()
        t.line("insert into shell_people values (40, 'e\u0301', 1), (41, '\U0001F600', 1);")
        shown = t.line("select name, id from shell_people where id in (1, 2, 40, 41) order by id;")
        widths = {"Ada": 3, "日本語": 6, "e\u0301": 1, "\U0001F600": 2}
        for text, width in widths.items():
            row = next(line for line in shown.splitlines() if line.startswith(f" {text}"))
            before = row[: row.index("|")]
            self.assertEqual(len(before) - len(text) - 1 + width, 7, row)

    def test_pager(self):
        script = Path(self.folder, "pager.sh")
        script.write_text("#!/bin/sh\necho PAGER-BEGAN\ncat\necho PAGER-ENDED\n")
        script.chmod(0o755)
        many = {
            "sqlite": "with recursive n(i) as (select 1 union all select i + 1 from n where "
            "i < 100) select i from n;",
            "postgres": "select * from generate_series(1, 100) i;",
            "mariadb": "select seq from seq_1_to_100;",
        }[self.kind]
        t = self.start(environment={"PAGER": str(script)}, rows=24, columns=80)
        self.assertNotIn("PAGER", t.line("select 1;"))
        shown = t.line(many)
        self.assertIn("PAGER-BEGAN", shown)
        self.assertIn("(100 rows)", shown)
        t.line("\\pset pager off")
        self.assertNotIn("PAGER-BEGAN", t.line(many))
        script.write_text("#!/bin/sh\nhead -n 1 >/dev/null\n")
        t.line("\\pset pager on")
        t.line(many)
        self.assertIn("(1 row)", t.line("select 1;"))


for case in (Keys, Completion, Guards):
    on_every_database(globals(), case)


class Interrupted(unittest.TestCase):
    def test_ctrl_c_ends_a_script_with_130(self):
        slow = ("with recursive n(i) as (select 1 union all select i + 1 from n) "
                "select count(*) from n;")
        # Several times: the key may come just as the first statement ends, or between the two.
        for _ in range(20):
            command = [IACDB, "sql", "--url", "sqlite::memory:", "-c", "select 'begun'", "-c", slow]
            t = Terminal(command)
            self.addCleanup(t.__exit__)
            t.expect(r"begun.*\(1 row\)")
            t.keys(ctrl("c"))
            self.assertEqual(t.expect_end()[0], 130)


if __name__ == "__main__":
    unittest.main()
