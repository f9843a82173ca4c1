"""Jammers and what they jam, as rows.

jammer   a mover that carries one
receives what a radar's row needs to know under jamming: its own values, else those of general/jamming
radio    the receiver of a link that goes by radio

Equations: docs/models/jamming.md.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from egide.compiler.movers import Fleet
from egide.compiler.polyline import GEOD
from egide.compiler.system import BANDS, JAMMER, RADIO
from egide.constants import BOLTZMANN_J_K, NOISE_TEMPERATURE_K
from egide.ingest.dem import Dem
from egide.physics.kernels import ecef_from_geodetic

if TYPE_CHECKING:
    from egide.catalog import Entry
    from egide.scenario import Scenario

Array = np.ndarray[Any, Any]
GENERAL: Final = "general/jamming"
LEAST_LINK_M: Final = 100.0  # ends of a link on one site


def linear(decibels: float) -> float:
    """Ratio of powers."""
    return float(10.0 ** (decibels / 10.0))


def receives(row: Any, entry: Entry, general: Entry, angle_cell_errors: float) -> None:
    """Fill what jamming needs of a radar: Gr lambda^2 / ((4 pi)^2 k T0 F L), its bandwidth and its beam."""

    def own(name: str) -> float:
        return entry.si(name) if entry.has(name) else general.si(name)

    noise_w_hz = BOLTZMANN_J_K * NOISE_TEMPERATURE_K * linear(own("noise_figure") + own("receiver_loss"))
    aperture_m2 = linear(own("antenna_gain")) * row["wavelength_m"] ** 2 / (4.0 * math.pi)
    row["jam_gain"] = aperture_m2 / (4.0 * math.pi * noise_w_hz)
    row["noise_hz"], row["side_lobe"] = own("receiver_bandwidth"), linear(-own("side_lobes"))
    row["error_snr"] = linear(own("error_snr"))
    for name in ("azimuth", "elevation"):
        errors = angle_cell_errors * entry.si(f"{name}_error")
        row[f"beam_{name}_rad"] = entry.si(f"beam_{name}") if entry.has(f"beam_{name}") else errors
    if not entry.facts["three_d"]:
        row["beam_elevation_rad"] = 0.0  # a fan: every elevation at once


def jammers(scenario: Scenario, fleet: Fleet) -> Array:
    """One row a jamming object."""
    carried = [(i, body.jammer) for i, body in enumerate(fleet.bodies) if body.jammer is not None]
    rows = np.zeros(len(carried), dtype=JAMMER)
    for row, (i, jamming) in zip(rows, carried, strict=True):
        entry = scenario.catalog.with_overrides({jamming.type: dict(jamming.overrides)})[jamming.type]
        row["mover"], row["bandwidth_hz"] = i, entry.si("bandwidth")
        row["erp_w"] = entry.si("power") * linear(entry.si("antenna_gain"))
        row["bands"] = sum(1 << BANDS.index(band) for band in jamming.bands or entry.facts["bands"])
        row["windows"] = len(jamming.on_s)
        row["on_s"][: len(jamming.on_s)] = np.reshape(jamming.on_s, (-1, 2))
    return rows


def radios(scenario: Scenario, dem: Dem, places: dict[str, tuple[float, float, float]], jamming: bool) -> Array:
    """One row a link that can be jammed; none where nobody jams."""
    links = [(i, link.radio) for i, link in enumerate(scenario.links) if link.radio is not None and jamming]
    rows, general = np.zeros(len(links), dtype=RADIO), scenario.catalog[GENERAL]
    for row, (i, radio) in zip(rows, links, strict=True):
        lat, lon, ground = places[radio.to]
        antenna = radio.antenna_height_m
        height = ground + (general.si("link_antenna_height") if antenna is None else antenna)
        row["pos_m"] = ecef_from_geodetic(math.radians(lat), math.radians(lon), height)
        row["row"], row["col"], row["height_m"] = float(dem.row(lat)), float(dem.column(lon)), height
        sender = places[radio.from_]
        apart_m = max(float(GEOD.inv(lon, lat, sender[1], sender[0])[2]), LEAST_LINK_M)
        row["signal"] = general.si("link_power") * linear(general.si("link_gain")) / apart_m**2
        row["bandwidth_hz"], row["most"] = general.si("link_bandwidth"), linear(general.si("link_jam_margin"))
        row["link"], row["band"] = i, BANDS.index(radio.band)
    return rows
