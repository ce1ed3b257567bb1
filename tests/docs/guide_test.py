"""Runs the getting-started guide as its reader would, in an empty folder.

guide_test.py --iacdb PROGRAM GUIDE

A block of `sh` must succeed; `sh fails` must fail with exit code 2; `sh service` runs to the end
while the rest goes on. A `text` block after a block of `sh` is what that prints. Blocks of `cpp`
and `cmake` are built by the test `package`, against the installed library.
"""

import argparse
import ctypes
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

BLOCK = re.compile(r"^```([a-z ]+)\n(.*?)^```$", re.M | re.S)


def blocks(path):
    with open(path, encoding="utf-8") as file:
        return [(match[1], match[2]) for match in BLOCK.finditer(file.read())]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class Reader:
    def __init__(self, folder, program):
        self.folder = folder
        self.services = []
        self.port = free_port()
        self.environment = {**os.environ,
                            "PATH": f"{os.path.dirname(program)}:{os.environ['PATH']}"}
        for name in list(self.environment):
            if name.startswith(("IACDB_", "DB_", "PG")):
                del self.environment[name]

    def run(self, script):
        # The port of the guide may be taken on this machine.
        script = script.replace("8080", self.port)
        return subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=self.folder,
                              env=self.environment, capture_output=True, text=True, timeout=60,
                              check=False)

    def serve(self, script):
        # Without a shell between, so that ending it ends it.
        self.services.append(subprocess.Popen(
            script.replace("8080", self.port).split(), cwd=self.folder, env=self.environment,
            preexec_fn=lambda: ctypes.CDLL(None).prctl(1, signal.SIGKILL)))  # PR_SET_PDEATHSIG
        for _ in range(500):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(self.port))) == 0:
                    return
            time.sleep(0.02)
        sys.exit("the service does not listen")

    def end(self):
        for service in self.services:
            service.terminate()
            if service.wait(timeout=30) != 0:
                sys.exit(f"the service ended with {service.returncode}")


def check(reader, found):
    printed = None
    ran = 0
    for kind, text in found:
        if kind == "text" and printed is not None and printed != text:
            sys.exit(f"expected:\n{text}\nprinted:\n{printed}")
        printed = None
        if kind == "sh service":
            reader.serve(text)
        elif kind in ("sh", "sh fails"):
            run = reader.run(text)
            wanted = 0 if kind == "sh" else 2
            if run.returncode != wanted:
                sys.exit(f"exit code {run.returncode} of:\n{text}\n{run.stdout}{run.stderr}")
            printed = run.stdout if kind == "sh" else None
            ran += 1
    if ran == 0:
        sys.exit("the guide has nothing to run")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--iacdb", required=True)
    parser.add_argument("guide")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        reader = Reader(folder, os.path.abspath(arguments.iacdb))
        try:
            check(reader, blocks(arguments.guide))
        finally:
            reader.end()


main()
