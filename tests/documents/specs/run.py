#!/usr/bin/env python3
"""Runs the public MongoDB driver specification tests on a store, through `iacdb doc run`.

    run.py [--list] IACDB STORE FOLDER     # FOLDER: of the specification tests

STORE is sqlite, postgres, or a server that speaks MongoDB's protocol: mongo-java, ferretdb.
`scripts/mongo-specs` fetches them. What is looked at of a test: what its operations answer, their
errors, and what its collections hold at the end; not the messages a driver would have sent.
left-out.txt names, with reasons, what is left out and what fails; left-out-STORE.txt what a server
does not do, by test or by what it says. A failure that it does not name
fails this program, and so does a test that it says fails and that passes, or an entry without use.
"""

import base64
import collections
import fnmatch
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import uuid

from matching import MISSING, matches, plain, same_documents
from operations import Operations, Refused, Unknown

HERE = pathlib.Path(__file__).resolve().parent
FOLDERS = ("crud/unified", "collection_management", "transactions/unified")
NEEDED = 0.95
# What each of the servers says it is, and which tests concern what it has at all.
SERVERS = {"mongo-java": (5, 0, 0), "ferretdb": (7, 0, 42)}
SERVER_FOLDERS = ("crud/unified",)


class Failed(Exception):
    pass


class Rules:
    """left-out.txt: `KIND PATTERN: REASON` a line."""

    def __init__(self, *paths):
        self.rules, self.used = [], set()
        for line in (l for p in paths for l in p.read_text(encoding="utf-8").splitlines()):
            if line and not line.startswith("#"):
                what, _, reason = line.partition(": ")
                kind, _, pattern = what.partition(" ")
                self.rules.append((kind, pattern.strip(), reason))

    def find(self, kind, text):
        for rule in self.rules:
            if rule[0] == kind and fnmatch.fnmatchcase(text, rule[1]):
                self.used.add(rule)
                return f"{kind} {rule[1]}: {rule[2]}"
        return None

    def unused(self, kinds):
        return [r for r in self.rules if r[0] in kinds and r not in self.used]


def version(text):
    return (tuple(int(part) for part in text.split(".")) + (0, 0))[:3]


def other_server(requirements, server):
    """One of them must hold; topologies, options and hosts are a server's, and not looked at."""
    newer = [version(r.get("minServerVersion", "0")) > server for r in requirements]
    older = [version(r.get("maxServerVersion", "99")) < server for r in requirements]
    if not requirements or any(not n and not o for n, o in zip(newer, older)):
        return None
    return "newer" if any(newer) else "older"


def operations_of(test):
    for operation in test["operations"]:
        yield operation
        arguments = operation.get("arguments", {})
        yield from arguments.get("callback", [])


def left_out(rules, name, file, test, server):
    for t in (file, test):
        if "skipReason" in t:
            return "the test itself: " + t["skipReason"]
        other = other_server(t.get("runOnRequirements", []), server)
        if other:
            return rules.find("server", other)
    reason = rules.find("test", name)
    for operation in operations_of(test):
        reason = reason or rules.find("operation", operation["name"])
        if operation.get("expectError", {}).get("isClientError"):
            reason = reason or rules.find("error", "client")
    return reason


class Test:
    def __init__(self, send, file, test):
        self.send, self.test, self.file = send, test, file
        self.operations = Operations(send)
        self.entities, self.sessions = {}, {}
        self.create_entities(file.get("createEntities", []))

    def create_entities(self, entities):
        for entity in entities:
            (kind, spec), = entity.items()
            self.entities[spec["id"]] = (kind, spec)

    def prepare(self):
        self.send({"dropDatabase": 1})
        for data in self.file.get("initialData", []):
            self.send({"create": data["collectionName"], **data.get("createOptions", {})})
            if data["documents"]:
                self.send({"insert": data["collectionName"], "documents": data["documents"]})

    def generic(self, arguments, spec):
        """What the session and the options of a collection add to a command."""
        out = {}
        for options in (spec.get("collectionOptions", {}), arguments):
            out.update({k: options[k] for k in ("readConcern", "writeConcern") if k in options})
        session = arguments.get("session")
        if session is None:
            return out
        state = self.sessions.setdefault(
            session, {"id": {"$binary": {"base64": uuid_base64(), "subType": "04"}}, "state": ""})
        out["lsid"] = {"id": state["id"]}
        if state["state"]:
            out["autocommit"] = False
            out["txnNumber"] = {"$numberLong": "1"}
            if state["state"] == "starting":
                out["startTransaction"] = True
                state["state"] = "in progress"
        return out

    def on_session(self, name, session):
        generic = self.generic({"session": session}, {})
        state = self.sessions[session]
        if name == "startTransaction":
            if state["state"]:
                raise Refused({"errmsg": "Transaction already in progress"})
            state["state"] = "starting"
        elif name in ("commitTransaction", "abortTransaction", "endSession"):
            open_now, state["state"] = state["state"], ""
            if generic.get("startTransaction") or not open_now:
                return  # Nothing was sent in it.
            command = name if name != "endSession" else "abortTransaction"
            reply = self.send({command: 1, **generic})
            if plain(reply["ok"]) != 1 and name == "commitTransaction":
                raise Refused(reply)
        else:
            raise Unknown("the operation " + name)

    def on_runner(self, name, a):
        if name == "createEntities":
            self.create_entities(a["entities"])
            return
        there = self.send({"listCollections": 1, "filter": {"name": a.get("collectionName")}})
        exists = bool(there["cursor"]["firstBatch"])
        if name in ("assertCollectionExists", "assertCollectionNotExists"):
            if exists != (name == "assertCollectionExists"):
                raise Failed(name)
        elif name in ("assertIndexExists", "assertIndexNotExists"):
            reply = self.send({"listIndexes": a["collectionName"]})
            names = [i["name"] for i in reply.get("cursor", {}).get("firstBatch", [])]
            if (a["indexName"] in names) != (name == "assertIndexExists"):
                raise Failed(name)
        else:
            raise Unknown("the operation " + name)

    def call(self, operation):
        name, a = operation["name"], operation.get("arguments", {})
        kind, spec = self.entities.get(operation["object"], ("", {}))
        if operation["object"] == "testRunner":
            return self.on_runner(name, a)
        if kind == "session":
            return self.on_session(name, operation["object"])
        generic = self.generic(a, spec)
        rest = {k: v for k, v in a.items() if k not in ("readConcern", "writeConcern")}
        target = spec["collectionName"] if kind == "collection" else 1
        result = self.operations.run(target, name, rest, generic)
        unacknowledged = generic.get("writeConcern", {}).get("w") == 0
        return None if unacknowledged and "autocommit" not in generic else result

    def step(self, operation):
        wanted = operation.get("expectError")
        try:
            result = self.call(operation)
        except Refused as refused:
            if wanted is None:
                raise Failed(f"{operation['name']} was refused: {refused}") from refused
            return check_error(wanted, refused)
        if wanted is not None:
            raise Failed(f"{operation['name']} was not refused, but answered {result}")
        if "expectResult" in operation and not operation.get("ignoreResultAndError"):
            actual = MISSING if result is None else result
            expected = plain(operation["expectResult"])
            if expected is None and result is None:
                return
            if not matches(expected, actual):
                raise Failed(f"{operation['name']} answered {json.dumps(result)}, not "
                             f"{json.dumps(expected)}")

    def run(self):
        self.prepare()
        try:
            for operation in self.test["operations"]:
                self.step(operation)
        finally:
            for session in self.sessions:
                self.on_session("endSession", session)
        for data in self.test.get("outcome", []):
            held = self.operations.run(data["collectionName"], "find",
                                       {"filter": {}, "sort": {"_id": 1}})
            if not same_documents(plain(data["documents"]), held):
                raise Failed(f"{data['collectionName']} holds {json.dumps(held)}, not "
                             f"{json.dumps(data['documents'])}")


def check_error(wanted, refused):
    if "errorContains" in wanted and wanted["errorContains"].lower() not in str(refused).lower():
        raise Failed(f"the error says: {refused}")
    if "errorCode" in wanted and refused.reply.get("code") != wanted["errorCode"]:
        raise Failed(f"the error is {refused.reply}")
    if "errorCodeName" in wanted and refused.reply.get("codeName") != wanted["errorCodeName"]:
        raise Failed(f"the error is {refused.reply}")
    for label in wanted.get("errorLabelsContain", []):
        if label not in refused.reply.get("errorLabels", []):
            raise Failed(f"the error is {refused.reply}")
    for label in wanted.get("errorLabelsOmit", []):
        if label in refused.reply.get("errorLabels", []):
            raise Failed(f"the error is {refused.reply}")
    if "expectResult" in wanted and not matches(plain(wanted["expectResult"]), refused.done):
        raise Failed(f"the error leaves {refused.done}")
    if "errorResponse" in wanted and not matches(plain(wanted["errorResponse"]), refused.reply):
        raise Failed(f"the error is {refused.reply}")
    for index, error in wanted.get("writeErrors", {}).items():
        if not matches(error, refused.errors.get(int(index), MISSING)):
            raise Failed(f"the write errors are {refused.errors}")


def uuid_base64():
    return base64.b64encode(uuid.uuid4().bytes).decode()


class Store:
    def __init__(self, binary, url):
        self.process = subprocess.Popen([binary, "doc", "run", url], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def send(self, command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the command ended at: " + json.dumps(command))
        return json.loads(line)


def run_test(store, file, test):
    """What went wrong; None for nothing."""
    try:
        Test(store.send, file, test).run()
    except (Failed, Unknown, Refused) as problem:
        return f"{type(problem).__name__}: {problem}"
    return None


def run_all(store, kind, folder, rules, listing):
    counts, problems = collections.Counter(), []
    server = SERVERS.get(kind, (7, 0, 0))
    for part in SERVER_FOLDERS if kind in SERVERS else FOLDERS:
        for path in sorted((pathlib.Path(folder) / part).glob("*.json")):
            file = json.loads(path.read_text(encoding="utf-8"))
            for test in file["tests"]:
                name = f"{part.split('/')[0]}/{path.stem} / {test['description']}"
                reason = left_out(rules, name, file, test, server)
                if reason:
                    counts["left out", reason] += 1
                    continue
                problem = run_test(store, file, test)
                known = rules.find("fails", name) or rules.find("fails-" + kind, name)
                if problem and not known:
                    known = rules.find("says-" + kind, problem)
                counts["passed" if problem is None else "failed", part] += 1
                if listing:
                    print("FAIL" if problem else "pass", name, problem or "")
                if problem and not known:
                    problems.append(f"{name}\n  {problem}")
                if known and not problem:
                    problems.append(f"{name}\n  passes, and left-out.txt says: {known}")
    return counts, problems


def main():
    listing = "--list" in sys.argv
    binary, kind, folder = [a for a in sys.argv[1:] if a != "--list"]
    own = [HERE / f"left-out-{kind}.txt"] if kind in SERVERS else []
    rules = Rules(HERE / "left-out.txt", *own)
    with tempfile.TemporaryDirectory() as scratch:
        url = f"sqlite:{scratch}/specs.db"
        if kind == "postgres":
            url = next(u for u in os.environ["IACDB_TEST_URLS"].replace(",", " ").split()
                       if u.startswith("postgres://"))
        if kind in SERVERS:
            url = os.environ[f"IACDB_TEST_{kind.upper().replace('-', '_')}_URL"] + "/specs"
        store = Store(binary, url)
        store.send({"dropDatabase": 1})
        counts, problems = run_all(store, kind, folder, rules, listing)
        store.send({"dropDatabase": 1})
        store.process.stdin.close()
        store.process.wait()
    kinds = ("fails-" + kind, "says-" + kind)
    if kind not in SERVERS:
        kinds += ("test", "operation", "error", "server", "fails")
    problems += [f"left-out.txt: no test is meant by: {r}" for r in rules.unused(kinds)]
    print("\n".join(problems))
    total = collections.Counter()
    for (what, where), n in sorted(counts.items()):
        print(f"{n:5} {what}: {where}")
        total[what] += n
    share = total["passed"] / max(1, total["passed"] + total["failed"])
    print(f"{total['passed']} passed, {total['failed']} failed ({share:.1%} passed), "
          f"{total['left out']} left out")
    return 1 if problems or (share < NEEDED and kind not in SERVERS) else 0


if __name__ == "__main__":
    sys.exit(main())
