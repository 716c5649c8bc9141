"""What the system must bring: the tools a developer installs, and the Debian packages installed here."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from sandbox.failure import Failure
from sandbox.steps import Step, Steps

RUST = (1, 92)
GO = (1, 26)
JAVA = 17
# The interpreter that mod_wsgi embeds, so the one whose packages Keystone is installed for.
PYTHON = Path("/usr/bin/python3")

# apache2-bin, not apache2: that one would start a service on port 80.
# strace: the matrix ends runs at their system calls.
PACKAGES = (
    "apache2-bin",
    "libapache2-mod-auth-openidc",
    "libapache2-mod-wsgi-py3",
    "python3-venv",
    "openssl",
    "strace",
)


def output(*command: str) -> str:
    """What a command prints; nothing when it fails or is not there."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout + done.stderr if done.returncode == 0 else ""


def version(text: str, pattern: str) -> tuple[int, ...]:
    """The version that the first group of the pattern finds; empty when it finds none."""
    found = re.search(pattern, text)
    return tuple(map(int, found.group(1).split("."))) if found else ()


def require_tools(*, rust: bool, go: bool) -> None:
    """Refuse to go on without what only the developer can install."""
    lacks = []
    if not shutil.which("apt-get"):
        lacks.append("a Debian-like system (Debian 12 or later, Ubuntu 24.04 or later): apt-get is not here")
    lacks += [f"{tool}: apt-get install {tool}" for tool in ("git", "make") if not shutil.which(tool)]
    if rust:
        lacks += too_old(
            "a Rust toolchain",
            RUST,
            version(output("cargo", "--version"), r"cargo (\d+\.\d+)"),
            "with rustup, see https://rustup.rs",
        )
    if go:
        lacks += too_old(
            "Go",
            GO,
            version(output("go", "version"), r"go version go(\d+\.\d+)"),
            "as https://go.dev/doc/install tells, and have its bin folder in the PATH",
        )
    if lacks:
        raise Failure("missing on this machine:" + "".join(f"\n  - {lack}" for lack in lacks))


def too_old(what: str, needed: tuple[int, ...], found: tuple[int, ...], how: str) -> list[str]:
    """What to say of a tool that is missing or too old; nothing when it will do."""
    if found >= needed:
        return []
    has = f"{'.'.join(map(str, found))} is here" if found else "there is none"
    need = ".".join(map(str, needed))
    return [f"{what} of {need} or later ({has}; the distribution's own is too old): install it {how}"]


def wanted(*, rust: bool) -> list[str]:
    """The packages to have, other sources of the same tools considered."""
    names = list(PACKAGES)
    if version(output("javac", "-version"), r"javac (\d+)") < (JAVA,):
        names.append("default-jdk-headless")
    if not shutil.which("mvn"):
        names.append("maven")
    if rust and not shutil.which("cc"):
        names += ["gcc", "libc6-dev"]
    return names


def missing(names: list[str]) -> list[str]:
    """Those that are not installed."""
    done = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    installed = {line.split()[0] for line in done.stdout.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in installed]


def ensure(steps: Steps, *, rust: bool = False, go: bool = False) -> None:
    """Have the tools and packages, installing packages where this user may."""
    require_tools(rust=rust, go=go)
    lacking = missing(wanted(rust=rust))
    if not lacking:
        return
    prefix: list[str] = []
    if os.geteuid() != 0:
        if (
            not shutil.which("sudo")
            or subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode
        ):
            raise Failure(
                f"missing Debian packages: {' '.join(lacking)}",
                f"install them:\n    sudo apt-get update && sudo apt-get install --no-install-recommends {' '.join(lacking)}",
            )
        prefix = ["sudo", "-n"]
    with steps.step(f"Debian packages ({len(lacking)})") as step:
        apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]
        step.run(*apt, "update")
        step.run(*apt, "install", "-y", "--no-install-recommends", *lacking)


def install_python(step: Step, folder: Path, requirements: Path) -> None:
    """Make a virtual environment of packages whose hashes are pinned."""
    step.run(PYTHON, "-m", "venv", folder)
    # Not compiled: Python does that for the few modules that are used, at their first use.
    pip = (folder / "bin" / "pip", "install", "-q", "--disable-pip-version-check", "--no-compile")
    # The lists are complete, so nothing is resolved; pip 23 would ask for more hashes than they need.
    step.run(*pip, "--require-hashes", "--no-deps", "-r", requirements)
    step.run(folder / "bin" / "pip", "check", "--disable-pip-version-check")
