"""Starts a server: in a process and session of its own, which records itself and then becomes the server.

`launch.py RECORD LOCK,… COMMAND…`; called by `processes.Server.start` only.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sandbox import processes

record, locks, *command = sys.argv[1:]
if os.fork() == 0:
    os.setsid()
    processes.write_record(Path(record), processes.identify(os.getpid()))
    for lock in filter(None, locks.split(",")):
        os.set_inheritable(int(lock), False)
    os.execvp(command[0], command)
