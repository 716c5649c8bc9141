"""A real Kubernetes API server as one program, for tests: built out of published Go modules, kept in the cache folder.

A fresh build takes minutes and fills about 3 GB of the cache folder with modules and what was compiled of them.
Everything is built by this module alone: another option of Go's would compile all of it anew.
"""

import re
from pathlib import Path

from sandbox import files, packages, settings
from sandbox.steps import Step, Steps

HERE = settings.ROOT / "tests" / "kubetest"
OPTIONS = {"CGO_ENABLED": "0", "GOFLAGS": "-modcacherw", "GOTOOLCHAIN": "local", "GOWORK": "off"}
VERSION = "k8s.io/component-base/version"


def sources() -> list[Path]:
    """The files that the program is made of."""
    return [HERE / "go.mod", HERE / "go.sum", *sorted(HERE.glob("*.go"))]


def kubernetes_version() -> str:
    """The version of Kubernetes that go.mod pins; without being told, the server would not know it."""
    found = re.search(r"k8s\.io/kubernetes (v\d+\.\d+\.\d+)", (HERE / "go.mod").read_text())
    return found.group(1) if found else ""


def program(steps: Steps) -> Path:
    """The program, built unless the cache has it."""
    key = files.digest(*sources(), text=packages.output("go", "version") + str(OPTIONS))
    folder = settings.cache_folder() / f"kubetest-{key}"
    if not (folder / ".whole").exists():
        with steps.step(f"Kubernetes {kubernetes_version()}: build") as step:
            files.built(folder, lambda new: build(step, new / "kubetest"), step.waiting)
    return folder / "kubetest"


def build(step: Step, target: Path) -> None:
    """Compile the program."""
    version = kubernetes_version()
    major, minor, _ = version.removeprefix("v").split(".")
    told = {"gitVersion": version, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    flags = " ".join(["-s -w", *(f"-X {VERSION}.{name}={value}" for name, value in told.items())])
    # Within the cache folder, not in the user's own folders of Go.
    cache = settings.cache_folder() / "go"
    caches = {"GOCACHE": str(cache / "build"), "GOMODCACHE": str(cache / "modules")}
    step.run("go", "build", "-buildvcs=false", "-ldflags", flags, "-o", target, ".", folder=HERE, **OPTIONS, **caches)
