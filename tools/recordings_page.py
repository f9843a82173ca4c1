"""Renews the table of tracked recordings in docs/recordings.md: python tools/recordings_page.py FILE...

The table stands between two marks. The recordings are public files (sources in tests/data/*/PROVENANCE.md); most are
not in this repository, so no test renews it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

from egide import recorded
from egide.errors import ScenarioError

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "recordings.md"
START: Final = "<!-- tracked: renew with `python tools/recordings_page.py FILE...` -->\n"
END: Final = "<!-- end of tracked -->"
COLUMNS: Final = {
    "truths": ("objects", 0), "flights": ("flights", 0), "tracks": ("tracks", 0), "gospa_m": ("GOSPA, m", 0),
    "missed": ("missed", 2), "false": ("false", 2), "completeness": ("completeness", 3),
    "position_m": ("position, m", 0), "longest_segment": ("longest segment", 2),
    "number_change_per_h": ("changes an hour", 1),
}  # fmt: skip


def row(file: Path) -> str:
    """One recording: what was read, what was left out or noted, and how its first picture did."""
    whole = recorded.document(recorded.track(recorded.Order([file])))
    counts = ", ".join(f"{why} {count}" for why, count in {**whole["skipped"], **whole["noted"]}.items()) or "–"
    measures = whole["pictures"][0]["measures"]
    cells = [shown(measures[name], digits) for name, (_, digits) in COLUMNS.items()]
    return f"| `{file.name}` | {shown(whole['reports'], 0)} | {counts} | " + " | ".join(cells) + " |"


def shown(value: Any, digits: int) -> str:
    return "–" if value != value else f"{value:,.{digits}f}".replace(",", " ")  # NaN: nothing to tell


def main(files: list[str]) -> int:
    head = ["recording", "reports", "left out or noted", *(title for title, _ in COLUMNS.values())]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for file in files:
        try:
            lines.append(row(Path(file)))
        except ScenarioError as error:
            print(error, file=sys.stderr)
    before, start, rest = PAGE.read_text("utf-8").partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise SystemExit(f"{PAGE.name}: the marks of the table are missing")
    PAGE.write_text(before + start + "\n".join(lines) + "\n" + end + after, "utf-8")
    print(f"wrote {PAGE.name}, {len(lines) - 2} recordings")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
