"""The engine against closed forms: runs so plain that somebody else's formula says what must come out.

row        a function that `tests/published/engine.csv` calls: its value is the formula's, its tolerance three standard
           errors of what is drawn, stated beside it
lost       a target that found no channel: nothing was fired at it
warhead    a target of `egide.validation.fight`; seen with probability P(track), each by itself
rise       of mean leakers when something is bettered: the worst step, in standard errors of the paired difference

Luck is seeded: the same numbers come out each time.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from egide import events as ev
from egide import scenario
from egide.compiler import System, compile_scenario
from egide.physics import detection, jamming
from egide.simulate import simulate
from egide.validation.fight import perfect, stream
from egide.validation.laws import LAWS, Replay, replay
from egide.validation.queues import mean_sojourn_s

__all__ = [
    "burn_through", "engset", "erlang", "exchange", "interceptors", "laws_broken", "layers", "leakers", "operators",
    "rise", "stages",
]  # fmt: skip

Array = np.ndarray[Any, Any]
Tree = dict[str, Any]
ASSESS_S: Final = 240.0
IN_REACH_S: Final = 364.0  # from a target's start to where it comes into reach
LIFE_S: Final = IN_REACH_S + 1.7  # it is gone after one decision, two at most: who finds no channel is lost
PLENTY: Final = 100_000
LIGHT_M_S: Final = 299792458.0


# --- channels ------------------------------------------------------------------------------------------------------


def taker(channels: int) -> System:
    """One battery that takes each target once, and holds a channel for the flight and the assessment."""

    def change(tree: Tree) -> None:
        spread = {"value": f"{ASSESS_S} s", "low": f"{ASSESS_S} s", "high": f"{ASSESS_S} s"}
        tree["overrides"]["general/command"]["assessment_delay"] = spread

    return _stocked(perfect(change), channels, 1_000)


def _stocked(system: System, channels: int, guided: int) -> System:
    system.batteries["channels"], system.batteries["guided"] = channels, guided
    system.stores["left"] = system.stores["ready"] = system.stores["capacity"] = PLENTY
    return system


def lost(system: System, times_s: Array) -> Array:
    return np.asarray(simulate(stream(system, times_s, LIFE_S), 1, 0, 0)["outcomes"]["shots"] == 0)


def busy_s(system: System) -> float:
    """How long one engagement holds its channel."""
    shots = simulate(stream(system, np.array([10.0]), LIFE_S), 1, 0, 0)["shots"]
    return float(shots["meet_s"][0] - shots["launch_s"][0]) + ASSESS_S


@lru_cache(maxsize=32)
def erlang(offered: float, channels: int, targets: int) -> float:
    """Share of a Poisson stream of targets that finds every channel taken."""
    system = taker(channels)
    gaps_s = np.random.default_rng(5).exponential(busy_s(system) / offered, targets)
    return float(np.mean(lost(system, 10.0 + np.cumsum(gaps_s))))


@lru_cache(maxsize=8)
def engset(sources: int, channels: int, ratio: float, targets: int) -> tuple[float, float]:
    """Raiders that come again a while after they were taken or passed: share lost, and share of targets of which the
    queue itself, played beside it, says otherwise."""
    system = taker(channels)
    service_s, draw = busy_s(system), np.random.default_rng(9)
    calls = [(float(draw.exponential(service_s / ratio)), k) for k in range(sources)]
    heapq.heapify(calls)
    ends: list[float] = []
    times: list[float] = []
    refused: list[bool] = []
    while len(times) < targets:
        at_s, source = heapq.heappop(calls)
        ends = [end for end in ends if end > at_s]
        full = len(ends) >= channels
        times.append(10.0 + at_s)
        refused.append(full)
        if not full:
            ends.append(at_s + service_s)
        free_s = at_s if full else at_s + service_s
        heapq.heappush(calls, (free_s + float(draw.exponential(service_s / ratio)), source))
    found = lost(system, np.array(times))
    return float(np.mean(found)), float(np.mean(found != np.array(refused)))


@lru_cache(maxsize=32)
def operators(operators: int, load: float, mean_s: float, low_s: float = 0.0, high_s: float = 0.0) -> float:
    """Mean time of a request at a centre: exponential thought of this mean, or a triangular one where low is given."""
    return mean_sojourn_s(operators, load, (low_s, mean_s, high_s), low_s <= 0.0)


# --- doctrine ------------------------------------------------------------------------------------------------------


def many(system: System, targets: int, channels: int = 1_000) -> System:
    """Targets 20 s apart, and channels, guidance and missiles for all of them."""
    _stocked(system, channels, channels)
    system.rules["drop_s"] = 1e6  # a target that was called killed is left alone
    return stream(system, 10.0 + 20.0 * np.arange(targets))


def two_looks(p: float, first: int, then: int, recognised: float) -> Callable[[Tree], None]:
    def change(tree: Tree) -> None:
        tree["doctrine"]["d"] |= {"salvo": first, "max_shots": first + then} | ({"salvo_next": then} if then else {})
        called = 1.0 - recognised
        tree["overrides"]["general/command"]["miss_called_kill"] = {"value": called, "low": called, "high": called}
        tree["overrides"]["missile/pac-3-mse"]["kill_aircraft"] = {"value": p, "low": p, "high": p}

    return change


@lru_cache(maxsize=16)
def stages(p: float, first: int, then: int, recognised: float, runs: int) -> tuple[float, float]:
    """`first` shots at each of 60 targets, and `then` more where all missed and that was recognised: share killed, and
    shots a target."""
    system = many(perfect(two_looks(p, first, then, recognised)), 60)
    outcomes = [simulate(system, 3, 0, k)["outcomes"] for k in range(runs)]
    return (
        float(np.mean([np.mean(each["fate"] == ev.F_KILLED) for each in outcomes])),
        float(np.mean([np.mean(each["shots"]) for each in outcomes])),
    )


@lru_cache(maxsize=8)
def leakers(warheads: int, p: float, shots: int, p_track: float, raids: int) -> tuple[float, float]:
    """Warheads that get through, mean over raids, and share of raids in which none does. Which are never seen is drawn
    here, each by itself."""
    system = many(perfect(two_looks(p, shots, 0, 1.0)), warheads)
    echoes, through = system.movers["rcs_m2"].copy(), []
    for k in range(raids):
        seen = np.random.default_rng(k).random(warheads) < p_track
        system.movers["rcs_m2"] = echoes * seen[:, None, None]
        through.append(int(np.sum(simulate(system, 4, 0, k)["outcomes"]["fate"] != ev.F_KILLED)))
    return float(np.mean(through)), float(np.mean(np.array(through) == 0))


@lru_cache(maxsize=32)
def interceptors(objects: int, shots: float, p: float, first: int = 0, raids: int = 20) -> float:
    """Interceptors fired, mean over raids: all `shots` at once, or `first` of them and the rest where these missed. For
    a number of shots that is not whole, the whole ones on either side by their weights."""
    low = math.floor(shots)
    found = []
    for n in (low, low + 1):
        change = two_looks(p, first, n - first, 1.0) if first else two_looks(p, n, 0, 1.0)
        system = many(perfect(change), objects)
        found.append(float(np.mean([len(simulate(system, 6, 0, k)["shots"]) for k in range(raids if first else 1)])))
    return found[0] + (shots - low) * (found[1] - found[0])


@lru_cache(maxsize=32)
def layers(p_outer: float, p_inner: float, runs: int) -> float:
    """Share of targets that pass two batteries, each of which shoots once at what the other has not killed."""

    def change(tree: Tree) -> None:
        two_looks(p_outer, 1, 0, 1.0)(tree)
        inner = {"value": p_inner, "low": p_inner, "high": p_inner}
        tree["overrides"]["missile/pac-2-gem-t"] = {"kill_aircraft": inner, "range": "60 km"}
        second = {**tree["batteries"][0], "name": "b2"}
        second["launchers"] = [{"type": "launcher/m903-gem-t", "count": 4, "missile": "missile/pac-2-gem-t"}]
        tree["batteries"].append(second)

    system = many(perfect(change), 60)
    system.rules["drop_s"] = 0.0
    through = [np.mean(simulate(system, 8, 0, k)["outcomes"]["fate"] != ev.F_KILLED) for k in range(runs)]
    return float(np.mean(through))


@lru_cache(maxsize=32)
def exchange(a: int, b: int, fires: int, stops: int, stays_a: int, stays_b: int) -> tuple[float, float, float]:
    """Both sides' defences against the other's salvo: units out of A and of B, and the fractional exchange ratio. Each
    unit is a battery with `stops` sure missiles; what leaks hits."""
    out_a = min(_through(a, stops, fires * b) / stays_a, float(a))
    out_b = min(_through(b, stops, fires * a) / stays_b, float(b))
    return out_a, out_b, (out_b / b) / (out_a / a)


def _through(units: int, stops: int, missiles: int) -> int:
    """What of a salvo passes so many units that stop so many each."""

    def change(tree: Tree) -> None:
        two_looks(1.0, 1, 0, 1.0)(tree)
        tree["raids"][0] |= {"count": missiles, "spacing": "0 s", "abreast": "500 m"}
        tree["batteries"] = [{**tree["batteries"][0], "name": f"b{k}"} for k in range(units)]

    system = perfect(change)
    system.batteries["channels"] = system.batteries["guided"] = missiles
    system.stores["left"] = system.stores["ready"] = system.stores["capacity"] = stops
    return int(np.sum(simulate(system, 1, 0, 0)["outcomes"]["fate"] != ev.F_KILLED))


# --- jamming -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def burn_through(power_w: float) -> float:
    """Range at which a battery first engages an aircraft that screens itself, over that of the closed form:
    (R / R_free)^4 + (R / R_bt)^2 = 1 where the engagement radar detects one look in two."""

    def change(tree: Tree) -> None:
        jammer = {"type": "jammer/notional-self-screening", "bands": ["C"], "overrides": {"power": f"{power_w} W"}}
        tree["raids"][0]["jammer"] = jammer
        tree["overrides"]["missile/pac-3-mse"]["range"] = "120 km"

    system = perfect(change)
    system.airs[:] = 1.0
    radars = system.radars
    radars["snr_m2"] /= 1e3  # as stated, and not as sharp as the others of `fight`
    fire = next(radar for radar in radars if radar["battery"] == 0 and radar["search"] == 0)
    needed_db = float(detection.required_snr_db(0.5, math.exp(-float(fire["threshold"])), 1, int(fire["swerling"])))
    echo = float(fire["snr_m2"]) * float(system.movers[0]["rcs_m2"][int(fire["band"]), 0])
    row, frequency_hz = system.jammers[0], LIGHT_M_S / float(fire["wavelength_m"])
    noise_db = float(
        jamming.jam_to_noise_db(
            float(row["erp_w"]), 0.0, float(row["bandwidth_hz"]), 1.0, 35.0, frequency_hz, float(fire["noise_hz"]), 4.0
        )
    )
    burn_m = 10 ** ((10 * math.log10(echo) - noise_db - needed_db) / 20)
    reach_m = float(jamming.range_against_self_m((echo / 10 ** (needed_db / 10)) ** 0.25, burn_m))
    search = (radars["battery"] < 0) | (radars["search"] == 1)
    radars["snr_m2"][search] *= 1e6  # burnt through at once: the engagement radar alone decides
    decisions = simulate(system, 1, 0, 0)["decisions"]
    first_s = float(decisions["time_s"][decisions["decision"] == ev.D_ENGAGE][0])
    return _distance_m(system, first_s) / reach_m


def _distance_m(system: System, time_s: float) -> float:
    """From the one target to the first battery; rows of its path are time, place and what follows from it."""
    path = system.vertices
    place = np.array([np.interp(time_s, path[:, 0], path[:, k]) for k in (1, 2, 3)])
    return float(np.linalg.norm(place - system.batteries["pos_m"][0]))


# --- more is never worse -------------------------------------------------------------------------------------------


def rise(what: str, levels: Sequence[float], runs: int) -> float:
    """The worst step of mean leakers while channels, missiles or the speed of orders get better, in standard errors; 0
    where no step rises. One class, everybody known at once, no decoys: there it must be noise."""
    found = [_leaked(what, level, runs) for level in levels]
    worst = 0.0
    for worse, better in pairwise(found):
        apart = np.asarray(better, float) - np.asarray(worse, float)
        spread = float(apart.std(ddof=1)) / math.sqrt(len(apart))
        if apart.mean() > 0.0:
            worst = max(worst, float(apart.mean()) / spread if spread > 0.0 else math.inf)
    return worst


@lru_cache(maxsize=32)
def _leaked(what: str, level: float, runs: int) -> list[int]:
    def change(tree: Tree) -> None:
        tree["raids"][0].update({"count": 12, "abreast": "3 km"})
        tree["doctrine"]["d"].update({"max_shots": 2})
        if what == "orders":
            tree["doctrine"]["d"]["authority"] = "centre"
            tree["chain"] = [
                {"name": "centre", "kind": "sector-centre", "operators": 2, "decision": "5 s"},
                {"name": "post", "kind": "battery-post", "superior": "centre", "commands": ["b1"],
                 "link": {"latency": f"{level} s", "loss": 0}, "fallback": {"lost_after": "20 min"}},
            ]  # fmt: skip

    system = perfect(change)
    system.batteries["channels"] = system.batteries["guided"] = int(level) if what == "channels" else 12
    amount = int(level) if what == "missiles" else 48
    system.stores["left"] = system.stores["ready"] = system.stores["capacity"] = amount
    return [int(np.sum(simulate(system, 2, 0, k)["outcomes"]["fate"] == ev.F_LEAKED)) for k in range(runs)]


# --- laws ----------------------------------------------------------------------------------------------------------


def laws_broken(law: str, name: str, alternative: str, replications: int) -> int:
    """How often a law of `egide.validation.laws` is broken in a shipped scenario."""
    breaks = next(each.breaks for each in LAWS if each.says == law)
    return sum(len(list(breaks(of))) for of in _replays(name, alternative, replications))


@lru_cache(maxsize=8)
def _replays(name: str, alternative: str, replications: int) -> list[Replay]:
    system = compile_scenario(scenario.load(_shipped(name), alternative))
    return [replay(system, 1, k) for k in range(replications)]


def _shipped(name: str) -> Path:
    """A scenario's file: in the package when installed, in the repository from a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "scenarios" / name / "scenario.yaml"
    return inside if inside.is_file() else package.parents[1] / "scenarios" / name / "scenario.yaml"
