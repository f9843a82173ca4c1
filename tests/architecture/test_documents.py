"""Pages that speak of commands and files are compared with them."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from egide.cli.app import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(file for file in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SHELL = re.compile(r"^(?:\$ )?(?:python3 \S*run\.py|egide) +([a-z]+)", re.MULTILINE)


def test_the_page_of_the_command_line_says_what_the_commands_are():
    spec = importlib.util.spec_from_file_location("cli_page", ROOT / "tools" / "cli_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.page() == (ROOT / "docs" / "cli.md").read_text("utf-8"), "run: python tools/cli_page.py"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_docstring_with_an_example(name: str):
    from egide.cli.app import app

    function = app[name].default_command
    assert function is not None
    assert f"egide {name}" in (function.__doc__ or "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_to_a_file_leads_somewhere(page: Path):
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
    dead = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not dead


def test_every_page_is_reached_from_the_index():
    reached, ahead = set[Path](), [ROOT / "docs" / "index.md"]
    while ahead:
        page = ahead.pop()
        if page in reached or not page.exists():
            continue
        reached.add(page)
        if page.suffix == ".md" and page.is_relative_to(ROOT / "docs"):
            links = re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
            ahead += [(page.parent / link).resolve() for link in links if "://" not in link]
    pages = {*(ROOT / "docs").rglob("*.md"), *(ROOT / "docs").rglob("*.html")}
    assert not {str(page.relative_to(ROOT)) for page in pages - reached}


def test_the_index_itself_names_every_page_and_every_model():
    links = set(re.findall(r"\]\(([^)#\s]+)", (ROOT / "docs" / "index.md").read_text("utf-8")))
    pages = [*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "models").glob("*.md")]
    assert {str(page.relative_to(ROOT / "docs")) for page in pages} - links == {"index.md"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_command_on_a_page_exists(page: Path):
    assert set(SHELL.findall(page.read_text("utf-8"))) <= {*COMMANDS, "demo", "check", "wheel"}


@pytest.mark.parametrize("name", ["README.md", "README.fr.md"])
def test_each_readme_shows_exactly_two_commands(name: str):
    text = (ROOT / name).read_text("utf-8")
    assert re.findall(r"^python3 run\.py \w+", text, re.MULTILINE) == ["python3 run.py demo", "python3 run.py check"]
