"""The table that scripts/bench prints, and the same as JSON."""

import json
from dataclasses import asdict, dataclass

UNITS = {"instructions": "instructions", "cpu": "CPU, ns", "memory": "peak, KiB",
         "throughput": "throughput"}


@dataclass(frozen=True)
class Row:
    suite: str
    workload: str
    figure: str
    ours: float
    peer: float | None
    target: str = ""
    met: bool | None = None  # None: no target, for information.
    note: str = ""

    @property
    def ratio(self):
        return self.ours / self.peer if self.peer else None


def rows_of(suite, workload, figures):
    for figure, ours, peer, note in figures:
        target = next((t for t in workload.targets if t.figure == figure), None)
        met = None if target is None else target.is_met(ours, peer)
        text = "" if target is None else str(target)
        yield Row(suite, workload.name, figure, ours, peer, text, met, note)


def print_table(rows):
    lines = [("suite", "workload", "figure", "iacdb", "peer", "ratio", "target", "")]
    lines += [_cells(row) for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        cells = [c.rjust(w) if 3 <= i <= 5 else c.ljust(w)
                 for i, (c, w) in enumerate(zip(line, widths))]
        print("  ".join(cells).rstrip())
    missed = [row for row in rows if row.met is False]
    judged = [row for row in rows if row.met is not None]
    print(f"\n{len(judged) - len(missed)} of {len(judged)} targets met")


def _cells(row):
    number = "{:,.2f}" if row.figure == "throughput" else "{:,.0f}"
    peer = "" if row.peer is None else number.format(row.peer)
    ratio = "" if row.ratio is None else f"{row.ratio:.3f}"
    verdict = {None: "", True: "met", False: "MISSED"}[row.met]
    if row.figure == "throughput":
        verdict = f"{verdict} ({row.note})"
    return (row.suite, row.workload, UNITS.get(row.figure, row.figure), number.format(row.ours),
            peer, ratio, row.target, verdict)


def write_json(path, rows, quick):
    document = {"quick": quick, "rows": [{**asdict(row), "ratio": row.ratio} for row in rows]}
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
