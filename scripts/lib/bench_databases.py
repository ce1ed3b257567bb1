"""The databases that scripts/bench connects to: a SQLite file of its own, and real servers.

Servers are those of IACDB_TEST_URLS, else those that scripts/servers has up, else private ones.
"""

import os
import shlex
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bench_measure import Failure

SERVERS = Path(__file__).resolve().parents[1] / "servers"


class Databases:
    """Environments by kind of database; a context manager that stops what it started."""

    def __init__(self, kinds, folder, rows):
        self.kinds = kinds
        self.folder = folder
        self.rows = rows
        self._own_servers = folder / "servers"
        self._started = False

    def __enter__(self):
        servers = self._servers_named() if self.kinds - {"sqlite"} else {}
        environments = {None: dict(os.environ)}
        for kind in self.kinds:
            environments[kind] = {**os.environ, **self._variables(kind, servers),
                                  "IACDB_BENCH_ROWS": str(self.rows)}
        return environments

    def __exit__(self, *_):
        if self._started:
            self._servers("down")

    def _servers(self, command, own=True):
        arguments = [str(SERVERS), *(["--dir", str(self._own_servers)] if own else []), command]
        return subprocess.run(arguments, capture_output=True, text=True, check=False)

    def _servers_named(self):
        """The variables that name servers, as scripts/servers urls prints them."""
        if os.environ.get("IACDB_TEST_URLS"):
            return dict(os.environ)
        answer = self._servers("urls", own=False)
        if answer.returncode != 0:
            self._started = True
            up = self._servers("up")
            if up.returncode != 0:
                raise Failure(f"scripts/servers up failed: {up.stderr.strip()[-800:]}")
            answer = self._servers("urls")
        return dict(word.split("=", 1) for word in shlex.split(answer.stdout) if "=" in word)

    def _variables(self, kind, servers):
        if kind == "sqlite":
            return {"IACDB_BENCH_URL": f"sqlite:{self.folder}/bench.db"}
        if kind == "ferretdb":
            url = servers.get("IACDB_TEST_FERRETDB_URL")
            if url is None:
                raise Failure("IACDB_TEST_FERRETDB_URL names no FerretDB server; unset "
                              "IACDB_TEST_URLS to start one")
            return {**self._variables("postgres", servers), "IACDB_BENCH_FERRETDB_URL": url}
        schemes = {"postgres": ("postgres", "postgresql"), "mysql": ("mysql", "mariadb")}[kind]
        urls = servers["IACDB_TEST_URLS"].split()
        url = next((u for u in urls if urlsplit(u).scheme in schemes), None)
        if url is None:
            raise Failure(f"IACDB_TEST_URLS names no {kind} server; unset it to start one")
        return client_variables(kind, url)


def client_variables(kind, url):
    """The URL for iacdb, and the same for the raw client library; without TLS on either side."""
    parts = urlsplit(url)
    option = {"postgres": "sslmode=disable", "mysql": "ssl-mode=disabled"}[kind]
    values = {"HOST": parts.hostname, "PORT": str(parts.port), "USER": unquote(parts.username),
              "PASSWORD": unquote(parts.password), "DATABASE": parts.path.lstrip("/")}
    variables = {"IACDB_BENCH_URL": parts._replace(query=option).geturl()}
    prefix = "PG" if kind == "postgres" else "IACDB_BENCH_"
    variables.update({prefix + name: value for name, value in values.items()})
    if kind == "postgres":
        variables["PGSSLMODE"] = "disable"
    return variables
