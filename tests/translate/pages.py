#!/usr/bin/env python3
"""Writes docs/reference/translation: a page for each pair of dialects, from the translator itself.

  pages.py path/to/iacdb            writes the pages
  pages.py path/to/iacdb --check    exits 1 where a page is not what would be written

A page has the types, translated one by one, and the statements of the execution cases in
tests/sql/cases with what becomes of each.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests/sql/cases"
PAGES = ROOT / "docs/reference/translation"
NAMES = {"mysql": "MySQL and MariaDB", "postgres": "PostgreSQL", "tsql": "SQL Server",
         "oracle": "Oracle", "sqlite": "SQLite"}
TYPES = {
    "mysql": "TINYINT(1)|TINYINT|SMALLINT|MEDIUMINT|INT|INT UNSIGNED|BIGINT|BIGINT UNSIGNED|"
             "DECIMAL(10, 2)|FLOAT|DOUBLE|CHAR(10)|VARCHAR(20)|TINYTEXT|TEXT|MEDIUMTEXT|LONGTEXT|"
             "ENUM('a', 'b')|SET('a', 'b')|BINARY(8)|VARBINARY(20)|BLOB|LONGBLOB|DATE|TIME|YEAR|"
             "DATETIME|DATETIME(6)|TIMESTAMP|JSON",
    "postgres": "BOOLEAN|SMALLINT|INTEGER|BIGINT|NUMERIC(10, 2)|NUMERIC|REAL|DOUBLE PRECISION|"
                "CHAR(10)|VARCHAR(20)|VARCHAR|TEXT|BYTEA|DATE|TIME|TIMESTAMP|TIMESTAMPTZ|INTERVAL|"
                "UUID|JSON|JSONB|XML|INET|INTEGER[]",
    "tsql": "BIT|TINYINT|SMALLINT|INT|BIGINT|DECIMAL(10, 2)|MONEY|SMALLMONEY|REAL|FLOAT|CHAR(10)|"
            "VARCHAR(20)|VARCHAR(MAX)|TEXT|NCHAR(10)|NVARCHAR(20)|NVARCHAR(MAX)|NTEXT|BINARY(8)|"
            "VARBINARY(20)|VARBINARY(MAX)|IMAGE|DATE|TIME|DATETIME|DATETIME2|SMALLDATETIME|"
            "DATETIMEOFFSET|UNIQUEIDENTIFIER|XML|ROWVERSION",
    "oracle": "NUMBER|NUMBER(3)|NUMBER(9)|NUMBER(18)|NUMBER(10, 2)|FLOAT|BINARY_FLOAT|"
              "BINARY_DOUBLE|CHAR(10)|VARCHAR2(20)|NCHAR(10)|NVARCHAR2(20)|CLOB|NCLOB|BLOB|RAW(16)|"
              "DATE|TIMESTAMP|TIMESTAMP WITH TIME ZONE",
    "sqlite": "INTEGER|INT|BIGINT|REAL|DOUBLE|NUMERIC|DECIMAL(10, 2)|BOOLEAN|TEXT|VARCHAR(20)|"
              "CHAR(10)|BLOB|DATE|DATETIME|TIMESTAMP",
}
POLICIES = ("Where the databases truly differ, [policies](policies.md) choose; here all are the "
            "defaults.")


def cases():
    """(row, title, dialect, statement) of every case."""
    out = []
    for path in sorted(CASES.glob("*.sqltest")):
        title, dialect, text, reading, chosen = "", "", [], False, False
        for line in path.read_text(encoding="utf-8").splitlines() + ["%case"]:
            if line.startswith("%"):
                if reading and text and not chosen:
                    out.append((title, dialect, "\n".join(text).strip().rstrip(";")))
                words = line.split(None, 1)
                reading, text = words[0] == "%run", []
                if words[0] == "%case" and len(words) > 1:
                    title, dialect, chosen = words[1], "", False
                elif words[0] == "%policy":
                    chosen = True
                elif words[0] == "%from":
                    dialect = words[1].split()[0]
            elif reading:
                text.append(line)
    return [c for c in out if c[1] in NAMES]


def answers(iacdb, source, target, statements):
    lines = "".join(json.dumps({"id": i, "sql": s}) + "\n" for i, s in enumerate(statements))
    done = subprocess.run([iacdb, "translate", "--from", source, "--to", target, "--batch",
                           "--schema", CASES / "setups.sql"],
                          input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def cell(text):
    return text.replace("\n", " ").replace("|", "\\|")


def page(iacdb, source, target, known):
    out = [f"# {NAMES[source]} to {NAMES[target]}", "",
           "Written by tests/translate/pages.py from the translator; do not edit.", "",
           POLICIES, "## Types", "", "| Source | Target |", "|---|---|"]
    types = TYPES[source].split("|")
    made = answers(iacdb, source, target, [f"CREATE TABLE t (c {t})" for t in types])
    for written, answer in zip(types, made):
        text = "refused: " + answer["error"]["message"] if "error" in answer else \
            answer["sql"].split("(c ", 1)[-1].split(";")[0].removesuffix(")")
        out.append(f"| `{written}` | `{cell(text)}` |" if "error" not in answer
                   else f"| `{written}` | {cell(text)} |")
    mine = [(title, sql) for title, dialect, sql in known if dialect == source]
    out += ["", "## Statements", "", "The first number is the row of the list of hard constructs."]
    for (title, sql), answer in zip(mine, answers(iacdb, source, target, [s for _, s in mine])):
        out += ["", f"### {title}", "", "```sql", sql, "```", ""]
        if "error" in answer:
            error = answer["error"]
            out.append(f"Refused ({error['code']}): {error['message']}.")
            continue
        out += ["```sql", answer["sql"], "```"]
        out += [f"\nWarning: {w}." for w in answer["warnings"]]
    return "\n".join(out) + "\n"


def policies(iacdb):
    """The page of policies: what the command's help says, and the cases that set one."""
    told = subprocess.run([iacdb, "translate", "--help"], capture_output=True, text=True,
                          check=True).stdout
    lines = told.split("Policies, the default first:", 1)[1].split("Examples:", 1)[0]
    out = ["# Policies of translation", "",
           "Written by tests/translate/pages.py from the translator; do not edit.", "",
           "What a statement is to mean where databases truly differ is chosen by `--policy "
           "name=value` of `iacdb translate`,", "by `policies` of a configured database, by "
           "`OpenOptions::policies` and by `sql::TranslateOptions::policies`.", "",
           "| Policy | Values, the default first | What it decides |", "|---|---|---|"]
    words = [w for w in (line.strip() for line in lines.splitlines()) if w]
    for line in words:
        name, equals, values = line.partition(" = ")
        if equals and " " not in name:
            texts = ", ".join(f"`{v}`" for v in values.split("|"))
            out.append(f"| `{name}` | {texts} | ")
        else:
            out[-1] += line + " "
    return "\n".join([line + "|" if line.startswith("| `") else line for line in out]) + "\n"


def main():
    iacdb, check = sys.argv[1], "--check" in sys.argv
    known = cases()
    index = ["# Translation, pair by pair", "",
             "What each statement of the tests becomes, and what is refused. How to use it: "
             "[switching an application's database](../../guides/switching-databases.md). "
             "What may be chosen: [policies](policies.md).", ""]
    stale = []
    PAGES.mkdir(parents=True, exist_ok=True)
    texts = {"policies.md": policies(iacdb)}
    for source in NAMES:
        for target in NAMES:
            if source == target:
                continue
            texts[f"{source}-to-{target}.md"] = page(iacdb, source, target, known)
            index.append(f"* [{NAMES[source]} to {NAMES[target]}]({source}-to-{target}.md)")
    texts["index.md"] = "\n".join(index) + "\n"
    for name, text in texts.items():
        path = PAGES / name
        if check and (not path.exists() or path.read_text(encoding="utf-8") != text):
            stale.append(name)
        elif not check:
            path.write_text(text, encoding="utf-8")
    if stale:
        print("not up to date, run tests/translate/pages.py:", ", ".join(stale))
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
