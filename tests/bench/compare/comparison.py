"""The comparison: each tool makes the same, finds nothing to do, and puts one change right; each in a realm of its own."""

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path

from compare.tools import Ansible, ConfigCli, Job, OpcpProvision, Terraform, Tool
from sandbox.failure import Failure
from servers.counter import Counter
from servers.ground import Ground
from servers.population import Population


def run(tool: Tool, command: list[str], job: Job) -> float:
    """Seconds that a command of a tool takes; it must end well."""
    log = job.folder / "said"
    with log.open("wb") as said:
        began = time.monotonic()
        ended = subprocess.run(
            command, cwd=job.folder, env=tool.environment(job), stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        took = time.monotonic() - began
    if ended.returncode != 0:
        raise Failure(f"{tool.name}: {command[0]} ends with {ended.returncode}:\n{log.read_text(errors='replace')[-1500:]}")
    return took


def compare(tool: Tool, population: Population, ground: Ground) -> None:
    """All runs of one tool, each a printed row."""
    counter = Counter(ground.keycloak, ground.authority)
    name = f"compare-{tool.name}-{os.getpid()}"
    try:
        with ground.place(name), tempfile.TemporaryDirectory() as folder:
            # The domain goes with the realm: each tool has projects of its own.
            there = Population(population.count, name)
            make_projects(there, ground)
            job = Job(there, name, counter.url, ground, Path(folder))
            for command in tool.prepare(job):
                run(tool, command, job)
            for what in ("cold create", "no change", "one change"):
                if what == "one change":
                    ground.disturb(name, [there.people[0].username])
                counter.seen.clear()
                took = run(tool, tool.apply(job), job)
                writes = sum(method not in ("GET", "HEAD") for method, path in counter.seen if not path.endswith("/token"))
                print(f"| {tool.name} | {what} | {took:.1f} s | {len(counter.seen)} | {writes} |", flush=True)
    finally:
        counter.stop()


def make_projects(population: Population, ground: Ground) -> None:
    """The projects that grants speak of."""
    keystone = ground.of_keystone()
    domains, _ = keystone.call("GET", f"/v3/domains?name={population.domain}")
    for project in population.projects:
        body = {"project": {"name": project, "domain_id": domains["domains"][0]["id"]}}
        keystone.send_json("POST", "/v3/projects", body)


def main(words: list[str]) -> int:
    """Compare all tools that are here; fails if there is none but this one."""
    parser = argparse.ArgumentParser(prog="python3 tests/bench/compare")
    parser.add_argument("--program", default="target/release/opcp-provision", help="the binary of this project")
    parser.add_argument("--people", type=int, default=200, help="how many people there are")
    parser.add_argument("--only", action="append", help="a tool's name; can be repeated")
    asked = parser.parse_args(words)
    own = OpcpProvision(str(Path(asked.program).resolve()))
    others: list[Tool] = [Terraform("terraform"), Terraform("tofu"), ConfigCli(), Ansible()]
    tools = [tool for tool in [own, *others] if not asked.only or tool.name in asked.only]
    here = []
    for tool in tools:
        missing = tool.missing()
        if missing:
            print(f"{tool.name} is left out: {missing}", flush=True)
        else:
            here.append(tool)
    ground, compared = Ground(), 0
    population = Population(asked.people, "")
    print(f"\n{asked.people} people, {len(population.groups)} groups; requests to Keycloak, logins included\n")
    print("| tool | run | wall | requests | writes |\n|---|---|---|---|---|", flush=True)
    for tool in here:
        try:
            compare(tool, population, ground)
            compared += tool is not own
        except Failure as failure:
            print(f"{tool.name} is left out: {failure}", flush=True)
    if not compared:
        raise Failure("no other tool could be run: there is nothing to compare with")
    return 0
