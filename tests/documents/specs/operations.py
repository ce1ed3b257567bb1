"""The operations of unified tests, each as the commands that a driver would send.

    operations = Operations(send)            # send(command) -> reply in canonical Extended JSON
    operations.run("people", "insertOne", {"document": {"_id": 1}})    # {"insertedId": 1}

Throws: Refused, for an error reply, with what was done before it.
"""

from matching import plain

UPDATES = ("updateOne", "updateMany", "replaceOne")
DELETES = ("deleteOne", "deleteMany")


class Refused(Exception):
    def __init__(self, reply, done=None, errors=None):
        super().__init__(reply.get("errmsg", ""))
        self.reply = plain(reply)
        self.done = done or {}
        self.errors = plain(errors or {})


class Unknown(Exception):
    """An operation or an argument that the runner does not know."""


def take(arguments, *names, **renamed):
    """Those fields of a command that are the arguments themselves."""
    pairs = [(n, n) for n in names] + list(renamed.items())
    return {to: arguments[name] for name, to in pairs if name in arguments}


def check(arguments, *known):
    for name in arguments:
        if name not in known:
            raise Unknown("the argument " + name)


def empty_counts():
    return {"insertedCount": 0, "matchedCount": 0, "modifiedCount": 0, "deletedCount": 0,
            "upsertedCount": 0, "insertedIds": {}, "upsertedIds": {}}


def write_statement(name, a):
    """One statement of an update or delete command."""
    shared = take(a, "collation", "hint", "sort", filter="q")
    if name in DELETES:
        return {**shared, "limit": 1 if name == "deleteOne" else 0}
    change = a["replacement"] if name == "replaceOne" else a["update"]
    return {**shared, "u": change, "multi": name == "updateMany",
            **take(a, "upsert", "arrayFilters")}


WRITE_ARGUMENTS = ("filter", "update", "replacement", "upsert", "arrayFilters", "collation", "hint",
                   "let", "comment", "sort", "session", "bypassDocumentValidation")


class Operations:
    def __init__(self, send):
        self.send = send

    def run(self, collection, name, arguments, generic=None):
        arguments = dict(arguments)
        arguments.pop("session", None)
        generic = {**(generic or {}), **take(arguments, "comment", "maxTimeMS")}
        for field in ("comment", "maxTimeMS"):
            arguments.pop(field, None)
        method = getattr(self, "do_" + name, None)
        if name in UPDATES + DELETES:
            return self.write(collection, name, arguments, generic)
        if method is None:
            raise Unknown("the operation " + name)
        return method(collection, arguments, generic)

    def command(self, command, generic):
        reply = self.send({**command, **generic})
        if plain(reply.get("ok")) != 1:
            raise Refused(reply)
        return reply

    def all_of(self, command, collection, generic):
        cursor = self.command(command, generic)["cursor"]
        out = list(cursor["firstBatch"])
        while plain(cursor["id"]) != 0:
            more = {"getMore": cursor["id"], "collection": collection}
            generic = {k: v for k, v in generic.items() if k != "startTransaction"}
            if "batchSize" in command:
                more["batchSize"] = command["batchSize"]
            cursor = self.command(more, generic)["cursor"]
            out += cursor["nextBatch"]
        return plain(out)

    # Writes.

    def batch(self, collection, kind, entries, ordered, extra, generic, counts):
        """One command of a bulk; entries: (index, name, model). False: the bulk ends."""
        field = {"insert": "documents", "update": "updates", "delete": "deletes"}[kind]
        if kind == "insert":
            items = [model["document"] for _, _, model in entries]
        else:
            items = [write_statement(name, model) for _, name, model in entries]
        reply = self.command({kind: collection, field: items, "ordered": ordered, **extra}, generic)
        errors = {entries[plain(e["index"])][0]: e for e in reply.get("writeErrors", [])}
        n = plain(reply.get("n", 0))  # None for a write that is not acknowledged.
        if kind == "insert":
            counts["insertedCount"] += n
            stopped = min(errors) if errors and ordered else None
            for index, _, model in entries:
                if index not in errors and (stopped is None or index < stopped):
                    counts["insertedIds"][str(index)] = plain(model["document"].get("_id"))
        elif kind == "delete":
            counts["deletedCount"] += n
        else:
            upserted = reply.get("upserted", [])
            counts["upsertedCount"] += len(upserted)
            counts["matchedCount"] += n - len(upserted)
            counts["modifiedCount"] += plain(reply.get("nModified", 0))
            for u in upserted:
                counts["upsertedIds"][str(entries[plain(u["index"])][0])] = plain(u["_id"])
        return errors

    def do_bulkWrite(self, collection, a, generic):
        check(a, "requests", "ordered", "let", "bypassDocumentValidation")
        ordered = a.get("ordered", True)
        batches = []
        for index, request in enumerate(a["requests"]):
            (name, model), = request.items()
            check(model, "document", *WRITE_ARGUMENTS)
            kind = "insert" if name == "insertOne" else "update" if name in UPDATES else "delete"
            same = [b for b in (batches[-1:] if ordered else batches) if b[0] == kind]
            if same:
                same[0][1].append((index, name, model))
            else:
                batches.append((kind, [(index, name, model)]))
        counts, errors = empty_counts(), {}
        for kind, entries in batches:
            extra = take(a, *(() if kind == "insert" else ("let",)),
                         *(() if kind == "delete" else ("bypassDocumentValidation",)))
            try:
                errors.update(self.batch(collection, kind, entries, ordered, extra, generic,
                                         counts))
            except Refused as refused:
                raise Refused(refused.reply, counts, errors) from refused
            if errors and ordered:
                break
        if errors:
            raise Refused(errors[min(errors)], counts, errors)
        return counts

    def write(self, collection, name, a, generic):
        check(a, *WRITE_ARGUMENTS)
        extra = take(a, "let", "bypassDocumentValidation")
        kind = "update" if name in UPDATES else "delete"
        counts = empty_counts()
        errors = self.batch(collection, kind, [(0, name, a)], True, extra, generic, counts)
        if errors:
            raise Refused(errors[0])
        if kind == "delete":
            return {"deletedCount": counts["deletedCount"]}
        out = take(counts, "matchedCount", "modifiedCount", "upsertedCount")
        if counts["upsertedIds"]:
            out["upsertedId"] = counts["upsertedIds"]["0"]
        return out

    def do_insertOne(self, collection, a, generic):
        check(a, "document", "bypassDocumentValidation")
        out = self.do_insertMany(collection, {"documents": [a["document"]]}, generic)
        return {"insertedId": out["insertedIds"]["0"]}

    def do_insertMany(self, collection, a, generic):
        check(a, "documents", "ordered", "bypassDocumentValidation")
        requests = [{"insertOne": {"document": d}} for d in a["documents"]]
        out = self.do_bulkWrite(collection, {"requests": requests, **take(a, "ordered")}, generic)
        return take(out, "insertedCount", "insertedIds")

    def modify(self, collection, a, generic, **change):
        check(a, "filter", "update", "replacement", "projection", "sort", "upsert", "arrayFilters",
              "returnDocument", "collation", "hint", "let", "bypassDocumentValidation")
        command = {"findAndModify": collection, **change,
                   **take(a, "sort", "upsert", "arrayFilters", "collation", "hint", "let",
                          "bypassDocumentValidation", filter="query", projection="fields")}
        if a.get("returnDocument") == "After":
            command["new"] = True
        return plain(self.command(command, generic)["value"])

    def do_findOneAndUpdate(self, collection, a, generic):
        return self.modify(collection, a, generic, update=a["update"])

    def do_findOneAndReplace(self, collection, a, generic):
        return self.modify(collection, a, generic, update=a["replacement"])

    def do_findOneAndDelete(self, collection, a, generic):
        return self.modify(collection, a, generic, remove=True)

    # Reads.

    def do_find(self, collection, a, generic):
        return self.all_of({"find": collection, **a}, collection, generic)

    def do_aggregate(self, collection, a, generic):
        check(a, "pipeline", "batchSize", "collation", "let", "allowDiskUse", "hint",
              "bypassDocumentValidation")
        cursor = take(a, "batchSize")
        rest = {k: v for k, v in a.items() if k not in ("pipeline", "batchSize")}
        if any("$out" in stage or "$merge" in stage for stage in a["pipeline"]):
            cursor = {}
        return self.all_of({"aggregate": collection, "pipeline": a["pipeline"], "cursor": cursor,
                            **rest}, "$cmd.aggregate" if collection == 1 else collection, generic)

    def do_countDocuments(self, collection, a, generic):
        check(a, "filter", "skip", "limit", "collation", "hint")
        stages = [{"$match": a["filter"]}]
        stages += [{"$" + name: a[name]} for name in ("skip", "limit") if name in a]
        stages.append({"$group": {"_id": 1, "n": {"$sum": 1}}})
        out = self.do_aggregate(collection, {"pipeline": stages, **take(a, "collation", "hint")},
                                generic)
        return out[0]["n"] if out else 0

    def do_count(self, collection, a, generic):
        command = {"count": collection,
                   **take(a, "skip", "limit", "collation", "hint", filter="query")}
        return plain(self.command(command, generic)["n"])

    def do_estimatedDocumentCount(self, collection, a, generic):
        check(a)
        return self.do_count(collection, a, generic)

    def do_distinct(self, collection, a, generic):
        check(a, "fieldName", "filter", "collation", "hint")
        command = {"distinct": collection,
                   **take(a, "collation", "hint", fieldName="key", filter="query")}
        return plain(self.command(command, generic)["values"])

    # Collections and indexes.

    def do_createCollection(self, _, a, generic):
        rest = {k: v for k, v in a.items() if k != "collection"}
        self.command({"create": a["collection"], **rest}, generic)

    def do_dropCollection(self, _, a, generic):
        self.send({"drop": a["collection"], **generic})

    def do_modifyCollection(self, _, a, generic):
        rest = {k: v for k, v in a.items() if k != "collection"}
        self.command({"collMod": a["collection"], **rest}, generic)

    def do_createIndex(self, collection, a, generic):
        name = a.get("name") or "_".join(f"{k}_{v}" for k, v in a["keys"].items())
        rest = {k: v for k, v in a.items() if k != "keys"}
        self.command({"createIndexes": collection,
                      "indexes": [{"key": a["keys"], **rest, "name": name}]}, generic)
        return name

    def do_listIndexes(self, collection, a, generic):
        check(a)
        return self.all_of({"listIndexes": collection}, collection, generic)

    def do_listCollections(self, _, a, generic):
        return self.all_of({"listCollections": 1, **a}, "$cmd.listCollections", generic)

    def do_runCommand(self, _, a, generic):
        check(a, "command", "commandName", "readConcern", "writeConcern")
        return plain(self.command(a["command"], generic))
