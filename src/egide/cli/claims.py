"""`egide claims`: statements made in public, each held against what was run."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, options, show
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.report.claim_words import Told

__all__ = ["claims"]

WIDTH = 110


def claims(
    study: Annotated[Path, Parameter(help="Study file, or its folder; the cards stand in claims.yaml beside it.")],
    *,
    campaign: Annotated[Path | None, Parameter(help="Folder that `egide campaign` wrote.")] = None,
    coverage: Annotated[Path | None, Parameter(help="Folder that `egide coverage` wrote.")] = None,
    exposure: Annotated[Path | None, Parameter(help="Folder that `egide compare` wrote of an exposure study.")] = None,
    only: Annotated[str | None, Parameter(help="These cards only, as in nato-coverage,money.")] = None,
    other_code: Annotated[
        bool, Parameter(help="Read a campaign that other code has made, and say so.", negative="")
    ] = False,
    json: options.Json = False,
    lang: options.Lang = None,
) -> int:
    """Hold every claim card of a study against what was run: supported, not supported, or depends; by how much.

    A card says under which assumptions it turns, what it rests on and what it leaves out. Cards of the catalogue need
    no run; each of the others says which command makes what it lacks. What was made from another study, scenario, seed
    or code is refused, with what has changed.

    Example: egide claims studies/turkiye-2019 --campaign out/campaign --coverage out/coverage
    """
    from egide.campaign.claims import cards
    from egide.report.claim_words import NO_PROOF, told

    language = i18n.choose(lang)
    found = cards(study, campaign, coverage, exposure, other_code, _names(only))
    if json:
        common.print_json(found.document())
        return 0
    say = i18n.translator(language)
    for place, card in enumerate(found.cards):
        print("\n" * bool(place) + "\n".join(_lines(told(card, language), language)))
    line = say(mark("{n} cards: {place}")).format(n=len(found.cards), place=show.place_of(Path(found.file)))
    print(f"\n{line}")
    print(say(NO_PROOF))
    return 0


def _names(only: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (only or "").split(",") if name.strip())


def _lines(card: Told, lang: str) -> list[str]:
    """One card: verdict first, then everything that stands behind it."""
    say = i18n.translator(lang)
    verdict = f"{card.verdict} ({card.answer})" if card.answer else card.verdict
    colon, then = say(mark(": ")), say(mark("; "))
    lines = [f"{card.id}{colon}{verdict}", *_wrapped("", f"{card.says} ({card.by})")]
    rows = [
        (say(mark("measure")), card.quantity),
        (say(mark("by how much")), then.join(card.by_how_much)),
        *((say(mark("mind")), each) for each in card.notes),
        (say(mark("undecided")), card.why),
        *((say(mark("beside it")), each) for each in card.details),
        (say(mark("assumptions")), then.join([*([card.assumed] if card.assumed else []), *card.turns])),
        (say(mark("rests on")), then.join(card.rests)),
        (say(mark("made by")), card.command),
        (say(mark("why this")), card.because),
        (say(mark("not covered")), card.not_covered),
        *((say(mark("source")), each) for each in card.sources),
    ]
    for name, text in rows:
        if text:
            lines += _wrapped(f"{name}{colon}", text)
    return lines


def _wrapped(name: str, text: str) -> list[str]:
    """Indented by two, what follows by four; commands and addresses stay whole."""
    return textwrap.wrap(
        name + text,
        WIDTH,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
