"""How scripts/bench takes its figures: callgrind for instructions, plain runs for the rest."""

import json
import re
import statistics
import subprocess

TIMEOUT_SECONDS = 1800
CPU_PAIRS = 5
THROUGHPUT_PAIRS = 11


class Failure(Exception):
    """A program did not do what it should; its message is for the user."""


class Runner:
    """Runs the programs of one build, each with the variables of its database."""

    def __init__(self, programs_folder, environments):
        self.folder = programs_folder
        self.environments = environments

    def run(self, program, operations, database, before=()):
        path = self.folder / program.binary
        if not path.exists():
            raise Failure(f"{path} is not built; run scripts/install bench and build again")
        command = [*before, str(path), program.workload, str(operations)]
        try:
            done = subprocess.run(command, env=self.environments[database], text=True,
                                  capture_output=True, timeout=TIMEOUT_SECONDS, check=False)
        except FileNotFoundError:
            raise Failure(f"{command[0]} is missing; run scripts/install bench") from None
        if done.returncode != 0:
            raise Failure(f"{program.binary} {program.workload}: {done.stderr.strip()[-800:]}")
        return json.loads(done.stdout), done.stderr

    def result(self, program, operations, database):
        return self.run(program, operations, database)[0]

    def instructions_of_run(self, program, operations, database):
        callgrind = ["valgrind", "--tool=callgrind", "--instr-atstart=no",
                     "--callgrind-out-file=/dev/null"]
        report = self.run(program, operations, database, callgrind)[1]
        found = re.search(r"Collected *: *(\d+)", report)
        if not found or found[1] == "0":
            raise Failure(f"callgrind counted nothing in {program.binary} {program.workload}")
        return int(found[1])


def instructions(runner, program, workload, quick):
    """Instructions an operation: of the full size, or the slope between two small ones."""
    if quick:
        small, large = (runner.instructions_of_run(program, n, workload.database) for n in quick)
        return (large - small) / (quick[1] - quick[0])
    total = runner.instructions_of_run(program, workload.operations, workload.database)
    return total / workload.operations


def pairs(runner, workload, count):
    """Runs both sides in turn, so that what the machine does meanwhile hits both alike."""
    results = []
    for number in range(count):
        both = {}
        sides = ["ours", "peer"] if number % 2 == 0 else ["peer", "ours"]
        for side in sides:
            program = getattr(workload, side)
            if program is not None:
                both[side] = runner.result(program, workload.operations, workload.database)
        check(workload, both)
        results.append(both)
    return results


def check(workload, both):
    """Both sides must have seen the same rows."""
    if "peer" in both and both["ours"]["check"] != both["peer"]["check"]:
        raise Failure(f"{workload.name}: {workload.ours.binary} and {workload.peer.binary} "
                      "did not read the same data")


def median_of(results, side, field):
    values = [both[side][field] for both in results if side in both]
    return statistics.median(values) if values else None


def measure(runner, workload, quick):
    """The workload's figures as rows: (figure, ours, peer, note)."""
    rows = []
    if "instructions" in workload.figures:
        ours = instructions(runner, workload.ours, workload, quick)
        peer = workload.peer and instructions(runner, workload.peer, workload, quick)
        rows.append(("instructions", ours, peer, ""))
    if "throughput" in workload.figures:
        rows.append(_throughput(runner, workload))
        return rows
    results = pairs(runner, workload, CPU_PAIRS)
    if "memory" in workload.figures:
        memory = [median_of(results, side, "memory_kib") for side in ("ours", "peer")]
        rows.append(("memory", *memory, "KiB"))
    if "cpu" in workload.figures:
        cpu = [median_of(results, side, "cpu_ns") for side in ("ours", "peer")]
        rows.append(("cpu", *(c and c / workload.operations for c in cpu), "ns"))
    return rows


def _throughput(runner, workload):
    results = pairs(runner, workload, THROUGHPUT_PAIRS)
    ratios = sorted(both["peer"]["wall_ns"] / both["ours"]["wall_ns"] for both in results)
    note = f"median of {len(ratios)} pairs, {ratios[0]:.2f} to {ratios[-1]:.2f}"
    return ("throughput", statistics.median(ratios), 1.0, note)
