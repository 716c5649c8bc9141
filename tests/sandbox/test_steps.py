"""What a person sees of a step, above all of a failed one."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

from sandbox.failure import Failure, Reported
from sandbox.steps import Steps, likely_cause


class Causes(unittest.TestCase):
    def test_each_kind_of_failure_has_its_cause(self) -> None:
        for log, cause in (
            ("tar: write error: No space left on device", "disk is full"),
            ("(98)Address already in use: AH00072: make_sock: could not bind to address", "taken a port"),
            (
                "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE",
                "differs from what was pinned",
            ),
            ("java.lang.UnsupportedClassVersionError: class file version 61.0", "Java is too old"),
            ("[ERROR] Could not transfer artifact org.keycloak:keycloak-quarkus-dist", "download was refused"),
            ("E: Could not get lock /var/lib/dpkg/lock-frontend", "another package manager"),
        ):
            self.assertIn(cause, likely_cause(log) or "", log)

    def test_an_unknown_failure_has_none(self) -> None:
        self.assertIsNone(likely_cause("something else"))


class Running(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.steps = Steps(Path(temporary.name) / "log")

    def failing(self, *command: str) -> str:
        """What is printed when this command fails as a step."""
        printed = io.StringIO()
        with contextlib.redirect_stderr(printed), self.assertRaises(Reported), self.steps.step(
            "A step: it fails"
        ) as step:
            step.run(*command)
        return printed.getvalue()

    def test_a_failing_step_shows_the_end_of_its_log_and_the_cause(self) -> None:
        text = self.failing("sh", "-c", "seq 100; echo No space left on device >&2; exit 3")
        self.assertIn("A step: it fails", text)
        self.assertIn("a-step-it-fails.log", text)
        self.assertIn("  | sh ended with status 3", text)
        self.assertIn("  | 100", text)
        self.assertNotIn("  | 10\n", text)
        self.assertIn("likely cause: the disk is full", text)

    def test_a_failure_that_knows_what_to_do_says_so(self) -> None:
        printed = io.StringIO()
        with contextlib.redirect_stderr(printed), self.assertRaises(Reported), self.steps.step("step"):
            raise Failure("what", "do that")
        self.assertIn("likely cause: do that", printed.getvalue())

    def test_a_step_that_goes_well_prints_its_time(self) -> None:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), self.steps.step("step") as step:
            step.run("true")
        self.assertRegex(printed.getvalue(), r"^  step +\d+\.\d s\n$")


if __name__ == "__main__":
    unittest.main()
