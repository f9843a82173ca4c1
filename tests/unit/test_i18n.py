"""The two languages: numbers and dates by the habits of each, and a French catalogue that is whole."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tools import messages

from egide import events, i18n
from egide.report import labels

NARROW = "\u202f"


def test_french_numbers_have_a_decimal_comma_and_narrow_spaces_between_thousands() -> None:
    assert i18n.number(12345.678, "fr", 1) == f"12{NARROW}345,7"
    assert i18n.number(12345.678, "en", 1) == f"12{NARROW}345.7"
    assert i18n.number(-0.5, "fr", 2) == "\u22120,50"


def test_a_rounded_zero_has_no_sign() -> None:
    assert i18n.number(-0.001, "en", 1) == "0.0"


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_what_is_not_a_number_is_a_dash(value: float | None) -> None:
    assert i18n.number(value, "en") == "–"


def test_a_quantity_stays_on_one_line_and_only_french_parts_the_percent_sign() -> None:
    assert i18n.quantity(390, "km", "en") == f"390{NARROW}km"
    assert i18n.quantity(5, "%", "en") == "5%"
    assert i18n.quantity(5, "%", "fr") == f"5{NARROW}%"


def test_an_interval_has_the_digits_of_its_larger_end() -> None:
    assert i18n.interval(0.001, 12.34, "en") == "0.0 to 12.3"
    assert i18n.interval(1.5, 2.5, "fr", 1) == "1,5 à 2,5"


def test_dates_are_written_as_people_write_them() -> None:
    moment = datetime(2019, 8, 1, 6, 5, tzinfo=UTC)
    assert i18n.date(moment, "en", time=True) == "1 August 2019, 06:05 UTC"
    assert i18n.date(moment, "fr", time=True) == f"1er août 2019, 6{NARROW}h{NARROW}05 UTC"


def test_a_duration_has_two_units_at_most() -> None:
    assert i18n.duration(7200, "en") == f"2{NARROW}h"
    assert i18n.duration(90, "en") == f"1{NARROW}min 30{NARROW}s"


def test_a_regional_language_counts_and_an_unknown_one_is_english() -> None:
    assert i18n.choose("fr_FR.UTF-8") == "fr"
    assert i18n.choose("de") == "en"


def test_a_label_without_translation_is_shown_in_english() -> None:
    assert i18n.pick({"en": "Defender"}, "fr") == "Defender"
    assert i18n.pick(None, "fr") == ""
    assert i18n.pick({"en": "Why?", "fr": "Pourquoi ?"}, "fr") == f"Pourquoi{NARROW}?"


def test_a_message_without_translation_is_english_and_the_empty_one_is_empty() -> None:
    assert i18n.translator("fr")("never written anywhere") == "never written anywhere"
    assert i18n.translator("fr")("") == ""


# --- the catalogue -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def french() -> dict[str, str]:
    return messages.sentences(messages.read(messages.PO))


def test_every_message_is_translated(french: dict[str, str]) -> None:
    wanted = {str(message.id) for message in messages.collect() if message.id}
    assert sorted(wanted - french.keys()) == []
    assert sorted(french.keys() - wanted) == []


def test_the_compiled_catalogue_says_what_the_text_says(french: dict[str, str]) -> None:
    assert messages.sentences(messages.read(messages.MO)) == french


def placeholders(text: str) -> list[tuple[str, str, str]]:
    parts = string.Formatter().parse(text)
    return sorted((name, spec or "", conversion or "") for _, name, spec, conversion in parts if name is not None)


def test_a_translation_has_the_placeholders_of_its_message(french: dict[str, str]) -> None:
    wrong = [text for text, said in french.items() if placeholders(text) != placeholders(said)]
    assert wrong == []


def test_french_sentences_have_narrow_spaces_before_double_signs(french: dict[str, str]) -> None:
    plain = [said for said in french.values() if re.search(r" [;!?%»](\s|$|[.,)])|« | :(\s|$)", said)]
    assert plain == []


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (labels.CLASS_LABELS, events.CLASSES), (labels.RELATION_LABELS, events.RELATIONS),
        (labels.IDENTITY_LABELS, events.IDENTITIES), (labels.EVIDENCE_LABELS, events.EVIDENCE),
        (labels.WEAPON_CONTROL_LABELS, events.WEAPON_CONTROL), (labels.DECISION_LABELS, events.DECISIONS),
        (labels.REASON_LABELS, events.REASONS), (labels.RESULT_LABELS, events.RESULTS),
        (labels.FATE_LABELS, events.FATES), (labels.TRACK_EVENT_LABELS, events.TRACK_EVENTS),
    ],
)  # fmt: skip
def test_every_code_has_a_word(table: dict[str, str], codes: tuple[str, ...]) -> None:
    assert tuple(table) == codes


def test_messages_are_found_where_they_are_written() -> None:
    source = (
        "raise store_error(place, 'one', 'two {x}', x=1)\n"
        "Problem(f, 1, 1, p, 'three' if a else 'four', right='five')\n"
        "say('six ' 'seven')\n"
        "def bad(node, wrong, right): ...\n"
        "bad(n, 'eight', variable)\n"
        "wrong = 'nine'\n"
        "print('not one')\n"
    )
    found = {message for _, message in messages.python_messages(source)}
    assert found == {"one", "two {x}", "three", "four", "five", "six seven", "eight", "nine"}


def test_the_catalogue_in_the_package_is_the_one_that_is_read() -> None:
    assert Path(i18n.LOCALE) / "fr" / "LC_MESSAGES" / "egide.mo" == messages.MO
