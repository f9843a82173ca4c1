"""Field types of the models: text with a unit in the file, an SI float in the model, and text again when written.

Quantity   a length, time, speed, angle or area: `150 km` -> 150000.0; a bare number is refused
Instant    seconds from the scenario's start, written as an offset (`80 min`) or as an ISO date and time
Speed      may be Mach: then it is the speed of sound of the standard atmosphere at the altitude beside it
Position   latitude and longitude in degrees, `[39.95 deg, 32.69 deg]` or bare
fail       a problem as pydantic carries it: template, mend and values, so that it can be said in another language
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeAlias, final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from egide.errors import Word
from egide.i18n import mark
from egide.units import ANGLE, DENSITY, LENGTH, RAIN, SPEED, TIME, Dimension, split_quantity

__all__ = [
    "KINDS",
    "AntennaHeight",
    "Date",
    "Degrees",
    "Height",
    "Instant",
    "Latitude",
    "Length",
    "Longitude",
    "NoiseDensity",
    "OpenAngle",
    "Position",
    "PositiveLength",
    "PositiveSpeed",
    "PositiveTime",
    "Probability",
    "Rain",
    "Shift",
    "Time",
    "Vapour",
    "fail",
    "read_si",
    "speed_of_sound_m_s",
]


def fail(wrong: str, right: str = "", at: tuple[str | int, ...] = (), **values: Any) -> PydanticCustomError:
    """One problem; `at` leads from the model to the key that is wrong."""
    return PydanticCustomError("egide", "{wrong}", {"wrong": wrong, "right": right, "at": at, "values": values})


KINDS: Final = {  # what a dimension is called in a message
    "length": Word(mark("length")),
    "time": Word(mark("time")),
    "speed": Word(mark("speed")),
    "angle": Word(mark("angle")),
    "area": Word(mark("area")),
    "frequency": Word(mark("frequency")),
    "power": Word(mark("power")),
    "ratio": Word(mark("ratio")),
    "decibel": Word(mark("decibel")),
    "money": Word(mark("money")),
    "density": Word(mark("density")),
    "rain": Word(mark("rate of rain")),
    "count": Word(mark("count")),
}
_WORDS: Final = {
    "nothing": Word(mark("nothing")),
    "mapping": Word(mark("a mapping")),
    "list": Word(mark("a list")),
}


def show(value: object) -> str:
    """A value as a message shows it: short, text in quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return _WORDS["nothing"]
    if isinstance(value, dict):
        return _WORDS["mapping"]
    if isinstance(value, list | tuple):
        return _WORDS["list"]
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def read_si(value: object, dimension: Dimension) -> tuple[float, str]:
    """SI value and unit as written. Raises PydanticCustomError in words."""
    example = dimension.example
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise fail(
            mark("expected a {kind} such as '{example}', got {value}"),
            kind=KINDS[dimension.name],
            example=example,
            value=show(value),
        )
    if isinstance(value, str):
        try:
            number, unit = split_quantity(value)
        except ValueError:
            raise fail(
                mark("{value} is not a number with a unit of {kind}"),
                mark("write for example '{example}'"),
                value=show(value),
                kind=KINDS[dimension.name],
                example=example,
            ) from None
    else:
        number, unit = float(value), ""
    if unit not in dimension.factors:
        known = [name for name in dimension.factors if name]
        if unit == "":
            raise fail(
                mark("{value} has no {kind} unit"),
                mark("write for example '{example}'"),
                value=show(value),
                kind=KINDS[dimension.name],
                example=example,
            )
        raise fail(
            mark("{unit} is not a unit of {kind}"),
            mark("known units: {known}"),
            unit=show(unit),
            kind=KINDS[dimension.name],
            known=", ".join(known),
        )
    si = number * dimension.factors[unit]
    if not math.isfinite(si):
        raise fail(mark("{value} is not a finite number"), mark("write a number"), value=show(value))
    return si, unit


def write_si(value: float, dimension: Dimension, units: tuple[str, ...]) -> str:
    """The shortest text that reads back to the same float: '150 km', '30 deg', or the SI unit in full."""
    texts = []
    for unit in units:
        for digits in (6, 9, 12, 15):
            text = f"{value / dimension.factors[unit]:.{digits}g} {unit}"
            if read_si(text, dimension)[0] == value:
                texts.append(text)
                break
    si = next(name for name, factor in dimension.factors.items() if factor == 1.0)
    return min(texts, key=len) if texts else f"{value!r} {si}".strip()


_WRITTEN: Final = {
    "length": ("m", "km"),
    "time": ("s", "min", "h"),
    "speed": ("m/s",),
    "angle": ("deg",),
    "density": ("g/m3",),
    "rain": ("mm/h",),
}


@final
@dataclass(frozen=True)
class Quantity:
    """A pydantic type of one dimension, with its least and greatest value in SI."""

    dimension: Dimension = field(hash=False)
    least: float | None = None
    most: float | None = None
    above: bool = False  # least itself is refused
    instant: bool = False
    mach: bool = False
    right: str = ""  # what would be right where a bound is crossed

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(self.write),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        units = "|".join(unit.replace("/", "\\/") for unit in self.dimension.factors if unit)
        number = r"^[+-]?(\d[\d_ ]*(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*"
        offset = {"type": "string", "pattern": f"{number}({units})$"}
        described = {"description": f"{self.dimension.name} with its unit", "examples": [self.dimension.example]}
        if self.instant:
            return {"anyOf": [offset, {"type": "string", "format": "date-time"}], **described}
        return {**offset, **described}

    def read(self, value: Any, info: core_schema.ValidationInfo) -> float:
        if self.instant and isinstance(value, str) and _looks_like_date(value):
            si = _since_start(value, info.context)
        else:
            si, unit = read_si(value, self.dimension)
            if unit == "Mach" and self.mach:
                si *= _mach_factor(info.data or {})
        self._check(value, si)
        return si

    def _check(self, value: Any, si: float) -> None:
        low = self.least is not None and (si <= self.least if self.above else si < self.least)
        high = self.most is not None and si > self.most
        if not (low or high):
            return
        units = _WRITTEN[self.dimension.name]
        least = "" if self.least is None else write_si(self.least, self.dimension, units)
        most = "" if self.most is None else write_si(self.most, self.dimension, units)
        if low and self.least == 0.0:
            wrong = (
                mark("expected a {kind} above zero, got {value}")
                if self.above
                else mark("expected a {kind} of zero or more, got {value}")
            )
        elif low:
            wrong = mark("expected a {kind} of at least {least}, got {value}")
        else:
            wrong = mark("expected a {kind} of at most {most}, got {value}")
        raise fail(wrong, self.right, kind=KINDS[self.dimension.name], value=show(value), least=least, most=most)

    def write(self, value: Any) -> Any:
        return write_si(value, self.dimension, _WRITTEN[self.dimension.name]) if isinstance(value, float) else value


def _looks_like_date(text: str) -> bool:
    return len(text) >= 8 and text[:4].isdigit() and text[4] == "-"


def read_date(value: object) -> datetime:
    """An ISO date and time; without an offset it is UTC."""
    if isinstance(value, str) and _looks_like_date(value):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    raise fail(
        mark("expected a date and time, got {value}"), mark("write for example '2019-07-12T06:00Z'"), value=show(value)
    )


def _since_start(value: str, context: Any) -> float:
    moment = read_date(value)
    start = context.get("start") if isinstance(context, Mapping) else None
    if start is None:
        raise fail(
            mark("a date needs the scenario's start, which is not readable"), mark("write an offset such as '80 min'")
        )
    seconds = float((moment - start).total_seconds())
    if seconds < 0:
        raise fail(
            mark("{value} is before the scenario's start, {start}"),
            mark("write a later time, or an offset such as '80 min'"),
            value=value,
            start=write_date(start),
        )
    return seconds


def write_date(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _mach_factor(data: Mapping[str, Any]) -> float:
    """Speed of sound at the altitude given beside the speed, over that at sea level."""
    altitude_m = data.get("altitude_m")
    if altitude_m is None:
        raise fail(
            mark("Mach needs an altitude beside it"), mark("add altitude, or write the speed in m/s, km/h or kt")
        )
    return speed_of_sound_m_s(altitude_m) / SPEED.factors["Mach"]


def speed_of_sound_m_s(altitude_m: float) -> float:
    """International Standard Atmosphere (ISO 2533:1975), geopotential altitude, 0 to 32 km; constant beyond."""
    height_m = min(max(altitude_m, 0.0), 32_000.0)
    temperature_k = 288.15 - 0.0065 * min(height_m, 11_000.0) + 0.001 * max(height_m - 20_000.0, 0.0)
    return math.sqrt(1.4 * 287.05287 * temperature_k)


@final
@dataclass(frozen=True)
class Angle:
    """Degrees of latitude, longitude or their difference: `39.95`, `39.95 deg`; kept in degrees."""

    most: float
    what: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        text = {"type": "string", "pattern": r"^[+-]?\d+(\.\d*)?\s*deg$"}
        return {
            "anyOf": [{"type": "number", "minimum": -self.most, "maximum": self.most}, text],
            "description": self.what,
        }

    def read(self, value: Any) -> float:
        if isinstance(value, str):
            try:
                number, unit = split_quantity(value)
            except ValueError:
                number, unit = math.nan, ""
            degrees = number if unit in ("deg", "") else math.nan
        else:
            degrees = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
        if not math.isfinite(degrees):
            raise fail(
                mark("expected degrees of {what}, got {value}"),
                mark("write for example 39.95 or '39.95 deg'"),
                what=self.what,
                value=show(value),
            )
        if abs(degrees) > self.most:
            right = (
                mark("latitude comes first, then longitude") if self.what == "latitude" and abs(degrees) <= 180 else ""
            )
            raise fail(
                mark("{value} degrees of {what} is beyond {most}"),
                right,
                value=f"{degrees:g}",
                what=self.what,
                most=f"{self.most:g}",
            )
        return degrees


@final
@dataclass(frozen=True)
class Number:
    """A bare number between two bounds, written with or without one unit text (`5 m2/s3`) or as a percentage."""

    least: float
    most: float
    unit: str = ""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        number: dict[str, Any] = {"type": "number", "minimum": self.least}
        if math.isfinite(self.most):
            number["maximum"] = self.most
        unit = self.unit or "%"
        text = {"type": "string", "pattern": r"^\d+(\.\d*)?\s*" + unit.replace("/", "\\/") + "$"}
        return {"anyOf": [number, text]}

    def read(self, value: Any) -> float:
        number = math.nan
        if isinstance(value, str):
            try:
                number, unit = split_quantity(value)
            except ValueError:
                unit = "?"
            if not self.unit and unit == "%":
                number /= 100.0
            elif unit not in ("", self.unit):
                number = math.nan
        elif isinstance(value, int | float) and not isinstance(value, bool):
            number = float(value)
        if not math.isfinite(number):
            raise fail(mark("expected a number, got {value}"), value=show(value))
        if not self.least <= number <= self.most:
            if math.isfinite(self.most):
                wrong = mark("expected a number from {least} to {most}, got {value}")
            else:
                wrong = mark("expected a number of {least} or more, got {value}")
            raise fail(wrong, least=f"{self.least:g}", most=f"{self.most:g}", value=show(value))
        return number


@final
@dataclass(frozen=True)
class Moment:
    """An aware datetime in UTC."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, datetime) and value.tzinfo else read_date(value),
            serialization=core_schema.plain_serializer_function_ser_schema(write_date),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "format": "date-time", "examples": ["2019-07-12T06:00Z"]}


Length: TypeAlias = Annotated[float, Quantity(LENGTH, least=0.0)]
PositiveLength: TypeAlias = Annotated[float, Quantity(LENGTH, least=0.0, above=True)]
Height: TypeAlias = Annotated[float, Quantity(LENGTH, least=-500.0, most=9000.0)]  # of ground; the Dead Sea to Everest
AntennaHeight: TypeAlias = Annotated[
    float, Quantity(LENGTH, least=0.0, right=mark("a radar stands on the ground or above it"))
]
Time: TypeAlias = Annotated[float, Quantity(TIME, least=0.0)]
PositiveTime: TypeAlias = Annotated[float, Quantity(TIME, least=0.0, above=True)]
Instant: TypeAlias = Annotated[float, Quantity(TIME, least=0.0, instant=True)]
PositiveSpeed: TypeAlias = Annotated[float, Quantity(SPEED, least=0.0, above=True, mach=True)]
OpenAngle: TypeAlias = Annotated[float, Quantity(ANGLE, least=-2 * math.pi, most=2 * math.pi)]
Vapour: TypeAlias = Annotated[float, Quantity(DENSITY, least=0.0, most=0.1)]
Rain: TypeAlias = Annotated[float, Quantity(RAIN, least=0.0, most=300e-3 / 3600)]
Latitude: TypeAlias = Annotated[float, Angle(90.0, Word(mark("latitude")))]
Longitude: TypeAlias = Annotated[float, Angle(180.0, Word(mark("longitude")))]
Degrees: TypeAlias = Annotated[float, Angle(360.0, Word(mark("difference")))]
Position: TypeAlias = tuple[Latitude, Longitude]
Shift: TypeAlias = tuple[Degrees, Degrees]
Probability: TypeAlias = Annotated[float, Number(0.0, 1.0)]
NoiseDensity: TypeAlias = Annotated[float, Number(0.0, math.inf, "m2/s3")]
Factor: TypeAlias = Annotated[float, Number(0.0, math.inf)]
Date: TypeAlias = Annotated[datetime, Moment()]
