"""Print the tables of docs/models/command.md anew: what the delay of links costs under a centre's orders.

python tools/command_page.py
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Final

from egide import store
from egide.analysis.compare import compare
from egide.campaign.runner import run

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "models" / "command.md"
DELAYS: Final = ("0.1 s", "1 s", "10 s", "60 s")
MEASURES: Final = ("leakers", "shots_duplicate", "wrongful", "shots", "order_wait_s")
HEAD: Final = (
    "| delay each way | leakers | double shots | wrongful engagements | interceptors fired | wait for an order, s |"
)
TABLES: Final = {  # marker on the page -> scenario, alternative, what is delayed
    "orders": ("two-batteries-one-centre", "orders", ("chain.post-1.link.latency", "chain.post-2.link.latency")),
    "all": (
        "two-batteries-one-centre", "orders",
        ("chain.post-1.link.latency", "chain.post-2.link.latency", "membership.first.latency",
         "membership.second.latency"),
    ),
    "one": (
        "one-raid-two-networks", "coordinated", ("chain.battery-post.link.latency", "membership.battery.latency"),
    ),
}  # fmt: skip
REPLICATIONS: Final = 40


def table(scenario: str, alternative: str, delayed: tuple[str, ...], place: Path) -> list[str]:
    """Means with their 95 % intervals, and, below, how the slowest differs from the fastest with the same luck."""
    done = {}
    for delay in DELAYS:
        sets = tuple(f"{path}={delay}" for path in delayed)
        found = run(
            ROOT / "scenarios" / scenario / "scenario.yaml", alternative, REPLICATIONS, 1,
            place / delay.replace(" ", ""), detail=(), sets=sets, workers=2,
        )  # fmt: skip
        done[delay] = store.open(found)
    compared = compare(done, DELAYS[0])
    lines = [HEAD, "|---" * (1 + len(MEASURES)) + "|"]
    for delay in DELAYS:
        means = [compared.mean(delay, measure) for measure in MEASURES]
        lines.append(f"| {delay} | " + " | ".join(shown(m.mean, m.low, m.high) for m in means) + " |")
    for delay in DELAYS[1:]:
        apart = [compared.difference(delay, measure, DELAYS[0]) for measure in MEASURES]
        told = " | ".join(shown(d.difference, d.low, d.high) for d in apart)
        lines.append(f"| {delay} less {DELAYS[0]} | {told} |")
    return lines


def shown(mean: float, low: float, high: float) -> str:
    return f"{mean:.2f} ({low:.2f} to {high:.2f})".replace("-", "−")


def main() -> None:
    page = PAGE.read_text("utf-8")
    for name, (scenario, alternative, delayed) in TABLES.items():
        with tempfile.TemporaryDirectory() as place:
            lines = table(scenario, alternative, delayed, Path(place))
        marker = re.compile(rf"(<!-- measured: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        page = marker.sub(lambda found, rows=lines: found[1] + "\n".join(rows) + "\n" + found[2], page)  # type: ignore[misc]
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
