"""expireDocuments: what is past an index's expireAfterSeconds goes, on SQLite and PostgreSQL."""

import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

from service import COMMAND, command, escaped, test_urls

LONG_AGO = {"$date": "2001-01-01T00:00:00Z"}
FAR_AHEAD = {"$date": "2901-01-01T00:00:00Z"}


class DocExpire(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.name = "expiring%d" % os.getpid()
        self.config = self.folder / "iacdb.json"
        self.config.write_text(json.dumps({"databases": {
            "server": {"url": escaped(test_urls()["postgres"])},
            "file": {"url": "sqlite:" + str(self.folder / "expiring.db")}}}))
        self.config.chmod(0o600)

    def run_doc(self, store, *commands):
        done = subprocess.run(
            [COMMAND, "--config", str(self.config), "doc", "run", store],
            input="\n".join(json.dumps(c) for c in commands), text=True, capture_output=True,
            check=True, timeout=60)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def expire(self, store):
        return self.run_doc(store, {"expireDocuments": 1, "collection": self.name})[0]

    def on_both(self, test):
        for store in ("file", "server"):
            with self.subTest(store=store):
                self.addCleanup(self.run_doc, store, {"drop": self.name})
                self.run_doc(store, {"drop": self.name})
                test(store)

    def fill(self, store, documents, **options):
        replies = self.run_doc(
            store, {"insert": self.name, "documents": documents},
            {"createIndexes": self.name, "indexes": [
                dict({"key": {"at": 1}, "name": "at_1", "expireAfterSeconds": 60}, **options)]})
        self.assertNotIn("errmsg", json.dumps(replies))

    def left(self, store):
        found = self.run_doc(store, {"find": self.name, "sort": {"_id": 1},
                                     "projection": {"_id": 1}})
        return [int(d["_id"]["$numberInt"]) for d in found[0]["cursor"]["firstBatch"]]

    def test_dates_alone_expire_and_of_an_array_the_earliest_counts(self):
        def test(store):
            self.fill(store, [
                {"_id": 1, "at": LONG_AGO}, {"_id": 2, "at": FAR_AHEAD}, {"_id": 3, "at": 5},
                {"_id": 4, "at": "2001-01-01"}, {"_id": 5}, {"_id": 6, "at": None},
                {"_id": 7, "at": [FAR_AHEAD, LONG_AGO]}, {"_id": 8, "at": [FAR_AHEAD, 1]},
                {"_id": 9, "at": {"$timestamp": {"t": 1, "i": 1}}}, {"_id": 10, "at": []}])
            self.assertEqual({"$numberInt": "2"}, self.expire(store)["n"])
            self.assertEqual([2, 3, 4, 5, 6, 8, 9, 10], self.left(store))
        self.on_both(test)

    def test_what_the_partial_filter_leaves_out_stays(self):
        def test(store):
            self.fill(store, [{"_id": 1, "at": LONG_AGO, "state": "done"},
                              {"_id": 2, "at": LONG_AGO, "state": "open"}],
                      partialFilterExpression={"state": "done"})
            self.expire(store)
            self.assertEqual([2], self.left(store))
        self.on_both(test)

    def test_coll_mod_changes_when(self):
        def test(store):
            self.fill(store, [{"_id": 1, "at": LONG_AGO}], expireAfterSeconds=10 ** 10)
            self.expire(store)
            self.assertEqual([1], self.left(store))
            refused, changed = self.run_doc(store, *(
                {"collMod": self.name, "index": {"name": "at_1", "expireAfterSeconds": seconds}}
                for seconds in (-1, 0)))
            self.assertEqual("InvalidOptions", refused["codeName"])
            self.assertNotIn("errmsg", changed)
            self.expire(store)
            self.assertEqual([], self.left(store))
        self.on_both(test)

    def test_more_than_a_batch_goes_in_one_run(self):
        def test(store):
            self.fill(store, [{"_id": i, "at": LONG_AGO} for i in range(7)])
            reply, = self.run_doc(store, {"expireDocuments": 1, "collection": self.name,
                                          "batchSize": 3})
            self.assertEqual({"$numberInt": "7"}, reply["n"])
            self.assertEqual([], self.left(store))
        self.on_both(test)

    def test_the_command_tells_what_went(self):
        def test(store):
            self.fill(store, [{"_id": 1, "at": LONG_AGO}, {"_id": 2, "at": FAR_AHEAD}])
            done = command("--config", str(self.config), "doc", "expire", store,
                           "--collection", self.name)
            self.assertEqual(done, (0, "%s at_1: 1 expired\n" % self.name, ""))
        self.on_both(test)

    def test_an_open_store_expires_by_itself(self):
        def test(store):
            self.fill(store, [{"_id": 1, "at": LONG_AGO}, {"_id": 2, "at": FAR_AHEAD}])
            process = subprocess.Popen(
                [COMMAND, "--config", str(self.config), "--setting",
                 "databases.%s.expiry_interval=200ms" % store, "doc", "run", store],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            self.addCleanup(process.kill)
            deadline = time.monotonic() + 30
            while self.left(store) != [2] and time.monotonic() < deadline:
                time.sleep(0.1)
            self.assertEqual([2], self.left(store))
            process.stdin.close()  # It ends at once, whatever its thread does.
            self.assertEqual(0, process.wait(timeout=30))
            process.stdout.close()
        self.on_both(test)


if __name__ == "__main__":
    unittest.main()
