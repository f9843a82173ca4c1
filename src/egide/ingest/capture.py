"""ASTERIX data blocks out of the files that people keep them in, one at a time, in bounded memory.

data block   category (1 byte), length with these three bytes (2 bytes), records
raw          blocks one after another; what `.ast`, `.raw` and `.bin` files hold
pcap         captured packets; blocks are the payload of UDP over IPv4 or IPv6
FINAL        a frame a message: length of the frame (2 bytes), board, line and recording day (1 byte each), time of day
             in 10 ms (3 bytes), blocks, four bytes 0xA5
received_s   when the capture saw it, Unix seconds; NaN for raw and FINAL
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, final

from egide.errors import scenario_error
from egide.i18n import mark
from egide.ingest.reports import Tally

__all__ = ["Block", "blocks"]

_PCAP: Final = {b"\xa1\xb2\xc3\xd4": (">", 1e-6), b"\xd4\xc3\xb2\xa1": ("<", 1e-6),
                b"\xa1\xb2\x3c\x4d": (">", 1e-9), b"\x4d\x3c\xb2\xa1": ("<", 1e-9)}  # fmt: skip
_PCAPNG: Final = b"\x0a\x0d\x0d\x0a"
_PADDING: Final = b"\xa5\xa5\xa5\xa5"
_FRAME: Final = 8  # bytes before the blocks of a FINAL frame
_MOST_PACKET: Final = 262_144
_LINKS: Final = {
    0: 4,
    1: 14,
    12: 0,
    101: 0,
    113: 16,
    228: 0,
    229: 0,
    276: 20,
}  # link type -> bytes before the network's
_VLAN: Final = (0x8100, 0x88A8)


@final
class Block(NamedTuple):
    """One data block: `records` is what follows its length."""

    category: int
    records: bytes
    received_s: float


def blocks(path: Path, tally: Tally) -> Iterator[Block]:
    """The data blocks of a file, in its order. What is no block is counted in `tally.skipped`."""
    try:
        with path.open("rb") as file:
            yield from _blocks(path, file, tally)
    except FileNotFoundError:
        raise scenario_error(str(path), mark("the recording is not there"), mark("check the path")) from None
    except OSError as error:
        raise scenario_error(
            str(path), mark("the recording cannot be read ({why})"), why=error.strerror or error
        ) from None


def _blocks(path: Path, file: BinaryIO, tally: Tally) -> Iterator[Block]:
    head = file.read(4)
    if not head:
        raise scenario_error(
            str(path), mark("the recording is empty"), mark("give a file with data blocks, or a capture of them")
        )
    if head == _PCAPNG:
        raise scenario_error(
            str(path), mark("this is a pcapng capture, which is not read"),
            mark("write it as pcap: editcap -F pcap IN OUT"),
        )  # fmt: skip
    if head in _PCAP:
        yield from _pcap(file, *_PCAP[head], tally)
        return
    file.seek(0)
    if _is_final(file):
        yield from _final(file, tally)
    else:
        yield from _raw(file, tally, math.nan)


def _raw(file: BinaryIO, tally: Tally, received_s: float) -> Iterator[Block]:
    """Blocks one after another. A length that cannot be leaves no way to find the next block."""
    while head := file.read(3):
        length = int.from_bytes(head[1:], "big")
        if len(head) < 3:
            tally.skipped["cut-short"] += 1
        elif length <= 3:
            tally.skipped["unreadable-bytes"] += len(head)
            while rest := file.read(1 << 20):
                tally.skipped["unreadable-bytes"] += len(rest)
        else:
            records = file.read(length - 3)
            if len(records) == length - 3:
                yield Block(head[0], records, received_s)
            else:
                tally.skipped["cut-short"] += 1


def _datagram(data: bytes, tally: Tally, received_s: float) -> Iterator[Block]:
    """The blocks of one datagram or frame; what does not add up spoils only this one."""
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at + 1 : at + 3], "big")
        if length <= 3 or at + length > len(data):
            tally.skipped["unreadable-bytes"] += len(data) - at
            return
        yield Block(data[at], data[at + 3 : at + length], received_s)
        at += length


# --- FINAL -------------------------------------------------------------------------------------------------------


def _is_final(file: BinaryIO) -> bool:
    """Whether the first frame is closed by its padding. Leaves the file at its beginning."""
    head = file.read(_FRAME)
    length = int.from_bytes(head[:2], "big")
    closed = False
    if length > _FRAME + len(_PADDING):
        file.seek(length - len(_PADDING))
        closed = file.read(len(_PADDING)) == _PADDING
    file.seek(0)
    return closed


def _final(file: BinaryIO, tally: Tally) -> Iterator[Block]:
    while head := file.read(_FRAME):
        length = int.from_bytes(head[:2], "big")
        if len(head) < _FRAME:
            tally.skipped["cut-short"] += 1
            return
        body = file.read(max(length - _FRAME, 0))
        if len(body) < length - _FRAME:
            tally.skipped["cut-short"] += 1
            return
        if length <= _FRAME + len(_PADDING) or not body.endswith(_PADDING):
            tally.skipped["unreadable-bytes"] += len(head) + len(body)
            while rest := file.read(1 << 20):
                tally.skipped["unreadable-bytes"] += len(rest)
            return
        yield from _datagram(body[: -len(_PADDING)], tally, math.nan)


# --- pcap --------------------------------------------------------------------------------------------------------


def _pcap(file: BinaryIO, order: str, tick_s: float, tally: Tally) -> Iterator[Block]:
    head = file.read(20)
    if len(head) < 20:
        tally.skipped["cut-short"] += 1
        return
    link = struct.unpack(order + "HHiIII", head)[5] & 0xFFFF
    while head := file.read(16):
        if len(head) < 16:
            tally.skipped["cut-short"] += 1
            return
        seconds, ticks, kept, _ = struct.unpack(order + "IIII", head)
        if kept > _MOST_PACKET:  # a length that no capture writes: the file is broken here
            tally.skipped["unreadable-bytes"] += 16
            while rest := file.read(1 << 20):
                tally.skipped["unreadable-bytes"] += len(rest)
            return
        packet = file.read(kept)
        if len(packet) < kept:
            tally.skipped["cut-short"] += 1
            return
        data = _payload(packet, link, tally)
        if data is not None:
            yield from _datagram(data, tally, seconds + ticks * tick_s)


def _payload(packet: bytes, link: int, tally: Tally) -> bytes | None:
    """What a packet's UDP datagram carries; None, counted, where it carries none."""
    at = _LINKS.get(link)
    if at is not None and link == 1:
        while int.from_bytes(packet[at - 2 : at], "big") in _VLAN:
            at += 4
    version = packet[at] >> 4 if at is not None and at < len(packet) else 0
    why = "not-udp"
    if at is not None and version == 4 and len(packet) >= at + 20:
        whole = int.from_bytes(packet[at + 2 : at + 4], "big")
        if int.from_bytes(packet[at + 6 : at + 8], "big") & 0x3FFF:
            why = "fragment"
        elif packet[at + 9] == 17:
            return _udp(packet[at + 4 * (packet[at] & 15) : at + whole], tally)
    elif at is not None and version == 6 and len(packet) >= at + 40 and packet[at + 6] == 17:
        return _udp(packet[at + 40 :], tally)
    tally.skipped[why] += 1
    return None


def _udp(segment: bytes, tally: Tally) -> bytes | None:
    length = int.from_bytes(segment[4:6], "big")
    if length < 8 or length > len(segment):
        tally.skipped["cut-short"] += 1
        return None
    return segment[8:length]
