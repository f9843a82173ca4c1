"""A scenario as text again: the resolved file that a run bundle keeps.

Quantities are written in the shortest unit that reads back to the same number, so that reading what was written gives
an equal scenario. What is nothing is left out; defaults are written, since they are part of what was run.
"""

from __future__ import annotations

from typing import Any

import yaml

from egide.scenario.model import Scenario
from egide.scenario.tree import NUMBER

__all__ = ["dump"]


class _Dumper(yaml.CSafeDumper):
    """Small lists and mappings on one line; no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


# What YAML 1.2 reads as a number although YAML 1.1, which the library writes, does not: text like it is quoted.
_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", NUMBER, list("-+.0123456789"))


def dump(scenario: Scenario) -> str:
    """YAML text that loads to an equal scenario from the same folder."""
    data = scenario.model_dump(mode="python", by_alias=True)
    return yaml.dump(
        _bare(data), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None
    )


def _bare(value: Any) -> Any:
    """Tuples as lists; text that YAML 1.2 would read as something else stays text because it is quoted."""
    if isinstance(value, dict):
        return {key: _bare(child) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [_bare(child) for child in value]
    return value
