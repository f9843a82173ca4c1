"""One replication of a campaign once more, with all its detail: the run behind a number."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from egide.campaign import work
from egide.campaign.plan import plan
from egide.campaign.runner import Order, Progress, check_order, run_scenario
from egide.errors import scenario_error
from egide.i18n import mark
from egide.store import check_target

__all__ = ["run_again"]


def run_again(
    study: Path,
    alternative: str | None,
    point: int,
    replication: int,
    out: Path | str,
    mode: str = "full",
    sets: Sequence[str] = (),
    force: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Write the bundle of one replication at one design point of a study. The same luck as in the campaign.

    Raises ScenarioError for a point or an alternative that the study does not have.
    """
    check_order(1, 0, 1)
    check_target(out, force)
    wanted = plan(study)
    if sets:
        raise scenario_error(
            "--set", mark("a design point has its values already"), mark("leave --set out, or name the scenario file")
        )
    if replication < 0:
        raise scenario_error(
            "--replication", mark("{n} is no number of a replication"), mark("write 0 or more"), n=replication
        )
    if not 0 <= point < len(wanted.points):
        raise scenario_error(
            "--point", mark("the study has no design point {n}"), mark("it has 0 to {high}"),
            n=point, high=len(wanted.points) - 1,
        )  # fmt: skip
    name = alternative or wanted.alternatives[0]
    if name not in wanted.alternatives:
        raise scenario_error(
            "--alternative", mark("there is no alternative {name}"), mark("it has: {known}"),
            name=name, known=", ".join(wanted.alternatives),
        )  # fmt: skip
    system = work.compiled(wanted, point, name, mode)
    scenario = wanted.scenario(point, name)
    scenario = scenario.model_copy(update={"tracking": scenario.tracking.model_copy(update={"mode": mode})})
    order = Order(
        1, wanted.seed, frozenset({replication}), force, progress,
        first=replication, point=point, luck=work.luck_of(wanted, point),
    )  # fmt: skip
    return run_scenario(scenario, system, name, (), order, out)
