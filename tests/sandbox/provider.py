"""Compiles and tests the Java provider that the platform's own mapper is replaced with."""

import tempfile
from pathlib import Path

from sandbox import maven
from sandbox.steps import Step

HERE = Path(__file__).resolve().parent / "provider"
OPTIONS = ("--release", "17", "-encoding", "UTF-8", "-Xlint:all,-classfile,-processing", "-Werror", "-proc:none")
JUNIT = "org.junit.platform:junit-platform-console-standalone:1.14.0:jar"
JUNIT_SHA256 = "097022055fe55a34b33b868be077629190d4a1c66c571478338686074ccf6e97"


def sources() -> list[Path]:
    """The files that the provider's archive is made of."""
    return sorted((HERE / "src").rglob("*.java")) + sorted(
        path for path in (HERE / "resources").rglob("*") if path.is_file()
    )


def server_classes(keycloak: Path) -> list[Path]:
    """The class path entries of Keycloak's own classes."""
    return [keycloak / "lib" / "lib" / "main" / "*", keycloak / "lib" / "lib" / "boot" / "*"]


def compile_java(step: Step, folder: Path, tree: str, class_path: list[Path], target: Path) -> None:
    """Compile one source tree."""
    java = sorted((folder / tree).rglob("*.java"))
    path = ":".join(map(str, class_path))
    step.run("javac", *OPTIONS, "-cp", path, "-d", target, *java)


def package(step: Step, keycloak: Path, archive: Path) -> None:
    """Compile the provider against this Keycloak's own classes and write its archive."""
    with tempfile.TemporaryDirectory() as classes:
        compile_java(step, HERE, "src", server_classes(keycloak), Path(classes))
        step.run("jar", "--create", "--file", archive, "-C", classes, ".", "-C", HERE / "resources", ".")


def test(step: Step, keycloak: Path, cache: Path) -> str:
    """Run the provider's unit tests; returns what the test runner printed."""
    junit = maven.fetch(step, cache, JUNIT, JUNIT_SHA256)
    with tempfile.TemporaryDirectory() as folder:
        classes, tests = Path(folder, "classes"), Path(folder, "tests")
        compile_java(step, HERE, "src", server_classes(keycloak), classes)
        compile_java(step, HERE, "test", [classes, junit], tests)
        path = ":".join(map(str, [junit, classes, tests, *server_classes(keycloak)]))
        options = (f"--scan-class-path={tests}", "--fail-if-no-tests", "--disable-banner", "--disable-ansi-colors")
        step.run("java", "-cp", path, "org.junit.platform.console.ConsoleLauncher", "execute", *options)
    return step.log.read_text().rpartition("\n$ ")[2].partition("\n")[2]
