"""A small scenario for tests of warfare: one site on an open sea, and what a test puts into it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

from egide import scenario
from egide.compiler import System, compile_scenario

BASE: dict[str, Any] = {
    "egide": 1, "name": "bench", "title": "A bench", "start": "2030-05-01T06:00Z", "duration": "20 min",
    "area": {"south": 43.0, "north": 47.0, "west": -38.0, "east": -30.0}, "terrain": {"flat": True},
    "sides": {"blue": {"relation": "friend"}, "red": {"relation": "hostile"}},
    "networks": {"island": {"iff": ["alliance", "civil"]}},
    "sites": [{"name": "hill", "position": [45.0, -35.0], "height": "20 m"}],
    "assets": [{"name": "harbour", "position": [45.0, -35.02], "value": 100, "radius": "2 km"}],
    "identification": {
        "priors": {"all": {"friend": 0.3, "neutral": 0.2, "hostile": 0.5}},
        "likelihoods": {"hostile-origin": {"friend": 0.01, "neutral": 0.01, "hostile": 0.99}},
        "thresholds": {"hostile": 0.9, "suspect": 0.6, "friend": 0.9, "assumed_friend": 0.6, "neutral": 0.8},
        "origin": {"area": [[43.1, -34.9], [46.9, -34.9], [46.9, -30.1], [43.1, -30.1]]},
    },
}  # fmt: skip
WATCH = {"name": "watch", "type": "radar/generic-long-range", "side": "blue", "site": "hill", "network": "island"}
FIRE = {
    "name": "fire", "system": "system/patriot-pac3", "side": "blue", "site": "hill", "network": "island",
    "azimuth": "90 deg", "available": 1,
    "launchers": [{"type": "launcher/m903-mse", "count": 2, "missile": "missile/pac-3-mse", "loaded": 4}],
}  # fmt: skip
STRIKE = {
    "name": "strike", "type": "aircraft/generic-strike", "side": "red", "start": "0 s", "target": "harbour",
    "route": [{"position": [45.0, -32.0], "altitude": "8 km", "speed": "250 m/s"},
              {"position": [45.0, -34.0], "altitude": "8 km", "speed": "250 m/s"}],
}  # fmt: skip


def write(folder: Path, **sections: Any) -> Path:
    """The scenario file with sections put in or replaced."""
    tree = copy.deepcopy(BASE) | sections
    file = folder / "scenario.yaml"
    file.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return file


def built(folder: Path, **sections: Any) -> System:
    return compile_scenario(scenario.load(write(folder, **sections), None, ()))
