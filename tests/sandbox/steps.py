"""Runs the steps of a command: a line with the time for each, its output in a log, a cause when it fails."""

import contextlib
import os
import re
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from sandbox import files
from sandbox.failure import Failure, Reported

LINES_OF_LOG = 25
_printing = threading.Lock()

# What a line of the log tells about the cause, most telling first.
CAUSES = (
    (r"No space left on device", "the disk is full: free some space, then run the same command again"),
    (
        r"Address already in use|could not bind to address|BindException",
        "another process has taken a port in the meantime: run the same command again",
    ),
    (
        r"DO NOT MATCH THE HASHES|is not the pinned",
        "a download differs from what was pinned: a proxy or mirror has altered or cut it",
    ),
    (
        r"UnsupportedClassVersionError|invalid target release|release version \d+ not supported",
        "Java is too old: 17 or later is needed",
    ),
    (
        r"Unable to locate package|has no installation candidate",
        "this system's package lists are old or lack the package: apt-get update, or use Debian 12 or later",
    ),
    (
        r"Could not get lock|Unable to acquire the dpkg frontend lock",
        "another package manager is at work: wait for it, then run the same command again",
    ),
    (r"ensurepip is not available", "python3-venv is missing: apt-get install python3-venv"),
    (
        r"OutOfMemoryError|Cannot allocate memory|insufficient memory",
        "the machine has too little free memory: about 2 GiB are needed",
    ),
    (
        r"Database may be already in use|The file is locked",
        "another Keycloak has the database open: make sandbox-down, then again",
    ),
    (
        r"Permission denied|Operation not permitted",
        "a file or folder belongs to another user: were earlier runs made by root?",
    ),
    (
        r"Temporary failure in name resolution|Name or service not known|Could not resolve|Could not transfer artifact|"
        r"Unknown host|Network is unreachable|Connection refused|ReadTimeout|Max retries exceeded|Failed to fetch|"
        r"No matching distribution found",
        "a download was refused or there is no network: see the log for the address; set https_proxy if there is a proxy",
    ),
)


def likely_cause(log: str) -> str | None:
    """The cause that the end of a log speaks of."""
    return next((cause for pattern, cause in CAUSES if re.search(pattern, log)), None)


def say(text: str) -> None:
    """Print whole lines; steps that run at the same time do not mix theirs."""
    with _printing:
        print(text, flush=True)


def environment(**extra: str) -> dict[str, str]:
    """This process's environment without what would send a child's Python astray."""
    astray = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name not in astray} | extra


class Step:
    """One step while it runs: its log, and the commands whose output goes there."""

    def __init__(self, log: Path) -> None:
        self.log = log

    def run(self, *command: str | Path, folder: Path | None = None, **extra: str) -> None:
        """Run a command, its output into the log; `extra` is added to its environment."""
        words = [str(word) for word in command]
        with self.log.open("ab") as log:
            log.write(f"$ {' '.join(words)}\n".encode())
            log.flush()
            done = subprocess.run(
                words,
                cwd=folder,
                env=environment(**extra),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=files.inherited(),
                check=False,
            )
        if done.returncode != 0:
            raise Failure(f"{words[0]} ended with status {done.returncode}")

    def waiting(self, holder: str) -> None:
        """Say that another run does the same work."""
        say(f"  … waiting for process {holder}, which is at the same work")


class Steps:
    """The steps of one command; their logs lie in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.begin = time.monotonic()

    @contextlib.contextmanager
    def step(self, name: str, *also: Path) -> Iterator[Step]:
        """Run one step; when it fails print the end of its log (and of the server's logs `also`)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        step = Step(self.folder / f"{re.sub('[^a-z0-9]+', '-', name.lower())}.log")
        step.log.write_text("")
        begin = time.monotonic()
        try:
            yield step
        except Reported:
            raise
        except Exception as error:
            with step.log.open("a") as log:
                log.write(f"{error}\n" if isinstance(error, Failure) else traceback.format_exc())
            report(name, time.monotonic() - begin, [step.log, *also], error)
            raise Reported(str(error)) from error
        say(f"  {name:<44} {time.monotonic() - begin:6.1f} s")

    def total(self) -> float:
        """Seconds since the first step."""
        return time.monotonic() - self.begin


def report(name: str, seconds: float, logs: list[Path], error: Exception) -> None:
    """Print what a person needs of a failed step."""
    text = f"\nFAILED after {seconds:.1f} s: {name}\n"
    whole = ""
    for log in logs:
        end = log.read_text(errors="replace").splitlines()[-LINES_OF_LOG:] if log.exists() else []
        whole += "\n".join(end)
        text += f"the end of {log}:\n" + "".join(f"  | {line}\n" for line in end) if end else ""
    remedy = error.remedy if isinstance(error, Failure) else ""
    cause = remedy or likely_cause(whole)
    text += (
        f"likely cause: {cause}\n"
        if cause
        else "no known cause; what was done so far is kept: the same command goes on from there\n"
    )
    with _printing:
        print(text, file=sys.stderr, flush=True)
