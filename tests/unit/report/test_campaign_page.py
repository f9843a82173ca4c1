"""The page of a campaign: whole, self-contained in both languages, and honest about what the data say."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.report import synthetic_campaign
from tests.unit.report.test_page import Outline

from egide import report
from egide.analysis import answer, outcomes, variance
from egide.analysis.intervals import Estimate
from egide.campaign.parameters import each
from egide.campaign.plan import plan
from egide.catalog.words import PARAMETERS
from egide.cli.app import main
from egide.errors import StoreError
from egide.i18n import translator
from egide.report import campaign
from egide.report.campaign_words import Words, shown
from egide.store import parts

LANGUAGES = ("en", "fr")
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic_campaign.write(tmp_path_factory.mktemp("campaign") / "c", points=80, trajectories=4, each=10)


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    out = report.write(folder, request.param, tmp_path_factory.mktemp("page") / "r.html")
    return str(request.param), out.read_text(encoding="utf-8")


def told(text: str) -> str:
    """The words of the page, without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<svg.*?</svg>|<style.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL))


def test_page_is_whole_and_asks_nothing_of_anybody(page: tuple[str, str]) -> None:
    outline = Outline()
    outline.feed(page[1])
    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))
    assert all(link.startswith(("#", "data:")) for link in outline.links)
    assert "<script" not in page[1]
    assert "default-src 'none'" in page[1]
    assert outline.figures >= 8
    assert outline.figures <= outline.labelled


def test_both_intervals_have_their_names(page: tuple[str, str]) -> None:
    lang, text = page
    for words in {"en": ("confidence interval", "range of assumptions"),
                  "fr": ("intervalle de confiance", "fourchette d’hypothèses")}[lang]:  # fmt: skip
        assert words in told(text)
    if lang == "fr":
        assert not re.search(r"[^\u202f] ?[;!?] (?!\w*;)", " ".join(re.findall(r"<p[^>]*>[^<]*</p>", text)))


def test_a_claim_says_what_turns_it(page: tuple[str, str]) -> None:
    words = told(page[1])
    assert {"en": "Claims of Almaz-Antey", "fr": "Annonces du fabricant Almaz-Antey"}[page[0]] in words
    assert {"en": "turns round", "fr": "s’inverse"}[page[0]] in words


def test_every_factor_is_listed_with_its_values_and_sources(page: tuple[str, str]) -> None:
    words = told(page[1])
    assert all(name in words for name in synthetic_campaign.FACTORS)
    assert {"en": "Rain weather.rain", "fr": "Pluie weather.rain"}[page[0]] in words
    assert {"en": "0.1 m²", "fr": "0,1 m²"}[page[0]] in words


@pytest.mark.parametrize("study", ["studies/turkiye-2019", "scenarios/first-battery"])
def test_every_value_that_a_shipped_study_moves_has_a_name_in_both_languages(study: str) -> None:
    for _, parameter, _ in each(plan(ROOT / study / "study.yaml").factors):
        name = parameter.path.rpartition(".")[2]
        assert name in PARAMETERS
        assert translator("fr")(PARAMETERS[name]) != ""


def test_each_row_names_the_command_that_plays_its_run_again(page: tuple[str, str], folder: Path) -> None:
    commands = re.findall(r"<code>(egide run [^<]*)</code>", page[1])
    assert len(commands) == 5 * 5 * 2  # measures, alternatives, worst and median
    assert all(f"{folder}/study.yaml" in each and "--point" in each and "--replication" in each for each in commands)
    assert sum("--fast" in each for each in commands) == 4 * 5 * 2  # wrongful engagements come from full runs


def test_the_command_writes_the_page(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = synthetic_campaign.write(tmp_path / "c", points=20, each=2)
    assert main(["report", str(small), "-o", str(tmp_path / "r.html"), "--lang", "fr"]) == 0
    assert "r.html" in capsys.readouterr().out
    assert report.summary(folder, "en")[0].startswith("80 points of 20 factors")


def test_worst_run_is_the_one_the_results_hold(folder: Path) -> None:
    opened = outcomes.open_outcomes(folder)
    run = answer.row(opened, "leakers", "patriot").worst
    assert run is not None
    values = opened.raw("leakers", "patriot").at(opened.points.sample)
    assert run.value == values.value.max()
    found = opened.con.execute(
        "SELECT leakers FROM results WHERE alternative = 'patriot' AND mode = 'fast' AND point = ? AND replication = ?",
        [run.point, run.replication],
    ).fetchone()
    assert found == (run.value,)


def test_a_difference_that_chance_explains_at_nominal_is_told_as_one_on_average() -> None:
    apart, not_apart = Estimate(-2.0, -3.0, -1.0, 10), Estimate(0.4, -0.5, 1.3, 10)
    split = variance.split(np.repeat(np.arange(40), 3), np.tile([-1.0, -2.0, -3.0], 40) - np.repeat(np.arange(40), 3))
    share = Estimate(1.0, 0.95, 1.0, 40)
    for nominal, p, p_over, wanted in (
        (apart, 0.001, 0.001, answer.ALWAYS), (not_apart, 0.5, 0.001, answer.AVERAGE),
        (not_apart, 0.5, 0.4, answer.CHANCE),
    ):  # fmt: skip
        found = answer.Against("a", "b", "leakers", "fast", nominal, split, share, p, p_over, "")
        assert answer.verdict(found) == wanted
    told_ = replace(found, verdict=answer.AVERAGE)
    assert told_.centre == split.mean
    assert told_.claim.sign == "lower"
    assert answer.verdict(replace(found, p=0.001, share=Estimate(0.6, 0.5, 0.7, 40))) == answer.MOSTLY


def test_what_full_tracking_turns_round_is_not_claimed(folder: Path) -> None:
    opened = outcomes.open_outcomes(folder)
    against = answer.compared(opened, [("s400-alone", "patriot")], ["leakers", "wrongful_per_10000"])[0]
    assert against.full is not None
    assert against.full.bias.low < 0.0 < against.full.bias.high  # the synthetic fast option errs alike for both
    assert answer.checked(against) == against
    low, high = sorted(-k * against.centre.value for k in (1.0, 3.0))
    other_way = replace(against.full, estimate=Estimate(-2.0 * against.centre.value, low, high, 80))
    turned = answer.checked(replace(against, full=other_way))
    assert turned.verdict == answer.TURNED
    words = Words(opened, "en", translator("en"))
    told_ = campaign.line(words, turned)
    assert told_ is not None
    assert not told_["apart"]
    assert told_["text"].startswith("nothing is claimed")


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [(250e3, "m", "250\u202fkm"), (0.1, "m2", "0.10\u202fm²"), (1908452.0, "USD", "1.9\u202fM USD"),
     (math.radians(47.0), "rad", "47\u202f°"), (0.6, "1", "0.60"), (0.0, "m", "0\u202fm")],
)  # fmt: skip
def test_values_of_parameters_are_for_people(value: float, unit: str, words: str) -> None:
    assert shown(value, unit, "en") == words


def test_full_runs_correct_the_fast_ones(folder: Path) -> None:
    found = answer.row(outcomes.open_outcomes(folder), "leakers", "nato-only").full
    assert found is not None
    assert found.bias.low < 0.8 < found.bias.high  # written so in the synthetic model, before rounding
    assert found.gain > 1.5
    assert found.full == 80


def test_wrongful_engagements_are_of_full_runs_alone_and_not_split(folder: Path) -> None:
    opened = outcomes.open_outcomes(folder)
    row = answer.row(opened, "wrongful_per_10000", "s400-alone")
    assert row.mode == "full"
    assert row.nominal.n == 1
    assert np.isnan(row.split.share)
    assert row.split.mean.low < row.split.mean.value < row.split.mean.high


def test_a_ratio_is_one_of_sums_at_each_point() -> None:
    point = np.array([0, 0, 1, 1])
    top, bottom = np.array([1.0, 3.0, 0.0, 2.0]), np.array([10.0, 30.0, 5.0, 15.0])
    value = outcomes.linearised(point, top, bottom, 1.0)
    assert value[:2] == pytest.approx([0.1, 0.1])
    assert value[2:].mean() == pytest.approx(2.0 / 20.0)


def manifest(folder: Path, **changes: Any) -> None:
    path = folder / "manifest.json"
    found = json.loads(path.read_text(encoding="utf-8")) | changes
    path.write_text(json.dumps(found), encoding="utf-8")


def only(folder: Path, table: str, where: str) -> None:
    """Keep some rows of a table."""
    con = parts.connect()
    path = folder / f"{table}.parquet"
    kept = {name: parts.unmask(column) for name, column in
            con.sql(f"FROM '{path}' WHERE {where}").fetchnumpy().items()}  # fmt: skip
    parts.write(path, kept, con)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_campaign_without_a_sample_says_so_and_stands(tmp_path: Path, lang: str) -> None:
    place = synthetic_campaign.write(tmp_path / "c", points=0, each=4)
    manifest(place, complete=False, runs={"asked": 900, "done": 820})
    text = report.write(place, lang, tmp_path / "r.html").read_text(encoding="utf-8")
    assert {"en": "820 of 900", "fr": "820 simulations sur 900"}[lang] in told(text)
    assert {"en": "Too few points for curves", "fr": "Trop peu de points"}[lang] in told(text)


def test_one_alternative_alone_is_set_against_nothing(tmp_path: Path) -> None:
    place = synthetic_campaign.write(tmp_path / "c", points=40, each=3)
    only(place, "results", "alternative = 'patriot'")
    text = report.write(place, "en", tmp_path / "r.html").read_text(encoding="utf-8")
    assert "nothing to set it against" in told(text)


def test_one_replication_a_point_and_no_values_of_parameters_stands(tmp_path: Path) -> None:
    place = synthetic_campaign.write(tmp_path / "c", points=40, each=1)
    only(place, "parameter_values", "false")
    only(place, "results", "mode = 'full'")
    text = report.write(place, "en", tmp_path / "r.html").read_text(encoding="utf-8")
    assert "one replication at each point" in told(text)


def test_what_could_not_be_run_is_listed_with_its_cause(tmp_path: Path) -> None:
    place = synthetic_campaign.write(tmp_path / "c", points=20, each=2)
    columns = {"point": np.array([3], np.int32), "alternative": np.array(["patriot"], object),
               "mode": np.array(["fast"], object), "first": np.array([4], np.int32), "last": np.array([5], np.int32),
               "cause": np.array(["the worker died three times"], object)}  # fmt: skip
    parts.write(place / "failures.parquet", columns, parts.connect())
    words = Words(outcomes.open_outcomes(place), "fr", translator("fr"))
    (found,) = campaign.failed(words)
    assert (found["point"], found["alternative"]) == ("3", "Patriot à sa place")
    assert found["cause"] == "the worker died three times"
    assert "--point 3 --replication 4 --fast" in found["command"]


def test_a_folder_that_holds_no_whole_campaign_is_refused_with_the_mend(tmp_path: Path) -> None:
    place = synthetic_campaign.write(tmp_path / "c", points=20, each=2)
    with pytest.raises(StoreError, match="no place for a coverage"):
        report.write(place, "en", tmp_path / "r.html", coverage=tmp_path)
    with pytest.raises(StoreError, match="no measure"):
        outcomes.open_outcomes(place).values("leekers", "patriot")
    with pytest.raises(StoreError, match="no alternative"):
        outcomes.open_outcomes(place).values("leakers", "patroit")
    (place / "results.parquet").unlink()
    with pytest.raises(StoreError, match="table of the campaign is missing"):
        outcomes.open_outcomes(place)
    with pytest.raises(StoreError, match="no campaign"):
        outcomes.open_outcomes(tmp_path)
