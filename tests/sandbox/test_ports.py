"""Which ports count as free, and who is named for those that do not."""

import os
import socket
import unittest

from sandbox import ports


def listener(address: str = "127.0.0.1", family: int = socket.AF_INET) -> socket.socket:
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((address, 0))
    server.listen()
    return server


class Ports(unittest.TestCase):
    def test_a_port_that_somebody_listens_on_is_not_free(self) -> None:
        with listener() as server:
            self.assertFalse(ports.is_free(server.getsockname()[1]))

    def test_nor_is_one_that_somebody_listens_on_at_all_addresses(self) -> None:
        with listener("0.0.0.0") as server:
            self.assertFalse(ports.is_free(server.getsockname()[1]))

    @unittest.skipUnless(socket.has_ipv6 and os.path.exists("/proc/net/if_inet6"), "this machine has no IPv6")
    def test_nor_is_one_of_the_other_loopback_address(self) -> None:
        with listener("::1", socket.AF_INET6) as server:
            self.assertFalse(ports.is_free(server.getsockname()[1]))

    def test_a_port_is_free_again_although_a_connection_to_it_was_just_closed(self) -> None:
        with listener() as server:
            port = server.getsockname()[1]
            with socket.create_connection(("127.0.0.1", port)):
                server.accept()[0].close()
        self.assertTrue(ports.is_free(port))

    def test_found_ports_are_free_different_and_in_the_range(self) -> None:
        found = ports.find_free(5)
        self.assertEqual(5, len(set(found)))
        self.assertTrue(all(port in ports.RANGE and ports.is_free(port) for port in found))

    def test_the_holder_is_named(self) -> None:
        with listener() as server:
            self.assertIn(f"process {os.getpid()} (", ports.holder(server.getsockname()[1]))

    def test_a_port_that_nobody_holds_has_no_named_holder(self) -> None:
        self.assertEqual("a process that only its owner can see", ports.holder(ports.find_free(1)[0]))

    def test_only_listening_sockets_of_the_port_are_told_from_the_kernel_s_table(self) -> None:
        table = [
            "0: 0100007F:20FB 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4711 1 0000000000000000",
            "1: 0100007F:20FB 0100007F:C350 01 00000000:00000000 00:00000000 00000000 0 0 4712 1 0000000000000000",
            "2: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4713 1 0000000000000000",
        ]
        self.assertEqual({"4711"}, ports.listening_inodes(table, 8443))


if __name__ == "__main__":
    unittest.main()
