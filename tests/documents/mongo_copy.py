#!/usr/bin/env python3
"""iacdb doc copy to a server that speaks MongoDB's protocol and back: nothing is lost on the way.

    mongo_copy.py IACDB mongo-java|ferretdb
"""

import json
import os
import subprocess
import sys
import tempfile

# More than a batch of the copy; FerretDB takes long for many, and 150 are more than one of its own.
COUNTS = {"mongo-java": 1500, "ferretdb": 150}


def run(*arguments, text=None):
    return subprocess.run(arguments, input=text, capture_output=True, text=True, check=True).stdout


def documents(count):
    for i in range(count):
        yield {"_id": i, "n": {"$numberLong": str(i)}, "t": "\u00e9" * (i % 9),
               "d": {"$date": {"$numberLong": str(i * 86400000)}}, "a": [i, {"b": i / 2}, None]}


def main():
    iacdb, server = sys.argv[1:3]
    count = COUNTS[server]
    there = os.environ[f"IACDB_TEST_{server.upper().replace('-', '_')}_URL"] + "/copy"
    with tempfile.TemporaryDirectory() as folder:
        here, back = f"sqlite:{folder}/here.db", f"sqlite:{folder}/back.db"
        commands = [{"insert": "people", "documents": list(documents(count))}]
        if server == "mongo-java":  # FerretDB refuses the version that an index has.
            commands.append({"createIndexes": "people",
                             "indexes": [{"key": {"n": 1}, "name": "n_1", "unique": True}]})
        run(iacdb, "doc", "run", here, text="\n".join(map(json.dumps, commands)) + "\n")
        run(iacdb, "doc", "run", there, "-c", '{"dropDatabase": 1}')
        out = run(iacdb, "doc", "copy", here, there), run(iacdb, "doc", "copy", there, back)
        again = run(iacdb, "doc", "copy", here, there)
        indexes = run(iacdb, "doc", "run", back, "-c", '{"listIndexes": "people"}')
    print(*out, again, sep="")
    assert out[0] == out[1], "the proofs are the same"
    assert f"{count} documents" in out[0] and f"{count} written" in out[0]
    assert f"0 written, {count} there before" in again
    assert ("n_1" in indexes) == (server == "mongo-java")


if __name__ == "__main__":
    main()
