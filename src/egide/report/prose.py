"""The fixed prose of the page: what it cannot tell, and the glossary. English messages; French in the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from egide.i18n import Translator, mark, number

if TYPE_CHECKING:
    from egide.report.reading import Run

NOTIONAL: Final = mark(
    "Sites of radars and batteries are notional: public places chosen by one stated rule, never known positions."
)
TERRAIN: Final = mark(
    "Terrain is a grid of 2 arc-minutes (about 3.7 km): summits stand 500 to 900 m too low and the "
    "western part is partly "
    "reconstructed, so that masking at low altitude is only roughly right."
)
COARSE_TERRAIN: Final = mark(
    "Terrain is a grid of cells about {km} km wide: masking at low altitude is only roughly right."
)
FLAT: Final = mark("The ground is flat: no mountain hides a target, which flatters every radar.")
PARAMETERS: Final = mark(
    "Equipment figures are public, encyclopaedic ones. {assumed} of {all} are assumed, with a range and "
    "a reason; the list "
    "stands below."
)
FORECAST: Final = mark(
    "It is no forecast. One written raid is played many times; another raid, by day or by night, would "
    "give other figures."
)
TRAFFIC: Final = mark(
    "Civil traffic is a recording moved to this region, or a made sample: no statistics of denser days follow from it."
)
FIGHTERS: Final = mark(
    "Fighters are simplified to patrols with a reach and a chance to kill; without them losses are upper bounds."
)
INTERVAL: Final = mark(
    "Intervals hold the luck of the replications only. That the assumed values may be wrong is not in them."
)
NEUTRAL: Final = mark("Boundaries on the maps imply no position, neighbours are fictional, and Égide takes no side.")
AEGIS: Final = mark("Égide is not related to the US Navy's Aegis.")

#: (message, French term shown beside the English one and the other way round, meaning)
GLOSSARY: Final = (
    (mark("leaker"), mark("A threat that reaches its target, or its release point, in spite of the defence.")),
    (mark("fratricide"), mark("The engagement of a friend by its own side.")),
    (mark("wrongful engagement"), mark("A shot at a friend or at a civil aircraft taken for an attacker.")),
    (mark("pass"), mark("One flight of one friendly or civil aircraft through the defended area, in one replication.")),
    (
        mark("weapon control status"),
        mark(
            "The order that says what may be engaged: hold (only in self-defence), "
            "tight (only what is identified as hostile), free (whatever is not identified as friendly)."
        ),
    ),
    (mark("single-shot kill probability"), mark("The chance that one interceptor that arrives destroys its target.")),
    (mark("plot"), mark("One detection by one radar: a place and a time, nothing more.")),
    (
        mark("track"),
        mark("What a picture believes about one object, made of plots in a row: where it is and where it goes."),
    ),
    (mark("picture"), mark("All tracks that one network shares, with the identity given to each.")),
    (mark("revisit"), mark("The time between two looks of a radar in the same direction.")),
    (
        mark("identification friend or foe"),
        mark(
            "A coded question by radio that a friend's transponder answers. "
            "Silence is weak evidence: a set may be off, broken or of another mode."
        ),
    ),
    (mark("transponder"), mark("The set aboard that answers the question, military or civil.")),
    (
        mark("radar cross section"),
        mark("How large a target looks to a radar, in square metres; it changes with the side seen."),
    ),
    (mark("salvo"), mark("Interceptors launched together at one target.")),
    (mark("shoot-look-shoot"), mark("To fire, see what came of it, and fire again if need be.")),
    (mark("voice tell"), mark("Identities read over the telephone, tens of seconds late, where no data link exists.")),
    (
        mark("replication"),
        mark("One run of the scenario with its own luck; the same number meets the same luck in every alternative."),
    ),
    (
        mark("95 % interval"),
        mark("Where the mean would lie in 95 of 100 such experiments; it says nothing of errors in the assumptions."),
    ),
)


def limits(run: Run, say: Translator, lang: str) -> list[str]:
    """The box on page one: what follows from the result's own data, then what always holds."""
    said: list[str] = []
    if run.objects and np.any(run.objects["notional"].astype(bool)):
        said.append(say(NOTIONAL))
    terrain = run.terrain
    if terrain is None:
        said.append(say(FLAT))
    elif any("turkey_relief_2min" in str(note) for note in run.manifest.get("notes", ())):
        said.append(say(TERRAIN))
    else:
        said.append(say(COARSE_TERRAIN).format(km=number(terrain.step_lat * 111.195, lang, 1)))
    basis = run.table("assumptions").get("basis")
    if basis is not None and basis.size:
        assumed = int(np.sum(basis == "assumed"))
        said.append(say(PARAMETERS).format(assumed=number(assumed, lang, 0), all=number(int(basis.size), lang, 0)))
    said.append(say(FORECAST))
    if run.count_by_relation()["neutral"]:
        said.append(say(TRAFFIC))
    said += [say(FIGHTERS), say(INTERVAL), say(NEUTRAL), say(AEGIS)]
    return said
