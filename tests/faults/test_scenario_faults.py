"""Every mistake that a scenario can hold, one a file: the place, the path, what is wrong and what would be right.

Each file of the folder `scenarios` begins with the lines that `egide check` must print for it, no more and no fewer.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from egide import scenario
from egide.cli.app import main
from egide.errors import ScenarioError

FOLDER = Path(__file__).parent / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))
MARK = "# expect "
NOTHING_TO_SAY = {"empty-file.yaml": ["empty-file.yaml:1:1: the file is empty; `egide new PATH` writes a starter"]}


def expected(file: Path) -> list[str]:
    said = [line.removeprefix(MARK) for line in file.read_text().splitlines() if line.startswith(MARK)]
    return said or NOTHING_TO_SAY[file.name]


def shown(file: Path) -> list[str]:
    return [str(problem).replace(f"{FOLDER}/", "") for problem in scenario.check(file)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_fault_is_told_with_its_place_and_its_mend(file):
    assert shown(file) == expected(file)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_with_a_fault_in_its_base_never_loads(file):
    faults = scenario.check(file)
    if any(not problem.path.startswith("alternatives.") for problem in faults):
        with pytest.raises(ScenarioError):
            scenario.load(file)


def test_there_is_a_fault_for_every_mistake_we_promise_to_find():
    promised = {
        "unknown-unit", "misspelt-catalogue-name", "negative-magazine", "radar-below-ground", "route-of-one-point",
        "phases-out-of-order", "patrol-until-before-from", "dangling-link", "link-to-itself", "cyclic-extends",
        "duplicate-name-across-sections", "duplicate-key", "missing-target", "reserve-above-magazine",
        "threshold-above-one", "priors-do-not-sum", "recording-outside-folder", "terrain-file-missing", "too-deep",
    }  # fmt: skip
    assert promised <= {file.stem for file in FILES}


def test_check_prints_every_problem_and_exits_with_2(capsys):
    assert main(["check", str(FOLDER / "several-at-once.yaml")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.replace(f"{FOLDER}/", "").splitlines() == expected(FOLDER / "several-at-once.yaml")


def test_a_fault_is_told_in_french_where_asked(capsys):
    """Whatever the state of the translation, the place and the path are the same."""
    assert main(["check", str(FOLDER / "unknown-unit.yaml"), "--lang", "fr"]) == 2
    place = expected(FOLDER / "unknown-unit.yaml")[0].split(": ")[:2]
    assert capsys.readouterr().err.replace(f"{FOLDER}/", "").startswith(": ".join(place))


def test_a_mistake_in_one_alternative_leaves_the_others_usable():
    file = FOLDER / "mistake-inside-a-patch.yaml"
    assert scenario.load(file, alternative="plain").name == "fault"
    with pytest.raises(ScenarioError) as caught:
        scenario.load(file, alternative="hasty")
    assert {problem.line for problem in caught.value.problems} == {78}


def test_a_missing_file_is_told(capsys):
    assert main(["check", "no-such.yaml"]) == 2
    assert capsys.readouterr().err.startswith("no-such.yaml: there is no such file; ")


def test_a_folder_is_told(tmp_path, capsys):
    assert main(["check", str(tmp_path)]) == 2
    assert "this is a folder" in capsys.readouterr().err


def test_a_file_that_is_not_utf8_is_told_with_the_byte(tmp_path):
    file = tmp_path / "latin.yaml"
    file.write_bytes("egide: 1\ntitle: {en: Été}\n".encode("latin-1"))
    (problem,) = scenario.check(file)
    assert (problem.line, problem.column) == (2, 13)
    assert "0xc9" in str(problem)


def test_a_file_that_is_too_large_is_told(tmp_path):
    file = tmp_path / "large.yaml"
    file.write_text("# padding\n" * 300_000)
    (problem,) = scenario.check(file)
    assert "3000000 bytes" in str(problem)


def test_aliases_that_would_fill_the_memory_are_refused(tmp_path):
    """Nine levels of ten aliases: a billion values from a kilobyte."""
    text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in range(1, 9):
        text += f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n"
    file = tmp_path / "laughs.yaml"
    file.write_text(text)
    (problem,) = scenario.check(file)
    assert problem.line > 0
    assert "aliases" in str(problem) or "values" in str(problem)


def test_an_alias_inside_its_own_anchor_is_refused(tmp_path):
    file = tmp_path / "snake.yaml"
    file.write_text("egide: &a [1, *a]\n")
    assert next(str(problem).split(": ", 1)[1] for problem in scenario.check(file)).startswith("egide[1]: the alias a")


def test_a_tag_runs_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "tag.yaml"
    file.write_text("egide: !!python/object/apply:os.mkdir [made]\n")
    assert scenario.check(file)
    assert not (tmp_path / "made").exists()
