#!/usr/bin/env python3
"""The backslash commands of `iacdb sql` in a pseudo-terminal."""

import re
import unittest
from pathlib import Path

from databases import on_every_database
from prompt import Prompt
from terminal import ENTER, PROMPT, ctrl


class Commands(Prompt):
    def test_describe(self):
        t = self.start()
        shown = t.line("\\d shell_people")
        for word in ("Column", "Type", "Nullable", "id", "name", "score", "not null", "Indexes:"):
            self.assertIn(word, shown)
        self.assertIn("shell_people_name", shown)
        self.assertIn("Referenced by", shown)
        self.assertIn("Foreign-key constraints:", t.line("\\d shell_orders"))
        self.assertIn("Did not find any relation", t.line("\\d shell_nothing"))

    def test_lists(self):
        t = self.start()
        shown = t.line("\\dt")
        self.assertIn("List of relations", shown)
        self.assertIn("shell_people", shown)
        shown = t.line("\\dt shell_p*")
        self.assertIn("shell_people", shown)
        self.assertNotIn("shell_orders", shown)
        self.assertIn("shell_people", t.line("\\d"))
        self.assertIn("shell_people_name", t.line("\\di"))
        self.assertIn("shell_people", t.line("\\dt+ shell_people"))
        self.assertIn("Name", t.line("\\l"))
        self.assertIn("Name", t.line("\\dn"))
        self.assertIn("Name", t.line("\\df"))
        self.assertIn("List of relations", t.line("\\dv"))

    def test_views(self):
        t = self.start()
        t.line("drop view if exists shell_names;")
        t.line("create view shell_names as select name from shell_people;")
        self.assertIn("shell_names", t.line("\\dv"))
        self.assertIn("name", t.line("\\d shell_names"))
        self.assertIn("shell_people", t.line("\\sv shell_names"))
        t.line("drop view shell_names;")

    def test_expanded(self):
        t = self.start()
        self.assertIn("is on", t.line("\\x"))
        shown = t.line("select id, name from shell_people where id = 1;")
        self.assertIn("-[ RECORD 1 ]-", shown)
        self.assertRegex(shown, r"name +\| Ada")
        self.assertIn("is off", t.line("\\x off"))
        t.line("\\x auto")
        t.resize(24, 30)
        self.assertIn("RECORD 1", t.line("select 'long enough to be too wide' as a, 2 as b;"))

    def test_timing(self):
        t = self.start()
        self.assertIn("Timing is on", t.line("\\timing"))
        self.assertRegex(t.line("select 1;"), r"Time: \d+\.\d{3} ms")
        self.assertIn("Timing is off", t.line("\\timing off"))
        self.assertNotIn("Time:", t.line("select 1;"))

    def test_watch(self):
        t = self.start()
        t.keys("select 42 as answer \\watch 0.1" + ENTER)
        for _ in range(3):
            t.expect(r"every 0.1s.*42")
        t.keys(ctrl("c"))
        t.expect(PROMPT)
        t.keys("select 4343 as answer \\watch i=0.1 c=2" + ENTER)
        shown = t.expect(r"\n" + PROMPT)
        self.assertEqual(len(re.findall(r"\b4343\b", shown)), 3)

    def test_include(self):
        Path(self.folder, "inner.sql").write_text("select 'inner' as place;\n")
        Path(self.folder, "outer.sql").write_text("select 'outer' as place;\n\\ir inner.sql\n")
        t = self.start()
        shown = t.line(f"\\i {self.folder}/outer.sql")
        self.assertIn("outer", shown)
        self.assertIn("inner", shown)
        Path(self.folder, "bad.sql").write_text("select 1;\n\nselect * from shell_nothing;\n")
        self.assertIn("bad.sql:3", t.line(f"\\i {self.folder}/bad.sql"))
        self.assertIn("cannot be read", t.line("\\i /nonexistent/file.sql"))

    def test_g_and_gx(self):
        t = self.start()
        self.assertIn("(1 row)", t.line("select 1 as one \\g"))
        self.assertIn("RECORD 1", t.line("select 1 as one \\gx"))
        self.assertIn("(1 row)", t.line("\\g"))
        path = Path(self.folder, "out.txt")
        t.line(f"select 'to the file' as x \\g {path}")
        self.assertIn("to the file", path.read_text())
        t.line(f"select 'to the pipe' as x \\g |cat > {path}")
        self.assertIn("to the pipe", path.read_text())

    def test_gexec(self):
        t = self.start()
        shown = t.line("select 'insert into shell_orders values (90, 1, null)' union all "
                       "select 'delete from shell_orders where id = 90' \\gexec")
        self.assertEqual(shown.count("ok, 1 row"), 2)

    def test_conditions(self):
        t = self.start()
        t.line("\\if off", expect=r"@> ")
        t.line("select 'hidden' as x;", expect=r"@> ")
        t.line("\\if on", expect=r"@> ")
        t.line("\\endif", expect=r"@> ")
        t.line("\\else")
        self.assertIn("shown", t.line("select 'shown' as x;"))
        t.line("\\endif")
        self.assertIn("no \\if before", t.line("\\endif"))
        t.line("\\if off", expect=r"@> ")
        t.keys(ctrl("c"))
        t.expect(PROMPT)
        self.assertIn("Ada", t.line("select name from shell_people where id = 1;"))

    def test_prompt(self):
        t = self.start()
        t.line("\\prompt 'Who is it? ' who", expect=r"Who is it\? ")
        t.line("O'Brien \\ Sons")
        self.assertIn("O'Brien \\ Sons", t.line("select :'who' as who;"))

    def test_bind(self):
        t = self.start()
        mark = "$1::int" if self.kind == "postgres" else "?"
        query = f"select name from shell_people where id = {mark}"
        self.assertIn("Ada", t.line(query + " \\bind 1 \\g"))
        self.assertNotIn("Ada", t.line(query + ";"))
        t.line(query + " \\bind 1 \\gset")
        self.assertIn("Ada", t.line("\\echo :name"))
        self.assertIn("Ada", t.line("select name from shell_people where id = 1;"))

    def test_columns_without_rows(self):
        t = self.start()
        if self.kind == "mariadb":
            self.assertIn("only by running it", t.line("select sleep(600) \\gdesc"))
            return
        shown = t.line("select id, name from shell_people where id / (id - id) = 1 \\gdesc")
        self.assertRegex(shown, r"Column +\| +Type")
        self.assertRegex(shown, r"(?i)id +\| +int")
        self.assertIn("(2 rows)", shown)
        self.assertIn("one query", t.line("delete from shell_people \\gdesc"))
        self.assertIn("Ada", t.line("select name from shell_people where id = 1;"))

    def test_gset_and_variables(self):
        t = self.start()
        t.line("select id as who, name as label from shell_people where id = 1 \\gset")
        self.assertIn("Ada", t.line("select name from shell_people where id = :who;"))
        t.line("\\set wanted 'A''da'")
        self.assertIn("A'da", t.line("select :'wanted' as quoted;"))
        self.assertIn("A'da", t.line("\\echo :wanted"))
        t.line("\\unset wanted")
        self.assertIn(":wanted", t.line("\\echo :wanted"))

    def test_copy(self):
        t = self.start()
        source = Path(self.folder, "people.csv")
        source.write_text('id,name,score\n7,"comma, ""quote""",3.5\n8,,\n9,"two\nlines",1\n')
        shown = t.line(f"\\copy shell_people from '{source}' with (format csv, header)")
        self.assertIn("COPY 3", shown)
        self.assertRegex(shown, r"100 %, .* rows/s, 0 s left")
        target = Path(self.folder, "copied.csv")
        shown = t.line(f"\\copy (select id, name from shell_people where id > 6 order by id) to "
                       f"'{target}' csv header")
        self.assertIn("COPY 3", shown)
        self.assertEqual(target.read_text(),
                         'id,name\n7,"comma, ""quote"""\n8,\n9,"two\nlines"\n')
        text = Path(self.folder, "copied.txt")
        t.line(f"\\copy shell_people(id, name) to {text}")
        self.assertLessEqual({"8\t\\N", "9\ttwo\\nlines"}, set(text.read_text().split("\n")))
        t.line("delete from shell_people where id > 6;")
        t.line("\\copy shell_people(id, name) from program 'printf \"20\\tx\\n\"'")
        self.assertIn("(1 row)", t.line("select id from shell_people where id = 20;"))

    def test_copy_from_the_prompt(self):
        t = self.start()
        t.keys("\\copy shell_people(id, name) from stdin" + ENTER)
        t.expect(">> ")
        t.keys("30\tthirty" + ENTER)
        t.expect(">> ")
        t.keys("\\." + ENTER)
        t.expect("COPY 1")

    def test_output_to_a_file(self):
        t = self.start()
        path = Path(self.folder, "o.txt")
        t.line(f"\\o {path}")
        self.assertNotIn("(1 row)", t.line("select 'hidden' as x;"))
        t.line("\\qecho words")
        t.line("\\o")
        self.assertIn("(1 row)", t.line("select 1;"))
        self.assertIn("hidden", path.read_text())
        self.assertIn("words", path.read_text())

    def test_edit(self):
        script = Path(self.folder, "editor.sh")
        script.write_text("#!/bin/sh\necho \"select 'edited' as x;\" > \"$1\"\n")
        script.chmod(0o755)
        t = self.start(environment={"EDITOR": str(script)})
        t.keys("select 1 \\e" + ENTER)
        self.assertIn("edited", t.expect(r"\(1 row\)"))

    def test_buffer(self):
        t = self.start()
        t.keys("select 1" + ENTER)
        t.expect("-> ")
        t.keys("\\p" + ENTER)
        t.expect("select 1\r?\n")
        t.keys("\\r" + ENTER)
        t.expect(PROMPT)
        self.assertIn("(1 row)", t.line("select 2;"))

    def test_formats_and_pset(self):
        t = self.start()
        t.line("\\pset null (none)")
        self.assertIn("(none)", t.line("select name from shell_people where id = 3;"))
        t.line("\\t on")
        self.assertNotIn("row)", t.line("select 1 as one;"))
        t.line("\\t off")
        t.line("\\pset format csv")
        self.assertIn("a,b", t.line("select 1 as a, 2 as b;"))
        t.line("\\format json")
        self.assertIn('{"a":1}', t.line("select 1 as a;"))
        self.assertIn("formats are", t.line("\\format nothing"))

    def test_help_and_mistakes(self):
        t = self.start()
        shown = t.line("\\?")
        for name in ("\\d", "\\dt", "\\l", "\\x", "\\timing", "\\watch", "\\i", "\\g", "\\gexec",
                     "\\copy"):
            self.assertIn(name, shown)
        self.assertIn("WHERE condition", t.line("\\h delete"))
        self.assertIn("did you mean", t.line("\\tming"))
        self.assertIn("You are connected to", t.line("\\conninfo"))
        t.line("select * from shell_nothing;")
        self.assertIn("undefined_object", t.line("\\errverbose"))

    def test_connect(self):
        t = self.start()
        t.keys(f"\\c sqlite:{self.folder}/other.db" + ENTER)
        self.assertIn("SQLite", t.expect(r"You are connected to .*" + PROMPT))
        t.line("\\c shop")
        self.assertIn("Ada", t.line("select name from shell_people where id = 1;"))
        t.line("\\c postgres://127.0.0.1:1/nothing")
        self.assertIn("Ada", t.line("select name from shell_people where id = 1;"))


on_every_database(globals(), Commands)

if __name__ == "__main__":
    unittest.main()
