"""What one sandbox is: versions, ports, folders and addresses. Nothing here starts or writes a server.

The settings are fixed when the sandbox is made (the addresses are in both servers' databases) and
remembered in `settings.json` of its state folder; a later call that asks for others is refused.
"""

import json
import os
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sandbox import files, ports
from sandbox.failure import Failure

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent

# Version -> SHA-256 of org.keycloak:keycloak-quarkus-dist:VERSION:tar.gz.
KEYCLOAK_VERSIONS = {
    "26.7.4": "04823c336b797a7e18889a44262a7a64e6bf624cbbcc518c85e2622176ff2eee",
    "26.0.8": "8cf143b894afcf7d3be4549dc5af4790bda63bd471a5ac8e384094fb729e4b15",
}
# Version -> whether it knows mapping schema 3.0 (`projects_json`), which came with 29.0.0.
KEYSTONE_VERSIONS = {"30.0.0": True, "29.0.2": True, "28.0.2": False}

SETUPS = ("opcp", "bare")
PORTS = ("keycloak_port", "keystone_port", "keystone_admin_port")
# A Unix socket's path has at most 107 bytes; mod_wsgi appends about 25 to the state folder.
LONGEST_STATE = 70


@dataclass(frozen=True)
class Choice:
    """What is remembered of a sandbox."""

    keycloak_version: str
    keystone_version: str
    keycloak_port: int
    keystone_port: int
    keystone_admin_port: int
    # `opcp`: with realm pod, the identity providers and the mapping; `bare`: as each server is by itself.
    setup: str = "opcp"


@dataclass(frozen=True)
class Settings:
    """A sandbox: its folders and what was chosen for it."""

    state: Path
    cache: Path
    choice: Choice

    @property
    def keycloak_url(self) -> str:
        return f"https://localhost:{self.choice.keycloak_port}"

    @property
    def keystone_url(self) -> str:
        return f"https://localhost:{self.choice.keystone_port}"

    @property
    def authority(self) -> Path:
        """The certificate of the private CA."""
        return self.state / "pki" / "ca.crt"

    @property
    def maps_projects(self) -> bool:
        """Whether this Keystone knows mapping schema 3.0."""
        return KEYSTONE_VERSIONS[self.choice.keystone_version]


def state_folder() -> Path:
    """The state folder asked for by SANDBOX, `.sandbox` of the checkout otherwise."""
    state = Path(os.environ.get("SANDBOX") or ROOT / ".sandbox").absolute()
    if len(str(state)) > LONGEST_STATE:
        raise Failure(
            f"the sandbox folder {state} is too long for the Unix sockets in it",
            f"choose one of at most {LONGEST_STATE} characters: make sandbox-up SANDBOX=/var/tmp/sandbox",
        )
    if not re.fullmatch(r"[A-Za-z0-9_./@+-]+", str(state)):
        raise Failure(
            f"the sandbox folder {state} holds a character that Keycloak's or Apache's configuration cannot hold",
            "choose one of letters, digits and _ . @ + -: make sandbox-up SANDBOX=/var/tmp/sandbox",
        )
    return state


def cache_folder() -> Path:
    """Where downloads and built servers are kept, for all sandboxes of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "opcp-provision"


def remembered(state: Path) -> Choice | None:
    """The choice made when this sandbox was made; None when there is no sandbox yet."""
    try:
        return Choice(**json.loads((state / "settings.json").read_text()))
    except FileNotFoundError:
        return None


def existing() -> Settings | None:
    """The sandbox in the state folder, whatever the variables ask for."""
    state = state_folder()
    choice = remembered(state)
    return choice and Settings(state, cache_folder(), choice)


def choose(state: Path) -> Settings:
    """The sandbox to bring up: the remembered one, or a new one with free ports, now remembered."""
    asked = {name: os.environ[name.upper()] for name in Choice.__annotations__ if os.environ.get(name.upper())}
    asked.update({name: port_number(name, asked[name]) for name in PORTS if name in asked})
    choice = remembered(state)
    if choice is None:
        choice = Choice(**{"keycloak_version": "26.7.4", "keystone_version": "30.0.0"} | free_ports(asked) | asked)
        require_known(choice)
        files.write(state / "settings.json", json.dumps(asdict(choice), indent=2) + "\n")
    for name, value in asked.items():
        if getattr(choice, name) != value:
            raise Failure(
                f"the sandbox in {state} was made with {name.upper()}={getattr(choice, name)}, not {value}",
                "give another folder (make sandbox-up SANDBOX=.sandbox/other …), or make it anew: "
                f"make sandbox-down, then rm -rf {state}",
            )
    return Settings(state, cache_folder(), choice)


def bare_beside(where: Settings) -> Settings:
    """A sandbox of the same versions with nothing in it, in a folder of its own."""
    state = where.state / "bare"
    choice = remembered(state)
    if choice is None:
        choice = replace(where.choice, setup="bare", **free_ports({}))
        while {getattr(choice, name) for name in PORTS} & {getattr(where.choice, name) for name in PORTS}:
            choice = replace(choice, **free_ports({}))
        files.write(state / "settings.json", json.dumps(asdict(choice), indent=2) + "\n")
    return Settings(state, where.cache, choice)


def require_known(choice: Choice) -> None:
    """Refuse a version that nothing is pinned for."""
    for name, value, known in (
        ("KEYCLOAK_VERSION", choice.keycloak_version, KEYCLOAK_VERSIONS),
        ("KEYSTONE_VERSION", choice.keystone_version, KEYSTONE_VERSIONS),
        ("SETUP", choice.setup, SETUPS),
    ):
        if value not in known:
            raise Failure(f"{name}={value} is not one of {', '.join(known)}", "choose one of these")


def port_number(name: str, text: str) -> int:
    """A port given by a variable."""
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        raise Failure(
            f"{name.upper()}={text} is no port from 1024 to 65535", "give another, or none: a free one is found"
        )
    return int(text)


def free_ports(asked: dict) -> dict:
    """A free port for each that was not asked for."""
    wanted = [name for name in PORTS if name not in asked]
    return dict(zip(wanted, ports.find_free(len(wanted)), strict=True))
