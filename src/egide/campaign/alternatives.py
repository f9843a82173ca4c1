"""Several alternatives of one scenario on common random numbers, and what differs between them.

base     the scenario as written, where no alternative has that name
OUT/     one bundle an alternative, comparison.json and comparison.parquet; it appears when all of them are done
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from egide import store
from egide.analysis.compare import Comparison, compare
from egide.campaign.chunk import Crew
from egide.campaign.runner import Progress, check_order, run
from egide.errors import scenario_error, store_error
from egide.i18n import mark
from egide.store import Bundle, Folder

BASE: Final = "base"


def run_alternatives(
    scenario_path: Path | str,
    alternatives: Sequence[str] = (),
    reference: str | None = None,
    pairs: Sequence[tuple[str, str]] = (),
    replications: int = 20,
    seed: int = 1,
    out: Path | str = "out",
    workers: int = 1,
    detail: Sequence[int] | str = (0,),
    sets: Sequence[str] = (),
    force: bool = False,
    progress: Callable[[str], Progress | None] | None = None,
    mode: str | None = None,
) -> Comparison:
    """Run each alternative (all of the file where none is named) and write a comparison folder.

    Ctrl-C: the alternatives that were done are compared and kept if they are two at least and the reference is one.
    """
    check_order(replications, seed, workers)
    wanted = choose(scenario_path, alternatives, reference, pairs)
    reference = reference or wanted[0]
    with Folder(out, force) as folder, Crew(min(workers, replications)) as crew:
        done: dict[str, Bundle] = {}
        for name in wanted:
            try:
                place = run(
                    scenario_path, None if name == BASE else name, replications, seed, folder.path / name,
                    detail=detail, sets=sets, mode=mode, crew=crew, progress=progress(name) if progress else None,
                )  # fmt: skip
                bundle = store.open(place)
            except KeyboardInterrupt:
                break
            if not bundle.manifest["complete"]:
                _remove(bundle)
                break
            done[name] = bundle
        if len(done) < 2 or reference not in done:
            raise KeyboardInterrupt
        found = compare(done, reference, [pair for pair in pairs if set(pair) <= set(done)])
        if missing := [name for name in wanted if name not in done]:
            found = found.with_note(mark("Interrupted before these were run: ") + ", ".join(missing) + ".")
        found.write(folder)
        folder.commit()
    return found


def choose(
    scenario_path: Path | str, alternatives: Sequence[str], reference: str | None, pairs: Sequence[tuple[str, str]]
) -> list[str]:
    """Names to run, once each and in order, all known to the file."""
    from egide.scenario import alternatives as of_file

    known = list(of_file(scenario_path))
    wanted = list(dict.fromkeys([*(alternatives or known or ()), *(name for pair in pairs for name in pair)]))
    if reference and reference not in wanted:
        wanted.insert(0, reference)
    if len(wanted) == 1 and BASE not in wanted:
        wanted.insert(0, BASE)
    import difflib

    for name in wanted:
        if name not in known and name != BASE:
            close = difflib.get_close_matches(name, known, n=1)
            right = mark("did you mean {close}?") if close else mark("it has: {known}")
            raise scenario_error(
                str(scenario_path), mark("there is no alternative {name}"), right,
                name=name, close=(close or [""])[0], known=", ".join(known),
            )  # fmt: skip
    if len(wanted) < 2:
        raise scenario_error(
            str(scenario_path),
            mark("there is nothing to compare: the file has no alternatives"),
            mark("write a section `alternatives`, or use `egide run`"),
        )
    return wanted


def compare_bundles(
    folders: Sequence[Path | str], reference: str | None = None, out: Path | str | None = None, force: bool = False
) -> Comparison:
    """Compare runs that are finished already; where `out` is given, write the comparison there."""
    bundles = {name: store.open(folder) for name, folder in _named(folders).items()}
    places = {name: str(bundle.folder) for name, bundle in bundles.items()}
    if out is None:
        return compare(bundles, reference, places=places)
    with Folder(out, force) as folder:
        here = {name: os.path.relpath(place, folder.target) for name, place in places.items()}
        found = compare(bundles, reference, places=here)
        found.write(folder)
        folder.commit()
    return found


def _named(folders: Sequence[Path | str]) -> Mapping[str, Path]:
    """A short name for each bundle: its folder's, or with the folder above where two are the same."""
    paths = [Path(folder).expanduser().absolute() for folder in folders]
    if len(set(paths)) < len(paths):
        raise store_error(
            str(folders[0]), mark("the same run is named twice"), mark("a comparison needs two different runs")
        )
    short = [path.name for path in paths]
    return {path.name if short.count(path.name) == 1 else f"{path.parent.name}/{path.name}": path for path in paths}


def _remove(bundle: Bundle) -> None:
    import shutil

    bundle.con.close()
    shutil.rmtree(bundle.folder, ignore_errors=True)
