"""What holds for the whole run: phases, evidence, tracking, the frame of the area.

frame   a plane through the area's centre (for gating) and metres a raster row and column (for corridors)
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from egide.compiler.sensors import rules_of
from egide.compiler.system import ASSET, CORRIDOR, PHASE, RULES, ZONE
from egide.events import ABSENT, CLASSES, EVIDENCE, RELATIONS, WEAPON_CONTROL
from egide.ingest.dem import Dem
from egide.physics.kernels import ecef_from_geodetic, enu_basis
from egide.rng import name_hash

if TYPE_CHECKING:
    from egide.scenario import Scenario

Array = np.ndarray[Any, Any]
DEGREE_M: Final = 111_195.0
SQUAWK_ROWS: Final = ("squawk-as-filed", "squawk-emergency", "squawk-hijack")  # with squawk-other: all there are


def likelihoods(scenario: Scenario) -> Array:
    """(evidence, 3) P(evidence | friend, neutral, hostile), a row for each bit of events.EVIDENCE. Evidence that the
    scenario leaves out weighs nothing, but for replies, which follow from the catalogue's failure rates. The row
    `interrogator-out` is the probability that nobody could have answered: what two missing replies have in common."""
    table = np.ones((len(EVIDENCE), 3))
    written: dict[str, Array] = {
        name: np.array([odds.friend, odds.neutral, odds.hostile])
        for name, odds in scenario.identification.likelihoods.items()
    }
    for name, row in _replies(scenario).items():
        written.setdefault(name, row)
    for name, row in written.items():
        table[EVIDENCE.index(name)] = row
        if name in ABSENT:
            table[EVIDENCE.index(f"no-{name}")] = 1.0 - row
    for name in ("military", "national", "civil"):
        table[EVIDENCE.index(f"no-{name}-reply")] = 1.0 - written[f"{name}-reply"]
    codes = [written[name] for name in SQUAWK_ROWS if name in written]
    if codes:
        others = np.maximum(1.0 - np.sum(codes, axis=0), 0.0)
        table[EVIDENCE.index("squawk-other")] = others
        if SQUAWK_ROWS[0] not in written:  # nobody knows how often it is the right one: any code but an emergency's
            table[EVIDENCE.index(SQUAWK_ROWS[0])] = others
    table[EVIDENCE.index("interrogator-out")] = scenario.catalog["general/command"].si("interrogator_failure")
    return table


def evidence_columns(scenario: Scenario) -> dict[str, Array]:
    """The likelihoods as a table of the bundle; told identities, which are no row of the engine's, at the end."""
    table, trust = likelihoods(scenario), scenario.identification.told_trust
    told = np.where(np.eye(3, dtype=bool), trust, 0.5 * (1.0 - trust))
    rows = np.vstack([table, told])
    names = np.array([*EVIDENCE, *(f"told-{name}" for name in RELATIONS)], object)
    return {"evidence": names, **{name: rows[:, k].copy() for k, name in enumerate(RELATIONS)}}


def _replies(scenario: Scenario) -> dict[str, Array]:
    """P(reply | class) for both modes: equipment that fails, and the few who answer without being what they say."""
    general = scenario.catalog["general/command"]
    asked = 1.0 - general.si("interrogator_failure")
    false = general.si("false_military_reply")
    friend = asked * (1.0 - general.si("transponder_failure"))
    neutral = asked * (1.0 - general.si("civil_no_reply"))
    return {
        "military-reply": np.array([friend, false, false]),
        "national-reply": np.array([friend * general.si("friend_national_reply"), false, false]),
        "civil-reply": np.array([general.si("friend_civil_reply"), neutral, general.si("hostile_civil_reply")]),
    }


def phases(scenario: Scenario) -> Array:
    """Phases in time order, each with its priors (equal where none are written)."""
    rows = np.zeros(len(scenario.phases), dtype=PHASE)
    for row, phase in zip(rows, scenario.phases, strict=True):
        odds = scenario.identification.priors.get(phase.name)
        row["from_s"] = phase.from_s
        row["prior"] = (odds.friend, odds.neutral, odds.hostile) if odds else (1 / 3, 1 / 3, 1 / 3)
        row["weapon_control"] = WEAPON_CONTROL.index(phase.weapon_control)
    return rows


def corridors(scenario: Scenario, dem: Dem) -> Array:
    """Straight legs of airways and lanes, on the raster."""
    legs = []
    for corridor in scenario.corridors:
        for a, b in itertools.pairwise(corridor.path):
            row = np.zeros(1, dtype=CORRIDOR)[0]
            row["row0"], row["col0"] = dem.row(a[0]), dem.column(a[1])
            row["row1"], row["col1"] = dem.row(b[0]), dem.column(b[1])
            row["half_width_m"], row["floor_m"], row["ceiling_m"] = (
                corridor.width_m / 2.0, corridor.floor_m, corridor.ceiling_m)  # fmt: skip
            row["lane"] = int(corridor.kind == "lane")
            legs.append(row)
    table = np.zeros(len(legs), dtype=CORRIDOR)
    for i, row in enumerate(legs):
        table[i] = row
    return table


def zones(scenario: Scenario, dem: Dem) -> tuple[Array, Array]:
    """Zones in the order of the scenario, and the corners of all of them on the raster."""
    rows = np.zeros(len(scenario.zones), dtype=ZONE)
    names, corners = [phase.name for phase in scenario.phases], [np.zeros((0, 2))]
    first = 0
    for row, zone in zip(rows, scenario.zones, strict=True):
        corners.append(np.array([[float(dem.row(lat)), float(dem.column(lon))] for lat, lon in zone.area]))
        row["first"], row["last"] = first, first + len(zone.area)
        first += len(zone.area)
        row["floor_m"], row["ceiling_m"], row["priority"] = zone.floor_m, zone.ceiling_m, zone.priority
        row["weapon_control"] = WEAPON_CONTROL.index(zone.status)
        row["classes"] = sum(1 << CLASSES.index(name) for name in zone.classes)
        row["phases"] = sum(1 << names.index(name) for name in zone.phases) if zone.phases else (1 << len(names)) - 1
    return rows, np.vstack(corners)


def origin(scenario: Scenario, dem: Dem) -> Array:
    """(n, 2) raster rows and columns of the polygon of hostile origin; (0, 2) without one."""
    written = scenario.identification.origin
    if written is None:
        return np.zeros((0, 2))
    return np.array([[float(dem.row(lat)), float(dem.column(lon))] for lat, lon in written.area])


def assets(
    scenario: Scenario, places: dict[str, tuple[float, float, float]], batteries: list[str], radars: list[str]
) -> Array:
    """What can be hit: assets, then batteries that have a value of their own."""
    rows = np.zeros(len(asset_names(scenario)), dtype=ASSET)
    sited = {battery.name: battery.site for battery in scenario.batteries}
    worth = {asset.name: asset for asset in scenario.assets}
    posts = [post.name for post in scenario.chain]
    for row, name in zip(rows, asset_names(scenario), strict=True):
        asset = worth.get(name)
        place = places[name] if asset is not None else places[sited[name]]
        unit = asset.unit if asset is not None else name
        row["pos_m"] = ecef_from_geodetic(math.radians(place[0]), math.radians(place[1]), place[2])
        value = asset.value if asset is not None else next(b.value for b in scenario.batteries if b.name == name)
        row["value"], row["left"], row["id"] = value, value, name_hash(name)
        row["battery"] = batteries.index(unit) if unit in batteries else -1
        row["radar"] = radars.index(unit) if unit in radars else -1
        row["post"] = posts.index(unit) if unit in posts else -1
    return rows


def asset_names(scenario: Scenario) -> list[str]:
    """Names in the order of the asset table."""
    return [a.name for a in scenario.assets] + [b.name for b in scenario.batteries if b.value > 0.0]


def rules(scenario: Scenario, dem: Dem) -> Array:
    """(1,) the rules row."""
    table = np.zeros(1, dtype=RULES)
    row = table[0]
    tracking, ident, general = scenario.tracking, scenario.identification, scenario.catalog["general/command"]
    keeping = rules_of(scenario)
    row["end_s"], row["gate"], row["drop_s"] = scenario.duration_s, keeping.gate, keeping.drop_s
    row["confirm_hits"], row["confirm_scans"] = keeping.confirm_hits, keeping.confirm_scans
    row["models"] = 3 if keeping.filter == "imm" else 1
    fast_noise = tracking.process_noise_m2_s3
    row["process_noise"] = keeping.cv_noise_m2_s3 if fast_noise is None else fast_noise
    row["coast_s"] = tracking.coast_s if tracking.coast_s is not None else keeping.drop_s
    row["ballistic_above_m"], row["ballistic_speed_m_s"] = keeping.ballistic_above_m, keeping.ballistic_speed_m_s
    row["fast"], row["track_log_s"] = int(tracking.mode == "fast"), scenario.detail.track_interval_s
    row["correlation_m"], row["error_half_m"] = tracking.correlation_m, tracking.error_half_m
    row["review_s"], row["told_trust"] = ident.review_s, ident.told_trust
    for name in ("hostile", "suspect", "friend", "assumed_friend", "neutral"):
        row[name] = getattr(ident.thresholds, name)
    kinematics = ident.kinematics
    row["low_m"], row["fast_m_s"] = -math.inf, math.inf
    if kinematics is not None and kinematics.low_fast is not None:
        row["low_m"], row["fast_m_s"] = kinematics.low_fast.below_m, kinematics.low_fast.above_speed_m_s
    row["transponder_failure"], row["civil_failure"] = general.si("transponder_failure"), general.si("civil_no_reply")
    row["interrogator_failure"], row["wrong_code"] = general.si("interrogator_failure"), general.si("civil_wrong_code")
    if ident.formation is not None:
        row["formation"], row["formation_m"] = 1, ident.formation.within_m
        row["formation_speed_m_s"] = ident.formation.speed_difference_m_s
        row["formation_cos"] = math.cos(ident.formation.heading_difference_rad)
    fight = scenario.engagement
    row["edge_loss"], row["edge_from"] = fight.edge_loss, fight.edge_from
    row["manoeuvre_half_m_s2"] = math.inf if fight.manoeuvre_half_m_s2 is None else fight.manoeuvre_half_m_s2
    _frame(row, scenario, dem)
    return table


def _frame(row: Any, scenario: Scenario, dem: Dem) -> None:
    area = scenario.area
    lat, lon = math.radians((area.south + area.north) / 2.0), math.radians((area.west + area.east) / 2.0)
    row["centre_m"] = ecef_from_geodetic(lat, lon, 0.0)
    basis = enu_basis(lat, lon)
    row["east"], row["north"] = basis[0:3], basis[3:6]
    row["half_east_m"] = math.radians(area.east - area.west) / 2.0 * 6.4e6 * math.cos(math.radians(area.south)) + 60e3
    row["half_north_m"] = math.radians(area.north - area.south) / 2.0 * 6.4e6 + 60e3
    row["metres_per_row"] = DEGREE_M * dem.step_lat_deg
    row["metres_per_col"] = DEGREE_M * dem.step_lon_deg * math.cos(lat)
    row["dem_max_m"] = dem.max_m
