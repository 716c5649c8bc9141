"""Runs several commands of keystone-manage with one import of Keystone, which costs more than they do.

`keystone_manage.py CONFIGURATION COMMAND…`, each command one word of the command line; run by the
Python of Keystone's virtual environment, so nothing of this package is imported.
"""

import os
import shlex
import sys

from keystone.cmd import cli

configuration, *commands = sys.argv[1:]
for command in commands:
    print(f"keystone-manage {command}", flush=True)
    # Each in a process of its own: a second command finds Keystone's options parsed and its database set up.
    child = os.fork()
    if child == 0:
        cli.main(["keystone-manage", "--config-file", configuration, *shlex.split(command)])
        sys.stdout.flush()
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        sys.exit(f"keystone-manage {command} failed")
