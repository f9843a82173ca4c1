"""`egide explain`: an answer that a stranger can follow, from the bundle's tables alone."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from egide import campaign, store
from egide.analysis import evidence, why
from egide.cli.app import main
from egide.cli.explain import instant
from egide.errors import StoreError
from egide.picture.identity import posterior

FILE = Path(__file__).parents[3] / "studies" / "shared-error" / "scenario.yaml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return campaign.run(FILE, "shared", 6, 2003, tmp_path_factory.mktemp("runs") / "shared", workers=1, detail=[0])


@pytest.fixture(scope="module")
def bundle(folder) -> store.Bundle:
    return store.open(folder)


@pytest.fixture(scope="module")
def victim(bundle) -> str:
    """An airliner that the battery fired at in replication 0."""
    rows = bundle.sql("SELECT mover_name FROM shots_named WHERE replication = 0 AND mover_name LIKE 'air%'").fetchall()
    return str(rows[0][0])


def said(capsys, *words: str) -> str:
    assert main(["explain", *words]) == 0
    return capsys.readouterr().out.replace("\u202f", " ")


def test_the_story_of_a_wrongly_engaged_airliner(folder, victim, capsys):
    text = said(capsys, str(folder), victim)
    for words in (
        f"({victim}): in truth neutral, airliner. Replication 0.",
        "firm: pending until its first review",
        "declared hostile – wrong: it is neutral",
        "before any evidence",
        "no military reply",
        "hostile ×",
        "told hostile by Sector centre over centre → battery",
        "by its own evidence alone it would say: neutral",
        "– a wrongful engagement",
    ):
        assert words in text, words


def test_the_same_in_french(folder, victim, capsys):
    text = said(capsys, str(folder), victim, "--lang", "fr")
    for words in ("en vérité neutre, avion de ligne", "déclarée : hostile – à tort : c’est neutre", "avant tout indice",
                  "annoncée hostile par Centre de secteur"):  # fmt: skip
        assert words in text, words
    assert "declared" not in text


def test_each_posterior_follows_from_the_bundles_rows_alone(bundle):
    """Row by row with `picture.identity.posterior`: what `explain` shows is what the engine believed."""
    table = evidence.likelihoods(bundle)
    rows = bundle.columns("identities_named")
    checked = 0
    for k in range(len(rows["time_s"])):
        row = {name: column[k] for name, column in rows.items()}
        weights = [weight for _, weight in evidence.pieces_of(int(row["evidence"]), str(row["told_name"] or ""), table)]
        found = posterior([row[f"prior_{side}"] for side in ("friend", "neutral", "hostile")], weights)
        assert found == pytest.approx([row[f"p_{side}"] for side in ("friend", "neutral", "hostile")], abs=1e-6)
        checked += len(weights) > 0
    assert checked > 50


def test_a_factor_is_the_change_of_the_odds(bundle, victim):
    """Odds form of Bayes: odds after = odds before times the factor, piece by piece."""
    for life in why.explain(bundle, victim).lives:
        for declaration in life.declarations:
            before = declaration.prior
            for piece in declaration.pieces:
                odds = [p[2] / (p[0] + p[1]) for p in (before, piece.after)]
                assert odds[1] == pytest.approx(odds[0] * piece.factor, rel=1e-9)
                before = piece.after
            assert before == pytest.approx(declaration.belief, abs=1e-6)


def test_what_was_told_leads_to_the_tellers_own_declaration(bundle, victim):
    told = [d for life in why.explain(bundle, victim, network="battery").lives for d in life.declarations if d.told]
    assert any(d.told == "hostile" for d in told)
    for d in told:
        assert d.told_from == "centre"
        assert d.teller is not None
        assert d.teller.network == "centre"
        assert d.teller.own == d.told
        assert d.teller.time_s < d.time_s


def test_a_moment_shows_what_was_held_then(bundle, victim, folder, capsys):
    story = why.explain(bundle, victim)
    declared = next(life for life in story.lives if life.network == "battery").declarations
    at_s = declared[0].time_s + 1.0
    held = why.explain(bundle, victim, at_s=at_s, network="battery")
    assert [d.time_s for life in held.lives for d in life.declarations] == [declared[0].time_s]
    assert all(act.time_s <= at_s for act in held.acts)
    assert "had no track of it then" in said(capsys, str(folder), victim, "--at", "1")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("730", 730.0), ("12 min", 720.0), ("0:12:10", 730.0), ("12:10", None), ("6:12:10", 730.0), ("06:12:10Z", 730.0),
     ("2030-05-01T06:12:10Z", 730.0), ("2030-05-01T06:12:10", 730.0), ("3 h", None), ("noon", None), ("-5", None)],
)  # fmt: skip
def test_times_are_read_as_people_write_them(bundle, text: str, seconds: float | None):
    if seconds is None:
        with pytest.raises(StoreError, match="is no time of this run"):
            instant(text, bundle)
    else:
        assert instant(text, bundle) == seconds


def test_a_replication_without_detail_says_how_to_get_it(folder, victim, capsys):
    text = said(capsys, str(folder), victim, "--replication", "1")
    assert "run again with --detail 1" in text
    assert "declared" in text


def test_a_track_may_be_named_by_its_number(bundle, victim, folder, capsys):
    life = next(life for life in why.explain(bundle, victim).lives if life.network == "battery" and life.declarations)
    assert victim in said(capsys, str(folder), str(life.track), "--network", "battery")


def test_one_json_document(folder, victim, capsys):
    document = json.loads(said(capsys, str(folder), victim, "--json"))
    assert document["object"] == victim
    declared = [d for life in document["lives"] for d in life["declarations"]]
    assert {"prior", "pieces", "belief", "told", "teller", "operator_error", "wrong"} <= declared[0].keys()
    assert math.isclose(sum(declared[0]["belief"]), 1.0, abs_tol=1e-6)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["airlines-1"], "there is no object airlines-1 in this run; nearest names: airliners-1"),
        (["airliners-1", "--network", "batery"], "has no network batery; nearest names: battery"),
        (["airliners-1", "--replication", "7"], "has no replication 7; it holds 6 of them, from 0"),
        (["airliners-1", "--at", "12:03:41"], "'12:03:41' is no time of this run"),
        (["99999"], "no track 99999 was ever declared in replication 0; give the name of an object"),
    ],
)
def test_a_mistake_is_answered_in_one_line(folder, capsys, words: list[str], problem: str):
    assert main(["explain", str(folder), *words]) == 2
    answer = capsys.readouterr().err
    assert problem in answer
    assert answer.count("\n") == 1


# --- battery by battery ----------------------------------------------------------------------------------------------


def test_a_leaker_is_told_battery_by_battery_and_ends_in_what_decided(folder, bundle, capsys):
    leaker = str(bundle.sql("SELECT mover_name FROM outcomes_named WHERE fate_name = 'leaked'").fetchall()[0][0])
    where = f"mover_name = '{leaker}' AND fate_name = 'leaked'"
    number = bundle.sql(f"SELECT min(replication) FROM outcomes_named WHERE {where}").fetchall()[0][0]
    text = said(capsys, str(folder), leaker, "--replication", str(number))
    for words in ("Battery by battery", "on its picture: first firm track in", "declared hostile"):
        assert words in text, words
    assert text.splitlines()[-1].startswith("What decided: ")
    document = json.loads(said(capsys, str(folder), leaker, "--replication", str(number), "--json"))
    assert document["batteries"]["cause"]
    french = said(capsys, str(folder), leaker, "--replication", str(number), "--lang", "fr")
    assert "Ce qui a décidé" in french.splitlines()[-1]
    assert "What" not in french


def test_a_shot_says_on_what_track_and_identity_and_when_it_was_decided(folder, victim, capsys):
    text = said(capsys, str(folder), victim)
    for words in ("decides to engage track", "held as hostile since", "which reaches it", "after the decision"):
        assert words in text, words


def test_all_leakers_have_one_deciding_cause_each(folder, bundle, capsys):
    document = json.loads(said(capsys, str(folder), "--leakers", "--json"))
    (about,) = document.values()
    leaked = bundle.sql("SELECT count(*) FROM outcomes_named WHERE fate_name = 'leaked'").fetchall()[0][0]
    assert sum(cause["n"] for cause in about["causes"]) == about["leakers"] == leaked > 0
    assert "95 % interval" in said(capsys, str(folder), "--leakers")


@pytest.mark.parametrize("words", [(), ("airliners-1", "--leakers")])
def test_explain_asks_for_one_object_or_all_leakers(folder, words, capsys):
    assert main(["explain", str(folder), *words]) == 2
    assert "--leakers" in capsys.readouterr().err


# --- in short --------------------------------------------------------------------------------------------------------


def brief(text: str) -> str:
    """The sentences above the long story."""
    return text.partition("\n\n")[0]


def test_a_wronged_airliner_is_told_in_a_few_sentences_first(folder, bundle, victim, capsys):
    text = brief(said(capsys, str(folder), victim))
    shot = bundle.sql(
        f"SELECT launch_s, battery_name FROM shots_named WHERE replication = 0 AND mover_name = '{victim}' ORDER BY 1"
    ).fetchall()[0]
    clock = f"0:{round(shot[0]) // 60:02d}:{round(shot[0]) % 60:02d}"
    assert text.startswith("In short")
    for words in (f"At {clock}", "taking it for hostile", "had been told so by Sector centre"):
        assert words in text, words
    assert len(text.splitlines()) <= 7
    french = brief(said(capsys, str(folder), victim, "--lang", "fr"))
    assert french.startswith("En bref")
    assert "pris pour hostile" in french


def test_a_leaker_is_told_in_a_few_sentences_that_end_in_what_decided(folder, bundle, capsys):
    leaker = str(bundle.sql("SELECT mover_name FROM outcomes_named WHERE fate_name = 'leaked'").fetchall()[0][0])
    number = bundle.sql(
        f"SELECT min(replication) FROM outcomes_named WHERE mover_name = '{leaker}' AND fate_name = 'leaked'"
    ).fetchall()[0][0]
    whole = said(capsys, str(folder), leaker, "--replication", str(number))
    decided = whole.splitlines()[-1].removeprefix("What decided: ").split(": ")[1].split(".")[0]
    assert "got through at" in brief(whole)
    assert decided in brief(whole).splitlines()[-1]


def test_who_came_through_unharmed_has_no_short_story(folder, bundle, capsys):
    name = bundle.sql(
        "SELECT mover_name FROM outcomes_named WHERE replication = 0 AND fate_name = 'survived' AND shots = 0 LIMIT 1"
    ).fetchall()[0][0]
    assert "In short" not in said(capsys, str(folder), str(name))
