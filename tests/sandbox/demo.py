"""`make demo`: the whole guide on real servers, with the real commands and their real output."""

import contextlib
import os
import string
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sandbox import commands, files, packages, settings
from sandbox.failure import Failure
from sandbox.stack import Stack
from sandbox.steps import Steps, environment, say

KEPT, TAKEN = "acme-prod", "acme-test"
ROLES = {KEPT: "member", TAKEN: "reader"}
OPENRC = f"{KEPT}-openrc.sh"
PROGRAM = settings.ROOT / "target" / "debug" / "opcp-provision"


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Say what comes, and how long it took."""
    say(f"\n== {title}")
    begin = time.monotonic()
    yield
    say(f"== {title}: {time.monotonic() - begin:.1f} s")


class Demo:
    """The demo on one sandbox; its files lie in the sandbox' folder."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.folder = stack.where.state / "demo"
        self.password = self.folder / "alice-password"
        files.secret(self.password)

    def write_spec(self, *projects: str) -> None:
        """Write the spec, with grants of alice on these projects."""
        grants = [f"        - {{project: {name}, domain: Default, roles: [{ROLES[name]}]}}" for name in projects]
        where = self.stack.where
        values = {
            "authority": where.authority,
            "keycloak_url": where.keycloak_url,
            "keystone_url": where.keystone_url,
        }
        text = string.Template((settings.HERE / "templates" / "demo.yaml").read_text())
        files.write(self.folder / "demo.yaml", text.substitute(values, grants="\n".join(grants)), 0o644)

    def show(self, command: list[str | Path], shown: str, variables: dict[str, str], password: bool = False) -> str:
        """Run a command in the demo's folder, show it and its output, and return the output."""
        say(f"$ {shown}")
        with self.password.open() if password else open(os.devnull) as standard_input:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=variables,
                stdin=standard_input,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if password else subprocess.STDOUT,
                text=True,
                check=False,
            )
        # Nobody ends the line of the prompt, since the password comes from a file.
        say("\n".join(text.rstrip() for text in (done.stderr, done.stdout) if text))
        if done.returncode != 0:
            raise Failure(f"{shown} ended with status {done.returncode}")
        return done.stdout

    def tool(self, *arguments: str) -> str:
        """Run opcp-provision as an administrator of the OPCP, whose passwords are in the environment."""
        shown = " ".join(["opcp-provision", *arguments])
        return self.show([PROGRAM, *arguments], shown, environment(**self.stack.variables()))

    def alice(self, command: str) -> str:
        """Run a command of the openstack client as alice: with the file that she got, and nothing else."""
        clean = {"PATH": f"{self.stack.where.state / 'bin'}:/usr/bin:/bin", "HOME": str(self.folder)}
        shown = f". ./{OPENRC} && {command}"
        return self.show(["sh", "-c", shown], shown, clean, password=True)

    def run(self) -> None:
        """Everything after the build."""
        self.write_spec(KEPT, TAKEN)
        with step("the spec is sound"):
            self.tool("validate", "-f", "demo.yaml")
        with step("what would be done"):
            self.tool("plan", "-f", "demo.yaml")
        with step("do it"):
            self.tool("apply", "-f", "demo.yaml", "--auto-approve")
        with step("do it again: nothing is left to do"):
            require(
                "No changes." in self.tool("apply", "-f", "demo.yaml", "--auto-approve"),
                "the second apply made changes",
            )
        with step("the file for alice"):
            (self.folder / OPENRC).unlink(missing_ok=True)
            self.tool("openrc", "-f", "demo.yaml", "--user", "alice", "--project", KEPT)
        with step("alice logs in, with that file and her password"):
            self.alice("openstack token issue -c expires -c project_id -c user_id")
            listed = self.alice("openstack project list")
            require(KEPT in listed and TAKEN in listed, "alice does not have both projects")
        self.write_spec(KEPT)
        with step(f"alice's grant on {TAKEN} is taken out of the spec"):
            self.tool("plan", "-f", "demo.yaml")
            self.tool("apply", "-f", "demo.yaml", "--auto-approve")
        with step("alice's next login has one project less"):
            listed = self.alice("openstack project list")
            require(KEPT in listed and TAKEN not in listed, f"alice still has {TAKEN}")


def require(holds: bool, otherwise: str) -> None:
    """Fail the demo when it shows something else than it says."""
    if not holds:
        raise Failure(otherwise)


def build() -> None:
    """Build the tool."""
    say("$ cargo build --locked")
    if (
        subprocess.run(["cargo", "build", "--locked"], cwd=settings.ROOT, env=environment(), check=False).returncode
        != 0
    ):
        raise Failure("cargo build failed")


def run() -> int:
    """The command `demo`."""
    begin = time.monotonic()
    packages.ensure(Steps(settings.state_folder() / "log"), rust=True)
    with step("the sandbox comes up, the tool is built"), ThreadPoolExecutor() as pool:
        coming = pool.submit(commands.up)
        build()
        stack = coming.result()
    if not stack.where.maps_projects:
        raise Failure(
            "this Keystone cannot map grants to projects", "run the demo with KEYSTONE_VERSION=30.0.0 or 29.0.2"
        )
    demo = Demo(stack)
    demo.run()
    which = f" SANDBOX={stack.where.state}" if os.environ.get("SANDBOX") else ""
    say(f"""
The demo took {time.monotonic() - begin:.1f} s. The sandbox goes on running in {stack.where.state}
  Keycloak's console  {stack.where.keycloak_url}/admin/  user admin, password in {stack.keycloak.password_file}
                      (let the browser trust {stack.where.authority})
  Keystone            {stack.where.keystone_url}/v3
  the demo's files    {demo.folder}
  variables           . {stack.where.state}/env.sh
  stop it             make sandbox-down{which}
  empty it            make sandbox-reset{which}""")
    return 0
