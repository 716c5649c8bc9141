"""Entry point of `python3 tests/bench/compare`: other tools and this one at the same data on one real Keycloak."""

import sys
from pathlib import Path

# Run as a folder, Python would import the modules without their package; those of the bench and the sandbox as well.
HERE = Path(__file__).resolve().parent
sys.path[0:1] = [str(HERE.parent), str(HERE.parent.parent)]

from compare import comparison
from sandbox.failure import Failure

try:
    sys.exit(comparison.main(sys.argv[1:]))
except Failure as failure:
    print(f"error: {failure}", file=sys.stderr)
    sys.exit(1)
