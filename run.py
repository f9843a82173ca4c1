#!/usr/bin/env python3
"""Égide in one command, on a machine that has only Python 3.11 or newer.

    python3 run.py demo  [options of `egide demo`]     sets up, runs the shipped study, says where its report is
    python3 run.py check [options of pytest]           sets up, then lint, types, import rules and tests
    python3 run.py wheel                               builds the package and runs the demo from it, far from here

environment   a virtual one in .egide/ beside this file, made from the hashed lists in requirements/
stamp         what the environment was made from; while it holds, nothing is fetched and the start is instant

Only the standard library is used here, in words that older Pythons can read well enough to be refused politely.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
NEEDED = (3, 11)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class SetupError(Exception):
    """What the user can put right, in words."""


def main() -> int:
    """Do what was asked for and return the exit code."""
    if sys.version_info < NEEDED:
        here = ".".join(map(str, sys.version_info[:3]))
        print(f"Égide needs Python {NEEDED[0]}.{NEEDED[1]} or newer; this is {here}", file=sys.stderr)
        return 2
    tasks = {"demo": demo, "check": check, "wheel": wheel}
    if len(sys.argv) < 2 or sys.argv[1] not in tasks:
        asked_help = len(sys.argv) > 1 and sys.argv[1] in ("-h", "--help")
        print((__doc__ or "").strip(), file=sys.stdout if asked_help else sys.stderr)
        return 0 if asked_help else 2
    try:
        return tasks[sys.argv[1]](sys.argv[2:])
    except SetupError as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nrun.py: interrupted", file=sys.stderr)
        return 130


# --- the three tasks ---------------------------------------------------------------------------------------------


def demo(extra: list[str]) -> int:
    """Run the shipped study where the user stands."""
    python = environment("run")
    return call([str(python), "-P", "-m", "egide", "demo", *extra])  # -P: no folder of the user is a library


def check(extra: list[str]) -> int:
    """Everything that is checked on every change. Goes on after a failure, so that one call shows all of them."""
    python = environment("dev")
    steps = {
        "lint": ["ruff", "check", "."],
        "format": ["ruff", "format", "--check", "."],
        "types": ["mypy"],
        "imports": ["lint-imports"],
        # what a file sets up is set up once; long files come first, as they are collected, and unit tests fill the end
        "tests": ["pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", *extra],
    }
    verdicts, begun_s = [], time.monotonic()
    kernels = compile_kernels(python)  # while the texts are checked
    for name, (program, *options) in steps.items():
        if name == "tests":
            told, _ = kernels.communicate()
            say(f"kernels: {told.strip()}")
            verdicts.append(("kernels", kernels.returncode, time.monotonic() - begun_s))
        say(f"{name}: {' '.join([program, *options])}")
        start_s = time.monotonic()
        failed = call([str(python.with_name(program)), *options], cwd=ROOT)
        verdicts.append((name, failed, time.monotonic() - start_s))
    for name, failed, took_s in verdicts:
        say(f"{name:8} {'FAILED' if failed else 'ok'} ({took_s:.0f} s)")
    if not browser():
        say("skipped: browser tests, for want of Chromium; `apt-get install chromium fonts-dejavu-core` brings it")
    return 1 if any(failed for _, failed, _ in verdicts) else 0


def compile_kernels(python: Path) -> subprocess.Popen[str]:
    """Compile the engine once, so that two processes of tests do not both do it; from an empty cache, count too."""
    words = [str(python), str(ROOT / "tools" / "kernels.py")]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wheel(extra: list[str]) -> int:
    """Build the wheel, install it in a fresh environment outside the repository, run the demo in an empty folder."""
    builder, uv = environment("run"), find_uv()
    with tempfile.TemporaryDirectory(prefix="egide-wheel-", ignore_cleanup_errors=True) as name:
        outside = Path(name)
        must([str(builder), "-m", "hatchling", "build", "-t", "wheel", "-d", str(outside / "dist")], cwd=ROOT)
        built = next((outside / "dist").glob("*.whl"))
        say(f"built {built.name}, {built.stat().st_size / 1e6:.1f} MB")
        python = make_environment(uv, outside / "env")
        must([*uv, "pip", "sync", "--quiet", "--compile-bytecode", "--python", str(python), str(lock("run"))])
        must([*uv, "pip", "install", "--quiet", "--compile-bytecode", "--no-deps", "--python", str(python), str(built)])
        empty = outside / "empty"
        empty.mkdir()
        kept = ("EGIDE_CACHE_DIR",)  # `check` has compiled these very kernels from nothing; the wheel finds them
        clean = {
            name: value
            for name, value in os.environ.items()
            if name in kept or not name.startswith(("PYTHON", "EGIDE_", "NUMBA_"))
        }
        start_s = time.monotonic()
        failed = call([str(python.with_name("egide")), "demo", *extra], cwd=empty, env=clean)
        reports = [file for file in empty.rglob("*.html") if file.stat().st_size > 10_000]
        say(f"demo from the wheel: exit code {failed}, {len(reports)} report(s), {time.monotonic() - start_s:.0f} s")
        return 0 if not failed and reports else 1


# --- the environment ---------------------------------------------------------------------------------------------


def environment(kind: str) -> Path:
    """Python of an environment that fits the lock of this kind ('run' or 'dev'), made or renewed if need be."""
    home = workshop()
    env = home / "env"
    python = python_of(env)
    for fitting in ("dev",) if kind == "dev" else ("run", "dev"):  # the larger one serves for the smaller
        if python.exists() and read(env / f"stamp-{fitting}") == stamp(fitting):
            return python
    say(f"setting up in {env} (once)")
    start_s = time.monotonic()
    uv = find_uv()
    python = make_environment(uv, env)
    fetch = [*uv, "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "--python", str(python)]
    must([*fetch, str(lock(kind))])
    own = [*uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--no-build-isolation", "--compile-bytecode"]
    must([*own, "--python", str(python), "--editable", str(ROOT)])
    call([str(python), "-m", "compileall", "-q", str(ROOT / "src")])
    (env / f"stamp-{kind}").write_text(stamp(kind))
    say(f"set up in {time.monotonic() - start_s:.0f} s")
    return python


def stamp(kind: str) -> str:
    """What an environment depends on, in one word."""
    digest = hashlib.sha256(f"{ROOT} {sys.version} {sys.platform}".encode())
    for file in (lock(kind), ROOT / "pyproject.toml", ROOT / "hatch_build.py"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def lock(kind: str) -> Path:
    return ROOT / "requirements" / f"{kind}.txt"


def workshop() -> Path:
    """Folder for environments: beside this file, or in the user's cache where the repository cannot be written."""
    beside = ROOT / ".egide"
    try:
        beside.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=beside):
            return beside
    except OSError:
        name = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
        other = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "egide" / f"checkout-{name}"
        try:
            other.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SetupError(f"neither {beside} nor {other} can be written: {error.strerror}") from error
        return other


def make_environment(uv: list[str], env: Path) -> Path:
    """A new, empty virtual environment of this very Python."""
    shutil.rmtree(env, ignore_errors=True)
    must([*uv, "venv", "--quiet", "--python", sys.executable, str(env)])
    return python_of(env)


def python_of(env: Path) -> Path:
    return env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def find_uv() -> list[str]:
    """How to call uv: the one on PATH, else one of our own, installed with pip into a small environment for tools."""
    found = shutil.which("uv")
    if found and subprocess.run([found, "--version"], check=False, capture_output=True).returncode == 0:
        return [found]  # tried, since a version manager may leave a shim with nothing behind it
    tools = workshop() / "tools"
    uv = python_of(tools).with_name("uv.exe" if os.name == "nt" else "uv")
    if not uv.exists():
        if importlib.util.find_spec("ensurepip") is None:
            package = f"python{sys.version_info[0]}-venv"
            raise SetupError(f"this Python cannot make virtual environments; install them: apt-get install {package}")
        shutil.rmtree(tools, ignore_errors=True)
        must([sys.executable, "-m", "venv", str(tools)])
        must([str(python_of(tools)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"])
    return [str(uv)]


def browser() -> bool:
    return any(shutil.which(name) for name in BROWSERS)


# --- running programs --------------------------------------------------------------------------------------------


def call(command: list[str], cwd: Path | None = None, env: dict[str, str] | None = None) -> int:
    """Run a program with our own input and output and return its exit code."""
    sys.stdout.flush()
    with subprocess.Popen(command, cwd=cwd, env=env) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the program has had it too: let it finish tidying
            process.wait()
            raise


def must(command: list[str], cwd: Path | None = None) -> None:
    """Run a program of the set-up, quietly unless it fails."""
    told = {**os.environ, **pip_settings()}
    done = subprocess.run(command, check=False, cwd=cwd, capture_output=True, text=True, env=told)
    if done.returncode:
        print((done.stdout + done.stderr).strip(), file=sys.stderr)
        raise SetupError(f"{Path(command[0]).name} could not finish ({' '.join(command[1:3])}); its words are above")


def pip_settings() -> dict[str, str]:
    """What pip was told about the way to packages, for uv, which does not read pip's variables."""
    pairs = {"UV_DEFAULT_INDEX": "PIP_INDEX_URL", "SSL_CERT_FILE": "PIP_CERT"}
    return {uv: os.environ[pip] for uv, pip in pairs.items() if pip in os.environ and uv not in os.environ}


def read(file: Path) -> str:
    return file.read_text() if file.exists() else ""


def say(text: str) -> None:
    print(f"== {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
