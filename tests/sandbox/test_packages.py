"""How versions of tools are read and missing packages told."""

import unittest

from sandbox import packages


class Versions(unittest.TestCase):
    def test_versions_are_compared_as_numbers(self) -> None:
        self.assertLess(packages.version("cargo 1.9.0 (abc)", r"cargo (\d+\.\d+)"), (1, 92))
        self.assertGreaterEqual(packages.version("cargo 1.100.1", r"cargo (\d+\.\d+)"), (1, 92))

    def test_a_tool_that_is_missing_has_the_lowest_version(self) -> None:
        self.assertLess(packages.version(packages.output("no-such-tool"), r"(\d+)"), (1,))

    def test_an_installed_package_is_not_missing_and_an_unknown_one_is(self) -> None:
        self.assertEqual(["no-such-package"], packages.missing(["dpkg", "no-such-package"]))


if __name__ == "__main__":
    unittest.main()
