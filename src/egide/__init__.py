"""Égide: an open simulator and analysis workbench for integrated air and missile defence.

    import egide as eg

    scenario = eg.load("scenario.yaml")
    alone = eg.run("scenario.yaml", "out/alone", alternative="alone", replications=40)
    shared = eg.run("scenario.yaml", "out/shared", alternative="shared", replications=40)
    print(eg.compare({"shared": shared, "alone": alone}).difference("alone", "leakers"))
    eg.coverage("scenario.yaml", altitude="5km-amsl", rcs="1m2").seen("5km-amsl", "1m2").to_xarray()
    eg.campaign("study.yaml", "out/campaign", workers=2).results.df()
    eg.money("study.yaml").totals(date(2019, 4, 3))
    eg.timeline("study.yaml", "out/timeline").columns("FROM months")
    eg.claims("study.yaml", campaign="out/campaign").cards[0].finding.verdict
    eg.track("flight.json.gz", noise="100 m").tracks.df()
    eg.catalog.load()["radar/91n6e"]

What `__all__` lists is promised. Each name is loaded when it is first asked for, so that `import egide` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from egide import catalog as catalog
    from egide.api import campaign as campaign
    from egide.api import claims as claims
    from egide.api import compare as compare
    from egide.api import coverage as coverage
    from egide.api import exposure as exposure
    from egide.api import load as load
    from egide.api import money as money
    from egide.api import open_bundle as open_bundle
    from egide.api import run as run
    from egide.api import timeline as timeline
    from egide.api import track as track

__version__ = "0.1.0"

_FUNCTIONS = (  # from egide.api
    "claims", "compare", "exposure", "load", "money", "open_bundle", "run", "timeline", "track",
)  # fmt: skip
_MODULES = ("campaign", "catalog", "coverage")  # campaign and coverage may be called: as egide.api has them

__all__ = [
    "__version__",
    "campaign",
    "catalog",
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


def __getattr__(name: str) -> Any:
    if name in _FUNCTIONS:
        return getattr(import_module("egide.api"), name)
    if name in _MODULES:
        return import_module(f"egide.{name}")
    raise AttributeError(f"module 'egide' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
