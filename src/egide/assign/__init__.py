"""Static weapon-target assignment: which weapon shoots how often at which target, so that least value survives.

greedy       shot by shot where most is gained, with a proven bound; quick enough for a loop
exact        the least surviving value, proven to a gap
continuous   the same with parts of shots: a bound, and the form in which the first published case was solved
least        the number alone
"""

from __future__ import annotations

from egide.assign.continuous import continuous
from egide.assign.exact import exact
from egide.assign.greedy import greedy
from egide.assign.least import least
from egide.assign.problem import Assignment, surviving

__all__ = ["Assignment", "continuous", "exact", "greedy", "least", "surviving"]
