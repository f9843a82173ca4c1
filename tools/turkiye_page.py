"""Print the tables of docs/turkiye.md anew: the S-400 alone, integrated, under a centre's orders, and slower links.

python tools/turkiye_page.py [FOLDER]

Runs that FOLDER holds already are used again; 15 times 40 replications take about half an hour on two cores.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

from egide import store
from egide.analysis.compare import Comparison, compare
from egide.analysis.measures import BY_NAME
from egide.campaign.runner import run

ROOT: Final = Path(__file__).resolve().parents[1]
SCENARIO: Final = ROOT / "studies" / "turkiye-2019" / "scenario.yaml"
PAGE: Final = ROOT / "docs" / "turkiye.md"
ALONE: Final = "s400-alone"
OTHERS: Final = ("s400-integrated", "s400-coordinated")
HEADS: Final = {"s400-alone": "alone", "s400-integrated": "integrated", "s400-coordinated": "under a centre"}
LINKS: Final = ("links.national-to-alliance.latency", "links.alliance-to-national.latency", "membership.s400.latency")
ORDERS: Final = "chain.s400-post.link.latency"
DELAYS: Final = ("0.1 s", "1 s", "10 s", "60 s")
OUTCOMES: Final = (
    "leakers", "leakers_aircraft", "leakers_cruise_missile", "leakers_drone", "leakers_ballistic", "value_lost",
    "shots", "shots_wasted", "shots_duplicate",
)  # fmt: skip
MISTAKES: Final = (
    "wrongful_expected", "wrongful", "wrongful_no_reply", "wrongful_interrogator_out", "wrongful_foreign_iff",
    "wrongful_stale_track", "wrongful_wrong_correlation", "wrongful_rule", "wrongful_lost_picture",
    "wrongful_operator_error", "wrongful_several",
)  # fmt: skip
BY_DELAY: Final = ("leakers", "wrongful_expected", "shots_duplicate", "shots")
REPLICATIONS: Final = 40
SEED: Final = 2019


def bundle(alternative: str, delay: str, place: Path) -> store.Bundle:
    """The finished run of one alternative with its links at one delay ('' as written), from the folder or made now."""
    folder = place / f"{alternative}-{delay.replace(' ', '') or 'as-written'}"
    if not (folder / "manifest.json").exists():
        slower = (*LINKS, *((ORDERS,) if alternative == "s400-coordinated" else ())) if delay else ()
        sets = tuple(f"{path}={delay}" for path in slower)
        run(SCENARIO, alternative, REPLICATIONS, SEED, folder, detail=(), sets=sets, workers=2)
    return store.open(folder)


def compared(delay: str, place: Path) -> Comparison:
    return compare({name: bundle(name, delay, place) for name in (ALONE, *OTHERS)}, ALONE)


def by_measure(found: Comparison, measures: tuple[str, ...]) -> list[str]:
    """One row a measure: the mean alone, and how the others differ from it with the same luck."""
    lines = ["| a replication | alone | " + " | ".join(f"{HEADS[name]} less alone" for name in OTHERS) + " |"]
    lines.append("|---" * (2 + len(OTHERS)) + "|")
    for measure in measures:
        mean = found.mean(ALONE, measure)
        apart = [found.difference(name, measure) for name in OTHERS]
        cells = [shown(mean.mean, mean.low, mean.high), *(shown(d.difference, d.low, d.high) for d in apart)]
        lines.append(f"| {BY_NAME[measure].en} | " + " | ".join(cells) + " |")
    return lines


def by_delay(place: Path) -> list[str]:
    """One row a delay and arrangement: means of a few measures, and the difference from alone at that delay."""
    lines = ["| delay each way | | " + " | ".join(BY_NAME[measure].en for measure in BY_DELAY) + " |"]
    lines.append("|---" * (2 + len(BY_DELAY)) + "|")
    for delay in DELAYS:
        found = compared(delay, place)
        means = [found.mean(ALONE, measure) for measure in BY_DELAY]
        lines.append(f"| {delay} | alone | " + " | ".join(shown(m.mean, m.low, m.high) for m in means) + " |")
        for name in OTHERS:
            apart = [found.difference(name, measure) for measure in BY_DELAY]
            told = " | ".join(shown(d.difference, d.low, d.high) for d in apart)
            lines.append(f"| {delay} | {HEADS[name]} less alone | {told} |")
    return lines


def shown(mean: float, low: float, high: float) -> str:
    return f"{mean:.2f} ({low:.2f} to {high:.2f})".replace("-", "−")


def main() -> None:
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "out" / "turkiye-page"
    place.mkdir(parents=True, exist_ok=True)
    as_written = compared("", place)
    tables = {
        "outcomes": by_measure(as_written, OUTCOMES),
        "mistakes": by_measure(as_written, MISTAKES),
        "delays": by_delay(place),
    }
    page = PAGE.read_text("utf-8")
    for name, lines in tables.items():
        marker = re.compile(rf"(<!-- measured: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        page = marker.sub(lambda found, rows=lines: found[1] + "\n".join(rows) + "\n" + found[2], page)  # type: ignore[misc]
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
