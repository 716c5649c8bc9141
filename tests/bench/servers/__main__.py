"""Entry point of `python3 tests/bench/servers`: what the tool costs on the real servers of the sandbox."""

import sys
from pathlib import Path

# Run as a folder, Python would import the modules without their package; the sandbox' own are used as well.
HERE = Path(__file__).resolve().parent
sys.path[0:1] = [str(HERE.parent), str(HERE.parent.parent)]

from sandbox.failure import Failure
from servers import bench

try:
    sys.exit(bench.main(sys.argv[1:]))
except Failure as failure:
    print(f"error: {failure}", file=sys.stderr)
    sys.exit(1)
