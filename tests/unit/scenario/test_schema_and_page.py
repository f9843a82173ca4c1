"""The JSON Schema and the page describe the format as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from egide import scenario
from egide.campaign import plan
from egide.scenario.base import key_of
from egide.scenario.schema import models
from egide.scenario.tree import plain, read_tree

ROOT = Path(__file__).parents[3]
PAGES = ("scenario-format", "study-format", "calendar-format", "models/money", "models/claims", "dossier")
PAGE = "".join((ROOT / "docs" / f"{name}.md").read_text() for name in PAGES)
FILES = [
    *ROOT.glob("src/egide/scenario/starter/*.yaml"),
    *ROOT.glob("scenarios/*/scenario.yaml"),
    *ROOT.glob("studies/*/*.yaml"),
]


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_key_stands_on_the_page(model):
    if model.__name__ != "Label":
        _, _, after = PAGE.partition(f"<!-- table {model.__name__} -->")
        section = after.partition("<!-- end -->")[0]
        assert all(f"| `{key_of(name)}` |" in section for name in model.model_fields)


def test_the_pages_are_as_their_tool_writes_them():
    made = subprocess.run(
        [sys.executable, "tools/scenario_format.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout + made.stderr


def test_the_study_on_its_page_has_no_fault(tmp_path):
    text = (ROOT / "docs/study-format.md").read_text()
    (tmp_path / "study.yaml").write_text(text.partition("```yaml\n")[2].partition("```")[0])
    (tmp_path / "scenario.yaml").write_text((ROOT / "src/egide/scenario/starter/scenario.yaml").read_text())
    assert plan.check(tmp_path / "study.yaml") == []


def test_every_key_has_a_meaning_on_the_page():
    assert "|  |" not in PAGE


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_shipped_files_agree_with_the_json_schema(file):
    """By the reference implementation of JSON Schema in Python."""
    jsonschema = pytest.importorskip("jsonschema")
    described = scenario.schema(scenario.kind_of(file))
    jsonschema.Draft202012Validator.check_schema(described)
    errors = jsonschema.Draft202012Validator(described).iter_errors(plain(read_tree(file.read_bytes(), str(file))))
    assert [f"{list(error.path)}: {error.message}" for error in errors] == []


def test_the_schema_names_the_catalogue_and_says_defaults_as_one_writes_them():
    described = scenario.schema()["$defs"]
    assert "radar/91n6e" in described["Sensor"]["properties"]["type"]["anyOf"][0]["enum"]
    assert described["Doctrine"]["properties"]["salvo_interval"]["default"] == "4 s"
