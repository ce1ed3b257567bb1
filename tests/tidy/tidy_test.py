#!/usr/bin/env python3
"""Every rule of tidy is seen to fail on a bad sample, and to accept the good one beside it."""

import tempfile
import unittest
from pathlib import Path

import cpp
import tidy

ROOMS = """\
base: base
core: core;base
driver: driver;core;base
config: config;core;base
backends/sqlite: backends/sqlite;driver;core;base
backends/mysql: backends/mysql;driver;core;base
"""


def check(rule, files, rooms=ROOMS):
    """The findings of one rule over a tree of {path: text}, as "path:line"."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            full = Path(folder, path)
            full.parent.mkdir(parents=True, exist_ok=True)
            full.write_text(text)
        found = tidy.findings(folder, rooms, [rule])
    return [f"{finding.path}:{finding.line}" for finding in found]


class Layers(unittest.TestCase):
    def test_a_lower_room_includes_a_higher_one(self):
        files = {"src/core/a.cpp": '#include "driver/d.hpp"\n', "src/driver/d.hpp": ""}
        self.assertEqual(check("layers", files), ["src/core/a.cpp:1"])

    def test_a_higher_room_includes_a_lower_one(self):
        files = {"src/driver/a.cpp": '#include "core/c.hpp"\n', "src/core/c.hpp": ""}
        self.assertEqual(check("layers", files), [])

    def test_an_include_in_a_comment_or_string_is_none(self):
        text = '// #include "driver/d.hpp"\nauto s = R"(\n#include "driver/d.hpp"\n)";\n'
        files = {"src/core/a.cpp": text, "src/driver/d.hpp": ""}
        self.assertEqual(check("layers", files), [])

    def test_a_relative_include_is_seen_through(self):
        files = {"src/core/a.cpp": '\n#include "../driver/d.hpp"\n', "src/driver/d.hpp": ""}
        self.assertEqual(check("layers", files), ["src/core/a.cpp:2"])

    def test_a_path_out_of_the_rooms(self):
        files = {"src/core/a.cpp": '#include "../../tests/t.hpp"\n', "tests/t.hpp": ""}
        self.assertEqual(check("layers", files), ["src/core/a.cpp:1"])

    def test_a_public_header_counts_for_its_room(self):
        files = {"src/core/a.cpp": "#include <iacdb/cell.hpp>\n#include <iacdb/database.hpp>\n"}
        self.assertEqual(check("layers", files), ["src/core/a.cpp:2"])

    def test_an_unknown_public_header(self):
        files = {"include/iacdb/novel.hpp": "", "src/core/a.cpp": "#include <iacdb/novel.hpp>\n"}
        self.assertEqual(check("layers", files), ["include/iacdb/novel.hpp:1", "src/core/a.cpp:1"])

    def test_a_room_that_is_not_declared(self):
        self.assertEqual(check("layers", {"src/attic/a.cpp": ""}), ["src/attic/a.cpp:1"])

    def test_a_public_header_includes_only_std_itself_and_pfr(self):
        good = "#include <vector>\n#include <iacdb/cell.hpp>\n#include <boost/pfr/core.hpp>\n"
        bad = '#include "core/c.hpp"\n#include <openssl/ssl.h>\n'
        files = {"include/iacdb/row.hpp": good + bad, "src/core/c.hpp": ""}
        self.assertEqual(
            check("layers", files), ["include/iacdb/row.hpp:4", "include/iacdb/row.hpp:5"]
        )

    def test_a_client_library_outside_its_backend(self):
        files = {
            "src/driver/a.cpp": "#include <sqlite3.h>\n",
            "src/backends/sqlite/a.cpp": "#include <sqlite3.h>\n",
        }
        self.assertEqual(check("layers", files), ["src/driver/a.cpp:1"])

    def test_a_room_that_depends_on_a_backend(self):
        rooms = ROOMS + "database: database;backends/sqlite;driver\n"
        self.assertEqual(check("layers", {}, rooms), ["cmake/tree.cmake:1"])

    def test_sibling_plugs(self):
        rooms = "wire/a: wire/a;core\nwire/b: wire/b;wire/a;core\n"
        self.assertEqual(check("layers", {}, rooms), ["cmake/tree.cmake:1"])


class Limits(unittest.TestCase):
    def test_a_long_file(self):
        self.assertEqual(check("limits", {"src/core/a.cpp": "//\n" * 501}), ["src/core/a.cpp:1"])
        self.assertEqual(check("limits", {"src/core/a.cpp": "//\n" * 500}), [])

    def test_a_table_says_why(self):
        table = "// tidy: table, one row per code of the manual\n" + "//\n" * 600
        self.assertEqual(check("limits", {"src/core/a.cpp": table}), [])
        no_reason = "// tidy: table, \n" + "//\n" * 600
        self.assertEqual(check("limits", {"src/core/a.cpp": no_reason}), ["src/core/a.cpp:1"])

    def test_a_long_line(self):
        files = {"src/core/a.cpp": "int a;\n//" + "x" * 99 + "\n"}
        self.assertEqual(check("limits", files), ["src/core/a.cpp:2"])
        self.assertEqual(check("limits", {"src/core/a.cpp": "//" + "é" * 98 + "\n"}), [])

    def test_a_raw_string_and_an_address_may_be_long(self):
        raw = 'auto s = R"(\n' + "x" * 200 + '\n)";\n'
        address = "// https://example.com/" + "x" * 100 + "\n"
        self.assertEqual(check("limits", {"src/core/a.cpp": raw + address}), [])

    def test_a_long_function(self):
        long = "int f() {\n" + "  g();\n" * 69 + "}\n"
        fits = "int f() {\n" + "  g();\n" * 68 + "}\n"
        self.assertEqual(check("limits", {"src/core/a.cpp": "\n" + long}), ["src/core/a.cpp:2"])
        self.assertEqual(check("limits", {"src/core/a.cpp": fits + fits}), [])

    def test_a_long_function_that_says_why(self):
        marked = "// tidy: table, one case per message type\nint f() {\n" + "  g();\n" * 90 + "}\n"
        self.assertEqual(check("limits", {"src/core/a.cpp": marked}), [])

    def test_a_long_data_table_is_no_function(self):
        table = "constexpr Entry kTable[] = {\n" + '    {"a", 1},\n' * 90 + "};\n"
        self.assertEqual(check("limits", {"src/core/a.cpp": table}), [])


class Functions(unittest.TestCase):
    def find(self, text):
        return [(f.name, f.lines) for f in cpp.functions(cpp.tokens(text))]

    def test_scopes_are_looked_into(self):
        text = (
            "namespace a::b {\nclass C : public D<int> {\n public:\n"
            "  void f() const {\n  }\n};\n}\n"
        )
        self.assertEqual(self.find(text), [("f", 2)])

    def test_a_lambda_counts_with_its_function(self):
        self.assertEqual(self.find("void f() {\n  g([&] {\n    h();\n  });\n}\n"), [("f", 5)])

    def test_braces_in_strings_comments_and_characters(self):
        text = 'void f() {\n  g("}", \'}\', R"x(})x");  // }\n  /* } */ int n = 1\'000;\n}\n'
        self.assertEqual(self.find(text), [("f", 4)])

    def test_a_constructor_with_braced_members(self):
        text = "A::A(int n)\n    : a_{n}, b_(n), C<int>{n} {\n  f();\n}\nvoid g() {}\n"
        self.assertEqual(self.find(text), [("A::A", 4), ("g", 1)])

    def test_operators(self):
        text = (
            "bool operator==(A a, A b) {\n}\nA& A::operator=(A&& a) {\n}\n"
            "int A::operator()() {\n}\nA::operator bool() const {\n}\n"
        )
        names = ["operator==", "operator=", "operator", "operatorbool"]
        self.assertEqual([name for name, _ in self.find(text)], names)

    def test_templates_and_trailing_returns(self):
        text = (
            "template <class T, int N = (3 > 2)>\n  requires(N > 1)\n"
            "auto f(T t = {}) -> std::vector<std::vector<T>> {\n}\n"
        )
        self.assertEqual(self.find(text), [("f", 4)])

    def test_what_is_no_function(self):
        text = (
            "enum class E : int { a, b };\nint n{3};\nauto t = std::array{1, 2};\n"
            "template <class T>\nconcept C = requires(T t) { t.f(); };\n"
            "struct alignas(16) S { int i = 0; };\n#define X(y) { y\nint g();\n"
        )
        self.assertEqual(self.find(text), [])


class Words(unittest.TestCase):
    def test_vague_type_names(self):
        for name in ("PoolManager", "Helper", "StringUtil", "TestHelperBase", "Utils"):
            files = {"src/core/a.cpp": f"\nclass {name};\n"}
            self.assertEqual(check("words", files), ["src/core/a.cpp:2"], name)
        files = {"src/core/a.cpp": "class Utilization; int manager; // a Helper of sorts\n"}
        self.assertEqual(check("words", files), [])

    def test_vague_file_names(self):
        files = {"src/core/string_util.cpp": "", "src/core/utility.cpp": ""}
        self.assertEqual(check("words", files), ["src/core/string_util.cpp:1"])

    def test_unfinished_work(self):
        for word in ("TO" + "DO", "FIX" + "ME", "XX" + "X"):
            files = {"src/core/a.cpp": f"\n// {word}: later\n", "docs/b.md": f"{word}\n"}
            self.assertEqual(check("words", files), ["docs/b.md:1", "src/core/a.cpp:2"], word)

    def test_machine_paths(self):
        files = {"scripts/a.sh": "cd /ho" + "me/me\n", "scripts/b.sh": "cd $HOME/work\n"}
        self.assertEqual(check("words", files), ["scripts/a.sh:1"])

    def test_headers(self):
        bad = "#include <a>\n#define N 1\nusing namespace std;\n"
        good = "#pragma once\n// using namespace std;\nusing std::string;\n"
        good += "inline void f() {\n  using namespace std;\n}\n"
        files = {"src/core/a.hpp": bad, "src/core/b.hpp": good, "src/core/c.cpp": bad}
        expected = ["src/core/a.hpp:1", "src/core/a.hpp:2", "src/core/a.hpp:3"]
        self.assertEqual(check("words", files), expected)


class Coroutines(unittest.TestCase):
    def run_on(self, line):
        return check("coroutines", {"src/core/a.cpp": f"\n{line}\n"})

    def test_a_capturing_lambda_inside(self):
        for line in (
            "co_await run([&] { f(); });",
            "auto x = co_await spawn(loop, [this]() -> Task { co_return; });",
            "co_await run(1, std::move(x), g([n = 1] {}));",
        ):
            self.assertEqual(self.run_on(line), ["src/core/a.cpp:2"], line)

    def test_what_is_fine(self):
        for line in (
            "auto work = [&] { f(); }; co_await run(work);",
            "co_await run([] { f(); });",
            "co_await run(table[3], x()[i]);",
            "auto work = [&]() -> Task { co_await run(); }; g([&] {});",
            "co_await run(x), h([&] {});",
        ):
            self.assertEqual(self.run_on(line), [], line)


class Dead(unittest.TestCase):
    def test_a_header_nobody_includes(self):
        files = {
            "src/core/a.hpp": "",
            "src/core/b.hpp": "",
            "src/core/c.cpp": '#include "core/b.hpp"\n',
        }
        self.assertEqual(check("dead", files), ["src/core/a.hpp:1"])

    def test_a_page_nobody_links_to(self):
        files = {"README.md": "[a](docs/a.md#part)\n", "docs/a.md": "", "docs/b.md": ""}
        self.assertEqual(check("dead", files), ["docs/b.md:1"])

    def test_a_link_to_nothing(self):
        text = "\n[x](docs/none.md) [y](https://example.com) `[z](none)`\n```\n[z](none)\n```\n"
        self.assertEqual(check("dead", {"README.md": text}), ["README.md:2"])


if __name__ == "__main__":
    unittest.main()
