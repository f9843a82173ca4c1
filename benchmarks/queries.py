"""Questions to ten million event rows: a real bundle, read by Égide's own relations and, beside, by Polars.

rows     plots of `scenarios/first-battery` with every replication in detail, until there are as many as asked
query    what an analyst asks of plots and shots; the time is that of the slowest of three, files in the page cache
polars   the same answer by its lazy reader, where it is installed (pip install polars)

    python benchmarks/queries.py [--rows N] [--folder FOLDER] [--workers W]

The bundle takes some minutes to make; FOLDER keeps it for the next time. Where both answer, they must agree.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from egide import store
from egide.campaign.runner import run
from egide.store import Bundle

SCENARIO: Final = Path(__file__).parents[1] / "scenarios" / "first-battery" / "scenario.yaml"
PROMISED_S: Final = 1.0
PILOT: Final = 4
TIMES: Final = 3
QUERIES: Final[dict[str, str]] = {
    "rows of each replication": "SELECT replication, count(*) AS n FROM plots GROUP BY 1 ORDER BY 1",
    "mean range by radar and minute": (
        "SELECT radar, floor(time_s / 60.0) AS minute, avg(range_m) AS n FROM plots GROUP BY 1, 2 ORDER BY 1, 2"
    ),
    "one object in one replication": (
        "SELECT count(*) AS n FROM plots WHERE replication = 3 AND mover = (SELECT max(mover) FROM plots)"
    ),
    "plots in the minute before each first shot": (
        "WITH first AS (SELECT replication, min(launch_s) AS shot_s FROM shots GROUP BY 1) "
        "SELECT avg(n) AS n FROM (SELECT count(*) AS n FROM plots JOIN first USING (replication) "
        "WHERE time_s BETWEEN shot_s - 60.0 AND shot_s GROUP BY replication)"
    ),
}


def made(folder: Path, rows: int, workers: int) -> Bundle:
    """A bundle of so many plots, from the folder or made now."""
    if not (folder / "manifest.json").exists():
        pilot = store.open(run(SCENARIO, replications=PILOT, out=folder.with_name("pilot"), detail="all", force=True))
        ((each,),) = pilot.sql("SELECT count(*) FROM plots").fetchall()
        replications = int(np.ceil(1.1 * rows * PILOT / each))  # the pilot was a few
        run(SCENARIO, replications=replications, out=folder, detail="all", workers=workers, force=True)
    return store.open(folder)


def ask(bundle: Bundle, query: str) -> NDArray[Any]:
    found: NDArray[Any] = bundle.sql(query).fetchnumpy()["n"]
    return found


def slowest_s(call: Callable[[], object]) -> float:
    taken = []
    for _ in range(TIMES):
        begun_s = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begun_s)
    return max(taken)


def by_polars(bundle: Bundle, query: str) -> Any:
    """The same by Polars, lazily."""
    import polars as pl  # type: ignore[import-not-found]

    plots, minute = pl.scan_parquet(bundle.files("plots")), (pl.col("time_s") / 60.0).floor().alias("minute")
    match query:
        case "rows of each replication":
            found = plots.group_by("replication").agg(pl.len().alias("n"))
        case "mean range by radar and minute":
            found = plots.group_by("radar", minute).agg(pl.col("range_m").mean().alias("n"))
        case "one object in one replication":
            one = (pl.col("replication") == 3) & (
                pl.col("mover") == plots.select(pl.col("mover").max()).collect().item()
            )
            found = plots.filter(one).select(pl.len().alias("n"))
        case _:
            shots = pl.scan_parquet(bundle.files("shots"))
            first = shots.group_by("replication").agg(pl.col("launch_s").min().alias("at"))
            near = plots.join(first, on="replication").filter(
                pl.col("time_s").is_between(pl.col("at") - 60.0, pl.col("at"))
            )
            found = near.group_by("replication").agg(pl.len().alias("n")).select(pl.col("n").mean())
    return found.collect()["n"].to_numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        bundle = made(asked.folder or Path(temporary) / "bundle", asked.rows, asked.workers)
        ((rows,),) = bundle.sql("SELECT count(*) FROM plots").fetchall()
        size = sum(path.stat().st_size for path in bundle.files("plots"))
        print(f"{rows:,} plots in {len(bundle.files('plots'))} files, {size / 1e6:.0f} MB; promised {PROMISED_S:.0f} s")
        for name, query in QUERIES.items():
            ours_s = slowest_s(partial(ask, bundle, query))
            told = f"{name:45} {ours_s:6.3f} s"
            try:
                theirs_s = slowest_s(partial(by_polars, bundle, name))
            except ImportError:
                print(told)
                continue
            ours = ask(bundle, query)
            if not np.allclose(np.sort(ours), np.sort(by_polars(bundle, name)), rtol=1e-9):
                raise SystemExit(f"{name}: the two answers differ")
            print(f"{told}   Polars {theirs_s:6.3f} s, {theirs_s / ours_s:.1f} times as long")


if __name__ == "__main__":
    main()
