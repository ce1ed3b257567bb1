"""The databases the tests run on: SQLite always, and the servers of IACDB_TEST_URLS."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

IACDB = os.environ.get("IACDB_PROGRAM", str(Path(__file__).resolve().parents[2] / "build/iacdb"))

SETUP = """
drop table if exists shell_orders;
drop table if exists shell_people;
create table shell_people (id integer not null primary key, name varchar(40), score decimal(10,2));
create table shell_orders (id integer not null primary key,
                           person_id integer references shell_people(id), note varchar(40));
create index shell_people_name on shell_people (name);
insert into shell_people values (1, 'Ada', 1.50), (2, '日本語', 22.25), (3, null, null);
insert into shell_orders values (10, 1, 'first');
"""


def server_url(kind):
    for url in os.environ.get("IACDB_TEST_URLS", "").split():
        if url.startswith(kind):
            return url
    raise AssertionError(f"no {kind} server: run scripts/servers up and export its urls")


class OnDatabase:
    """Mixed into test cases; `kind` is sqlite, postgres or mariadb."""

    kind = "sqlite"

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="iacdb-e2e-")
        cls.url = f"sqlite:{cls.folder}/shop.db" if cls.kind == "sqlite" else server_url(cls.kind)
        cls.config = Path(cls.folder, "iacdb.yaml")
        # A configuration file, so that no password stands on a command line.
        quoted = cls.url.replace('"', '\\"')
        cls.config.write_text(f'databases:\n  shop:\n    url: "{quoted}"\n')
        cls.config.chmod(0o600)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.sql(SETUP)

    def command(self, *arguments):
        return [IACDB, "--config", str(self.config), "sql", "shop", *arguments]

    def run_sql(self, *arguments, text=None, check=False):
        environment = {**os.environ, "HOME": self.folder, "LANG": "C.UTF-8"}
        environment.pop("PAGER", None)
        return subprocess.run(
            self.command(*arguments),
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            text=True,
            check=check,
            timeout=120,
            env=environment,
            cwd=self.folder,
        )

    def sql(self, text):
        done = self.run_sql("-q", text=text)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return done.stdout


def on_every_database(namespace, case):
    """Makes one test class a database out of a mixin class."""
    for kind in ("sqlite", "postgres", "mariadb"):
        name = f"{case.__name__}On{kind.capitalize()}"
        made = type(name, (case, OnDatabase, unittest.TestCase), {"kind": kind})
        made.__module__ = namespace["__name__"]
        namespace[name] = made
