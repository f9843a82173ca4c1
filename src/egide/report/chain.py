"""One wrongful engagement, step by step: what the battery believed, why, what it decided and what came of it.

The case and its steps come from `egide.analysis.cause`; here they are chosen, put in words and laid out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from egide.analysis import cause
from egide.i18n import Translator, number
from egide.report.labels import DECISION_LABELS, EVIDENCE_LABELS, IDENTITY_LABELS, REASON_LABELS, RESULT_LABELS, told

if TYPE_CHECKING:
    from egide.report.reading import Run

MOST_STEPS: Final = 14
LOOKED_AT: Final = 400  # cases among which one that killed is preferred


@final
@dataclass(frozen=True)
class Line:
    """One line of the story: when, what kind (identity, decision, shot, end), what happened and why."""

    time_s: float
    kind: str
    what: str
    why: str = ""

    @property
    def clock(self) -> str:
        whole = round(self.time_s)
        return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"


@final
@dataclass(frozen=True)
class Chain:
    """The story, ready for the page."""

    intro: str
    steps: Sequence[Line]
    note: str


def tell(run: Run, lang: str, say: Translator) -> Chain | None:
    """The story of one wrongful engagement of a run; None where it has none."""
    cases = cause.wrongful(run.bundle, LOOKED_AT)
    if not cases:
        return None
    case = next((each for each in cases if each.killed), cases[0])
    names = Names(run, lang, say)
    template = (
        say("{alternative}, replication {replication}: {battery} fires at {object}, a friendly flight.")
        if case.relation == "friend"
        else say("{alternative}, replication {replication}: {battery} fires at {object}.")
    )
    intro = template.format(
        alternative=run.title(lang), replication=number(case.replication, lang, 0),
        battery=names.of("battery", case.battery), object=names.of("mover", case.object),
    )  # fmt: skip
    note = say(
        "Hours, minutes and seconds from the start, from the tables identities, decisions and shots of the "
        "run {folder}. "
        "One case shows a mechanism, not how often it happens."
    ).format(folder=run.name)
    steps = relevant(cause.chain(run.bundle, case.object, case.replication), case, names)
    return Chain(intro, [line(step, names, lang, say) for step in shortened(steps)], note)


@final
class Names:
    """Labels of objects in one language, by kind and name."""

    def __init__(self, run: Run, lang: str, say: Translator) -> None:
        objects = run.objects
        labels = zip(objects["kind"], objects["name"], objects[f"label_{lang}"], strict=True)
        self._labels = {(str(kind), str(name)): str(label or name) for kind, name, label in labels}
        civil = zip(objects["kind"], objects["row"], objects["name"], objects["relation"], strict=True)
        for (
            kind,
            row,
            name,
            relation,
        ) in civil:  # a recorded call sign is somebody's: it has no place in an invented raid
            if kind == "mover" and relation == "neutral":
                self._labels["mover", str(name)] = say("civil flight {n}").format(n=row)
        networks = zip(objects["kind"], objects["name"], objects["network"], strict=True)
        self._networks = {str(name): str(network) for kind, name, network in networks if kind == "battery"}

    def of(self, kind: str, name: str) -> str:
        return self._labels.get((kind, name), name)

    def network_of(self, battery: str) -> str:
        return self._networks.get(battery, "")


def relevant(steps: Sequence[cause.Step], case: cause.Wrongful, names: Names) -> list[cause.Step]:
    """The battery's own decisions and shots and its network's declarations, to the last meeting, each change once."""
    network, battery = names.network_of(case.battery), case.battery
    last = max(
        (step.time_s for step in steps if step.kind == "meeting" and step.battery == battery), default=case.time_s
    )
    kept: list[cause.Step] = []
    before: dict[str, tuple[object, ...]] = {}
    for step in steps:
        mine = step.network == network if step.kind == "identity" else step.battery == battery
        if not mine or step.time_s > last or (step.kind == "decision" and step.decision == "launch"):
            continue
        state = (step.identity, step.evidence, step.decision, step.reason, step.other)
        if step.kind in ("identity", "decision") and before.get(step.kind) == state:
            continue
        before[step.kind] = state
        kept.append(step)
    return kept


def shortened(steps: list[cause.Step]) -> list[cause.Step]:
    """At most MOST_STEPS: the first one, then those that lead to the launch and what follows it."""
    if len(steps) <= MOST_STEPS:
        return steps
    launch = next((i for i, step in enumerate(steps) if step.kind == "launch"), len(steps))
    start = min(max(1, launch - (MOST_STEPS - 6)), len(steps) - MOST_STEPS + 1)
    return [steps[0], *steps[start : start + MOST_STEPS - 1]]


def line(step: cause.Step, names: Names, lang: str, say: Translator) -> Line:
    """One step in words."""
    battery = names.of("battery", step.battery)
    identity = told(IDENTITY_LABELS, step.identity, say)
    belief = say("belief hostile {p}").format(p=number(step.p_hostile, lang, 2))
    if step.kind == "identity":
        what = say("{network} declares it {identity}").format(
            network=names.of("network", step.network), identity=identity
        )
        pieces = [told(EVIDENCE_LABELS, word, say) for word in step.evidence] or [say("no evidence of its own")]
        if step.other:
            pieces.append(say("the track then followed {object}").format(object=names.of("mover", step.other)))
        return Line(step.time_s, "identity", what, ", ".join([*pieces, belief]))
    if step.kind == "decision":
        what = f"{battery}{say(': ')}{told(DECISION_LABELS, step.decision, say)}"
        why = say("held as {identity}").format(identity=identity)
        pieces = [] if step.reason in ("", "none") else [told(REASON_LABELS, step.reason, say)]
        return Line(step.time_s, "decision", what, ", ".join([*pieces, why, belief]))
    if step.kind == "launch":
        what = say("{battery} launches an interceptor").format(battery=battery)
        return Line(step.time_s, "shot", what, say("held as {identity}").format(identity=identity))
    result = told(RESULT_LABELS, step.decision, say)
    return Line(step.time_s, "end", say("Result: {result}").format(result=result))
