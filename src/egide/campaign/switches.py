"""One switch at a time: which of the things that differ between outside and inside a network makes the difference.

switch    one thing that a network shares or not (`egide.scenario.membership`)
first     that switch alone is turned, from the one end: what it brings where nothing else is shared
last      all but that switch are turned: what it still adds where everything else is shared already
together  what all switches do at once, less the sum of what each does first: what they owe to one another

2 k + 2 runs for k switches, all with the same luck. First and last are the two ends of what one may say a switch is
worth: the mean over all orders (Shapley 1953) would take 2^k runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

from egide import store
from egide.analysis.compare import Comparison, compare
from egide.campaign.chunk import Crew
from egide.campaign.runner import Progress, check_order, run
from egide.errors import scenario_error
from egide.i18n import mark
from egide.store import Folder

OUTSIDE: Final = "none-turned"
INSIDE: Final = "all-turned"


@final
@dataclass(frozen=True)
class Turned:
    """One run: its name and the settings that make it."""

    name: str
    sets: tuple[str, ...]


def turns(network: str, at: dict[str, Any], to: dict[str, Any]) -> tuple[list[str], list[Turned]]:
    """The switches that differ, and the runs: neither, each alone, all but each, all."""
    differing = [name for name in at if at[name] != to[name]]

    def run_of(name: str, turned: Sequence[str]) -> Turned:
        state = {each: to[each] if each in turned else at[each] for each in at}
        return Turned(name, tuple(f"membership.{network}.{each}={_text(value)}" for each, value in state.items()))

    runs = [run_of(OUTSIDE, ())]
    runs += [run_of(f"only-{name}", (name,)) for name in differing]
    if len(differing) > 1:
        runs += [run_of(f"without-{name}", [other for other in differing if other != name]) for name in differing]
        runs.append(run_of(INSIDE, differing))
    return differing, runs


def run_switches(
    scenario_path: Path | str,
    network: str | None = None,
    at: str = "autonomous",
    to: str = "coordinated-engagement",
    alternative: str | None = None,
    replications: int = 20,
    seed: int = 1,
    out: Path | str = "out",
    workers: int = 1,
    sets: Sequence[str] = (),
    force: bool = False,
    progress: Callable[[str], Progress | None] | None = None,
    mode: str | None = None,
) -> tuple[list[str], Comparison]:
    """Run every turn and write a comparison folder; the switches that differ, and the comparison with none turned and,
    for each last turn, of all with all but one. Raises ScenarioError or StoreError."""
    check_order(replications, seed, workers)
    name = _network(scenario_path, network, alternative, sets)
    differing, runs = turns(name, _preset(at), _preset(to))
    if not differing:
        raise scenario_error(
            "--to", mark("{at} and {to} turn the same switches"), mark("name two others"), at=at, to=to
        )
    with Folder(out, force) as folder, Crew(min(workers, replications)) as crew:
        done = {}
        for turned in runs:
            place = run(
                scenario_path, alternative, replications, seed, folder.path / turned.name, detail=(),
                sets=(*sets, *turned.sets), mode=mode, crew=crew, progress=progress(turned.name) if progress else None,
            )  # fmt: skip
            done[turned.name] = store.open(place)
            if not done[turned.name].manifest["complete"]:
                raise KeyboardInterrupt
        pairs = [(INSIDE, f"without-{switch}") for switch in differing] if INSIDE in done else []
        found = compare(done, OUTSIDE, pairs)
        found.write(folder)
        folder.commit()
    return differing, found


def _network(path: Path | str, network: str | None, alternative: str | None, sets: Sequence[str]) -> str:
    """The network whose switches are turned: the one named, or the only one with a membership."""
    from egide.scenario import load

    known = list(load(Path(path), alternative=alternative, sets=tuple(sets)).membership)
    if not known:
        raise scenario_error(
            str(path), mark("no network has a membership: there is nothing to turn"),
            mark("write a section `membership`, or choose an --alternative that has one"),
        )  # fmt: skip
    if network is None and len(known) == 1:
        return known[0]
    if network not in known:
        wrong = mark("there is no membership of {name}") if network else mark("several networks have a membership")
        raise scenario_error("--network", wrong, mark("known: {known}"), name=network or "", known=", ".join(known))
    return network


def _preset(name: str) -> dict[str, Any]:
    from egide.scenario.membership import PRESETS, SWITCHES

    if name not in PRESETS:
        known = ", ".join(PRESETS)
        raise scenario_error(
            "egide switches", mark("there is no preset {name}"), mark("known: {known}"), name=name, known=known
        )
    return dict(zip(SWITCHES, next(values for known, values in PRESETS.items() if known == name), strict=True))


def _text(value: Any) -> str:
    """A switch as a scenario writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
