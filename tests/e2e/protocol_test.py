"""HTTP itself: what clients, proxies and attackers send, and what they get."""

import json
import os
import pathlib
import signal
import socket
import threading
import unittest

from service import Service, wait_until

TOKEN = "0123456789abcdef-write"
QUERY = b'{"sql": "select 1 as one"}'


def post(path, body, extra=b"", host=b"127.0.0.1"):
    return (b"POST " + path + b" HTTP/1.1\r\nHost: " + host +
            b"\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(body) +
            extra + b"\r\n" + body)


class Protocol(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service({
            "databases": {"shop": {"url": "sqlite::memory:"}, "a-b_c": {"url": "sqlite::memory:"}},
            "serve": {"limits": {"request_bytes_max": "64KiB"}}}).__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.service.__exit__()

    def status_of(self, data, pause=None):
        answer = self.service.raw(data, pause)
        self.assertTrue(answer.startswith(b"HTTP/1.1 "), answer[:200])
        return int(answer[9:12])

    def test_keep_alive_and_pipelining(self):
        one = post(b"/v1/databases/shop/query", QUERY)
        last = post(b"/v1/databases/shop/query", QUERY, b"Connection: close\r\n")
        self.assertEqual(self.service.raw(one + one + last).count(b'"rows":[[1]]'), 3)
        connection = self.service.connect()
        for _ in range(3):
            self.assertEqual(
                self.service.ask("GET", "/healthz", connection=connection).status, 200)
        connection.close()

    def test_chunked_bodies_in_small_pieces(self):
        head = (b"POST /v1/databases/shop/query HTTP/1.1\r\nHost: localhost\r\n"
                b"Connection: close\r\nContent-Type: application/json; charset=utf-8\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n")
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in
                          (QUERY[:5], QUERY[5:6], QUERY[6:])) + b"0\r\n\r\n"
        answer = self.service.raw([head[:30], head[30:], chunks[:9], chunks[9:]], 0.02)
        self.assertIn(b'"rows":[[1]]', answer)

    def test_expect_continue_is_answered(self):
        request = post(b"/v1/databases/shop/query", QUERY,
                       b"Expect: 100-continue\r\nConnection: close\r\n")
        head, body = request.split(b"\r\n\r\n")
        with socket.create_connection((self.service.host, self.service.port), 30) as plain:
            plain.sendall(head + b"\r\n\r\n")
            self.assertTrue(plain.recv(100).startswith(b"HTTP/1.1 100 "))
            plain.sendall(body)
            self.assertIn(b"200 OK", plain.recv(65536))

    def test_http_1_0_gets_a_whole_answer(self):
        answer = self.service.raw(b"GET /healthz HTTP/1.0\r\n\r\n")
        self.assertIn(b"200 OK", answer)
        self.assertNotIn(b"chunked", answer.lower())

    def test_head_and_options(self):
        answer = self.service.ask("HEAD", "/healthz")
        self.assertEqual((answer.status, answer.body), (200, b""))
        self.assertGreater(int(answer.headers["Content-Length"]), 0)
        answer = self.service.ask("OPTIONS", "/v1/databases/shop/query")
        self.assertEqual((answer.status, answer.headers["Allow"]), (204, "POST, OPTIONS"))
        answer = self.service.ask("HEAD", "/v1/databases/shop/query")
        self.assertEqual(answer.status, 405)

    def test_wrong_method_type_and_address(self):
        answer = self.service.ask("GET", "/v1/databases/shop/query")
        self.assertEqual((answer.status, answer.headers["Allow"]), (405, "POST, OPTIONS"))
        for body, kind in ((QUERY, "text/plain"), (QUERY, "application/jsonx"),
                           ("a=b", "application/x-www-form-urlencoded")):
            answer = self.service.ask("POST", "/v1/databases/shop/query", body,
                                      {"Content-Type": kind})
            self.assertEqual(answer.status, 415, kind)
        self.assertEqual(self.service.ask("GET", "/nothing").status, 404)
        self.assertEqual(self.service.ask("GET", "/v1/databases/shop/").status, 404)
        self.assertEqual(self.service.query("nobody", "select 1").status, 404)

    def test_percent_encoded_names(self):
        self.assertEqual(self.service.query("a%2db%5Fc", "select 1").json()["rows"], [[1]])
        self.assertEqual(self.service.query("a%2Fquery", "select 1").status, 404)
        self.assertEqual(self.service.query("sh%6Fp", "select 1").json()["rows"], [[1]])
        for bad in ("a%2", "a%zz", "a%00b", "%ff", "a%+1"):
            self.assertEqual(self.service.query(bad, "select 1").status, 400, bad)

    def test_malformed_requests_are_refused(self):
        for data in (b"NONSENSE\r\n\r\n", b"GET /healthz HTTP/1.1\r\n\r\n",
                     b"GET /healthz HTTP/3.7\r\nHost: localhost\r\n\r\n",
                     b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
                     b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nNo colon\r\n\r\n",
                     post(b"/v1/databases/shop/query", QUERY,
                          b"Transfer-Encoding: chunked\r\n"),
                     post(b"/v1/databases/shop/query", QUERY, b"Content-Length: 3\r\n"),
                     b"POST /v1/databases/shop/query HTTP/1.1\r\nHost: localhost\r\n"
                     b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
            self.assertEqual(self.status_of(data), 400, data)

    def test_foreign_host_names_are_refused(self):
        for host in (b"evil.example", b"127.evil.example", b"127.0.0.1.evil.example",
                     b"localhost.evil.example", b"[::2]"):
            request = post(b"/v1/databases/shop/query", QUERY, b"Connection: close\r\n", host)
            self.assertEqual(self.status_of(request), 421, host)
        for host in (b"localhost:%d" % self.service.port, b"127.1.2.3", b"[::1]:80", b"LOCALHOST"):
            request = post(b"/v1/databases/shop/query", QUERY, b"Connection: close\r\n", host)
            self.assertEqual(self.status_of(request), 200, host)

    def test_pages_of_other_sites_cannot_act(self):
        answer = self.service.ask("POST", "/v1/databases/shop/sessions",
                                  headers={"Origin": "https://evil.example"})
        self.assertEqual(answer.status, 403)

    def test_sizes(self):
        big = json.dumps({"sql": "select ?", "parameters": ["x" * 100_000]})
        answer = self.service.ask("POST", "/v1/databases/shop/query", big,
                                  {"Content-Type": "application/json"})
        self.assertEqual(answer.status, 413)
        self.assertIn("request_bytes_max", answer.json()["error"]["message"])
        chunked = (b"POST /v1/databases/shop/query HTTP/1.1\r\nHost: localhost\r\n"
                   b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
        self.assertEqual(self.status_of([chunked, chunk, chunk, chunk]), 413)
        header = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 40_000 + b"\r\n\r\n"
        self.assertEqual(self.status_of(header), 431)

    def test_bodies_that_are_wrong(self):
        for body, says in (("", "expected"), ("[]", "object"), ("{", "string"),
                           ('{"sql": 1}', "sql"), ('{"sql": "select 1", "x": 1}', "unknown member"),
                           ('{"sql": "select 1", "sql": "select 2"}', "twice"),
                           ('{"sql": "select 1"} x', "follows"),
                           ('{"sql": "select 1", "timeout_ms": -1}', "timeout_ms"),
                           ('{"sql": "select \\ud800"}', "surrogate"),
                           ('{"sql": "a", "parameters": ' + "[" * 100 + "}", "nesting"),
                           ('{"sql": "a", "parameters": [{"type": "x", "value": "1"}]}', "type"),
                           ('{"sql": "a", "parameters": [{"type": "date"}]}', "typed")):
            answer = self.service.ask("POST", "/v1/databases/shop/query", body,
                                      {"Content-Type": "application/json"})
            self.assertEqual(answer.status, 400, body)
            self.assertEqual(answer.json()["error"]["kind"], "usage", body)
            self.assertIn(says, answer.json()["error"]["message"], body)

    def test_errors_carry_the_kind_and_one_line(self):
        for sql, kind, status in (("selekt 1", "syntax", 400),
                                  ("select * from missing_table", "undefined_object", 400),
                                  ("begin", "usage", 400), ("/* x */ commit", "usage", 400)):
            answer = self.service.query("shop", sql)
            error = answer.json()["error"]
            self.assertEqual((answer.status, error["kind"]), (status, kind), sql)
            self.assertNotIn("\n", error["message"])


class Limits(unittest.TestCase):
    SLOW = ("with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000000000) "
            "select count(*) from n")

    def config(self, **limits):
        return {"databases": {"shop": {"url": "sqlite::memory:", "pool": {"open_max": 8}}},
                "serve": {"limits": limits}}

    def test_time(self):
        with Service(self.config(request_timeout="300ms")) as service:
            answer = service.query("shop", self.SLOW)
            self.assertEqual((answer.status, answer.json()["error"]["kind"]), (504, "timeout"))
        with Service(self.config()) as service:
            answer = service.ask("POST", "/v1/databases/shop/query",
                                 {"sql": self.SLOW, "timeout_ms": 200})
            self.assertEqual(answer.status, 504)
            self.assertEqual(service.query("shop", "select 1").status, 200)

    def test_concurrency_refuses_and_health_still_answers(self):
        with Service(self.config(concurrency_max=1, request_timeout="3s")) as service:
            statuses = []
            threads = [threading.Thread(
                target=lambda: statuses.append(service.query("shop", self.SLOW).status))
                for _ in range(4)]
            for thread in threads:
                thread.start()
            wait_until(lambda: statuses.count(503) >= 2, "two requests are refused")
            self.assertEqual(service.ask("GET", "/healthz").status, 200)
            metrics = service.ask("GET", "/metrics").body.decode()
            self.assertIn("iacdb_http_running 2\n", metrics)
            self.assertIn("iacdb_http_refused_busy_total 2\n", metrics)
            for thread in threads:
                thread.join()
            self.assertEqual(sorted(statuses), [503, 503, 504, 504])

    def test_results(self):
        rows = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 50000) " \
               "select i, 'some text' from n"
        with Service(self.config(result_rows_max=10)) as service:
            answer = service.query("shop", rows)
            self.assertEqual(answer.json()["error"]["kind"], "resource")
            self.assertEqual(service.query("shop", rows + " limit 10").json()["row_count"], 10)
        with Service(self.config(result_bytes_max="200KiB")) as service:
            answer = service.query("shop", rows)
            self.assertEqual(answer.status, 200)  # Some had been sent.
            self.assertEqual(answer.json()["error"]["kind"], "resource")
            self.assertNotIn("rows_affected", answer.json())
            lines = service.query("shop", rows, accept="application/x-ndjson").lines()
            self.assertEqual(lines[-1]["error"]["kind"], "resource")

    def test_a_client_that_leaves_ends_its_statement(self):
        with Service(self.config()) as service:
            with socket.create_connection((service.host, service.port), 30) as plain:
                plain.sendall(post(b"/v1/databases/shop/query",
                                   json.dumps({"sql": self.SLOW}).encode()))
                wait_until(lambda: "iacdb_pool_leased{database=\"shop\",backend=\"sqlite\"} 1\n" in
                           service.ask("GET", "/metrics").body.decode(), "the statement runs")
            wait_until(lambda: "kind=\"cancelled\"} 1\n" in
                       service.ask("GET", "/metrics").body.decode(), "it was cancelled")

    @staticmethod
    def peak_kib(service):
        status = pathlib.Path(f"/proc/{service.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0])

    def test_memory_stays_constant_while_a_slow_client_reads(self):
        rows = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 900000) " \
               "select i, printf('%0100d', i) from n"
        # What the address sanitizer keeps of freed memory would hide what the service keeps.
        little = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "quarantine_size_mb=1"]))
        config = self.config()
        config["serve"]["limits"]["request_timeout"] = "5m"  # A slow build takes its time.
        with Service(config, environment={"ASAN_OPTIONS": little}) as service:
            service.query("shop", "select 1")
            before = self.peak_kib(service)
            answer = service.query("shop", rows, accept="application/x-ndjson")
            self.assertEqual(json.loads(answer.body.splitlines()[-1])["row_count"], 900000)
            self.assertGreater(len(answer.body), 90_000_000)
            self.assertLess(self.peak_kib(service) - before, 16 * 1024)


class Ending(unittest.TestCase):
    CONFIG = {"databases": {"shop": {"url": "sqlite::memory:"}}}
    WORK = ("with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000000) "
            "select count(*) from n")

    def test_what_runs_is_finished(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            with Service(self.CONFIG) as service:
                service.query("shop", "select 1")
                answers = []
                thread = threading.Thread(
                    target=lambda: answers.append(service.query("shop", self.WORK)))
                thread.start()
                wait_until(lambda: "iacdb_http_running 2\n" in
                           service.ask("GET", "/metrics").body.decode(), "the statement runs")
                self.assertEqual(service.stop(how), 0)
                thread.join()
                self.assertEqual(answers[0].json()["rows"], [[3000000]])

    def test_what_outlives_the_grace_is_cancelled(self):
        with Service({**self.CONFIG, "serve": {"limits": {"shutdown_grace": "200ms"}}}) as service:
            answers = []
            thread = threading.Thread(
                target=lambda: answers.append(service.query("shop", Limits.SLOW)))
            thread.start()
            wait_until(lambda: "iacdb_http_running 2\n" in
                       service.ask("GET", "/metrics").body.decode(), "the statement runs")
            self.assertEqual(service.stop(), 0)
            thread.join()
            self.assertEqual(answers[0].json()["error"]["kind"], "cancelled")

    def test_idle_connections_do_not_hold_it(self):
        with Service(self.CONFIG) as service:
            with socket.create_connection((service.host, service.port), 30) as idle:
                self.assertEqual(service.ask("GET", "/healthz").status, 200)
                self.assertEqual(service.stop(), 0)
                self.assertEqual(idle.recv(1), b"")


if __name__ == "__main__":
    unittest.main()
