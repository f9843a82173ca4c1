"""One self-contained HTML page from a run, a comparison or a campaign: `write(folder, lang, out)`.

The page opens offline, asks nothing of anybody and runs no script. It is made from the files of the bundles alone.
"""

from __future__ import annotations

from pathlib import Path

from egide.errors import store_error
from egide.report import whole

__all__ = ["summary", "write"]


def write(folder: Path | str, lang: str, out: Path | str, coverage: Path | str | None = None) -> Path:
    """Write the report of a bundle, a comparison or a campaign folder to `out`, whole or not at all, and return where
    it is. `coverage`: a folder that `egide coverage` wrote for the same scenario, shown in a run's page."""
    from egide.store.campaign import is_campaign

    if is_campaign(Path(folder).expanduser()):
        from egide.analysis import outcomes
        from egide.report import campaign

        if coverage is not None:
            raise store_error(
                str(coverage), "the page of a campaign has no place for a coverage", "leave --coverage out"
            )
        text = campaign.render(outcomes.open_outcomes(folder), lang)
    else:
        text = _of_runs(folder, lang, coverage)
    return whole.write_text(out, text)


def _of_runs(folder: Path | str, lang: str, coverage: Path | str | None) -> str:
    from egide.report import maps, outlines, page, reading

    comparison = reading.load(Path(folder).expanduser())
    frame = maps.frame_of(comparison.runs[0])
    lines = outlines.shipped(frame.south, frame.north, frame.west, frame.east, comparison.runs[0].coast)
    shown = Path(coverage).expanduser() if coverage is not None else None
    return page.render(comparison, lang, lines, shown)


def summary(folder: Path | str, lang: str) -> list[str]:
    """The sentences that the page opens with, as plain lines for a terminal."""
    from egide.store.campaign import is_campaign

    if is_campaign(Path(folder).expanduser()):
        from egide.analysis import outcomes
        from egide.report import campaign

        return campaign.plain_answer(outcomes.open_outcomes(folder), lang)
    from egide.report import page, reading

    return page.plain_answer(reading.load(Path(folder).expanduser()), lang)
