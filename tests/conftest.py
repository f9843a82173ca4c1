"""What holds for every test: no word leaves this machine, and the user's settings change nothing. And a small disk."""

from __future__ import annotations

import ipaddress
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The first call of a kernel compiles it, which takes as long as it takes; on a server the examples are always the same.
settings.register_profile("egide", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("egide")

for _name in ("EGIDE_LANG", "EGIDE_DEBUG", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
    os.environ.pop(_name, None)


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


@pytest.fixture
def disk_of(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Gives an empty file system of a size such as `400k`, so that 'disk full' is the kernel's word and not ours."""
    mounted: list[Path] = []

    def small(size: str) -> Path:
        place = tmp_path / "disk"
        place.mkdir()
        words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip("mounting a small file system needs an administrator: " + done.stderr.strip())
        mounted.append(place)
        return place

    yield small
    for place in mounted:
        subprocess.run(["umount", str(place)], check=True)
