"""How a radar measures: what it draws, tells apart, hears and takes for plots, in the RADAR table.

random       error drawn anew for every plot; the catalogue's errors are its standard deviations
bias         error of one radar in one replication: drawn once, by its name; the table holds its spread over radars
correlated   part of the random error that lasts from scan to scan
cell         what two objects must share to become one plot
noise        false plots of noise: even over the cover; written, or false alarm probability times cells
clutter      false plots of the ground: over land in sight, by density

A radar that says nothing of these takes general/radar. Equations: docs/models/sensing.md.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from egide.constants import EARTH_RADIUS_M
from egide.errors import Problem, ScenarioError
from egide.events import SENSOR_KINDS
from egide.i18n import mark
from egide.ingest.dem import Dem

if TYPE_CHECKING:
    from egide.catalog import Entry

Array = np.ndarray[Any, Any]
ALLIANCE, CIVIL = 1, 2  # bits of what an interrogator asks
FORGOTTEN: Final = 1e-3  # a correlation below it counts as none
PER_M2: Final = 1e-9  # densities are written for 1 000 km2
DEGREE_M: Final = math.radians(1.0) * EARTH_RADIUS_M


def measures(row: Any, entry: Entry, general: Entry, modes: tuple[str, ...]) -> None:
    """Fill a radar's row with all that its plots depend on. `modes`: what its network's interrogators carry."""
    kind = kind_of(entry)
    row["kind"] = SENSOR_KINDS.index(kind)
    row["sector_rad"] = 2.0 * row["half_sector_rad"]
    span_rad = entry.si("max_elevation") - entry.si("min_elevation")
    row["span_rad"] = min(general.si("false_span"), span_rad)
    row["rate_span_m_s"] = general.si("false_rates")
    row["rate_error_m_s"] = _own(entry, general, "rate_error")
    row["assumed_height_m"] = general.si("assumed_height")
    row["assumed_height_sd_m"] = general.si("assumed_height_error")
    _biases(row, entry, general)
    _correlation(row, entry, general)
    _cells(row, entry, general)
    _replies(row, entry, general, modes)
    row["false_plots"] = entry.si("false_plots") if entry.has("false_plots") else alarms(row, entry, span_rad)
    row["clutter_m2"] = _own(entry, general, "clutter_density") * PER_M2
    row["clutter_height_m"] = general.si("clutter_height")
    if kind in ("direction", "bearing"):
        row["hear_m2"], row["snr_m2"], row["rate_error_m_s"] = row["snr_m2"], 0.0, 0.0
        row["range_cell_m"], row["clutter_m2"] = 0.0, 0.0


def kind_of(entry: Entry) -> str:
    """One of SENSOR_KINDS. Raises ScenarioError for an active radar without a cross section of reference."""
    kind = entry.facts.get("passive") or ("3d" if entry.facts["three_d"] else "2d")
    if kind not in ("direction", "bearing") and not entry.has("reference_rcs"):
        wrong, right = mark("{entry} has no reference_rcs"), mark("only a sensor that is passive has none")
        raise ScenarioError([Problem("catalog", 0, 0, entry.id, wrong, right, {"entry": entry.id})])
    return str(kind)


def _own(entry: Entry, general: Entry, name: str) -> float:
    return entry.si(name) if entry.has(name) else general.si(name)


def _biases(row: Any, entry: Entry, general: Entry) -> None:
    """Spread of the biases: written, or a share of the random error."""
    for name, unit in (("range", "m"), ("azimuth", "rad"), ("elevation", "rad")):
        share = general.si("bias_share") * entry.si(f"{name}_error")
        row[f"{name}_bias_sd_{unit}"] = entry.si(f"{name}_bias") if entry.has(f"{name}_bias") else share


def _correlation(row: Any, entry: Entry, general: Entry) -> None:
    """Correlation from one scan to the next, and after how many (a power of two) nothing is left of it."""
    row["correlated_share"] = _own(entry, general, "correlated_share")
    time_s = _own(entry, general, "correlation_time")
    row["correlation"] = math.exp(-row["revisit_s"] / time_s) if time_s > 0.0 else 0.0
    scans = 1
    while row["correlation"] ** scans > FORGOTTEN:
        scans *= 2
    row["correlation_scans"] = scans


def _cells(row: Any, entry: Entry, general: Entry) -> None:
    """Sizes of a resolution cell: written, or so many random errors."""
    for name, unit, times in (
        ("range", "m", "range_cell_errors"),
        ("azimuth", "rad", "angle_cell_errors"),
        ("elevation", "rad", "angle_cell_errors"),
    ):
        errors = general.si(times) * entry.si(f"{name}_error")
        row[f"{name}_cell_{unit}"] = entry.si(f"{name}_cell") if entry.has(f"{name}_cell") else errors


def alarms(row: Any, entry: Entry, span_rad: float) -> float:
    """Mean number of noise alarms a scan: false alarm probability times cells of range, azimuth and elevation."""
    cells = (row["range_max_m"] - row["range_min_m"]) / row["range_cell_m"] if row["range_cell_m"] > 0.0 else 1.0
    cells *= max(row["sector_rad"] / row["azimuth_cell_rad"], 1.0) if row["azimuth_cell_rad"] > 0.0 else 1.0
    if row["elevation_cell_rad"] > 0.0:
        cells *= max(span_rad / row["elevation_cell_rad"], 1.0)
    return float(entry.si("reference_pfa") * cells)


def _replies(row: Any, entry: Entry, general: Entry, modes: tuple[str, ...]) -> None:
    """The secondary radar on the same mast, where there is one and its network can ask."""
    if not entry.has("interrogator_range"):
        return
    row["secondary"] = ALLIANCE * ("alliance" in modes) + CIVIL * ("civil" in modes)
    row["interrogator_m"] = entry.si("interrogator_range")
    row["reply_probability"] = _own(entry, general, "reply_probability")
    row["height_error_m"] = _own(entry, general, "altitude_error") if row["secondary"] & CIVIL else 0.0


def clutter(row: Any, dem: Dem, mask: Array, latitude_deg: float) -> None:
    """Metres a raster row and column at a fixed radar, and the mean number of its clutter plots: density times the
    land in sight within its range and sector, counted on the raster's points."""
    row["metres_per_row"] = DEGREE_M * dem.step_lat_deg
    row["metres_per_col"] = DEGREE_M * dem.step_lon_deg * math.cos(math.radians(latitude_deg))
    if row["clutter_m2"] <= 0.0:
        return
    heights = np.asarray(dem.height_m, np.float64)
    rows, cols = np.indices(heights.shape)
    north = (row["row"] - rows) * row["metres_per_row"]
    east = (cols - row["col"]) * row["metres_per_col"]
    distance = np.hypot(north, east)
    off = np.abs((np.arctan2(east, north) - row["azimuth_rad"] + math.pi) % (2.0 * math.pi) - math.pi)
    seen = (heights > 0.0) & (heights + row["clutter_height_m"] >= mask) & (off <= row["half_sector_rad"])
    near = (distance >= row["range_min_m"]) & (distance <= row["range_max_m"])
    area = float(np.sum(seen & near)) * row["metres_per_row"] * row["metres_per_col"]
    row["clutter_plots"] = row["clutter_m2"] * area
    row["false_plots"] += row["clutter_plots"]
    row["clutter_reach_m"] = float(np.max(distance[seen & near], initial=0.0)) + math.hypot(
        row["metres_per_row"], row["metres_per_col"]
    )
