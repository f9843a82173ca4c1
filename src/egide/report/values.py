"""How a measure is shown: its scale and unit, how many digits its interval allows, and what may be said of it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from egide.analysis.intervals import Estimate
from egide.analysis.measures import BY_NAME, HEADLINE, MEASURES, Measure
from egide.i18n import Translator, interval, mark, number, quantity, translator, typeset

#: What page one opens with, what the spread is drawn of, and what is never shown as a row of results.
LEADING: Final = ("leakers", "value_lost", "wrongful_per_10000", "shots")
SPREAD: Final = ("leakers", "value_lost", "shots", "first_engagement_km")
SCALES: Final = {  # measure -> factor and unit
    "leaker_share": (100.0, "%"),
    "cost_interceptors_usd": (1e-6, mark("M USD")),
    "cost_targets_usd": (1e-6, mark("M USD")),
    "first_detection_km": (1.0, "km"),
    "first_engagement_km": (1.0, "km"),
    "track_latency_s": (1.0, "s"),
    "position_error_m": (1.0, "m"),
    **dict.fromkeys(("completeness", "identity_right", "identity_wrong"), (100.0, "%")),
    **dict.fromkeys(("threat_s", "threat_tracked_s", "tracked_s", "right_s", "wrong_s", "spurious_s"), (1.0, "s")),
}


def leading() -> list[Measure]:
    return [BY_NAME[name] for name in LEADING]


def all_measures() -> tuple[Measure, ...]:
    return MEASURES


def main_measures() -> list[Measure]:
    """Those of the first table; the others stand folded below it."""
    return [measure for measure in MEASURES if measure.name in HEADLINE]


def label(measure: Measure, lang: str) -> str:
    """The measure's words, with a capital: they begin a line."""
    words = typeset(measure.label(lang), lang)
    return words[:1].upper() + words[1:]


def unit(measure: Measure, say: Translator) -> str:
    """The unit shown beside the label; empty for counts, shares and what the label says already."""
    found = SCALES.get(measure.name, (1.0, ""))[1]
    return say(found) if found else ""


def factor(measure: Measure) -> float:
    return SCALES.get(measure.name, (1.0, ""))[0]


def scaled(measure: Measure, estimate: Estimate) -> Estimate:
    """The estimate in the unit shown."""
    by = factor(measure)
    return replace(estimate, value=by * estimate.value, low=by * estimate.low, high=by * estimate.high)


def known(estimate: Estimate | None) -> bool:
    return estimate is not None and math.isfinite(estimate.value)


def has_interval(estimate: Estimate) -> bool:
    return math.isfinite(estimate.low) and math.isfinite(estimate.high)


def equal(difference: Estimate) -> bool:
    """Not a single replication differs."""
    return difference.value == difference.low == difference.high == 0.0


def apart(difference: Estimate) -> bool:
    """May the two be called different? Only where there is an interval and zero lies outside it."""
    return has_interval(difference) and difference.apart


def digits(estimate: Estimate) -> int:
    """Digits that the interval's half-width justifies: two up to 3.5, else one (the Particle Data Group's rule)."""
    half = (estimate.high - estimate.low) / 2 if has_interval(estimate) else 0.0
    size = half if half > 0 else abs(estimate.value) / 10
    if not math.isfinite(size) or size <= 0 or (half <= 0 and float(estimate.value).is_integer()):
        return 0
    power = math.floor(math.log10(size))
    first = size / 10**power
    places = min(max((1 if first < 3.55 else 0) - power, 0), 4)
    nearest = min(abs(estimate.low), abs(estimate.high)) if has_interval(estimate) and estimate.apart else math.inf
    while round(nearest, places) == 0 and places < 4:  # an interval that excludes zero does not end in a rounded zero
        places += 1
    return places


def row_digits(estimates: Sequence[Estimate | None]) -> int:
    """One number of digits for a row, so that its figures can be read across."""
    found = sorted(digits(each) for each in estimates if each is not None and known(each) and has_interval(each))
    return found[len(found) // 2] if found else 0


def cell(estimate: Estimate | None, lang: str, places: int | None = None) -> dict[str, str]:
    """A value and its interval for a table."""
    if estimate is None or not known(estimate):
        return {"mean": "–", "interval": ""}
    places = digits(estimate) if places is None else places
    spread = has_interval(estimate) and estimate.low != estimate.high
    both = interval(estimate.low, estimate.high, lang, places) if spread else ""
    return {"mean": number(estimate.value, lang, places), "interval": both}


def signed(text: str, value: float) -> str:
    """A plus before what is above zero, unless rounding left nothing."""
    return f"+{text}" if value > 0 and re.search(r"[1-9]", text) else text


def verdict(difference: Estimate, say: Translator) -> str:
    """In words; never 'different' where the interval includes zero."""
    if apart(difference):
        return say("lower") if difference.value < 0 else say("higher")
    if not has_interval(difference):
        return say("one replication: nothing can be said")
    if equal(difference):
        return say("equal in every replication")
    return say("cannot be told apart")


def unit_of(unit: str, lang: str) -> str:
    """A unit as it is printed; counts and shares have none."""
    say = translator(lang)
    names = {"n": "", "1": "", "USD": "M USD", "km2": "km²", "per 10 000 passes": say(mark("per 10 000 passes"))}
    return names.get(unit, unit)


# --- what a coverage was asked ---------------------------------------------------------------------------------------

_OVER: Final = {"agl": mark("{height} above the ground"), "amsl": mark("{height} above sea level")}
_ASKED: Final = re.compile(r"([\d.]+) *([a-z]+)2?(?:-(agl|amsl))?")


def asked(text: str, lang: str) -> str:
    """'5km-amsl' or '1m2' as `egide coverage` was asked, for people; anything else as it is."""
    found = _ASKED.fullmatch(text)
    if found is None:
        return text
    figure, unit, over = found.groups()
    places = len(figure.partition(".")[2])
    value = quantity(float(figure), "m²" if text.endswith("m2") else unit, lang, places)
    return translator(lang)(_OVER[over]).format(height=value) if over else value
