#!/usr/bin/env python3
"""Including <iacdb/iacdb.hpp> costs at most twice what its standard headers cost.

    tests/tidy/header_cost.py --compiler g++

Measured in lines after the preprocessor, blank ones left out: the same on every machine.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import cpp

COST_MAX = 2.0


def standard_headers(include):
    """Every standard header that a public header names."""
    found = set()
    for header in sorted((include / "iacdb").glob("*.hpp")):
        for _, name, quoted in cpp.includes(header.read_text()):
            if not quoted and "/" not in name:
                found.add(name)
    return sorted(found)


def cost(compiler, include, text):
    command = [compiler, "-std=c++20", "-E", "-P", "-x", "c++", f"-I{include}", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return sum(1 for line in done.stdout.splitlines() if line.strip())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=Path(__file__).resolve().parents[2], type=Path)
    parser.add_argument("--compiler", default="g++")
    arguments = parser.parse_args()
    include = arguments.root / "include"
    names = standard_headers(include)
    standard = cost(arguments.compiler, include, "".join(f"#include <{n}>\n" for n in names))
    ours = cost(arguments.compiler, include, "#include <iacdb/iacdb.hpp>\n")
    print(f"iacdb.hpp: {ours} lines, its standard headers: {standard}, ratio {ours / standard:.2f}")
    if ours > COST_MAX * standard:
        print(f"include/iacdb/iacdb.hpp:1: costs more than {COST_MAX} times its standard headers")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
