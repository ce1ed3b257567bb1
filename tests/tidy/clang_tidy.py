#!/usr/bin/env python3
"""clang-tidy over the sources of src/ and apps/, with the checks of .clang-tidy.

    tests/tidy/clang_tidy.py --build build

A file is checked again only when it, a header of ours that it includes, its compiler options or
.clang-tidy changed: a first run takes minutes, the next ones seconds.
"""

import argparse
import json
import re
import shlex
import shutil
import sys
from functools import lru_cache
from pathlib import Path

import cached
import cpp

FOLDERS = ("src", "apps")


def units(root, build):
    """(path, compiler command) of every source that is checked; tests are not."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = Path(entry["directory"], entry["file"]).resolve()
        if not path.is_relative_to(root) or path.stem.endswith("_test"):
            continue
        if path.relative_to(root).parts[0] in FOLDERS:
            yield path, entry["command"]


@lru_cache(maxsize=None)
def includes_of(path, root):
    found = []
    for _, name, _ in cpp.includes(path.read_text(encoding="utf-8", errors="replace")):
        for folder in (path.parent, root / "src", root / "include"):
            if (folder / name).is_file():
                found.append((folder / name).resolve())
                break
    return found


def closure(path, root):
    """The file and every header of ours that it includes, directly or not."""
    seen, waiting = set(), [path]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting.extend(includes_of(current, root))
    return sorted(seen)


def key_of(path, command, root, settings):
    contents = [file.read_bytes() for file in closure(path, root)]
    # Where the tree and the build lie, does not matter.
    options = [word for word in shlex.split(command) if word.startswith(("-D", "-std", "-f"))]
    return cached.digest(settings, path.relative_to(root).as_posix(), " ".join(options), *contents)


def readable(output, root):
    lines = re.findall(r"^.*?:\d+:\d+: (?:error|warning):.*$", output, re.MULTILINE)
    return [line.replace(f"{root}/", "") for line in dict.fromkeys(lines)] or [output]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=Path(__file__).resolve().parents[2], type=Path)
    parser.add_argument("--build", required=True, type=Path, help="has compile_commands.json")
    arguments = parser.parse_args()
    root = arguments.root.resolve()
    tool = shutil.which("clang-tidy")
    if tool is None:
        sys.exit("clang-tidy is missing; run scripts/install test")
    settings = (root / ".clang-tidy").read_text()
    base = [tool, "--quiet", "-p", str(arguments.build), "--extra-arg=-Wno-everything"]
    commands = {}
    for path, command in units(root, arguments.build):
        commands[key_of(path, command, root, settings)] = [*base, str(path)]
    failed = cached.run_all(commands, arguments.build / "clang-tidy-cache")
    for line in dict.fromkeys(line for output in failed for line in readable(output, root)):
        print(line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
