"""Verdicts: what agrees, what does not, and how both are shown."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from tools import validation_page

from egide import validation
from egide.cli.app import main
from egide.errors import StoreError
from egide.validation import Case, Verdict, cases, judge, page

HORIZON = {"antenna_height_m": 10, "target_height_m": 30}


def case(value: float = 35_610.368, rtol: float = 0.0, atol: float = 1e-3, call: str = "horizon.distance_m") -> Case:
    return Case(call, dict(HORIZON), None, value, rtol, atol, "computed", "a test")


def test_a_number_within_its_tolerance_agrees_and_one_outside_does_not() -> None:
    assert judge("m", case()).ok
    assert not judge("m", case(35_610.5)).ok
    assert judge("m", case(35_610.5, rtol=1e-4)).ok


def test_a_function_that_fails_or_is_missing_is_a_finding_and_not_a_crash() -> None:
    for call in ("horizon.nothing", "nothing.at_all", "egide.nothing.here"):
        verdict = judge("m", case(call=call))
        assert not verdict.ok
        assert math.isnan(verdict.ours)
        assert verdict.fault


def test_infinity_agrees_with_itself_alone() -> None:
    never = Case("motion.intercept_time_s", {"relative_m": [1000, 0, 0], "velocity_m_s": [300, 0, 0], "speed_m_s": 200},
                 None, math.inf, 0.0, 0.0, "analytic", "a slower runner behind")  # fmt: skip
    assert judge("m", never).ok
    assert page.shown(math.inf, never) == "∞"


def test_a_number_is_shown_with_the_digits_of_its_tolerance() -> None:
    assert page.shown(35_610.3678, case()) == "35610.3678"
    assert page.shown(2.0, case(2.0, atol=1e-3)) == "2.0000"
    assert page.within(case(rtol=1e-6, atol=0.0)) == "1e-06 rel."
    assert page.within(case()) == "0.001"


def test_the_section_counts_what_agrees_and_marks_what_differs() -> None:
    text = page.section([judge("horizon", case()), judge("horizon", case(1.0))])
    assert "1 of 2 numbers agree" in text
    assert "**differs**" in text
    assert "| horizon | 2 | 1 | 0 | 2 |" in text


def test_a_spoilt_table_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.csv").write_text("call,arguments,item,value,rtol,atol,evidence,source\nx,{,,1,0,0,analytic,y\n")
    monkeypatch.setattr(cases, "folder", lambda: tmp_path)
    with pytest.raises(StoreError, match=r"bad\.csv"):
        validation.published("bad")
    (tmp_path / "bad.csv").unlink()
    with pytest.raises(StoreError, match="no published values"):
        validation.models()


def test_the_page_says_what_the_models_say() -> None:
    text = validation_page.PAGE.read_text("utf-8")
    assert validation_page.page(text) == text, "run: python tools/validation_page.py"


# --- the command ---------------------------------------------------------------------------------------------------


def test_the_command_prints_a_line_a_number_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "horizon", "rain"]) == 0
    shown = capsys.readouterr().out
    assert "ITU-R Study Group 3" in shown
    assert shown.count("horizon.distance_m(") == len(validation.published("horizon"))
    total = len(validation.published("horizon")) + len(validation.published("rain"))
    assert shown.splitlines()[-1] == f"{total} of {total} numbers agree within their tolerance"


def test_one_number_that_differs_is_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = Verdict("horizon", case(1.0), 35_610.368, False)
    monkeypatch.setattr(validation, "judge", lambda _model, _case: wrong)
    assert main(["validate", "horizon"]) == 1
    assert "differs" in capsys.readouterr().out
    assert main(["validate", "horizon", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["agree"] == 0
    assert document["values"][0]["theirs"] == 1.0


def test_an_unknown_model_is_refused_with_the_nearest_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "jaming"]) == 2
    assert "did you mean jamming?" in capsys.readouterr().err
    assert main(["validate", "xyzzy"]) == 2
    assert "write one of: " in capsys.readouterr().err


def test_markdown_is_the_section_of_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--markdown"]) == 0
    assert capsys.readouterr().out in validation_page.PAGE.read_text("utf-8")
