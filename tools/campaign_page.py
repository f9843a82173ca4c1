"""Makes docs/turkiye-campaign.md anew from a finished campaign of the Türkiye study, with its figures.

    egide campaign studies/turkiye-2019/study.yaml -o FOLDER --workers 2
    python tools/campaign_page.py FOLDER

writes the measured tables of the page, docs/sample-report/turkiye-2019-campaign.LANG.html and the figures in
docs/images/. Every number is the report's own. Chromium draws the pictures.
"""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from egide import report
from egide.analysis import outcomes
from egide.i18n import count, number, translator
from egide.report import campaign
from egide.report.campaign_words import Words, study_of

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "turkiye-campaign.md"
PAGES: Final = ROOT / "docs" / "sample-report"
IMAGES: Final = ROOT / "docs" / "images"
FIGURES: Final = ("ranges", "tornado0", "curves0", "pareto")
MOST_ENDS: Final = 8
FLAGS: Final = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *(f"| {' | '.join(row)} |" for row in rows)]


def cell(shown: Mapping[str, str]) -> str:
    """Mean, chance, and in brackets what is not known."""
    told = " ".join(filter(None, [shown["mean"], f"({shown['ci']})" if shown.get("ci") else ""]))
    return f"{told} [{shown['range']}]" if shown.get("range") else told


def between(mean: str, interval: str) -> str:
    return f"{mean} ({interval})" if interval else mean


def facts(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """What was run, on what, how long."""
    speeds, runs, workers = manifest["speeds"], manifest["runs"]["done"], manifest["workers"]
    wall, processor = (number(s / 60.0, "en", 0) for s in (manifest["wall_s"], manifest["engine_s"]))
    alone = number(manifest["engine_s"] / 60.0 / workers, "en", 0)
    each = "; ".join(f"{mode} {number(about['run_s'], 'en', 2)} s a run" for mode, about in speeds.items())
    compiled = number(next(iter(speeds.values()))["compile_s"], "en", 2)
    size = sum(path.stat().st_size for path in folder.glob("*.parquet")) / 1e6
    told = (
        f"{count(runs, 'en')} runs in {wall} minutes by the clock on {workers} workers, beside other work; {processor} "
        f"minutes of processor in all ({each}; {compiled} s to compile an alternative at a point), so {alone} minutes "
        f"where the machine does nothing else. Tables {number(size, 'en', 1)} MB, digest `{manifest['digest']}`."
    )
    return [told]


def measured(folder: Path) -> dict[str, list[str]]:
    """Marker -> lines."""
    opened = outcomes.open_outcomes(folder)
    page = campaign.content(Words(opened, "en", translator("en"), study_of(opened)))
    found = {"facts": facts(folder, opened.manifest)}
    rows = [[f"{row['label']} {row['unit']}".strip(), *map(cell, row["cells"])] for row in page["results"]]
    found["answer"] = table(["mean a replication", *page["titles"]], rows)
    lines: list[str] = []
    for group in page["differences"]:
        told = [[row["label"], between(row["mean"], row["ci"]), row["range"], row["share"],
                 between(row["full"]["mean"], row["full"]["interval"]), row["verdict"]]
                for row in group["rows"]]  # fmt: skip
        heads = [
            "measure",
            "difference (95 % interval)",
            "range of assumptions",
            "points of that sign, %",
            "with full tracking",
            "verdict",
        ]
        lines += [f"**{group['heading']}**", "", *table(heads, told), ""]
    found["differences"] = lines[:-1]
    lines = []
    for group in page["flips"]:
        ends = [[row["factor"], row["end"], between(row["mean"], row["interval"]), row["turn"], row["verdict"]]
                for row in group["rows"][:MOST_ENDS]]  # fmt: skip
        lines += [f"**{group['heading']}** {group['sentence']}", ""]
        if ends:
            lines += [*table(["factor", "at", "difference (95 % interval)", "turns at", "conclusion"], ends), ""]
        if group["crossings"]:
            crossed = [[row["factor"], row["at"], row["interval"]] for row in group["crossings"]]
            lines += [*table(["comes to zero with", "at", "95 % interval"], crossed), ""]
    found["flips"] = lines[:-1]
    found["rests"] = table(["of", "most of it, with all they act with", "by"],
                           [[row["label"], row["top"], row["source"]] for row in page["rests"]])  # fmt: skip
    found["cost"] = table(["alternative", "cost of what is fired", "attackers not stopped", "more cost for one better"],
                          [[row["label"], cell(row["cost"]), cell(row["outcome"]), row["ratio"]]
                           for row in page["pareto_rows"]])  # fmt: skip
    heads = ["measure", "alternative", "fast", "full, with control", "full less fast", "worth so many full runs"]
    found["modes"] = table(heads,
                           [[row["label"], row["alternative"], row["fast"],
                             between(row["full"]["mean"], row["full"]["interval"]),
                             between(row["bias"]["mean"], row["bias"]["interval"]), row["gain"]]
                            for row in page["modes"]])  # fmt: skip
    return found


def pictures(page: Path) -> None:
    """Each figure of the page as PNG."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        opened = browser.new_page(viewport={"width": 1100, "height": 900}, device_scale_factor=1.25)
        opened.goto(page.as_uri())
        for name in FIGURES:
            figure = opened.locator(f"#fig-{name}")
            if not figure.count():
                continue
            out = IMAGES / f"campaign-{name}.png"
            figure.screenshot(path=out)
            with Image.open(out) as drawn:
                drawn.convert("RGB").quantize(160).save(out, optimize=True)
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="what egide campaign wrote")
    folder = parser.parse_args().folder
    text = PAGE.read_text("utf-8")
    for name, lines in measured(folder).items():
        marker = re.compile(rf"(<!-- measured: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, done = marker.subn(lambda found, rows=lines: found[1] + "\n".join(rows) + "\n" + found[2], text)  # type: ignore[misc]
        if not done:
            raise SystemExit(f"{PAGE.name} has no place for {name}")
    PAGE.write_text(text, encoding="utf-8")
    for lang in ("en", "fr"):
        page = report.write(folder, lang, PAGES / f"turkiye-2019-campaign.{lang}.html")
        told = page.read_text("utf-8").replace(str(folder.absolute()), "out/turkiye")  # its commands name the folder
        page.write_text(told, encoding="utf-8")
    pictures(PAGES / "turkiye-2019-campaign.en.html")


if __name__ == "__main__":
    main()
