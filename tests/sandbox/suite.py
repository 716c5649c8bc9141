"""`make test`: every test there is, the sandbox coming up while Rust compiles."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from sandbox import commands, kubetest, packages, settings
from sandbox.failure import Failure
from sandbox.from_nothing import FromNothing
from sandbox.stack import Stack
from sandbox.steps import Steps, environment, say

# The features that test targets require, and what each needs beside this repository: a sandbox, an API server.
SANDBOX, KUBERNETES = FEATURES = ("sandbox", "kubernetes")
API_SERVER = "OPCP_KUBETEST"


def run(title: str, *command: str, **extra: str) -> None:
    """Run one part of the suite, its output shown as it comes."""
    say(f"\n== {title}\n$ {' '.join(command)}")
    begin = time.monotonic()
    done = subprocess.run(command, cwd=settings.ROOT, env=environment(**extra), stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise Failure(f"{title} (status {done.returncode})")
    say(f"== {title}: {time.monotonic() - begin:.1f} s")


def targets(feature: str) -> list[str]:
    """The test targets that Cargo builds with the feature only, as its options."""
    command = ["cargo", "metadata", "--locked", "--no-deps", "--format-version=1"]
    done = subprocess.run(command, cwd=settings.ROOT, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Failure("cargo metadata failed")
    known = [target for package in json.loads(done.stdout)["packages"] for target in package["targets"]]
    names = [target["name"] for target in known if feature in target.get("required-features", [])]
    if not names:
        raise Failure(f"Cargo.toml has no test target that requires the feature {feature}")
    return [word for name in names for word in ("--test", name)]


def kubernetes_test() -> int:
    """The command `kubernetes-test`."""
    steps = Steps(settings.cache_folder() / "log")
    packages.ensure(steps, rust=True, go=True)
    server = str(kubetest.program(steps))
    words = ["cargo", "test", "--locked", "--features", KUBERNETES, *targets(KUBERNETES)]
    run("tests on a real API server", *words, **{API_SERVER: server})
    return 0


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
            run("unit and scenario tests", "cargo", "test", "--locked")
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
        say("\n== unit tests of the fixture provider")
        commands.provider_test()
        tests = [word for feature in FEATURES for word in targets(feature)]
        path = f"{stack.where.state / 'bin'}{os.pathsep}{os.environ['PATH']}"
        run(
            "tests on the real servers",
            "cargo",
            "test",
            "--locked",
            "--features",
            ",".join(FEATURES),
            *tests,
            PATH=path,
            **{API_SERVER: server},
            **stack.variables(),
        )
        from_nothing(stack)
    finally:
        if not ran:
            commands.sandbox_down()
    say(f"\n== all tests passed: {time.monotonic() - begin:.1f} s")
    return 0
