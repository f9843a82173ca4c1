"""run.py, where it says no: each refusal names the mend and has code 2."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRETEND = """
import sys, runpy
{before}
sys.argv = ["run.py", "demo"]
runpy.run_path({script!r}, run_name="__main__")
"""


def run(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=cwd)


def test_without_a_task_it_says_which_there_are(tmp_path: Path):
    done = subprocess.run([sys.executable, ROOT / "run.py"], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert "run.py demo" in done.stderr


def test_an_old_python_is_refused_in_words(tmp_path: Path):
    done = run(PRETEND.format(before="sys.version_info = (3, 9, 2)", script=str(ROOT / "run.py")), tmp_path)
    assert done.returncode == 2
    assert "needs Python 3.11 or newer; this is 3.9.2" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_ensurepip_it_names_the_one_line_that_brings_it(tmp_path: Path):
    (tmp_path / "run.py").write_text((ROOT / "run.py").read_text("utf-8"), "utf-8")
    (tmp_path / "requirements").mkdir()
    for name in ("requirements/run.txt", "requirements/dev.txt", "pyproject.toml", "hatch_build.py"):
        (tmp_path / name).write_text("")
    before = "import importlib.util, os; importlib.util.find_spec = lambda name, *rest: None; os.environ['PATH'] = ''"
    done = run(PRETEND.format(before=before, script=str(tmp_path / "run.py")), tmp_path)
    assert done.returncode == 2
    assert "apt-get install python3-venv" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_imports_nothing_but_the_standard_library():
    import ast

    tree = ast.parse((ROOT / "run.py").read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names)
