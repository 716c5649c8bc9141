"""The company's directory of some tests: an LDAP server in memory, which each of them starts for itself."""

from pathlib import Path

from sandbox import files, maven
from sandbox.steps import Steps

ARTIFACT = "com.unboundid:unboundid-ldapsdk:7.0.3:jar"
SHA256 = "7f1b9141f2c955d3a03b3f5da2c450bd616826e921a87fc19264a3f22b35e2fb"


def archive(cache: Path) -> Path:
    """Where its archive is kept."""
    return maven.place(cache, ARTIFACT)


def ensure(steps: Steps, cache: Path) -> None:
    """Have the archive; no server is started here."""
    if not files.has_sha256(archive(cache), SHA256):
        with steps.step("LDAP server: download") as step:
            maven.fetch(step, cache, ARTIFACT, SHA256)
