"""A page is written whole or not at all, on a disk with room and on one without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from egide.errors import StoreError
from egide.report.whole import write_text


def test_a_page_replaces_the_one_before_and_makes_its_folder(tmp_path: Path) -> None:
    target = tmp_path / "new" / "page.html"
    for text in ("first\n", "deuxième\n"):
        assert write_text(target, text) == target
        assert target.read_bytes() == text.encode()
    assert list(target.parent.iterdir()) == [target]


def test_a_disk_without_room_keeps_the_page_that_was_there_and_nothing_else(disk_of: Callable[[str], Path]) -> None:
    target = disk_of("80k") / "page.html"
    write_text(target, "short")
    with pytest.raises(StoreError, match="cannot write the report here") as refused:
        write_text(target, "long" * 50_000)
    assert refused.value.exit_code == 2
    assert target.read_text() == "short"
    assert list(target.parent.iterdir()) == [target]


def test_a_folder_in_the_place_of_the_page_is_told(tmp_path: Path) -> None:
    (tmp_path / "page.html").mkdir()
    with pytest.raises(StoreError, match="choose another file"):
        write_text(tmp_path / "page.html", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
