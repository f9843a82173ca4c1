"""What a study never varies: how an attack is laid out, and where the real radars stand.

layout   of an attack: positions, waypoints, headings, times and launch areas of the attacking side; never varied
flown    catalogue values of an attacker's type that shape its path: how high it flies, how far and high it is thrown
real     a site that is not marked notional
"""

from __future__ import annotations

from typing import Final

from egide.catalog import Catalog
from egide.i18n import mark
from egide.scenario.checks import ENTRIES, select
from egide.scenario.patches import split_path, steps_of
from egide.scenario.tree import Node

__all__ = ["attackers", "lays_out_attack", "why_refused"]

_LAYOUT: Final = {  # section -> keys that lay an attack out; outside raids only where the side is hostile
    "raids": frozenset(
        {"route", "launch", "start", "time_on_target", "spacing", "abreast", "release", "target", "jammer"}
    ),
    "jammers": frozenset({"orbit", "from", "until", "jammer"}),
    "flights": frozenset({"route", "start", "spacing", "abreast", "jammer"}),
    "patrols": frozenset({"orbit", "from", "until"}),
    "airborne": frozenset({"orbit", "from", "until"}),
    "batteries": frozenset({"site", "azimuth", "up"}),
    "sensors": frozenset({"site", "azimuth", "up"}),
}


_FLOWN: Final = frozenset({"altitude", "apogee", "range", "turn_bank"})
_PLACE: Final = frozenset({"position", "height"})
_ATTACK: Final = (
    mark("{path} lays out an attack, which a study never varies"),
    mark("write another raid by hand; counts, types and equipment may be uncertain"),
)
_REAL: Final = (
    mark("{path} moves a real site, which a study never varies"),
    mark("mark the site notional if it is, or write another scenario by hand"),
)


def why_refused(path: str, base: Node, catalog: Catalog) -> tuple[str, str] | None:
    """What is wrong with an uncertain path and what would be right; None where nothing speaks against it."""
    steps = steps_of(base, path, catalog)
    if isinstance(steps, tuple):  # it leads nowhere: told elsewhere
        return None
    if _lays_out(steps, base):
        return _ATTACK
    return _REAL if _moves_a_real_site(steps, base) else None


def lays_out_attack(path: str, base: Node) -> bool:
    """Whether a path is a position, waypoint, heading or time of the attacking side, or a whole attacker."""
    entry, _, parameter = path.rpartition(".")
    return _lays_out(["overrides", entry, parameter] if "/" in path else split_path(path), base)


def attackers(base: Node) -> set[str]:
    """Catalogue entries of what attacks, in the base and in what its alternatives add."""
    found: set[str] = set()
    added = [node for _, node in select(base, "alternatives.*.add")]
    for pattern, _ in ENTRIES:
        if pattern.startswith("raids."):
            for root in (base, *added):
                found.update(str(node.value) for _, node in select(root, pattern))
    return found


def _lays_out(steps: list[str], base: Node) -> bool:
    section, *rest = steps
    if section == "overrides":
        return len(rest) > 1 and rest[1] in _FLOWN and rest[0] in attackers(base) and _flies(rest)
    if section == "identification":  # where attacks are expected from is where the written one begins
        return rest[:1] == ["origin"]
    if section not in _LAYOUT or (section != "raids" and not _hostile(base, section, rest)):
        return False
    if section == "raids" and len(rest) > 2 and "overrides" in rest[1:-1]:
        return rest[-1] in _FLOWN
    return len(rest) < 2 or rest[1] in _LAYOUT[section]


def _flies(rest: list[str]) -> bool:
    """`range` is how far a ballistic missile is thrown; of other kinds it is no part of a path."""
    return rest[1] != "range" or rest[0].startswith("ballistic/")


def _hostile(base: Node, section: str, rest: list[str]) -> bool:
    """Whether the unit named in a path stands on a hostile side."""
    units, sides = base.get(section), base.get("sides")
    for row, unit in enumerate(units.elements() if units else ()):
        if rest and rest[0] in (unit.text("name"), str(row)):
            side = sides.get(unit.text("side") or "") if sides else None
            return side is not None and side.text("relation") == "hostile"
    return not rest


def _moves_a_real_site(steps: list[str], base: Node) -> bool:
    """A real site's place, the whole of it, or which site a unit on a real one stands on."""
    section, *rest = steps
    sites = {node.text("name") or "": node for _, node in select(base, "sites.*")}
    if section == "sites":
        named = next((site for row, site in enumerate(sites.values()) if rest[:1] == [str(row)]), None)
        site = named or (sites.get(rest[0]) if rest else None)
        return not rest or (_real(site) and (len(rest) < 2 or rest[1] in _PLACE))
    if section not in ("sensors", "batteries") or len(rest) < 2 or rest[1] not in ("site", "position"):
        return False
    for row, (_, unit) in enumerate(select(base, f"{section}.*")):
        if rest[0] in (unit.text("name"), str(row)):
            return _real(sites.get(unit.text("site") or ""))
    return False


def _real(site: Node | None) -> bool:
    if site is None:
        return False
    notional = site.get("notional")
    return notional is None or notional.value is not True
