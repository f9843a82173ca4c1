"""The page as text: whole, self-contained, and honest about what the data say."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.report import synthetic

from egide import report
from egide.cli.app import main
from egide.errors import StoreError
from egide.i18n import translator
from egide.report import chain, page, reading

LANGUAGES = ("en", "fr")
VOID = {"meta", "link", "br", "image", "use", "path", "rect", "circle", "hr", "img", "input"}


class Outline(HTMLParser):
    """Headings, ids, attributes and the balance of tags."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.labelled = 0
        self.figures = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.open.append(tag)
        if tag in VOID:
            self.open.pop()
        self.ids += [str(found["id"])] if "id" in found else []
        self.links += [str(value) for name, value in attrs if name in ("href", "src", "xlink:href") and value]
        self.figures += tag == "figure"
        self.labelled += tag == "svg" and bool(found.get("aria-label"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("h1", "h2"):
            self.headings.append(data.strip())


def outline(text: str) -> Outline:
    found = Outline()
    found.feed(text)
    found.close()
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_asks_nothing_of_anybody(pages: dict[str, str], lang: str) -> None:
    found = outline(pages[lang])
    assert all(link.startswith(("data:", "#")) for link in found.links)
    assert "default-src 'none'" in pages[lang]
    assert "<script" not in pages[lang]
    assert "@import" not in pages[lang]
    assert re.findall(r"url\((?!#)[^)]*\)", pages[lang]) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tags_are_balanced_and_no_id_is_used_twice(pages: dict[str, str], lang: str) -> None:
    found = outline(pages[lang])
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_figure_says_in_words_what_it_shows(pages: dict[str, str], lang: str) -> None:
    found = outline(pages[lang])
    assert found.figures >= 10
    assert found.labelled == found.figures


def test_the_sections_stand_in_the_promised_order(pages: dict[str, str]) -> None:
    assert outline(pages["en"]).headings == [
        "Türkiye, July 2019", "What came out", "What this cannot tell you", "The scenario on the map", "Results",
        "Paired differences", "How the replications are spread", "Why attackers got through",
        "Friends and airliners engaged by mistake", "One replication, minute by minute", "What was assumed", "Glossary",
        "How to reproduce",
    ]  # fmt: skip


def test_the_french_page_is_french(pages: dict[str, str]) -> None:
    headings = outline(pages["fr"]).headings
    assert "Ce que ceci ne peut pas vous dire" in headings
    assert not set(headings[1:]) & set(outline(pages["en"]).headings[1:])
    for words in (
        "assaillant non intercepté",
        "tir fratricide",
        "S-400 isolé",
        "n’impliquent aucune prise de position",
    ):
        assert words in pages["fr"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_stays_small(pages: dict[str, str], lang: str) -> None:
    assert len(pages[lang].encode()) < 6e6


def test_a_page_is_the_same_twice(comparison: Path, pages: dict[str, str], tmp_path: Path) -> None:
    again = report.write(comparison, "en", tmp_path / "again.html").read_text("utf-8")
    assert again == pages["en"]


def test_page_one_says_what_the_comparison_says(comparison: Path) -> None:
    """Every sentence that claims a difference stands on an interval of comparison.json that excludes zero."""
    found = reading.load(comparison)
    written = json.loads((comparison / "comparison.json").read_text("utf-8"))["differences"]
    words = page.Words("en", translator("en"))
    for group, pair in zip(page.answer(found, words), found.pairs, strict=False):
        for line in group["lines"]:
            (row,) = [
                each for each in written
                if (each["alternative"], each["against"]) == (pair.one, pair.other)
                and line["measure"].lower() == _label(each["measure"]).lower()
            ]  # fmt: skip
            assert line["apart"] == (row["low"] > 0 or row["high"] < 0)
            claims_nothing = "no difference can be claimed" in line["text"] or "in every replication" in line["text"]
            assert claims_nothing == (not line["apart"])


def _label(measure: str) -> str:
    from egide.analysis.measures import BY_NAME

    return BY_NAME[measure].label("en")


def test_the_box_counts_the_assumed_values(pages: dict[str, str]) -> None:
    assert "3 of 5 are assumed" in pages["en"]


def test_a_wrongful_engagement_is_followed_from_belief_to_shot(comparison: Path) -> None:
    found = reading.load(comparison)
    told = chain.tell(found.run("s400-alone"), "en", translator("en"))
    assert told is not None
    kinds = [step.kind for step in told.steps]
    assert kinds.index("identity") < kinds.index("decision") < kinds.index("shot") < kinds.index("end")
    times = [step.time_s for step in told.steps]
    assert times == sorted(times)


def test_a_recorded_call_sign_is_not_shown(comparison: Path) -> None:
    found = reading.load(comparison)
    names = chain.Names(found.run("s400-alone"), "en", translator("en"))
    objects = found.run("s400-alone").objects
    airliner = str(objects["name"][np.flatnonzero(objects["class"] == "airliner")[0]])
    assert names.of("mover", airliner).startswith("civil flight")


def test_a_single_run_has_a_page_without_differences(comparison: Path, tmp_path: Path) -> None:
    text = report.write(comparison / "nato-only", "en", tmp_path / "one.html").read_text("utf-8")
    headings = outline(text).headings
    assert "Results" in headings
    assert "Paired differences" not in headings


def test_one_replication_claims_nothing(tmp_path: Path) -> None:
    folder = synthetic.write_comparison(tmp_path / "short", replications=1)
    text = "\n".join(report.summary(folder, "en"))
    assert "one replication gives no interval" in text
    assert "Take this as a trial" in text
    report.write(folder, "fr", tmp_path / "short.html")


def test_a_scenario_without_terrain_or_reach_has_a_map_all_the_same(tmp_path: Path) -> None:
    synthetic.write_bundle(tmp_path / "flat", "nato-only", 2, without=("terrain", "reach"))
    text = report.write(tmp_path / "flat", "en", tmp_path / "flat.html").read_text("utf-8")
    assert "The ground is flat" in text
    assert 'id="fig-situation"' in text


def test_a_label_with_markup_stays_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = {"en": "<b>x</b> & <script>", "fr": "<b>x</b>"}
    monkeypatch.setitem(synthetic.ALTERNATIVES, "nato-only", evil)
    synthetic.write_bundle(tmp_path / "odd", "nato-only", 2)
    text = report.write(tmp_path / "odd", "en", tmp_path / "odd.html").read_text("utf-8")
    assert "<script" not in text
    assert "<b>x</b>" not in text
    assert outline(text).open == []


def test_what_is_no_result_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no manifest"):
        report.write(tmp_path, "en", tmp_path / "page.html")


def test_a_broken_comparison_is_refused_in_words(comparison: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(comparison, tmp_path / "broken")
    (broken / "comparison.json").write_text("{", "utf-8")
    with pytest.raises(StoreError, match="cannot be read as a comparison"):
        report.write(broken, "en", tmp_path / "page.html")


def test_a_page_that_cannot_be_written_leaves_nothing(comparison: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot write the report"):
        report.write(comparison, "en", tmp_path / "file" / "page.html")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_command_refuses_to_replace_a_file_without_force(
    comparison: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "page.html"
    out.write_text("mine")
    arguments = ["report", str(comparison), "-o", str(out), "--lang", "fr"]
    assert main(arguments) == 2
    assert "le fichier existe déjà" in capsys.readouterr().err
    assert out.read_text() == "mine"
    assert main([*arguments, "--force"]) == 0
    said: Any = capsys.readouterr().out
    assert out.as_uri() in said
