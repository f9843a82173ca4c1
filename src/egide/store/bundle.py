"""Reading a run bundle: nothing but the folder is needed, and nothing in it is changed.

bundle     a folder with a manifest, the resolved scenario and Parquet tables
relation   a DuckDB query not yet run: `.df()`, `.pl()`, `.arrow()`, `.fetchall()`
named      the view TABLE_named has, beside every column that names a row or a code, a column with its word
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

import duckdb
import numpy as np
from numpy.typing import NDArray

from egide.errors import store_error
from egide.store import digest, parts, schema, tables
from egide.store.writer import DIGESTS, MANIFEST, PARTIAL, SCENARIO

_NAMES: Final = "(FROM objects SELECT list(name ORDER BY \"row\") WHERE kind = '{kind}')"  # all names of one kind


@final
@dataclass(frozen=True, repr=False)
class Bundle:
    """A finished run. Tables are DuckDB views over its Parquet files."""

    folder: Path
    manifest: Mapping[str, Any]
    con: duckdb.DuckDBPyConnection

    @property
    def tables(self) -> list[str]:
        """Names of the tables, as the manifest lists them."""
        return list(self.manifest["tables"])

    @property
    def replications(self) -> list[int]:
        """Numbers of the replications that were finished."""
        return [k for first, last in self.manifest["replications"]["done"] for k in range(first, last + 1)]

    @property
    def alternative(self) -> str:
        """Name of the alternative that was run; empty for the scenario as written."""
        return str(self.manifest["scenario"].get("alternative") or "")

    @property
    def scenario_text(self) -> str:
        """The resolved scenario, YAML."""
        return (self.folder / SCENARIO).read_text(encoding="utf-8")

    def table(self, name: str) -> duckdb.DuckDBPyRelation:
        """One table, or its view with words (`shots_named`), as a relation."""
        if name.removesuffix("_named") not in self.manifest["tables"]:
            known = ", ".join(self.tables)
            raise store_error(str(self.folder), "has no table {name}", "it has {known}", name=name, known=known)
        return self.con.sql(f'FROM "{name}"')

    @property
    def measures(self) -> duckdb.DuckDBPyRelation:
        """One row a replication."""
        return self.table("measures")

    @property
    def tracks(self) -> duckdb.DuckDBPyRelation:
        """Tracks of the replications kept in detail, with words."""
        return self.table("tracks_named")

    def picture(self, at_s: float, network: str = "", replication: int = 0) -> duckdb.DuckDBPyRelation:
        """What each network, or one, believed at a moment, with words: the latest row of every firm track that it had,
        own, told or fused, and how old that row is. The replication is one that was kept in detail."""
        names = {str(name) for name in self.columns("FROM objects SELECT name WHERE kind = 'network'")["name"]}
        if network and network not in names:
            known = ", ".join(sorted(names))
            raise store_error(
                str(self.folder), "has no network {name}", "it has {known}", name=network, known=known)  # fmt: skip
        quoted = network.replace("'", "''")
        wanted = f"AND network_name = '{quoted}'" if network else ""
        return self.con.sql(f"""
            SELECT * EXCLUDE (newest), {float(at_s)!r} - time_s AS seconds_ago
            FROM (SELECT *, row_number() OVER (
                      PARTITION BY network, track ORDER BY time_s DESC, "event" DESC) AS newest
                  FROM tracks_named
                  WHERE replication = {int(replication)} AND time_s <= {float(at_s)!r} {wanted})
            WHERE newest = 1 AND event_name IN ('firm', 'update')
            ORDER BY network, track""")  # noqa: S608 - numbers, and a name that the bundle has

    def sql(self, text: str) -> duckdb.DuckDBPyRelation:
        """Any query over the tables and views, in DuckDB's SQL."""
        return self.con.sql(text)

    def columns(self, query: str) -> dict[str, NDArray[Any]]:
        """A table's name or a query, as plain NumPy columns; NULL comes back as NaN, or as empty text."""
        relation = self.table(query) if query.removesuffix("_named") in self.manifest["tables"] else self.sql(query)
        return tables.columns(relation)

    def files(self, name: str) -> list[Path]:
        """The Parquet files of one table, in order."""
        return _files(self.folder, name)

    def verify(self) -> list[str]:
        """Compute every digest again. Empty: all is as written; else one sentence a difference."""
        said: list[str] = []
        written = self._written_digests()
        for name, table in self.manifest["tables"].items():
            if name in schema.STATIC:
                found = digest.of_columns(name, parts.read(self.files(name), self.con))
            else:
                listed = written.get(name, {})
                each = self._digests(name, listed)
                said += [
                    f"{name}: replication {key[1]} is not what was written"
                    for key in sorted(each.keys() | listed.keys())
                    if each.get(key) != listed.get(key)
                ]
                found = digest.total(each.items())
            if found != table["digest"]:
                said.append(f"{name}: digest {found}, the manifest says {table['digest']}")
        if digest.of_bundle({n: t["digest"] for n, t in self.manifest["tables"].items()}) != self.manifest["digest"]:
            said.append("manifest: its digest does not follow from its tables")
        return said

    def digests(self) -> dict[tuple[str, int], str]:
        """Table and replication -> the digest that was written with it."""
        return {(name, key[1]): value for name, each in self._written_digests().items() for key, value in each.items()}

    def _written_digests(self) -> dict[str, dict[digest.Key, str]]:
        found: dict[str, dict[digest.Key, str]] = {}
        rows = parts.read([self.folder / DIGESTS], self.con)
        wanted = [rows[column] for column in ("table", "point", "replication", "digest")]
        for name, point, number, value in zip(*wanted, strict=True):
            found.setdefault(str(name), {})[int(point), int(number)] = str(value)
        return found

    def _digests(self, name: str, listed: Iterable[digest.Key]) -> dict[digest.Key, str]:
        """Recomputed digests. A replication without rows leaves none in the files: it is known from the list."""
        found: dict[digest.Key, str] = {}
        empty: dict[str, NDArray[Any]] = {}
        for path in self.files(name):
            columns = parts.read([path], self.con)
            point, number = columns.pop("point"), columns.pop("replication")
            for key in sorted(set(zip(point.tolist(), number.tolist(), strict=True))):
                chosen = (point == key[0]) & (number == key[1])
                found[key] = digest.of_columns(name, {c: column[chosen] for c, column in columns.items()})
            empty = {c: column[:0] for c, column in columns.items()}
        for key in listed:
            found.setdefault(key, digest.of_columns(name, empty))
        return found

    def __repr__(self) -> str:
        done, asked = len(self.replications), self.manifest["replications"]["asked"]
        scenario = self.manifest["scenario"]
        state = "" if self.manifest["complete"] else ", interrupted"
        name = scenario["name"] + (f" / {self.alternative}" if self.alternative else "")
        counts = {table: about["rows"] for table, about in self.manifest["tables"].items()}
        rows = ", ".join(f"{table} {count}" for table, count in counts.items() if count)
        return (
            f"<Bundle {name}: {done} of {asked} replications{state}, seed {self.manifest['seed']}, "
            f"digest {self.manifest['digest'][:12]}\n  {rows}>"
        )

    def _repr_html_(self) -> str:
        head, _, _ = repr(self)[1:].partition("\n")
        body = "".join(
            f"<tr><td><code>{html.escape(name)}</code></td><td style='text-align:right'>{about['rows']}</td>"
            f"<td>{html.escape(schema.TABLE_DOCS.get(name, ''))}</td></tr>"
            for name, about in self.manifest["tables"].items()
        )
        return f"<p><b>{html.escape(head)}</b></p><table><tr><th>table</th><th>rows</th><th></th></tr>{body}</table>"


def open_bundle(path: Path | str) -> Bundle:
    """Open a finished bundle. StoreError, in words, for anything that is not one."""
    folder = Path(path).expanduser().absolute()
    manifest = _read_manifest(folder, str(path))
    con = parts.connect()
    try:
        for name in manifest["tables"]:
            files = _files(folder, name)
            if not files:
                raise store_error(
                    str(path), "the table {name} is missing", "the bundle is damaged: run again", name=name
                )
            con.execute(f'CREATE VIEW "{name}" AS FROM read_parquet({parts.file_list(files)})').fetchall()
        for name in manifest["tables"]:
            con.execute(f'CREATE VIEW "{name}_named" AS {_named(name, manifest)}').fetchall()
    except duckdb.Error as fault:
        what = str(fault).splitlines()[0]
        raise store_error(
            str(path), "a table cannot be read: {fault}", "the bundle is damaged: run again", fault=what
        ) from fault
    return Bundle(folder, manifest, con)


def _read_manifest(folder: Path, shown: str) -> dict[str, Any]:
    file = folder / MANIFEST
    if PARTIAL in folder.name:
        raise store_error(shown, "is a run that did not finish", "run it again; this folder may be removed")
    if not file.is_file():
        if (folder / "comparison.json").is_file():
            raise store_error(shown, "is a comparison, not one run", "open one of the folders inside it")
        wrong = "is not a run bundle: it has no manifest.json" if folder.is_dir() else "there is no such folder"
        raise store_error(shown, wrong, "give the folder that `egide run` wrote")
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        found = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise store_error(str(file), "cannot be read as a manifest", "the bundle is damaged: run again") from fault
    if found != schema.FORMAT:
        raise store_error(
            shown,
            "is a bundle of format {found}, and this Égide reads format {known}",
            "open it with the Égide that wrote it, version {version}",
            found=found,
            known=schema.FORMAT,
            version=manifest.get("egide", "unknown"),
        )
    if not {"scenario", "seed", "replications", "complete", "digest", "tables"} <= set(manifest):
        raise store_error(str(file), "the manifest lacks an entry", "the bundle is damaged: run again")
    if not all(name.isidentifier() for name in manifest["tables"]):
        raise store_error(str(file), "the manifest names a table by more than a word", "do not trust this bundle")
    return dict(manifest)


def _files(folder: Path, name: str) -> list[Path]:
    single = folder / "tables" / f"{name}.parquet"
    return [single] if single.is_file() else sorted((folder / "tables" / name).glob("part-*.parquet"))


def _named(table: str, manifest: Mapping[str, Any]) -> str:
    """SQL of the view with words. Sub-queries make one list each, so rows keep their order and no join is needed."""
    described = schema.EVENT_TABLES.get(table, ())
    added: list[str] = []
    for column in described:
        name = column.name
        if isinstance(column.names, str) and "objects" in manifest["tables"]:
            names = _NAMES.format(kind=column.names)
            added.append(f'{names}[greatest("{name}" + 1, 0)] AS "{name}_name"')
        elif name in schema.BITS:
            words = _sql_list(schema.BITS[name])
            chosen = f'list_filter({words}, lambda word, i: ("{name}" >> (i - 1)::INTEGER) & 1 = 1)'
            added.append(f"array_to_string({chosen}, ', ') AS \"{name}_words\"")
        elif isinstance(column.names, tuple):
            added.append(f'{_sql_list(column.names)}[greatest("{name}" + 1, 0)] AS "{name}_name"')
    if table in schema.STATIC and any(column.name == "mover" for column in schema.STATIC[table]):
        added.append(_NAMES.format(kind="mover") + "[mover + 1] AS mover_name")
    return f'FROM "{table}" SELECT ' + ", ".join(["*", *added])


def _sql_list(words: Sequence[str]) -> str:
    return "[" + ", ".join(parts.quote(word) for word in words) + "]"


def sizes(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return int(np.sum([path.stat().st_size for path in folder.rglob("*") if path.is_file()], dtype=np.int64))
