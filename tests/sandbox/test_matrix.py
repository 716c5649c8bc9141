"""The table of the matrix is of this run alone."""

import json
import tempfile
import unittest
from pathlib import Path

from sandbox import matrix


class Table(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.counts = matrix.folder(Path(temporary.name))
        self.counts.mkdir(parents=True)

    def keep(self, row: str, what: str, **counts: int) -> None:
        """Leave the counts of one line, as a row of the matrix does."""
        tally = {"row": row, "what": what} | dict.fromkeys(matrix.COUNTS, 0) | counts
        (self.counts / f"{row}-{what}.json").write_text(json.dumps(tally))

    def test_each_row_is_a_line_and_the_last_one_is_their_sum(self) -> None:
        self.keep("F", "one fault", cases=3, converged=2, stopped=1)
        self.keep("C", "requests", cases=4, converged=3, lost=1)
        self.assertEqual(
            [
                "| row | what | cases | converged | stopped | lost | duplicated | leaked | wrong |",
                "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
                "| C | requests | 4 | 3 | 0 | 1 | 0 | 0 | 0 |",
                "| F | one fault | 3 | 2 | 1 | 0 | 0 | 0 | 0 |",
                "|  | all | 7 | 5 | 1 | 1 | 0 | 0 | 0 |",
            ],
            matrix.table(self.counts).splitlines(),
        )

    def test_what_an_earlier_run_has_left_is_not_in_the_table(self) -> None:
        self.keep("C", "requests", cases=4, converged=4)
        matrix.forget(self.counts)
        self.assertEqual("", matrix.table(self.counts))

    def test_nothing_is_forgotten_where_nothing_has_been_left(self) -> None:
        matrix.forget(self.counts / "not-there")


if __name__ == "__main__":
    unittest.main()
