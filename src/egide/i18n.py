"""Two languages, English and French: sentences by gettext, numbers and dates by the habits of each.

message     an English sentence, with {placeholders}; it is its own id, so that a missing translation reads as English
translator  a function from message to sentence in one language
mark        says that a text is a message although it is translated elsewhere (the extraction looks for it)

French asks for a narrow no-break space (U+202F) before `: ; ! ? %` and units and between thousands, a decimal comma,
and « » with spaces inside. Messages are written so by the translator; numbers are made so here.
"""

from __future__ import annotations

import gettext
import math
import os
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeAlias

__all__ = [
    "LANGUAGES",
    "Translator",
    "choose",
    "count",
    "date",
    "duration",
    "interval",
    "mark",
    "number",
    "pick",
    "quantity",
    "translator",
    "typeset",
]

Translator: TypeAlias = Callable[[str], str]

LANGUAGES: Final = ("en", "fr")
NARROW: Final = "\u202f"  # narrow no-break space
MINUS: Final = "\u2212"
LOCALE: Final = Path(__file__).with_name("locale")

_MONTHS: Final = {
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    ),
}  # fmt: skip


def mark(message: str) -> str:
    """The same text: a message that is translated later, where the language is known."""
    return message


def choose(lang: str | None = None) -> str:
    """The language to speak: the one asked for, else EGIDE_LANG, else English. A regional form counts (`fr_FR`)."""
    asked = (lang or os.environ.get("EGIDE_LANG") or "en").lower().replace("-", "_").split("_")[0].split(".")[0]
    return asked if asked in LANGUAGES else "en"


@lru_cache(maxsize=len(LANGUAGES))
def translator(lang: str) -> Translator:
    """A function from message to sentence. What has no translation stays English."""
    if choose(lang) == "en":
        return mark
    found = gettext.translation("egide", localedir=LOCALE, languages=[choose(lang)], fallback=True)

    def translate(message: str) -> str:
        return found.gettext(message) if message else ""  # gettext answers the empty message with its header

    return translate


def pick(texts: Mapping[str, str] | str | None, lang: str) -> str:
    """The text of a {en, fr} label in one language; English where there is none, then whatever there is."""
    if texts is None or isinstance(texts, str):
        return texts or ""
    if found := texts.get(choose(lang)):
        return typeset(found, lang)
    return texts.get("en") or next((text for text in texts.values() if text), "")


def typeset(text: str, lang: str) -> str:
    """A text written with plain spaces, with the spaces that its language asks for. English keeps its own."""
    if choose(lang) != "fr":
        return text
    text = re.sub(r"[ \u00a0]([:;!?%»])", NARROW + r"\1", text)
    return re.sub(r"(?<=\d) (?=\d{3}\b)", NARROW, text.replace("« ", "«" + NARROW))


def number(value: float | None, lang: str = "en", digits: int | None = None) -> str:
    """A number for people: `digits` after the decimal mark, or (None) about three significant ones.

    number(12345.678, "fr", 1) -> '12 345,7' with a narrow no-break space; NaN, None and infinity show as a dash.
    """
    if value is None or not math.isfinite(value):
        return "–"
    if digits is None:
        digits = _useful_digits(value)
    rounded = round(float(value), digits)
    text = f"{abs(rounded):,.{max(digits, 0)}f}".replace(",", NARROW)  # the SI's thousands, in both languages
    if choose(lang) == "fr":
        text = text.replace(".", ",")
    return (MINUS if rounded < 0 else "") + text


def _useful_digits(value: float) -> int:
    if value == 0 or float(value).is_integer():
        return 0
    return min(max(2 - math.floor(math.log10(abs(value))), 0), 6)


def count(value: float, lang: str = "en") -> str:
    """A whole number, with its thousands apart."""
    return number(value, lang, 0)


def quantity(value: float | None, unit: str, lang: str = "en", digits: int | None = None) -> str:
    """A number and its unit, kept on one line: '390 km'. English writes 5%, French 5 %."""
    shown = number(value, lang, digits)
    if not unit:
        return shown
    return shown + ("" if unit == "%" and choose(lang) == "en" else NARROW) + unit


def interval(low: float | None, high: float | None, lang: str = "en", digits: int | None = None) -> str:
    """The two ends of an interval: '1.2 to 3.4', '1,2 à 3,4'. Both ends with the digits of the larger."""
    if digits is None:
        finite = [abs(end) for end in (low, high) if end is not None and math.isfinite(end)]
        digits = _useful_digits(max(finite)) if finite else 0
    between = " à " if choose(lang) == "fr" else " to "
    return number(low, lang, digits) + between + number(high, lang, digits)


def date(moment: datetime, lang: str = "en", *, time: bool = False) -> str:
    """A day, and the hour in UTC where asked: '12 July 2019, 06:00 UTC', '12 juillet 2019, 6 h 00 UTC'."""
    moment = moment.astimezone(UTC) if moment.tzinfo else moment
    chosen = choose(lang)
    day = "1er" if chosen == "fr" and moment.day == 1 else str(moment.day)
    shown = f"{day} {_MONTHS[chosen][moment.month - 1]} {moment.year}"
    if not time:
        return shown
    if chosen == "fr":
        return f"{shown}, {moment.hour}{NARROW}h{NARROW}{moment.minute:02d} UTC"
    return f"{shown}, {moment.hour:02d}:{moment.minute:02d} UTC"


def duration(seconds: float, lang: str = "en") -> str:
    """A length of time in its two largest units: '2 h', '1 min 30 s', '45 s'."""
    whole = round(seconds) if abs(seconds) >= 10 else seconds
    if whole < 60:
        return quantity(whole, "s", lang, None if whole < 10 else 0)
    parts: list[tuple[Any, str]] = [(whole // 3600, "h"), (whole % 3600 // 60, "min"), (whole % 60, "s")]
    shown = [quantity(value, unit, lang, 0) for value, unit in parts if value]
    return " ".join(shown[:2])
