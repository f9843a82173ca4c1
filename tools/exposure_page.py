"""Writes the tables and the figures of docs/exposure.md from the study of F-35A sorties beside an S-400, and what a
shared picture tells from the study of Türkiye.

    python tools/exposure_page.py

runs studies/exposure-2019 and five alternatives of studies/turkiye-2019 (two or three minutes), puts each table between
its two marks of the page, and draws docs/images/exposure.LANG.png and exposure-frontier.LANG.svg.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import egide as eg
from egide.analysis import exposure_study
from egide.analysis.exposure import Exposure, Row
from egide.analysis.exposure_study import ExposureStudy
from egide.coverage import emission
from egide.i18n import number, quantity
from egide.report import exposure_map
from egide.report.exposure_study import percent, section, spread

ROOT: Final = Path(__file__).resolve().parents[1]
STUDY: Final = ROOT / "studies" / "exposure-2019"
PAGE: Final = ROOT / "docs" / "exposure.md"
SHARING: Final = ROOT / "studies" / "turkiye-2019" / "study.yaml"
ALTERNATIVES: Final = "s400-alone,s400-national,s400-receives,s400-integrated,s400-coordinated"
BEGIN: Final = "<!-- {name}: made by tools/exposure_page.py -->"
END: Final = "<!-- end of {name} -->"
MARKS: Final = ("frontier", "rates", "sharing", "types")
DRAWN: Final = "at-50-km"
IMAGES: Final = ROOT / "docs" / "images"
HEAD: Final = (
    "case", "band", "looks a sortie", "below threshold", "reflector", "samples a sortie", "a sortie", "a week",
    "6 months", "region alone, 6 months", "bound only", "finest bin",
)  # fmt: skip


def table(found: Exposure, shown: set[str]) -> str:
    """One row a case and band of the collector."""
    rows = [row for row in found.rows if row.role == "all" and row.alternative in shown]
    return laid(HEAD, [cells(row, found) for row in rows], words=2)


def laid(head: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> str:
    """A table of the page; the first columns are words."""
    lines = ["| " + " | ".join(head) + " |", "|---" * words + "|" + "--:|" * (len(head) - words)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def put(text: str, name: str, block: str) -> str:
    """The page with one block between its marks replaced."""
    begin, end = BEGIN.format(name=name), END.format(name=name)
    before, _, rest = text.partition(begin)
    return f"{before}{begin}\n\n{block}\n\n{end}{rest.partition(end)[2]}"


def compared(study: Path, folder: Path, *more: str) -> Path:
    """Run a study; its folder."""
    line = ["compare", str(study), "-o", str(folder), "--detail", "none", *more]
    subprocess.run([sys.executable, "-m", "egide", *line], check=True, stdout=subprocess.DEVNULL)
    return folder


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
    parser.add_argument("sharing", type=Path, nargs="?", help="the same of the study of Türkiye; else it is run")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = asked.folder or compared(STUDY / "study.yaml", Path(place) / "exposure")
        told = asked.sharing or compared(
            SHARING, Path(place) / "sharing", "--alternatives", ALTERNATIVES, "--reference", "s400-alone",
            "--replications", "5",
        )  # fmt: skip
        study = exposure_study.read(folder, emission.of_rules(folder), told, asked=emission.describe())
        write(study, folder)


def write(study: ExposureStudy, folder: Path) -> None:
    """Page and figures."""
    if study.mitigation is None or study.learned is None:
        sys.exit("these are not comparisons of the two studies")
    shown = {*study.mitigation.baselines, *(rule.here.name for rule in study.mitigation.rules)}
    text = put(PAGE.read_text("utf-8"), "table", table(study.mitigation.exposure, shown))
    for name, each in zip(MARKS, section(study, "en")["tables"], strict=True):
        words = 2 if name in ("sharing", "types") else 1
        text = put(text, name, "\n\n".join(filter(None, [laid(each["head"], each["rows"], words), each["note"]])))
    text = put(text, "findings", "\n".join(f"- {line}" for line in section(study, "en")["sentences"][1:]))
    PAGE.write_text(text, encoding="utf-8")
    for lang in ("en", "fr"):
        drawn = exposure_map.write(eg.exposure(folder / DRAWN), IMAGES / f"exposure.{lang}.png", lang)
        (figure,) = section(study, lang)["figures"]
        (IMAGES / f"exposure-frontier.{lang}.svg").write_text(figure["picture"]["svg"] + "\n", encoding="utf-8")
        print(f"{drawn.relative_to(ROOT)}: {drawn.stat().st_size / 1e3:.0f} kB; frontier drawn")
    print(f"{PAGE.relative_to(ROOT)}: {len(study.mitigation.exposure.rows)} rows looked at")


if __name__ == "__main__":
    main()
