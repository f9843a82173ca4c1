"""Renews the section 'Models' of docs/validation.md from the models: python tools/validation_page.py [--check].

The section stands between two marks; what is around it is left alone. It is what `egide validate --markdown` prints. A
test compares page and models, so that a number cannot drift in silence.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from egide import validation
from egide.validation.page import section

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "validation.md"
START: Final = "<!-- models: printed by `egide validate --markdown`; renew with `python tools/validation_page.py` -->\n"
END: Final = "<!-- end of models -->"


def page(text: str) -> str:
    """The page with its section renewed."""
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise SystemExit(f"{PAGE.name}: the marks of the section are missing")
    verdicts = [validation.judge(model, case) for model in validation.models() for case in validation.published(model)]
    return f"{before}{start}\n{section(verdicts)}\n{end}{after}"


def main() -> int:
    old = PAGE.read_text("utf-8")
    new = page(old)
    if "--check" in sys.argv[1:]:
        return int(new != old)
    PAGE.write_text(new, "utf-8")
    print(f"wrote {PAGE.relative_to(PAGE.parents[1])}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
