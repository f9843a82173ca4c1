"""Run bundles: a folder of Parquet tables with a manifest, written whole or not at all.

open(path)   a Bundle: `.manifest`, `.table(name)`, `.sql(text)`, `.verify()`
Writer       a bundle in the making
"""

from __future__ import annotations

from egide.store.bundle import Bundle, open_bundle
from egide.store.bundle import open_bundle as open  # noqa: A004 - `store.open` is the name people type
from egide.store.schema import FORMAT
from egide.store.writer import Folder, Writer, check_target

__all__ = ["FORMAT", "Bundle", "Folder", "Writer", "check_target", "open", "open_bundle"]
