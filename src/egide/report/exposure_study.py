"""The exposure study in words, tables and one figure: for a page, a dossier or a terminal.

first      what radar looks do not cover: always said before anything else
beyond     share of the sphere of aspects seen with the system, less what the region's radars see anyway
given up   what a rule costs: coverage, stealth, distance; not changed into one another
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from egide import i18n
from egide.analysis.learned import RULES, Held, Sharing
from egide.analysis.mitigation import SAME_M
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.analysis.exposure import Range
    from egide.analysis.exposure_study import ExposureStudy
    from egide.analysis.mitigation import Case, Mitigation, Rule

__all__ = ["percent", "section", "sentences", "spread", "tables"]

STAYS: Final = (mark("no"), mark("at some sites"), mark("yes"))


def section(found: ExposureStudy, lang: str) -> dict[str, Any]:
    """Everything a template needs, as plain data. `found` comes from `egide.analysis.exposure_study.read`.

    Keys: `first`, the sentence of what radar looks do not cover, to be shown before all else; `sentences`, a list of
    paragraphs in the order to be read; `figures`, a list of {"title", "note", "picture", "alt"} of which `picture` is
    what `egide.report.page.shown` makes (its "svg" is markup); `tables`, a list of {"title", "head", "rows", "note"},
    all text, of which the first column is a name and stands left. Either part may be missing in `found`: the lists
    are then shorter, and empty where both are. Nothing is typed by hand: every number comes from `found`.
    """
    say = i18n.translator(lang)
    return {
        "first": say(found.first),
        "sentences": sentences(found, lang),
        "figures": _figures(found, lang),
        "tables": tables(found, lang),
    }


# --- sentences -----------------------------------------------------------------------------------------------------


def sentences(found: ExposureStudy, lang: str) -> list[str]:
    """One paragraph a finding."""
    said: list[str] = []
    if found.mitigation is not None:
        said += _spared(found.mitigation, lang)
    if found.learned is not None:
        said += _told(found.learned.rows, lang)
    return said


def _spared(found: Mitigation, lang: str) -> list[str]:
    say = i18n.translator(lang)
    said = [say(found.notes[1]), say(mark(
        "At {sorties} sorties a week over {months} months, the region's radars alone would see {anyway} of the sphere "
        "of aspects of the protected aircraft (in the band in which they see most)."
    )).format(
        sorties=i18n.number(found.assumptions.sorties_per_week, lang),
        months=i18n.number(found.assumptions.months, lang), anyway=spread(_anyway(found), lang),
    )]  # fmt: skip
    nearest = min(rule.here.facts.distance_m for rule in found.rules) + SAME_M / 2.0
    said += [
        _of_rule(rule, found, lang) for rule in found.rules
        if rule.here.kind == "distance" or rule.here.facts.distance_m < nearest
    ]  # fmt: skip
    kept = [rule for rule in found.rules if rule.frontier]
    said.append(say(mark(
        "{kept} of {all} rules are bettered by no other at any of the {sites} notional sites; which one to take "
        "depends on whether coverage, stealth or distance is dearer, and is not for this study to say."
    )).format(kept=i18n.count(len(kept), lang), all=i18n.count(len(found.rules), lang),
              sites=i18n.count(found.sites, lang)))  # fmt: skip
    return said


def _of_rule(rule: Rule, found: Mitigation, lang: str) -> str:
    """What one rule leaves to the collector and takes from its owner. Nothing is never called no danger."""
    say, here = i18n.translator(lang), rule.here
    most = mark("{rule}: {beyond} of the sphere beyond the region's share")
    none = mark("{rule}: no aspect with {least} samples beyond the region's share")
    told = say(most if here.worst[2] > 0.0 else none).format(
        rule=i18n.pick(here.label, lang), beyond=spread(here.worst, lang),
        least=i18n.count(found.assumptions.least, lang),
    )  # fmt: skip
    other = _span(rule, found.bands, lang)
    if other:
        told += say(mark(" ({other} at another notional site)")).format(other=other)
    given = []
    if here.facts.blank_rad > 0.0:
        given.append(say(mark("{lost} of the airspace that the system denies, all the time")).format(
            lost=_known(here.lost.denied, lang)))  # fmt: skip
    if here.facts.silent_s > 0.0:
        all_of_it = mark("all of its coverage for {flying} of the time that sorties are flown, {week} of a week")
        given.append(say(all_of_it).format(
            flying=_known(here.lost.silent, lang), week=spread(here.lost.week, lang)))  # fmt: skip
    if here.facts.stealth > 0.0:
        given.append(say(mark("the stealth of {share} of the sorties, towards every radar")).format(
            share=percent(here.facts.stealth, lang)))  # fmt: skip
    if given:
        told += say(mark("; it costs {given}")).format(given=say(mark(" and ")).join(given))
    else:
        told += say(mark("; it costs no coverage, but a base {distance} from the site")).format(
            distance=_km(here, lang)
        )
    return told + "."


def _told(rows: Sequence[Sharing], lang: str) -> list[str]:
    say = i18n.translator(lang)
    said = []
    for row in rows:
        all_ = row.all
        said.append(say(mark(
            "{rule}: of {flights} friendly aircraft a run the system's own network holds {held}, for {time} in the "
            "median; {told} of them its own radars never held; {declared} are declared."
        )).format(
            rule=i18n.pick(row.label, lang), flights=i18n.number(all_.flights, lang, 0),
            held=_held(all_, lang), time=_minutes(all_.seconds, lang),
            told=_count(all_.told, lang), declared=_known(all_.declared, lang),
        ))  # fmt: skip
    least, most = (pick(row.looks for row in rows) for pick in (min, max))
    alike = most - least <= 0.05 * most
    told = mark("Its own radars look {looks} times a sortie at protected aircraft, by sharing rule.")
    if alike:
        told = mark(
            "Sharing changes what its network knows; what its own radars collect on protected aircraft stays {looks} "
            "looks a sortie under every rule."
        )
    looks = i18n.number(least, lang, 0) if most - least < 0.5 else i18n.interval(least, most, lang, 0)
    said.append(say(told).format(looks=looks))
    return said


# --- tables --------------------------------------------------------------------------------------------------------


def tables(found: ExposureStudy, lang: str) -> list[dict[str, Any]]:
    """What stands behind the sentences."""
    made: list[dict[str, Any]] = []
    if found.mitigation is not None:
        made += [_frontier(found, found.mitigation, lang), _rates(found.mitigation, lang)]
    if found.learned is not None:
        made += [_sharing(found.learned.rows, lang), _by_type(found.learned.rows, lang)]
    return made


def _frontier(found: ExposureStudy, mitigation: Mitigation, lang: str) -> dict[str, Any]:
    say = i18n.translator(lang)
    bands = [band for band in mitigation.bands if any(rule.here.beyond[band][2] > 0.0 for rule in mitigation.rules)]
    head = [say(mark("rule")), say(mark("base")), *(say(mark("beyond, {band}")).format(band=band) for band in bands),
            say(mark("another notional site")),
            *(say(mark("region anyway, {band}")).format(band=band) for band in mitigation.bands),
            say(mark("denied, lost to the sector")),
            say(mark("silent, of the sorties' time")), say(mark("coverage lost, of a week")),
            say(mark("stealth given up")), say(mark("on the frontier"))]  # fmt: skip
    rows = []
    for number, rule in enumerate(mitigation.rules, 1):
        here = rule.here
        stays = 2 if rule.frontier else 1 if rule.sometimes else 0
        rows.append([
            f"{number}. {i18n.pick(here.label, lang)}", _km(here, lang),
            *(spread(here.beyond[band], lang) for band in bands), _span(rule, bands, lang) or "–",
            *(spread(here.anyway[band], lang) for band in mitigation.bands), _known(here.lost.denied, lang),
            _known(here.lost.silent, lang), spread(here.lost.week, lang), percent(here.facts.stealth, lang),
            say(STAYS[stays]),
        ])  # fmt: skip
    for name, shares in mitigation.baselines.items():
        seen = [spread(shares[band], lang) for band in mitigation.bands]
        rows.append([i18n.pick(mitigation.labels[name], lang), *["–"] * (len(bands) + 2), *seen, *["–"] * 5])
    above = mark("{height} above the ground") if found.asked.get("agl") else mark("{height} above sea level")
    note = say(mark(
        "Shares of the sphere of aspects over {months} months at {sorties} sorties a week, in the band named, with the "
        "range of what the collector knows in brackets; coverage of the system alone, {height}, against {rcs}. "
        "Sites are notional and are not ranked. On the frontier: no other rule at the same site is as good in every "
        "band, in coverage lost, in stealth and in distance, and better in one."
    )).format(
        months=i18n.number(mitigation.assumptions.months, lang),
        sorties=i18n.number(mitigation.assumptions.sorties_per_week, lang),
        height=say(above).format(height=i18n.quantity(found.asked.get("height_m", math.nan) / 1e3, "km", lang)),
        rcs=i18n.quantity(found.asked.get("rcs_m2"), "m²", lang),
    )  # fmt: skip
    return {"title": say(mark("What each precaution leaves to the collector, and what it costs")), "head": head,
            "rows": rows, "note": note}  # fmt: skip


def _rates(mitigation: Mitigation, lang: str) -> dict[str, Any]:
    say = i18n.translator(lang)
    rates = list(mitigation.rules[0].here.at_rate)
    head = [say(mark("rule"))]
    for rate in rates:
        per = i18n.number(rate, lang)
        head += [say(mark("beyond, {n} a week")).format(n=per), say(mark("coverage lost, {n} a week")).format(n=per)]
    rows = []
    for number, rule in enumerate(mitigation.rules, 1):
        line = [f"{number}. {i18n.pick(rule.here.label, lang)}"]
        for rate in rates:
            worst = max(rule.here.at_rate[rate].values(), key=lambda share: share[1:])
            line += [spread(worst, lang), spread(rule.here.lost_at_rate[rate], lang)]
        rows.append(line)
    return {
        "title": say(mark("The same by sorties a week")), "head": head, "rows": rows,
        "note": say(mark(
            "In the band in which most is collected. Sorties a week are an assumption. Silence: sorties flown together "
            "as written, at the high end each alone."
        )),
    }  # fmt: skip


def _sharing(rows: Sequence[Sharing], lang: str) -> dict[str, Any]:
    say = i18n.translator(lang)
    head = [say(word) for word in (
        mark("alternative"), mark("sharing"), mark("friendly aircraft a run"), mark("held"), mark("share"),
        mark("median time held"), mark("declared"), mark("rightly"), mark("through the network alone"),
        mark("of the time held"), mark("own looks a protected sortie"),
    )]  # fmt: skip
    lines = [[i18n.pick(row.label, lang), say(RULES[row.rule]), *_line(row.all, lang), i18n.number(row.looks, lang, 0)]
             for row in rows]  # fmt: skip
    return {
        "title": say(mark("What the system's own network holds of friendly aircraft, by sharing rule")),
        "head": head, "rows": lines,
        "note": say(mark(
            "Held: a firm track, of its own radars or told. Through the network alone: held, and never by a firm track "
            "of its own radars. What a picture holds are places, speeds and identities, and no more. In brackets the "
            "least and the most of any run: whether a battery is up at all may be drawn."
        )),
    }  # fmt: skip


def _by_type(rows: Sequence[Sharing], lang: str) -> dict[str, Any]:
    say = i18n.translator(lang)
    head = [say(word) for word in (
        mark("alternative"), mark("type"), mark("friendly aircraft a run"), mark("held"), mark("share"),
        mark("median time held"), mark("declared"), mark("rightly"), mark("through the network alone"),
        mark("of the time held"),
    )]  # fmt: skip
    lines = [[i18n.pick(row.label, lang), held.aircraft.rpartition("/")[2], *_line(held, lang)]
             for row in rows for held in row.held[1:]]  # fmt: skip
    return {"title": say(mark("The same by type of aircraft")), "head": head, "rows": lines, "note": ""}


def _line(held: Held, lang: str) -> list[str]:
    return [
        i18n.number(held.flights, lang, 0), _held(held, lang), _known(held.share, lang),
        _minutes(held.seconds, lang), _known(held.declared, lang), _known(held.rightly, lang),
        _count(held.told, lang), _known(held.told_time, lang),
    ]  # fmt: skip


# --- the figure ----------------------------------------------------------------------------------------------------


def _figures(found: ExposureStudy, lang: str) -> list[dict[str, Any]]:
    if found.mitigation is None:
        return []
    from egide.report import exposure_frontier
    from egide.report.page import shown

    picture = exposure_frontier.draw(found.mitigation, lang)
    note = i18n.translator(lang)(exposure_frontier.NOTE)
    return [{"title": picture.caption, "note": note, "picture": shown(picture), "alt": picture.alt}]


# --- numbers in words ----------------------------------------------------------------------------------------------


def percent(share: float, lang: str) -> str:
    """A share in per cent; what is above zero never reads as zero."""
    if 0.0 < share < 0.0005:
        return "<" + i18n.quantity(0.1, "%", lang, 1)
    return i18n.quantity(100.0 * share, "%", lang, 1)


def spread(share: tuple[float, float, float], lang: str) -> str:
    """Nominal share with its range where that is wider than a tenth of a per cent."""
    low, nominal, high = share
    if not math.isfinite(nominal):
        return "–"
    shown = percent(nominal, lang)
    if high - low < 0.0005:
        return shown
    return f"{shown} ({i18n.interval(100.0 * low, 100.0 * high, lang, 1)})"


def _known(share: float, lang: str) -> str:
    return percent(share, lang) if math.isfinite(share) else "–"


def _anyway(found: Mitigation) -> Range:
    """What the region sees without the system: the first alternative that has none, else beside the rules."""
    shares = next(iter(found.baselines.values()), None) or found.rules[0].here.anyway
    return max(shares.values(), key=lambda share: share[1:])


def _span(rule: Rule, bands: Sequence[str], lang: str) -> str:
    """Least to most at another site, in the band in which most is collected there."""
    found = [span for band in bands if (span := rule.span(band)) is not None]
    if not found:
        return ""
    return between(*max(found, key=lambda span: span[1]), lang)


def between(low: float, high: float, lang: str) -> str:
    """Two shares in per cent; one where they read the same."""
    if high - low < 0.0005:
        return percent(high, lang)
    unit = i18n.quantity(0.0, "%", lang, 0).removeprefix(i18n.number(0.0, lang, 0))
    return i18n.interval(100.0 * low, 100.0 * high, lang, 1) + unit


def _held(held: Held, lang: str) -> str:
    """Mean number held in a run, with the least and the most of any run where they differ."""
    low, high = held.span
    shown = _count(held.held, lang)
    return shown if low == high else f"{shown} ({i18n.interval(low, high, lang, 0)})"


def _count(number: float, lang: str) -> str:
    """A mean number of aircraft: whole where it is."""
    return i18n.number(number, lang, 0 if float(number).is_integer() else 1)


def _km(case: Case, lang: str) -> str:
    return i18n.quantity(case.facts.distance_m / 1e3, "km", lang, 0)


def _minutes(seconds: float, lang: str) -> str:
    return i18n.quantity(seconds / 60.0, "min", lang, 1) if math.isfinite(seconds) else "–"
