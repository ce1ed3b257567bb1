#!/usr/bin/env python3
"""Every form of existing installations, with passwords that hurt, connects to a real server where
its kind has one, and is shown in today's form with the same settings where it has none."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from urllib.parse import quote

from databases import IACDB

PASSWORDS = [
    "p@ss@word",
    "p:w:d",
    "a/b//c",
    "100%%41%zz",
    "a b  c",
    "it's \"quoted\"",
    "back\\slash\\",
    "$dollar${HOME}$(x)",
    "q?a#b&c=d;e",
    "pässwörd-Ωλ-日本",
    "tcp(x:1)/db?y=z",
]


def variable(name):
    value = os.environ.get(name)
    if value is None:
        raise AssertionError(f"{name} is not set: run scripts/servers up and export its urls")
    return value


def keyword(value):
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


class Legacy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.parent = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.parent.name)
        cls.pg = (variable("IACDB_TEST_PG_HOST"), variable("IACDB_TEST_PG_PORT"))
        cls.my = (variable("IACDB_TEST_MYSQL_HOST"), variable("IACDB_TEST_MYSQL_PORT"))
        cls.pg_database = variable("IACDB_TEST_PG_DATABASE")
        cls.my_database = variable("IACDB_TEST_MYSQL_DATABASE")
        cls.administer(cls.statements("create"))

    @classmethod
    def tearDownClass(cls):
        cls.administer(cls.statements("drop"))
        cls.parent.cleanup()

    @classmethod
    def statements(cls, what):
        found = {"postgres": "", "mysql": ""}
        for i, password in enumerate(PASSWORDS):
            user = f"legacy_{i}"
            literal = "'" + password.replace("'", "''") + "'"
            found["postgres"] += f"drop role if exists {user};\n"
            found["mysql"] += f"drop user if exists {user}@'%';\n"
            if what == "create":
                backslashed = literal.replace("\\", "\\\\")
                found["postgres"] += f"create role {user} login password {literal};\n"
                found["mysql"] += f"create user {user}@'%' identified by {backslashed};\n"
                found["mysql"] += f"grant select on {cls.my_database}.* to {user}@'%';\n"
        return found

    @classmethod
    def administer(cls, statements):
        for kind, short in (("postgres", "PG"), ("mysql", "MYSQL")):
            # Administrators log in through the socket alone.
            place = "IACDB_TEST_PG_SOCKET_DIR" if kind == "postgres" else "IACDB_TEST_MYSQL_SOCKET"
            settings = {
                "type": kind,
                "host": variable(place),
                "port": int((cls.pg if kind == "postgres" else cls.my)[1]),
                "database": variable(f"IACDB_TEST_{short}_DATABASE"),
                "username": variable(f"IACDB_TEST_{short}_ADMIN_USER"),
                "password": variable(f"IACDB_TEST_{short}_PASSWORD").replace("${", "$${"),
            }
            done = cls.run_iacdb(json.dumps({"databases": {"a": settings}}), "sql", "a", "-q",
                                 text=statements[kind])
            if done.returncode != 0:
                raise AssertionError(done.stderr)

    @classmethod
    def run_iacdb(cls, configuration, *arguments, text=None, environment=None, name="c.json"):
        path = cls.folder / name
        command = [IACDB]
        if configuration is not None:
            path.write_text(configuration)
            path.chmod(0o600)
            command += ["--config", str(path)]
        settings = {"PATH": os.environ["PATH"], "HOME": str(cls.folder), **(environment or {})}
        return subprocess.run(command + list(arguments), input=text, capture_output=True,
                              text=True, check=False, env=settings, cwd=cls.folder, timeout=120)

    def check_connects(self, configuration, name, user, environment=None):
        """As it stands, and again from what `config show --secrets` prints."""
        who = "select current_user" if user.startswith("pg:") else "select substring_index(" \
            "current_user(), '@', 1)"
        for form in ("legacy", "today"):
            done = self.run_iacdb(configuration, "sql", name, "--no-header", "-c", who,
                                  environment=environment,
                                  name="c.json" if form == "legacy" else "shown.yaml")
            self.assertEqual(done.returncode, 0, f"{form}: {configuration}: {done.stderr}")
            self.assertEqual(done.stdout.strip(), user[3:])
            if form == "legacy":
                shown = self.run_iacdb(configuration, "config", "show", "--secrets",
                                       environment=environment)
                self.assertEqual(shown.returncode, 0, shown.stderr)
                configuration, environment = shown.stdout, None

    def connection_strings(self, i, password):
        """(type, string, user) of each form that connects."""
        user = f"legacy_{i}"
        encoded = quote(password, safe="")
        pg, my = ":".join(self.pg), ":".join(self.my)
        yield "mysql", f"{user}:{password}@tcp({my})/{self.my_database}?parseTime=true&loc=Local"
        socket = variable("IACDB_TEST_MYSQL_SOCKET")
        yield "mysql", f"{user}:{password}@unix({socket})/{self.my_database}"
        for scheme in ("postgresql", "postgres"):
            yield "postgres", (f"{scheme}://{user}:{encoded}@{pg}/{self.pg_database}"
                               "?sslmode=disable")
        yield "postgres", (f"host={self.pg[0]} port={self.pg[1]} user={user} password="
                           f"{keyword(password)} dbname={self.pg_database} sslmode=disable")

    def test_configuration_json(self):
        for i, password in enumerate(PASSWORDS):
            for kind, text in self.connection_strings(i, password):
                with self.subTest(password=password, form=text):
                    main = {"type": kind, "connection": text, "maxidleconns": 2,
                            "maxopenconns": 4, "timeout": 5}
                    configuration = json.dumps({"database": main, "somethingelse": [1],
                                                "transaction": {"timeout": 30}})
                    name = self.names(configuration)[0]
                    prefix = "pg:" if kind == "postgres" else "my:"
                    self.check_connects(configuration, name, f"{prefix}legacy_{i}")

    def names(self, configuration, environment=None):
        done = self.run_iacdb(configuration, "config", "show", environment=environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        start = lines.index("databases:")
        return [line.strip().rstrip(":") for line in lines[start + 1 :]
                if line.startswith("  ") and not line.startswith("   ")
                and line.strip().endswith(":")]

    def test_alternative_databases_keep_their_names(self):
        text = next(iter(self.connection_strings(0, PASSWORDS[0])))[1]
        configuration = json.dumps({
            "database": {"type": "postgres", "connection": "host=nowhere.invalid dbname=x"},
            "altdatabases": [{"name": "conn1", "type": "mysql", "connection": text}],
        })
        self.check_connects(configuration, "conn1", "my:legacy_0")

    def environment(self, kind, i, password, second_spelling):
        host, port = self.pg if kind == "postgres" else self.my
        database = self.pg_database if kind == "postgres" else self.my_database
        names = ("DB_NAME", "DB_USER") if second_spelling else ("DB_DATABASE", "DB_USERNAME")
        return {"DB_TYPE": kind, "DB_HOST": host, "DB_PORT": port, names[0]: database,
                names[1]: f"legacy_{i}", "DB_PASSWORD": password, "DB_MAX_OPEN_CONNS": "4",
                "DB_CONN_TIMEOUT": "5"}

    def test_environment_variables(self):
        for i, password in enumerate(PASSWORDS):
            for kind, prefix in (("postgres", "pg:"), ("mysql", "my:")):
                with self.subTest(password=password, kind=kind):
                    environment = self.environment(kind, i, password, i % 2 == 1)
                    name = self.names(None, environment)[0]
                    self.check_connects(None, name, f"{prefix}legacy_{i}", environment)

    def test_primary_file(self):
        for i, password in enumerate(PASSWORDS):
            for kind, prefix in (("postgres", "pg:"), ("mysql", "my:")):
                host, port = self.pg if kind == "postgres" else self.my
                database = self.pg_database if kind == "postgres" else self.my_database
                configuration = json.dumps({"primary": {
                    "type": kind, "host": host, "port": int(port), "database": database,
                    "username": f"legacy_{i}", "password": password}})
                with self.subTest(password=password, kind=kind):
                    self.check_connects(configuration, self.names(configuration)[0],
                                        f"{prefix}legacy_{i}")

    def test_kinds_without_a_server_here_show_the_stated_settings(self):
        for kind, text, host, port, database in (
            ("mssql", "server=h1;user id=sa;password=Pa55!;port=1444;database=shop;encrypt=disable",
             "h1", "1444", "shop"),
            ("sqlserver", "sqlserver://sa:p%40ss@h2:1433?database=shop", "h2", "1433", "shop"),
            ("oracle", "oracle://app:p%2Fw@h3:1521/service", "h3", "1521", "service"),
            ("oracle", "app/p@w@h4:1522/service", "h4", "1522", "service"),
        ):
            with self.subTest(form=text):
                done = self.run_iacdb(json.dumps({"database": {"type": kind, "connection": text}}),
                                      "config", "show")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(host, done.stdout)
                self.assertIn(database, done.stdout)
                if port not in ("1433", "1521"):
                    self.assertIn(port, done.stdout)
                for secret in ("Pa55", "p@ss", "p%40ss", "p/w", "p@w"):
                    self.assertNotIn(secret, done.stdout)
        document = {"type": "mongodb", "connection": "mongodb://u:s3cr3t@h5:27018", "database": "C"}
        done = self.run_iacdb(json.dumps({"documentdb": document}), "config", "show")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("h5", done.stdout)
        self.assertIn("27018", done.stdout)
        self.assertNotIn("s3cr3t", done.stdout)


if __name__ == "__main__":
    unittest.main()
