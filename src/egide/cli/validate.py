"""`egide validate`: our numbers beside other people's, one line a number, and whether they agree."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, options
from egide.errors import ScenarioError, scenario_error
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.validation import Verdict

COMMAND: Final = "egide validate"
EVIDENCE_WORDS: Final = {
    "published": mark("published"),
    "published formula": mark("published formula"),
    "analytic": mark("closed form"),
    "computed": mark("computed by other means"),
}
HEADINGS: Final = (mark("ours"), mark("theirs"), mark("within"))
WIDTHS: Final = (18, 18, 12)


def validate(
    *model: Annotated[str, Parameter(help="Models to look at; all of them where none is named.")],
    lang: options.Lang = None,
    json: options.Json = False,
    markdown: Annotated[bool, Parameter(help="Print the section for docs/validation.md.", negative="")] = False,
) -> int:
    """Compare the models with published numbers, closed forms and independent computations.

    A line a number: whether it agrees, ours, theirs, how near they must be, the call; its source stands above.
    Exit code 1 where one disagrees.

    Example: egide validate gases rain
    """
    from egide import validation

    known = validation.models()
    if unknown := [name for name in model if name not in known]:
        raise _unknown(unknown[0], known)
    wanted = list(dict.fromkeys(model)) or known
    verdicts = [validation.judge(name, case) for name in wanted for case in validation.published(name)]
    if json:
        common.print_json(_document(verdicts))
    elif markdown:
        from egide.validation import page

        print(page.section(verdicts), end="")
    else:
        _print(verdicts, i18n.translator(i18n.choose(lang)))
    return int(not all(verdict.ok for verdict in verdicts))


def _unknown(name: str, known: Sequence[str]) -> ScenarioError:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return scenario_error(
            COMMAND, mark("there is no model {name}"), mark("did you mean {close}?"), name=name, close=close[0]
        )
    return scenario_error(
        COMMAND, mark("there is no model {name}"), mark("write one of: {expected}"), name=name,
        expected=", ".join(known),
    )  # fmt: skip


def _print(verdicts: Sequence[Verdict], say: i18n.Translator) -> None:
    """A block a model and source, then how many agree."""
    from egide.validation import page

    words = (say(mark("ok")), say(mark("differs")))
    width = max(map(len, words))
    for (model, source), group in groupby(verdicts, key=lambda verdict: (verdict.model, verdict.case.source)):
        found = list(group)
        evidence = found[0].case.evidence
        print(f"{model} · {say(EVIDENCE_WORDS.get(evidence, evidence))} · {source}")
        print("  " + " " * width + "  " + _columns([say(heading) for heading in HEADINGS]))
        for verdict in found:
            case = verdict.case
            numbers = _columns([page.shown(verdict.ours, case), page.shown(case.value, case), page.within(case)])
            print(f"  {words[not verdict.ok]:{width}}  {numbers}  {verdict.fault or page.name_of(case)}")
        print()
    agree = sum(verdict.ok for verdict in verdicts)
    told = say(mark("{agree} of {total} numbers agree within their tolerance"))
    print(told.format(agree=agree, total=len(verdicts)))


def _columns(cells: Sequence[str]) -> str:
    return "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True))


def _document(verdicts: Sequence[Verdict]) -> dict[str, object]:
    rows = [
        {
            "model": verdict.model, "call": verdict.case.call, "arguments": verdict.case.arguments,
            "item": verdict.case.item, "ours": verdict.ours, "theirs": verdict.case.value,
            "tolerance": verdict.case.tolerance, "evidence": verdict.case.evidence, "source": verdict.case.source,
            "ok": verdict.ok, "fault": verdict.fault,
        }
        for verdict in verdicts
    ]  # fmt: skip
    return {"agree": sum(verdict.ok for verdict in verdicts), "total": len(verdicts), "values": rows}
