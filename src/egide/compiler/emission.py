"""When radars transmit: windows of silence, written or from who flies near, and rules that look at the picture.

rule      cued, ambush, shutdown, silence without missiles: fields of the RADAR and BATTERY rows (`engine.emit`)
silence   a window in which the radars of a unit do not transmit; the unit itself stays up
near      over the ground, from the unit's site to where a flight is: flights are written, so it is known beforehand
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from egide.compiler.forces import Order
from egide.compiler.movers import Fleet
from egide.compiler.polyline import GEOD
from egide.compiler.system import W_RADAR

if TYPE_CHECKING:
    from egide.scenario import Scenario
    from egide.scenario.forces import Silence

STEP_S: Final = 5.0  # between two looks at where a flight is: a kilometre or so
Window = tuple[float, float]


def silences(scenario: Scenario, order: Order, fleet: Fleet) -> None:
    """Switch the radars of every unit off and on again as its emission rule says."""
    units: tuple[Any, ...] = (*scenario.sensors, *scenario.batteries)
    rules = {unit.name: unit.emission for unit in units if unit.emission is not None and unit.emission.has_silence}
    for i, name in enumerate(order.radar_names):
        rule = rules.get(name.partition("/")[0])
        if rule is None:
            continue
        windows = list(rule.quiet_s)
        if rule.silent_within is not None:
            windows += near(rule.silent_within, order.radar_places[i], fleet)
        for begin_s, end_s in joined(windows):
            if begin_s <= 0.0:
                order.radars[i]["up_now"] = 0
            else:
                order.windows.append((begin_s, W_RADAR, i, 0))
            order.windows.append((end_s, W_RADAR, i, 1))


def rules(scenario: Scenario, order: Order) -> None:
    """Fill the rules that look at the picture. A radar that waits for a reason to transmit begins silent. Comes after
    everything that says when a radar is planned to be up."""
    batteries = {battery.name: battery for battery in scenario.batteries}
    for row, name in zip(order.batteries, order.battery_names, strict=True):
        suppression = batteries[name].suppression if name in batteries else None
        if suppression is not None:
            row["suppressed_s"] = suppression.attacked_s or 0.0
            row["dry_silent"] = int(suppression.dry == "silent")
    units: tuple[Any, ...] = (*scenario.sensors, *scenario.batteries)
    written = {unit.name: unit.emission for unit in units if unit.emission is not None}
    for row, name in zip(order.radars, order.radar_names, strict=True):
        row["planned"], row["wanted_s"], row["threat_s"] = row["up_now"], -np.inf, -np.inf
        rule = written.get(name.partition("/")[0])
        if rule is None or not rule.has_rule:
            continue
        if rule.cued is not None:
            row["cue_m"], row["linger_s"] = rule.cued.within_m, rule.cued.linger_s
        if rule.ambush is not None and not row["search"]:
            row["ambush_m"] = rule.ambush.within_m
            row["linger_s"] = max(row["linger_s"], rule.ambush.linger_s)
        if rule.shutdown is not None:
            row["shutdown_m"], row["resume_s"] = rule.shutdown.within_m, rule.shutdown.resume_s
            row["shutdown_m_s"] = rule.shutdown.faster_than_m_s
        if row["cue_m"] > 0.0 or row["ambush_m"] > 0.0:
            row["hushed"], row["up_now"] = 1, 0


def near(rule: Silence, place: tuple[float, float, float], fleet: Fleet) -> list[Window]:
    """When one of the flights is within the distance, to STEP_S and on the side of silence."""
    found: list[Window] = []
    for body in fleet.bodies:
        if body.group not in rule.flights:
            continue
        path = body.path
        at_s = np.append(np.arange(0.0, path.length_s, STEP_S), path.length_s)
        latitude = np.interp(at_s, path.time_s, path.latitude_deg)
        longitude = np.interp(at_s, path.time_s, path.longitude_deg)
        apart_m = GEOD.inv(np.full(len(at_s), place[1]), np.full(len(at_s), place[0]), longitude, latitude)[2]
        close_s = body.start_s + at_s[np.asarray(apart_m) <= rule.within_m]
        found.extend((float(at) - STEP_S, float(at) + STEP_S) for at in close_s)
    return found


def joined(windows: list[Window]) -> list[Window]:
    """The same time in windows that neither touch nor overlap."""
    out: list[Window] = []
    for begin_s, end_s in sorted(windows):
        if out and begin_s <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end_s))
        else:
            out.append((begin_s, end_s))
    return out
