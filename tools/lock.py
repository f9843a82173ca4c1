"""Make the locks again: python3 tools/lock.py [--upgrade]. Needs uv and the network; commit what it writes.

run.txt   what Égide needs to run, and to be installed
dev.txt   the same and what its checks need

Both hold for every platform and every Python from 3.11 on, carry a hash a file and no registry's address.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {"run.txt": [], "dev.txt": ["--extra", "dev"]}


def main() -> int:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))}
    environment["UV_CUSTOM_COMPILE_COMMAND"] = "python3 tools/lock.py"
    for name, extra in LOCKS.items():
        command = [
            "uv", "pip", "compile", "--universal", "--generate-hashes", "--no-emit-index-url", "--quiet",
            "--python-version", "3.11", "--no-header", *extra, *sys.argv[1:],
            "-o", f"requirements/{name}", "pyproject.toml", "requirements/build.in",
        ]  # fmt: skip
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        print(f"wrote requirements/{name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
