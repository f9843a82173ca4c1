"""Makes the sample report of the README from a comparison: the page in both languages, and one picture of its maps.

    egide demo -o FOLDER
    python tools/sample_report.py FOLDER

writes docs/sample-report/turkiye-2019.LANG.html and docs/images/map.png. Chromium draws the picture.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Final

from egide import report

ROOT: Final = Path(__file__).resolve().parents[1]
PAGES: Final = ROOT / "docs" / "sample-report"
PICTURE: Final = ROOT / "docs" / "images" / "map.png"
FLAGS: Final = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync")


def picture(page: Path, out: Path) -> None:
    """One map of a page, as PNG."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        opened = browser.new_page(viewport={"width": 1000, "height": 900}, device_scale_factor=1.25)
        opened.goto(page.as_uri())
        out.parent.mkdir(parents=True, exist_ok=True)
        opened.locator("#fig-situation svg").screenshot(path=out)
        browser.close()
    with Image.open(out) as drawn:  # a palette is enough for a map, and a third of the size
        drawn.convert("RGB").quantize(128).save(out, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a comparison: what egide demo or egide compare wrote")
    folder = parser.parse_args().folder
    for lang in ("en", "fr"):
        page = report.write(folder, lang, PAGES / f"turkiye-2019.{lang}.html")
        print(f"{page.relative_to(ROOT)}: {page.stat().st_size / 1e6:.1f} MB")
    picture(PAGES / "turkiye-2019.en.html", PICTURE)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
