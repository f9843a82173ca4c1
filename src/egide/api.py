"""The Python interface in a few thin functions; `import egide as eg` hands them out as `eg.load` and so on.

scenario   a file, read and checked: frozen, every quantity in SI
bundle     the folder that a run writes; as an object, its tables are DuckDB relations (`.df()`, `.pl()`, `.arrow()`)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from egide.analysis.books import Books
    from egide.analysis.cards import Judged
    from egide.analysis.compare import Comparison
    from egide.analysis.exposure import Exposure
    from egide.coverage import Coverage
    from egide.recorded import Tracked
    from egide.scenario import Scenario
    from egide.store import Bundle
    from egide.store.campaign import Campaign
    from egide.store.timeline import Timeline

__all__ = [
    "campaign",
    "claims",
    "compare",
    "coverage",
    "exposure",
    "load",
    "money",
    "open_bundle",
    "run",
    "timeline",
    "track",
]


def campaign(
    study: str | Path,
    out: str | Path,
    *,
    workers: int = 1,
    cluster: str | None = None,
    resume: bool = False,
    force: bool = False,
) -> Campaign:
    """Run a study's campaign in the folder `out` and open it: `.results`, `.points`, `.parameter_values`, `.failures`
    are DuckDB relations. `resume` goes on with what is there; `force` begins anew.

    With more than one worker, call it under `if __name__ == "__main__":` in a script, as for every process pool.
    """
    from egide.campaign.conduct import conduct
    from egide.store.campaign import open_campaign

    return open_campaign(conduct(study, out, workers=workers, cluster=cluster, resume=resume, force=force))


def claims(
    study: str | Path,
    *,
    campaign: str | Path | None = None,
    coverage: str | Path | None = None,
    exposure: str | Path | None = None,
    only: Sequence[str] = (),
    other_code: bool = False,
) -> Judged:
    """Hold the claim cards beside a study (`claims.yaml`) against what was run: `.cards`, each with its `.finding`
    (`.verdict`, `.value`, `.turns`; None where the folder it needs is not named, and `.command` then makes it)."""
    from egide.campaign.claims import cards

    runs, covered, exposed = (None if each is None else Path(each) for each in (campaign, coverage, exposure))
    return cards(study, runs, covered, exposed, other_code, tuple(only))


def load(path: str | Path, *, alternative: str | None = None, sets: Sequence[str] = ()) -> Scenario:
    """Read and check a scenario. Raises ScenarioError with every problem of the file."""
    from egide import scenario

    return scenario.load(Path(path), alternative=alternative, sets=tuple(sets))


def money(study: str | Path) -> Books:
    """The ledgers beside a study (`money.yaml`), in one currency at the prices of one year: `.totals(day)`,
    `.sunk(day)`, `.compared(decision)`, `.exchanges()`. Raises ScenarioError with every problem of the file."""
    from egide.campaign.ledgers import books

    return books(study)


def run(
    path: str | Path,
    out: str | Path,
    *,
    alternative: str | None = None,
    sets: Sequence[str] = (),
    replications: int = 20,
    seed: int = 1,
    workers: int = 1,
    detail: Sequence[int] | str = (0,),
    force: bool = False,
) -> Bundle:
    """Run a scenario, write its bundle to the folder `out`, and open it. `force` replaces a bundle that is there.

    With more than one worker, call it under `if __name__ == "__main__":` in a script, as for every process pool.
    """
    from egide.campaign import run as run_campaign

    written = run_campaign(
        path,
        alternative,
        replications,
        seed,
        out,
        workers,
        detail,
        tuple(sets),
        force,
    )
    return open_bundle(written)


def open_bundle(path: str | Path) -> Bundle:
    """Open the bundle of an earlier run."""
    from egide import store

    return store.open_bundle(Path(path))


def compare(
    bundles: Mapping[str, Bundle | str | Path], *, reference: str | None = None, pairs: Sequence[Sequence[str]] = ()
) -> Comparison:
    """Compare runs of one scenario, made with one seed: means and paired differences with 95 % intervals.

    Each is compared with `reference` (the first where none is named), then the `pairs` given.
    """
    from egide.analysis.compare import compare as compare_bundles
    from egide.store import Bundle

    opened = {name: each if isinstance(each, Bundle) else open_bundle(each) for name, each in bundles.items()}
    return compare_bundles(opened, reference, pairs)


def coverage(
    path: str | Path,
    *,
    altitude: Sequence[str] | str,
    rcs: Sequence[str] | str = "1m2",
    alternative: str | None = None,
    pd: float = 0.5,
    without: Sequence[str] = (),
    area: str | None = None,
    sea: str | None = None,
    weight: Path | None = None,
    target: str = "aircraft",
    speed: str | None = None,
    launch_range: str | None = None,
    apogee: str | None = None,
    shots: Sequence[int] = (1, 2),
    kill: Sequence[float] = (0.5, 0.8),
    release: str | None = None,
    ranges: bool = True,
    engagement: bool = True,
    sets: Sequence[str] = (),
) -> Coverage:
    """What a scenario sees and defends: shares of an area (`.rows`, `.share`) and rasters with their transform
    (`.seen`, `.radars`, `.denied`, `.defended`, `.lowest`). Heights as in "100m-agl" or "5km-amsl"; `alternative` may
    be "all". `ranges=False` takes nominal values alone. Against a ballistic missile (`target="ballistic"`), launched
    from `launch_range`, rows and rasters of `defended` have the altitude ""."""
    from egide.coverage import coverage as covered

    return covered(
        path, altitude=altitude, rcs=rcs, alternative=alternative, pd=pd, without=without, area=area, sea=sea,
        weight=weight, target=target, speed=speed, launch_range=launch_range, apogee=apogee, shots=shots,
        kill=kill, release=release, ranges=ranges, engagement=engagement, sets=sets,
    )  # fmt: skip


def exposure(
    bundles: Bundle | str | Path | Sequence[str | Path] | Mapping[str, Bundle],
    *,
    baseline: Bundle | str | Path | None = None,
    sorties_per_week: float = 20.0,
    months: float = 6.0,
    floor: str | float | Sequence[float] = (1.0, 2.0, 3.0),
    known: str | float | Sequence[float] = (0.25, 0.5, 1.0),
    samples: int = 10,
) -> Exposure:
    """What radars whose recordings others may read collected on protected aircraft (`.rows`, `.row`): by collector and
    band, after one sortie, a week and some months, beside a baseline. A run, several, or a comparison's folder;
    `floor` in decibels and `known` are one number, or low, nominal and high."""
    from egide.analysis import exposure as ledger
    from egide.store import Bundle

    rules = ledger.assumptions(sorties_per_week, months, floor, known, samples)
    if isinstance(bundles, Bundle):
        opened: Mapping[str, Bundle] = {"": bundles}
    elif isinstance(bundles, Mapping):
        opened = bundles
    else:
        paths = [bundles] if isinstance(bundles, str | Path) else bundles
        opened = ledger.runs([Path(path) for path in paths])
    before = baseline if baseline is None or isinstance(baseline, Bundle) else open_bundle(baseline)
    return ledger.exposure(opened, before, rules)


def timeline(
    study: str | Path,
    out: str | Path,
    *,
    calendar: str | Path | None = None,
    from_: str = "",
    until: str = "",
    alternatives: Sequence[str] = (),
    replications: int | None = None,
    workers: int = 1,
    full: bool = False,
) -> Timeline:
    """Run a study over the dates of the `calendar.yaml` beside it, in the folder `out`, and open it: `.columns("FROM
    months")` and the other tables. Months as in "2012-01"; what is left out is the calendar's. What the folder holds
    already is not run again.

    With more than one worker, call it under `if __name__ == "__main__":` in a script, as for every process pool.
    """
    from egide.campaign.timeline import Order, run_timeline
    from egide.coverage.states import of_calendar
    from egide.store.timeline import open_timeline

    order = Order(tuple(alternatives), from_, until, replications, workers, "full" if full else "fast")
    return open_timeline(run_timeline(study, out, order, calendar, of_calendar))


def track(
    recording: str | Path | Sequence[str | Path],
    out: str | Path | None = None,
    *,
    noise: str = "0 m",
    sensors: Sequence[str] | str = (),
    sites: Sequence[str] | str = (),
    editions: Sequence[str] | str = (),
    position_error: str = "100 m",
    range_error: str = "70 m",
    azimuth_error: str = "0.08 deg",
    rcs: str = "10 m2",
    cutoff: str = "1 km",
    seed: int = 1,
    force: bool = False,
) -> Tracked:
    """Track recorded data, as `egide track` does, with the same words for its options: `sensors=["radar/NAME@LAT,LON"]`
    lays radars over told positions, `sites=["SAC/SIC@LAT,LON"]` says where recorded radars stand. `.tracks`, `.plots`,
    `.routes` and `.measures` (a row a picture) are DuckDB relations; `.skipped` and `.noted` say what was left out.

    The bundle goes to the folder `out`; where none is named, to one that lasts as long as the result."""
    from egide.recorded import asking, tracked

    files = [recording] if isinstance(recording, str | Path) else list(recording)
    order = asking.order(
        files, noise=noise, sensors=sensors, sites=sites, editions=editions, position_error=position_error,
        range_error=range_error, azimuth_error=azimuth_error, rcs=rcs, cutoff=cutoff, seed=seed,
    )  # fmt: skip
    return tracked.tracked(order, None if out is None else Path(out), force)
