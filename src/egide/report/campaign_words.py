"""Words and numbers that every part of a campaign's page shares.

study      what the campaign was asked: title, question, pairs; from the manifest, else from its own copy of study.yaml
subject    what a sensitivity is of: a measure of one alternative, or a difference of two
factor     shown by its label where the study gives one, else by words made of what it moves
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide.analysis.intervals import Estimate
from egide.analysis.measures import BY_NAME, Measure
from egide.analysis.outcomes import Outcomes
from egide.i18n import Translator, interval, number, pick, quantity
from egide.report import campaign_unknown, values

STUDY: Final = "study.yaml"
MOST_SETTINGS: Final = 400  # points whose values are read: enough to draw a line through
_UNITS: Final = {"m2": "m²", "m_s": "m/s", "1": "", "deg": "°"}
_SCALES: Final[Mapping[str, Sequence[tuple[float, float, str]]]] = {  # unit -> (from this size, factor, shown as)
    "m": ((1e3, 1e-3, "km"),),
    "W": ((1e6, 1e-6, "MW"), (1e3, 1e-3, "kW")),
    "Hz": ((1e9, 1e-9, "GHz"), (1e6, 1e-6, "MHz")),
    "USD": ((1e6, 1e-6, "M USD"), (1e3, 1e-3, "k USD")),
    "rad": ((0.0, 180.0 / math.pi, "°"),),
}


@final
@dataclass(frozen=True)
class Words:
    """One campaign in one language."""

    campaign: Outcomes
    lang: str
    say: Translator
    study: Mapping[str, Any] = field(default_factory=dict)

    def title(self, alternative: str) -> str:
        """The alternative's label, else its name."""
        listed = self.campaign.manifest.get("alternatives")
        about = listed.get(alternative) if isinstance(listed, Mapping) else None
        return pick((about or {}).get("label"), self.lang) or alternative

    def number(self, value: float, digits: int | None = None) -> str:
        return number(value, self.lang, digits)

    def between(self, low: float, high: float, digits: int) -> str:
        """Both ends; nothing where they are not known."""
        return interval(low, high, self.lang, digits) if math.isfinite(low) and math.isfinite(high) else ""

    def measure(self, name: str) -> str:
        """The measure's words, with its unit after it where it has one."""
        return values.label(BY_NAME[name], self.lang)

    def inside(self, name: str) -> str:
        """The same within a sentence."""
        words = self.measure(name)
        return words[:1].lower() + words[1:]

    def unit(self, name: str) -> str:
        return values.unit(BY_NAME[name], self.say)

    def axis(self, name: str) -> str:
        """What an axis of the measure is called."""
        unit = self.unit(name)
        return self.measure(name) + (f", {unit}" if unit else "")

    # --- factors ----------------------------------------------------------------------

    def factor(self, name: str) -> str:
        """What a factor is called; its name where the campaign says nothing of it."""
        return self._factors.get(name, name)

    @cached_property
    def _factors(self) -> dict[str, str]:
        return campaign_unknown.names(self.campaign, self.lang)

    @cached_property
    def settings(self) -> dict[str, NDArray[Any]]:
        """Values at the nominal point, at every factor's ends and at points of the sample."""
        points = self.campaign.points
        chosen = np.r_[points.having("nominal", "low", "high"), points.sample[:MOST_SETTINGS]]
        return self.campaign.settings(np.unique(chosen))

    def at(self, factor: str, u: float) -> str:
        """What the factor's first parameter is at a quantile: '210 km'; the quantile itself where that is not known or
        the factor drives several."""
        rows = self._rows(factor)
        if rows is None:
            return self.say("its {share} % quantile").format(share=self.number(100 * u, 0))
        at, value, unit = rows
        return shown(float(np.interp(u, at, value)), unit, self.lang)

    def ends(self, factor: str) -> tuple[str, str, str]:
        """The factor's low, middle and high values, or the words for them."""
        if not self.valued(factor):
            return self.say("low"), self.say("middle"), self.say("high")
        return self.at(factor, 0.0), self.at(factor, 0.5), self.at(factor, 1.0)

    def valued(self, factor: str) -> bool:
        """Is the factor one parameter, with values to show?"""
        return self._rows(factor) is not None

    def _rows(self, factor: str) -> tuple[NDArray[Any], NDArray[Any], str] | None:
        settings, points = self.settings, self.campaign.points
        of = np.asarray(settings["factor"]) == factor
        names = {str(name) for name in np.asarray(settings["parameter"])[of]}
        if len(names) != 1 or factor not in points.factors:
            return None
        place = np.searchsorted(points.point, np.asarray(settings["point"])[of])
        u = points.u[place, points.factors.index(factor)]
        kept = np.isfinite(u)
        if kept.sum() < 2:
            return None
        order = np.argsort(u[kept], kind="stable")
        value = np.asarray(settings["value"], float)[of][kept][order]
        return u[kept][order], value, str(np.asarray(settings["unit"])[of][0])


def shown(value: float, unit: str, lang: str) -> str:
    """A value of a parameter for people, three digits of it: 250000 m is 250 km, 1.0472 rad is 60 degrees."""
    by, name = next(
        ((by, name) for least, by, name in _SCALES.get(unit, ()) if abs(value) >= least),
        (1.0, _UNITS.get(unit, unit)),
    )
    value *= by
    if value == 0.0 or not math.isfinite(value):
        return quantity(value, name, lang)
    power = math.floor(math.log10(abs(value)))
    digits = 0 if power >= 1 else 1 - power if power < 0 else 1  # two digits are enough below ten
    return quantity(round(value, 2 - power), name, lang, digits)


def scaled(measure: Measure, found: Estimate) -> Estimate:
    return values.scaled(measure, found)


def study_of(campaign: Outcomes) -> dict[str, Any]:
    """Title, question, reference and pairs, wherever the campaign keeps them."""
    import yaml

    found: dict[str, Any] = {}
    try:
        text = (campaign.folder / STUDY).read_text(encoding="utf-8")
        read = yaml.load(text, Loader=yaml.CSafeLoader)
        found = dict(read) if isinstance(read, Mapping) else {}
    except (OSError, yaml.YAMLError):
        pass
    manifest = campaign.manifest
    about = manifest.get("study")
    for source in (about if isinstance(about, Mapping) else {}, manifest):
        found |= {key: source[key] for key in ("name", "title", "question", "reference", "compare") if source.get(key)}
    return found
