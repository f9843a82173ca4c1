"""`egide track`: the tracker on recorded data: statistics, a score where there is truth, a bundle to replay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, options, show
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.recorded import Result

COMMAND: Final = "egide track"


def track(
    *recording: Annotated[Path, Parameter(help="Files: ASTERIX (.ast, .raw, .pcap) or ADS-B (.csv, .json, .parquet).")],
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="Folder to write; must not exist yet.")
    ] = None,
    noise: Annotated[str, Parameter(help='Add noise to told positions, as in "100 m".')] = "0 m",
    sensor: Annotated[
        list[str] | None,
        Parameter(help="Lay a radar over told positions: radar/NAME@LAT,LON or ...@LAT,LON,HEIGHT.", negative=""),
    ] = None,
    site: Annotated[
        list[str] | None,
        Parameter(help="Where a recorded radar stands: SAC/SIC@LAT,LON or ...@LAT,LON,HEIGHT.", negative=""),
    ] = None,
    edition: Annotated[
        list[str] | None, Parameter(help="Edition of an ASTERIX category, as in 021=0.26.", negative="")
    ] = None,
    position_error: Annotated[str, Parameter(help="Error of told positions.")] = "100 m",
    range_error: Annotated[str, Parameter(help="Error of a recorded radar's range.")] = "70 m",
    azimuth_error: Annotated[str, Parameter(help="Error of a recorded radar's azimuth.")] = "0.08 deg",
    rcs: Annotated[str, Parameter(help="Cross section of everything, for radars laid over it.")] = "10 m2",
    cutoff: Annotated[str, Parameter(help="Distance at which a track says nothing of an object any more.")] = "1 km",
    seed: Annotated[int, Parameter(help="Where noise and luck come from.")] = 1,
    force: Annotated[bool, Parameter(help="Replace a run that is there already.", negative="")] = False,
    json: options.Json = False,
    lang: options.Lang = None,
) -> int:  # fmt: skip
    """Track recorded data and score the tracks against told positions.

    Radar plots (ASTERIX 048) are tracked as plots of their radar; told positions (ADS-B, ASTERIX 021 and 062) as
    places, or as seen by radars laid over them. Files only.

    Example: egide track flight.json.gz --noise "100 m" -o out/flight
    """
    from egide import recorded
    from egide.store.writer import check_target

    if output is not None:
        check_target(output, force)
    order = recorded.asking.order(
        recording, noise=noise, sensors=sensor or (), sites=site or (), editions=edition or (),
        position_error=position_error, range_error=range_error, azimuth_error=azimuth_error, rcs=rcs, cutoff=cutoff,
        seed=seed,
    )  # fmt: skip
    result, folder = (recorded.track(order), None) if output is None else recorded.keep(order, output, force)
    if json:
        common.print_json({"bundle": None if folder is None else str(folder), **recorded.document(result)})
    else:
        _print(result, i18n.choose(lang))
        if folder is not None:
            line = i18n.translator(i18n.choose(lang))(mark("bundle: {place}"))
            print(line.format(place=show.place_of(folder)))
    return 0


# --- the answer --------------------------------------------------------------------------------------------------


def _print(result: Result, lang: str) -> None:
    from egide.ingest.reports import REASONS
    from egide.recorded import MEASURES, document

    say, whole = i18n.translator(lang), document(result)
    head = say(mark("{files}: {n} reports in {time}"))
    span = i18n.duration(whole["last_s"] - whole["first_s"], lang)
    print(head.format(files=", ".join(whole["files"]), n=i18n.count(whole["reports"], lang), time=span))
    for title, counts in ((mark("left out"), whole["skipped"]), (mark("kept, but noted"), whole["noted"])):
        if counts:
            print(say(title))
        for why, count in counts.items():
            print(f"  {i18n.count(count, lang):>9}  {say(REASONS[why])}")
    if whole["radars_without_a_site"]:
        told = say(mark("radars of unknown site, each tracked about itself: {names} (give --site)"))
        print(told.format(names=", ".join(whole["radars_without_a_site"])))
    for picture in whole["pictures"]:
        print()
        print(say(picture["name"]))
        for name, value in picture["measures"].items():
            if value == value:  # NaN: nothing to tell
                print(f"  {_amount(name, value, lang):>12}  {say(MEASURES[name][1])}")
        if not picture["measures"]["tracks"]:
            print("  " + say(mark("no track: three scans are the least that one takes")))


def _amount(name: str, value: Any, lang: str) -> str:
    from egide.recorded import MEASURES

    unit = MEASURES[name][0]
    return i18n.quantity(value, "" if unit in ("n", "1") else unit, lang)
