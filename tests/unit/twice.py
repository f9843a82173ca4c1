"""One program as compiled code and as plain Python: what it prints must be the same.

compiled   in this process, whose kernels are loaded already
plain      in a process of its own, since Numba asks once whether to compile
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


def compiled(program: str, *arguments: str, given: str = "") -> str:
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, np.errstate(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.setattr(sys, "argv", ["-c", *arguments])
        patch.setattr(sys, "stdin", io.StringIO(given))
        with contextlib.redirect_stdout(out):
            exec(program, {"__name__": "__main__"})
    return out.getvalue()


def plain(program: str, *arguments: str, given: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, *arguments],
        cwd=ROOT, input=given, capture_output=True, text=True, check=True,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
    )  # fmt: skip
    return done.stdout
