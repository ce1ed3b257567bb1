#!/usr/bin/env python3
"""The tests that run clang-format, clang-tidy and the compiler are seen to fail, and to pass."""

import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def run(script, *arguments):
    command = [sys.executable, "-B", str(HERE / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class Project(unittest.TestCase):
    """A project of one source, with the settings of this one."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        self.build = self.root / "build"
        for name in ("src/core", "include/iacdb", "build"):
            (self.root / name).mkdir(parents=True)
        for name in (".clang-format", ".clang-tidy"):
            shutil.copy(ROOT / name, self.root)
        self.source = self.root / "src/core/a.cpp"
        self.list_sources(self.source)

    def list_sources(self, *paths):
        entries = []
        for path in paths:
            command = f"g++ -std=c++20 -I{self.root}/include -I{self.root}/src -c {path}"
            entries.append({"directory": str(self.build), "file": str(path), "command": command})
        (self.build / "compile_commands.json").write_text(json.dumps(entries))


class Format(Project):
    def check(self, text):
        self.source.write_text(text)
        return run("format.py", "--root", self.root, "--cache", self.root / "cache")

    def test_a_badly_formatted_file(self):
        for _ in range(2):  # the second time as well: a failure is not remembered
            done = self.check("int  f( )\n{ return 1; }\n")
            self.assertEqual(done.returncode, 1)
            self.assertIn("src/core/a.cpp:1", done.stdout)

    def test_a_good_file_is_remembered(self):
        good = "int f();\n"
        self.assertIn("1 of 1 to check", self.check(good).stdout)
        done = self.check(good)
        self.assertEqual(done.returncode, 0)
        self.assertIn("0 of 1 to check", done.stdout)


class ClangTidy(Project):
    def check(self):
        return run("clang_tidy.py", "--root", self.root, "--build", self.build)

    def test_a_copy_in_a_loop(self):
        self.source.write_text(
            "#include <string>\n#include <vector>\n"
            "int f(const std::vector<std::string>& v) {\n  int n = 0;\n"
            "  for (const auto s : v) n += s.size() > 1;\n  return n;\n}\n"
        )
        done = self.check()
        self.assertEqual(done.returncode, 1)
        self.assertIn("src/core/a.cpp:5", done.stdout)
        self.assertIn("performance-for-range-copy", done.stdout)

    def test_a_header_counts_and_its_change_is_seen(self):
        header = self.root / "src/core/a.hpp"
        self.source.write_text('#include "core/a.hpp"\n')
        header.write_text("#pragma once\ninline int f() { return 1; }\n")
        self.assertEqual(self.check().returncode, 0)
        self.assertIn("0 of 1 to check", self.check().stdout)
        header.write_text("#pragma once\ninline void f() { return; }\n")
        done = self.check()
        self.assertEqual(done.returncode, 1)
        self.assertIn("src/core/a.hpp:2", done.stdout)

    def test_sources_of_one_folder_are_read_together(self):
        other = self.source.with_name("b.cpp")
        self.list_sources(self.source, other)
        self.source.write_text("namespace {\nint f() { return 1; }\n}  // namespace\n"
                               "int a() { return f(); }\n")
        other.write_text("#include <string>\n"
                         "bool b(const std::string& s) { return s.size() == 0; }\n")
        done = self.check()
        self.assertEqual(done.returncode, 1)
        self.assertIn("src/core/b.cpp:2", done.stdout)
        self.assertIn("readability-container-size-empty", done.stdout)
        other.write_text("int b() { return 2; }\n")
        self.assertEqual(self.check().returncode, 0)
        self.assertIn("0 of 1 to check", self.check().stdout)

    def test_sources_that_cannot_be_read_together_are_read_alone(self):
        other = self.source.with_name("b.cpp")
        self.list_sources(self.source, other)
        self.source.write_text("static int f() { return 1; }\nint a() { return f(); }\n")
        other.write_text("static int f() { return 2; }\nint b() { return f(); }\n")
        self.assertEqual(self.check().returncode, 0)
        self.assertIn("0 of 1 to check", self.check().stdout)

    def test_a_file_that_does_not_compile(self):
        self.source.write_text("int f() { return nothing; }\n")
        self.assertEqual(self.check().returncode, 1)


class HeaderCost(Project):
    def check(self, text):
        (self.root / "include/iacdb/iacdb.hpp").write_text(text)
        return run("header_cost.py", "--root", self.root)

    def test_a_header_of_its_standard_headers(self):
        self.assertEqual(self.check("#include <string>\nint f();\n").returncode, 0)

    def test_a_header_that_brings_much_of_its_own(self):
        done = self.check("#include <cstddef>\n" + "int f();\n" * 20000)
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()
