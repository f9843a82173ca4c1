"""The command line as a stranger meets it: exit codes, one line a problem, the language asked for."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from egide.cli import app as app_module
from egide.cli.app import COMMANDS, main
from egide.errors import EngineError, Problem, ScenarioError


def egide(*line: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "egide", *line], capture_output=True, text=True, check=False, **options
    )


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch):
    """An app whose every command ends in one given error: main() is what is looked at."""

    def arrange(error: BaseException) -> None:
        def command_line(*_tokens: object, **_options: object) -> None:
            raise error

        monkeypatch.setattr(app_module, "app", command_line)

    return arrange


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]):
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f" {name} " in shown for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_ends_with_an_example(name: str, capsys: pytest.CaptureFixture[str]):
    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"egide {name}" in shown.partition("Example")[2]


def test_version_is_the_version(capsys: pytest.CaptureFixture[str]):
    import egide

    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == egide.__version__


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (["doctro"], "egide: unknown command doctro; did you mean doctor?"),
        (["xyzzy"], "egide: unknown command xyzzy; see egide --help"),
        (["--nonsense"], "egide: unknown command --nonsense; see egide --help"),
        (["doctor", "--jsn"], "egide doctor: unknown option --jsn; did you mean --json?"),
        (["doctor", "--qqqq"], "egide doctor: unknown option --qqqq; see egide doctor --help"),
        (["doctor", "--lang"], "egide doctor: --lang needs a value; see egide doctor --help"),
        (["doctor", "--json=perhaps"], None),
    ],
)
def test_a_bad_command_line_is_answered_in_one_line_with_code_2(line, says, capsys: pytest.CaptureFixture[str]):
    assert main(line) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert says is None or shown.err.strip() == says


def test_every_problem_of_a_file_has_its_line(failing, capsys: pytest.CaptureFixture[str]):
    problems = [Problem("a.yaml", n, 5, f"radars[{n}]", "expected {what}, got -4", "", {"what": "4"}) for n in (1, 2)]
    failing(ScenarioError(problems))
    assert main([]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "a.yaml:1:5: radars[1]: expected 4, got -4",
        "a.yaml:2:5: radars[2]: expected 4, got -4",
    ]


def test_a_broken_invariant_is_code_70_with_seed_and_replication(failing, capsys: pytest.CaptureFixture[str]):
    failing(EngineError("time ran backwards", 7, 3))
    assert main([]) == 70
    assert "seed 7, replication 3" in capsys.readouterr().err


def test_an_unforeseen_error_is_code_70_and_its_traceback_is_there_for_the_asking(
    failing, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    failing(KeyError("gone"))
    assert main([]) == 70
    assert "EGIDE_DEBUG=1" in capsys.readouterr().err
    monkeypatch.setenv("EGIDE_DEBUG", "1")
    with pytest.raises(KeyError):
        main([])


def test_a_full_disk_is_a_line_and_not_a_traceback(failing, capsys: pytest.CaptureFixture[str]):
    failing(OSError(28, "No space left on device", "out/x"))
    assert main([]) == 2
    assert capsys.readouterr().err == "out/x: No space left on device\n"


def test_an_interrupt_is_code_130(failing):
    failing(KeyboardInterrupt())
    assert main([]) == 130


def test_a_real_interrupt_ends_without_a_traceback():
    body = "print('on', flush=True), time.sleep(60)"
    code = f"import egide.cli.app as a, time; a.app = lambda *t, **o: ({body}); raise SystemExit(a.main([]))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        assert "Traceback" not in process.stderr.read()


def test_a_reader_that_goes_away_is_met_with_silence():
    code = "import egide.cli.app as a; a.app = lambda *t, **o: print('x' * 10_000_000); raise SystemExit(a.main([]))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.wait(timeout=20) == 0
        assert process.stderr.read() == ""


def test_doctor_prints_one_json_document():
    done = egide("doctor", "--json")
    findings = {finding["name"]: finding for finding in json.loads(done.stdout)["findings"]}
    assert {"Python", "numba", "cache folder", "catalogue", "studies"} <= set(findings)
    needed = all(finding["good"] for finding in findings.values() if not finding["optional"])
    assert done.returncode == (0 if needed else 1)


def test_doctor_speaks_with_a_terminal_that_knows_no_accents(tmp_path: Path):
    import os

    done = egide("doctor", env=os.environ | {"PYTHONIOENCODING": "ascii", "EGIDE_CACHE_DIR": str(tmp_path)})
    assert "gide" in done.stdout
    assert "Traceback" not in done.stderr
