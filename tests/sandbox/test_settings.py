"""What a sandbox is asked to be, what is remembered of it, and what is refused."""

import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from sandbox import settings
from sandbox.failure import Failure

VARIABLES = ("SANDBOX", *(name.upper() for name in settings.Choice.__annotations__))


class Choosing(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.state = Path(temporary.name)
        patch = mock.patch.dict(os.environ)
        patch.start()
        self.addCleanup(patch.stop)
        for name in VARIABLES:
            os.environ.pop(name, None)

    def choose(self, **variables: str) -> settings.Choice:
        with mock.patch.dict(os.environ, variables):
            return settings.choose(self.state).choice

    def test_without_variables_the_newest_versions_and_three_ports_are_chosen(self) -> None:
        choice = self.choose()
        self.assertEqual(("26.7.4", "30.0.0"), (choice.keycloak_version, choice.keystone_version))
        self.assertEqual(3, len({getattr(choice, name) for name in settings.PORTS}))

    def test_the_choice_is_remembered(self) -> None:
        first = self.choose(KEYCLOAK_VERSION="26.0.8")
        self.assertEqual(first, self.choose())
        self.assertEqual(first, settings.remembered(self.state))

    def test_given_ports_are_taken(self) -> None:
        self.assertEqual(8443, self.choose(KEYCLOAK_PORT="8443").keycloak_port)

    def test_an_existing_sandbox_does_not_change_its_version_or_port(self) -> None:
        self.choose()
        for name, value in (("KEYCLOAK_VERSION", "26.0.8"), ("KEYSTONE_PORT", "5000")):
            with self.assertRaisesRegex(Failure, f"was made with {name}="):
                self.choose(**{name: value})

    def test_an_unknown_version_or_a_port_that_is_none_is_refused_and_nothing_remembered(self) -> None:
        for name, value in (("KEYCLOAK_VERSION", "1.0"), ("KEYSTONE_PORT", "80"), ("KEYSTONE_PORT", "five")):
            with self.assertRaisesRegex(Failure, f"{name}={value}"):
                self.choose(**{name: value})
        self.assertIsNone(settings.remembered(self.state))

    def test_a_folder_that_configuration_files_cannot_hold_is_refused(self) -> None:
        for folder in ("/tmp/a b", "/tmp/a;b", "/tmp/" + "a" * 80):
            with mock.patch.dict(os.environ, SANDBOX=folder), self.assertRaises(Failure):
                settings.state_folder()

    def test_every_version_has_its_list_of_packages(self) -> None:
        for version in settings.KEYSTONE_VERSIONS:
            text = (settings.HERE / "requirements" / f"keystone-{version}.txt").read_text()
            self.assertIn(f"\nkeystone=={version} \\\n", text)


if __name__ == "__main__":
    unittest.main()
