"""How versions of tools are read and missing packages told."""

import unittest

from sandbox import packages


class Versions(unittest.TestCase):
    def test_versions_are_compared_as_numbers(self) -> None:
        self.assertLess(packages.version("cargo 1.9.0 (abc)", r"cargo (\d+\.\d+)"), (1, 92))
        self.assertGreaterEqual(packages.version("cargo 1.100.1", r"cargo (\d+\.\d+)"), (1, 92))

    def test_a_tool_that_is_missing_has_the_lowest_version(self) -> None:
        self.assertLess(packages.version(packages.output("no-such-tool"), r"(\d+)"), (1,))

    def test_what_is_missing_or_too_old_is_told_with_its_remedy(self) -> None:
        self.assertEqual([], packages.too_old("Go", (1, 26), (1, 26), "somehow"))
        self.assertEqual(
            ["Go of 1.26 or later (1.19 is here; the distribution's own is too old): install it somehow"],
            packages.too_old("Go", (1, 26), (1, 19), "somehow"),
        )
        self.assertIn("there is none", packages.too_old("Go", (1, 26), (), "somehow")[0])

    def test_an_installed_package_is_not_missing_and_an_unknown_one_is(self) -> None:
        self.assertEqual(["no-such-package"], packages.missing(["dpkg", "no-such-package"]))


if __name__ == "__main__":
    unittest.main()
