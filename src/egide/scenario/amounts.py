"""Field types of a money file: amounts with their currency, and days that may be known to the month only.

cash   `2.5 bn USD`: a number, perhaps k, M or bn, and the three letters of a currency; a bare number is refused
span   the first and the last day of what is written: `2019-07-12`, `2019-07` or `2019`
share  a part of an amount: `45 %`, or a catalogue value such as `general/turkiye.s400_loan_share`
"""

from __future__ import annotations

import calendar
import math
import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, NamedTuple, TypeAlias, final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from egide.i18n import mark
from egide.scenario.quantities import Number, fail, show
from egide.units import split_quantity

__all__ = ["TAKES", "Cash", "CashText", "Currency", "Day", "Share", "Span", "is_path", "read_day"]

_UNIT: Final = re.compile(r"(?:(k|M|bn) ?)?([A-Z]{3})")
_TIMES: Final = {None: 1.0, "k": 1e3, "M": 1e6, "bn": 1e9}
_DAY: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_PATH: Final = re.compile(r"[a-z-]+/[a-z0-9-]+\.[a-z0-9_]+")


class Cash(NamedTuple):
    """An amount in a currency, at the prices of its time."""

    number: float
    currency: str


class Span(NamedTuple):
    """The first and the last day that are meant."""

    first: date
    last: date


def is_path(text: object) -> bool:
    """Whether a text is the path of a catalogue value."""
    return isinstance(text, str) and _PATH.fullmatch(text) is not None


@final
@dataclass(frozen=True)
class _CashType:
    """Text with a currency."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.plain_serializer_function_ser_schema(_written)
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        number = r"^(\d[\d_ ]*(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*"
        return {"type": "string", "pattern": number + r"((k|M|bn) ?)?[A-Z]{3}$", "examples": ["2.5 bn USD"]}

    def read(self, value: Any) -> Cash:
        if isinstance(value, Cash):
            return value
        right = mark("write for example '2.5 bn USD'")
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise fail(mark("expected an amount of money, got {value}"), right, value=show(value))
        if not isinstance(value, str):
            raise fail(mark("{value} has no currency"), right, value=show(value))
        try:
            number, unit = split_quantity(value)
        except ValueError:
            raise fail(mark("expected an amount of money, got {value}"), right, value=show(value)) from None
        found = _UNIT.fullmatch(unit)
        if found is None:
            if unit in ("", "k", "M", "bn"):
                raise fail(mark("{value} has no currency"), right, value=show(value))
            known = mark("write a number, perhaps k, M or bn, and the three letters of a currency: '2.5 bn USD'")
            raise fail(mark("'{unit}' is no unit of money"), known, unit=unit)
        if not math.isfinite(number) or number < 0.0:
            raise fail(
                mark("an amount is zero or more, got {value}"), mark("the flow says which way it goes"),
                value=show(value),
            )  # fmt: skip
        return Cash(number * _TIMES[found[1]], found[2])


def _written(value: Any) -> Any:
    if not isinstance(value, Cash):
        return value
    for unit, factor in (("bn ", 1e9), ("M ", 1e6), ("k ", 1e3), ("", 1.0)):
        text = f"{value.number / factor:.12g} {unit}{value.currency}"
        if value.number >= factor and CASH.read(text) == value:
            return text
    return f"{value.number!r} {value.currency}"


@final
@dataclass(frozen=True)
class _DayType:
    """A day, a month or a year."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.plain_serializer_function_ser_schema(_span_text)
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        text = {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$", "examples": ["2019-04-03"]}
        return {"anyOf": [text, {"type": "integer", "minimum": 1900, "maximum": 2200}]}

    def read(self, value: Any) -> Span:
        if isinstance(value, Span):
            return value
        found = None
        if isinstance(value, str | int) and not isinstance(value, bool):
            found = _DAY.fullmatch(str(value))
        try:
            if found is None:
                raise ValueError
            year, month, day = int(found[1]), found[2], found[3]
            if month is None:
                return Span(date(year, 1, 1), date(year, 12, 31))
            if day is None:
                return Span(date(year, int(month), 1), date(year, int(month), calendar.monthrange(year, int(month))[1]))
            exact = date(year, int(month), int(day))
        except (ValueError, calendar.IllegalMonthError):
            raise fail(
                mark("expected a day, a month or a year, got {value}"), mark("write for example 2019-04-03 or 2019-04"),
                value=show(value),
            ) from None  # fmt: skip
        return Span(exact, exact)


def _span_text(value: Any) -> Any:
    if not isinstance(value, Span):
        return value
    first, last = value
    if first == last:
        return first.isoformat()
    return f"{first:%Y-%m}" if first.month == last.month else f"{first:%Y}"


@final
@dataclass(frozen=True)
class _CurrencyType:
    """Three capital letters."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["USD"]}

    def read(self, value: Any) -> str:
        if isinstance(value, str) and re.fullmatch("[A-Z]{3}", value):
            return value
        raise fail(
            mark("expected the three letters of a currency, got {value}"), mark("write for example USD"),
            value=show(value),
        )  # fmt: skip


@final
@dataclass(frozen=True)
class _ShareType:
    """A number from 0 to 1, or the path of a catalogue value."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        texts = [{"type": "string", "pattern": pattern} for pattern in (r"^\d+(\.\d*)?\s*%$", f"^{_PATH.pattern}$")]
        return {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, *texts]}

    def read(self, value: Any) -> float | str:
        return value if is_path(value) else Number(0.0, 1.0).read(value)


CASH: Final = _CashType()
read_day: Final = _DayType().read
CashText: TypeAlias = Annotated[Cash, CASH]
Day: TypeAlias = Annotated[Span, _DayType()]
Currency: TypeAlias = Annotated[str, _CurrencyType()]
Share: TypeAlias = Annotated[float | str, _ShareType()]
TAKES: Final = {  # type -> what one writes, for the page of the format
    _CashType: "sum of money, `2.5 bn USD`",
    _DayType: "day, month or year, `2019-04-03`",
    _CurrencyType: "currency, `USD`",
    _ShareType: "number, 0 to 1, or a catalogue value",
}
