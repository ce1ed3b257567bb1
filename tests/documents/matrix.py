#!/usr/bin/env python3
"""Writes docs/reference/document-operators.md from the cases, or checks that it is as it would be.

    matrix.py IACDB [--write]

Every case is run on SQLite and PostgreSQL; an operator is listed when its cases pass on both, with
how many of them each database did in SQL, as `explain` tells. An operator that the sources know
and no case uses is a failure too, and so is one with fewer than three cases.
"""

import collections
import json
import os
import pathlib
import re
import sys
import tempfile

import operators
from run import HERE, Runner, Store, batch, parse_two

PAGE = HERE.parents[1] / "docs" / "reference" / "document-operators.md"
SOURCES = HERE.parents[1] / "src" / "documents"
CASES_MIN = 3
TITLES = {"filter": "Query operators", "update": "Update operators", "stage": "Pipeline stages",
          "accumulator": "Accumulators of $group and $bucket",
          "window": "Window operators of $setWindowFields", "projection": "Projection operators",
          "expression": "Expression operators"}
HEAD = """# Document operators

Which operators of MongoDB's query language the SQL stores have. This page is written by
`tests/documents/matrix.py --write` from the cases in `tests/documents/cases`; the test
`documents_matrix` fails while it differs. On MongoDB itself the server has what its version has.

A case is a command with its result from the MongoDB manual. All cases pass on every store that is
listed; "errors" counts those where the result is an error. "In SQL" tells of how many cases the
database did the operator's work itself, as `explain` shows: for a query operator, it narrowed the
rows by it; for updates, stages and accumulators, one statement did the whole. The rest is done
by the evaluator over the rows that are left, with the same result.
"""
# Names in the sources that are no operators of their own: variables, parts of others' arguments,
# keys of the stored form, and what stands in comments.
NO_OPERATORS = {"$ROOT", "$CURRENT", "$items", "$db", "$id", "$ref", "$search", "$language",
                "$caseSensitive", "$diacriticSensitive", "$weights", "$override", "$schema", "$n",
                "$textScore", "$a", "$b", "$anchor", "$defs"}
OPERATOR_NAME = re.compile(r'"(\$[A-Za-z]+)"')


class Tally:
    def __init__(self):
        self.cases, self.errors, self.example = 0, 0, ""
        self.sql, self.asked = collections.Counter(), collections.Counter()


class Explaining(Runner):
    """Runs the cases and asks, beside each, what was done in SQL."""

    def __init__(self, store, name, tallies):
        super().__init__(store, None)
        self.name, self.tallies = name, tallies

    def in_sql(self, kind, text):
        """Whether the database did it; None where that is no question."""
        if kind == "find":
            command = '{"find": "c", "filter": %s}' % text
        elif kind == "agg":
            command = '{"aggregate": "c", "pipeline": %s, "cursor": {}}' % text
        elif kind == "update":
            query, change = parse_two(text)
            command = json.dumps({"update": "c", "updates": [
                {"q": query, "u": change, "multi": not replaces(change)}]})
        else:
            return None
        self.fill()
        reply = self.store.run('{"explain": %s, "verbosity": "queryPlanner"}' % command)
        plan = reply.get("queryPlanner", {}).get("winningPlan", {})
        if kind == "find":
            return " where " in plan.get("sql", "")
        return plan.get("wholeBySql", False)

    def case(self, where, kind, text, expected):
        found = operators.of_case(kind, text)
        done = self.in_sql(kind, text) if found else None
        super().case(where, kind, text, expected)
        for group, name in found:
            tally = self.tallies[group, name]
            if self.name == "SQLite":
                tally.errors += kind == "error"
                tally.cases += kind != "error"
            asked = (group == "filter") == (kind == "find") and group not in ("expression",)
            if done is not None and asked:
                tally.asked[self.name] += 1
                tally.sql[self.name] += done


def replaces(change):
    return isinstance(change, dict) and not next(iter(change), "$").startswith("$")


def known_to_sources():
    """Operators that the sources know, with those that they refuse by name left out."""
    names = set()
    for folder in ("expression", "filter", "update", "pipeline"):
        for path in (SOURCES / folder).glob("*.cpp"):
            text = path.read_text(encoding="utf-8")
            text = re.sub(r"unsupported = \{.*?\};", "", text, flags=re.S)
            text = re.sub(r"fail\(.*?\);", "", text, flags=re.S)
            names |= set(OPERATOR_NAME.findall(text))
    return names


def share(tally, store):
    asked, done = tally.asked[store], tally.sql[store]
    return "–" if not asked else "yes" if done == asked else f"{done} of {asked}" if done else "no"


def page(tallies):
    lines = [HEAD]
    for group, title in TITLES.items():
        rows = sorted((name, tally) for (g, name), tally in tallies.items()
                      if g == group and tally.cases)
        by_sql = group not in ("expression", "projection")
        lines.append(f"## {title}\n")
        lines.append("| Operator | Cases | Errors |" +
                     (" In SQL, PostgreSQL | In SQL, SQLite |" if by_sql else ""))
        lines.append("|---|---|---|" + ("---|---|" if by_sql else ""))
        for name, tally in rows:
            row = f"| `{name}` | {tally.cases} | {tally.errors or ''} |"
            if by_sql:
                row += f" {share(tally, 'PostgreSQL')} | {share(tally, 'SQLite')} |"
            lines.append(row)
        lines.append("")
    return "\n".join(lines)


def run_all(binary):
    tallies = collections.defaultdict(Tally)
    failures = []
    urls = os.environ["IACDB_TEST_URLS"].replace(",", " ").split()
    with tempfile.TemporaryDirectory() as folder:
        stores = {"SQLite": f"sqlite:{folder}/matrix.db",
                  "PostgreSQL": next(u for u in urls if u.startswith("postgres://"))}
        for name, url in stores.items():
            runner = Explaining(Store(binary, url), name, tallies)
            runner.store.run({"dropDatabase": 1})
            runner.run_files()
            runner.store.run({"dropDatabase": 1})
            runner.store.process.stdin.close()
            runner.store.process.wait()
            failures += runner.failures
    return tallies, failures


def main():
    tallies, failures = run_all(sys.argv[1])
    used = {name for _, name in tallies}
    failures += [f"no case uses {name}, which the sources know"
                 for name in sorted(known_to_sources() - used - NO_OPERATORS)]
    failures += [f"{name} ({group}) has {tally.cases + tally.errors} cases, and needs {CASES_MIN}"
                 for (group, name), tally in sorted(tallies.items())
                 if tally.cases and tally.cases + tally.errors < CASES_MIN]
    text = page(tallies)
    if "--write" in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        failures.append(f"{PAGE.name} is not what the cases say; run matrix.py with --write")
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
