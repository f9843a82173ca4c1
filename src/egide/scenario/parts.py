"""The parts of a system as it is bought, read from its catalogue entry.

part   a radar with its role, the command post, or launchers of one type with their missile
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, final

from egide.catalog import Catalog, Entry
from egide.scenario.forces import BatteryRadar, Launcher

__all__ = ["Parts", "parts_of"]

_ROLES: Final = {"search": "search", "engagement": "engagement", "both": "both", "multifunction": "both"}


@final
@dataclass(frozen=True)
class Parts:
    """What one battery of a system is made of."""

    radars: tuple[BatteryRadar, ...]
    command_post: str | None
    launchers: tuple[Launcher, ...]


def parts_of(system: Entry, catalog: Catalog) -> Parts:
    """The parts that an entry's `components` name."""
    components: Mapping[str, Any] = system.facts.get("components", {})
    radars = tuple(_radar(row, catalog) for row in components.get("radars", ()))
    if all(radar.role == "engagement" for radar in radars):  # it has to find its targets itself
        radars = tuple(radar.model_copy(update={"role": "both"}) for radar in radars)
    launchers = tuple(
        Launcher.model_validate({"type": row["type"], "count": int(row.get("count", 1)), "missile": row["missile"]})
        for row in components.get("launchers", ())
    )
    return Parts(radars, components.get("command_post"), launchers)


def _radar(row: str | Mapping[str, Any], catalog: Catalog) -> BatteryRadar:
    """Its role is what the entry says, else engagement where it guides missiles."""
    name, written = (row, None) if isinstance(row, str) else (row["type"], row.get("role"))
    entry = catalog[name]
    role = _ROLES.get(str(written or entry.facts.get("role")), "engagement" if entry.has("channels") else "search")
    return BatteryRadar.model_validate({"type": name, "role": role})
