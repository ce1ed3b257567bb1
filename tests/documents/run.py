#!/usr/bin/env python3
"""Runs the text cases of documents on a store, through `iacdb doc run`.

    run.py IACDB URL|STORE

STORE is sqlite: a file of its own; postgres: of IACDB_TEST_URLS; mongo-java or ferretdb: servers
that speak MongoDB's protocol, each of a variable like IACDB_TEST_MONGO_JAVA_URL. What these two do
not do is in cases-STORE.txt, with reasons.

A case file has one case a line, below the section of the MongoDB manual that it comes from:

    ## Arithmetic Expression Operators: $add
    expr {"$add": [1, 2]} => 3                     an expression, and its value
    docs [{"_id": 1, "a": 5}]                      what the collection holds for the lines below
    find {"a": {"$gt": 1}} => [1]                  the _ids that a filter finds, in order
    agg [{"$count": "n"}] => [{"n": 1}]            what a pipeline answers
    update {"_id": 1} {"$inc": {"a": 1}} => {"_id": 1, "a": 6}      the document afterwards
    error {"find": "c", "filter": {"a": {"$foo": 1}}} => 2          the code of a command's error
    project {"a": 1} => [{"_id": 1, "a": 5}]       what a find of all answers with a projection
    run {"count": "c"} => {"n": 1}                 fields that a reply has, those of a cursor too

<db> stands for the name of the store's database. Values are Extended JSON; types count. A line
that ends with a backslash goes on in the next.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from left_out import LeftOut

HERE = pathlib.Path(__file__).resolve().parent


def typed(value):
    """A value with its type, from relaxed or canonical Extended JSON."""
    if isinstance(value, dict):
        if len(value) == 1:
            (key, inner), = value.items()
            if key == "$numberInt":
                return ("int", int(inner))
            if key == "$numberLong":
                return ("long", int(inner))
            if key == "$numberDouble":
                return ("double", str(float(inner)))
            if key == "$date":
                inner = typed(inner)
                return ("date", inner[1] if isinstance(inner, tuple) else inner)
        return {"order": list(value), **{"." + k: typed(v) for k, v in value.items()}}
    if isinstance(value, list):
        return [typed(v) for v in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return ("double", str(value))
    return ("int", value) if -(2**31) <= value < 2**31 else ("long", value)


class Store:
    def __init__(self, binary, url):
        self.process = subprocess.Popen([binary, "doc", "run", url], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, encoding="utf-8")

    def run(self, command):
        text = command if isinstance(command, str) else json.dumps(command)
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the command ended at: " + text)
        return json.loads(line)


def flat(reply):
    """The fields of a reply's cursor in place of it."""
    return {k: v for key, value in reply.items()
            for k, v in (value.items() if key == "cursor" else [(key, value)])}


def batch(reply):
    if "cursor" not in reply:
        return reply
    return reply["cursor"]["firstBatch"]


class Runner:
    def __init__(self, store, left_out):
        self.store = store
        self.left_out = left_out
        self.docs = "[]"
        self.dirty = True
        self.count = 0
        self.failures = []

    def fill(self):
        if self.dirty:
            self.store.run({"drop": "c"})
            if json.loads(self.docs):
                self.store.run('{"insert": "c", "documents": %s}' % self.docs)
        self.dirty = False

    def got(self, kind, text):
        if kind == "expr" and self.left_out:  # Neither server has $documents.
            reply = self.store.run('{"aggregate": "one", "pipeline": [{"$project": '
                                   '{"_id": 0, "r": %s}}], "cursor": {}}' % text)
            out = batch(reply)
            return out if isinstance(out, dict) else out[0].get("r", "missing")
        if kind == "expr":
            stages = '[{"$documents": [{}]}, {"$project": {"r": %s}}]' % text
            reply = self.store.run(
                '{"aggregate": 1, "pipeline": %s, "cursor": {}}' % stages)
            out = batch(reply)
            if isinstance(out, dict):
                return out
            return out[0].get("r", "missing")
        if '"lsid"' not in text:  # Beside an open transaction, SQLite's one writer would wait.
            self.fill()
        if kind == "find":
            out = batch(self.store.run('{"find": "c", "filter": %s, "batchSize": 1000}' % text))
            return [d["_id"] for d in out] if isinstance(out, list) else out
        if kind == "project":
            return batch(self.store.run('{"find": "c", "filter": {}, "projection": %s}' % text))
        if kind == "agg":
            return batch(self.store.run(
                '{"aggregate": "c", "pipeline": %s, "cursor": {"batchSize": 1000}}' % text))
        if kind == "update":
            query, change = parse_two(text)
            self.dirty = True
            reply = self.store.run({"update": "c", "updates": [{"q": query, "u": change}]})
            if "writeErrors" in reply:
                return reply
            return batch(self.store.run({"find": "c", "filter": query_of_id(query)}))[0]
        self.dirty = True
        return self.store.run(text)

    def named(self, text):
        if "<db>" not in text:
            return text
        return text.replace("<db>", self.store.run({"find": "c"})["cursor"]["ns"].split(".")[0])

    def case(self, where, kind, text, expected):
        self.count += 1
        text, expected = self.named(text), self.named(expected)
        got = self.got(kind, text)
        if kind == "error":
            code = got.get("code") or got.get("writeErrors", [{}])[0].get("code")
            ok = code is not None and typed(code) == ("int", int(expected))
        elif kind == "run":
            wanted = json.loads(expected)
            wanted, got = flat(wanted), flat(got)
            ok = all(k in got and typed(got[k]) == typed(v) for k, v in wanted.items())
        else:
            ok = typed(got) == typed(json.loads(expected))
        if not ok and not (self.left_out and self.left_out.covers(where, kind, text, got)):
            self.failures.append(f"{where}: {kind} {text}\n  expected {expected}\n"
                                 f"  got      {json.dumps(got)}")


    def run_files(self):
        for path in sorted((HERE / "cases").glob("*.txt")):
            run_file(self, path)


def parse_two(text):
    decoder = json.JSONDecoder()
    first, end = decoder.raw_decode(text)
    return first, decoder.raw_decode(text[end:].strip())[0]


def query_of_id(query):
    return {"_id": query["_id"]} if "_id" in query else {}


def run_file(runner, path):
    section, held = "", ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = held + line.strip()
        held = ""
        if line.endswith("\\"):
            held = line[:-1]
            continue
        if line.startswith("##"):
            section = line[2:].strip()
        elif line and not line.startswith("#"):
            kind, _, rest = line.partition(" ")
            if kind == "docs":
                runner.docs, runner.dirty = rest, True
                continue
            text, _, expected = rest.rpartition(" => ")
            runner.case(f"{path.name}:{number} ({section})", kind, text, expected)


def url_of(store, folder):
    """The URL, and what is left out there."""
    if store == "sqlite":
        return f"sqlite:{folder}/cases.db", None
    if store == "postgres":
        urls = os.environ["IACDB_TEST_URLS"].replace(",", " ").split()
        return next(u for u in urls if u.startswith("postgres://")), None
    if store in ("mongo-java", "ferretdb"):
        url = os.environ[f"IACDB_TEST_{store.upper().replace('-', '_')}_URL"] + "/cases"
        return url, LeftOut(HERE / f"cases-{store}.txt")
    return store, None


def main():
    binary, store = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        url, left_out = url_of(store, folder)
        runner = Runner(Store(binary, url), left_out)
        runner.store.run({"dropDatabase": 1})
        if left_out:
            runner.store.run({"insert": "one", "documents": [{"_id": 1}]})
        runner.run_files()
        runner.store.process.stdin.close()
        runner.store.process.wait()
    if left_out:
        runner.failures += left_out.unused()
    print("\n".join(runner.failures))
    left = f", {left_out.count} left out" if left_out else ""
    print(f"{runner.count} cases, {len(runner.failures)} failed{left}")
    return 1 if runner.failures or runner.count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
