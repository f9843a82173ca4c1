"""What a bundle keeps of the System beside the events: who is who, where they flew, on which numbers it rests.

objects      one row a mover, radar, battery, network, asset, link, weapon, corridor, site and post; `value` is worth
             for an asset and the number of interceptors at the start for a weapon
routes       the polylines as flown, thinned for maps
assumptions  every catalogue value that the scenario uses
reach        how far each radar sees and each battery reaches at one height, by azimuth
terrain      a coarse raster for the map
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from egide.catalog import LEVELS
from egide.catalog.roles import NOT_READ
from egide.compiler.forces import Order
from egide.compiler.movers import Fleet
from egide.compiler.polyline import GEOD
from egide.ingest import derived
from egide.ingest.dem import Dem
from egide.jit import njit
from egide.physics.air import air_share
from egide.physics.kernels import mask_height_m, pd_swerling

if TYPE_CHECKING:
    from egide.scenario import Scenario

Array = np.ndarray[Any, Any]
Columns = dict[str, Array]
MAP_HEIGHT_M: Final = 5_000.0  # the one height of reach on maps, above sea level
MAP_RCS_M2: Final = 1.0
AZIMUTHS: Final = 72
STEP_M: Final = 4_000.0
MOST_COLUMNS: Final = 400


def _table(rows: list[dict[str, Any]], like: dict[str, Any]) -> Columns:
    """Rows as columns, each of the type of its example."""
    out: Columns = {}
    for name, example in like.items():
        values = [row.get(name, example) for row in rows]
        out[name] = np.array(values, dtype=object if isinstance(example, str) else np.asarray(example).dtype)
    return out


OBJECT: Final[dict[str, Any]] = {
    "kind": "", "row": np.int32(-1), "name": "", "label_en": "", "label_fr": "", "type": "", "class": "",
        "relation": "",
    "network": "", "latitude_deg": math.nan, "longitude_deg": math.nan, "height_m": math.nan, "value": math.nan,
    "unit_cost_usd": math.nan, "notional": False, "collector": "", "sender": "",
}  # fmt: skip


def _label(thing: Any, name: str) -> dict[str, str]:
    label = getattr(thing, "label", None)
    return {"label_en": label.pick("en") if label else name, "label_fr": label.pick("fr") if label else name}


def _at(place: tuple[float, float, float]) -> dict[str, float]:
    return {"latitude_deg": place[0], "longitude_deg": place[1], "height_m": place[2]}


def objects(scenario: Scenario, fleet: Fleet, order: Order, asset_names: list[str], places: dict[str, Any]) -> Columns:
    """One row an object; `row` is the number that the event tables use."""
    rows: list[dict[str, Any]] = []

    def add(kind: str, row: int, name: str, **more: Any) -> None:
        labels = {"label_en": name, "label_fr": name}
        rows.append({"kind": kind, "row": np.int32(row), "name": name, **labels, **more})

    network_names = list(scenario.networks)
    crews: tuple[Any, ...] = (*scenario.sensors, *scenario.airborne, *scenario.batteries, *scenario.patrols)
    units = {unit.name: unit for unit in crews}
    notional = {site.name: site.notional for site in scenario.sites}
    for i, body in enumerate(fleet.bodies):
        cost = body.entry.si("unit_cost") if body.entry.has("unit_cost") else math.nan
        add("mover", i, body.name, label_en=body.label_en, label_fr=body.label_fr, type=body.entry.id,
            **{"class": body.entry.kind}, relation=scenario.sides[body.side].relation, unit_cost_usd=cost,
            latitude_deg=float(body.path.latitude_deg[0]), longitude_deg=float(body.path.longitude_deg[0]),
            height_m=float(body.path.height_m[0]))  # fmt: skip
    for i, name in enumerate(order.radar_names):
        unit = units[name.partition("/")[0]]
        relation = scenario.sides[unit.side].relation
        collector = getattr(unit, "collector", None) or ("" if relation == "friend" else unit.side)
        add("radar", i, name, type=order.radar_types[i], network=unit.network, relation=relation, collector=collector,
            notional=notional.get(getattr(unit, "site", ""), False), **_radar_label(scenario, unit, name,
            order.radar_types[i]), **_at(order.radar_places[i]))  # fmt: skip
    for i, name in enumerate(order.battery_names):
        unit = units[name]
        add("battery", i, name, type=getattr(unit, "system", getattr(unit, "type", "")), network=unit.network,
            relation=scenario.sides[unit.side].relation, value=float(getattr(unit, "value", 0.0)),
            notional=notional.get(getattr(unit, "site", ""), False), **_label(unit, name), **_at(order.places[i]),
            **{"class": "patrol" if not hasattr(unit, "system") else "battery"})  # fmt: skip
    for i, name in enumerate(network_names):
        add("network", i, name, **_label(scenario.networks[name], name))
    worth = {asset.name: asset for asset in scenario.assets}
    for i, name in enumerate(asset_names):
        asset = worth.get(name)
        add("asset", i, name, value=float(asset.value if asset else units[name].value),
            **{"class": asset.kind if asset else "unit"},
            **_label(asset or units[name], name),
            **_at(places[name] if asset else places[units[name].site]))  # fmt: skip
    for i, link in enumerate(scenario.links):
        add("link", i, link.name, network=link.to, sender=link.from_, **_label(link, f"{link.from_} → {link.to}"))
    for i, name in enumerate(order.weapons):
        entry = scenario.catalog[name]
        cost = entry.si("unit_cost") if entry.has("unit_cost") else math.nan
        stock = sum(int(store["left"]) for store in order.stores if store["weapon"] == i)
        add("weapon", i, name, type=name, value=float(stock), unit_cost_usd=cost,
            label_en=entry.label["en"], label_fr=entry.label["fr"])  # fmt: skip
    for i, corridor in enumerate(scenario.corridors):
        add("corridor", i, corridor.name, **{"class": corridor.kind}, **_label(corridor, corridor.name))
    for i, post in enumerate(scenario.chain):
        place = places.get(post.site or "", (math.nan, math.nan, math.nan))
        add("post", i, post.name, type=post.kind, network=post.network or "",
            notional=notional.get(post.site or "", False), **_label(post, post.name), **_at(place))  # fmt: skip
    for i, site in enumerate(scenario.sites):
        add("site", i, site.name, notional=site.notional, **_label(site, site.name), **_at(places[site.name]))
    return _table(rows, OBJECT)


def _radar_label(scenario: Scenario, unit: Any, name: str, reference: str) -> dict[str, str]:
    own = _label(unit, unit.name)
    if "/" not in name:
        return own
    entry = scenario.catalog[reference]
    return {f"label_{lang}": f"{own[f'label_{lang}']} · {entry.label[lang]}" for lang in ("en", "fr")}


def routes(fleet: Fleet, most: int = 60) -> Columns:
    """Where everything flies, at most `most` points a mover, corridors' legs beside them with mover -1 - row."""
    columns: dict[str, list[Array]] = {k: [] for k in ("mover", "time_s", "latitude_deg", "longitude_deg", "height_m")}
    for i, body in enumerate(fleet.bodies):
        path = body.path
        keep = np.unique(np.linspace(0, len(path.time_s) - 1, min(most, len(path.time_s))).round().astype(int))
        columns["mover"].append(np.full(len(keep), i, np.int32))
        columns["time_s"].append(path.time_s[keep] + body.start_s)
        columns["latitude_deg"].append(path.latitude_deg[keep])
        columns["longitude_deg"].append(path.longitude_deg[keep])
        columns["height_m"].append(path.height_m[keep])
    return {name: np.concatenate(parts) if parts else np.zeros(0) for name, parts in columns.items()}


def assumptions(scenario: Scenario, used: set[str], flown: set[str]) -> Columns:
    """Every value that the compiler read of the entries in use, with its range, basis and source. `flown`: missiles
    whose peak speed gave a flyout table."""
    rows = []
    chain = frozenset({"decision_time", "link_latency", "message_loss"}) if scenario.chain else frozenset()
    for name in sorted(used | {"general/command", "general/radar"}):
        entry = scenario.catalog[name]
        for value in entry.values.values():
            read = name == "general/command" and value.name in chain
            read = read or (value.name == "peak_speed" and name in flown)
            if value.name in NOT_READ.get(entry.kind, ()) and not read:
                continue
            row: dict[str, Any] = {
                "entry": name, "parameter": value.name, "unit": value.unit, "basis": value.basis, "grade": value.grade,
                "source": value.source, "disputed": value.disputed, "why": value.why,
            }  # fmt: skip
            for level in LEVELS:
                row[level], row[f"{level}_si"] = value.shown(level), value.si(level)
            rows.append(row)
    like: dict[str, Any] = {
        "entry": "", "parameter": "", "low": "", "nominal": "", "high": "", "low_si": 0.0, "nominal_si": 0.0,
            "high_si": 0.0,
        "unit": "", "basis": "", "grade": "", "source": "", "disputed": False, "why": "",
    }  # fmt: skip
    return _table(rows, like)


@njit
def _range_at(
    mask: Array, air: Array, rows: Array, columns: Array, steps: int, snr_m2: float, range_max_m: float,
    threshold: float, swerling: int,
) -> float:  # fmt: skip
    """How far a target of MAP_RCS_M2 at MAP_HEIGHT_M is seen without a break at steps along one azimuth."""
    reach_m = 0.0
    for i in range(steps):
        distance_m = STEP_M * (i + 1)
        share = air_share(air, range_max_m, distance_m, MAP_HEIGHT_M)
        snr = snr_m2 * MAP_RCS_M2 * math.pow(share / distance_m, 4.0)
        if pd_swerling(snr, threshold, swerling) < 0.5:
            break
        if mask_height_m(mask, rows[i], columns[i]) > MAP_HEIGHT_M:
            break
        reach_m = distance_m
    return reach_m


def _star(place: tuple[float, float, float], dem: Dem, steps: int) -> tuple[Array, Array]:
    """Rows and columns of the places at so many steps along each azimuth from a place."""
    azimuths = np.repeat(np.arange(AZIMUTHS) * (360.0 / AZIMUTHS), steps)
    away_m = np.tile(STEP_M * np.arange(1.0, steps + 1.0), AZIMUTHS)
    lon, lat, _ = GEOD.fwd(np.full(len(away_m), place[1]), np.full(len(away_m), place[0]), azimuths, away_m)
    return dem.row(lat).reshape(AZIMUTHS, steps), dem.column(lon).reshape(AZIMUTHS, steps)


def reach(order: Order, dem: Dem) -> Columns:
    """Detection reach of each fixed radar, and of each battery as far as its missiles and its own radar both go."""
    rows = []
    for i, radar in enumerate(order.radars):
        if radar["mask"] < 0 or radar["collects"]:
            continue
        place, mask, air = order.radar_places[i], order.masks[radar["mask"]], order.airs[radar["air"]]
        battery = order.batteries[radar["battery"]] if radar["battery"] >= 0 else None
        kind = "detection" if radar["search"] else "engagement"
        most_m = float(radar["range_max_m"]) if radar["search"] or battery is None else float(battery["reach_m"])
        name = order.radar_names[i] if radar["search"] else order.battery_names[radar["battery"]]
        steps = len(np.arange(STEP_M, most_m, STEP_M))
        grid = (dem.north_deg, dem.west_deg, dem.step_lat_deg, dem.step_lon_deg)
        key = (place[:2], grid, steps)
        ahead, aside = derived.remembered("stars", key, partial(_star, place, dem, steps), most=256)
        for k, azimuth in enumerate(np.arange(AZIMUTHS) * (360.0 / AZIMUTHS)):
            off = abs((azimuth - math.degrees(float(radar["azimuth_rad"])) + 180.0) % 360.0 - 180.0)
            inside = off <= math.degrees(float(radar["half_sector_rad"])) + 1e-9
            seen_m = _range_at(
                mask, air, ahead[k], aside[k], steps, float(radar["snr_m2"]), float(radar["range_max_m"]),
                float(radar["threshold"]), int(radar["swerling"])) if inside else 0.0  # fmt: skip
            rows.append({
                "kind": kind, "object": name, "altitude_m": MAP_HEIGHT_M, "rcs_m2": MAP_RCS_M2,
                "azimuth_deg": float(azimuth), "range_m": seen_m})  # fmt: skip
    return _table(
        rows, {"kind": "", "object": "", "altitude_m": 0.0, "rcs_m2": 0.0, "azimuth_deg": 0.0, "range_m": 0.0}
    )


def terrain(dem: Dem) -> tuple[Columns, dict[str, float]]:
    """A raster of at most MOST_COLUMNS columns, one row a cell, and its place."""
    stride = max(1, math.ceil(dem.height_m.shape[1] / MOST_COLUMNS))
    cut = np.asarray(dem.height_m[::stride, ::stride], np.int16)
    row, column = np.indices(cut.shape)
    meta: dict[str, float] = {
        "rows": cut.shape[0], "columns": cut.shape[1], "north": dem.north_deg, "west": dem.west_deg,
        "step_lat": dem.step_lat_deg * stride, "step_lon": dem.step_lon_deg * stride,
    }  # fmt: skip
    columns: Columns = {
        "row": row.ravel().astype(np.int32),
        "column": column.ravel().astype(np.int32),
        "height_m": cut.ravel(),
    }
    return columns, meta
