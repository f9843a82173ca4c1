"""Who is there in which month: counted by hand, and what must hold for any calendar."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egide.analysis import timeline
from egide.analysis.timeline import Happening

MONTHS = np.array([float(date(2020, month, 15).toordinal()) for month in range(1, 13)])


def day(text: str) -> float:
    return float(date.fromisoformat(text).toordinal())


def happening(name: str, effect: str, when: str, *units: str, **more) -> Happening:
    return Happening(name, effect, units, np.array([day(when)]), **more)


def there(happenings, unit) -> str:
    """A letter a month, as '..######....'."""
    return "".join("#" if here else "." for here in timeline.presence(happenings, unit, MONTHS)[0])


def test_a_unit_that_no_event_touches_is_always_there():
    assert there([happening("a", "there", "2020-05-01", "other")], "unit") == "#" * 12


def test_a_unit_is_there_from_the_month_whose_fifteenth_is_not_before_its_day():
    assert there([happening("a", "there", "2020-03-15", "u")], "u") == "..##########"
    assert there([happening("a", "there", "2020-03-16", "u")], "u") == "...#########"


def test_a_unit_that_is_only_taken_away_was_there_from_the_beginning():
    assert there([happening("a", "gone", "2020-03-31", "u")], "u") == "###........."


def test_a_unit_may_come_go_and_come_again():
    turns = [
        happening("a", "there", "2020-02-01", "u"), happening("b", "gone", "2020-05-01", "u"),
        happening("c", "there", "2020-09-01", "u"),
    ]  # fmt: skip
    assert there(turns, "u") == ".###....####"


def test_what_is_held_up_comes_when_the_last_hold_is_lifted():
    held = [
        happening("comes", "there", "2020-03-01", "u"),
        happening("one", "hold", "2020-02-01", "u"), happening("two", "hold", "2020-04-01", "u"),
        happening("lift-one", "release", "2020-05-01", lifts=("one",)),
        happening("lift-two", "release", "2020-08-01", lifts=("two",)),
    ]  # fmt: skip
    assert there(held, "u") == ".......#####"


def test_a_hold_that_nothing_lifts_holds_for_ever_and_sends_nobody_away():
    hold = happening("hold", "hold", "2020-02-01", "u", "old")
    assert there([hold, happening("comes", "there", "2020-03-01", "u")], "u") == "." * 12
    assert there([hold, happening("came", "there", "2020-01-01", "old")], "old") == "#" * 12


def test_availability_halves_with_the_half_life_after_the_grace_and_ends_at_the_floor():
    embargo = happening(
        "embargo", "decay", "2020-03-15", "u", half_life_days=np.array([31.0]), grace_days=np.array([31.0]), floor=0.2
    )
    lift = happening("lift", "release", "2020-10-01", lifts=("embargo",))
    left = timeline.availability([embargo, lift], "u", MONTHS)[0]
    assert left[:4] == pytest.approx([1.0, 1.0, 1.0, 1.0])  # 15 April: the grace ends
    assert left[4] == pytest.approx(0.2 + 0.8 * 2 ** (-30 / 31))  # 30 days later
    assert left[8] == pytest.approx(0.2 + 0.8 * 2 ** (-153 / 31))
    assert left[9] == 1.0  # lifted


def test_bits_say_who_is_out_of_order_for_want_of_spares_and_nobody_else():
    embargo = happening("embargo", "decay", "2020-01-15", "u", half_life_days=np.array([31.0]))
    found = timeline.course("a", [embargo], ["u", "v"], MONTHS)
    luck = {"u": np.array([0.1, 0.45, 0.6, 0.9])}
    bits = timeline.down_bits(found, luck, {"u": 0.8})[0]
    assert bits[0].tolist() == [0, 0, 0, 0]
    assert bits[1].tolist() == [0, 1, 1, 0]  # works below 0.8 * 0.5; the last never worked
    assert bits[11].tolist() == [1, 1, 1, 0]


def test_a_mixture_weighs_every_set_of_units_that_decay_by_themselves():
    embargo = happening("embargo", "decay", "2020-01-15", "u", "v", half_life_days=np.array([31.0]))
    found = timeline.course("a", [embargo], ["u", "v"], MONTHS)
    shares = {(0, frozenset()): 1.0, (0, frozenset("u")): 0.5, (0, frozenset("v")): 0.3, (0, frozenset("uv")): 0.0}
    mixed = timeline.mixture(found, shares)[0]
    assert mixed[0] == 1.0
    assert mixed[1] == pytest.approx(0.25 * (1.0 + 0.5 + 0.3))


def test_the_band_holds_the_published_dates():
    values = np.array([[5.0], *[[value] for value in np.linspace(0.0, 1.0, 101)]])
    low, high = timeline.band(values)
    assert low[0] == pytest.approx(0.025)
    assert high[0] == 5.0


def test_upgrades_hold_from_their_day_while_one_of_their_units_is_there():
    events = [happening("better", "set", "2020-03-01", "u"), happening("leaves", "gone", "2020-06-01", "u")]
    found = timeline.course("a", events, ["u"], MONTHS)
    held = ["better" in found.combos[code][1] for code in found.codes[0]]
    assert held == [False, False, *[True] * 3, *[False] * 7]


UNITS = ("a", "b", "c")


@st.composite
def calendars(draw):
    """Turns of three units with holds, each with three draws of its day."""
    events = []
    for unit in UNITS:
        days = sorted(draw(st.lists(st.integers(0, 400), min_size=0, max_size=4, unique=True)))
        first = draw(st.booleans())
        for turn, begin in enumerate(days):
            effect = "there" if (turn % 2 == 0) == first else "gone"
            slip = np.array([0, *draw(st.tuples(st.integers(0, 60), st.integers(0, 60)))])
            events.append(Happening(f"{unit}{turn}", effect, (unit,), MONTHS[0] - 20 + begin + slip))
        if draw(st.booleans()):
            start = draw(st.integers(0, 300))
            events.append(Happening(f"{unit}-hold", "hold", (unit,), np.full(3, MONTHS[0] + start)))
            if draw(st.booleans()):
                over = np.full(3, MONTHS[0] + start + 50.0)
                events.append(Happening(f"{unit}-lift", "release", (), over, (f"{unit}-hold",)))
    return events


@settings(max_examples=40, deadline=None)
@given(calendars(), st.randoms())
def test_the_order_in_which_events_are_written_changes_nothing(events, random):
    shuffled = list(events)
    random.shuffle(shuffled)
    one, other = (timeline.course("x", each, UNITS, MONTHS) for each in (events, shuffled))
    assert np.array_equal(one.there, other.there)
    assert np.array_equal(one.codes, other.codes)
    assert one.combos == other.combos


@settings(max_examples=40, deadline=None)
@given(calendars())
def test_a_hold_never_makes_anybody_come_earlier(events):
    free = [each for each in events if each.effect not in ("hold", "release")]
    for unit in UNITS:
        held = timeline.presence(events, unit, MONTHS) if events else np.ones((1, 12), bool)
        unheld = timeline.presence(free, unit, MONTHS) if free else np.ones((1, 12), bool)
        assert not (held & ~unheld).any()
