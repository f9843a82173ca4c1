"""How much memory and time `egide track` takes on a long recording: a real one, repeated with its times moved on.

    python benchmarks/recording.py --size 2GB [--source FILE] [--bundle] [--folder FOLDER]

source   a table of ADS-B (CSV, JSON) becomes a CSV of that size; a capture of ASTERIX 048 (.pcap) a capture of that
         size, or bare data blocks (--raw)
memory   most of the whole process (VmHWM); time by the clock
folder   where the long file and the reports under way lie; removed afterwards

Each repetition begins a minute after the one before has ended (a capture: one turn of its radars, 4 s).
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

SOURCE: Final = Path(__file__).parents[1] / "tests" / "data" / "adsb" / "munich.json.gz"
UNITS: Final = {"KB": 1e3, "MB": 1e6, "GB": 1e9}
TIMES: Final = ("timestamp", "time", "lastposupdate", "lastcontact")
PAUSE_S: Final = 60.0
TURN_S: Final = 4.0
DAY_S: Final = 86_400.0


# --- a long table ------------------------------------------------------------------------------------------------


def columns_of(source: Path) -> dict[str, list[Any]]:
    from egide.ingest import recording

    if source.suffix == ".csv":
        with source.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return {name: [row[name] for row in rows] for name in rows[0]}
    return recording.from_json(source, recording.unpacked(source, source.read_bytes()))


def _plain(value: Any) -> str:
    """As a cell of the table, and no pattern in itself."""
    return str(value).replace(",", " ").replace("{", "").replace("}", "")


def long_table(source: Path, target: Path, size: int) -> None:
    from egide.ingest import recording

    columns = columns_of(source)
    names = list(columns)
    moved = {name: [recording.seconds(value) for value in columns[name]] for name in TIMES if name in columns}
    first, last = (what(s for values in moved.values() for s in values if s == s) for what in (min, max))
    patterns = [
        ",".join(
            "{:.3f}" if name in moved else str(columns[name][i]).replace(",", " ").replace("{", "") for name in names
        )
        for i in range(len(columns[names[0]]))
    ]
    stamps = list(zip(*(moved[name] for name in names if name in moved), strict=True))
    with target.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(names) + "\n")
        shift = 0.0
        while file.tell() < size:
            for pattern, told in zip(patterns, stamps, strict=True):
                file.write(pattern.format(*(s + shift for s in told)) + "\n")
            shift += last - first + PAUSE_S


# --- a long capture ----------------------------------------------------------------------------------------------


def times_of_day(block: Any) -> Iterator[int]:
    """Where the times of day of a block's records lie, in its bytes without category and length."""
    from asterix import base, generated

    spec = next(reversed(generated.manifest["CATS"][48]))
    at = 0
    for record in spec.cv_uap.parse(base.Bits.from_bytes(block)):
        data = record.unparse().to_bytes()
        fields = 1
        while data[fields - 1] & 1:
            fields += 1
        if data[0] & 0x80 and data[0] & 0x40:  # items 010 and 140
            yield at + fields + 2
        at += len(data)


def long_capture(source: Path, target: Path, size: int, raw: bool) -> None:
    data = source.read_bytes()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    packets, at = [], 24
    while at + 16 <= len(data):
        seconds, ticks, kept, whole = struct.unpack(order + "IIII", data[at : at + 16])
        packet = data[at + 16 : at + 16 + kept]
        header = 14 + 4 * (packet[14] & 15) + 8  # Ethernet, IPv4, UDP
        spots, begin = [], header
        while begin + 3 < len(packet):
            length = int.from_bytes(packet[begin + 1 : begin + 3], "big")
            if length <= 3:
                break
            if packet[begin] == 48:
                spots += [begin + 3 + spot for spot in times_of_day(packet[begin + 3 : begin + length])]
            begin += length
        packets.append((seconds, ticks, whole, bytearray(packet), header, spots))
        at += 16 + kept
    told = [[int.from_bytes(packet[spot : spot + 3], "big") for spot in spots] for *_, packet, _, spots in packets]
    with target.open("wb") as file:
        file.write(b"" if raw else data[:24])
        turn = 0
        while file.tell() < size:
            shift = turn * TURN_S
            for (seconds, ticks, whole, packet, header, spots), own in zip(packets, told, strict=True):
                for spot, was in zip(spots, own, strict=True):
                    packet[spot : spot + 3] = int((was + shift * 128) % (DAY_S * 128)).to_bytes(3, "big")
                if not raw:
                    file.write(struct.pack(order + "IIII", int(seconds + shift), ticks, len(packet), whole))
                file.write(packet[header:] if raw else packet)
            turn += 1


# --- the measurement ---------------------------------------------------------------------------------------------


def bytes_of(text: str) -> int:
    for unit, factor in UNITS.items():
        if text.upper().endswith(unit):
            return int(float(text[: -len(unit)]) * factor)
    raise SystemExit(f"--size {text}: write for example 200MB or 2GB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="200MB")
    parser.add_argument("--source", type=Path, default=SOURCE)
    parser.add_argument("--raw", action="store_true", help="bare data blocks of a capture")
    parser.add_argument("--bundle", action="store_true", help="write a bundle too")
    parser.add_argument("--folder", type=Path, help="where the long file lies meanwhile")
    asked = parser.parse_args()
    size, capture = bytes_of(asked.size), asked.source.suffix == ".pcap"
    with tempfile.TemporaryDirectory(prefix="egide-bench-", dir=asked.folder) as name:
        long = Path(name) / ("long.csv" if not capture else "long.ast" if asked.raw else "long.pcap")
        if capture:
            long_capture(asked.source, long, size, asked.raw)
        else:
            long_table(asked.source, long, size)
        command = [sys.executable, "-m", "egide", "track", str(long)]
        command += ["-o", f"{name}/bundle"] if asked.bundle else []
        begun = time.perf_counter()
        done = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, "TMPDIR": name})
        took = time.perf_counter() - begun
        print(done.stdout + done.stderr)
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024.0  # Linux: KiB
        print(f"{long.suffix[1:]}, {long.stat().st_size / 1e9:.3f} GB: {took:.0f} s, most memory {most:.0f} MiB")
        if done.returncode:
            raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
