"""scripts/bench translate: the SQL translator beside sqlparser (Rust) and sqlglot (compiled).

One thread each, by CPU time, over the statements of pairs_dev.jsonl, in ../shared/data/translation,
that the program at hand can read. The peers are built in the cache folder, outside the tree.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("IACDB_SHARED_DIR", ROOT.parent / "shared"))
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "iacdb"
SECONDS = 2.0
SQLPARSER = "0.59.0"
SQLGLOT = "30.30.0"

PEER = r'''
use sqlparser::dialect::*;
use sqlparser::parser::Parser;
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse::<f64>().unwrap() * 1e-9
}
fn run(d: &dyn Dialect, sql: &str, bytes: &mut usize) -> bool {
    match Parser::parse_sql(d, sql) {
        Ok(list) => { for s in list { *bytes += s.to_string().len(); } true }
        Err(_) => false,
    }
}
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let text = std::fs::read_to_string(&args[1]).unwrap();
    let least: f64 = args[2].parse().unwrap();
    let mut bytes = 0usize;
    let mut all: Vec<(Box<dyn Dialect>, String)> = Vec::new();
    for record in text.split('\0') {
        let parts: Vec<&str> = record.splitn(3, '\u{1f}').collect();
        if parts.len() < 3 { continue; }
        let d: Box<dyn Dialect> = match parts[0] {
            "mysql" => Box::new(MySqlDialect {}),
            "postgres" => Box::new(PostgreSqlDialect {}),
            "tsql" => Box::new(MsSqlDialect {}),
            "sqlite" => Box::new(SQLiteDialect {}),
            _ => Box::new(GenericDialect {}),
        };
        if run(&*d, parts[2], &mut bytes) { all.push((d, parts[2].to_string())); }
    }
    let start = cpu();
    let mut passes = 0u64;
    while cpu() - start < least || passes == 0 {
        for (d, sql) in &all { run(&**d, sql, &mut bytes); }
        passes += 1;
    }
    println!("{{\"statements\":{},\"passes\":{},\"seconds\":{:.6},\"bytes\":{}}}",
             all.len(), passes, cpu() - start, bytes);
}
'''

GLOT = r'''
import json, logging, sys, time
import sqlglot
logging.disable(logging.CRITICAL)
rows, read = [r.split("\x1f") for r in open(sys.argv[1]).read().split("\0") if r], []
def run(r):
    return sqlglot.parse_one(r[2], read=r[0]).sql(r[1])
for r in rows:
    try:
        run(r); read.append(r)
    except Exception:
        pass
start, passes = time.process_time(), 0
while time.process_time() - start < float(sys.argv[2]) or passes == 0:
    for r in read:
        run(r)
    passes += 1
print(json.dumps({"statements": len(read), "passes": passes,
                  "seconds": time.process_time() - start}))
'''


def corpus():
    path = SHARED / "data/translation/pairs_dev.jsonl"
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    others = {"mysql": "postgres", "postgres": "mysql", "tsql": "postgres", "oracle": "postgres",
              "sqlite": "postgres"}
    seen, out = set(), []
    for row in rows:
        target = row["write"] if row["write"] != row["read"] else others[row["read"]]
        key = (row["read"], target, row["input"])
        if row.get("core") and key not in seen and "\0" not in row["input"]:
            seen.add(key)
            out.append("\x1f".join(key) + "\0")
    file = CACHE / "bench-corpus.bin"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(out), encoding="utf-8")
    return file


def build_sqlparser():
    folder = CACHE / f"sqlparser-{SQLPARSER}"
    program = folder / "target/release/peer"
    source = folder / "src/main.rs"
    if program.exists() and source.exists() and source.read_text() == PEER:
        return program
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(PEER)
    (folder / "Cargo.toml").write_text(
        '[package]\nname = "peer"\nversion = "0.1.0"\nedition = "2021"\n'
        f'[dependencies]\nsqlparser = "={SQLPARSER}"\n')
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=folder, check=True)
    return program


def build_sqlglot():
    folder = CACHE / f"sqlglot-c-{SQLGLOT}"
    python = folder / "bin/python"
    if not (folder / "done").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin/pip", "install", "-q", f"sqlglot[c]=={SQLGLOT}"], check=True)
        (folder / "done").touch()
    return python


def rate(command):
    done = subprocess.run([str(c) for c in command], check=True, stdout=subprocess.PIPE)
    figures = json.loads(done.stdout)
    runs = figures["statements"] * figures["passes"]
    return runs / figures["seconds"], figures, runs


def bench(build, check=False):
    """Prints ratios; False where a target is missed."""
    file = corpus()
    seconds = 0.0 if check else SECONDS
    program = build / "bench/bench_translate"
    if check:
        for kind in ("parse", "translate"):
            _, figures, _ = rate([program, kind, file, seconds])
            print(f"translate {kind}: {figures['statements']} statements read")
        return True
    peer, glot = build_sqlparser(), build_sqlglot()
    parsed, ours, runs = rate([program, "parse", file, seconds])
    allocated = ours["allocations"] / runs
    rust, theirs, _ = rate([peer, file, seconds])
    translated, whole, all_runs = rate([program, "translate", file, seconds])
    python, slow, _ = rate([glot, "-c", GLOT, file, seconds])
    lines = [
        (f"parse + print, {ours['statements']} statements, against sqlparser {SQLPARSER} "
         f"({theirs['statements']} of them)", parsed / rust, 1.0),
        (f"translation, {whole['statements']} statements, against sqlparser's parse + print",
         translated / rust, 1.0),
        (f"translation, against sqlglot[c] {SQLGLOT} ({slow['statements']} of them)",
         translated / python, 20.0),
    ]
    met = True
    for what, ratio, least in lines:
        met = met and ratio >= least
        print(f"{'met   ' if ratio >= least else 'MISSED'} {ratio:6.2f} x (>= {least:.1f})  {what}")
    print(f"allocations a statement: parse + print {allocated:.1f}, "
          f"translation {whole['allocations'] / all_runs:.1f}")
    return met
