"""One invented comparison for every test of the report, written once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.report import synthetic

from egide import report


@pytest.fixture(scope="session")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic.write_comparison(tmp_path_factory.mktemp("report") / "study", replications=12)


@pytest.fixture(scope="session")
def pages(comparison: Path) -> dict[str, str]:
    """Language to page."""
    return {
        lang: report.write(comparison, lang, comparison.parent / f"{lang}.html").read_text("utf-8")
        for lang in ("en", "fr")
    }
