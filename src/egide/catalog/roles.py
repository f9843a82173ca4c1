"""What part a parameter plays where values are uncertain: read by a run or not, claimed by its maker, of one signature.

unread     known beside what a run rests on: no result moves with it
claim      what a maker's brochure prints of its product; +1: the more the better for the product, -1: the less
signature  the cross section of a target over aspects and bands, known or unknown together
path       of how something flies: written by the scenario, and for an attacker never varied
whole      a number of things, 6 and never 6.4
switch     at nought what it measures is not there at all: any other value is another model, chosen and not drawn

The maker of an entry is its fact `maker`. Products without one (generic radars, notional jammers) have no claims.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from egide.catalog.model import Entry

__all__ = ["CLAIMS", "CROSS_SECTIONS", "KILLS", "NOT_READ", "PATH", "SIGNATURE", "SWITCH", "WHOLE", "claim", "maker"]

_FLIGHT: Final = frozenset({"max_speed"})
NOT_READ: Final[Mapping[str, frozenset[str]]] = {
    "general": frozenset({
        "civil_interrogation", "decision_time", "link_latency", "message_loss", "reload_time", "false_plots",
        "interceptor_cost", "contract_to_service", "friendly_sorties_2003",
    }),
    "command-post": frozenset({"decision_time", "max_fire_units"}),
    "missile": frozenset({"peak_speed", "flight_time"}),
    "system": frozenset({
        "price", "launchers", "claimed_range", "independent_range", "claimed_range_ballistic", "claimed_max_altitude",
        "claimed_min_altitude", "claimed_max_target_speed", "full_targets_engaged", "full_missiles_guided",
        "targets_tracked", "setup_time", "batteries_per_regiment", "crew", "protected_area", "sustainment",
    }),
    **dict.fromkeys(("aircraft", "cruise-missile", "drone", "ballistic", "airliner"), _FLIGHT),
}  # fmt: skip

KILLS: Final = ("kill_aircraft", "kill_cruise", "kill_drone", "kill_ballistic")
CLAIMS: Final[Mapping[str, Mapping[str, int]]] = {
    "radar": {"reference_range": 1, "instrumented_range": 1, "channels": 1},
    "missile": {
        "range": 1, "range_ballistic": 1, "max_altitude": 1, "speed": 1, "peak_speed": 1, "max_target_speed": 1,
        **dict.fromkeys(KILLS, 1), "min_range": -1, "min_altitude": -1,
    },
    "launcher": {"ready_missiles": 1, "reload_time": -1},
    "command-post": {"reaction_time": -1},
    "system": {"targets_engaged": 1, "missiles_guided": 1},
}  # fmt: skip
SIGNATURE: Final = ("rcs", "beam_offset", "tail_offset", "l_offset", "vhf_offset")
CROSS_SECTIONS: Final = frozenset({"rcs", "reference_rcs", "reflector_rcs"})
PATH: Final = frozenset({"altitude", "apogee", "cruise_speed", "turn_bank"})
WHOLE: Final = frozenset({
    "channels", "targets_engaged", "missiles_guided", "ready_missiles", "max_fire_units", "swerling", "launchers",
})  # fmt: skip
SWITCH: Final = frozenset({"rate_error", "clutter_density"})


def maker(entry: Entry) -> str:
    """Who makes it; '' for what is generic or notional."""
    return str(entry.facts.get("maker", ""))


def claim(entry: Entry, parameter: str) -> int:
    """+1 or -1 where the parameter is a claim of the entry's maker, and which way is the better; 0 where it is none."""
    return CLAIMS.get(entry.kind, {}).get(parameter, 0) if maker(entry) else 0
