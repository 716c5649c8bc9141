"""`make test`: every test there is, the sandbox coming up while Rust compiles."""

import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sandbox import commands, kubetest, matrix, packages, settings
from sandbox.failure import Failure
from sandbox.from_nothing import FromNothing
from sandbox.stack import Stack
from sandbox.steps import Steps, environment, say

# The features that test targets require, and what each needs beside this repository: a sandbox, an API server, nothing.
SANDBOX, KUBERNETES, MATRIX = FEATURES = ("sandbox", "kubernetes", "matrix")
API_SERVER = "OPCP_KUBETEST"
# Lines of the servers' logs that tell why a request failed; Keystone's own exceptions are how it says no.
COMPLAINT = re.compile(r"ERROR \[|^(?!.*keystone\.).*\w(Error|Exception): ")


def run(title: str, *command: str, **extra: str) -> None:
    """Run one part of the suite, its output shown as it comes."""
    say(f"\n== {title}\n$ {' '.join(command)}")
    begin = time.monotonic()
    done = subprocess.run(command, cwd=settings.ROOT, env=environment(**extra), stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise Failure(f"{title} (status {done.returncode})")
    say(f"== {title}: {time.monotonic() - begin:.1f} s")


def metadata() -> dict[str, Any]:
    """What Cargo tells of this package."""
    command = ["cargo", "metadata", "--locked", "--no-deps", "--format-version=1"]
    done = subprocess.run(command, cwd=settings.ROOT, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Failure("cargo metadata failed")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def targets(feature: str) -> list[str]:
    """The test targets that Cargo builds with the feature only, as its options."""
    known = [target for package in metadata()["packages"] for target in package["targets"]]
    names = [target["name"] for target in known if feature in target.get("required-features", [])]
    if not names:
        raise Failure(f"Cargo.toml has no test target that requires the feature {feature}")
    return [word for name in names for word in ("--test", name)]


def plain_targets() -> list[str]:
    """Everything that needs no feature, as Cargo's options."""
    known = [target for package in metadata()["packages"] for target in package["targets"]]
    tests = [target["name"] for target in known if "test" in target["kind"] and "required-features" not in target]
    return ["--lib", "--bins", *(word for name in tests for word in ("--test", name))]


def kubernetes_test() -> int:
    """The command `kubernetes-test`."""
    steps = Steps(settings.cache_folder() / "log")
    packages.ensure(steps, rust=True, go=True)
    server = str(kubetest.program(steps))
    words = ["cargo", "test", "--locked", "--features", KUBERNETES, *targets(KUBERNETES)]
    run("tests on a real API server", *words, **{API_SERVER: server})
    return 0


def all_features(*tests: str) -> list[str]:
    """Tests of these targets, built with every feature: what they have in common is compiled once."""
    return ["cargo", "test", "--locked", "--features", ",".join(FEATURES), *tests]


def run_matrix() -> str:
    """The matrix of promises; its table, printed at once where a promise was broken."""
    counts = matrix.folder(Path(metadata()["target_directory"]))
    matrix.forget(counts)
    try:
        run("the matrix", *all_features(*targets(MATRIX)))
    except Failure:
        say(f"\n{matrix.table(counts)}")
        raise
    return matrix.table(counts)


def matrix_test() -> int:
    """The command `matrix-test`."""
    packages.ensure(Steps(settings.cache_folder() / "log"), rust=True)
    say(f"\n{run_matrix()}")
    return 0


def complaints(stack: Stack) -> str:
    """What the servers' logs say last of what went wrong."""
    told = []
    for part in stack.parts:
        logs = [log.read_text(errors="replace") for log in part.logs if log.exists()]
        lines = [line for log in logs for line in log.splitlines() if COMPLAINT.search(line)]
        told += [f"{part.name}:", *lines[-20:]]
    return "\n".join(told)


def on_real_servers(stack: Stack, server: str) -> None:
    """The tests on the sandbox and on the API server; what the sandbox says of it where they fail."""
    tests = [word for feature in (SANDBOX, KUBERNETES) for word in targets(feature)]
    path = f"{stack.where.state / 'bin'}{os.pathsep}{os.environ['PATH']}"
    variables = {"PATH": path, API_SERVER: server, **stack.variables()}
    try:
        run("tests on the real servers", *all_features(*tests), **variables)
    except Failure:
        say(f"\n{complaints(stack)}")
        raise


def from_nothing(stack: Stack) -> None:
    """The bootstrap of the demonstration."""
    bare = commands.bare_beside(stack)
    try:
        FromNothing(bare).run()
    finally:
        bare.down()


def test() -> int:
    """The command `test`."""
    begin = time.monotonic()
    steps = Steps(settings.state_folder() / "log")
    packages.ensure(steps, rust=True, go=True)
    before = settings.existing()
    ran = before is not None and Stack(before).runs()
    try:
        with ThreadPoolExecutor() as pool:
            coming = pool.submit(commands.up)
            api_server = pool.submit(kubetest.program, steps)
            run("unit and scenario tests", *all_features(*plain_targets()))
            run("examples in the documentation", *all_features("--doc"))
            run(
                "unit tests of the sandbox",
                sys.executable,
                "-B",
                "-m",
                "unittest",
                "discover",
                "-s",
                "tests/sandbox",
                "-t",
                "tests",
            )
            stack = coming.result()
            server = str(api_server.result())
        table = run_matrix()
        say("\n== unit tests of the fixture provider")
        commands.provider_test()
        on_real_servers(stack, server)
        from_nothing(stack)
    finally:
        if not ran:
            commands.sandbox_down()
    say(f"\n{table}\n\n== all tests passed: {time.monotonic() - begin:.1f} s")
    return 0
