"""False objects: what a ballistic missile leaves behind, and decoys that fly with a raid.

debris   comes apart from its missile at a height, with a velocity of its own fixed by its name; gravity pulls both
         alike, so that they drift apart at that velocity (a tide of a seventh in five minutes is left out)
decoy    flies a raid's path between two of its members
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from egide.compiler.polyline import GEOD, Path
from egide.errors import Problem
from egide.i18n import mark
from egide.rng import name_hash

if TYPE_CHECKING:
    from egide.compiler.movers import Body, Fleet
    from egide.scenario import Scenario

Array = np.ndarray[Any, Any]
GENERAL: Final = "general/ruses"
ASIDE_M: Final = 500.0  # between a decoy and the member it flies with, where the raid has no spacing of its own


def shared_out(ratio: float, k: int) -> int:
    """How many of a mean number the k-th gets: whole numbers whose sum stays within one of the mean's."""
    return math.floor((k + 1) * ratio + 1e-9) - math.floor(k * ratio + 1e-9)


def debris(scenario: Scenario, raid: Any, k: int, body: Body, fleet: Fleet) -> list[Body]:
    """What the k-th missile of a raid leaves behind."""
    fleet.ruses, general, written = True, scenario.catalog[GENERAL], raid.debris
    ratio = general.si("debris_ratio", written.level) if written.ratio is None else written.ratio
    spread_m_s = general.si("debris_spread") if written.spread_m_s is None else written.spread_m_s
    top = int(np.argmax(body.path.height_m))
    if written.above_m > body.path.height_m[top]:
        fleet.problems.append(Problem(
            scenario.name, 0, 0, f"raids.{raid.name}.debris.above",
            mark("the missile rises to {top:.0f} km only, and would come apart at {above:.0f} km"),
            mark("give a height on its way up, or leave it out"),
            {"top": body.path.height_m[top] / 1e3, "above": written.above_m / 1e3}))  # fmt: skip
        return []
    from_s = 0.0
    if written.above_m > body.path.height_m[0]:
        from_s = float(np.interp(written.above_m, body.path.height_m[: top + 1], body.path.time_s[: top + 1]))
    entry, found = scenario.catalog[written.type], []
    for number in range(shared_out(ratio, k)):
        name = f"{body.name}-debris-{number + 1}"
        drift_m_s = np.random.default_rng(int(name_hash(name))).normal(0.0, spread_m_s, 3)
        found.append(replace(
            body, name=name, label_en=f"{body.label_en}, debris {number + 1}",
            label_fr=f"{body.label_fr}, débris {number + 1}", entry=entry, path=drifted(body.path, from_s, drift_m_s),
            start_s=body.start_s + from_s, transponder=(), target=None, release_s=math.inf, misses=False, emits=False,
            jammer=None, silent_s=0.0, silent_share=1.0))  # fmt: skip
    return found


def drifted(path: Path, from_s: float, drift_m_s: Array) -> Path:
    """The rest of a path from a time on, left at a constant velocity (east, north, up) beside it; to the ground."""
    keep = path.time_s > from_s
    after_s = np.concatenate(([0.0], path.time_s[keep] - from_s))
    columns = (path.latitude_deg, path.longitude_deg, path.height_m)
    latitude, longitude, height = (
        np.concatenate(([np.interp(from_s, path.time_s, column)], column[keep])) for column in columns
    )
    east, north, up = drift_m_s
    azimuth = np.full(len(after_s), math.degrees(math.atan2(east, north)))
    longitude, latitude, _ = GEOD.fwd(longitude, latitude, azimuth, math.hypot(east, north) * after_s)
    height = height + up * after_s
    ground_m, top = float(path.height_m[-1]), int(np.argmax(height))
    low = np.flatnonzero(height[top:] < ground_m)
    end = top + int(low[0]) if low.size else len(height)
    height = np.maximum(height, ground_m)
    end = min(max(end + 1, 2), len(height))
    return Path(after_s[:end], np.asarray(latitude)[:end], np.asarray(longitude)[:end], height[:end])


def decoys(scenario: Scenario, raid: Any, members: list[Body]) -> list[Body]:
    """Decoys spread over a raid: between two members in time or aside, as the raid itself is spaced."""
    written, found = raid.decoys, []
    entry = scenario.catalog.with_overrides({written.type: dict(written.overrides)})[written.type]
    for j in range(written.count):
        k = j * len(members) // written.count
        first = -(-k * written.count // len(members))  # the first decoy of this member
        beside = sum(1 for i in range(written.count) if i * len(members) // written.count == k)
        part = (j - first + 1) / (beside + 1)
        body = members[k]
        aside_m = raid.abreast_m * part if raid.abreast_m or raid.spacing_s else ASIDE_M * (j - first + 1)
        name = f"{raid.name}-decoy-{j + 1}"
        found.append(replace(
            body, name=name, label_en=f"{body.label_en}, decoy {j + 1}", label_fr=f"{body.label_fr}, leurre {j + 1}",
            entry=entry, path=aside(body.path, aside_m), start_s=body.start_s + raid.spacing_s * part, target=None,
            release_s=math.inf, jammer=None, silent_s=0.0, silent_share=1.0))  # fmt: skip
    return found


def aside(path: Path, aside_m: float) -> Path:
    """A path flown to the right of another."""
    if aside_m == 0.0:
        return path
    ahead = GEOD.inv(path.longitude_deg[:-1], path.latitude_deg[:-1], path.longitude_deg[1:], path.latitude_deg[1:])[0]
    heading = np.append(ahead, ahead[-1])
    longitude, latitude, _ = GEOD.fwd(
        path.longitude_deg, path.latitude_deg, heading + 90.0, np.full(len(heading), aside_m))  # fmt: skip
    return Path(path.time_s, np.asarray(latitude), np.asarray(longitude), path.height_m)
