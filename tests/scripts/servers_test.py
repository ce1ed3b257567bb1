#!/usr/bin/env python3
"""scripts/servers starts what it says, notices what was killed, and leaves nothing behind."""

import os
import shlex
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path
from urllib.parse import unquote, urlsplit

SERVERS = Path(__file__).resolve().parents[2] / "scripts/servers"


def is_running(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


class Lifecycle(unittest.TestCase):
    def setUp(self):
        parent = tempfile.TemporaryDirectory()
        self.addCleanup(parent.cleanup)
        os.chmod(parent.name, 0o755)
        self.folder = Path(parent.name, "s")
        self.addCleanup(self.run_servers, "down")

    def run_servers(self, command):
        arguments = [SERVERS, command, "--dir", self.folder]
        return subprocess.run(arguments, capture_output=True, text=True, check=False)

    def pids(self):
        return {p.stem: int(p.read_text().split()[0]) for p in self.folder.glob("*.pid")}

    def variables(self):
        lines = self.run_servers("urls").stdout.splitlines()
        return dict(shlex.split(line)[0].split("=", 1) for line in lines if "=" in line)

    def test_up_killed_up_down(self):
        self.assertEqual(self.run_servers("status").returncode, 3)
        self.assertEqual(self.run_servers("urls").returncode, 1)

        self.assertEqual(self.run_servers("up").returncode, 0)
        self.assertEqual(self.run_servers("status").returncode, 0)
        first = self.pids()
        self.assertEqual(self.run_servers("up").returncode, 0)
        self.assertEqual(self.pids(), first, "a second `up` changes nothing")

        os.kill(first["mariadb"], signal.SIGKILL)
        while is_running(first["mariadb"]):
            time.sleep(0.05)
        self.assertEqual(self.run_servers("status").returncode, 3)
        self.assertEqual(self.run_servers("urls").returncode, 1)
        self.assertEqual(self.run_servers("up").returncode, 0)
        second = self.pids()
        self.assertEqual(len(second), len(first))

        self.assertEqual(self.run_servers("down").returncode, 0)
        self.assertFalse(self.folder.exists())
        left = [pid for pid in [*first.values(), *second.values()] if is_running(pid)]
        self.assertEqual(left, [])

    def test_urls_are_what_a_shell_and_a_client_read(self):
        self.assertEqual(self.run_servers("up").returncode, 0)
        variables = self.variables()
        urls = [urlsplit(url) for url in variables["IACDB_TEST_URLS"].split(" ")]
        self.assertEqual([url.scheme for url in urls], ["postgres", "mariadb"])
        for url, kind in zip(urls, ("PG", "MYSQL")):
            self.assertEqual(unquote(url.password), variables[f"IACDB_TEST_{kind}_PASSWORD"])
            self.assertEqual(str(url.port), variables[f"IACDB_TEST_{kind}_PORT"])
        script = f'eval "$({SERVERS} urls --dir {self.folder})"; env'
        shell = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
        self.assertIn(f"IACDB_TEST_URLS={variables['IACDB_TEST_URLS']}\n", shell.stdout)

    def test_a_folder_of_somebody_else_stays(self):
        self.folder.mkdir()
        (self.folder / "precious").touch()
        self.assertNotEqual(self.run_servers("up").returncode, 0)
        self.assertNotEqual(self.run_servers("down").returncode, 0)
        self.assertTrue((self.folder / "precious").exists())


if __name__ == "__main__":
    unittest.main()
