"""Every value type through JSON and back without loss, on every database; sessions; streaming."""

import json
import threading
import time
import unittest

from service import Service, escaped, test_urls, wait_until

NDJSON = "application/x-ndjson"


def typed(type_, value):
    return {"type": type_, "value": value}


# What is sent and what comes back, by kind of database: (sql, parameter, JSON value, column type).
ROUND_TRIPS = {
    "sqlite": [
        ("select ?", 9007199254740993, 9007199254740993, "int64"),
        ("select ?", -9223372036854775808, -9223372036854775808, "int64"),
        ("select ?", 0.1, 0.1, "float64"), ("select ?", None, None, None),
        ("select ?", "é \u0000 \U0001F600 \"\\", "é \u0000 \U0001F600 \"\\", "text"),
        ("select ?", typed("bytes", "\\x00ff10"), "\\x00ff10", "bytes"),
        ("select ?", typed("decimal", "123456789012345678901234567890.10"),
         "123456789012345678901234567890.10", None),
        ("select ?", typed("float64", "Infinity"), "Infinity", "float64"),
    ],
    "postgres": [
        ("select ?::bigint", 9223372036854775807, 9223372036854775807, "int64"),
        ("select ?::double precision", 0.30000000000000004, 0.30000000000000004, "float64"),
        ("select ?::double precision", typed("float64", "NaN"), "NaN", "float64"),
        ("select ?::numeric", typed("decimal", "1.10"), "1.10", "decimal"),
        ("select ?::numeric", 123456789012345678901234567890, "123456789012345678901234567890",
         "decimal"),
        ("select ?::boolean", True, True, "boolean"),
        ("select ?::text", "a\nb\té", "a\nb\té", "text"),
        ("select ?::text", None, None, "text"),
        ("select ?::bytea", typed("bytes", "\\x00ff10"), "\\x00ff10", "bytes"),
        ("select ?::date", typed("date", "2024-02-29"), "2024-02-29", "date"),
        ("select ?::time", typed("time", "23:59:59.999999"), "23:59:59.999999", "time"),
        ("select ?::timestamp", typed("timestamp", "2024-02-29 12:00:00.000001"),
         "2024-02-29 12:00:00.000001", "timestamp"),
        ("select ?::timestamptz", typed("timestamptz", "2024-02-29 12:00:00.000001+00"),
         "2024-02-29 12:00:00.000001+00", "timestamptz"),
        ("select ?::interval", typed("interval", "1 mon 2 days 03:04:05.000006"),
         "1 mon 2 days 03:04:05.000006", "interval"),
        ("select ?::uuid", typed("uuid", "01234567-89ab-cdef-0123-456789abcdef"),
         "01234567-89ab-cdef-0123-456789abcdef", "uuid"),
        ("select ?::jsonb", typed("json", {"a": [1, None, "x"]}), {"a": [1, None, "x"]}, "json"),
        ("select ?::json", typed("json", '{"n": 1.10}'), {"n": 1.10}, "json"),
        ("select ?::int[]", [1, None, 3], [1, None, 3], "array"),
        ("select ?::int[]", [[1, 2], [3, 4]], [[1, 2], [3, 4]], "array"),
        ("select ?::text[]", [], [], "array"),
        ("select ?::numeric[]", typed("decimal", ["1.10", "2"]), ["1.10", "2"], "array"),
    ],
    "mysql": [
        ("select cast(? as signed)", -9223372036854775808, -9223372036854775808, "int64"),
        ("select cast(? as unsigned)", typed("decimal", "18446744073709551615"),
         "18446744073709551615", None),
        ("select cast(? as double)", 0.1, 0.1, "float64"),
        ("select cast(? as decimal(40,2))", typed("decimal", "12345678901234567890.10"),
         "12345678901234567890.10", "decimal"),
        ("select ?", "é \U0001F600", "é \U0001F600", "text"),
        ("select cast(? as binary)", typed("bytes", "\\x00ff10"), "\\x00ff10", "bytes"),
        ("select cast(? as date)", typed("date", "2024-02-29"), "2024-02-29", "date"),
        ("select cast(? as datetime(6))", typed("timestamp", "2024-02-29 12:00:00.000001"),
         "2024-02-29 12:00:00.000001", "timestamp"),
    ],
}
SERIES = {
    "sqlite": "with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000) "
              "select i, 'row ' || i from n",
    "postgres": "select i, 'row ' || i from generate_series(1, 20000) as i",
    "mysql": "select seq, concat('row ', seq) from seq_1_to_20000",
}
SLEEP = {
    "sqlite": "with recursive n(i) as (select 1 union all select i + 1 from n "
              "where i < 2000000000) "
              "select count(*) from n",
    "postgres": "select pg_sleep(30)", "mysql": "select sleep(30)",
}


class Values(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kinds = list(test_urls())
        databases = {kind: {"url": escaped(url) if url else "sqlite:values.db"}
                     for kind, url in test_urls().items()}
        cls.service = Service({"databases": databases}).__enter__()
        for kind in cls.kinds:
            cls.service.exec(kind, "drop table if exists e2e_t")
            answer = cls.service.exec(kind, "create table e2e_t(a int, b varchar(40))")
            assert answer.status == 200, answer.body

    @classmethod
    def tearDownClass(cls):
        cls.service.__exit__()

    def setUp(self):
        for kind in self.kinds:
            self.service.exec(kind, "delete from e2e_t")

    def test_every_type_survives(self):
        for kind in self.kinds:
            for sql, parameter, expected, type_ in ROUND_TRIPS[kind]:
                answer = self.service.query(kind, sql, [parameter])
                self.assertEqual(answer.status, 200, (kind, sql, parameter, answer.body))
                result = answer.json()
                self.assertEqual(result["rows"], [[expected]], (kind, sql))
                if type_ and kind != "sqlite":  # Its expressions have no declared type.
                    self.assertEqual(result["columns"][0]["type"], type_, (kind, sql, parameter))

    def test_numbers_that_json_readers_lose_are_not_lost(self):
        body = '{"sql": "select cast(? as decimal(50,20))", "parameters": ' \
               '[12345678901234567890.12345678901234567890]}'
        for kind in ("postgres", "mysql"):
            answer = self.service.ask("POST", f"/v1/databases/{kind}/query", body,
                                      {"Content-Type": "application/json"})
            self.assertEqual(answer.json()["rows"], [["12345678901234567890.12345678901234567890"]])

    def test_names_and_lists(self):
        for kind in self.kinds:
            self.service.exec(kind, "insert into e2e_t values (?, ?), (?, ?)", [1, "x", 2, "y"])
            answer = self.service.query(kind, "select b from e2e_t where a = :n and b = :b",
                                        {"b": "y", "n": 2})
            self.assertEqual(answer.json()["rows"], [["y"]], kind)
            answer = self.service.query(kind, "select b from e2e_t where a in (?) order by a",
                                        [typed("list", [1, 2, 3])])
            self.assertEqual(answer.json()["rows"], [["x"], ["y"]], kind)
            answer = self.service.query(kind, "select b from e2e_t where a in (:l)",
                                        {"l": typed("list", [])})
            self.assertEqual(answer.json()["rows"], [], kind)
            for wrong in ([1], {"n": 1}, {"n": 1, "b": "y", "c": 3}):
                answer = self.service.query(
                    kind, "select b from e2e_t where a = :n and b = :b", wrong)
                self.assertEqual(answer.status, 400, (kind, wrong, answer.body))

    def test_both_forms_stream_all_rows(self):
        for kind in self.kinds:
            result = self.service.query(kind, SERIES[kind]).json()
            self.assertEqual(result["row_count"], 20000)
            self.assertEqual(result["rows"][19999], [20000, "row 20000"])
            answer = self.service.query(kind, SERIES[kind], accept=NDJSON)
            self.assertEqual(answer.headers["Content-Type"], NDJSON)
            lines = answer.lines()
            self.assertEqual([column["type"] for column in lines[0]["columns"]],
                             ["int64", "text"])
            self.assertEqual(lines[1:-1], result["rows"])
            self.assertEqual(lines[-1]["row_count"], 20000)

    def test_a_failure_in_the_stream_is_told_in_it(self):
        sql = "select case when i = 15000 then 1 / (i - 15000) else i end from " \
              "generate_series(1, 20000) as i"
        answer = self.service.query("postgres", sql, accept=NDJSON)
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.lines()[-1]["error"]["kind"], "data")
        result = self.service.query("postgres", sql).json()
        self.assertEqual(result["error"]["sqlstate"], "22012")

    def test_changes_are_counted(self):
        for kind in self.kinds:
            answer = self.service.exec(kind, "insert into e2e_t values (1, 'x'), (2, 'y')")
            self.assertEqual(answer.json()["rows_affected"], 2, kind)
            answer = self.service.query(kind, "update e2e_t set b = 'z'").json()
            self.assertEqual((answer["rows"], answer["rows_affected"]), ([], 2), kind)

    def test_kinds_are_the_same_everywhere(self):
        for kind in self.kinds:
            self.service.exec(kind, "drop table if exists e2e_u")
            self.service.exec(kind, "create table e2e_u(a int primary key, b int not null)")
            self.service.exec(kind, "insert into e2e_u values (1, 1)")
            for sql, expected, status in (
                    ("insert into e2e_u values (1, 1)", "unique_violation", 409),
                    ("insert into e2e_u values (2, null)", "not_null_violation", 409),
                    ("select * from e2e_missing", "undefined_object", 400),
                    ("selekt", "syntax", 400), ("select ?", None, 400)):
                answer = self.service.exec(kind, sql)
                self.assertEqual(answer.status, status, (kind, sql, answer.body))
                if expected:
                    self.assertEqual(answer.json()["error"]["kind"], expected, (kind, sql))

    def test_several_results(self):
        self.service.exec("mysql", "drop procedure if exists e2e_p")
        answer = self.service.exec(
            "mysql", "create procedure e2e_p() begin select 1 as a; select 2 as b, 3 as c; end")
        self.assertEqual(answer.status, 200, answer.body)
        result = self.service.query("mysql", "call e2e_p()").json()
        self.assertEqual(result["rows"], [[1]])
        self.assertEqual(result["more_results"][0]["rows"], [[2, 3]])
        lines = self.service.query("mysql", "call e2e_p()", accept=NDJSON).lines()
        self.assertEqual([line for line in lines if isinstance(line, list)], [[1], [2, 3]])

    # --- sessions ---

    def open(self, kind, **options):
        answer = self.service.ask("POST", f"/v1/databases/{kind}/sessions", options)
        self.assertEqual(answer.status, 201, answer.body)
        return "/v1/sessions/" + answer.json()["session"]

    def test_commit_and_rollback(self):
        for kind in self.kinds:
            for verb, rows in (("rollback", []), ("commit", [[1]])):
                path = self.open(kind)
                answer = self.service.ask("POST", path + "/exec",
                                          {"sql": "insert into e2e_t(a) values (?)",
                                           "parameters": [1]})
                self.assertEqual(answer.json()["rows_affected"], 1)
                inside = self.service.ask("POST", path + "/query", {"sql": "select a from e2e_t"})
                self.assertEqual(inside.json()["rows"], [[1]])
                if kind != "sqlite":
                    outside = self.service.query(kind, "select a from e2e_t")
                    self.assertEqual(outside.json()["rows"], [])
                self.assertEqual(self.service.ask("POST", path + "/" + verb).status, 200)
                self.assertEqual(self.service.query(kind, "select a from e2e_t").json()["rows"],
                                 rows, (kind, verb))
                self.assertEqual(self.service.ask("POST", path + "/commit").status, 404)

    def test_a_forgotten_session_is_rolled_back(self):
        for kind in self.kinds:
            path = self.open(kind, timeout_ms=1000)
            self.service.ask("POST", path + "/exec", {"sql": "insert into e2e_t(a) values (1)"})
            wait_until(lambda: self.service.ask(
                "POST", path + "/query", {"sql": "select 1"}).status == 404
                if time.sleep(1.6) is None else False, "the session expires")
            self.assertEqual(self.service.query(kind, "select a from e2e_t").json()["rows"], [])

    def test_sessions_end_by_themselves_only(self):
        for kind in self.kinds:
            path = self.open(kind)
            for sql in ("commit", "rollback", "begin", "start transaction", "end"):
                answer = self.service.ask("POST", path + "/exec", {"sql": sql})
                self.assertEqual(answer.status, 400, (kind, sql))
            self.assertEqual(self.service.ask("POST", path + "/rollback").status, 200)

    def test_read_only_sessions(self):
        for kind in self.kinds:
            path = self.open(kind, read_only=True)
            answer = self.service.ask("POST", path + "/exec",
                                      {"sql": "insert into e2e_t(a) values (1)"})
            self.assertEqual(answer.status, 403, answer.body)
            self.service.ask("POST", path + "/rollback")

    def test_one_request_at_a_time_and_its_own_time(self):
        for kind in self.kinds:
            path = self.open(kind)
            answers = []
            def sleep():
                status = 409
                while status == 409:  # The other thread may be the first.
                    answer = self.service.ask("POST", path + "/query",
                                              {"sql": SLEEP[kind], "timeout_ms": 1500})
                    status = answer.status
                answers.append(answer)
            thread = threading.Thread(target=sleep)
            thread.start()
            wait_until(lambda: self.service.ask(
                "POST", path + "/query", {"sql": "select 1"}).status == 409 or answers,
                "it is busy")
            thread.join()
            self.assertEqual(answers[0].status, 504, (kind, answers[0].body))
            self.assertIn(self.service.ask("POST", path + "/rollback").status, (200, 404))

    def test_isolation(self):
        for kind in ("postgres", "mysql"):
            path = self.open(kind, isolation="serializable")
            sql = {"postgres": "show transaction_isolation",
                   "mysql": "select trx_isolation_level from information_schema.innodb_trx "
                            "where trx_mysql_thread_id = connection_id()"}[kind]
            self.service.ask("POST", path + "/query", {"sql": "select a from e2e_t"})
            answer = self.service.ask("POST", path + "/query", {"sql": sql})
            self.assertIn("serializable", json.dumps(answer.json()["rows"]).lower(), kind)
            self.service.ask("POST", path + "/rollback")
        answer = self.service.ask("POST", "/v1/databases/postgres/sessions", {"isolation": "none"})
        self.assertEqual(answer.status, 400)


if __name__ == "__main__":
    unittest.main()
