"""A page in Chromium: what it asked for, what it complained about, and how well its words stand out."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # playwright's own pipes
]


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
