"""`docs/bundle.md`, printed from the schema and the list of measures, so that it cannot say something else.

python -m egide.analysis.page > docs/bundle.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from egide import events
from egide.analysis.measures import MEASURES
from egide.store import schema

_HEAD = """# A run bundle

What `egide run` writes is a folder that explains itself: nothing else is needed to read it, and any tool that reads
Parquet can. It is written beside its place and renamed when it is whole, so a folder that has a `manifest.json` is
complete, or says in it that it was interrupted.

```
manifest.json                          what was run, with what, on what, and a digest of every table
scenario.yaml                          the scenario as it was understood, alternative and settings applied
digests.parquet                        a digest for each table and replication
tables/NAME/part-000000.parquet ...    rows by replication; a part is named after the first one it holds
tables/NAME.parquet                    a table that is one for the whole run
```

```python
from egide import store

bundle = store.open("out/run-7")
bundle.sql("SELECT battery_name, result_name, count(*) FROM shots_named GROUP BY ALL")
bundle.measures.df()  # .pl() and .arrow() for who has those
bundle.verify()  # [] where every digest is as written
```

Beside each table there is a view `NAME_named`: after each column that names a row or a code it has one with the word
(`battery_name`, `result_name`), and for a column of bits one with all its words (`evidence_words`).

- **NaN** is NULL in the files: SQL's averages leave it out.
- **Digest**: blake2b over the bytes of each column of each (point, replication, table), with its name and dtype, all
  NaN alike; then over these in key order. It depends on neither parts nor workers. Two runs are identical where it is
  equal.
- **Detail**: `plots`, `tracks` and `messages` are kept for the replications asked for (`--detail`), the rest for all.
- **Format**: the manifest's `format` is {format}. Another number is refused, with the version of Égide that wrote it.

## manifest.json

| entry | what it says |
|---|---|
| `format`, `egide` | format of the bundle, version of Égide that wrote it |
| `scenario` | name, title, question, SHA-256 of the file, alternative and its label, start, duration in seconds |
| `sets`, `tracking` | values replaced on the command line, tracking option (full or fast) |
| `seed`, `point` | where the luck comes from; design point of a campaign |
| `replications` | how many were asked for, and which are done as first and last numbers |
| `complete`, `interrupted` | true, or false and by what |
| `detail` | replications whose detail tables are kept |
| `digest`, `tables` | of everything; and for each table rows, digest and columns with dtype, unit and meaning |
| `terrain` | grid of the table `terrain`: rows, columns, north, west, step_lat, step_lon in degrees |
| `recording` | of `egide track` alone: files, what was left out, measures of pictures ([more](recordings.md)) |
| `notes` | what a reader must know, such as which traffic was used |
| `versions`, `machine`, `kernels` | of the libraries; platform and processor; hash of the compiled sources |
| `wall_s`, `engine_s` | seconds it took; seconds inside the engine, summed over workers |

## comparison.json

`egide compare` writes one bundle an alternative below one folder, and beside them `comparison.json` (and the
differences again as `comparison.parquet`): `reference`, `alternatives` (label, bundle's path, digest), `measures`
(unit, label, meaning), `means` (alternative, measure, mean, low, high, n, note) and `differences` (`alternative` less
`against`: difference, low, high, n, p, p_holm, verdict, shared). Intervals are 95 %. The verdict is `higher`, `lower`
or `not distinguishable`, the last wherever the interval includes zero. `p_holm` is corrected for looking at many
measures at once; `shared` is the part of the variance that common random numbers leave.
"""


def page() -> str:
    """The whole page, Markdown."""
    return "\n".join([_HEAD.format(format=schema.FORMAT), *_tables(), *_measures(), *_codes()]) + "\n"


def _tables() -> Iterable[str]:
    yield "## Tables\n"
    for name, columns in {**schema.EVENT_TABLES, **schema.STATIC}.items():
        yield f"### {name}\n\n{schema.TABLE_DOCS[name]}\n"
        yield "| column | dtype | unit | meaning |\n|---|---|---|---|"
        for column in columns:
            yield f"| `{column.name}` | {column.dtype} | {column.unit} | {column.doc} |"
        yield ""


def _measures() -> Iterable[str]:
    yield f"### measures\n\n{schema.TABLE_DOCS['measures']} All float64, after `point` and `replication`.\n"
    yield "| column | unit | better | meaning |\n|---|---|---|---|"
    for measure in MEASURES:
        yield f"| `{measure.name}` | {measure.unit} | {measure.better} | {measure.doc} |"
    yield ""


def _codes() -> Iterable[str]:
    yield "## Codes\n"
    for name, words in {**schema.CODES, **schema.BITS}.items():
        kind = "bits, from the lowest" if name in schema.BITS else "from 0"
        yield f"- `{name}` ({kind}): {', '.join(words)}"
    yield f"- target classes: {', '.join(events.CLASSES)}"


if __name__ == "__main__":
    sys.stdout.write(page())
