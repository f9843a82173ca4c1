"""What holds for every test: no word leaves this machine."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest


def _is_here(address: Any) -> bool:
    """Loopback, or a socket that is a file."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0]).partition("%")[0]
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for the network fails at once and says so."""

    def guarded(name: str) -> Any:
        real = getattr(socket.socket, name)

        def method(self: socket.socket, address: Any, *rest: Any) -> Any:
            if not _is_here(address):
                raise RuntimeError(f"a test tried to reach {address}; tests stay on this machine")
            return real(self, address, *rest)

        return method

    def lookup(host: Any, *rest: Any, **options: Any) -> Any:
        if host is not None and not _is_here((host,)):
            raise RuntimeError(f"a test tried to look up {host}; tests stay on this machine")
        return real_lookup(host, *rest, **options)

    real_lookup = socket.getaddrinfo
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, guarded(name))
    monkeypatch.setattr(socket, "getaddrinfo", lookup)
