"""Runs a checker over many files in parallel and remembers, by content, what it accepted."""

import hashlib
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def digest(*parts):
    sum_ = hashlib.sha256()
    for part in parts:
        sum_.update(part.encode() if isinstance(part, str) else part)
        sum_.update(b"\0")
    return sum_.hexdigest()


def run_all(commands, cache):
    """commands: {key: argument list}. Runs those whose key is not in the folder cache.

    Returns the outputs of those that failed by key; the keys of the others go into the cache.
    """
    cache.mkdir(parents=True, exist_ok=True)
    wanted = {key: command for key, command in commands.items() if not (cache / key).exists()}
    if commands:
        print(f"{len(wanted)} of {len(commands)} to check, the others are known to be good",
              flush=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        marks = [cache / key for key in wanted]
        results = list(pool.map(_run, wanted.values(), marks))
    return {key: result for key, result in zip(wanted, results) if result is not None}


def _run(command, mark):
    """Marks success at once, so that an interrupted run was not for nothing."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0:
        mark.touch()
        return None
    return done.stdout + done.stderr


def forget(cache, commands):
    """Keeps the cache from growing without end; results of a few branches stay."""
    old = sorted((p for p in Path(cache).iterdir() if p.name not in commands), key=_age)
    for path in old[: -4 * max(len(commands), 1)]:
        path.unlink(missing_ok=True)


def _age(path):
    return path.stat().st_mtime
