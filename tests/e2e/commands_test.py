"""The commands as a user types them: what they print, and the exit codes 0, 1, 2 and 4."""

import json
import os
import pathlib
import tempfile
import unittest
import urllib.parse

from service import Service, command, escaped, test_urls

VERBS = ("connect", "health", "list", "backends", "config", "metrics", "serve", "sql")


class Commands(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.urls = dict(test_urls(), sqlite="sqlite:" + str(self.folder / "a.db"))
        self.config = self.folder / "iacdb.json"
        self.config.write_text(json.dumps(
            {"databases": {kind: {"url": escaped(url)} for kind, url in self.urls.items()}}))
        self.config.chmod(0o600)

    def run_command(self, *arguments, **more):
        return command("--config", str(self.config), *arguments, **more)

    def test_help_has_examples(self):
        for verb in VERBS:
            code, out, err = command(verb, "--help")
            self.assertEqual((code, err), (0, ""), verb)
            if verb != "config":
                self.assertIn("Example", out, verb)
        for verb in ("show", "check", "schema"):
            self.assertIn("Example", command("config", verb, "--help")[1])
        self.assertIn("Exit codes: 0 ok, 1 failed, 2 usage", command("--help")[1])

    def test_usage_errors_are_2(self):
        for arguments in ((), ("nothing",), ("connect", "--wrong"), ("config",),
                          ("connect", "--url", "nothing://x"), ("connect", "a", "--url", "b"),
                          ("--config", "/nowhere.yaml", "list"), ("serve", "--port", "99999"),
                          ("connect", "--url", "sqlite:x", "--password-file", "/nowhere")):
            code, out, err = command(*arguments, cwd=self.folder / "..")
            self.assertEqual(code, 2, (arguments, out, err))
            self.assertTrue(err, arguments)

    def test_every_verb_takes_a_name_and_a_url(self):
        for kind, url in self.urls.items():
            for verb in ("connect", "health", "metrics"):
                for arguments in ((verb, kind), (verb, "--url", url)):
                    code, out, err = self.run_command(*arguments)
                    self.assertEqual(code, 0, (arguments, err))
                    self.assertTrue(out)
            code, out, err = self.run_command("sql", kind, "-c", "select 1 as one")
            self.assertEqual(code, 0, err)

    def test_cannot_connect_is_4(self):
        host = self.urls["postgres"].rsplit("@", 1)[1]
        wrong = {
            "nobody listens": "postgres://app@127.0.0.1:1/x",
            "wrong password": f"postgres://iacdb:wrong-secret@{host}",
            "no such file": "sqlite:" + str(self.folder / "none" / "x.db"),
            "mysql": "mysql://app@127.0.0.1:1/x",
        }
        for what, url in wrong.items():
            for verb in ("connect", "health", "metrics"):
                code, out, err = command(verb, "--url", url)
                self.assertEqual(code, 4, (what, verb, out, err))
                self.assertNotIn("wrong-secret", out + err)

    def test_failed_is_1(self):
        self.assertEqual(command("sql", "--url", "sqlite::memory:", "-c", "selekt")[0], 1)

    def test_health_of_all(self):
        code, out, _ = self.run_command("health", "--json")
        lines = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(code, 0)
        self.assertEqual({line["database"] for line in lines if line["ok"]}, set(self.urls))
        self.config.write_text(json.dumps({"databases": {
            "up": {"url": "sqlite::memory:"}, "down": {"url": "postgres://a@127.0.0.1:1/x"}}}))
        code, out, _ = self.run_command("health")
        self.assertEqual(code, 4)
        self.assertIn("FAIL  down", out)
        self.assertIn("ok    up", out)

    def test_list_and_backends(self):
        code, out, err = self.run_command("list")
        self.assertEqual(code, 0, err)
        for kind in self.urls:
            self.assertIn(kind, out)
        code, out, _ = command("backends", "--options")
        for kind in ("sqlite", "postgres", "mysql", "busy_timeout"):
            self.assertIn(kind, out)

    def test_config_commands(self):
        code, out, err = self.run_command("config", "check")
        self.assertEqual((code, out), (0, "ok, 3 databases\n"), err)
        code, out, _ = self.run_command("config", "show")
        self.assertEqual(code, 0)
        again = self.folder / "again.yaml"
        again.write_text(out)
        self.assertEqual(json.loads(command("config", "schema")[1])["type"], "object")
        self.config.write_text('{"databases": {"a": {"tpye": "sqlite"}}}')
        code, _, err = self.run_command("config", "check")
        self.assertEqual(code, 2)
        self.assertIn("iacdb.json:1:", err)
        self.assertIn("type", err)

    def test_config_check_tells_every_mistake(self):
        self.config.write_text('{"databases": {\n"a": {"tpye": "sqlite"},\n"b": {"type": "sqlite", '
                               '"database": "b.db", "pool": {"open_max": "ten"}},\n"c": {"type": '
                               '"postgres", "host": "h", "options": {"nothing": 1}}}}')
        code, out, err = self.run_command("config", "check")
        self.assertEqual((code, out), (2, ""))
        for line in (2, 3):
            self.assertIn(f"iacdb.json:{line}:", err)
        self.assertNotIn("more problem", err)
        self.config.write_text('{"databases": {"b": {"type": "sqlite", "database": "b.db", '
                               '"options": {"nothing": 1}}, "c": {"type": "postgres", "host": "h", '
                               '"options": {"nothing": 1}}}}')
        code, out, err = self.run_command("config", "check")
        self.assertEqual((code, err.count("nothing")), (2, 2), err)

    def test_a_setting_of_the_command_line_wins(self):
        self.config.write_text('{"databases": {"a": {"type": "sqlite", '
                               '"database": "/nowhere/a.db"}}}')
        sql = ("sql", "a", "-q", "-c", "select 7")
        self.assertEqual(self.run_command(*sql)[0], 4)
        setting = "databases.a.database=" + str(self.folder / "a.db")
        code, out, err = self.run_command("--setting", setting, *sql)
        self.assertEqual(code, 0, err)
        self.assertIn("7", out)
        self.assertEqual(self.run_command(*sql, "--setting=" + setting)[0], 0)
        code, _, err = self.run_command("--setting", "databases.a.databse=x", *sql)
        self.assertEqual(code, 2)
        self.assertIn("database", err)

    def test_a_command_that_does_not_exist(self):
        _, _, err = command("helth")
        self.assertIn('did you mean "health"?', err)
        _, _, err = command()
        self.assertIn("iacdb --help", err)

    def test_secrets_are_never_shown(self):
        password = os.environ["IACDB_TEST_PG_PASSWORD"]
        for arguments in (("config", "show"), ("list",), ("health",), ("connect", "postgres"),
                          ("metrics", "mysql")):
            code, out, err = self.run_command(*arguments)
            for form in (password, urllib.parse.quote(password, safe="")):
                self.assertNotIn(form, out + err, arguments)

    def test_a_password_on_the_command_line_is_warned_of(self):
        _, _, err = command("connect", "--url", self.urls["postgres"])
        self.assertIn("warning: a password on the command line", err)
        _, _, err = self.run_command("connect", "postgres")
        self.assertNotIn("warning", err)

    def test_a_password_is_not_on_the_process_list(self):
        arguments = ["--url", self.urls["postgres"], "--name", "shop", "--port", "0",
                     "--setting", "log.format=json", "--setting=databases.a.type=postgres",
                     "--setting=databases.a.host=localhost",
                     "--setting", "databases.a.password=hidden-one",
                     "--setting=databases.b.type=postgres", "--setting=databases.b.host=localhost",
                     "--setting=databases.b.password=hidden-one"]
        with Service(arguments=arguments) as service:
            self.assertEqual(service.query("shop", "select 1").status, 200)
            shown = pathlib.Path(f"/proc/{service.process.pid}/cmdline").read_text()
            self.assertIn("postgres://iacdb:***", shown)
            self.assertIn("log.format=json", shown)
            self.assertNotIn("hidden-one", shown)
            password = os.environ["IACDB_TEST_PG_PASSWORD"]
            self.assertNotIn(urllib.parse.quote(password, safe=""), shown)

    def test_password_file(self):
        secret = self.folder / "secret"
        secret.write_text(os.environ["IACDB_TEST_PG_PASSWORD"] + "\n")
        url = "postgres://iacdb@" + self.urls["postgres"].rsplit("@", 1)[1]
        code, out, err = command("connect", "--url", url, "--password-file", str(secret))
        self.assertEqual((code, err), (0, ""), out)
        secret.write_text("wrong\n")
        self.assertEqual(command("connect", "--url", url, "--password-file", str(secret))[0], 4)


if __name__ == "__main__":
    unittest.main()
