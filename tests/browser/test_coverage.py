"""The page of a coverage as a reader meets it: opened from the disk in a browser, wide and narrow, on paper, in both
languages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.browser.watched import MARKS, Watched, contrast
from tests.unit.coverage import scene

from egide.cli.app import main
from egide.report import coverage_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HEADINGS = {
    "en": ("What is seen and defended", "What this cannot tell you", "Maps", "What is lost when one is out"),
    "fr": (
        "Ce qui est vu et défendu",
        "Ce que ceci ne peut pas vous dire",
        "Cartes",
        "Ce que l’on perd sans l’un d’eux",
    ),
}
UNUSABLE = {"en": "not usable", "fr": "inutilisable"}
NOTICE = {
    "en": "Sites are notional. Boundaries imply no position.",
    "fr": "Les sites sont fictifs. Les limites n’impliquent aucune prise de position.",
}
pytestmark = MARKS


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Hilly ground of cells of 5.6 km: at 100 m nothing can be said, at 10 km it can."""
    folder = tmp_path_factory.mktemp("browser")
    height = np.random.default_rng(1).integers(0, 900, (80, 160)).astype(np.int16)
    scene.geotiff(folder / "t.tif", height, 43.0, -38.0, 0.05)
    file = scene.write(folder, scene.BATTERY, south=43.1, north=46.9, west=-37.9, east=-30.1, ground=900,
                       terrain="{file: t.tif}")  # fmt: skip
    words = ["--alternative", "cued", "--altitude", "100m-agl,10km-amsl", "--rcs", "0.1m2,1m2", "--area", "rectangle"]
    assert main(["coverage", str(file), *words, "-o", str(folder / "out")]) == 0
    return {lang: coverage_page.write(folder / "out", lang, folder / "out" / f"{lang}.html") for lang in HEADINGS}


def test_nothing_is_asked_of_the_network_and_the_browser_has_nothing_to_complain_of(seen: Watched) -> None:
    assert [url for url in seen.asked if not url.startswith(("file:", "data:"))] == []
    assert sum(url.startswith("file:") for url in seen.asked) == 1
    assert seen.said == []


def test_the_page_is_never_wider_than_the_window(seen: Watched, width: int) -> None:
    assert seen.measure("document.documentElement.scrollWidth") <= width


def test_the_headings_are_in_the_language_asked_for(seen: Watched, lang: str) -> None:
    assert set(HEADINGS[lang]) <= set(seen.page.locator("h2").all_inner_texts())
    assert seen.measure("document.documentElement.lang") == lang
    assert NOTICE[lang] in seen.page.locator("#h-limits ~ ul").inner_text()


def test_every_map_is_loaded_says_what_it_shows_and_is_large_enough_to_read(seen: Watched) -> None:
    images = "[...document.querySelectorAll('.sheet img')]"
    assert seen.measure(f"{images}.length") == 2  # seen; denied with defended
    assert seen.measure(f"{images}.every(i => i.complete && i.naturalWidth >= 1000 && i.alt.length > 40)")
    assert seen.measure(f"{images}.every(i => i.getBoundingClientRect().width >= 700)")


def test_every_table_has_heads_and_every_scrolling_one_can_be_reached_by_keys(seen: Watched) -> None:
    tables = "[...document.querySelectorAll('table')]"
    assert seen.measure(f"{tables}.length") > 8
    assert seen.measure(f"{tables}.every(t => t.querySelectorAll('thead th[scope=col]').length >= 2)")
    assert seen.measure(f"{tables}.every(t => [...t.tBodies[0].rows].every(r => r.cells[0].matches('th[scope=row]')))")
    assert seen.measure(f"{tables}.every(t => t.closest('.scroll[tabindex][aria-label]') !== null)")


def test_shares_that_the_terrain_cannot_carry_are_marked_everywhere(seen: Watched, lang: str) -> None:
    for table in seen.page.locator("table.shares").all():
        for row in table.locator("tbody tr").all():
            low, high = (" ".join((cell or "").split()) for cell in row.locator("td").all_text_contents())
            assert low == UNUSABLE[lang]
            assert high != UNUSABLE[lang]
    assert seen.page.locator("table.losses tbody tr:first-child td").first.inner_text() == UNUSABLE[lang]


def test_words_stand_out_from_their_ground(seen: Watched) -> None:
    assert contrast(seen) >= 4.5


def test_no_words_overlap_in_a_table(seen: Watched) -> None:
    script = """[...document.querySelectorAll('table')].filter(t => t.offsetParent)
        .every(t => [...t.querySelectorAll('td, th')].every(c => c.scrollWidth <= c.clientWidth + 1))"""
    assert seen.measure(script)


def test_french_marks_have_their_narrow_spaces(seen: Watched, lang: str) -> None:
    if lang == "fr":
        text = seen.measure("[...document.querySelectorAll('h1,h2,h3,p,li,td,th,caption,figcaption')]"
                            ".filter(e => !e.closest('pre')).map(e => e.textContent).join('\\n')")  # fmt: skip
        bad = [line for line in text.splitlines() if any(mark in line for mark in (" :", " ;", " ?", " !", "« ", " »"))]
        assert bad == []
        assert "agl\u202f:" in text


def test_on_paper_nothing_is_cut_off_and_it_stays_light_in_the_dark(browser: Browser, pages: dict[str, Path]) -> None:
    context = browser.new_context(viewport={"width": 700, "height": 990}, color_scheme="dark")
    page = context.new_page()
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(pages["fr"].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 700
    boxes = "[...document.querySelectorAll('.scroll')].filter(e => e.offsetParent)"
    assert page.evaluate(f"{boxes}.every(e => e.scrollWidth <= e.clientWidth + 1)")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert len(page.pdf(format="A4")) > 50_000
    context.close()
