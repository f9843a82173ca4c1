"""Claim cards are read with care: every mistake at once, at its place, with its mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from egide import catalog
from egide.analysis.measures import DOCS
from egide.errors import ScenarioError
from egide.scenario import claims as cards
from egide.scenario.claims import Known
from egide.scenario.tree import read_tree

ROOT = Path(__file__).parents[3]
KNOWN = Known(catalog.load(), list(DOCS), ["nato-only", "s400-alone", "patriot"], "small")
FILE = """egide: 1
kind: claims
study: small
claims:
  fewer-leakers:
    speaker: {en: The maker, fr: le constructeur}
    date: 2019-04-03
    source: S4-01
    says: {en: Less gets through., fr: Il en passe moins.}
    test: {kind: difference, measure: leakers, alternative: s400-alone, against: nato-only, less_than: 0}
    not_covered: {en: Other raids., fr: D’autres raids.}
"""


def problems(tmp_path: Path, old: str = "", new: str = "") -> list[str]:
    assert old in FILE
    path = tmp_path / "claims.yaml"
    path.write_text(FILE.replace(old, new), encoding="utf-8")
    return [str(each) for each in cards.read_claims(path, "claims.yaml", KNOWN)[1]]


def test_a_card_is_read(tmp_path):
    path = tmp_path / "claims.yaml"
    path.write_text(FILE, encoding="utf-8")
    (card,) = cards.load_claims(path, KNOWN).claims.values()
    assert not card.is_question
    assert (card.test.threshold, card.test.sign, card.test.names) == (0.0, "less", ("s400-alone", "nato-only"))
    assert card.source == ("S4-01",)


def test_without_a_speaker_it_is_a_question(tmp_path):
    path = tmp_path / "claims.yaml"
    path.write_text(FILE.replace("    speaker: {en: The maker, fr: le constructeur}\n", ""), encoding="utf-8")
    assert cards.load_claims(path, KNOWN).claims["fewer-leakers"].is_question


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("measure: leakers", "measure: leekers",
         "claims.yaml:10:39: claims.fewer-leakers.test.measure: there is no measure called 'leekers'; did you mean"),
        ("alternative: s400-alone", "alternative: s400-allone",
         "there is no alternative called 's400-allone' in this study; did you mean 's400-alone'?"),
        ("source: S4-01", "source: [S4-01, S4-99]",
         "8:21: claims.fewer-leakers.source[1]: the register has no source S4-99"),
        ("study: small", "study: large", "the study beside is called small, not large; put the file"),
        ("kind: difference", "kind: diffrence", "did you mean 'difference'?"),
        ("less_than: 0", "less_then: 0", "unknown key 'less_then'; did you mean 'less_than'?"),
        (", less_than: 0", "", "a test needs more_than or less_than, one of the two; write for example 'more_than: 0'"),
        ("less_than: 0", "less_than: 0, more_than: 1", "a test needs more_than or less_than, one of the two"),
        ("less_than: 0", "less_than: few", "expected a number, got 'few'"),
        ("less_than: 0", "less_than: 0, rcs: 1m2", "rcs does not go with difference; it belongs to coverage"),
        (", against: nato-only", "", "a difference needs against; add 'against: ...'"),
        ("against: nato-only", "against: s400-alone", "'s400-alone' is set against itself"),
        (", fr: D’autres raids.", "", "'fr' is missing"),
        (", fr: Il en passe moins.", "", "claims.yaml:9:11: claims.fewer-leakers.says: 'fr' is missing; add 'fr: ...'"),
        ("date: 2019-04-03", "date: 3 April 2019", "a year, got '3 April 2019'; write for example 2019-04-03 or"),
        ("    date: 2019-04-03\n", "", "a statement with a speaker needs its date"),
        ("kind: claims", "kind: study", "expected claims, got 'study'"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_with_place_cause_and_mend(tmp_path, old, new, says):
    found = problems(tmp_path, old, new)
    assert any(says in each for each in found), found


def test_every_mistake_is_said_at_once(tmp_path):
    path = tmp_path / "claims.yaml"
    path.write_text(
        FILE.replace("leakers,", "leekers,").replace("against: nato-only", "against: nobody").replace("S4-01", "X")
    )
    with pytest.raises(ScenarioError) as caught:
        cards.load_claims(path, KNOWN)
    assert len(caught.value.problems) == 3
    assert all(problem.line for problem in caught.value.problems)


PRICED = FILE.replace(
    "{kind: difference, measure: leakers, alternative: s400-alone, against: nato-only, less_than: 0}",
    "{kind: per-billion, measure: leakers, alternative: s400-alone, against: patriot, baseline: nato-only, "
    "more_than: 0}",
)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("more_than: 0", "more_than: 2", "effect for money is compared, never measured; write more_than: 0"),
        ("more_than: 0", "more_than: 0, prices: {}", "unknown key 'prices'"),
        (", baseline: nato-only", "", "a per-billion needs baseline"),
    ],
)
def test_effect_for_money_takes_its_prices_from_the_ledgers(tmp_path, old, new, says):
    path = tmp_path / "claims.yaml"
    assert old in PRICED
    path.write_text(PRICED.replace(old, new), encoding="utf-8")
    found = [str(each) for each in cards.read_claims(path, "claims.yaml", KNOWN)[1]]
    assert any(says in each for each in found), found


def test_a_reach_is_a_length_and_its_equipment_is_the_catalogues(tmp_path):
    test = "{kind: reach, system: system/s-401, missiles: [missile/48n6e3], targets: [aircraft/su-24], more_than: 400}"
    path = tmp_path / "claims.yaml"
    path.write_text("\n".join(f"    test: {test}" if "test:" in line else line for line in FILE.splitlines()))
    found = [str(each) for each in cards.read_claims(path, "claims.yaml", KNOWN)[1]]
    assert any("nothing in the catalogue is called 'system/s-401'; did you mean system/s-400" in each for each in found)
    assert any("400 has no length unit" in each for each in found)


# --- the shipped cards -------------------------------------------------------------------------------------------


def shipped() -> cards.Claims:
    folder = ROOT / "studies" / "turkiye-2019"
    base = read_tree((folder / "scenario.yaml").read_bytes(), "scenario.yaml").get("alternatives")
    assert base is not None
    known = Known(catalog.load(), list(DOCS), [name for name, _ in base.items()], "turkiye-2019")
    return cards.load_claims(folder / "claims.yaml", known)


def test_the_shipped_cards_have_no_fault_and_speak_both_languages():
    found = shipped().claims
    assert {"nato-coverage", "s400-covers", "f35-secrets", "not-integrated", "patriot-as-well", "money", "reach-400-km",
            "everyone-has-missiles", "s400-stops-which"} <= set(found)  # fmt: skip
    assert {name for name, card in found.items() if card.is_question} == {
        "s400-covers", "patriot-as-well", "alone-costs", "money", "s400-stops-which", "patriot-stops-which",
    }  # fmt: skip
    for card in found.values():
        for both in (card.says, card.not_covered, *([card.because] if card.because else [])):
            assert both.en != both.fr


def test_cards_of_the_campaign_ask_for_alternatives_that_it_runs():
    study = read_tree((ROOT / "studies" / "turkiye-2019" / "study.yaml").read_bytes(), "study.yaml")
    section = study.get("campaign")
    assert section is not None
    listed = section.get("alternatives")
    assert listed is not None
    run = {child.value for child in listed.elements()}
    for card in shipped().claims.values():
        if card.test.kind in cards.CAMPAIGN_KINDS:
            assert set(card.test.names) <= run
