"""Servers are recognised and ended; other processes, also of the same pid, are not."""

import os
import signal
import subprocess
import tempfile
import time
import unittest
from dataclasses import replace
from pathlib import Path

from sandbox import files, processes


class Stat(unittest.TestCase):
    def test_a_name_with_brackets_and_blanks_does_not_shift_the_fields(self) -> None:
        self.assertEqual(["S", "1", "42"], processes.fields("42 (a) b (c) S 1 42\n"))


class Identities(unittest.TestCase):
    def test_a_process_is_itself(self) -> None:
        self.assertEqual(processes.identify(os.getpid()), processes.identify(os.getpid()))

    def test_a_pid_that_nobody_has_is_no_process(self) -> None:
        child = subprocess.Popen(["true"])
        child.wait()
        self.assertIsNone(processes.identify(child.pid))

    def test_a_process_that_has_ended_but_was_not_reaped_is_none(self) -> None:
        child = subprocess.Popen(["true"])
        self.addCleanup(child.wait)
        processes.wait(lambda: processes.identify(child.pid) is None, 10, "the child did not end")


class Servers(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.state = Path(temporary.name)
        (self.state / "log").mkdir()
        self.server = processes.Server(self.state, "server")
        self.addCleanup(self.server.stop)

    def start(self, script: str) -> None:
        self.server.start(["sh", "-c", script], processes.plain_environment())

    def members(self) -> list[int]:
        return self.server.members(processes.record(self.server.record))

    def test_a_started_server_runs_until_it_is_stopped(self) -> None:
        self.assertIsNone(self.server.pid())
        self.start("exec sleep 60")
        pid = self.server.pid()
        self.assertIsNotNone(pid)
        self.assertTrue(self.server.stop())
        self.assertIsNone(processes.identify(pid))
        self.assertIsNone(self.server.pid())

    def test_stopping_what_does_not_run_is_no_error(self) -> None:
        self.assertFalse(self.server.stop())

    def test_a_process_of_the_recorded_pid_that_started_at_another_time_is_left_alone(self) -> None:
        foreign = subprocess.Popen(["sleep", "60"], start_new_session=True)
        self.addCleanup(foreign.wait)
        self.addCleanup(foreign.kill)
        for wrong in ({"start": 1}, {"boot": "another"}):
            processes.write_record(self.server.record, replace(processes.identify(foreign.pid), **wrong))
            self.assertIsNone(self.server.pid())
            self.assertFalse(self.server.stop())
            self.assertIsNone(foreign.poll())

    def test_a_child_whose_leader_was_killed_is_ended_too(self) -> None:
        self.start("sleep 60 & wait")
        processes.wait(lambda: len(self.members()) == 2, 10, "the child did not start")
        os.kill(self.server.pid(), signal.SIGKILL)
        processes.wait(lambda: self.server.pid() is None, 10, "the leader did not end")
        self.assertEqual(1, len(self.members()))
        orphan = self.members()[0]
        self.assertTrue(self.server.stop())
        self.assertIsNone(processes.identify(orphan))

    def test_a_server_that_ignores_the_request_to_end_is_killed(self) -> None:
        before = processes.PATIENCE
        self.addCleanup(setattr, processes, "PATIENCE", before)
        processes.PATIENCE = 0.2
        self.start("trap '' TERM; echo ready; while :; do sleep 1; done")
        processes.wait(lambda: "ready" in self.server.log.read_text(), 10, "the server did not start")
        begin = time.monotonic()
        self.server.stop()
        self.assertLess(time.monotonic() - begin, 10)
        self.assertIsNone(self.server.pid())

    def test_a_server_does_not_keep_the_lock(self) -> None:
        lock = self.state / "lock"
        with files.locked(lock):
            self.start("exec sleep 60")
            processes.wait(lambda: self.command() == "sleep", 10, "the server did not start")

        def waiting(holder: str) -> None:
            self.fail(f"the lock is still held by {holder}")

        with files.locked(lock, waiting):
            pass

    def command(self) -> str:
        return Path(f"/proc/{self.server.pid()}/comm").read_text().strip()

    def test_the_caller_s_environment_does_not_reach_a_server(self) -> None:
        os.environ["REQUESTS_CA_BUNDLE"] = "/elsewhere"
        self.addCleanup(os.environ.pop, "REQUESTS_CA_BUNDLE")
        self.assertNotIn("REQUESTS_CA_BUNDLE", processes.plain_environment())


if __name__ == "__main__":
    unittest.main()
