"""`egide doctor`: what this installation has, what it lacks, and what to do about it.

finding   one thing looked at: its name, whether it is as it should be, what was found, and the mend where it is not
optional  a finding that only some uses need; it does not change the exit code
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, final

from egide import __version__, cache, i18n
from egide.cli import common, options
from egide.i18n import mark

LIBRARIES: Final = (
    "numba", "numpy", "scipy", "duckdb", "pydantic", "pyyaml", "pyproj", "rasterio", "matplotlib", "jinja2", "cyclopts",
    "rich",
)  # fmt: skip
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
PLENTY_BYTES: Final = 1_000_000_000  # a run with all its detail can write about this much
REINSTALL: Final = mark("install Égide again")


@final
@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    name: str
    good: bool
    found: str
    mend: str = ""
    optional: bool = False


def doctor(
    *,
    lang: options.Lang = None,
    json: options.Json = False,
) -> int:
    """Say what this installation has and what it lacks.

    Exit code 1 where something needed is missing.

    Example: egide doctor
    """
    findings = list(look())
    if json:
        common.print_json({"egide": __version__, "findings": [asdict(finding) for finding in findings]})
    else:
        say = i18n.translator(i18n.choose(lang))
        width = max(len(say(finding.name)) for finding in findings)
        for finding in findings:
            verdict = say(mark("ok")) if finding.good else say(mark("lacks"))
            mend = "" if finding.good else f"; {say(finding.mend)}"
            print(f"{verdict:6} {say(finding.name):{width}}  {say(finding.found)}{mend}")
    return int(any(not finding.good and not finding.optional for finding in findings))


def look() -> Iterator[Finding]:
    """Everything that is looked at, in the order it is shown."""
    yield Finding("Égide", True, f"{__version__}, {Path(__file__).parents[1]}")
    python = f"{platform.python_version()}, {platform.platform()}, {os.cpu_count()} CPU"
    yield Finding("Python", sys.version_info >= (3, 11), python, mark("use Python 3.11 or newer"))
    yield from _libraries()
    yield from _folders()
    yield from _data()
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), "")
    yield Finding(
        "Chromium", bool(browser), browser or mark("not found"), mark("only the browser tests need it"), optional=True
    )


def _libraries() -> Iterator[Finding]:
    from importlib.metadata import PackageNotFoundError, version

    for name in LIBRARIES:
        try:
            yield Finding(name, True, version(name))
        except PackageNotFoundError:
            yield Finding(name, False, mark("not found"), REINSTALL)


def _folders() -> Iterator[Finding]:
    place = cache.folder()
    wanted = not place.name.startswith("egide-cache-")
    yield Finding(mark("cache folder"), wanted, str(place), mark("set EGIDE_CACHE_DIR to a folder that can be written"))
    kernels = cache.kernels_folder()
    count = len(list(kernels.rglob("*.nbc"))) if kernels.exists() else 0
    yield Finding(mark("compiled kernels"), True, f"{count}, {kernels}")
    free_bytes = shutil.disk_usage(Path.cwd()).free
    free = f"{free_bytes / 1e9:.1f} GB"
    yield Finding(mark("free disk here"), free_bytes > PLENTY_BYTES, free, mark("a detailed run may need more"), True)


def _data() -> Iterator[Finding]:
    data = Path(__file__).parents[1] / "data"
    files = [file for file in data.rglob("*") if file.is_file() and file.suffix != ".md"] if data.is_dir() else []
    yield Finding(mark("terrain and borders"), bool(files), f"{len(files)}, {data}", REINSTALL)
    entries = list((Path(__file__).parents[1] / "catalog" / "data").glob("*.yaml"))
    yield Finding(
        mark("catalogue"), bool(entries), f"{len(entries)}, {entries[0].parent if entries else '-'}", REINSTALL
    )
    for kind, label in (("studies", mark("studies")), ("scenarios", mark("scenarios"))):
        names = common.shipped_names(kind)
        yield Finding(label, bool(names), ", ".join(names) or mark("not found"), REINSTALL)
