"""The guard that keeps tests on this machine does its work."""

from __future__ import annotations

import socket

import pytest


def test_a_test_cannot_reach_the_network():
    with pytest.raises(RuntimeError, match="stay on this machine"):
        socket.create_connection(("192.0.2.1", 80), timeout=0.1)  # TEST-NET-1, RFC 5737: nobody's
    with pytest.raises(RuntimeError, match="stay on this machine"):
        socket.getaddrinfo("example.org", 80)


def test_a_test_can_reach_loopback():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=1):
        pass
