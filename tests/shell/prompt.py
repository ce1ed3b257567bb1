"""What the tests of the prompt share: a prompt that has been reached."""

from databases import OnDatabase
from terminal import PROMPT, Terminal


class Prompt(OnDatabase):
    def start(self, *arguments, **more):
        environment = {"HOME": self.folder, **more.pop("environment", {})}
        terminal = Terminal(self.command(*arguments), environment=environment, **more)
        self.addCleanup(terminal.__exit__)
        terminal.expect(PROMPT)
        return terminal

    def slow_statement(self):
        """A statement that runs until it is cancelled."""
        return {
            "sqlite": "with recursive n(i) as (select 1 union all select i + 1 from n) "
            "select count(*) from n;",
            "postgres": "select pg_sleep(600);",
            "mariadb": "select sleep(600);",
        }[self.kind]
