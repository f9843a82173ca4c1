"""Many runs: replications over workers, alternatives on common random numbers."""

from __future__ import annotations

from egide.campaign.alternatives import compare_bundles, run_alternatives
from egide.campaign.chunk import Crew
from egide.campaign.runner import run

__all__ = ["Crew", "compare_bundles", "run", "run_alternatives"]
