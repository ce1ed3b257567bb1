"""Whole schemas: one database in five dialects, translated, loaded, compared.

Usage: schemas_test.py path/to/iacdb   (servers as scripts/servers says in the environment)

Each script of ../shared/data/chinook is translated to PostgreSQL, MariaDB and SQLite, loaded by the
database's own client, and compared with the original SQLite script: rows, columns with the kind of
their type, nullability, primary and foreign keys. The scripts beside this file are loaded
the same way; what they must give is said here.
"""

import decimal
import os
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

IACDB = ""
ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("IACDB_SHARED_DIR", ROOT.parent / "shared"))
CHINOOK = SHARED / "data" / "chinook"
SCRIPTS = {"mysql": "MySql", "postgres": "PostgreSql", "tsql": "SqlServer", "oracle": "Oracle",
           "sqlite": "Sqlite"}
SCRIPTS_HERE = Path(__file__).resolve().parent / "scripts"
ROWS = 15607


def name(text):
    return text.replace("_", "").lower()


def kind(declared):
    """The family of a declared type, which every database has."""
    t = declared.lower()
    if "char" in t or "text" in t or "clob" in t:
        return "text"
    if "timestamp" in t or "datetime" in t:
        return "moment"
    return "number"


def value(cell):
    if cell is None:
        return None
    if isinstance(cell, bytes):
        return cell.hex()
    if isinstance(cell, (int, float)):
        cell = repr(cell)
    try:
        return decimal.Decimal(cell).normalize() if not cell.startswith("+") else cell
    except decimal.InvalidOperation:
        return cell


class Sqlite:
    def __init__(self):
        self.base = sqlite3.connect(":memory:")

    def load(self, script):
        self.base.executescript(script)

    def tables(self):
        return [t for (t,) in self.base.execute(
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")]

    def relations(self):
        return [t for (t,) in self.base.execute("select name from sqlite_master where type in "
                                                "('table', 'view')")]

    def number(self, question):
        return self.base.execute(question).fetchone()[0]

    def rows(self, table):
        return [tuple(map(value, row)) for row in self.base.execute(f'select * from "{table}"')]

    def columns(self, table):
        info = self.base.execute(f'pragma table_info("{table}")').fetchall()
        return {name(c[1]): (kind(c[2]), bool(c[3]) or c[5] > 0, c[4]) for c in info}

    def primary(self, table):
        info = self.base.execute(f'pragma table_info("{table}")').fetchall()
        return [name(c[1]) for c in sorted(info, key=lambda c: c[5]) if c[5] > 0]

    def foreign(self, table):
        return {(name(f[3]), name(f[2]), name(f[4]))
                for f in self.base.execute(f'pragma foreign_key_list("{table}")')}

    def close(self):
        self.base.close()


class Server:
    """A database of its own on a test server, through the server's client."""

    def __init__(self):
        self.schema = f"translate_{os.getpid()}"
        self.close()
        self.run(f"create schema {self.schema}", admin=True)

    def query(self, sql):
        return [line.split("\t") for line in self.run(sql).split("\n") if line]

    def load(self, script):
        self.run(script)

    def relations(self):
        return self.tables()

    def number(self, question):
        return int(self.query(question)[0][0])

    def rows(self, table):
        return [tuple(None if c in (r"\N", "NULL") else value(c.replace(r"\\", "\\")) for c in row)
                for row in self.query(self.all_of(table))]

    def columns(self, table):
        return {name(c): (kind(t), nullable == "NO", None if d in (r"\N", "NULL") else d)
                for c, t, nullable, d in self.query(
                    "select column_name, data_type, is_nullable, column_default from "
                    f"information_schema.columns where table_schema = '{self.schema}' and "
                    f"table_name = '{table}'")}

    def tables(self):
        return [t for (t,) in self.query("select table_name from information_schema.tables where "
                                         f"table_schema = '{self.schema}'")]

    def close(self):
        self.run(f"drop schema if exists {self.schema} {self.dependants}", admin=True)


class Postgres(Server):
    dependants = "cascade"

    def run(self, sql, admin=False):
        env = os.environ
        command = ["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-P", r"null=\N", "-v",
                   "ON_ERROR_STOP=1", "-h", env["IACDB_TEST_PG_HOST"], "-p",
                   env["IACDB_TEST_PG_PORT"], "-U", env["IACDB_TEST_PG_USER"], "-d",
                   env["IACDB_TEST_PG_DATABASE"]]
        options = "-c client_min_messages=warning"
        if not admin:
            options += f" -c search_path={self.schema}"
        return client(command, sql, {"PGPASSWORD": env["IACDB_TEST_PG_PASSWORD"],
                                     "PGOPTIONS": options})

    def all_of(self, table):
        return f'copy (select * from "{table}") to stdout'

    def primary(self, table):
        return [name(c) for (c,) in self.query(
            "select a.attname from pg_index i, unnest(i.indkey::int2[]) with ordinality k(n, o), "
            "pg_attribute a where i.indisprimary and a.attnum = k.n and a.attrelid = i.indrelid "
            f"""and i.indrelid = '"{table}"'::regclass order by k.o""")]

    def foreign(self, table):
        return {tuple(map(name, row)) for row in self.query(
            "select a.attname, t.relname, b.attname from pg_constraint c join pg_class t on "
            "t.oid = c.confrelid join pg_attribute a on a.attrelid = c.conrelid and a.attnum = "
            "c.conkey[1] join pg_attribute b on b.attrelid = t.oid and b.attnum = c.confkey[1] "
            f"""where c.contype = 'f' and c.conrelid = '"{table}"'::regclass""")}


class Mariadb(Server):
    dependants = ""

    def run(self, sql, admin=False):
        env = os.environ
        command = ["mariadb", "--no-defaults", "-N", "-B", "--default-character-set=utf8mb4", "-h",
                   env["IACDB_TEST_MYSQL_HOST"], "-P", env["IACDB_TEST_MYSQL_PORT"], "-u",
                   env["IACDB_TEST_MYSQL_ADMIN_USER"], "--protocol=tcp"]
        if not admin:
            command.append(self.schema)
        return client(command, sql, {"MYSQL_PWD": env["IACDB_TEST_MYSQL_PASSWORD"]})

    def all_of(self, table):
        return f"select * from `{table}`"

    def primary(self, table):
        return [name(c) for (c,) in self.query(
            "select column_name from information_schema.key_column_usage where table_schema = "
            f"'{self.schema}' and table_name = '{table}' and constraint_name = 'PRIMARY' "
            "order by ordinal_position")]

    def foreign(self, table):
        return {tuple(map(name, row)) for row in self.query(
            "select column_name, referenced_table_name, referenced_column_name from "
            f"information_schema.key_column_usage where table_schema = '{self.schema}' and "
            f"table_name = '{table}' and referenced_table_name is not null")}


def client(command, sql, variables):
    done = subprocess.run(command, input=sql.encode(), env={**os.environ, **variables},
                          capture_output=True, timeout=300)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]}: {done.stderr.decode()[:2000]}")
    return done.stdout.decode(errors="replace")


TARGETS = {"postgres": Postgres, "mysql": Mariadb, "sqlite": Sqlite}


def translated(source, target, path=None):
    path = path or CHINOOK / f"Chinook_{SCRIPTS[source]}.sql"
    done = subprocess.run([IACDB, "translate", "--from", source, "--to", target, str(path)],
                          capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode()[:2000]
    return done.stdout.decode()


class Chinook(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.wanted = Sqlite()
        cls.wanted.load((CHINOOK / "Chinook_Sqlite.sql").read_text(encoding="utf-8-sig"))
        assert sum(len(cls.wanted.rows(t)) for t in cls.wanted.tables()) == ROWS

    def check(self, source, target):
        base = TARGETS[target]()
        try:
            base.load(translated(source, target))
            tables = {name(t): t for t in base.tables()}
            self.assertEqual({name(t) for t in self.wanted.tables()}, set(tables))
            for table in self.wanted.tables():
                self.compare(source, table, base, tables[name(table)])
        finally:
            base.close()

    def compare(self, source, table, base, found):
        def order(row):
            return [str(cell) for cell in row]

        wanted = self.wanted.rows(table)
        if source == "mysql":  # one title of its script has a backslash, which MySQL reads away
            wanted = [tuple(c.replace("\\", "") if isinstance(c, str) else c for c in row)
                      for row in wanted]
        self.assertEqual(sorted(wanted, key=order), sorted(base.rows(found), key=order))
        self.assertEqual(self.wanted.columns(table), base.columns(found), table)
        self.assertEqual(self.wanted.primary(table), base.primary(found), table)
        self.assertEqual(self.wanted.foreign(table), base.foreign(found), table)


class Projects(unittest.TestCase):
    """Scripts as the databases' own tools write them: dumps, SSMS, phpMyAdmin, SQL*Plus."""

    ROWS = {
        "mysql": {"actor": 2, "film": 2, "language": 2, "filmactor": 2, "note": 1, "filmlist": 2,
                  "shelf": 1, "box": 2},
        "postgres": {"customer": 2, "payment": 1, "item": 1, "customertotal": 1,
                     "words": 2, "oldwords": 1},
        "tsql": {"categories": 2, "products": 2, "productlist": 1, "bags": 2, "sacks": 1},
        "oracle": {"regions": 1, "countries": 1, "employees": 2, "empdetailsview": 2,
                   "parcels": 1, "contents": 1},
        "sqlite": {"author": 2, "book": 2, "titles": 2, "loan": 1, "reader": 1},
    }
    # A value that needed work: the table, the row's first cell, the place, the value.
    CELLS = {
        "mysql": [("film", 1, 3, 2006), ("film", 1, 10, decimal.Decimal("1.188"))],
        "postgres": [("customer", 1, 4, "2006-02-14"),
                     ("item", 7, 1, "abc"), ("words", "si", 3, 2), ("words", "si", 4, False)],
        "tsql": [("categories", 2, 1, "Condi'ments"), ("products", 10, 9, 36),
                 ("products", 15, 6, "1996-07-04 00:00:00")],
        "oracle": [("employees", 101, 1, "Neena 'N'"), ("employees", 101, 3, "2005-09-21 00:00:00"),
                   ("employees", 101, 5, decimal.Decimal("0.25"))],
        "sqlite": [("author", 1, 2, "1970-01-31"), ("book", 10, 2, "One's book")],
    }
    # Columns that refer have the type of what they refer to, and keys that count are numbers.
    NUMBERS = {"tsql": [("bags", "bagid"), ("sacks", "bagid")],
               "oracle": [("parcels", "parcelid"), ("contents", "parcelid")]}
    # One row may be written after the script: the generated key goes on behind the script's own.
    NEXT = {
        "mysql": ("INSERT INTO note (body) VALUES ('new')", "SELECT max(id) FROM note", 6),
        "postgres": ("INSERT INTO item (label) VALUES ('new')", "SELECT max(id) FROM item", 8),
        "oracle": ("INSERT INTO parcels (label) VALUES ('new')", "SELECT max(parcel_id) FROM "
                   "parcels", 21),
        "sqlite": ("INSERT INTO author (name) VALUES ('new')", "SELECT max(id) FROM author", 3),
    }

    def check(self, source, target):
        base = TARGETS[target]()
        try:
            base.load(translated(source, target, SCRIPTS_HERE / f"{source}.sql"))
            tables = {name(t): t for t in base.relations()}
            for table, count in self.ROWS[source].items():
                self.assertEqual(count, len(base.rows(tables[table])), table)
            for table, key, place, wanted in self.CELLS[source]:
                row = next(r for r in base.rows(tables[table]) if r[0] == key)
                self.assertEqual(wanted, row[place], table)
            for table, column in self.NUMBERS.get(source, []):
                self.assertEqual("number", base.columns(tables[table])[column][0])
            if source in self.NEXT:
                insert, question, wanted = self.NEXT[source]
                base.load(insert)
                self.assertEqual(wanted, base.number(question))
        finally:
            base.close()


# What other projects' scripts say of a table: the source, the script, statements that the loaded
# table refuses, one that it takes, a question, and its answer.
PIECES = {
    "rowid": ("sqlite", """CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY DEFAULT 7, x TEXT);
        CREATE TABLE b (id INTEGER, x BLOB DEFAULT 'k', PRIMARY KEY (id));
        CREATE TABLE c (id INTEGER PRIMARY KEY, x INT) WITHOUT ROWID;
        INSERT INTO a VALUES (4, 'four'); INSERT INTO a (x) VALUES ('next');
        INSERT INTO b (x) VALUES ('first');
        INSERT INTO c VALUES (1, 2); INSERT INTO a VALUES (0, 'zero');""",
              ["INSERT INTO c (x) VALUES (3)"], "INSERT INTO a (x) VALUES ('new')",
              "SELECT max(id) * 10 + min(id) FROM a", 60),
    "early": ("oracle", """DELETE FROM q_jobs; DELETE FROM Q_STATE; DROP TABLE q_jobs;
        DROP TABLE q_state; CREATE TABLE q_state (k VARCHAR2(9) PRIMARY KEY, n NUMBER(9) NOT NULL);
        CREATE TABLE q_jobs (k VARCHAR2(9) REFERENCES q_state(k),
            t VARCHAR2(9) DEFAULT '' NOT NULL);
        INSERT INTO q_state VALUES ('a', 1); INSERT INTO q_jobs VALUES ('a', 'x');""",
              ["INSERT INTO q_jobs (k, t) VALUES ('b', 'x')"],
              "INSERT INTO q_jobs (k, t) VALUES ('a', 'y')", "SELECT count(*) FROM q_jobs", 2),
    "names": ("postgres", """CREATE TABLE d (id SERIAL PRIMARY KEY, maxvalue INT) WITH (OIDS=FALSE);
        CREATE TABLE e (d INT, CONSTRAINT d_exists FOREIGN KEY (d) REFERENCES d (id));
        CREATE TABLE f (d INT, mac macaddr, CONSTRAINT d_exists FOREIGN KEY (d) REFERENCES d (id));
        INSERT INTO d (maxvalue) VALUES (5); INSERT INTO f VALUES (1, '08:00:2b:01:02:03');""",
              ["INSERT INTO f (d) VALUES (7)", "INSERT INTO e (d) VALUES (7)"],
              "INSERT INTO e (d) VALUES (1)", "SELECT count(*) FROM f, e", 1),
    "unique": ("postgres", """CREATE TABLE u (id INT PRIMARY KEY, name VARCHAR(40), n INT,
            done BOOLEAN NOT NULL);
        CREATE UNIQUE INDEX u_name ON u (lower(name));
        CREATE UNIQUE INDEX u_done ON u (n) WHERE NOT done;
        INSERT INTO u VALUES (1, 'A', 1, false), (2, NULL, 1, true), (3, NULL, NULL, false),
            (4, 'b', NULL, false);""",
               ["INSERT INTO u (id, name, done) VALUES (5, 'a', '1')",
                "INSERT INTO u (id, n, done) VALUES (5, 1, '0')"],
               "INSERT INTO u VALUES (5, 'c', 1, '1')", "SELECT count(*) FROM u", 5),
    "long": ("postgres", """CREATE TABLE l (r BIGINT, s VARCHAR(1023), t VARCHAR(20), n VARCHAR(9)
            DEFAULT NULL::character varying, PRIMARY KEY (r, s, t, n));
        INSERT INTO l VALUES (1, 's', 't', 'n'), (1, 's', 't', 'o');""",
             ["INSERT INTO l VALUES (1, 's', 't', 'o')",
              "INSERT INTO l (r, s, t) VALUES (2, '', '')"],
             "INSERT INTO l VALUES (2, 's', 't', 'o')", "SELECT count(*) FROM l", 3),
    "like": ("mysql", """CREATE TABLE r (id INT AUTO_INCREMENT PRIMARY KEY, s VARCHAR(9) NOT NULL
            DEFAULT 'x', n INT REFERENCES r (id), KEY k (s))
            /*!50100 PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (9) ENGINE = InnoDB,
            PARTITION p1 VALUES LESS THAN MAXVALUE ENGINE = InnoDB) */;
        CREATE UNIQUE INDEX u ON r (n);
        CREATE TABLE s LIKE r; INSERT INTO s (n) VALUES (1), (2);
        CREATE TABLE p (id INT) PARTITION BY HASH (id) PARTITIONS 4;""",
             ["INSERT INTO s (n) VALUES (2)", "INSERT INTO s (s) VALUES (NULL)"],
             "INSERT INTO s (n) VALUES (3)", "SELECT count(id) FROM s WHERE s = 'x'", 3),
    "digits": ("mysql", r"""CREATE TABLE g (4o6_id INT NOT NULL PRIMARY KEY, b BIT(3) DEFAULT b'1',
            c BIT NOT NULL DEFAULT 0, z BINARY(2) DEFAULT 'ab', y BLOB);
        INSERT INTO g (4o6_id, b, c) VALUES (1, 5, 1); INSERT INTO g (4o6_id, y) VALUES
            (2, UNHEX('00ff'));
        UPDATE g SET y = 'a' WHERE g.4o6_id = 1;""",
               ['INSERT INTO g ("4o6_id") VALUES (2)'], 'INSERT INTO g ("4o6_id") VALUES (3)',
               "SELECT count(*) FROM g WHERE length(z) = 2", 3),
}


class Pieces(unittest.TestCase):
    def check(self, piece, target):
        source, script, refused, taken, question, wanted = PIECES[piece]
        base = TARGETS[target]()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "script.sql"
            path.write_text(script, encoding="utf-8")
            text = translated(source, target, path)
        try:
            base.load(text)
            if target == "sqlite":
                base.load("PRAGMA foreign_keys = ON")
            for statement in refused:
                with self.assertRaises((AssertionError, sqlite3.Error), msg=statement):
                    base.load(statement)
            base.load(taken)
            self.assertEqual(wanted, base.number(question))
        finally:
            base.close()


def add_tests():
    for piece, (source, *_) in PIECES.items():
        for target in TARGETS:
            if target != source:
                setattr(Pieces, f"test_{piece}_to_{target}",
                        lambda self, p=piece, t=target: self.check(p, t))
    for source in SCRIPTS:
        for target in TARGETS:
            if source == target:
                continue

            def test(self, source=source, target=target):
                self.check(source, target)

            setattr(Chinook, f"test_{source}_to_{target}", test)
            setattr(Projects, f"test_{source}_to_{target}", test)


add_tests()

if __name__ == "__main__":
    IACDB = sys.argv.pop(1)
    unittest.main()
