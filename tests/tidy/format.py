#!/usr/bin/env python3
"""clang-format over every C++ file: fails with file:line where a file is formatted otherwise.

    tests/tidy/format.py --cache build/format-cache
    clang-format -i FILE...                           repairs
"""

import argparse
import re
import shutil
import sys
from pathlib import Path

import cached
from tree import Tree

FOLDERS = ("include", "src", "apps", "tests", "bench", "examples")
FILES_PER_RUN = 16


def batches(tree, tool):
    style = (tree.root / ".clang-format").read_text()
    files = [file for file in tree.cpp() if file.under(*FOLDERS)]
    for start in range(0, len(files), FILES_PER_RUN):
        group = files[start : start + FILES_PER_RUN]
        key = cached.digest(style, *(file.path + "\0" + file.text for file in group))
        names = [str(file.full) for file in group]
        yield key, [tool, "--dry-run", "--Werror", "--ferror-limit=1", *names]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=Path(__file__).resolve().parents[2], type=Path)
    parser.add_argument("--cache", required=True, type=Path)
    arguments = parser.parse_args()
    tool = shutil.which("clang-format")
    if tool is None:
        sys.exit("clang-format is missing; run scripts/install test")
    tree = Tree(arguments.root)
    commands = dict(batches(tree, tool))
    failed = list(cached.run_all(commands, arguments.cache).values())
    cached.forget(arguments.cache, commands)
    messages = re.findall(r"^.*?:\d+:\d+: error:.*$", "\n".join(failed), re.MULTILINE)
    for message in messages or failed:
        print(message.replace(f"{tree.root}/", ""))
    if failed:
        print("repair with: clang-format -i FILE...")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
