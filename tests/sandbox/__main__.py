"""Entry point of `python3 tests/sandbox COMMAND`; what the commands do is in `commands`."""

import sys
from pathlib import Path

# Run as a folder, Python would import the modules without their package.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from sandbox import commands

sys.exit(commands.main(sys.argv[1:]))
