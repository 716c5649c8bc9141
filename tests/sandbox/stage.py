"""What demonstrations are shown on: a folder in a sandbox, the tool, and people with the openstack client."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from sandbox import files, settings
from sandbox.failure import Failure
from sandbox.stack import Stack
from sandbox.steps import environment, say

PROGRAM = settings.ROOT / "target" / "debug" / "opcp-provision"


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Say what comes, and how long it took."""
    say(f"\n== {title}")
    begin = time.monotonic()
    yield
    say(f"== {title}: {time.monotonic() - begin:.1f} s")


def require(holds: bool, otherwise: str) -> None:
    """Fail the demonstration when it shows something else than it says."""
    if not holds:
        raise Failure(otherwise)


class Stage:
    """A folder of files in a sandbox, and commands that are shown with their output."""

    def __init__(self, stack: Stack, name: str) -> None:
        self.stack = stack
        self.folder = stack.where.state / name

    def password(self, person: str) -> Path:
        """The file with a person's password."""
        path = self.folder / f"{person}-password"
        files.secret(path)
        return path

    def show(
        self, command: list[str | Path], shown: str, variables: dict[str, str], password: Path | None = None
    ) -> str:
        """Run a command in the folder, show it and its output, and return the output."""
        say(f"$ {shown}")
        with (password or Path(os.devnull)).open() as standard_input:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=variables,
                stdin=standard_input,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if password else subprocess.STDOUT,
                text=True,
                check=False,
            )
        # Nobody ends the line of the prompt, since the password comes from a file.
        say("\n".join(text.rstrip() for text in (done.stderr, done.stdout) if text))
        if done.returncode != 0:
            raise Failure(f"{shown} ended with status {done.returncode}")
        return done.stdout

    def tool(self, *arguments: str, **variables: str) -> str:
        """Run opcp-provision with these variables."""
        shown = " ".join(["opcp-provision", *arguments])
        return self.show([PROGRAM, *arguments], shown, environment(**variables))

    def person(self, name: str, openrc: str, command: str) -> str:
        """Run a command of the openstack client as a person: with the file that she got, and nothing else."""
        clean = {"PATH": f"{self.stack.where.state / 'bin'}:/usr/bin:/bin", "HOME": str(self.folder)}
        shown = f". ./{openrc} && {command}"
        return self.show(["sh", "-c", shown], shown, clean, self.password(name))
