"""Files, folders and locks when the program is killed in the middle, or runs twice."""

import os
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from sandbox import files


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


class Files(Folder):
    def test_a_file_is_for_its_owner_only_from_the_first_byte(self) -> None:
        before = os.umask(0)
        self.addCleanup(os.umask, before)
        files.write(self.folder / "secret", "text")
        self.assertEqual(0o600, stat.S_IMODE((self.folder / "secret").stat().st_mode))

    def test_a_left_over_of_a_killed_run_does_not_stop_the_next(self) -> None:
        (self.folder / ".file.new").write_text("half")
        files.write(self.folder / "file", "whole")
        self.assertEqual("whole", (self.folder / "file").read_text())
        self.assertEqual(["file"], self.names())

    def test_a_secret_stays_the_same(self) -> None:
        first = files.secret(self.folder / "password")
        self.assertGreaterEqual(len(first), 32)
        self.assertEqual(first, files.secret(self.folder / "password"))
        self.assertNotEqual(first, files.secret(self.folder / "another"))

    def test_a_link_is_replaced(self) -> None:
        files.link(self.folder / "link", Path("old"))
        files.link(self.folder / "link", Path("new"))
        self.assertEqual(Path("new"), (self.folder / "link").readlink())


class Folders(Folder):
    def test_a_copy_takes_the_place_of_a_half_made_one(self) -> None:
        (self.folder / "source").mkdir()
        (self.folder / "source" / "file").write_text("text")
        (self.folder / "copy.new").mkdir()
        (self.folder / "copy.new" / "half").touch()
        files.copy(self.folder / "source", self.folder / "copy")
        self.assertEqual(["file"], os.listdir(self.folder / "copy"))
        self.assertEqual(["copy", "source"], self.names())

    def test_a_folder_is_removed_with_what_an_earlier_removal_left(self) -> None:
        (self.folder / "data").mkdir()
        (self.folder / ".data.old").mkdir()
        (self.folder / ".data.old" / "half").touch()
        files.remove(self.folder / "data")
        self.assertEqual([], self.names())
        files.remove(self.folder / "data")

    def test_a_build_that_failed_is_made_anew_and_one_that_is_whole_is_not(self) -> None:
        def fail(folder: Path) -> None:
            (folder / "half").touch()
            raise RuntimeError

        built = self.folder / "built"
        with self.assertRaises(RuntimeError):
            files.built(built, fail)
        files.built(built, lambda folder: (folder / "program").touch())
        files.built(built, fail)
        self.assertEqual([".whole", "program"], sorted(os.listdir(built)))

    def test_a_digest_tells_contents_and_text_apart(self) -> None:
        one, two = self.folder / "one", self.folder / "two"
        one.write_text("1")
        two.write_text("2")
        digests = {files.digest(one), files.digest(two), files.digest(one, two), files.digest(one, text="text")}
        self.assertEqual(4, len(digests))


class Locks(Folder):
    def holder(self) -> str:
        """Who holds the lock, as another process sees it; empty when nobody does."""
        script = "import sys; from pathlib import Path; from sandbox import files\n"
        script += "def waiting(holder): print(holder); sys.exit()\n"
        script += "with files.locked(Path(sys.argv[1]), waiting): pass"
        tests = Path(__file__).resolve().parent.parent
        command = [sys.executable, "-B", "-c", script, str(self.folder / "lock")]
        done = subprocess.run(command, cwd=tests, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def test_the_waiting_process_is_told_who_holds_the_lock(self) -> None:
        with files.locked(self.folder / "lock"):
            self.assertEqual(str(os.getpid()), self.holder())
        self.assertEqual("", self.holder())

    def test_a_child_keeps_the_lock_of_its_parent(self) -> None:
        with files.locked(self.folder / "lock"):
            child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=files.inherited())
        self.assertNotEqual("", self.holder())
        child.communicate()
        self.assertEqual("", self.holder())


if __name__ == "__main__":
    unittest.main()
