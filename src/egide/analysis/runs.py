"""From a statistic of a campaign back to its runs: which point and replication, and the command that runs it again.

worst    by the measure's own direction: most leakers, fewest kills. It picks chance and ignorance within one written
         raid; how an attack is laid out is never varied.
command  `egide run` of the study with the point, the alternative and the replication; the result is the same run
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, final

from egide.analysis.measures import BY_NAME, HEADLINE
from egide.errors import store_error
from egide.i18n import mark
from egide.store.campaign import Campaign

__all__ = ["Failure", "Run", "failures", "label", "means", "ranked"]

_MOST: Final = 1000


@final
@dataclass(frozen=True)
class Run:
    """One replication of a campaign, found by a measure."""

    measure: str
    value: float
    alternative: str
    mode: str
    point: int
    replication: int
    command: str

    def label(self, lang: str) -> str:
        return BY_NAME[self.measure].label(lang)

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return dict(vars(self))


@final
@dataclass(frozen=True)
class Failure:
    """Replications that could not be run."""

    alternative: str
    mode: str
    point: int
    first: int
    last: int
    cause: str
    command: str

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return dict(vars(self))


def ranked(
    campaign: Campaign, measure: str, kind: str = "worst", alternative: str | None = None, count: int = 5
) -> list[Run]:
    """The runs in which a measure is worst, best or in the middle; ties in the order of the table.

    Raises StoreError for a measure or an alternative that is not there.
    """
    _known(campaign, measure, BY_NAME, mark("there is no measure {name}"))
    if alternative is not None:
        _known(campaign, alternative, campaign.manifest["alternatives"], mark("there is no alternative {name}"))
    down = (BY_NAME[measure].better == "lower") == (kind == "worst")
    where = f'"{measure}" IS NOT NULL' + (f" AND alternative = '{alternative}'" if alternative else "")
    ordering = f'"{measure}" {"DESC" if down else "ASC"}, point, alternative, mode, replication'
    count = max(1, min(int(count), _MOST))
    first = 0
    if kind == "median":
        ((rows,),) = campaign.sql(f"SELECT count(*) FROM results WHERE {where}").fetchall()  # noqa: S608
        first = max(0, (int(rows) - count) // 2)
    found = campaign.sql(
        f'SELECT "{measure}", alternative, mode, point, replication FROM results WHERE {where} '  # noqa: S608
        f"ORDER BY {ordering} LIMIT {count} OFFSET {first}"
    ).fetchall()
    return [
        Run(measure, float(value), name, mode, point, number, replay(campaign, name, mode, point, number))
        for value, name, mode, point, number in found
    ]


def replay(campaign: Campaign, alternative: str, mode: str, point: int, replication: int) -> str:
    """The command that runs one replication again, with all its detail."""
    study = campaign.manifest["study"].get("path") or str(campaign.folder / "study.yaml")
    words = [
        "egide",
        "run",
        study,
        "--alternative",
        alternative,
        "--point",
        str(point),
        "--replication",
        str(replication),
    ]
    words += ["--fast"] if mode == "fast" else []
    return shlex.join([*words, "-o", f"out/{alternative}-{point}-{replication}"])


def failures(campaign: Campaign) -> list[Failure]:
    """What could not be run, each with the command that tries its first replication again."""
    rows = campaign.sql(
        "SELECT alternative, mode, point, first, last, cause FROM failures ORDER BY point, alternative, mode, first"
    ).fetchall()
    return [
        Failure(name, mode, point, first, last, cause, replay(campaign, name, mode, point, first))
        for name, mode, point, first, last, cause in rows
    ]


def means(campaign: Campaign) -> dict[str, list[float]]:
    """Mean of each measure that the study tells, over everything that was run, alternative by alternative."""
    names = [name for name in campaign.manifest["measures_told"] or HEADLINE if name in BY_NAME]
    columns = ", ".join(f'avg("{name}") FILTER (mode = wanted)' for name in names)
    rows = {
        row[0]: row[1:]
        for row in campaign.sql(
            f"SELECT alternative, {columns} FROM (SELECT *, min(mode) OVER (PARTITION BY alternative) AS wanted "  # noqa: S608
            "FROM results) GROUP BY alternative"
        ).fetchall()
    }
    nothing = (None,) * len(names)
    return {
        name: [
            float("nan") if (value := rows.get(each, nothing)[at]) is None else float(value)
            for each in campaign.alternatives
        ]
        for at, name in enumerate(names)
    }


def label(about: Mapping[str, Any], name: str, lang: str) -> str:
    """An alternative in words, its name where it has none."""
    words = about.get("label") or {}
    return str(words.get(lang) or words.get("en") or name)


def _known(campaign: Campaign, name: str, known: Mapping[str, Any], wrong: str) -> None:
    if name in known:
        return
    close = get_close_matches(name, known, n=1)
    right = mark("did you mean {close}?") if close else mark("it has {known}")
    raise store_error(str(campaign.folder), wrong, right, name=name, close=(close or [""])[0], known=", ".join(known))
