"""`iacdb doc import` and `export`: every format there and back, and bad input."""

import json
import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import time
import unittest

from service import COMMAND, command, escaped, test_urls

PEOPLE = [
    '{"_id": 1, "name": "Ada, \\"the\\" first", "age": {"$numberLong": "36"}, '
    '"a": {"b": 1, "c": "x"}}',
    '{"_id": {"$oid": "65a5a5a5a5a5a5a5a5a5a5a5"}, "name": "Bob\\nline", '
    '"d": {"$numberDecimal": "1.50"}}',
    '{"_id": "x", "born": {"$date": "2020-01-02T03:04:05Z"}, "tags": [1, null, {"z": 1, "a": 2}]}',
]


class DocFiles(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.config = self.folder / "iacdb.json"
        self.config.write_text(json.dumps({"documents": {
            "file": {"url": "sqlite:%s" % (self.folder / "d.db")},
            "server": {"url": escaped(test_urls()["postgres"])}}}))
        self.config.chmod(0o600)
        self.addCleanup(self.doc, "run", "server", "-c", '{"drop": "imported"}')

    def doc(self, *arguments, text=""):
        done = subprocess.run([COMMAND, "--config", str(self.config), "doc", *arguments],
                              input=text, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def good(self, *arguments, text=""):
        code, out, err = self.doc(*arguments, text=text)
        self.assertEqual((code, err), (0, ""), arguments)
        return out

    def everything(self, store, collection):
        return self.good("export", store, collection, "--canonical")

    def test_every_format_keeps_every_type(self):
        self.good("import", "file", "people", text="\n".join(PEOPLE))
        before = self.everything("file", "people")
        self.assertEqual(len(before.splitlines()), 3)
        for ending in ("ndjson", "json", "bson"):
            for store in ("file", "server"):
                path = str(self.folder / ("p." + ending))
                self.assertEqual(self.good("export", "file", "people", "-o", path, "--canonical"),
                                 "exported 3 documents\n")
                self.assertEqual(self.good("import", store, "imported", path, "--drop"),
                                 "imported 3 documents\n")
                self.assertEqual(self.everything(store, "imported"), before, (ending, store))

    def test_a_dump_carries_options_and_indexes(self):
        self.good("run", "file",
                  text='{"create": "people", "validator": {"name": {"$type": "string"}}}\n'
                  '{"createIndexes": "people", "indexes": '
                  '[{"key": {"name": 1}, "name": "n", "unique": true}]}')
        self.good("import", "file", "people", text='{"_id": 1, "name": "Ada"}')
        self.good("export", "file", "people", "-o", str(self.folder / "people.bson"))
        self.good("import", "server", "imported", str(self.folder / "people.bson"))
        reply = self.good("run", "server", "--relaxed", text='{"listIndexes": "imported"}\n'
                          '{"insert": "imported", "documents": [{"_id": 2, "name": 5}]}\n'
                          '{"insert": "imported", "documents": [{"_id": 2, "name": "Ada"}]}')
        indexes, invalid, duplicate = map(json.loads, reply.splitlines())
        self.assertEqual([i["name"] for i in indexes["cursor"]["firstBatch"]], ["_id_", "n"])
        self.assertEqual(invalid["writeErrors"][0]["code"], 121)
        self.assertEqual(duplicate["writeErrors"][0]["code"], 11000)

    def test_csv_there_and_back(self):
        self.good("import", "file", "people", text="\n".join(PEOPLE))
        out = self.good("export", "file", "people", "--format", "csv", "--fields",
                        "_id,name,age,a.b,born,tags")
        self.assertEqual(out.splitlines()[0], "_id,name,age,a.b,born,tags")
        self.assertIn('1,"Ada, ""the"" first",36,1,,\n', out)
        self.assertIn('65a5a5a5a5a5a5a5a5a5a5a5,"Bob\nline",,,,\n', out)
        self.assertIn('x,,,,2020-01-02T03:04:05Z,"[1,null,{""z"":1,""a"":2}]"\n',
                      out.replace('": ', '":').replace(', ', ',').replace('Ada,', 'Ada, '))
        typed = ('_id.int32(),name.string(),age.int64(),a.b.auto(),born.date(),ok.boolean()\n'
                 '1,007,36,1.5,2020-01-02T03:04:05Z,true\n2,,,,,\n')
        self.good("import", "file", "typed", "--format", "csv", "--typed-header", text=typed)
        first, second = map(json.loads, self.everything("file", "typed").splitlines())
        self.assertEqual(first, {
            "_id": {"$numberInt": "1"}, "name": "007", "age": {"$numberLong": "36"},
            "a": {"b": {"$numberDouble": "1.5"}},
            "born": {"$date": {"$numberLong": "1577934245000"}}, "ok": True})
        self.assertEqual(second, {"_id": {"$numberInt": "2"}, "name": "", "age": None,
                                  "a": {"b": ""}, "born": None, "ok": None})

    def test_a_mark_of_the_end_is_a_value_of_a_file(self):
        self.good("import", "file", "marks", "--format", "csv", text="a\n1\n\\.\n2\n")
        out = self.good("export", "file", "marks", "--format", "csv", "--fields", "a")
        self.assertEqual([line.strip('"') for line in out.splitlines()], ["a", "1", "\\.", "2"])

    def test_modes(self):
        self.good("import", "file", "people", text='{"_id": 1, "k": "a", "v": 1, "w": 1}')
        self.good("import", "file", "people", "--mode", "replace", "--key", "k",
                  text='{"k": "a", "v": 2}\n{"k": "b", "v": 3}')
        self.good("import", "file", "people", "--mode", "merge", "--key", "k",
                  text='{"k": "b", "w": 4}')
        out = self.good("export", "file", "people", "--projection", '{"_id": 0}',
                        "--sort", '{"k": 1}')
        self.assertEqual([json.loads(line) for line in out.splitlines()],
                         [{"k": "a", "v": 2}, {"k": "b", "v": 3, "w": 4}])

    def test_bad_input_is_told_with_its_line(self):
        path = self.folder / "bad.ndjson"
        path.write_text('{"_id": 1}\n{"_id": 2\n, "x": nonsense}\n{"_id": 1}\n{"_id": 3}\n')
        code, out, err = self.doc("import", "file", "bad", str(path))
        self.assertEqual((code, out), (1, "imported 1 document; refused 1, and stopped there\n"))
        self.assertIn("bad.ndjson:2: ", err)
        code, out, err = self.doc("import", "file", "bad", str(path), "--drop", "--max-errors", "5")
        self.assertEqual((code, out), (1, "imported 2 documents; refused 2\n"))
        self.assertIn("bad.ndjson:2: ", err)
        self.assertIn("bad.ndjson:4: E11000 duplicate key", err)
        for content, words in (('{"a": 1', "does not end"), ("nonsense", "begins with {")):
            code, out, err = self.doc("import", "file", "bad", text=content)
            self.assertEqual(code, 1)
            self.assertIn("standard input:1: ", err)
            self.assertIn(words, err)
        (self.folder / "cut.bson").write_bytes(b"\x05\0\0\0\0\x20\0\0\0\x10")
        code, out, err = self.doc("import", "file", "bad", str(self.folder / "cut.bson"))
        self.assertEqual(code, 1)
        self.assertIn("cut.bson, document 2: ", err)
        code, out, err = self.doc("import", "file", "bad", "--format", "csv", text="a,b\n1\n")
        self.assertIn("standard input:2: 1 cells where the header has 2", err)

    def test_refusals(self):
        for arguments, words in (
                (("export", "file", "nothing"), "no collection nothing"),
                (("export", "file", "nothing", "--format", "xml"), "no format is called xml"),
                (("import", "file", "a", "missing.json"), "cannot read missing.json"),
                (("import", "file", "a", "--mode", "merge2"), "no mode is called merge2")):
            code, out, err = self.doc(*arguments)
            self.assertEqual(code, 2, arguments)
            self.assertIn(words, err)
            self.assertEqual(len(err.splitlines()), 1, err)

    def test_a_file_appears_only_when_it_is_whole(self):
        self.good("import", "file", "people", text='{"_id": 1}')
        missing = str(self.folder / "no" / "p.json")
        code, _, err = self.doc("export", "file", "people", "-o", missing)
        self.assertNotEqual(code, 0)
        self.assertIn("cannot write", err)
        code, _, err = self.doc("export", "file", "people", "-o", str(self.folder / "p.json"),
                                "--filter", '{"$nonsense": 1}')
        self.assertNotEqual(code, 0)
        self.assertEqual(sorted(p.name for p in self.folder.glob("p.json*")), [])

    def test_a_pipe_stays_one(self):
        """A file in its place would be no pipe, and a device would be lost."""
        self.good("import", "file", "people", text='{"_id": 1}')
        pipe = self.folder / "pipe.json"
        os.mkfifo(pipe)
        with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True) as reader:
            self.assertEqual(self.good("export", "file", "people", "-o", str(pipe)),
                             "exported 1 document\n")
            self.assertEqual(reader.stdout.read(), '[\n{"_id":1}\n]\n')
        self.assertTrue(pipe.is_fifo())
        link = self.folder / "link.json"
        link.symlink_to(self.folder / "behind.json")
        self.good("export", "file", "people", "-o", str(link))
        self.assertTrue(link.is_symlink())
        self.assertEqual((self.folder / "behind.json").read_text(), '[\n{"_id":1}\n]\n')
        self.assertEqual(self.doc("export", "file", "people", "-o", str(link), "--filter",
                                  '{"$nonsense": 1}')[0], 1)
        self.assertEqual((self.folder / "behind.json").read_text(), '[\n{"_id":1}\n]\n')
        log = self.folder / "log"
        log.write_text("before\n")
        with log.open("a") as out:
            subprocess.run([COMMAND, "--config", str(self.config), "doc", "export", "file",
                            "people", "-o", "/dev/stdout"], stdout=out, check=True, timeout=60)
        self.assertTrue(log.read_text().startswith('before\n{"_id":1}\n'))
        full = self.folder / "full.ndjson"
        full.symlink_to("/dev/full")
        code, _, err = self.doc("export", "file", "people", "-o", str(full))
        self.assertEqual(code, 1)
        self.assertIn("is the disk full?", err)

    def test_output_that_cannot_be_written(self):
        self.good("import", "file", "people", text='{"_id": 1}')
        with open("/dev/full", "w") as full:
            for arguments in (("run", "file", "-c", '{"find": "people"}'),
                              ("export", "file", "people")):
                done = subprocess.run([COMMAND, "--config", str(self.config), "doc", *arguments],
                                      stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
                self.assertEqual((done.returncode, done.stderr), (
                    1, "iacdb: the output cannot be written; is the disk full?\n"), arguments)

    def test_what_would_take_all_memory(self):
        """Each is refused by its code, and the process goes on; not a case of the other servers."""
        doubled = {"$concat": ["$$value", "$$value"]}, {"$concatArrays": ["$$value", "$$value"]}
        reduce = [{"$reduce": {"input": {"$range": [0, 60]}, "initialValue": first, "in": again}}
                  for first, again in zip(("x", [1]), doubled)]
        for expression, code in (({"$size": {"$range": [0, 2_000_000_000]}}, 146),
                                 (reduce[0], 13548), (reduce[1], 146)):
            out = self.good("run", "file", "--relaxed", text=json.dumps(
                {"aggregate": 1, "cursor": {}, "pipeline": [
                    {"$documents": [{}]}, {"$project": {"r": expression}}]}) + '\n{"ping": 1}\n')
            self.assertEqual([json.loads(line).get("code") for line in out.splitlines()],
                             [code, None])

    def test_interrupted(self):
        path = self.folder / "many.ndjson"
        path.write_text("".join('{"_id": %d, "t": "%s"}\n' % (i, "x" * 100)
                                for i in range(1_000_000)))
        process = subprocess.Popen(
            [COMMAND, "--config", str(self.config), "doc", "import", "file", "many", str(path)],
            stderr=subprocess.PIPE, text=True)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertRegex(err, r"^iacdb: interrupted; (\d+) documents are imported and kept; to go "
                              r"on, run it again with --mode replace\n$")
        count = json.loads(self.good("run", "file", "-c", '{"count": "many"}', "--relaxed"))["n"]
        self.assertEqual(str(count), err.split()[2])

    def test_stores_of_the_configuration(self):
        code, out, err = command("--config", str(self.config), "list")
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(len(out.splitlines()), 2)
        self.assertIn("documents", out)
        code, out, err = command("--config", str(self.config), "health")
        self.assertEqual(code, 0, out + err)
        self.assertIn("2 of 2 databases are well", out)
        code, out, err = command("--config", str(self.config), "config", "check")
        self.assertEqual(out, "ok, 0 databases, 2 document stores\n", err)

    def test_constant_memory(self):
        """150 MB go through a process that may not have 120 MB more than it starts with."""
        path = self.folder / "large.ndjson"
        line = json.dumps({"text": "x" * 1000})
        with open(path, "w") as file:
            for _ in range(150):
                file.write((line + "\n") * 1000)
        def limit():
            resource.setrlimit(resource.RLIMIT_DATA, (200 << 20, 200 << 20))
        for arguments in (("import", "file", "large", str(path)),
                          ("export", "file", "large", "-o", str(self.folder / "out.ndjson"))):
            done = subprocess.run([COMMAND, "--config", str(self.config), "doc", *arguments],
                                  capture_output=True, text=True, timeout=300, preexec_fn=limit)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertGreater((self.folder / "out.ndjson").stat().st_size, 150 << 20)


if __name__ == "__main__":
    unittest.main()
