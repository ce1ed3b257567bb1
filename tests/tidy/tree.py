"""The files of the project and how a rule reports: shared by all rules.

    for file in Tree(root).cpp(): ...
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cpp

SKIPPED_FOLDERS = {".git", ".cache", "node_modules", "__pycache__", "third_party"}
CPP_SUFFIXES = {".cpp", ".hpp"}
CODE_SUFFIXES = CPP_SUFFIXES | {".py", ".sh", ".cmake", ".js", ".ts", ".css"}
TEXT_SUFFIXES = CODE_SUFFIXES | {".md", ".txt", ".json", ".yaml", ".yml", ".html", ".sql"}


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


class File:
    """One file: its text, its lines and, for C++, its tokens; each read once."""

    def __init__(self, root, path):
        self.path = path.relative_to(root).as_posix()
        self.full = path

    @cached_property
    def text(self):
        return self.full.read_text(encoding="utf-8", errors="replace")

    @cached_property
    def lines(self):
        return self.text.split("\n")

    @cached_property
    def tokens(self):
        return cpp.tokens(self.text, comments=True)

    @property
    def suffix(self):
        return self.full.suffix

    @property
    def is_header(self):
        return self.suffix == ".hpp"

    @property
    def is_cpp(self):
        return self.suffix in CPP_SUFFIXES

    @property
    def is_script(self):
        return not self.suffix and self.text.startswith("#!")

    @property
    def is_code(self):
        return self.suffix in CODE_SUFFIXES or self.is_script or self.full.name == "CMakeLists.txt"

    def under(self, *folders):
        return self.path.startswith(tuple(folder + "/" for folder in folders))


class Tree:
    def __init__(self, root):
        self.root = Path(root).resolve()

    @cached_property
    def files(self):
        return [File(self.root, path) for path in sorted(self._walk(self.root))]

    def cpp(self):
        return [file for file in self.files if file.is_cpp]

    def code(self):
        return [file for file in self.files if file.is_code]

    def documents(self):
        return [file for file in self.files if file.suffix == ".md"]

    def _walk(self, folder):
        for path in folder.iterdir():
            if path.is_symlink():
                continue
            if path.is_dir():
                # build, build-asan ...: recognised by what CMake leaves there.
                if path.name in SKIPPED_FOLDERS or (path / "CMakeCache.txt").exists():
                    continue
                if folder == self.root and path.name.startswith("build"):
                    continue
                yield from self._walk(path)
            elif path.suffix in TEXT_SUFFIXES or not path.suffix:
                yield path
