"""Records the identity of the process it runs in, then becomes the given command.

`launch.py RECORD LOCK,… COMMAND…`; called by `processes.Server.start` only.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sandbox import processes  # noqa: E402

record, locks, *command = sys.argv[1:]
processes.write_record(Path(record), processes.identify(os.getpid()))
for lock in filter(None, locks.split(",")):
    os.set_inheritable(int(lock), False)
os.execvp(command[0], command)  # noqa: S606
