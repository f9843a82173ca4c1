"""Do the two ways of tracking leak alike? Two one-sided tests on the reference scenario.

margin   a twentieth of the raid: a smaller difference of mean leakers is none that a study of this raid would report
test     equivalent where the 90 % interval of the paired mean difference lies inside the margin (Schuirmann 1987)

    python benchmarks/equivalence.py [--alternative NAME] [--replications N]

Wrongful engagements are printed beside it: they come from full tracking alone, since wrong association is one of
their causes.
"""

from __future__ import annotations

import argparse

import numpy as np
from looks import STUDY

from egide import events, scenario
from egide.analysis.intervals import student
from egide.compiler import compile_scenario
from egide.simulate import simulate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alternative", default="s400-integrated")
    parser.add_argument("--replications", type=int, default=40)
    asked = parser.parse_args()
    leaked, wrongful = {}, {}
    for mode in ("full", "fast"):
        system = compile_scenario(scenario.load(STUDY, asked.alternative, (f"tracking.mode={mode}",)))
        hostile = system.movers["relation"] == events.HOSTILE
        runs = [simulate(system, 2019, 0, k)["outcomes"] for k in range(asked.replications)]
        leaked[mode] = np.array([np.sum(o["fate"][hostile] == events.F_LEAKED) for o in runs], float)
        wrongful[mode] = np.array([np.sum(o["shots"][~hostile] > 0) for o in runs], float)
    margin = 0.05 * float(np.sum(hostile))
    apart = student(leaked["full"] - leaked["fast"], level=0.90)
    inside = -margin < apart.low and apart.high < margin
    print(f"{asked.alternative}, {asked.replications} replications, raid of {int(np.sum(hostile))}")
    print(f"leakers        full {leaked['full'].mean():6.2f}   fast {leaked['fast'].mean():6.2f}")
    print(f"difference     {apart.value:+.2f}, 90 % {apart.low:+.2f} to {apart.high:+.2f}, margin {margin:.1f}")
    print("equivalent" if inside else "not shown to be equivalent")
    print(
        f"wrongful       full {wrongful['full'].mean():6.2f}   fast {wrongful['fast'].mean():6.2f}   (not to be used)"
    )


if __name__ == "__main__":
    main()
