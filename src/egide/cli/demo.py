"""`egide demo`: the shipped Türkiye study, from the first run to the report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, options, show
from egide.cli.report import how_to_open
from egide.i18n import mark

STUDY = "turkiye-2019"
REPLICATIONS = 12  # of each alternative: what fits into some five minutes on two processors, first compile included


def demo(
    *,
    output: Annotated[
        Path, Parameter(name=["--output", "-o"], help="Folder to write; an earlier demo there is replaced.")
    ] = Path("egide-demo"),
    lang: Annotated[str | None, Parameter(help="Language of the report: en or fr.")] = None,
    replications: Annotated[int, Parameter(help="How many times each alternative is run.")] = REPLICATIONS,
    workers: options.Workers = None,
) -> int:
    """Run the shipped Türkiye study and write its report.

    Eight alternatives meet the same raid with the same luck; the report says what differs and how sure that is.
    The first run compiles the engine, which takes a minute or two; later runs start at once.

    Example: egide demo --lang fr -o demo
    """
    language = i18n.choose(lang)
    say = i18n.translator(language)
    import egide.campaign as campaign
    from egide import report, scenario

    study = scenario.load_study(common.shipped("studies", STUDY) / "study.yaml")
    print(i18n.pick(study.title.model_dump(), language))
    if study.question is not None:
        print(i18n.pick(study.question.model_dump(), language))
    print(
        say(mark("{alternatives} alternatives, {n} replications of each, seed {seed}")).format(
            alternatives=i18n.count(len(study.alternatives), language), n=i18n.count(replications, language),
            seed=study.seed,
        ),
        flush=True,
    )  # fmt: skip
    with show.progress_bar(language) as bar:
        campaign.run_alternatives(
            study.base_path,
            study.alternatives,
            study.reference,
            study.compare,
            replications,
            study.seed,
            output,
            workers=show.workers_of(workers, replications),
            force=True,  # replaces an earlier run or comparison, and nothing else
            progress=lambda name: bar.named(name) if bar is not None else None,
        )
    place = report.write(output, language, output / f"report-{language}.html")
    print()
    for line in report.summary(output, language):
        print(line)
    print()
    print(say(mark("runs: {place}")).format(place=show.place_of(output.absolute())))
    for line in how_to_open(place, language):
        print(line)
    return 0
