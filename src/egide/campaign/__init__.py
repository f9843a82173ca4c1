"""Many runs: replications over workers, alternatives on common random numbers, studies over what is not known.

`egide.campaign(...)` is a call too: it runs a study and opens its folder.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from egide.campaign.alternatives import compare_bundles, run_alternatives
from egide.campaign.chunk import Crew
from egide.campaign.runner import run

if TYPE_CHECKING:
    from egide.store.campaign import Campaign

__all__ = ["Crew", "compare_bundles", "run", "run_alternatives"]


class _Face(ModuleType):
    """`eg.campaign(...)` is a call and `egide.campaign` this package: one name for both."""

    def __call__(self, study: Path | str, out: Path | str, **asked: Any) -> Campaign:
        from egide.campaign.conduct import conduct
        from egide.store.campaign import open_campaign

        return open_campaign(conduct(study, out, **asked))


sys.modules[__name__].__class__ = _Face
