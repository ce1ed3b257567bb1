"""The slow log, statement groups and traces of a running service; secrets that change."""

import http.server
import json
import os
import pathlib
import re
import tempfile
import threading
import time
import unittest
import urllib.parse

from service import Service, command, escaped, test_urls, wait_until

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SLOW = {
    "sqlite": "with recursive n(i) as (select 1 union all select i + 1 from n where i < ?) "
              "select count(*) from n where 'secret-literal' <> ''",
    "postgres": "select pg_sleep(?), 'secret-literal' from pg_class limit 1",
    "mysql": "select sleep(?), 'secret-literal' from information_schema.tables limit 1",
}
SLOW_ARGUMENT = {"sqlite": 900000, "postgres": 0.2, "mysql": 0.2}


def attributes(span):
    return {entry["key"]: list(entry["value"].values())[0] for entry in span["attributes"]}


class Observed(unittest.TestCase):
    def databases(self):
        return {kind: {"url": escaped(url) if url else "sqlite:o.db"}
                for kind, url in test_urls().items()}

    def test_slow_statements_are_logged_with_their_plan(self):
        with Service({"databases": self.databases(), "log": {
                "format": "json", "level": "warn", "slow_query_threshold": "100ms",
                "slow_query_plan": True}}) as service:
            for kind in SLOW:
                answer = service.query(kind, SLOW[kind], [SLOW_ARGUMENT[kind]])
                self.assertEqual(answer.status, 200, answer.body)
                path = "/v1/sessions/" + service.ask(
                    "POST", f"/v1/databases/{kind}/sessions", {}).json()["session"]
                for _ in range(2):  # The transaction goes on after the plan.
                    answer = service.ask("POST", path + "/exec", {
                        "sql": SLOW[kind], "parameters": [SLOW_ARGUMENT[kind]]})
                    self.assertEqual(answer.status, 200, answer.body)
                self.assertEqual(service.ask("POST", path + "/commit").status, 200)
            lines = [json.loads(line) for line in service.log_text().splitlines()
                     if '"slow_query"' in line]
            self.assertNotIn("secret-literal", service.log_text())
            for kind in SLOW:
                own = [line for line in lines if line["database"] == kind]
                self.assertEqual(len(own), 3, kind)
                for line in own:
                    self.assertGreater(line["ms"], 100)
                    self.assertIn("?", line["statement"])
                    self.assertTrue(line["plan"], kind)
            self.assertIn("pg_class", [line for line in lines
                                       if line["database"] == "postgres"][0]["plan"])
            group = lines[0]["group"]
            metrics = service.ask("GET", "/metrics").body.decode()
            self.assertIn(f'group="{group}"', metrics)

    def test_a_database_has_a_threshold_of_its_own(self):
        databases = self.databases()
        databases["postgres"]["slow_query_threshold"] = "50ms"
        with Service({"databases": databases, "log": {"slow_query_threshold": 0}}) as service:
            for kind in SLOW:
                service.query(kind, SLOW[kind], [SLOW_ARGUMENT[kind]])
            text = service.log_text()
            self.assertIn("slow_query database=postgres", text)
            self.assertNotIn("slow_query database=mysql", text)

    def test_groups_have_a_limit(self):
        with Service({"databases": {"sqlite": {"url": "sqlite::memory:"}},
                      "metrics": {"statement_groups_max": 3}}) as service:
            for i in range(10):
                service.query("sqlite", f"select 1 as a{i}")
            for _ in range(5):
                service.query("sqlite", "select 1 as a0")
            # A statement is counted when it has ended, which may be just after its answer came.
            for _ in range(100):
                metrics = service.ask("GET", "/metrics").body.decode()
                counts = re.findall(
                    r'^iacdb_statement_group_seconds_count\{.*fingerprint="(.*)"\} (\d+)$',
                    metrics, re.MULTILINE)
                if sum(int(count) for _, count in counts) == 15:
                    break
                time.sleep(0.1)
            self.assertEqual(len(counts), 4)
            self.assertEqual(dict(counts)["(other)"], "7")
            self.assertEqual(dict(counts)["select ? as a0"], "6")

    def test_metrics_can_be_read(self):
        with Service({"databases": self.databases()}) as service:
            for kind in SLOW:
                service.query(kind, "select 1")
            service.ask("GET", "/readyz")
            answer = service.ask("GET", "/metrics")
            self.assertTrue(answer.headers["Content-Type"].startswith("text/plain; version=0.0.4"))
            names = set()
            for line in answer.body.decode().splitlines():
                if line.startswith("# TYPE "):
                    name = line.split()[2]
                    self.assertNotIn(name, names)
                    names.add(name)
                elif not line.startswith("#"):
                    self.assertRegex(
                        line, r'^[a-z_]+(\{([a-z_]+="([^"\\]|\\.)*",?)*\})? [0-9.e+-]+$')
                    base = re.sub(r"_(bucket|sum|count)$", "", line.split("{")[0].split()[0])
                    self.assertTrue(base in names or line.split("{")[0].split()[0] in names, line)
            for name in ("iacdb_pool_breaker_state", "iacdb_pool_opened_total",
                         "iacdb_http_requests_total", "iacdb_http_request_seconds",
                         "iacdb_statement_group_seconds", "iacdb_database_up"):
                self.assertIn(name, names)
            self.assertIn('iacdb_database_up{database="mysql"} 1', answer.body.decode())

    def test_document_stores_are_opened_and_told_of(self):
        people = {"url": escaped(test_urls()["postgres"])}
        with Service({"databases": {"sqlite": {"url": "sqlite:o.db"}},
                      "documents": {"people": people, "notes": {"url": "sqlite:n.db"},
                                    "gone": {"url": "mongodb://127.0.0.1:1/x?"
                                                    "serverSelectionTimeoutMS=200"}},
                      "log": {"format": "json", "level": "debug"}}) as service:
            answer = service.ask("GET", "/readyz")
            self.assertEqual(answer.status, 503)
            self.assertEqual(answer.json()["databases"],
                             {"sqlite": True, "people": True, "notes": True, "gone": False})
            metrics = service.ask("GET", "/metrics").body.decode()
            for name, backend in (("people", "postgres"), ("notes", "sqlite")):
                self.assertIn(f'iacdb_database_up{{database="{name}"}} 1', metrics)
                self.assertIn(f'iacdb_pool_open{{database="{name}",backend="{backend}"}}', metrics)
            self.assertIn('iacdb_database_up{database="gone"} 0', metrics)
            self.assertNotIn('backend="mongodb"', metrics)
            names = {json.loads(line).get("database") for line in
                     service.log_text().splitlines() if line.startswith("{")}
            self.assertIn("notes", names)

    def test_a_service_of_document_stores_alone(self):
        with Service({"documents": {"notes": {"url": "sqlite:n.db"}},
                      "serve": {"tokens": [{"name": "a", "token": "a-token-0123456789abcdef",
                                            "databases": ["notes"]}]}}) as service:
            self.assertEqual(service.ask("GET", "/readyz").json()["databases"], {"notes": True})
            code, out, err = command("metrics", "notes", "--config",
                                     str(service.folder / "iacdb.json"), cwd=service.folder)
            self.assertEqual(code, 0, err)
            self.assertIn('iacdb_pool_open{database="notes",backend="sqlite"} 1', out)

    def check_spans(self, spans, answer):
        here = answer.headers["traceparent"]
        trace, server_id = here.split("-")[1:3]
        self.assertEqual(trace, PARENT.split("-")[1])
        server = [span for span in spans if span["spanId"] == server_id][0]
        self.assertEqual(server["parentSpanId"], PARENT.split("-")[2])
        self.assertEqual((server["kind"], server["name"]),
                         (2, "POST /v1/databases/{name}/query"))
        self.assertEqual(attributes(server)["http.response.status_code"], "200")
        client = [span for span in spans if span.get("parentSpanId") == server_id][0]
        self.assertEqual((client["kind"], client["name"], client["traceId"]),
                         (3, "SELECT pg_class", trace))
        found = attributes(client)
        self.assertEqual(found["db.system.name"], "postgresql")
        self.assertEqual(found["db.operation.name"], "SELECT")
        self.assertEqual(found["server.address"], "127.0.0.1")
        self.assertNotIn("secret-literal", found["db.query.text"])
        self.assertLessEqual(int(server["startTimeUnixNano"]), int(client["startTimeUnixNano"]))
        self.assertGreaterEqual(int(server["endTimeUnixNano"]), int(client["endTimeUnixNano"]))

    def test_traces_reach_a_collector_and_a_file(self):
        received = []

        class Collector(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.append((self.path, dict(self.headers), json.loads(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *unused):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with Service({"databases": self.databases(), "traces": {
                "endpoint": f"http://127.0.0.1:{server.server_port}", "file": "traces.jsonl",
                "authorization": "Bearer collector-key", "service_name": "shop"}}) as service:
            answer = service.ask("POST", "/v1/databases/postgres/query",
                                 {"sql": "select 'secret-literal' from pg_class limit 1"},
                                 {"traceparent": PARENT})
            unsampled = service.ask("GET", "/readyz", headers={"traceparent": PARENT[:-1] + "0"})
            self.assertTrue(unsampled.headers["traceparent"].endswith("-00"))
            self.assertEqual(service.stop(), 0)  # Sends what has gathered.
            path, headers, document = received[0]
            self.assertEqual(path, "/v1/traces")
            self.assertEqual(headers["Authorization"], "Bearer collector-key")
            resource = document["resourceSpans"][0]
            self.assertEqual(attributes(resource["resource"])["service.name"], "shop")
            self.check_spans(resource["scopeSpans"][0]["spans"], answer)
            written = [json.loads(line) for line in
                       (service.folder / "traces.jsonl").read_text().splitlines()]
            self.assertEqual(written, [document for _, _, document in received])
            self.assertNotIn("collector-key", service.log_text())
        server.shutdown()
        server.server_close()


class Secrets(unittest.TestCase):
    """A password changes at the server and in its file; nobody restarts anything."""

    def setUp(self):
        self.admin = test_urls()["postgres"]
        self.sql("drop role if exists iacdb_rotated")
        self.sql("create role iacdb_rotated login password 'first-password'")
        self.folder = pathlib.Path(tempfile.mkdtemp())

    def tearDown(self):
        self.sql("drop role iacdb_rotated")

    def sql(self, text):
        code, _, err = command("sql", "--url", admin_url(self.admin), "-c", text)
        self.assertEqual(code, 0, err)

    def rotated(self, reference, write, environment=None):
        host, database = re.match(r"postgres://.*@([^/]*)/(.*)", self.admin).groups()
        write("first-password")
        with Service({"databases": {"shop": {
                "type": "postgres", "host": host.split(":")[0], "port": int(host.split(":")[1]),
                "database": database, "username": "iacdb_rotated", "password": reference,
                "pool": {"idle_max": 0}}}}, environment=environment) as service:
            self.assertEqual(service.query("shop", "select 1").status, 200)
            self.sql("alter role iacdb_rotated password 'second-password'")
            refused = service.query("shop", "select 1")
            self.assertEqual(refused.json()["error"]["kind"], "authentication")
            write("second-password")
            wait_until(lambda: service.query("shop", "select 1").status == 200,
                       "the new password is used")
            told = service.log_text() + refused.body.decode() + pathlib.Path(
                f"/proc/{service.process.pid}/cmdline").read_text()
            self.assertNotIn("-password", told.replace("--password", ""))

    def test_from_a_file(self):
        secret = self.folder / "secret"
        self.rotated("${file:%s}" % secret, secret.write_text)

    def test_from_a_command(self):
        secret = self.folder / "secret"
        self.rotated("${cmd:cat %s}" % secret, secret.write_text)

    def test_tokens_too(self):
        token = self.folder / "token"
        token.write_text("first-token-0123456789")
        with Service({"databases": {"shop": {"url": "sqlite::memory:"}}, "serve": {"tokens": [
                {"name": "a", "token": "${file:%s}" % token, "databases": ["shop"]}]}}) as service:
            answer = service.query("shop", "select 1", token="first-token-0123456789")
            self.assertEqual(answer.status, 200)
            token.write_text("second-token-0123456789")
            wait_until(lambda: service.query(
                "shop", "select 1", token="second-token-0123456789").status == 200, "it is known")
            answer = service.query("shop", "select 1", token="first-token-0123456789")
            self.assertEqual(answer.status, 401)
            token.unlink()
            wait_until(lambda: "tokens_not_read" in service.log_text(), "the log tells")
            self.assertEqual(
                service.query("shop", "select 1", token="second-token-0123456789").status, 200)


def admin_url(url):
    """The superuser's door is the socket."""
    folder = urllib.parse.quote(os.environ["IACDB_TEST_PG_SOCKET_DIR"], safe="")
    port = url.rsplit("@", 1)[1].split("/")[0].split(":")[1]
    return (f"postgres://{os.environ['IACDB_TEST_PG_ADMIN_USER']}@{folder}:{port}/"
            f"{os.environ['IACDB_TEST_PG_DATABASE']}")


if __name__ == "__main__":
    unittest.main()
