"""Which TCP ports of the loopback addresses are free, and who holds those that are not."""

import os
import random
import socket
from collections.abc import Iterable
from pathlib import Path

# Below Linux' range for outgoing connections, so that none of those takes a remembered port.
RANGE = range(20000, 32000)
LISTENING = "0A"


def is_free(port: int) -> bool:
    """Whether a server can listen on this port of 127.0.0.1, and nobody on that of ::1."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as trial:
                # As servers do; without it a connection that was just closed would count as taken.
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind((address, port))
                trial.listen()
        except OSError as error:
            if family == socket.AF_INET or error.errno == 98:
                return False
    return True


def find_free(count: int) -> list[int]:
    """So many different free ports, chosen by chance so that sandboxes made at once do not meet."""
    found: list[int] = []
    while len(found) < count:
        port = random.choice(RANGE)
        if port not in found and is_free(port):
            found.append(port)
    return found


def listening_inodes(table: Iterable[str], port: int) -> set[str]:
    """The sockets listening on the port, by inode, out of the lines of /proc/net/tcp or tcp6."""
    rows = (line.split() for line in table)
    return {row[9] for row in rows if row[3] == LISTENING and int(row[1].rpartition(":")[2], 16) == port}


def holder(port: int) -> str:
    """The process that listens on the port, as far as this user can see it."""
    inodes: set[str] = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if os.path.exists(table):
            inodes |= listening_inodes(Path(table).read_text().splitlines()[1:], port)
    sockets = {f"socket:[{inode}]" for inode in inodes}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(os.readlink(descriptor) in sockets for descriptor in (process / "fd").iterdir()):
                name = (process / "comm").read_text().strip()
                return f"process {process.name} ({name})"
        except OSError:
            continue
    return "a process that only its owner can see"
