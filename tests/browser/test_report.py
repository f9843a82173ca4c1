"""The report as a reader meets it: opened from the disk in a browser, on a desk and on a phone, in both languages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.report import synthetic

from egide import report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
HEADINGS = {
    "en": ("What came out", "What this cannot tell you", "Paired differences", "Glossary"),
    "fr": ("Ce qui en est sorti", "Ce que ceci ne peut pas vous dire", "Différences appariées", "Glossaire"),
}
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # playwright's own pipes
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("browser")
    comparison = synthetic.write_comparison(folder / "study", replications=12)
    return {lang: report.write(comparison, lang, folder / f"{lang}.html") for lang in HEADINGS}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield opened
        opened.close()


class Watched:
    """A page with everything it asked for and everything it complained about."""

    def __init__(self, browser: Browser, file: Path, width: int) -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900})
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(file.as_uri())

    def measure(self, script: str) -> Any:
        return self.page.evaluate(script)


@pytest.fixture(params=[390, 1200], ids=["phone", "desk"])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(params=list(HEADINGS))
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def seen(browser: Browser, pages: dict[str, Path], lang: str, width: int) -> Iterator[Watched]:
    watched = Watched(browser, pages[lang], width)
    yield watched
    watched.page.close()


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


def contrast(seen: Watched) -> float:
    """The least WCAG 2 contrast of words on a page."""
    script = """() => {
        const of = (text) => text.match(/\\d+(\\.\\d+)?/g).slice(0, 3).map(Number).map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        const light = (c) => 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
        const ground = (e) => { for (; e; e = e.parentElement) {
            const c = getComputedStyle(e).backgroundColor; if (!/, 0\\)$/.test(c)) return c; }
            return 'rgb(255, 255, 255)'; };
        return [...document.querySelectorAll('p, li, td, th, dt, dd, h1, h2, h3, summary, figcaption, span, time')]
            .filter(e => !e.closest('svg') && e.innerText && e.innerText.trim())
            .map(e => { const a = light(of(getComputedStyle(e).color)), b = light(of(ground(e)));
                        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); })
            .reduce((least, ratio) => Math.min(least, ratio), 21);
    }"""
    return float(seen.measure(script))


def test_words_stand_out_from_their_ground(seen: Watched) -> None:
    """4.5 and more for the colours the text uses on white and on the pale box."""
    assert contrast(seen) >= 4.5
