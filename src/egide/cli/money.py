"""`egide money`: who paid what by when, what a choice can still change, and which prices may be set side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, options, show
from egide.errors import scenario_error
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.analysis.books import Books
    from egide.analysis.worth import Standings, Worth
    from egide.report.money_words import Lines, Table


def money(
    study: Annotated[Path, Parameter(help="A study with a money.yaml beside it.")],
    *,
    as_of: Annotated[str | None, Parameter(help="Ledgers by the end of this day; left out: all of it.")] = None,
    campaign: Annotated[
        Path | None, Parameter(help="A finished campaign or comparison: effects per billion, fronts.")
    ] = None,
    coverage: Annotated[Path | None, Parameter(help="A coverage folder: ground defended per billion.")] = None,
    json: options.Json = False,
    lang: options.Lang = None,
) -> int:
    """Print who pays what, what is sunk, and which prices may be compared.

    One ledger a party: paid, due, claimed back, avoided, forgone, each entry with its date, grade and source, all in
    one currency at the prices of one year. What was paid before the day of decision is sunk and counts against no
    alternative. Figures of different kinds (a contract, a ceiling, a unit price) give no ratio.

    Example: egide money studies/turkiye-2019/study.yaml --as-of 2019-04-03
    """
    from egide.campaign import ledgers
    from egide.report.money_words import Page

    language = i18n.choose(lang)
    books = ledgers.books(study)
    day = _day(as_of) if as_of is not None else books.horizon
    found, fronts = _worths(books, campaign, coverage)
    if json:
        common.print_json(books.document(day) | _worth_document(found, fronts))
        return 0
    page = Page(books, language)
    print("\n".join([i18n.pick(books.title, language), *page.opening(day)]))
    blocks: list[Table | Lines] = [page.ledger(party, day) for party in books.parties]
    blocks += [page.sunk(), *page.prices(), *page.interceptors()]
    blocks += [page.worths(found)] if found else []
    blocks += [page.front(each) for each in fronts]
    for block in blocks:
        _print(block)
    command = page.say(mark("What each source says and where: {command}"))
    print("\n".join(["", *page.closing(), command.format(command=f"egide money {study} --json")]))
    return 0


def _print(block: Table | Lines) -> None:
    """A block under its title; notes of a table stand below it, or in its place where it has no row."""
    print(f"\n{block.title}")
    from egide.report.money_words import Lines

    if isinstance(block, Lines):
        for heading, lines in block.groups:
            print(
                "\n".join(
                    [*([f"  {heading}"] if heading else []), *(f"{'  ' * (1 + bool(heading))}{line}" for line in lines)]
                )
            )
        print("".join(f"  {note}\n" for note in block.notes), end="")
        return
    if block.rows:
        show.table(block.head, block.rows, block.left)
    if block.note:
        print(block.note if block.rows else f"  {block.note}")


def _day(text: str) -> date:
    from pydantic_core import PydanticCustomError

    from egide.scenario.amounts import read_day

    try:
        return read_day(text).last
    except PydanticCustomError:
        raise scenario_error(
            "--as-of", mark("expected a day, a month or a year, got {value}"),
            mark("write for example 2019-04-03 or 2019-04"), value=text,
        ) from None  # fmt: skip


def _worths(books: Books, campaign: Path | None, coverage: Path | None) -> tuple[list[Worth], list[Standings]]:
    """Effects over prices, from what was run."""
    from egide.analysis import worth

    effects, fronts = worth.effects(books, campaign, coverage)
    found = [each for when in (None, books.decision) for each in worth.worth(effects, books.items, books.chooser, when)]
    return found, fronts


def _worth_document(found: Sequence[Worth], fronts: Sequence[Standings]) -> dict[str, Any]:
    from dataclasses import asdict

    return {"worth": [asdict(each) for each in found], "fronts": [asdict(each) for each in fronts]} if found else {}
