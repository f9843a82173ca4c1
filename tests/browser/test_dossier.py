"""The dossier of the whole Türkiye study as a reader meets it: the sample in docs, on a desk and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.browser.watched import MARKS, Watched, contrast

SAMPLES = Path(__file__).parents[2] / "docs" / "sample-report"
HEADINGS = {
    "en": ("The answer on one page", "Coverage", "Exposure", "Money", "Calendar", "Statements, one by one", "Glossary"),
    "fr": ("La réponse en une page", "Couverture", "Exposition", "Argent", "Calendrier", "Glossaire"),
}
pytestmark = MARKS


@pytest.fixture(scope="module")
def pages() -> dict[str, Path]:
    return {lang: SAMPLES / f"turkiye-2019-dossier.{lang}.html" for lang in HEADINGS}


def test_nothing_is_asked_of_the_network_and_nothing_complained_of(seen: Watched) -> None:
    assert [url for url in seen.asked if not url.startswith(("file:", "data:"))] == []
    assert seen.said == []


def test_the_page_is_never_wider_than_the_window(seen: Watched, width: int) -> None:
    assert seen.measure("document.documentElement.scrollWidth") <= width


def test_the_headings_are_in_the_language_asked_for(seen: Watched, lang: str) -> None:
    assert set(HEADINGS[lang]) <= set(seen.page.locator("h2").all_inner_texts())
    assert seen.measure("document.documentElement.lang") == lang


def test_every_question_of_page_one_leads_to_its_card(seen: Watched) -> None:
    links = seen.page.locator("#answer table.verdicts a")
    assert links.count() >= 10
    links.nth(2).click()
    assert seen.measure("document.querySelector(location.hash).getBoundingClientRect().top") < 100


def test_every_figure_has_its_words(seen: Watched) -> None:
    pictures = "[...document.querySelectorAll('figure svg[role=img], figure img')]"
    bare = f"{pictures}.filter(x => !(x.getAttribute('aria-label') || x.alt))"
    assert seen.measure(f"{pictures}.length") > 10
    assert seen.measure(f"{bare}.length") == 0


def test_words_stand_out_from_their_ground(seen: Watched) -> None:
    assert contrast(seen) >= 4.5
