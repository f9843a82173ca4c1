"""What several commands share."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egide.cli import common
from egide.errors import ScenarioError


@pytest.mark.parametrize(
    ("tokens", "lang"),
    [
        (["run", "--lang", "fr"], "fr"),
        (["run", "--lang=fr", "--nonsense"], "fr"),
        (["run", "--lang"], "en"),
        (["run", "--lang", "xx"], "en"),
        ([], "en"),
    ],
)
def test_the_language_is_read_from_a_line_too_broken_to_parse(tokens, lang, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("EGIDE_LANG", raising=False)
    assert common.language(tokens) == lang


def test_json_has_no_nan_and_knows_numpy(capsys: pytest.CaptureFixture[str]):
    common.print_json({"a": float("nan"), "b": np.float64("inf"), "c": np.arange(2), "d": (np.int32(1), "é")})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": None, "c": [0, 1], "d": [1, "é"]}


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
def test_whatever_is_printed_as_json_can_be_read_by_a_strict_reader(document):
    def refuse(word: str) -> None:
        raise AssertionError(word)

    json.loads(json.dumps(common._finite(document)), parse_constant=refuse)


def test_what_is_shipped_is_found():
    assert "turkiye-2019" in common.shipped_names("studies")
    assert (common.shipped("studies", "turkiye-2019")).is_dir()


def test_what_is_not_shipped_is_an_error_in_words():
    with pytest.raises(ScenarioError, match="has no atlantis"):
        common.shipped("studies", "atlantis")
