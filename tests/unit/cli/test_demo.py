"""What the demo refuses before it does any work."""

from __future__ import annotations

from pathlib import Path

import pytest

from egide.cli.app import main


def test_the_demo_writes_over_nothing_that_is_not_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    assert main(["demo", "-o", str(tmp_path), "--lang", "fr"]) == 2
    assert str(tmp_path) in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "demo").write_text("mine")
    assert main(["demo", "-o", str(tmp_path / "demo"), "--lang", "en"]) == 2
    assert "something other than a demo" in capsys.readouterr().err
