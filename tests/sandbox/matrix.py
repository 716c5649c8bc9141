"""The counts that the matrix of promises leaves (`tests/matrix/tally.rs`), as a table."""

import json
from collections.abc import Iterable
from pathlib import Path

COUNTS = ("cases", "converged", "stopped", "lost", "duplicated", "leaked", "wrong")


def folder(target: Path) -> Path:
    """Where the rows leave their counts, given Cargo's target folder."""
    return target / "tmp" / "matrix"


def forget(counts: Path) -> None:
    """Remove the counts of earlier runs: what is there afterwards is of this one."""
    for path in counts.glob("*.json"):
        path.unlink()


def table(counts: Path) -> str:
    """The counts of every row as a Markdown table; empty when there are none."""
    rows = [json.loads(path.read_text()) for path in counts.glob("*.json")]
    if not rows:
        return ""
    rows.sort(key=lambda row: (row["row"], row["what"]))
    total = {"row": "", "what": "all"} | {name: sum(row[name] for row in rows) for name in COUNTS}
    head = ("row", "what", *COUNTS)
    ruler = ("---", "---", *("---:" for _ in COUNTS))
    return "\n".join([line(head), line(ruler), *(line(row[name] for name in head) for row in [*rows, total])])


def line(cells: Iterable[object]) -> str:
    """One line of a Markdown table."""
    return "| " + " | ".join(map(str, cells)) + " |"
