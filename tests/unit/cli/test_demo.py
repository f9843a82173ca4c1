"""What the demo refuses before it does any work."""

from __future__ import annotations

from pathlib import Path

import pytest

from egide.cli.app import main


def test_the_demo_replaces_nothing_that_is_not_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    assert main(["demo", "-o", str(tmp_path), "--replications", "1", "--lang", "fr"]) == 2
    assert "autre chose qu’une simulation" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_the_demo_wants_one_replication_or_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "-o", str(tmp_path / "demo"), "--replications", "0"]) == 2
    assert "0 is no number of runs" in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()
