"""`iacdb doc copy`: between SQLite and PostgreSQL both ways, and killed at random points."""

import json
import os
import pathlib
import random
import subprocess
import tempfile
import time
import unittest

from service import COMMAND, command, escaped, test_urls

KILLS = int(os.environ.pop("IACDB_CHAOS_ROUNDS", "10"))
VALIDATOR = {"$jsonSchema": {"required": ["name"]}}
TYPED = ('{"_id": %d, "name": "n%d", "l": {"$numberLong": "7"}, "d": {"$numberDecimal": "1.50"}, '
         '"z": {"b": 1, "a": [null, {"$oid": "65a5a5a5a5a5a5a5a5a5a5a5"}]}}')


class DocCopy(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.name = "copied%d" % os.getpid()
        self.postgres = "server"
        self.config = self.folder / "iacdb.json"
        self.config.write_text(json.dumps(
            {"databases": {self.postgres: {"url": escaped(test_urls()["postgres"])}}}))
        self.config.chmod(0o600)
        self.addCleanup(self.run_doc, self.postgres, {"drop": self.name})

    def sqlite(self, name):
        return "sqlite:" + str(self.folder / name)

    def run_doc(self, url, *commands):
        lines = [c if isinstance(c, str) else json.dumps(c) for c in commands]
        done = subprocess.run([COMMAND, "--config", str(self.config), "doc", "run", url],
                              input="\n".join(lines), text=True, capture_output=True,
                              check=True, timeout=60)
        return done.stdout.splitlines()

    def fill(self, url, count):
        inserts = []
        for first in range(0, count, 1000):
            documents = [TYPED % (i, i) for i in range(first, min(first + 1000, count))]
            inserts.append('{"insert": "%s", "documents": [%s]}' % (self.name, ",".join(documents)))
        replies = self.run_doc(url, {"create": self.name, "validator": VALIDATOR},
                               {"createIndexes": self.name, "indexes": [
                                   {"key": {"name": 1}, "name": "name_1", "unique": True}]},
                               *inserts)
        self.assertNotIn("errmsg", "".join(replies))

    def state(self, url):
        answers = self.run_doc(url, {"find": self.name, "sort": {"_id": 1}, "batchSize": 100000},
                               {"listCollections": 1, "filter": {"name": self.name}},
                               {"listIndexes": self.name})
        out = [json.loads(answer)["cursor"]["firstBatch"] for answer in answers]
        for collection in out[1]:  # What a database itself holds of a validator is its own.
            collection["info"].pop("validator", None)
        return out

    def copy(self, source, target, *more):
        return command("--config", str(self.config), "doc", "copy", source, target,
                       "--collection", self.name, *more)

    def test_changes_documents_on_the_way(self):
        self.fill(self.sqlite("a.db"), 20)
        code, _, err = self.copy(self.sqlite("a.db"), self.sqlite("b.db"), "--pipeline",
                                 '[{"$match": {"_id": {"$lt": 5}}}, {"$set": {"name": "changed"}},'
                                 ' {"$unset": "z"}]')
        self.assertEqual(code, 1, err)  # names repeat: the unique index refuses
        self.assertIn("duplicate key", err)
        code, out, err = self.copy(self.sqlite("a.db"), self.sqlite("c.db"), "--pipeline",
                                   '[{"$match": {"_id": {"$lt": 5}}}, {"$unset": "z"}]')
        self.assertEqual((code, err), (0, ""))
        self.assertIn("5 documents", out)
        code, _, err = self.copy(self.sqlite("a.db"), self.sqlite("d.db"), "--pipeline",
                                 '[{"$project": {"_id": 0}}]')
        self.assertEqual(code, 1)
        self.assertIn("takes _id away", err)
        for stages in ('[{"$out": "other"}]', '{"$match": {}}'):
            code, _, err = self.copy(self.sqlite("a.db"), self.sqlite("e.db"), "--pipeline", stages)
            self.assertEqual(code, 2)
            self.assertIn("--pipeline", err)

    def test_dry_run_counts_what_the_pipeline_leaves(self):
        self.fill(self.sqlite("a.db"), 20)
        code, out, err = self.copy(self.sqlite("a.db"), self.sqlite("b.db"), "--dry-run",
                                   "--pipeline", '[{"$match": {"_id": {"$lt": 5}}}]')
        self.assertEqual((code, err), (0, ""))
        self.assertIn("20 documents, 5 after the pipeline", out)
        code, _, err = self.copy(self.sqlite("a.db"), self.sqlite("b.db"), "--dry-run",
                                 "--pipeline", '[{"$unset": "_id"}]')
        self.assertEqual(code, 1)
        self.assertIn("takes _id away", err)

    def test_several_collections_at_once(self):
        names = ["%s_%d" % (self.name, i) for i in range(6)]
        source, back = self.sqlite("a.db"), self.sqlite("b.db")
        for i, name in enumerate(names):
            self.addCleanup(self.run_doc, self.postgres, {"drop": name})
            documents = [{"_id": k, "n": k * i} for k in range(300 * i)]
            self.run_doc(source, {"create": name},
                         *([{"insert": name, "documents": documents}] if documents else []))
        chosen = [part for name in names for part in ("--collection", name)]
        for a, b in ((source, self.postgres), (self.postgres, back)):
            code, out, err = command("--config", str(self.config), "doc", "copy", a, b,
                                     "--jobs", "3", *chosen)
            self.assertEqual((code, err), (0, ""))
            self.assertEqual([line.split(":")[0] for line in out.splitlines()], names)
        for name in names:
            self.assertEqual(self.run_doc(source, {"find": name, "batchSize": 5000}),
                             self.run_doc(back, {"find": name, "batchSize": 5000}))
        # One that cannot be copied is told, and the others end.
        self.run_doc(self.postgres, {"update": names[2], "updates": [
            {"q": {"_id": 1}, "u": {"$set": {"n": -1}}}]})
        code, out, err = command("--config", str(self.config), "doc", "copy", source,
                                 self.postgres, *chosen)
        self.assertEqual(code, 1)
        self.assertIn(names[2], err)
        self.assertIn("another document with the same _id", err)

    def test_goes_on_where_it_was_interrupted(self):
        source, target = self.sqlite("a.db"), self.postgres
        self.fill(source, 3000)
        self.copy(source, target)
        self.run_doc(target, {"delete": self.name, "deletes": [
            {"q": {"_id": {"$gte": 1700}}, "limit": 0}, {"q": {"_id": 3}, "limit": 1}]})
        code, out, err = self.copy(source, target)
        self.assertEqual((code, err), (0, ""))
        self.assertIn("1301 written, 1699 there before", out)
        self.assertEqual(self.state(source), self.state(target))

    def test_refuses_a_copy_onto_itself(self):
        self.fill(self.sqlite("a.db"), 2)
        code, _, err = self.copy(self.sqlite("a.db"), self.sqlite("./a.db"))
        self.assertEqual(code, 2)
        self.assertIn("the same store", err)

    def test_both_ways(self):
        first, back = self.sqlite("a.db"), self.sqlite("b.db")
        self.fill(first, 2500)
        for source, target in ((first, self.postgres), (self.postgres, back)):
            code, out, err = self.copy(source, target)
            self.assertEqual((code, err), (0, ""))
            self.assertIn("2500 documents", out)
            self.assertEqual(self.state(source), self.state(target))
        self.assertIn("0 written, 2500 there before", self.copy(first, back)[1])

    def test_another_document_in_the_target_is_kept_and_told(self):
        source, target = self.sqlite("a.db"), self.sqlite("b.db")
        self.fill(source, 3)
        self.copy(source, target)
        self.run_doc(target, {"update": self.name, "updates": [
            {"q": {"_id": 1}, "u": {"$set": {"name": "other"}}}]})
        before = self.state(target)
        code, _, err = self.copy(source, target)
        self.assertEqual(code, 1)
        self.assertIn("another document with the same _id", err)
        self.assertEqual(self.state(target), before)

    def test_documents_that_only_the_target_has_are_told(self):
        source, target = self.sqlite("a.db"), self.sqlite("b.db")
        self.fill(source, 3)
        self.copy(source, target)
        self.run_doc(target, {"insert": self.name, "documents": [{"_id": 9, "name": "more"}]})
        code, _, err = self.copy(source, target)
        self.assertEqual(code, 1)
        self.assertIn("is not the same", err)

    def test_everything_of_a_store(self):
        source, target = self.sqlite("a.db"), self.sqlite("b.db")
        self.fill(source, 3)
        odd = 'a"b\\c\n\u0001\u00e9'
        self.run_doc(source, {"insert": odd, "documents": [{"_id": 1}]},
                     {"create": "view", "viewOn": self.name, "pipeline": [{"$match": {"_id": 1}}]})
        whole = ("--config", str(self.config), "doc", "copy", source, target)
        self.assertEqual(command(*whole, "--dry-run")[0], 0)
        for _ in range(2):
            code, out, err = command(*whole)
            self.assertEqual((code, err), (0, ""))
            self.assertIn("a view, the same in both", out)
        asked = [{"find": "view"}, {"find": odd}, {"listCollections": 1}]
        self.assertEqual(self.run_doc(source, *asked), self.run_doc(target, *asked))

    def test_a_source_without_collections_is_refused(self):
        code, _, err = command("--config", str(self.config), "doc", "copy",
                               self.sqlite("nothing.db"), self.sqlite("b.db"))
        self.assertEqual(code, 2)
        self.assertIn("no collections", err)

    def test_dry_run_writes_nothing(self):
        source, target = self.sqlite("a.db"), self.sqlite("b.db")
        self.fill(source, 3)
        code, out, err = self.copy(source, target, "--dry-run")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("3 documents", out)
        self.assertEqual(self.run_doc(target, {"count": self.name})[0].count('"0"'), 1)

    def test_a_collection_that_is_not_there_is_told(self):
        code, _, err = self.copy(self.sqlite("a.db"), self.sqlite("b.db"))
        self.assertEqual(code, 2)
        self.assertIn("no collection", err)

    def test_killed_at_random_points(self):
        seed = random.randrange(2**32)
        print("seed", seed)
        chance = random.Random(seed)
        source = self.sqlite("a.db")
        self.fill(source, 5000)
        wanted = self.state(source)
        began = time.monotonic()
        self.copy(source, self.sqlite("whole.db"))
        whole = time.monotonic() - began
        for kind in ("sqlite", "postgres"):
            for i in range(KILLS):
                target = self.sqlite("t%d.db" % i) if kind == "sqlite" else self.postgres
                if kind == "postgres":
                    self.run_doc(target, {"drop": self.name})
                copy = subprocess.Popen([COMMAND, "--config", str(self.config), "doc", "copy",
                                         source, target, "--collection", self.name],
                                        stdout=subprocess.DEVNULL)
                try:
                    copy.wait(chance.uniform(0, whole))
                except subprocess.TimeoutExpired:
                    copy.kill()
                    copy.wait()
                code, out, err = self.copy(source, target)
                self.assertEqual((code, err), (0, ""), (kind, i))
                self.assertEqual(self.state(target), wanted, (kind, i))


if __name__ == "__main__":
    unittest.main()
