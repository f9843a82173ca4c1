"""How a campaign's work is cut: everything once, and what is compiled once not twice."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from egide.campaign import work


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(1, 64), st.floats(0.0, 1.0), st.integers(0, 12)
)
def test_every_replication_is_in_one_task_and_modes_go_together(replications, size, share, first):
    modes = {"fast": 1.0, "full": share} if share else {"fast": 1.0}
    asked: Any = SimpleNamespace(  # all that is read of a plan
        replications=tuple(replications), modes=modes, part=lambda _, mode, n: math.ceil(modes[mode] * n - 1e-9)
    )
    pairs = [(point, name) for point in range(len(replications)) for name in ("a", "b")]
    tasks = list(work.cut(work.units_of(pairs, asked, size, first, 64), size, Path("place"), "session"))
    done = Counter((u.point, u.alternative, u.mode, k) for t in tasks for u in t.units for k in range(u.first, u.last))
    assert set(done.values()) <= {1}
    for point, name in pairs:
        for mode, part in modes.items():
            n = sum(1 for each in done if each[:3] == (point, name, mode))
            assert part * max(replications[point] - first, 0) - 1e-6 <= n <= max(replications[point] - first, 0)
    assert len({task.name for task in tasks}) == len(tasks)
    assert all(task.runs >= size for task in tasks[:-1])
    for one, other in itertools.pairwise(tasks):
        assert one.units[-1][:3] == other.units[0][:3] or one.units[-1][:2] != other.units[0][:2]
