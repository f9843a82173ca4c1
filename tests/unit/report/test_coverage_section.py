"""A coverage of the same scenario stands in the report; one of another is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from egide.cli.app import main

SCENARIO = Path(__file__).parents[3] / "scenarios" / "first-battery" / "scenario.yaml"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("section")
    assert main(["run", str(SCENARIO), "--replications", "1", "-o", str(place / "run")]) == 0
    words = ["--altitude", "1km-amsl", "--rcs", "1m2", "--nominal"]
    assert main(["coverage", str(SCENARIO), *words, "-o", str(place / "cover")]) == 0
    return place


@pytest.mark.parametrize(("lang", "heading"), [("en", "What is seen and defended"), ("fr", "Ce qui est vu et défendu")])
def test_a_report_shows_the_shares_the_maps_and_the_limits(made: Path, lang: str, heading: str):
    out = made / f"{lang}.html"
    words = ["report", str(made / "run"), "--coverage", str(made / "cover"), "--lang", lang, "-o", str(out)]
    assert main(words) == 0
    page = out.read_text("utf-8")
    section = page[page.index('<section id="coverage"') :]
    section = section[: section.index("</section>")]
    assert heading in section
    assert re.search(r'<img src="data:image/\w+;base64,', section)
    assert "egide coverage" in section
    assert not re.search(r'(src|href)="(?!data:|#)', page), "the page asks nothing of anybody"


def test_a_report_without_a_coverage_has_no_such_section(made: Path):
    assert main(["report", str(made / "run"), "-o", str(made / "plain.html")]) == 0
    assert 'id="coverage"' not in (made / "plain.html").read_text("utf-8")


def test_a_coverage_of_another_scenario_is_refused(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    other = tmp_path / "scenario.yaml"
    other.write_text(SCENARIO.read_text("utf-8") + "\n# another\n", "utf-8")
    assert main(["coverage", str(other), "--altitude", "1km-amsl", "--nominal", "-o", str(tmp_path / "cover")]) == 0
    capsys.readouterr()
    words = ["report", str(made / "run"), "--coverage", str(tmp_path / "cover"), "-o", str(tmp_path / "a.html")]
    assert main(words) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "another scenario file" in said
    assert "run egide coverage" in said
    assert not (tmp_path / "a.html").exists()
