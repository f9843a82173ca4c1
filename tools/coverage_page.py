"""Writes the tables of docs/coverage.md from the folders of the two commands that stand on the page.

    python tools/coverage_page.py out/turkiye out/turkiye-ballistic

Tables stand between `<!-- tables -->` and `<!-- end of tables -->`, those against ballistic missiles between
`<!-- ballistic -->` and `<!-- end of ballistic -->`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

from egide.report import coverage

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "coverage.md"
BESIDE: Final = (("denied", "network", "mean"), ("denied", "own", "worst"), ("defended", "network", "mean"))


def wanted(table: dict[str, Any], largest_m2: float) -> bool:
    """The tables read first, and a few to set beside them."""
    measure, rcs_m2, cue, shots, _, azimuth, _ = table["kind"]
    beside = (measure, cue, azimuth) in BESIDE and rcs_m2 == largest_m2 and shots in (None, 0, 1)
    return table["headline"] or beside


def told(table: dict[str, Any]) -> str:
    """One table in Markdown."""
    lines = [f"**{table['what']}, {table['case']}**".replace("\u00a0", " "), ""]
    lines += ["| | " + " | ".join(table["heads"]) + " |", "|---|" + "---:|" * len(table["heads"])]
    for row in table["rows"]:
        lines.append(f"| {row['key']} | " + " | ".join(" ".join(cell) for cell in row["cells"]) + " |")
    if table["channels"]:
        lines += ["", table["channels"].replace("\u00a0", " ")]
    return "\n".join(lines)


def put(text: str, name: str, tables: list[str]) -> str:
    """The page with one marked part renewed."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, rest = text.split(begin, 1)
    return f"{before}{begin}\n" + "\n\n".join(tables) + f"\n{end}" + rest.split(end, 1)[1]


def main(folders: list[str]) -> None:
    """Renew both parts."""
    text = PAGE.read_text("utf-8")
    for name, folder in zip(("tables", "ballistic"), folders, strict=True):
        document = coverage.read(Path(folder))
        largest_m2 = document["request"]["cases"][-1]["rcs_m2"]
        tables = [table for table in coverage.tables(document, "en") if wanted(table, largest_m2)]
        if name == "ballistic":
            tables = [table for table in tables if table["measure"] == "defended"]
        text = put(text, name, [told(table) for table in tables])
    PAGE.write_text(text, "utf-8")
    print(f"wrote {PAGE.relative_to(PAGE.parents[1])}")


if __name__ == "__main__":
    main(sys.argv[1:])
