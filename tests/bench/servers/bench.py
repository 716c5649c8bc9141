"""The bench itself: one first apply, then plans without changes, one change and drift, for each size."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
import urllib.parse
from pathlib import Path

from sandbox.failure import Failure
from servers import least, plot
from servers.counter import Counter
from servers.ground import Ground
from servers.population import Population
from servers.spec import spec

#: As many connections as the tool has by default.
CONNECTIONS = 8


def run(program: str, command: list[str], folder: Path, ground: Ground) -> dict:
    """Run the tool to its end, which must be a good one; what it took."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), **ground.passwords}
    with (folder / "said").open("wb") as said:
        began = time.monotonic()
        child = subprocess.Popen(
            [program, *command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        said = (folder / "said").read_text(errors="replace")
        errors = [part for part in said.split("\n\n") if part.startswith("error")]
        raise Failure(f"{' '.join(command)} ends with {child.returncode}:\n" + "\n".join(errors[:3] or [said[-2000:]]))
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024}


class Size:
    """The runs for one number of people."""

    def __init__(self, program: str, ground: Ground, count: int, repeat: int) -> None:
        self.program, self.ground, self.repeat = program, ground, repeat
        self.place = f"bench-{count}-{os.getpid()}"
        self.population = Population(count, self.place)
        self.rows: list[dict] = []

    def tool(self, folder: Path, *command: str) -> dict:
        """One timed run, straight to the servers."""
        self.write(folder, self.ground.keycloak, self.ground.keystone)
        return run(self.program, [*command, "-f", "spec.yaml"], folder, self.ground)

    def counted(self, folder: Path, *command: str) -> list[tuple[str, str, str]]:
        """One run through counting proxies: server, method and target of every request."""
        keycloak, keystone = (Counter(url, self.ground.authority) for url in (self.ground.keycloak, self.ground.keystone))
        self.write(folder, keycloak.url, keystone.url)
        try:
            run(self.program, [*command, "-f", "spec.yaml"], folder, self.ground)
        finally:
            keycloak.stop()
            keystone.stop()
        of_keycloak = [(self.ground.keycloak, *seen) for seen in keycloak.seen]
        return of_keycloak + [(self.ground.keystone, *seen) for seen in keystone.seen]

    def write(self, folder: Path, keycloak: str, keystone: str) -> None:
        text = spec(self.population, self.place, keycloak, keystone, self.ground.authority)
        (folder / "spec.yaml").write_text(text)

    def row(self, what: str, runs: list[dict], requests: int | None, needed: int, curl: list[float] | None = None) -> None:
        """Keep and print the medians of some runs."""
        median = {key: statistics.median(run[key] for run in runs) for key in ("wall", "cpu", "memory")}
        row = {"people": self.population.count, "what": what, "runs": len(runs), "requests": requests, "least": needed}
        row |= median | ({"curl": statistics.median(curl)} if curl else {})
        self.rows.append(row)
        print(line(row), flush=True)

    def measure(self, count_first: bool, cold: bool) -> None:
        """All runs of this size."""
        with self.ground.place(self.place), tempfile.TemporaryDirectory() as name:
            folder, people = Path(name), self.population.people
            first = ["apply", "--auto-approve"]
            took = self.tool(folder, *first)
            requests = self.count_first_apply() if count_first else None
            self.row("first apply", [took], requests, least.first_apply(self.population))

            seen = self.counted(folder, "plan", "--detailed-exitcode")
            urls = [(server, target) for server, method, target in seen if method == "GET"]
            if cold:
                self.ground.restart()
                took = self.tool(folder, "plan", "--detailed-exitcode")
                self.ground.restart()
                curl = self.curl(folder, urls)
                self.row("plan, no change, cold", [took], len(seen), least.plan(self.population), [curl])
            timed, curls = [], []
            for _ in range(self.repeat):
                timed.append(self.tool(folder, "plan", "--detailed-exitcode"))
                curls.append(self.curl(folder, urls))
            self.row("plan, no change, warm", timed, len(seen), least.plan(self.population), curls)

            for what, changed in (("one change", 1), ("10 % drift", len(people) // 10)):
                names = [person.username for person in people[:: len(people) // changed]][:changed]
                self.ground.disturb(self.place, names)
                seen = self.counted(folder, *first)
                timed = []
                for _ in range(self.repeat if changed == 1 else 1):
                    self.ground.disturb(self.place, names)
                    timed.append(self.tool(folder, *first))
                self.row(f"apply, {what}", timed, len(seen), least.changes(self.population, changed))

    def count_first_apply(self) -> int:
        """The requests of a first apply: into another realm and domain."""
        again = Size(self.program, self.ground, self.population.count, 1)
        again.place += "-counted"
        again.population = Population(self.population.count, again.place)
        with self.ground.place(again.place), tempfile.TemporaryDirectory() as name:
            return len(again.counted(Path(name), "apply", "--auto-approve"))

    def curl(self, folder: Path, urls: list[tuple[str, str]]) -> float:
        """Seconds that curl takes for the same documents, all at once."""
        tokens = {"Authorization": f"Bearer {self.ground.keycloak_token()}", "X-Auth-Token": self.ground.keystone_token()}
        lines = [f'cacert = "{self.ground.authority}"', "no-progress-meter", "fail", "parallel", f"parallel-max = {CONNECTIONS}"]
        lines += [f'header = "{name}: {value}"' for name, value in tokens.items()]
        for server, target in urls:
            url = urllib.parse.urljoin(server, target)
            lines += [f'url = "{url}"', 'output = "/dev/null"']
        (folder / "curl.conf").write_text("\n".join(lines))
        (folder / "curl.conf").chmod(0o600)
        began = time.monotonic()
        subprocess.run(["curl", "--config", str(folder / "curl.conf")], check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - began


def line(row: dict) -> str:
    """A row of the table."""
    requests = "–" if row["requests"] is None else f"{row['requests']} / {row['least']}"
    ratio = "–" if row["requests"] is None else f"{row['requests'] / row['least']:.2f}"
    curl = f"{row['curl']:.2f} s" if "curl" in row else "–"
    times = f"{row['wall'] / row['curl']:.2f}" if "curl" in row else "–"
    return (
        f"| {row['people']:,} | {row['what']} | {requests} | {ratio} | {row['wall']:.2f} s | {curl} | {times} "
        f"| {row['cpu']:.2f} s | {row['memory']:.0f} MB | {row['runs']} |"
    )


HEAD = (
    "| people | run | requests / R_min | ratio | wall | curl | wall / curl | CPU | peak memory | runs |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


def conditions(program: str) -> str:
    """What the figures are worth: versions, processors, memory, what else was going on."""
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    load = os.getloadavg()[1]
    return (
        f"{version} (release build), Keycloak {os.environ.get('KEYCLOAK_VERSION', '26.7.4')} (H2) and Keystone "
        f"{os.environ.get('KEYSTONE_VERSION', '30.0.0')} (SQLite) of the sandbox over TLS on loopback, "
        f"{os.cpu_count()} processors, {pages * page >> 30} GB memory, {platform.system()}, "
        f"load average {load:.0f}: servers, tool and curl share the processors"
    )


def main(words: list[str]) -> int:
    """Measure, print a table, and leave it with the figures where the README refers to them."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--program", type=Path, required=True, help="the binary that is measured")
    parser.add_argument("--sizes", default="100,1000,10000", help="numbers of people")
    parser.add_argument("--repeat", type=int, default=3, help="runs of which the median counts")
    parser.add_argument("--count-first", type=int, default=1000, help="the largest first apply that is done twice, to count it")
    parser.add_argument("--cold", type=int, default=1000, help="the smallest size that is measured on restarted servers, too")
    parser.add_argument("--results", type=Path, help="where the figures are left, and drawn beside it")
    asked = parser.parse_args(words)
    ground, rows = Ground(), []
    print(HEAD, flush=True)
    for count in (int(size) for size in asked.sizes.split(",")):
        size = Size(str(asked.program.resolve()), ground, count, asked.repeat)
        size.measure(count <= asked.count_first, count >= asked.cold)
        rows += size.rows
        said = conditions(str(asked.program.resolve()))
        if asked.results:
            asked.results.write_text(json.dumps({"conditions": said, "rows": rows}, indent=1) + "\n")
    print(f"\n{said}.")
    if asked.results:
        plot.draw(asked.results, asked.results.with_suffix(".svg"))
    return 0
