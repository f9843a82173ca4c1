"""Two small worlds on flat ground: one battery that somebody else may read beside protected flights, under every rule
of the owner; and one network that sees a friend, beside one that sees another and may tell of him."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from egide.campaign import run_alternatives

RULES: Final = """
egide: 1
name: watched
title: {en: Watched}
start: 2030-05-01T06:00Z
duration: 10 min
area: {south: 43.0, north: 47.0, west: -38.0, east: -30.0}
terrain: {flat: true}
sides: {blue: {relation: friend}, other: {relation: neutral}}
networks: {one: {iff: [civil], flight_plans: true}, elsewhere: {}}
sites:
  - {name: hill, position: [45.0, -34.0], height: 0 m, notional: true}
  - {name: isle, position: [45.03, -34.0], height: 0 m, notional: true}
  - {name: sea, position: [45.6, -33.0], height: 0 m, notional: true}
sensors:
  - {name: ship, type: radar/generic-low-level, side: other, site: sea, network: elsewhere, collector: maker}
flights:
  - name: guest
    type: aircraft/f-35a
    side: blue
    count: 2
    spacing: 0 s
    transponder: [civil]
    flight_plan: true
    overrides: {rcs: 0.5 m2}
    route:
      - {position: [45.0, -34.6], altitude: 8 km, speed: 200 m/s}
      - {position: [45.0, -33.4], altitude: 8 km, speed: 200 m/s}
doctrine: {peace: {engage: [hostile], free_engages: [], classes: [aircraft]}}
phases: [{name: peace, from: 0 s, civil: open, weapon_control: hold}]
alternatives:
  none:
    label: {en: No system, fr: Sans système}
  plain:
    label: {en: No rule, fr: Sans règle}
    add:
      batteries:
        - {name: unit, system: system/s-400, side: blue, site: hill, network: one, azimuth: 90 deg, doctrine: peace,
           collector: maker, available: 1.0}
  blanked:
    label: {en: Sector blanked, fr: Secteur éteint}
    extends: plain
    set: {batteries.unit.emission: {blank: [[47 deg, 77 deg]]}}
  silent:
    label: {en: Silent, fr: Silence}
    extends: plain
    set: {batteries.unit.emission: {silent_within: {flights: [guest], within: 30 km}}}
  reflectors:
    label: {en: Reflectors, fr: Réflecteurs}
    extends: plain
    set: {flights.guest.reflectors: true}
  plain-elsewhere:
    label: {en: 'No rule, another site', fr: 'Sans règle, autre site'}
    extends: plain
    set: {batteries.unit.site: isle}
"""

SHARING: Final = """
egide: 1
name: sharing
title: {en: Sharing}
start: 2030-05-01T06:00Z
duration: 10 min
area: {south: 43.0, north: 47.0, west: -38.0, east: -30.0}
terrain: {flat: true}
sides: {blue: {relation: friend}}
networks:
  own: {iff: [civil], flight_plans: true}
  national: {iff: [alliance, civil], flight_plans: true}
sites:
  - {name: hill, position: [45.0, -37.0], height: 0 m, notional: true}
  - {name: far, position: [45.0, -31.0], height: 0 m, notional: true}
sensors:
  - {name: watch, type: radar/generic-long-range, side: blue, site: far, network: national}
batteries:
  - {name: unit, system: system/s-400, side: blue, site: hill, network: own, azimuth: 90 deg, doctrine: peace}
flights:
  - {name: near, type: aircraft/f-16c, side: blue, transponder: [civil], flight_plan: true,
     route: [{position: [45.0, -36.6], altitude: 2 km, speed: 200 m/s}, {position: [45.3, -35.8], altitude: 2 km}]}
  - {name: distant, type: aircraft/f-16c, side: blue, transponder: [civil], flight_plan: true,
     route: [{position: [45.0, -31.5], altitude: 2 km, speed: 200 m/s}, {position: [45.3, -30.8], altitude: 2 km}]}
doctrine: {peace: {engage: [hostile], free_engages: [], classes: [aircraft]}}
phases: [{name: peace, from: 0 s, civil: open, weapon_control: hold}]
alternatives:
  alone: {label: {en: Alone, fr: Seul}}
  voice:
    label: {en: Voice, fr: Voix}
    add: {links: [{name: tell, from: national, to: own, carries: [identity], latency: 10 s, update: 12 s, loss: 0}]}
  receives:
    label: {en: Receives, fr: Reçoit}
    add:
      links:
        - {name: tell, from: national, to: own, carries: [identity, tracks], latency: 1 s, update: 12 s, loss: 0}
"""


def compared(text: str, folder: Path, replications: int) -> Path:
    """The folder of a comparison of all alternatives of a scenario."""
    file = folder / "scenario.yaml"
    file.write_text(text, encoding="utf-8")
    run_alternatives(file, replications=replications, seed=7, out=folder / "compared", detail=())
    return folder / "compared"


MADE: Final[dict[str, Path]] = {}  # once a process, whichever test asks


def rules(factory: pytest.TempPathFactory) -> Path:
    """Every rule of the owner, run."""
    if "rules" not in MADE:
        MADE["rules"] = compared(RULES, factory.mktemp("rules"), 2)
    return MADE["rules"]


def sharing(factory: pytest.TempPathFactory) -> Path:
    """Every way to tell the battery's network, run."""
    if "sharing" not in MADE:
        MADE["sharing"] = compared(SHARING, factory.mktemp("sharing"), 1)
    return MADE["sharing"]
