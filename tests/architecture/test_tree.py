"""What the tree looks like: short files, no trace of one machine, one version everywhere."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 600
WORDS = re.compile("|".join(("/wo" + "rk/", "/ro" + "ot/", r"/tm" + "p/[a-z]", "before-" + "stop", "file://" + "/opt")))


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout: the list of files is git's")
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_source_file_is_longer_than_600_lines():
    sources = [file for file in tracked() if file.suffix in {".py", ".ts"}]
    assert sources
    long = {str(file.relative_to(ROOT)): n for file in sources if (n := len(file.read_text().splitlines())) > LIMIT}
    assert not long


def test_no_tracked_file_speaks_of_one_machine():
    found = []
    for file in tracked():
        try:
            text = file.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a table
        found += [f"{file.relative_to(ROOT)}:{n}" for n, line in enumerate(text.splitlines(), 1) if WORDS.search(line)]
    assert not found


def test_the_version_is_the_same_everywhere():
    import egide

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == egide.__version__
    assert f"## {egide.__version__}" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("kind", ["run", "dev"])
def test_the_lock_has_hashes_no_registry_and_every_dependency(kind: str):
    text = (ROOT / "requirements" / f"{kind}.txt").read_text()
    pins = [line for line in text.splitlines() if re.match(r"[a-z]", line)]
    assert all(line.endswith("\\") for line in pins), "a pin without hashes"
    assert "://" not in text
    assert "--index" not in text
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + (project["optional-dependencies"]["dev"] if kind == "dev" else [])
    for name in (re.split(r"[<>=\[ ]", line)[0] for line in wanted):
        assert any(pin.startswith(name + "==") for pin in pins), name


def test_dependencies_have_no_upper_pin():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    assert not [line for line in project["dependencies"] + extras if "<" in line or "==" in line]


def test_the_licence_is_whole():
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_a_kernel_that_counts_no_references_hands_out_no_array():
    """The caller would free what it never counted; one that makes or returns arrays is `njit_allocating`."""
    trees = [(path.name, ast.parse(path.read_text(encoding="utf-8"))) for path in (ROOT / "src").rglob("*.py")]
    kernels = [
        (name, node.name, ast.unparse(node.returns or ast.Constant(None)))
        for name, tree in trees
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and {"njit", "njit_inside"} & {*map(ast.unparse, node.decorator_list)}
    ]
    assert len(kernels) > 200
    assert [kernel for kernel in kernels if re.search("Array|ndarray", kernel[2])] == []
