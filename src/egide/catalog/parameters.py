"""Which parameters an entry of each kind may and must carry, and what each one measures.

kind        the first part of an entry's id: radar, missile, aircraft ...
parameter   a named, ranged number of an entry; its dimension says which units are read
optional    may be missing; every other parameter of the kind must be there

A name that is not here is refused when the data are read: a misspelt parameter would otherwise be silently ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from egide.units import ANGLE, AREA, COUNT, DECIBEL, FREQUENCY, LENGTH, MONEY, POWER, RATIO, SPEED, TIME, Dimension

_RADAR: Final = {
    "reference_range": LENGTH,  # with the next three: the calibration of the range equation
    "reference_rcs": AREA,
    "reference_pd": RATIO,
    "reference_pfa": RATIO,
    "swerling": COUNT,
    "instrumented_range": LENGTH,  # a hard cap, never a detection range
    "revisit": TIME,
    "min_elevation": ANGLE,
    "max_elevation": ANGLE,
    "sector": ANGLE,  # 360 deg: it rotates, or has faces all round
    "range_error": LENGTH,  # one standard deviation, as the two below
    "azimuth_error": ANGLE,
    "elevation_error": ANGLE,
    "antenna_height": LENGTH,
    "frequency": FREQUENCY,
    "false_plots": COUNT,  # a scan, clutter apart; left out: the false alarm probability times the cells
    "channels": COUNT,  # targets engaged at once; engagement radars alone
    "min_range": LENGTH,
    "range_bias": LENGTH,  # standard deviation over radars of what is wrong all day; this and all below may be left
    "azimuth_bias": ANGLE,  # out, general/radar then says what they are
    "elevation_bias": ANGLE,
    "correlated_share": RATIO,
    "correlation_time": TIME,
    "rate_error": SPEED,
    "range_cell": LENGTH,
    "azimuth_cell": ANGLE,
    "elevation_cell": ANGLE,
    "clutter_density": COUNT,
    "interrogator_range": LENGTH,  # of the secondary radar on the same mast; left out: it has none
    "reply_probability": RATIO,
    "altitude_error": LENGTH,
    "antenna_gain": DECIBEL,  # what jamming needs, this and all below; left out: general/jamming says
    "noise_figure": DECIBEL,
    "receiver_bandwidth": FREQUENCY,
    "receiver_loss": DECIBEL,
    "side_lobes": DECIBEL,  # below the main lobe
    "error_snr": DECIBEL,  # signal to noise from which its errors are those stated
    "beam_azimuth": ANGLE,  # half-power widths
    "beam_elevation": ANGLE,
}
_SENSING: Final = {
    "bias_share": RATIO,  # a radar's bias, where it says nothing, over its random error
    "correlated_share": RATIO,  # of the variance of the random error
    "correlation_time": TIME,
    "rate_error": SPEED,  # 0: it measures no range rate
    "range_cell_errors": COUNT,  # a resolution cell, where a radar says nothing, over its random error
    "angle_cell_errors": COUNT,
    "clutter_density": COUNT,  # plots a scan for 1 000 km2 of land in sight
    "clutter_height": LENGTH,  # above the ground
    "false_span": ANGLE,  # of elevation
    "false_rates": SPEED,  # all of their spread
    "reply_probability": RATIO,
    "altitude_error": LENGTH,
    "assumed_height": LENGTH,
    "assumed_height_error": LENGTH,
}
_COMMAND_POST: Final = {"reaction_time": TIME, "decision_time": TIME, "max_fire_units": COUNT}
_LAUNCHER: Final = {"ready_missiles": COUNT, "reload_time": TIME}
_MISSILE: Final = {
    "range": LENGTH,
    "min_range": LENGTH,
    "range_ballistic": LENGTH,  # 0: cannot
    "min_altitude": LENGTH,
    "max_altitude": LENGTH,
    "speed": SPEED,  # mean over the flight: range divided by time of flight
    "peak_speed": SPEED,  # what publications usually print; not used by the engine
    "max_target_speed": SPEED,
    "kill_aircraft": RATIO,  # single shot, given that it meets its target
    "kill_cruise": RATIO,
    "kill_drone": RATIO,
    "kill_ballistic": RATIO,
    "flight_time": TIME,
    "unit_cost": MONEY,
}
_SIGNATURE: Final = {
    "length": LENGTH,  # nose to tail: with the wavelength it says how fast a cross section changes with aspect
    "rcs": AREA,  # nose-on, S or X band
    "beam_offset": DECIBEL,
    "tail_offset": DECIBEL,
    "l_offset": DECIBEL,
    "vhf_offset": DECIBEL,
    "unit_cost": MONEY,
    "damage": RATIO,  # share of an asset's value that one hit takes
    "hit_probability": RATIO,
}
_FLYER: Final = {
    "cruise_speed": SPEED,
    "max_speed": SPEED,
    "altitude": LENGTH,
    "turn_bank": ANGLE,
    **_SIGNATURE,
}
_BALLISTIC: Final = {"range": LENGTH, "apogee": LENGTH, "max_speed": SPEED, **_SIGNATURE}
_SYSTEM: Final = {
    "price": MONEY,  # one battery with its first load
    "targets_engaged": COUNT,
    "missiles_guided": COUNT,
    "launchers": COUNT,  # in one battery
    "claimed_range": LENGTH,  # what is said of the whole system, to set beside the missiles' own figures
    "independent_range": LENGTH,
    "claimed_range_ballistic": LENGTH,
    "claimed_max_altitude": LENGTH,
    "claimed_min_altitude": LENGTH,
    "claimed_max_target_speed": SPEED,
    "full_targets_engaged": COUNT,  # a full set of batteries under one command post
    "full_missiles_guided": COUNT,
    "targets_tracked": COUNT,
    "setup_time": TIME,
    "batteries_per_regiment": COUNT,
    "crew": COUNT,
    "protected_area": AREA,
    "sustainment": MONEY,  # a battalion and year
}
_COMMAND: Final = {
    "transponder_failure": RATIO,
    "interrogator_failure": RATIO,
    "civil_no_reply": RATIO,
    "civil_interrogation": RATIO,
    "false_military_reply": RATIO,
    "friend_civil_reply": RATIO,
    "friend_national_reply": RATIO,
    "civil_wrong_code": RATIO,
    "hostile_civil_reply": RATIO,
    "reflector_rcs": AREA,
    "declaration_time": TIME,
    "declaration_error": RATIO,
    "link_latency": TIME,
    "voice_latency": TIME,
    "message_loss": RATIO,
    "registration_error": LENGTH,
    "assessment_delay": TIME,
    "kill_called_miss": RATIO,
    "miss_called_kill": RATIO,
    "reload_time": TIME,
    "false_plots": COUNT,
    "interceptor_cost": MONEY,
    "contract_to_service": TIME,
    "friendly_sorties_2003": COUNT,
    "battery_up": RATIO,
    "decision_time": TIME,
}
_JAMMING: Final = {
    "antenna_gain": DECIBEL,
    "noise_figure": DECIBEL,
    "receiver_bandwidth": FREQUENCY,
    "receiver_loss": DECIBEL,
    "side_lobes": DECIBEL,
    "error_snr": DECIBEL,
    "link_power": POWER,
    "link_gain": DECIBEL,  # of the transmitter; the receiver hears link and jammer alike
    "link_bandwidth": FREQUENCY,
    "link_jam_margin": DECIBEL,  # J/S up to which messages get through
    "link_antenna_height": LENGTH,
}
_RUSES: Final = {
    "debris_ratio": COUNT,
    "debris_spread": SPEED,
    "silent_after": TIME,
    "silent_share": RATIO,
}
_JAMMER: Final = {"power": POWER, "antenna_gain": DECIBEL, "bandwidth": FREQUENCY}
_TURKIYE: Final = {
    "s400_price": MONEY,
    "s400_loan_share": RATIO,
    "s400_missiles": COUNT,
    "s400_ready_slots": COUNT,
    "s400_batteries": COUNT,
    "patriot_offer_price": MONEY,
    "patriot_offer_gem_t": COUNT,
    "patriot_offer_mse": COUNT,
    "patriot_offer_radars": COUNT,
    "patriot_offer_launchers": COUNT,
    "bahrain_offer_price": MONEY,
    "patriot_battery_price": MONEY,
    "f35_paid": MONEY,
    "f35_due": MONEY,
    "f35_planned": COUNT,
}
_HISTORY: Final = {
    "patriot_1991_claimed": RATIO,
    "patriot_1991_army_saudi": RATIO,
    "patriot_1991_army_israel": RATIO,
    "patriot_1991_army_restated": RATIO,
    "patriot_1991_army_confident": RATIO,
    "patriot_1991_gao_strong": RATIO,
    "patriot_1991_israel": RATIO,
    "patriot_1991_band": RATIO,
    "patriot_2003_kills": RATIO,
    "patriot_2003_fratricides": COUNT,
    "fratricide_per_pass": RATIO,
    "saudi_2016_claimed": RATIO,
    "saudi_2018_claimed": RATIO,
    "saudi_band": RATIO,
    "ukraine_2022_missiles": RATIO,
    "ukraine_2023_missiles": RATIO,
    "ukraine_2023_drones": RATIO,
    "ukraine_2024_missiles": RATIO,
    "ukraine_2024_drones": RATIO,
    "ukraine_winter_missiles": RATIO,
    "ukraine_winter_drones": RATIO,
    "ukraine_winter_ballistic": RATIO,
    "ukraine_august_2025_ballistic": RATIO,
    "ukraine_september_2025_ballistic": RATIO,
    "ukraine_good_night": RATIO,
    "al_udeid_2025": RATIO,
    "ukraine_2022_drones_claimed": RATIO,
    "ps752_report_delay": TIME,
    "ps752_decision_time": TIME,
    "decision_time": TIME,
    "hawk_drill_hits": RATIO,
}
_INDEX: Final = {f"y{year}": COUNT for year in range(1990, 2041)}  # mean of each year, of any base

PARAMETERS: Final[Mapping[str, Mapping[str, Dimension]]] = {
    "radar": _RADAR,
    "command-post": _COMMAND_POST,
    "launcher": _LAUNCHER,
    "missile": _MISSILE,
    "aircraft": _FLYER,
    "airliner": _FLYER,
    "cruise-missile": _FLYER,
    "drone": _FLYER,
    "ballistic": _BALLISTIC,
    "system": _SYSTEM,
    "jammer": _JAMMER,
    "index": _INDEX,
    "general": {**_COMMAND, **_SENSING, **_JAMMING, **_RUSES, **_TURKIYE, **_HISTORY},
}

_ALWAYS: Final = frozenset({  # a passive sensor has no cross section of reference; compiler.plots asks every other one
    "reference_range", "reference_pd", "reference_pfa", "swerling", "instrumented_range", "revisit", "min_elevation",
    "max_elevation", "sector", "range_error", "azimuth_error", "elevation_error", "antenna_height", "frequency",
})  # fmt: skip
_OPTIONAL_TARGET: Final = frozenset({"unit_cost", "damage", "hit_probability", "turn_bank", "length"})
OPTIONAL: Final[Mapping[str, frozenset[str]]] = {
    "radar": frozenset(_RADAR) - _ALWAYS,
    "missile": frozenset({"flight_time", "peak_speed"}),
    "aircraft": _OPTIONAL_TARGET,
    "airliner": _OPTIONAL_TARGET,
    "cruise-missile": _OPTIONAL_TARGET,
    "drone": _OPTIONAL_TARGET,
    "ballistic": _OPTIONAL_TARGET,
    "system": frozenset(_SYSTEM) - {"targets_engaged", "missiles_guided"},
    "index": frozenset(_INDEX),
    "general": frozenset(PARAMETERS["general"]),
}

REQUIRED_FACTS: Final[Mapping[str, frozenset[str]]] = {
    "radar": frozenset({"band", "three_d", "role"}),
    "jammer": frozenset({"bands"}),
    "aircraft": frozenset({"low_observable"}),
    "airliner": frozenset({"low_observable"}),
    "cruise-missile": frozenset({"low_observable"}),
    "drone": frozenset({"low_observable"}),
    "ballistic": frozenset({"low_observable"}),
    "system": frozenset({"components"}),
}


def required(kind: str) -> list[str]:
    """The parameters that an entry of this kind must carry, in the order of its table."""
    return [name for name in PARAMETERS[kind] if name not in OPTIONAL.get(kind, frozenset())]
