"""Runs an example on every database and compares what it prints with its last comment.

run_example.py SOURCE PROGRAM    the URLs are sqlite::memory: and those of IACDB_TEST_URLS
"""

import difflib
import os
import subprocess
import sys


def expected(source):
    with open(source, encoding="utf-8") as file:
        _, mark, block = file.read().partition("\n// Prints:\n")
    if not mark:
        sys.exit(f"{source} does not say what it prints")
    return [line.removeprefix("//   ") for line in block.splitlines()]


def main():
    source, program = sys.argv[1:]
    wanted = expected(source)
    failures = 0
    for url in ["sqlite::memory:", *os.environ.get("IACDB_TEST_URLS", "").split()]:
        name = url.partition(":")[0]
        run = subprocess.run([program, url], capture_output=True, text=True, timeout=60,
                             check=False)
        printed = run.stdout.splitlines()
        if run.returncode == 0 and printed == wanted:
            continue
        failures += 1
        print(f"on {name}: exit code {run.returncode}")
        print(run.stderr)
        print("\n".join(difflib.unified_diff(wanted, printed, "expected", "printed", lineterm="")))
    sys.exit(1 if failures else 0)


main()
