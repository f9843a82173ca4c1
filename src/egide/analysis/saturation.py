"""Closed forms of saturated fire channels: what share of a raid finds every channel busy.

channel    what one engagement occupies from decision to assessment: a fire channel, an illuminator, an operator
busy       how long, on average
offered    arrivals a second times mean busy time, in erlang
loss       share of arrivals that find all channels taken and are not served later

Sources: Erlang 1917; Engset 1918; Gross and Harris, Fundamentals of Queueing Theory; Jagerman, Bell System Technical
Journal 53 (1974) 525-551 (channels that are not whole). Loss depends on the mean of the busy time alone. Arrivals are a
stationary Poisson stream (Erlang) or a fixed number of sources that each come back (Engset); a raid is neither, so that
a simulation of one is compared with the simultaneous raid and, over a long even stream, with Erlang.
"""

from __future__ import annotations

import math

__all__ = ["channels_for_loss", "engset_busy_share", "engset_loss", "erlang_b", "mean_busy", "raid_engaged"]


def erlang_b(offered: float, channels: float) -> float:
    """Loss of a Poisson stream: (a^c / c!) / sum over k of a^k / k!, written so that c need not be whole."""
    from scipy import special

    if not (offered > 0.0 and channels >= 0.0):
        raise ValueError(f"offered is {offered} and channels {channels}: write erlang above 0 and channels, 0 or more")
    log_top = channels * math.log(offered) - offered - float(special.gammaln(channels + 1.0))
    return math.exp(log_top) / float(special.gammaincc(channels + 1.0, offered))


def mean_busy(offered: float, channels: float) -> float:
    """Channels busy on average: what is offered and not lost."""
    return offered * (1.0 - erlang_b(offered, channels))


def channels_for_loss(offered: float, loss: float) -> float:
    """Channels at which the loss is this, not rounded up."""
    from scipy import optimize

    if not 0.0 < loss < 1.0:
        raise ValueError(f"loss is {loss}: write a share between 0 and 1")
    most = offered + 10.0
    while erlang_b(offered, most) > loss:
        most *= 2.0
    return float(optimize.brentq(lambda c: erlang_b(offered, c) - loss, 0.0, most, xtol=1e-12))


def engset_busy_share(sources: int, channels: int, ratio: float) -> float:
    """Share of time in which all channels are busy, with finitely many sources; `ratio` is the rate of a source that
    waits to come, times the mean busy time."""
    terms = [math.comb(sources, k) * ratio**k for k in range(min(channels, sources) + 1)]
    return terms[channels] / math.fsum(terms) if channels <= sources else 0.0


def engset_loss(sources: int, channels: int, ratio: float) -> float:
    """Share of arrivals that find all channels busy: what the other sources see of time."""
    return engset_busy_share(sources - 1, channels, ratio) if sources > channels else 0.0


def raid_engaged(raid: int, channels: int, window_s: float, busy_s: float) -> int:
    """How many of a simultaneous raid are engaged within a window: min(raid, channels floor(window / busy))."""
    return min(raid, channels * math.floor(window_s / busy_s * (1.0 + 1e-12)))
