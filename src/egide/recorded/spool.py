"""All reports of a recording in the order of time, however long it is and however its files are ordered.

run     reports sorted in memory, ROWS of them; where there are more, each run goes to a temporary folder
block   reports handed out at a time; equal times keep the order of the files

Memory does not grow with the recording. The temporary folder takes 160 bytes a report, and goes when the spool is
closed.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide.ingest.reports import REPORT
from egide.store.parts import disk_faults

__all__ = ["ROWS", "Spool"]

ROWS: Final = 300_000  # sorted in memory: 48 MB, twice while they are sorted
BLOCK: Final = 50_000


@final
class Spool:
    """Reports go in by `add`, in any order, and come out by `blocks`, in the order of time. For use in a `with`."""

    def __init__(self, rows: int = ROWS) -> None:
        self.rows = 0
        self._most = rows
        self._held: list[NDArray[Any]] = []
        self._held_rows = 0
        self._runs: list[tuple[Path, int]] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def add(self, part: NDArray[Any]) -> None:
        self.rows += len(part)
        self._held.append(part)
        self._held_rows += len(part)
        if self._held_rows >= self._most:
            self._put_by()

    def _sorted(self) -> NDArray[Any]:
        whole = np.concatenate(self._held) if self._held else np.zeros(0, REPORT)
        self._held, self._held_rows = [], 0
        return whole[np.argsort(whole["time_s"], kind="stable")]

    def _put_by(self) -> None:
        place = Path(tempfile.gettempdir())
        with disk_faults(place):
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="egide-track-")
            run = self._sorted()
            path = Path(self._folder.name) / f"{len(self._runs)}.run"
            run.tofile(path)
            self._runs.append((path, len(run)))

    def blocks(self, rows: int = BLOCK) -> Iterator[NDArray[Any]]:
        """Every report once, in the order of time."""
        if not self._runs:
            whole = self._sorted()
            self._held, self._held_rows = [whole], len(whole)  # may be asked for again
            for start in range(0, len(whole), rows):
                yield whole[start : start + rows]
            return
        if self._held_rows:
            self._put_by()
        runs = [_Run(path, count) for path, count in self._runs]
        least = share = max(rows // len(runs), 100)
        while runs:
            for run in runs:
                run.fill(share)
            limit = min((float(run.buffer["time_s"][-1]) for run in runs if run.more), default=math.inf)
            ready = np.concatenate([run.take(limit) for run in runs])
            runs = [run for run in runs if run.more or len(run.buffer)]
            if len(ready):
                share = least
                ready = ready[np.argsort(ready["time_s"], kind="stable")]
                for start in range(0, len(ready), rows):
                    yield ready[start : start + rows]
            else:
                share *= 2  # more reports of one moment than fit

    def close(self) -> None:
        self._held = []
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


@final
class _Run:
    """One sorted run on disk, read from its front."""

    def __init__(self, path: Path, count: int) -> None:
        self.path, self.count, self.at = path, count, 0
        self.buffer = np.zeros(0, REPORT)

    @property
    def more(self) -> bool:
        return self.at < self.count

    def fill(self, rows: int) -> None:
        wanted = min(rows - len(self.buffer), self.count - self.at)
        if wanted > 0:
            with disk_faults(self.path):
                new = np.fromfile(self.path, REPORT, wanted, offset=self.at * REPORT.itemsize)
            self.buffer = np.concatenate([self.buffer, new])
            self.at += wanted

    def take(self, limit_s: float) -> NDArray[Any]:
        """Reports before a time; all that are left where there is no limit."""
        n = len(self.buffer) if limit_s == math.inf else int(np.searchsorted(self.buffer["time_s"], limit_s))
        ready, self.buffer = self.buffer[:n], self.buffer[n:]
        return ready
