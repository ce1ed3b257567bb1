"""A program in a pseudo-terminal: keys go in, and what a person would see is waited for.

    with Terminal([iacdb, "sql", "--url", "sqlite:x.db"]) as t:
        t.expect(PROMPT)
        t.keys("select 1;" + ENTER)
        t.expect(r"\\(1 row\\)")

Nothing waits for a time: every wait is for an output, with a limit that only a broken program
meets.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

ENTER, TAB, ESC = "\r", "\t", "\x1b"
UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
HOME, END, DELETE = "\x1b[H", "\x1b[F", "\x1b[3~"
PROMPT = r"[\w./:-]+=[*!]?> "
LIMIT_SECONDS = float(os.environ.get("IACDB_TEST_LIMIT_SECONDS", "60"))

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b\][^\x07]*\x07|[\x07\x00]")


def ctrl(letter):
    return chr(ord(letter.upper()) & 31)


class Terminal:
    def __init__(self, command, rows=50, columns=200, environment=None):
        self.raw = ""
        self._pending = b""
        settings = {
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            "TERM": "xterm",
            "LANG": "C.UTF-8",
            "PAGER": "",
            "EDITRC": "/dev/null",
        }
        settings.update(environment or {})
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                os.execvpe(command[0], command, settings)
            finally:
                os._exit(127)
        self.resize(rows, columns)
        self.status = None

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def keys(self, text):
        data = text.encode()
        while data:
            data = data[os.write(self.fd, data) :]

    def line(self, text, expect=r"\n" + PROMPT):
        """Types a line, and waits until the prompt comes back; returns what was printed."""
        self.expect_nothing_left()
        self.keys(text + ENTER)
        return self.expect(expect)

    def expect(self, pattern):
        """Waits for a regular expression; returns what came before and within, and consumes it."""
        wanted = re.compile(pattern, re.DOTALL)
        until = time.monotonic() + LIMIT_SECONDS
        while True:
            found = wanted.search(self.raw)
            if found:
                text = self.raw[: found.end()]
                self.raw = self.raw[found.end() :]
                return text
            if time.monotonic() > until or not self._read(until - time.monotonic()):
                raise AssertionError(f"waited for {pattern!r}, saw:\n{self.raw}")

    def expect_end(self):
        """Waits for the end of the program; returns its exit code and what was left."""
        until = time.monotonic() + LIMIT_SECONDS
        while self._read(until - time.monotonic()):
            pass
        if time.monotonic() > until:
            raise AssertionError(f"the program goes on; saw:\n{self.raw}")
        self._wait()
        return self.status, self.raw

    def expect_nothing_left(self):
        self.raw = ""

    def _read(self, seconds):
        ready, _, _ = select.select([self.fd], [], [], max(seconds, 0))
        if not ready:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:  # The program has ended.
            data = b""
        if not data:
            return False
        data = self._pending + data
        text = data.decode(errors="ignore")
        # A character cut in two waits for its rest.
        self._pending = b""
        for size in (1, 2, 3):
            tail = data[-size:]
            if len(tail) == size and tail[0] >= 0xC0 and not tail.decode(errors="ignore"):
                self._pending = tail
        self.last_bytes = data
        self.raw = _ESCAPES.sub("", self.raw + text)
        return True

    def _wait(self):
        if self.status is None:
            _, status = os.waitpid(self.pid, 0)
            self.status = os.waitstatus_to_exitcode(status)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            self._wait()
        os.close(self.fd)
