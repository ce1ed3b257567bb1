#!/usr/bin/env python3
"""The house rules as a test: layers, sizes, names, coroutines, dead files.

    tests/tidy/tidy.py --rooms build/rooms.txt            every rule
    tests/tidy/tidy.py --rooms build/rooms.txt layers     one of them

Prints file:line: message for each finding; exit code 1 when there is one.
"""

import argparse
import sys
from pathlib import Path

import coroutines
import dead
import layers
import limits
import words
from tree import Tree

RULES = {
    "layers": layers.check,
    "limits": limits.check,
    "words": words.check,
    "coroutines": coroutines.check,
    "dead": dead.check,
}


def findings(root, rooms_text, names):
    tree = Tree(root)
    rooms = layers.Rooms(rooms_text)
    return sorted(finding for name in names for finding in RULES[name](tree, rooms))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=Path(__file__).resolve().parents[2], type=Path)
    parser.add_argument("--rooms", required=True, type=Path, help="rooms.txt, written by CMake")
    parser.add_argument("rule", nargs="*", choices=[[], *RULES], help="default: all")
    arguments = parser.parse_args()
    found = findings(arguments.root, arguments.rooms.read_text(), arguments.rule or RULES)
    for finding in found:
        print(finding)
    print(f"{len(found)} finding(s)")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
