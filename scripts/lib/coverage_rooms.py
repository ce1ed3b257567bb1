"""The line coverage of the rooms that must have 95 %, out of gcovr's summary.

    scripts/lib/coverage_rooms.py build-coverage/report/summary.json
"""

import json
import sys
from pathlib import PurePath

ROOMS = ("core", "io", "wire", "driver", "backends", "pool", "database", "config")
LEAST_PERCENT = 95.0
WORST_SHOWN = 15

# File, and why its lines do not count. What is not listed here counts.
LEFT_OUT = {
    "src/driver/fake.hpp": "a stand-in for a database, used by tests only",
}


def rooms_of(files):
    """{room: [covered, total]} of the files that count."""
    found = {room: [0, 0] for room in ROOMS}
    for file in files:
        parts = PurePath(file["filename"]).parts
        if len(parts) > 2 and parts[0] == "src" and parts[1] in found:
            if file["filename"] not in LEFT_OUT:
                found[parts[1]][0] += file["line_covered"]
                found[parts[1]][1] += file["line_total"]
    return found


def percent(covered, total):
    return 100.0 * covered / total if total else 100.0


def main():
    with open(sys.argv[1], encoding="utf-8") as summary:
        files = json.load(summary)["files"]
    rooms = rooms_of(files)
    for room, (covered, total) in rooms.items():
        print(f"{room:10} {percent(covered, total):6.2f} %  {covered} of {total} lines")
    covered, total = (sum(values) for values in zip(*rooms.values()))
    print(f"{'together':10} {percent(covered, total):6.2f} %  {covered} of {total} lines")
    print("\nmost lines without a test:")
    counted = [f for f in files if PurePath(f["filename"]).parts[1:2] and
               PurePath(f["filename"]).parts[1] in rooms and f["filename"] not in LEFT_OUT]
    counted.sort(key=lambda f: f["line_covered"] - f["line_total"])
    for file in counted[:WORST_SHOWN]:
        print(f"  {file['line_total'] - file['line_covered']:4}  {file['filename']}")
    print("\nleft out:")
    for name, reason in LEFT_OUT.items():
        print(f"  {name}: {reason}")
    if percent(covered, total) < LEAST_PERCENT:
        print(f"\nless than {LEAST_PERCENT} %")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
