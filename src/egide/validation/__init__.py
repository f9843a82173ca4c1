"""Our numbers beside other people's: every published, analytic or independently computed value, and whether we agree.

case      one call with its arguments, what it must give, how nearly, and who says so
verdict   a case with what we give and whether that is near enough
model     the cases of one file, named after what they are about

The files are `tests/published/*.csv` of the repository and travel in the package: the tests and `egide validate` read
the same ones.
"""

from __future__ import annotations

from egide.validation.cases import COLUMNS, Case, Verdict, folder, judge, models, published

__all__ = ["COLUMNS", "Case", "Verdict", "folder", "judge", "models", "published"]
