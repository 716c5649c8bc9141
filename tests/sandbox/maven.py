"""Fetches pinned artifacts with Maven into the cache folder, and checks them."""

from pathlib import Path

from sandbox import files
from sandbox.failure import Failure
from sandbox.steps import Step

PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"


def place(cache: Path, artifact: str) -> Path:
    """Where the file of `group:name:version:type` is kept, whether it is there or not."""
    group, name, version, kind = artifact.split(":")
    return cache / "maven" / group.replace(".", "/") / name / version / f"{name}-{version}.{kind}"


def fetch(step: Step, cache: Path, artifact: str, sha256: str) -> Path:
    """The file of `group:name:version:type`, downloaded unless the cache has it."""
    repository = cache / "maven"
    path = place(cache, artifact)
    if not files.has_sha256(path, sha256):
        with files.locked(cache / "maven.lock", step.waiting):
            path.unlink(missing_ok=True)
            step.run(
                "mvn",
                "-q",
                "-B",
                f"-Dmaven.repo.local={repository}",
                f"{PLUGIN}:get",
                "-Dtransitive=false",
                f"-Dartifact={artifact}",
            )
        if not files.has_sha256(path, sha256):
            raise Failure(f"{path} is not the pinned {artifact}: its SHA-256 differs")
    return path
