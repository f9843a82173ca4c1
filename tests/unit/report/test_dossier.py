"""The dossier: every part from what was run, refused where that is stale, and no figure typed by hand."""

from __future__ import annotations

import ast
import html
import json
import re
import shutil
from pathlib import Path

import pytest

from egide.analysis.outcomes import open_outcomes
from egide.campaign import material
from egide.campaign.conduct import conduct
from egide.campaign.plan import plan
from egide.cli.app import main
from egide.cli.material import make
from egide.errors import ScenarioError, StoreError
from egide.report import dossier, paper

ROOT = Path(__file__).parents[3]
STUDY = """
egide: 1
kind: study
name: small
title: {en: A small study, fr: Une petite étude}
question: {en: One shot or two?, fr: Un tir ou deux ?}
base: scenario.yaml
alternatives: [as-written, one-shot]
reference: as-written
seed: 7
campaign:
  replications: 6
  nominal: 12
  design: {kind: latin-hypercube, points: 6}
  tracking: {mode: fast}
"""
QUICK = """
egide: 1
kind: study
extends: study.yaml
replications: 2
campaign:
  replications: 2
  nominal: 3
  design: {kind: latin-hypercube, points: 2}
  tracking: {mode: fast}
"""
CLAIMS = """
egide: 1
kind: claims
study: small
claims:
  two-better:
    speaker: {en: 'A colonel, invented', fr: 'Un colonel, inventé'}
    date: 2019-04
    source: SF-08
    says: {en: Two shots at once stop more than one., fr: Deux tirs simultanés arrêtent plus qu’un seul.}
    test: {kind: difference, measure: leakers, alternative: one-shot, against: as-written, more_than: 0}
    not_covered: {en: Other raids., fr: D’autres raids.}
"""
DOSSIER = """
egide: 1
kind: dossier
study: small
title: {en: A small dossier, fr: Un petit dossier}
lead: {en: Somebody asked., fr: Quelqu’un a demandé.}
questions:
  - asks: {en: Is one shot enough?, fr: Un tir suffit-il ?}
    cards: [two-better]
what_if:
  - name: nothing
    asks: {en: What if nothing changed?, fr: Et si rien ne changeait ?}
    set: {missile/pac-3-mse.kill_ballistic: NOMINAL}
    alternatives: [as-written]
  - name: blunt
    asks: {en: What if they hardly hit?, fr: Et s’ils touchaient à peine ?}
    set: {missile/pac-3-mse.kill_ballistic: 0.05, missile/pac-2-gem-t.kill_cruise: 0.05}
    alternatives: [as-written, one-shot]
context:
  - says: {en: Two states talk on., fr: Deux États se parlent encore.}
    source: [SF-12]
"""


def write(folder: Path) -> Path:
    from egide import catalog

    shutil.copy(ROOT / "scenarios" / "first-battery" / "scenario.yaml", folder)
    nominal = catalog.load()["missile/pac-3-mse"].values["kill_ballistic"].value
    for name, text in (("study", STUDY), ("quick", QUICK), ("claims", CLAIMS),
                       ("dossier", DOSSIER.replace("NOMINAL", str(nominal)))):  # fmt: skip
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / "study.yaml"


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    return write(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def runs(study, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "all"
    make(material.wanted(study, folder), 1, "en")
    return folder


@pytest.fixture(scope="module")
def pages(study, runs) -> dict[str, str]:
    found = material.collect(material.wanted(study, runs))
    return {lang: dossier.render(found, lang) for lang in ("en", "fr")}


def text_of(page: str) -> str:
    page = re.sub(r"<(style|svg).*?</\1>", " ", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def test_every_link_of_the_page_leads_to_a_place_on_it(pages):
    for page in pages.values():
        places = set(re.findall(r'\bid="([^"]+)"', page))
        wanted = set(re.findall(r'href="#([^"]+)"', re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)))
        assert wanted
        assert wanted <= places


def test_it_asks_nothing_of_anybody_and_runs_no_script(pages):
    for page in pages.values():
        assert "<script" not in page
        assert not re.search(r'(src|href)="(https?:)?//', page)


def test_no_number_of_its_prose_is_typed_by_hand():
    """Neither in the template nor in the messages: figures come by placeholders. What is left are names of terms."""
    terms = ("95 %", "95 of 100", "95%", "10 000", "PDF")
    template = (ROOT / "src/egide/report/templates/dossier.html.j2").read_text("utf-8")
    source = (ROOT / "src/egide/report/dossier.py").read_text("utf-8")
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    marked = [node.args[0] for node in calls if isinstance(node.func, ast.Name) and node.func.id == "mark"]
    said = [str(node.value) for node in marked if isinstance(node, ast.Constant)]
    assert len(said) > 20
    for text in [*said, *re.findall(r'_\("([^"]*)"\)', template)]:
        bare = re.sub(r"\{[^}]*\}", "", text)
        for term in terms:
            bare = bare.replace(term, "")
        assert not re.search(r"\d", bare), text


def test_the_first_page_says_what_the_tables_hold(study, runs, pages):
    found = material.collect(material.wanted(study, runs))
    card = found.cards[0]
    results = open_outcomes(runs / "campaign")
    less = results.values("leakers", "one-shot").less(results.values("leakers", "as-written")).at(0)
    assert card.finding is not None
    assert card.finding.value.value == pytest.approx(float(less.value.mean()))
    shown = f"{less.value.mean():.1f}"
    assert shown in text_of(pages["en"]).partition("Contents")[0]
    assert shown.replace(".", ",") in text_of(pages["fr"]).partition("Sommaire")[0]


def test_a_what_if_that_changes_nothing_meets_the_same_luck(study, runs):
    found = material.collect(material.wanted(study, runs))
    nothing, blunt = found.what_ifs
    assert nothing.rows[0].difference.value == 0.0
    assert nothing.rows[0].difference.low == nothing.rows[0].difference.high == 0.0
    assert all(row.difference.value > 0.0 for row in blunt.rows)


def test_each_part_has_its_command_and_digest(study, runs, pages):
    found = material.collect(material.wanted(study, runs))
    parts = {what: (command, digest) for what, command, digest in found.made_by}
    manifest = json.loads((runs / "campaign" / "manifest.json").read_text())
    assert parts["campaign"][1] == manifest["digest"]
    assert parts["campaign"][0] in text_of(pages["en"])
    assert manifest["digest"] in pages["fr"]


def test_what_was_not_run_is_told_with_its_command(study, runs, tmp_path):
    shutil.copytree(runs / "campaign", tmp_path / "campaign")
    found = material.collect(material.wanted(study, tmp_path))
    assert {each.what for each in found.absent} == {"nothing", "blunt"}
    assert "egide run" in text_of(dossier.render(found, "en"))


def test_the_quick_version_says_that_it_is_a_trial(study, tmp_path):
    order = material.wanted(study.with_name("quick.yaml"), tmp_path)
    conduct(order.plan.path, tmp_path / "campaign")
    found = material.collect(order)
    page = text_of(dossier.render(found, "fr"))
    assert found.trial
    assert "--dossier --make" in page
    assert len(found.campaign.points.sample) == 2
    kept = tmp_path / "campaign" / "study.yaml"  # one whole text, which makes the same points again
    shutil.copy(study.with_name("scenario.yaml"), kept.parent)
    assert (plan(kept).points.u[1:] == order.plan.points.u[1:]).all()
    with pytest.raises(StoreError, match="made from something else"):
        material.collect(material.wanted(study, tmp_path))


def test_a_campaign_without_runs_is_refused_with_what_makes_it(study, tmp_path):
    with pytest.raises(StoreError, match="egide campaign"):
        material.collect(material.wanted(study, tmp_path / "nowhere"))


def test_a_campaign_of_an_older_scenario_is_refused_with_what_has_changed(study, runs, tmp_path):
    copy = tmp_path / "study"
    shutil.copytree(study.parent, copy)
    scenario = copy / "scenario.yaml"
    scenario.write_text(scenario.read_text().replace("count: 4", "count: 5", 1))
    with pytest.raises(StoreError, match=r"count: 4.*count: 5"):
        material.collect(material.wanted(copy / "study.yaml", runs))


def test_runs_of_a_what_if_with_other_values_are_refused(study, runs, tmp_path):
    copy = tmp_path / "study"
    shutil.copytree(study.parent, copy)
    file = copy / "dossier.yaml"
    file.write_text(file.read_text().replace("kill_cruise: 0.05", "kill_cruise: 0.06"))
    with pytest.raises(StoreError, match=r"kill_cruise=0\.05"):
        material.collect(material.wanted(copy / "study.yaml", runs))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cards: [two-better]", "cards: [two-beter]", "two-better"),
        ("alternatives: [as-written]", "alternatives: [as-writen]", "as-written"),
        ("source: [SF-12]", "source: [SF-99]", "no source SF-99"),
        ("study: small", "study: large", "is called small"),
        ("missile/pac-2-gem-t.kill_cruise", "missile/pac-2-gem-t.kil_cruise", "kil_cruise"),
        ("fr: Quelqu’un a demandé.", "de: Jemand", "fr"),
        ("name: blunt", "name: nothing", "two are called"),
    ],
)
def test_a_wrong_word_in_the_plan_is_told_with_its_place(study, tmp_path, old, new, said):
    shutil.copytree(study.parent, tmp_path / "study")
    file = tmp_path / "study" / "dossier.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(ScenarioError) as error:
        material.wanted(tmp_path / "study")
    problem = error.value.problems[0]
    assert problem.file.endswith("dossier.yaml")
    assert problem.line > 0
    assert said in str(error.value)


def test_a_study_that_extends_nothing_is_refused(study, tmp_path, capsys):
    shutil.copytree(study.parent, tmp_path / "study")
    file = tmp_path / "study" / "quick.yaml"
    file.write_text(QUICK.replace("study.yaml", "studie.yaml"))
    assert main(["check", str(file), "--lang", "en"]) == 2
    assert "quick.yaml:4:" in capsys.readouterr().err


def test_options_of_a_dossier_need_it(study, tmp_path, capsys):
    assert main(["report", str(study.parent), "--make", "-o", str(tmp_path / "x.html"), "--lang", "en"]) == 2
    assert "--dossier" in capsys.readouterr().err


def test_without_a_browser_paper_is_refused_in_words(tmp_path, monkeypatch):
    monkeypatch.setenv("EGIDE_BROWSER", "no-such-browser")
    with pytest.raises(StoreError, match="install Chromium"):
        paper.write("<p>page</p>", tmp_path / "page.pdf")
    assert not (tmp_path / "page.pdf").exists()


@pytest.mark.skipif(paper.browser() is None, reason="no browser that prints")
def test_a_page_is_printed(tmp_path):
    place = paper.write("<!DOCTYPE html><title>é</title><p>Égide</p>", tmp_path / "page.pdf")
    assert place.read_bytes().startswith(b"%PDF")
