"""What a system's own network holds of friendly aircraft, and what of it came through the network alone.

system    the batteries of one catalogue entry (the S-400's where nothing else is said); their network is the one that
          may tell others, whoever else reads it
sharing   who tells that network what: nothing, identities by voice, tracks; whether it tells others; who orders
held      a firm track in its picture, of its own radars or told
declared  it called the track friend, neutral or hostile at some time, and did not leave it pending or unknown
told      held at some time, and never by a firm track of its own radars: learned through the network alone
flight    one friendly aircraft in one replication

A picture holds places, speeds and identities: nothing here says what emissions, data links, or people would tell.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, final

import numpy as np
import yaml
from numpy.typing import NDArray

from egide.analysis import exposure as ledger
from egide.errors import store_error
from egide.i18n import mark
from egide.store import Bundle

__all__ = ["RULES", "SYSTEM", "Held", "Learned", "Sharing", "of", "read", "rule_of"]

SYSTEM: Final = "system/s-400"
NOT_IN_THE_PICTURE: Final = mark(
    "What a picture holds are places, speeds and identities: it says nothing of emissions and data links, maintenance "
    "and logistics data, foreign personnel, tactics."
)
RULES: Final = {  # what the network is told and tells, in the order of how much it is told
    "alone": mark("nothing told, nothing heard"),
    "voice": mark("identities by voice, no tracks"),
    "sends": mark("sends its tracks, hears none"),
    "receives": mark("receives tracks, sends none"),
    "both": mark("tracks both ways"),
    "centre": mark("tracks both ways, orders from a centre"),
}


@final
@dataclass(frozen=True)
class Held:
    """What the network held of a kind of friendly aircraft. Shares are of the flights held; NaN where there is none."""

    aircraft: str  # catalogue entry; empty: all
    flights: float  # a replication
    held: float  # of them, a replication
    seconds: float  # median time held, of those held
    of_flight: float  # median share of its time in the air that one was held
    declared: float
    rightly: float  # at some time declared what it is
    told: float  # number a replication
    told_time: float  # share of all time held that rests on the network alone
    span: tuple[float, float] = (math.nan, math.nan)  # least and most held in any replication

    @property
    def share(self) -> float:
        """Of the flights."""
        return self.held / self.flights if self.flights else math.nan


@final
@dataclass(frozen=True)
class Sharing:
    """One alternative: how it shares, and what its network then holds."""

    name: str
    label: Mapping[str, str]
    rule: str  # a key of RULES
    networks: tuple[str, ...]  # of the system's batteries
    told_by: tuple[str, ...]  # networks that tell it tracks
    held: tuple[Held, ...]  # all first, then by type
    looks: float  # of the system's search radars at protected aircraft, a sortie
    samples: float  # independent ones among them

    @property
    def all(self) -> Held:
        return self.held[0]


@final
@dataclass(frozen=True)
class Learned:
    """Every alternative of a comparison that has the system. Empty where none has."""

    rows: tuple[Sharing, ...]
    system: str
    replications: int
    seed: int
    notes: tuple[str, ...] = (NOT_IN_THE_PICTURE,)

    def row(self, name: str) -> Sharing:
        """One alternative by its name."""
        for each in self.rows:
            if each.name == name:
                return each
        raise KeyError(name)

    def document(self) -> dict[str, Any]:
        """As plain data for JSON; what is not known is null."""
        plain: dict[str, Any] = _plain({"kind": "learned", "system": self.system, "notes": list(self.notes),
                                        "rows": [asdict(row) for row in self.rows]})  # fmt: skip
        return plain


def read(folder: Path, system: str = SYSTEM, bundles: Mapping[str, Bundle] | None = None) -> Learned:
    """From the folder of a comparison, or one run; `bundles` are its runs where they are open already."""
    bundles = bundles or ledger.runs([folder])
    if not bundles:
        raise store_error(str(folder), mark("has no runs"), mark("give the folder that `egide compare` wrote"))
    rows = [each for name, bundle in bundles.items() if (each := of(bundle, name, system)) is not None]
    first = next(iter(bundles.values()))
    return Learned(tuple(rows), system, len(first.replications), int(first.manifest["seed"]))


def of(bundle: Bundle, name: str = "", system: str = SYSTEM) -> Sharing | None:
    """One run; None where it has no such system, or the system stands in store."""
    objects = bundle.columns("objects")
    document = yaml.load(bundle.scenario_text, Loader=yaml.CSafeLoader)
    units = [unit for unit in document.get("batteries") or [] if unit.get("system") == system]
    units = [unit for unit in units if unit.get("available", 1.0) != 0]
    if not units:
        return None
    networks = tuple(dict.fromkeys(str(unit["network"]) for unit in units))
    rows = _rows(objects, "network", np.isin(objects["name"], networks))
    known = bundle.columns("knowledge")
    friends = (objects["kind"] == "mover") & (objects["relation"] == "friend")
    types = dict(zip(objects["row"][friends].tolist(), objects["type"][friends].tolist(), strict=True))
    chosen = np.isin(known["network"], rows) & np.isin(known["mover"], list(types))
    mine = {column: values[chosen] for column, values in known.items()}
    mine["type"] = np.array([types[row] for row in mine["mover"].tolist()], object)
    runs = max(len(bundle.replications), 1)
    number = {kind: sum(each == kind for each in types.values()) for kind in dict.fromkeys(types.values())}
    held = [_held("", mine, np.ones(len(mine["mover"]), bool), len(types), runs)]
    held += [_held(kind, mine, mine["type"] == kind, count, runs) for kind, count in sorted(number.items())]
    looks, samples = _collected(bundle, objects, networks, runs)
    label = bundle.manifest["scenario"].get("label") or {"en": name}
    told_by = tuple(dict.fromkeys(str(link["from"]) for link in _links(document, networks) if _tracks(link)))
    return Sharing(name, dict(label), rule_of(document, networks), networks, told_by, tuple(held), looks, samples)


# --- how it shares -------------------------------------------------------------------------------------------------


def rule_of(document: Mapping[str, Any], networks: Sequence[str]) -> str:
    """The sharing rule of a resolved scenario, from its links and posts."""
    into = _links(document, networks)
    out = [link for link in document.get("links") or [] if link["from"] in networks and link["to"] not in networks]
    hears, sends = any(map(_tracks, into)), any(map(_tracks, out))
    if hears and sends:
        return "centre" if _ordered(document, networks) else "both"
    if hears or sends:
        return "receives" if hears else "sends"
    return "voice" if into else "alone"


def _links(document: Mapping[str, Any], networks: Sequence[str]) -> list[Mapping[str, Any]]:
    links = document.get("links") or []
    return [link for link in links if link["to"] in networks and link["from"] not in networks]


def _tracks(link: Mapping[str, Any]) -> bool:
    return "tracks" in (link.get("carries") or [])


def _ordered(document: Mapping[str, Any], networks: Sequence[str]) -> bool:
    """Does a post outside its network stand above one of its batteries?"""
    posts = {post["name"]: post for post in document.get("chain") or []}
    mine = {unit["name"] for unit in document.get("batteries") or [] if unit.get("network") in networks}
    for post in posts.values():
        above = posts.get(str(post.get("superior")))
        if mine & set(post.get("commands") or []) and above is not None and above.get("network") not in networks:
            return True
    return False


# --- what it holds -------------------------------------------------------------------------------------------------


def _rows(objects: Mapping[str, NDArray[Any]], kind: str, which: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(objects["row"][(objects["kind"] == kind) & which])


def _held(aircraft: str, rows: Mapping[str, NDArray[Any]], chosen: NDArray[Any], count: int, runs: int) -> Held:
    """One line. Several networks of the system: what each holds counts, the longer time of the two."""
    best: dict[tuple[int, int], NDArray[Any]] = {}
    names = ("flown_s", "tracked_s", "own_s", "right_s", "wrong_s")
    for i in np.flatnonzero(chosen):
        key = int(rows["replication"][i]), int(rows["mover"][i])
        now = np.array([float(rows[name][i]) for name in names])
        best[key] = np.maximum(best.get(key, now), now)
    flown, tracked, own, right, wrong = np.array([*best.values()] or np.empty((0, len(names)))).T
    on = tracked > 0.0
    number: dict[int, int] = {}
    for (replication, _), firm in zip(best, on, strict=True):
        number[replication] = number.get(replication, 0) + int(firm)
    counts = [*number.values(), *([0] if len(number) < runs else [])]
    some = bool(on.any())
    return Held(
        aircraft, float(count), float(on.sum()) / runs,
        float(np.median(tracked[on])) if some else math.nan,
        float(np.median(tracked[on] / flown[on])) if some else math.nan,
        float(np.mean((right + wrong)[on] > 0.0)) if some else math.nan,
        float(np.mean(right[on] > 0.0)) if some else math.nan,
        float((on & (own <= 0.0)).sum()) / runs,
        float(1.0 - np.sum(own[on]) / np.sum(tracked[on])) if some else math.nan,
        (float(min(counts)), float(max(counts))),
    )  # fmt: skip


def _collected(
    bundle: Bundle, objects: Mapping[str, NDArray[Any]], networks: Sequence[str], runs: int
) -> tuple[float, float]:
    """Looks and independent samples of the system's radars on protected aircraft, a sortie: whatever it is told."""
    radars = _rows(objects, "radar", np.isin(objects["network"], networks))
    aspects = bundle.columns("aspects")
    sorties = runs * len(set(aspects["mover"].tolist()))
    mine = np.isin(aspects["radar"], radars)
    if not sorties:
        return 0.0, 0.0
    return float(aspects["looks"][mine].sum()) / sorties, float(aspects["samples"][mine].sum()) / sorties


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
