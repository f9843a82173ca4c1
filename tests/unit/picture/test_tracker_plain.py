"""The tracker as compiled code and as plain Python."""

from __future__ import annotations

import json

from tests.unit import twice

PROGRAM = """
import json, numpy as np
from egide.picture.tracker import Rules, Sensor, Tracker, plots
rng = np.random.default_rng(1)
radars = [Sensor(latitude_rad=0.7, longitude_rad=0.6, revisit_s=5.0, false_plots=4, rate_error_m_s=2.0),
          Sensor(kind="radar-2d", latitude_rad=0.71, longitude_rad=0.6, revisit_s=5.0, false_plots=4),
          Sensor(kind="direction", latitude_rad=0.69, longitude_rad=0.61)]
out = []
for kind in ("imm", "cv"):
    tracker = Tracker(radars, Rules(filter=kind))
    for k in range(8):
        for s in range(3):
            e = np.array([4e4, 4.3e4, 6e4]) + 1e3 * k + rng.normal(0.0, 60.0, 3)
            n = np.array([5e4, 5e4, -3e4]) + (0.05 * k) ** 2 * 1e4 + rng.normal(0.0, 60.0, 3)
            r, a = np.hypot(np.hypot(e, n), 8e3), np.arctan2(e, n)
            r, a = np.r_[r, rng.uniform(2e4, 2e5, 4)], np.r_[a, rng.uniform(-3.0, 3.0, 4)]
            tracker.scan(5.0 * k, s, plots(np.full(7, 5.0 * k), range_m=r, azimuth_rad=a, elevation_rad=8e3 / r,
                                           rate_m_s=np.full(7, 120.0)))
    rows = tracker.tracks(firm=False)
    out += [*rows["number"], *rows["pos_m"].ravel(), *rows["vel_m_s"].ravel(), *rows["covariance"].ravel(),
            *rows["mode_p"].ravel(), *rows["score"]]
print(json.dumps([float(v).hex() for v in out]))
"""


def test_the_tracker_gives_the_same_bits_as_plain_python() -> None:
    ours = twice.compiled(PROGRAM)
    assert len(json.loads(ours)) > 100
    assert ours == twice.plain(PROGRAM)
