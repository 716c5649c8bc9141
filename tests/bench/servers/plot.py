"""Draws the figures of a bench with gnuplot: seconds against people, the tool beside curl."""

import json
import subprocess
from pathlib import Path

from sandbox.failure import Failure

#: The runs that are drawn, with what they are called.
LINES = (
    ("plan, no change, cold", "wall", "plan, servers just restarted"),
    ("plan, no change, warm", "wall", "plan, no change"),
    ("plan, no change, warm", "curl", "curl --parallel, the same documents"),
    ("apply, one change", "wall", "apply, one change"),
    ("apply, 10 % drift", "wall", "apply, 10 % drift"),
    ("first apply", "wall", "first apply"),
)


def draw(results: Path, picture: Path) -> None:
    """Draw what a bench has left in `results` as an SVG."""
    rows = json.loads(results.read_text())["rows"]
    blocks, lines = [], []
    for number, (what, key, title) in enumerate(LINES):
        points = [f"{row['people']} {row[key]:.3f}" for row in rows if row["what"] == what and key in row]
        if points:
            name = f"$line{number}"
            blocks.append(f"{name} << end\n" + "\n".join(points) + "\nend")
            dashes = " dashtype 2" if key == "curl" else ""
            lines.append(f"{name} using 1:2 with linespoints linewidth 2 pointtype 7{dashes} title '{title}'")
    script = [
        "set terminal svg size 760,460 font 'sans-serif,13' background 'white'",
        f"set output '{picture}'",
        "set logscale xy",
        "set grid",
        "set key outside right",
        "set xlabel 'people in the realm and in the spec'",
        "set ylabel 'seconds (both axes logarithmic)'",
        "set xtics (100, 1000, 10000)",
        "set xrange [80:13000]",
        *blocks,
        "plot " + ", ".join(lines),
    ]
    try:
        subprocess.run(["gnuplot"], input="\n".join(script), text=True, check=True)
    except FileNotFoundError as missing:
        raise Failure("there is no gnuplot", "apt-get install gnuplot-nox") from missing
