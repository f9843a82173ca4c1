"""The format as JSON Schema, so that an editor completes keys and names and marks mistakes while one writes."""

from __future__ import annotations

from typing import Any, Final

from egide import catalog as library
from egide.scenario.base import Model, key_of
from egide.scenario.calendar import Calendar
from egide.scenario.checks import ENTRIES
from egide.scenario.claims import Claims
from egide.scenario.dossier import Dossier
from egide.scenario.model import Scenario
from egide.scenario.money import Money
from egide.scenario.quantities import Quantity
from egide.scenario.study import Study

__all__ = ["models", "schema"]

_SECTIONS: Final = {  # where an entry is named -> the model that stands there
    "sensors.*": "Sensor",
    "airborne.*": "Airborne",
    "batteries.*": "Battery",
    "batteries.*.radars.*": "BatteryRadar",
    "batteries.*.launchers.*": "Launcher",
    "patrols.*": "Patrol",
    "flights.*": "Flight",
    "raids.*": "Raid",
    "raids.*.decoys": "Decoys",
    "raids.*.debris": "Debris",
    "jammers.*": "Jammer",
    **{f"{section}.*.jammer": "Jamming" for section in ("flights", "raids", "jammers")},
    "traffic": "Traffic",
}


def schema(kind: str = "scenario") -> dict[str, Any]:
    """JSON Schema (2020-12) of a scenario file or, by its kind, of a study or of a file that stands beside one."""
    roots: dict[str, type[Model]] = {
        "study": Study, "money": Money, "claims": Claims, "calendar": Calendar, "dossier": Dossier,
    }  # fmt: skip
    root = roots.get(kind, Scenario)
    made = root.model_json_schema(by_alias=True, mode="validation")
    if root is Study:  # one that extends another needs little of its own
        made["anyOf"] = [{"required": made.pop("required")}, {"required": ["egide", "kind", "extends"]}]
    defined = {root.__name__: made, **made.get("$defs", {})}
    for model in models():
        if model.__name__ in defined:
            _say_defaults(model, defined[model.__name__])
    _name_entries(defined)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def models(base: type[Model] = Model) -> list[type[Model]]:
    """Every model of the format."""
    return [found for model in base.__subclasses__() for found in (model, *models(model))]


def _say_defaults(model: type[Model], described: dict[str, Any]) -> None:
    """Defaults as one would write them: '30 s', not 30.0."""
    for name, field in model.model_fields.items():
        shown = described.get("properties", {}).get(key_of(name), {})
        if shown.get("default", ...) is None:
            del shown["default"]
        for part in field.metadata:
            if isinstance(part, Quantity) and isinstance(field.default, float):
                shown["default"] = part.write(field.default)


def _name_entries(defined: dict[str, Any]) -> None:
    """The catalogue's names where an entry is asked for."""
    catalog = library.load()
    for pattern, kinds in ENTRIES:
        place, _, key = pattern.rpartition(".")
        property_ = defined.get(_SECTIONS.get(place, ""), {}).get("properties", {}).get(key)
        if property_ is not None:
            names = [name for name in catalog if catalog[name].kind in kinds]
            for text in property_.get("anyOf", [property_]):
                if text.get("type") == "string":
                    text["anyOf"] = [{"enum": names}, {"pattern": f"^({'|'.join(kinds)})/"}]  # or one of its own
