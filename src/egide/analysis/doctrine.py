"""Closed forms of firing doctrine and leakage: what a simulation must give where its assumptions are theirs.

p           single-shot kill probability; shots are independent
salvo       n shots at once; shoot-look-shoot: one after the other until it is called killed
warhead     an object that must be stopped; a decoy that cannot be told from one is shot at like one
track       with probability p_track a warhead is tracked at all, each by itself, or all or none of them (common)
leakage     how many warheads get through

Sources: Wilkening, Science & Global Security 8 (2000) 183-215 (warhead kill probability, leakage, interceptors needed);
Hughes, Naval Research Logistics 42 (1995) 267-289 (salvo equations); the rest is the binomial distribution.
Independence of shots and warheads is the strongest assumption; common causes rule where kill probabilities are high.
"""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = [
    "Exchange",
    "cost_per_kill",
    "interceptors_barrage",
    "interceptors_two_stages",
    "leak",
    "leakers",
    "none_leaks",
    "salvo_exchange",
    "salvo_kill",
    "shoot_look_shoot_shots",
    "shots_needed",
    "two_stages",
    "warhead_kill",
    "warhead_kill_needed",
]


def salvo_kill(p: float, n: float) -> float:
    """Probability that at least one of n shots kills: 1 - (1 - p)^n. The same for shoot-look-shoot up to n shots."""
    return 1.0 - math.pow(1.0 - _chance("p", p), n)


def shoot_look_shoot_shots(p: float, n: int) -> float:
    """Shots expected when each waits for a right assessment of the one before, n at most: (1 - (1 - p)^n) / p."""
    return salvo_kill(p, n) / p if p > 0.0 else float(n)


def two_stages(p: float, first: int, second: int, recognised: float = 1.0) -> tuple[float, float]:
    """(kill probability, expected shots) of `first` shots, then `second` where all missed and that was recognised."""
    missed = (1.0 - _chance("p", p)) ** first
    again = missed * _chance("recognised", recognised)
    return 1.0 - missed + again * salvo_kill(p, second), first + again * second


def cost_per_kill(p: float, n: int, shot: float) -> tuple[float, float]:
    """What a kill costs at `shot` a shot: (by salvos of n, by shoot-look-shoot without limit)."""
    return n * shot / salvo_kill(p, n), shot / p


# --- warheads (Wilkening) ------------------------------------------------------------------------------------------


def warhead_kill(p: float, n: float, p_track: float = 1.0) -> float:
    """Kill probability of a warhead with n shots, if it is tracked: p_track (1 - (1 - p)^n)."""
    return _chance("p_track", p_track) * salvo_kill(p, n)


def leak(leaking: int, warheads: int, p: float, n: float, p_track: float = 1.0) -> float:
    """Probability that exactly `leaking` of the warheads get through: binomial."""
    kill = warhead_kill(p, n, p_track)
    return math.comb(warheads, leaking) * (1.0 - kill) ** leaking * kill ** (warheads - leaking)


def leakers(warheads: int, p: float, n: float, p_track: float = 1.0) -> float:
    """Warheads expected to get through."""
    return warheads * (1.0 - warhead_kill(p, n, p_track))


def none_leaks(warheads: int, p: float, n: float, p_track: float = 1.0, common: bool = False) -> float:
    """Probability that no warhead gets through; `common`: either all are tracked or none is."""
    if common:
        return _chance("p_track", p_track) * salvo_kill(p, n) ** warheads
    return warhead_kill(p, n, p_track) ** warheads


def warhead_kill_needed(warheads: int, confidence: float) -> float:
    """Kill probability of a warhead so that with this probability none gets through: confidence^(1 / warheads)."""
    return math.pow(_chance("confidence", confidence), 1.0 / warheads)


def shots_needed(warheads: int, confidence: float, p: float, p_track: float = 1.0) -> float:
    """Shots a warhead for that, as a real number; infinite where tracking alone loses more than is allowed."""
    missed = 1.0 - warhead_kill_needed(warheads, confidence) / p_track
    return math.log(missed) / math.log1p(-p) if missed > 0.0 else math.inf


def interceptors_barrage(warheads: int, confidence: float, p: float, p_track: float = 1.0, decoys: int = 0) -> float:
    """Interceptors when every object is shot at as often as a warhead needs, at once; a real number."""
    return (warheads + decoys) * shots_needed(warheads, confidence, p, p_track)


def interceptors_two_stages(
    warheads: int, confidence: float, p: float, first: int, p_track: float = 1.0, decoys: int = 0
) -> float:
    """Interceptors expected when `first` shots go at every object and the rest of what it needs only if all missed."""
    needed = shots_needed(warheads, confidence, p, p_track)
    rest = (1.0 - p) ** first * max(0.0, needed - first)
    return (warheads + decoys) * (min(first, needed) + rest)


# --- two sides (Hughes) --------------------------------------------------------------------------------------------


class Exchange(NamedTuple):
    """One simultaneous exchange of salvos: units out on each side, and the fractional exchange ratio."""

    lost_a: float
    lost_b: float
    ratio: float  # (lost_b / b) / (lost_a / a): above 1 A comes off better


def salvo_exchange(
    a: float,
    b: float,
    *,
    fires_a: float,
    fires_b: float,
    stops_a: float,
    stops_b: float,
    stays_a: float,
    stays_b: float,
) -> Exchange:
    """Hughes' salvo equations: lost_b = (fires_a a - stops_b b) / stays_b within 0 and b, and so for A.

    fires: well-aimed missiles a unit; stops: missiles that each unit defeats; stays: hits that put a unit out. Units
    of a side are alike, both fire at once, and there is no chance in it."""
    lost_b = min(max((fires_a * a - stops_b * b) / stays_b, 0.0), b)
    lost_a = min(max((fires_b * b - stops_a * a) / stays_a, 0.0), a)
    share_a, share_b = lost_a / a, lost_b / b
    ratio = share_b / share_a if share_a > 0.0 else (math.inf if share_b > 0.0 else math.nan)
    return Exchange(lost_a, lost_b, ratio)


def _chance(name: str, value: float) -> float:
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name} is {value}: write a probability between 0 and 1")
    return value
