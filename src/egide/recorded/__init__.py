"""A recording through the tracker: the same kernels as in a simulated picture, on plots that somebody really made.

plots    what is tracked: radar plots as plots of their radar, positions that were told (ADS-B, system tracks) as places
truth    the positions that were told, where there are any: tracks are scored against them
site     where a recorded radar stands; ASTERIX does not say
laid     a radar that was not there: its plots are drawn from the truth
scan     the reports of one sensor in one turn
picture  what one tracker believes; radars of unknown site have one each, about themselves
"""

from __future__ import annotations

from egide.recorded import asking
from egide.recorded.course import Picture, Sink
from egide.recorded.keep import keep
from egide.recorded.run import Order, Result, track
from egide.recorded.scans import Laid, Site
from egide.recorded.summary import MEASURES, document, measures
from egide.recorded.tracked import Tracked

__all__ = [
    "MEASURES", "Laid", "Order", "Picture", "Result", "Sink", "Site", "Tracked", "asking", "document", "keep",
    "measures", "track",
]  # fmt: skip
