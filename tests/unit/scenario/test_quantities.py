"""Text with a unit in, SI out, and text again."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from egide import scenario
from egide.errors import ScenarioError
from egide.scenario.quantities import (
    Date,
    Instant,
    Length,
    NoiseDensity,
    OpenAngle,
    Position,
    PositiveSpeed,
    Probability,
    read_date,
    read_si,
    speed_of_sound_m_s,
    write_si,
)
from egide.units import ANGLE, LENGTH, SPEED, TIME


def read(kind, text, **context):
    return TypeAdapter(kind).validate_python(text, context=context or None)


@pytest.mark.parametrize(
    ("altitude_m", "speed_m_s"),
    [(0, 340.294), (1000, 336.435), (5000, 320.545), (11000, 295.069), (20000, 295.069), (32000, 303.13)],
)
def test_the_speed_of_sound_is_that_of_the_standard_atmosphere(altitude_m, speed_m_s):
    """ICAO Doc 7488/3 and US Standard Atmosphere 1976, by geopotential altitude."""
    assert speed_of_sound_m_s(altitude_m) == pytest.approx(speed_m_s, rel=3e-4)


def test_mach_is_taken_at_the_altitude_beside_it():
    from egide.scenario.movers import RoutePoint

    point = RoutePoint.model_validate({"position": [45, -35], "speed": "0.8 Mach", "altitude": "11 km"})
    assert point.speed_m_s == pytest.approx(0.8 * 295.07, rel=1e-4)


def test_a_date_counts_from_the_start():
    start = read_date("2019-07-12T06:00Z")
    assert read(Instant, "2019-07-12T07:20Z", start=start) == 4800.0
    assert read(Instant, "2019-07-12T09:20+02:00", start=start) == 4800.0
    assert read(Instant, "80 min") == 4800.0


def test_a_date_without_an_offset_is_utc():
    assert read(Date, "2019-07-12T06:00").isoformat() == "2019-07-12T06:00:00+00:00"


@pytest.mark.parametrize("text", ["39.95 deg", "39.95", 39.95])
def test_a_latitude_may_carry_its_unit(text):
    assert read(Position, [text, 32]) == (39.95, 32.0)


def test_ratios_may_be_percentages_and_noise_may_carry_its_unit():
    assert read(Probability, "12 %") == pytest.approx(0.12)
    assert read(NoiseDensity, "5 m2/s3") == read(NoiseDensity, 5) == 5.0


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Length, "150"),
        (Length, 150),
        (Length, "-1 m"),
        (Length, True),
        (Length, None),
        (Length, ["1 km"]),
        (Length, "1e400 km"),
        (OpenAngle, "400 deg"),
        (PositiveSpeed, "0 m/s"),
        (PositiveSpeed, "0.8 Mach"),
        (Instant, "-5 s"),
        (Instant, "2019-13-12"),
        (Probability, 1.5),
        (Probability, float("nan")),
        (Position, [91, 0]),
        (Position, ["x", 0]),
    ],
)
def test_what_is_no_quantity_is_refused_in_words(kind, text):
    with pytest.raises(ValidationError) as caught:
        read(kind, text)
    assert all(error["type"] == "egide" for error in caught.value.errors())


@given(st.floats(-1e9, 1e9), st.sampled_from([LENGTH, TIME, SPEED, ANGLE]))
def test_what_is_written_reads_back_to_the_same_float(value, dimension):
    units = {"length": ("m", "km"), "time": ("s", "min", "h"), "speed": ("m/s",), "angle": ("deg",)}[dimension.name]
    assert read_si(write_si(value, dimension, units), dimension)[0] == value


def test_round_values_are_written_as_one_would():
    assert write_si(150_000.0, LENGTH, ("m", "km")) == "150 km"
    assert write_si(math.radians(90), ANGLE, ("deg",)) == "90 deg"
    assert write_si(7200.0, TIME, ("s", "min", "h")) == "2 h"


@given(st.text(max_size=30))
def test_any_text_is_a_quantity_or_a_problem_in_words(text):
    with suppress(PydanticCustomError):
        assert isinstance(read_si(text, LENGTH)[0], float)


def test_words_of_ours_inside_a_message_are_translated_too():
    """'length' is a message of its own; what the user wrote never is."""
    with pytest.raises(ScenarioError) as caught:
        scenario.parse("egide: 1\nduration: length\n")
    problem = next(problem for problem in caught.value.problems if problem.path == "duration")
    shown = problem.show(lambda message: {"time": "durée"}.get(message, message))
    assert "'length' is not a number with a unit of durée" in shown
