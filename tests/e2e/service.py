"""A service under test: started as a user starts it, asked over real sockets.

    with Service({"databases": {"shop": {"url": "sqlite:shop.db"}}}) as service:
        status, headers, body = service.ask("POST", "/v1/databases/shop/query", {"sql": "select 1"})
"""

import ctypes
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

COMMAND = os.environ.get("E2E_COMMAND", "")
DEADLINE_S = 60
END_S = 5  # For a service that need not answer anything more.


def test_urls():
    """The databases under test by kind; SQLite is made for each test."""
    urls = {"sqlite": None}
    for url in os.environ.get("IACDB_TEST_URLS", "").split():
        urls[url.split(":")[0].replace("mariadb", "mysql")] = url
    if "postgres" not in urls or "mysql" not in urls:
        raise AssertionError("IACDB_TEST_URLS names no servers; run scripts/test")
    return urls


def escaped(text):
    """A value for a configuration file, where ${ means a reference."""
    return text.replace("${", "$${")


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body)

    def lines(self):
        return [json.loads(line) for line in self.body.decode().splitlines()]

    def __iter__(self):
        return iter((self.status, self.headers, self.body))


def end_with_the_test():
    """In the service: it is not left behind when the test itself is killed."""
    pdeathsig = 1
    ctypes.CDLL(None).prctl(pdeathsig, signal.SIGKILL)


class Service:
    def __init__(self, config=None, arguments=(), folder=None, environment=None):
        self.own_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="iacdb-e2e-"))
        self.arguments = list(arguments)
        if config is not None:
            config = dict(config)
            config.setdefault("serve", {}).setdefault("port", 0)
            path = self.folder / "iacdb.json"
            path.write_text(json.dumps(config))
            path.chmod(0o600)
            self.arguments = ["--config", str(path)] + self.arguments
        self.environment = dict(os.environ, **(environment or {}))
        self.token = None
        self.process = None
        self.tls = None

    def __enter__(self):
        self.log = open(self.folder / "service.log", "wb")
        self.process = subprocess.Popen(
            [COMMAND, "serve"] + self.arguments, cwd=self.folder, env=self.environment,
            stdout=subprocess.PIPE, stderr=self.log, text=True, preexec_fn=end_with_the_test)
        line = self.process.stdout.readline()
        prefix = "iacdb is listening on "
        if not line.startswith(prefix):
            self.process.wait(DEADLINE_S)
            raise AssertionError(f"the service did not start: {line}{self.log_text()}")
        self.url = line[len(prefix):].strip()
        scheme, rest = self.url.split("://")
        self.host, self.port = rest.rsplit(":", 1)
        self.port = int(self.port)
        if scheme == "https":
            self.tls = ssl.create_default_context()
            self.tls.check_hostname = False
            self.tls.verify_mode = ssl.CERT_NONE
        return self

    def __exit__(self, *unused):
        # By its own end first: what it has to write at its end (coverage too) is written.
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(END_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait(DEADLINE_S)
        self.process.stdout.close()
        self.log.close()
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def log_text(self):
        return (self.folder / "service.log").read_text(errors="replace")

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(DEADLINE_S)

    def connect(self):
        if self.tls:
            return http.client.HTTPSConnection(self.host, self.port, timeout=DEADLINE_S,
                                               context=self.tls)
        return http.client.HTTPConnection(self.host, self.port, timeout=DEADLINE_S)

    def ask(self, method, path, body=None, headers=None, token=None, connection=None):
        own = connection is None
        connection = connection or self.connect()
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        token = token or self.token
        if token:
            headers.setdefault("Authorization", "Bearer " + token)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        if own:
            connection.close()
        return answer

    def query(self, name, sql, parameters=None, accept=None, **more):
        body = {"sql": sql}
        if parameters is not None:
            body["parameters"] = parameters
        headers = {"Accept": accept} if accept else {}
        return self.ask("POST", f"/v1/databases/{name}/query", body, headers, **more)

    def exec(self, name, sql, parameters=None, **more):
        body = {"sql": sql}
        if parameters is not None:
            body["parameters"] = parameters
        return self.ask("POST", f"/v1/databases/{name}/exec", body, **more)

    def raw(self, data, pause=None):
        """Sends bytes, pieces of them when it is a list, and reads to the end."""
        with socket.create_connection((self.host, self.port), timeout=DEADLINE_S) as plain:
            for piece in data if isinstance(data, list) else [data]:
                plain.sendall(piece)
                if pause:
                    time.sleep(pause)
            out = b""
            try:
                while True:
                    got = plain.recv(65536)
                    if not got:
                        return out
                    out += got
            except ConnectionResetError:
                return out


def wait_until(check, what):
    """Polls: nothing tells when it is true."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        result = check()
        if result:
            return result
        time.sleep(0.05)
    raise AssertionError("it never came true: " + what)


def command(*arguments, environment=None, cwd=None, stdin=""):
    """Runs the command to its end: its exit code, output and errors."""
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, input=stdin,
                          env=dict(os.environ, **(environment or {})), cwd=cwd,
                          timeout=DEADLINE_S)
    return done.returncode, done.stdout, done.stderr
