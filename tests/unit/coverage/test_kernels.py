"""The kernels give the same as plain Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.unit.coverage import scene

SCRIPT = """
import sys, hashlib
import egide as eg
c = eg.coverage(sys.argv[1], alternative="cued", altitude=["1km-agl", "5km-amsl"], rcs="1m2", ranges=False)
told = hashlib.blake2b()
for a in ("1km-agl", "5km-amsl"):
    told.update(c.radars(a, "1m2").data.tobytes())
    told.update(c.denied(a, "1m2", azimuth="mean").data.tobytes())
    told.update(c.defended(a, "1m2", shots=1, kill=0.5, azimuth="mean").data.tobytes())
print(told.hexdigest(), float(c.denied("5km-amsl", "1m2", azimuth="mean").data.sum()) > 0)
"""


def test_compiled_and_plain_kernels_agree(tmp_path: Path):
    file = scene.write(tmp_path, scene.BATTERY, south=44.6, north=45.4, west=-34.6, east=-33.4)
    said = []
    for plain in ("0", "1"):
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(file)], capture_output=True, text=True, check=True,
            env=os.environ | {"NUMBA_DISABLE_JIT": plain},
        )  # fmt: skip
        said.append(run.stdout)
    assert said[0] == said[1]
    assert said[0].strip().endswith("True")
