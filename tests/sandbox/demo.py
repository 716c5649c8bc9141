"""`make demo`: the whole guide on real servers, and a new environment from nothing, with the real commands and their
real output."""

import os
import string
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from sandbox import commands, files, packages, settings
from sandbox.failure import Failure
from sandbox.from_nothing import FromNothing
from sandbox.stack import Stack
from sandbox.stage import Stage, require, step
from sandbox.steps import Steps, environment, say

KEPT, TAKEN = "acme-prod", "acme-test"
ROLES = {KEPT: "member", TAKEN: "reader"}
OPENRC = f"{KEPT}-openrc.sh"


class Guide(Stage):
    """The guide on one sandbox."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack, "demo")
        self.password("alice")

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

    def administrator(self, *arguments: str) -> str:
        """Run opcp-provision as an administrator of the OPCP, whose passwords are in the environment."""
        return self.tool(*arguments, **self.stack.variables())

    def alice(self, command: str) -> str:
        """Run a command of the openstack client as alice."""
        return self.person("alice", OPENRC, command)

    def run(self) -> None:
        """Everything after the build."""
        self.write_spec(KEPT, TAKEN)
        with step("the spec is sound"):
            self.administrator("validate", "-f", "demo.yaml")
        with step("what would be done"):
            self.administrator("plan", "-f", "demo.yaml")
        with step("do it"):
            self.administrator("apply", "-f", "demo.yaml", "--auto-approve")
        with step("do it again: nothing is left to do"):
            require(
                "No changes." in self.administrator("apply", "-f", "demo.yaml", "--auto-approve"),
                "the second apply made changes",
            )
        with step("the file for alice"):
            (self.folder / OPENRC).unlink(missing_ok=True)
            self.administrator("openrc", "-f", "demo.yaml", "--user", "alice", "--project", KEPT)
        with step("alice logs in, with that file and her password"):
            self.alice("openstack token issue -c expires -c project_id -c user_id")
            listed = self.alice("openstack project list")
            require(KEPT in listed and TAKEN in listed, "alice does not have both projects")
        self.write_spec(KEPT)
        with step(f"alice's grant on {TAKEN} is taken out of the spec"):
            self.administrator("plan", "-f", "demo.yaml")
            self.administrator("apply", "-f", "demo.yaml", "--auto-approve")
        with step("alice's next login has one project less"):
            listed = self.alice("openstack project list")
            require(KEPT in listed and TAKEN not in listed, f"alice still has {TAKEN}")


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
    with step("the sandboxes come up, the tool is built"), ThreadPoolExecutor() as pool:
        coming = pool.submit(commands.up_with_bare)
        build()
        stack, bare = coming.result()
    if not stack.where.maps_projects:
        raise Failure(
            "this Keystone cannot map grants to projects", "run the demo with KEYSTONE_VERSION=30.0.0 or 29.0.2"
        )
    guide = Guide(stack)
    guide.run()
    FromNothing(bare).run()
    which = f" SANDBOX={stack.where.state}" if os.environ.get("SANDBOX") else ""
    say(f"""
The demo took {time.monotonic() - begin:.1f} s. The sandbox goes on running in {stack.where.state}
  Keycloak's console  {stack.where.keycloak_url}/admin/  user admin, password in {stack.keycloak.password_file}
                      (let the browser trust {stack.where.authority})
  Keystone            {stack.where.keystone_url}/v3
  the demo's files    {guide.folder}
  variables           . {stack.where.state}/env.sh
  stop it             make sandbox-down{which}
  empty it            make sandbox-reset{which}""")
    return 0
