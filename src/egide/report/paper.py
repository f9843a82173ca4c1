"""A page on paper: printed to PDF by an installed browser of Chromium's family, by the page's own print style."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from egide.errors import store_error
from egide.i18n import mark

__all__ = ["browser", "write"]

NAMES: Final = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "brave-browser",
    "chrome", "msedge",
)  # fmt: skip
PLACES: Final = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
PATIENCE_S: Final = 180.0


def browser() -> str | None:
    """The first browser that can print, or none. EGIDE_BROWSER names another one."""
    told = os.environ.get("EGIDE_BROWSER")
    found = (shutil.which(name) for name in ((told,) if told else NAMES))
    return next((each for each in found if each), None) or next(
        (place for place in PLACES if not told and Path(place).is_file()), None
    )


def write(page: str, out: Path | str) -> Path:
    """Print a page to `out`, whole or not at all. Raises StoreError where no browser is installed or it fails."""
    program, target = browser(), Path(out).expanduser().absolute()
    if program is None:
        raise store_error(
            str(out), mark("no browser that prints is installed"),
            mark("install Chromium, Chrome or Edge, or name one in EGIDE_BROWSER; any browser prints the HTML page"),
        )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="egide-print-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        (place / "page.html").write_text(page, encoding="utf-8")
        words = [
            program, "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", f"--user-data-dir={place / 'profile'}",
            "--no-pdf-header-footer", f"--print-to-pdf={place / 'page.pdf'}",
            *(["--no-sandbox"] if _root() else []), (place / "page.html").as_uri(),
        ]  # fmt: skip
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
            said = done.stderr.strip().splitlines()[-1:] or [str(done.returncode)]
        except (OSError, subprocess.TimeoutExpired) as fault:
            said = [str(fault)]
        made = place / "page.pdf"
        if not made.is_file():
            wrong, right = mark("{program} did not print: {said}"), mark("print the HTML page from a browser instead")
            raise store_error(str(out), wrong, right, program=program, said=said[0])
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            beside = target.with_name(f".{target.name}.partial-{os.getpid()}")
            shutil.copyfile(made, beside)
            beside.replace(target)
        except OSError as fault:
            raise store_error(str(out), mark("cannot write here: {fault}"), mark("make room, or choose another folder"),
                              fault=fault.strerror or str(fault)) from fault  # fmt: skip
    return target


def _root() -> bool:
    """Chromium's sandbox refuses to be begun by root, as in a container. The page is ours and runs no script."""
    return sys.platform != "win32" and os.geteuid() == 0
