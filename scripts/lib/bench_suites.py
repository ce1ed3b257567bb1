"""What scripts/bench measures and what must come out: one table.

A new suite is an entry of SUITES here and a program in bench/ (see bench/frame.hpp).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """A side of a comparison: `build-release/bench/<binary> <workload> <operations>`."""

    binary: str
    workload: str


@dataclass(frozen=True)
class Target:
    """What a figure must be: of the peer's at most (or at least) `times` + `plus`, or `limit`."""

    figure: str  # "instructions", "cpu", "memory", "throughput"
    limit: float | None = None
    times: float | None = None
    plus: float = 0
    at_least: bool = False

    def bound(self, peer):
        return self.limit if self.limit is not None else peer * self.times + self.plus

    def is_met(self, ours, peer):
        bound = self.bound(peer)
        return ours >= bound if self.at_least else ours <= bound

    def __str__(self):
        sign = "≥" if self.at_least else "≤"
        if self.limit is not None:
            return f"{sign} {self.limit:,.0f}"
        if self.plus:
            return f"{sign} peer + {self.plus:,.0f}"
        return f"{sign} {self.times:.2f} × peer"


@dataclass(frozen=True)
class Workload:
    name: str
    ours: Program
    peer: Program | None = None
    targets: tuple = ()
    operations: int = 100_000  # Of a full run; a --quick one takes the slope between two sizes.
    figures: tuple = ("instructions", "cpu")
    database: str | None = None  # The kind of database that both sides connect to.


def instructions(times=None, limit=None):
    return Target("instructions", limit=limit, times=times)


def memory(plus=None, limit=None):
    return Target("memory", limit=limit, times=None if plus is None else 1, plus=plus or 0)


QUICK = (20_000, 40_000)
MIB = 1024  # Memory is in KiB.
THREADS = Target("throughput", times=0.95, at_least=True)


def sql_suite(database, peer, point, scan, bulk, transaction, scan_memory):
    """The workloads that every SQL database has; see bench/session.cpp."""

    def workload(name, *targets, **more):
        ours = Program("bench_session", name)
        return Workload(name, ours, Program(peer, name), targets, database=database, **more)

    return [
        workload("point_select", point),
        workload("scan", scan, scan_memory, operations=1_000_000,
                 figures=("instructions", "cpu", "memory")),
        workload("bulk_insert", bulk, operations=200_000),
        workload("transaction", transaction, operations=40_000),
    ]


def threads(database, peer):
    ours = Program("bench_session", "threads")
    return Workload(database, ours, Program(peer, "threads"), (THREADS,), operations=80_000,
                    figures=("throughput",), database=database)


def documents(name, least, operations, beside="sql", database="postgres"):
    """iacdb's collection beside SQL by hand, or FerretDB, in the time of both."""
    targets = (Target("throughput", times=least, at_least=True),)
    return Workload(name, Program("bench_documents", name),
                    Program("bench_documents", f"{name}_{beside}"), targets,
                    operations=operations, figures=("throughput",), database=database)


def beside_ferretdb(name, least, operations):
    return documents(name, least, operations, beside="ferretdb", database="ferretdb")


SUITES = {
    "sqlite": sql_suite(
        "sqlite", "bench_raw_sqlite",
        point=instructions(times=1.06),
        scan=instructions(times=1.08),
        bulk=instructions(times=1.05),
        transaction=instructions(times=1.06),
        scan_memory=memory(plus=1 * MIB)),
    "postgres": sql_suite(
        "postgres", "bench_raw_postgres",
        point=instructions(limit=1_500),
        scan=instructions(limit=300),
        bulk=instructions(limit=250),
        transaction=instructions(limit=3_500),
        scan_memory=memory(limit=6 * MIB)),
    "mysql": sql_suite(
        "mysql", "bench_raw_mysql",
        point=instructions(times=1.06),
        scan=instructions(times=1.10),
        bulk=instructions(times=1.10),
        transaction=instructions(times=1.06),
        scan_memory=memory(plus=1 * MIB)),
    "cached_translation": [
        Workload("point_select", Program("bench_session", "point_select_translated"),
                 Program("bench_session", "point_select"),
                 (Target("instructions", times=1, plus=2_000),), database="sqlite"),
    ],
    "pool": [
        Workload("lease", Program("bench_pool", "lease"), None, (instructions(limit=350),)),
        Workload("session", Program("bench_pool", "session")),
    ],
    "threads": [
        threads("sqlite", "bench_raw_sqlite"),
        threads("postgres", "bench_raw_postgres"),
        threads("mysql", "bench_raw_mysql"),
    ],
    "documents": [
        documents("insert_many", 0.9, 100_000),
        documents("find_by_id", 0.95, 20_000),
        documents("indexed_find", 0.9, 20_000),
        documents("group", 0.91, 1),
        documents("update_many", 0.91, 1),
        Workload("scan", Program("bench_documents", "scan"),
                 Program("bench_documents", "scan_sql"), (memory(limit=8 * MIB),), operations=1,
                 figures=("memory", "cpu"), database="postgres"),
        Workload("project", Program("bench_documents", "project"),
                 Program("bench_documents", "project_sql"), operations=1, figures=("throughput",),
                 database="postgres"),
    ],
    # Few finds: it reads all documents for each.
    "ferretdb": [
        beside_ferretdb("insert_many", 3, 100_000),
        beside_ferretdb("find_by_id", 10, 1),
        beside_ferretdb("indexed_find", 10, 1),
        beside_ferretdb("group", 10, 1),
        beside_ferretdb("update_some", 10, 1),
    ],
}
# Where tables for these are made first: see bench_session.
WITH_TABLES = ("sqlite", "postgres", "mysql")
