"""The report as a reader meets it: opened from the disk in a browser, on a desk and on a phone, in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.browser.watched import MARKS, Watched, contrast
from tests.unit.report import synthetic

from egide import report

if TYPE_CHECKING:
    pass

HEADINGS = {
    "en": ("What came out", "What this cannot tell you", "Paired differences", "Glossary"),
    "fr": ("Ce qui en est sorti", "Ce que ceci ne peut pas vous dire", "Différences appariées", "Glossaire"),
}
pytestmark = MARKS


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("browser")
    comparison = synthetic.write_comparison(folder / "study", replications=12)
    return {lang: report.write(comparison, lang, folder / f"{lang}.html") for lang in HEADINGS}


def test_nothing_is_asked_of_the_network(seen: Watched) -> None:
    assert [url for url in seen.asked if not url.startswith(("file:", "data:"))] == []
    assert sum(url.startswith("file:") for url in seen.asked) == 1


def test_the_browser_has_nothing_to_complain_of(seen: Watched) -> None:
    assert seen.said == []


def test_the_page_is_never_wider_than_the_window(seen: Watched, width: int) -> None:
    assert seen.measure("document.documentElement.scrollWidth") <= width


def test_the_headings_are_in_the_language_asked_for(seen: Watched, lang: str) -> None:
    shown = seen.page.locator("h2").all_inner_texts()
    assert set(HEADINGS[lang]) <= set(shown)
    assert seen.measure("document.documentElement.lang") == lang


def test_every_map_shows_its_relief(seen: Watched) -> None:
    maps = "[...document.querySelectorAll('.figure.map svg')]"
    assert seen.measure(f"{maps}.length") == 4
    assert seen.measure(f"{maps}.every(map => map.querySelector('use[href=\"#relief\"]').getBBox().width > 100)")


def test_a_folded_table_opens_without_a_script(seen: Watched) -> None:
    table = seen.page.locator("#assumptions table")
    assert not table.is_visible()
    seen.page.locator("#assumptions summary").click()
    assert table.is_visible()


def test_words_stand_out_from_their_ground(seen: Watched) -> None:
    """4.5 and more for the colours the text uses on white and on the pale box."""
    assert contrast(seen) >= 4.5
