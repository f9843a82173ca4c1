"""Imports point down, the start is quick, and the public surface is what is promised."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"numba", "numpy", "scipy", "matplotlib", "rasterio", "duckdb", "pydantic", "pyproj", "yaml", "jinja2"}


def loaded_after(code: str) -> set[str]:
    """Top-level modules that a fresh Python holds after some code."""
    tell = "import json, sys; sys.stderr.write('\\n' + json.dumps(sorted({n.split('.')[0] for n in sys.modules})))"
    code = f"{code}\n{tell}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_import_rules_hold():
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded_after("import egide; dir(egide)") & (HEAVY | {"cyclopts", "rich"})


@pytest.mark.parametrize(
    "line", [["--help"], ["--version"], ["doctor", "--help"], ["nonsense"], ["doctor", "--nonsense"]]
)
def test_help_and_refusals_load_nothing_heavy(line: list[str]):
    assert not loaded_after(f"from egide.cli.app import main\nmain({line!r})") & HEAVY


@pytest.mark.skipif(sys.platform == "win32", reason="no account of a child's processor time")
def test_help_takes_no_more_than_four_tenths_of_a_second():
    import resource

    def cpu_s() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    def once() -> float:
        before_s = cpu_s()
        subprocess.run([sys.executable, "-m", "egide", "--help"], capture_output=True, check=True, cwd=ROOT)
        return cpu_s() - before_s

    assert min(once() for _ in range(3)) <= 0.4  # processor time: others on the machine do not count


def test_every_public_name_can_be_imported_and_no_other_is_offered():
    import egide

    offered = {name for name in dir(egide) if not name.startswith("_")} | {"__version__"}
    for name in egide.__all__:
        assert getattr(egide, name) is not None
    modules = {path.stem for path in (ROOT / "src" / "egide").iterdir()}
    assert offered - modules - {"annotations", "import_module", "Any", "TYPE_CHECKING"} <= set(egide.__all__)


def test_the_package_offers_exactly_the_functions_of_its_interface():
    import egide
    from egide import api

    assert set(egide.__all__) - {"__version__", "catalog"} == set(api.__all__)


def test_an_unknown_public_name_is_an_attribute_error():
    import egide

    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        egide.nonsense  # noqa: B018
