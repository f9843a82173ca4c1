"""The wheel has what it must and nothing that may not be handed on."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    pytest.importorskip("hatchling")
    place = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(place.glob("*.whl"))) as wheel:
        return wheel.namelist()


@pytest.mark.parametrize(
    "name",
    [
        "egide/py.typed",
        "egide/locale/fr/LC_MESSAGES/egide.mo",
        "egide/studies/turkiye-2019/scenario.yaml",
        "egide/scenarios/first-battery/scenario.yaml",
        "egide/validation/published/gases.csv",
        "egide/physics/data/p676_oxygen.csv",
    ],
)
def test_the_wheel_has(name: str, inside: list[str]):
    assert name in inside


def test_every_data_file_of_the_package_is_in_the_wheel(inside: list[str]):
    package = ROOT / "src" / "egide"
    files = (file.relative_to(package.parent).as_posix() for file in package.rglob("*") if file.is_file())
    wanted = {name for name in files if "__pycache__" not in name and not name.endswith((".pyc", ".nbi", ".nbc"))}
    assert wanted <= set(inside)


def test_recordings_stay_out_of_the_wheel(inside: list[str]):
    assert not [name for name in inside if "/recorded/" in name and not name.endswith(".py")]  # egide.recorded is code
    assert not [name for name in inside if name.endswith((".json.gz", ".pcap", ".ast", ".raw", ".bin"))]


def test_nothing_but_the_package_is_installed(inside: list[str]):
    assert {name.split("/")[0] for name in inside if ".dist-info" not in name} == {"egide"}
