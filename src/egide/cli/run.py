"""`egide run`: many replications of one scenario, written as a run bundle."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, options, show
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.analysis.compare import Mean
    from egide.store import Bundle


def run(
    scenario: Annotated[Path, Parameter(help="The scenario, YAML.")],
    *,
    output: options.Output,
    alternative: Annotated[str | None, Parameter(help="Run this alternative of the file.")] = None,
    sets: Annotated[
        list[str] | None,
        Parameter(name="--set", help='Replace a value: PATH=VALUE, as in s400.missile.range="200 km".', negative=""),
    ] = None,
    replications: Annotated[int, Parameter(help="How many times, each with its own luck.")] = 20,
    replication: Annotated[int | None, Parameter(help="This one alone, in detail.")] = None,
    point: Annotated[int | None, Parameter(help="Of a study: the design point, as `campaign show` names it.")] = None,
    seed: Annotated[int, Parameter(help="Where the luck comes from: the same seed, the same tables.")] = 1,
    workers: options.Workers = None,
    detail: options.Detail = "0",
    measures: options.Measures = None,
    fast: options.Fast = False,
    force: Annotated[bool, Parameter(help="Replace a run that is there already.", negative="")] = False,
    json: options.Json = False,
    lang: options.Lang = None,
) -> int:
    """Run a scenario and write a run bundle.

    Prints each measure with its 95 % interval. Ctrl-C leaves a valid bundle of the replications that were finished.

    Example: egide run scenario.yaml --replications 200 --seed 7 -o out/run-7
    """
    from egide import campaign, store

    language = i18n.choose(lang)
    wanted = show.measures_of(measures)
    with show.progress_bar(language) as bar:
        progress = bar.named(alternative or scenario.stem) if bar is not None else None
        if point is not None:
            from egide.campaign.again import run_again

            folder = run_again(
                scenario, alternative, point, replication or 0, output, mode="fast" if fast else "full",
                sets=tuple(sets or ()), force=force, progress=progress,
            )  # fmt: skip
        else:
            one = replication is not None
            folder = campaign.run(
                scenario,
                alternative,
                1 if one else replications,
                seed,
                output,
                workers=show.workers_of(workers, 1 if one else replications),
                detail=[replication] if replication is not None else show.detail_of(detail),
                sets=tuple(sets or ()),
                force=force,
                progress=progress,
                mode="fast" if fast else None,
                first=replication or 0,
            )
    bundle = store.open(folder)
    if json:
        common.print_json(document(bundle))
    else:
        _print(bundle, language, wanted)
    if bundle.manifest["complete"]:
        return 0
    say = i18n.translator(language)
    kept = say(mark("interrupted: the bundle holds the {done} replications of {asked} that were finished"))
    done, asked = len(bundle.replications), bundle.manifest["replications"]["asked"]
    print(kept.format(done=done, asked=asked), file=sys.stderr)
    return 130


def means(bundle: Bundle) -> list[Mean]:
    """Every measure of a run with its interval."""
    from egide.analysis.compare import means_of

    return means_of(bundle)


def document(bundle: Bundle) -> dict[str, Any]:
    """What --json prints."""
    from dataclasses import asdict

    manifest = bundle.manifest
    return {
        "bundle": str(bundle.folder),
        **{key: manifest[key] for key in ("egide", "scenario", "seed", "replications", "complete", "digest", "wall_s")},
        "measures": [asdict(mean) for mean in means(bundle)],
        "tables": {name: {"rows": t["rows"], "digest": t["digest"]} for name, t in manifest["tables"].items()},
        "notes": manifest["notes"],
    }


def _print(bundle: Bundle, lang: str, wanted: Sequence[str]) -> None:
    say = i18n.translator(lang)
    manifest = bundle.manifest
    name = manifest["scenario"]["name"] + (f", {bundle.alternative}" if bundle.alternative else "")
    head = say(mark("{name}: {n} replications, seed {seed}, {time}"))
    time = i18n.duration(manifest["wall_s"], lang)
    print(head.format(name=name, n=i18n.count(len(bundle.replications), lang), seed=manifest["seed"], time=time))
    found = {mean.measure: mean for mean in means(bundle)}
    show.estimates([found[measure] for measure in wanted], lang)
    for note in manifest["notes"]:
        print(say(note))
    bundle_line = say(mark("bundle: {place}, digest {digest}"))
    print(bundle_line.format(place=show.place_of(bundle.folder), digest=manifest["digest"]))
