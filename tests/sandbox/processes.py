"""Starts, recognises and ends the sandbox' own servers, and no other process.

A process is known by its pid, its start time and the boot it was started in: pids are used again.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox import files
from sandbox.failure import Failure

HERE = Path(__file__).resolve().parent
# In the environment of every server, so that a left-over child can be told from somebody else's process.
MARKER = "OPCP_SANDBOX_STATE"
PATIENCE = 30.0
SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Identity:
    """A process that is not mistaken for a later one of the same pid."""

    pid: int
    start: int
    boot: str


def fields(stat: str) -> list[str]:
    """The fields of /proc/PID/stat from the third on; the second, a name, may hold blanks and brackets."""
    return stat.rpartition(")")[2].split()


def boot() -> str:
    """The id of this boot of the machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def identify(pid: int) -> Identity | None:
    """The process that has this pid now; None when there is none, or only its exit status."""
    try:
        stat = fields(Path(f"/proc/{pid}/stat").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if stat[0] in "ZX" else Identity(pid, int(stat[19]), boot())


def record(path: Path) -> Identity | None:
    """The process that was recorded in this file."""
    try:
        return Identity(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None


def write_record(path: Path, identity: Identity) -> None:
    """Record a process."""
    files.write(path, json.dumps(asdict(identity)) + "\n")


class Server:
    """One server of a sandbox, with its record and its log."""

    def __init__(self, state: Path, name: str) -> None:
        self.state = state
        self.name = name
        self.record = state / "run" / f"{name}.json"
        self.log = state / "log" / f"{name}.log"

    def pid(self) -> int | None:
        """The pid of the running server; None when it does not run."""
        recorded = record(self.record)
        return recorded.pid if recorded and identify(recorded.pid) == recorded else None

    def start(self, command: list[str], environment: dict[str, str]) -> None:
        """Start the server in a session of its own; it writes its record before it becomes the server.

        It holds the sandbox' lock until then: after a kill at any moment the next run finds the record.
        """
        locks = files.inherited()
        launcher = [sys.executable, "-I", "-B", str(HERE / "launch.py"), str(self.record), ",".join(map(str, locks))]
        with self.log.open("ab") as log:
            subprocess.run(
                launcher + command,
                env=environment | {MARKER: str(self.state)},
                cwd=self.state,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=locks,
                check=True,
            )
        wait(lambda: record(self.record) is not None, 10.0, f"{self.name} did not start")

    def stop(self) -> bool:
        """End the server and what it left behind; whether there was anything to end."""
        recorded = record(self.record)
        if recorded is None:
            return False
        running = self.pid() is not None
        if running:
            os.kill(recorded.pid, signal.SIGTERM)
            deadline = time.monotonic() + PATIENCE
            while self.members(recorded) and time.monotonic() < deadline:
                time.sleep(0.05)
        # kc.sh hands TERM on to Java, but not KILL: whoever killed it has left Java behind.
        for pid in self.members(recorded):
            running = True
            os.kill(pid, signal.SIGKILL)
        while self.members(recorded):
            time.sleep(0.05)
        self.record.unlink()
        return running

    def members(self, leader: Identity) -> list[int]:
        """The processes of the server's session."""
        now = identify(leader.pid)
        if leader.boot != boot() or (now is not None and now != leader):
            return []
        marker = f"{MARKER}={self.state}".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                stat = fields((process / "stat").read_text())
                if stat[0] not in "ZX" and int(stat[3]) == leader.pid:
                    environment = (process / "environ").read_bytes()
                    # One that is about to end has none any more.
                    ours = not environment or marker in environment.split(b"\0")
                    if ours or int(process.name) == leader.pid:
                        found.append(int(process.name))
            except OSError:
                continue
        return found


def wait(done: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until `done` says so."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise Failure(f"{what} within {seconds:.0f} s")
        time.sleep(0.05)


def plain_environment(*also: str) -> dict[str, str]:
    """An environment for servers: the caller's proxies, certificates and options reach none of them.

    Nor does the PATH: mod_wsgi starts Python as the first `python3` in it, and so fails on a pyenv shim.
    """
    names = ("HOME", "USER", "LANG", "TMPDIR", *also)
    return {name: os.environ[name] for name in names if name in os.environ} | {"PATH": SYSTEM_PATH}
