"""What Keycloak and Keystone have in common: data that are made once, kept aside, and copied for use."""

from pathlib import Path

from sandbox import files
from sandbox.processes import Server
from sandbox.settings import Settings
from sandbox.steps import Steps


class Part:
    """One of the two servers of a sandbox.

    `pristine` is what an OPCP has before anybody has used it. It is written while the server runs on
    it for the first time, and gets its name when that server has ended. `data` is a copy of it.
    """

    name: str

    def __init__(self, where: Settings, server: str, folder: str) -> None:
        self.where = where
        self.server = Server(where.state, server)
        self.logs = [self.server.log]
        self.data = where.state / folder
        self.pristine = where.state / "pristine" / folder

    def install(self, steps: Steps) -> Path:
        """The folder of the software, from the cache."""
        raise NotImplementedError

    def start(self, software: Path, data: Path) -> None:
        """Start the server on these data."""
        raise NotImplementedError

    def wait(self) -> None:
        """Wait until the server answers."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether the server answers now."""
        raise NotImplementedError

    def make(self, software: Path, data: Path, steps: Steps) -> None:
        """Fill an empty folder with the data of a fresh OPCP; the server may still run afterwards."""
        raise NotImplementedError

    def up(self, steps: Steps) -> None:
        """Have it running: on the data it had, or on those of a fresh OPCP."""
        software = self.install(steps)
        if self.server.pid() is None or not self.data.exists():
            if not self.pristine.exists():
                self.server.stop()
                new = files.fresh(self.pristine)
                self.make(software, new, steps)
                self.server.stop()
                new.rename(self.pristine)
            self.server.stop()
            if not self.data.exists():
                files.copy(self.pristine, self.data)
            with steps.step(f"{self.name}: start", *self.logs):
                self.start(software, self.data)
                self.wait()
        else:
            with steps.step(f"{self.name}: runs already", *self.logs):
                self.wait()

    def forget(self) -> None:
        """Stop the server and remove its data; `up` then starts from the pristine ones."""
        self.server.stop()
        files.remove(self.data)

    def condition(self) -> str:
        """Whether it runs, in words."""
        pid = self.server.pid()
        if pid is None:
            return "stopped"
        if not self.data.exists():
            return f"being set up (process {pid})"
        return f"running (process {pid})" if self.answers() else f"process {pid} does not answer"
