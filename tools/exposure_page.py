"""Writes the table and the figure of docs/exposure.md from the study of F-35A sorties beside an S-400.

    python tools/exposure_page.py

runs studies/exposure-2019 (a minute or two), puts the table between the two marks of the page, and draws
docs/images/exposure.LANG.png.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import egide as eg
from egide.analysis.exposure import Exposure, Row
from egide.i18n import number, quantity
from egide.report import exposure_map
from egide.report.exposure_study import percent, spread

ROOT: Final = Path(__file__).resolve().parents[1]
STUDY: Final = ROOT / "studies" / "exposure-2019"
PAGE: Final = ROOT / "docs" / "exposure.md"
BEGIN: Final = "<!-- table: made by tools/exposure_page.py -->"
END: Final = "<!-- end of table -->"
DRAWN: Final = "at-50-km"
HEAD: Final = (
    "case", "band", "looks a sortie", "below threshold", "reflector", "samples a sortie", "a sortie", "a week",
    "6 months", "region alone, 6 months", "bound only", "finest bin",
)  # fmt: skip


def table(found: Exposure) -> str:
    """One row a case and band of the collector; bands it never looked in are left out."""
    lines = ["| " + " | ".join(HEAD) + " |", "|---|---|" + "--:|" * (len(HEAD) - 2)]
    chosen = [row for row in found.rows if row.role == "all"]
    return "\n".join([*lines, *("| " + " | ".join(cells(row, found)) + " |" for row in chosen)])


def cells(row: Row, found: Exposure) -> list[str]:
    before = found.row(row.collector, "baseline", row.band, row.alternative)
    looks, finest = max(row.looks, 1e-12), row.best_db["months"][1]
    return [
        row.alternative, row.band, number(row.looks, "en", 0), percent(row.censored / looks, "en"),
        percent(row.hidden / looks, "en"), number(row.samples, "en", 0),
        *(spread(row.share[span], "en") for span in ("sortie", "week", "months")), spread(before.share["months"], "en"),
        percent(row.bound_only, "en"), quantity(finest, "dB", "en", 1) if finest < 100.0 else "–",
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="a finished comparison of the study; else it is run")
    asked = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as place:
        folder = asked or Path(place) / "exposure"
        if asked is None:
            line = ["compare", str(STUDY / "study.yaml"), "-o", str(folder), "--detail", "none"]
            subprocess.run([sys.executable, "-m", "egide", *line], check=True, stdout=subprocess.DEVNULL)
        found = eg.exposure(folder)
        text = PAGE.read_text("utf-8")
        before, _, rest = text.partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{table(found)}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")
        for lang in ("en", "fr"):
            drawn = exposure_map.write(
                eg.exposure(folder / DRAWN), ROOT / "docs" / "images" / f"exposure.{lang}.png", lang
            )
            print(f"{drawn.relative_to(ROOT)}: {drawn.stat().st_size / 1e3:.0f} kB")
    print(f"{PAGE.relative_to(ROOT)}: {len(found.rows)} rows looked at")


if __name__ == "__main__":
    main()
