"""Amounts with a range, and the way from one year's money, or one currency, to another's.

amount   least, nominal and greatest of a sum, in one currency at the prices of one year
index    what the same things cost in each year, of any base; only the ratio of two years is used
factor   by how much money of one year is multiplied to become money of another. The first index gives the value, all of
         them together the range: which index is right is itself not known
rate     what one unit of a currency was worth in another in one year

Ends are added to ends and divided by opposite ends: the widest range, as if all errors went one way. Where the parts of
a sum are independent it is too wide; nothing public says how they hang together.

Sources: the implicit deflator as ratio of index numbers, System of National Accounts 2008, chapter 15; interval
arithmetic, Moore, Kearfott and Cloud, Introduction to Interval Analysis, 2009.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

__all__ = ["NOTHING", "Amount", "Index", "Rate", "converted", "factor", "total"]


@final
@dataclass(frozen=True)
class Amount:
    """Low, value and high, in order."""

    low: float
    value: float
    high: float

    @classmethod
    def exact(cls, value: float) -> Amount:
        """Without a range."""
        return cls(value, value, value)

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.low + other.low, self.value + other.value, self.high + other.high)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.low - other.high, self.value - other.value, self.high - other.low)

    def times(self, by: Amount) -> Amount:
        """A product; of what is zero or more by what is zero or more end by end, else by the outermost."""
        ends = [one * two for one in (self.low, self.high) for two in (by.low, by.high)]
        return Amount(min(ends), self.value * by.value, max(ends))

    def scaled(self, by: float) -> Amount:
        """Times a number above zero."""
        return Amount(self.low * by, self.value * by, self.high * by)

    def over(self, by: Amount) -> Amount:
        """A quotient by what is zero or more; an end that would divide by zero is NaN."""
        ends = [one / two if two > 0.0 else math.nan for one in (self.low, self.high) for two in (by.low, by.high)]
        known = [end for end in ends if not math.isnan(end)]
        value = self.value / by.value if by.value > 0.0 else math.nan
        if not known:
            return Amount(math.nan, value, math.nan)
        low = min(known) if by.low > 0.0 or self.low >= 0.0 else math.nan
        high = max(known) if by.low > 0.0 or self.high <= 0.0 else math.nan
        return Amount(low, value, high)

    @property
    def nothing(self) -> bool:
        """Is it zero at every end?"""
        return self.low == self.value == self.high == 0.0


NOTHING: Final = Amount(0.0, 0.0, 0.0)


def total(amounts: Iterable[Amount]) -> Amount:
    """Sum, end by end, without rounding error: the order of the parts does not matter."""
    parts = list(amounts)
    return Amount(*(math.fsum(getattr(part, end) for part in parts) for end in ("low", "value", "high")))


@final
@dataclass(frozen=True)
class Index:
    """A price index: a level by year."""

    name: str
    levels: Mapping[int, Amount]

    def ratio(self, from_year: int, to_year: int) -> Amount:
        """Level of one year over that of another; one and the same year is one, exactly."""
        return Amount.exact(1.0) if from_year == to_year else self.levels[to_year].over(self.levels[from_year])


def factor(indexes: Sequence[Index], from_year: int, to_year: int) -> Amount:
    """What money of one year is multiplied by to be money of another. Within one year no index is asked."""
    if from_year == to_year:
        return Amount.exact(1.0)
    if not indexes:
        raise ValueError("money of two years, and no price index")
    ratios = [index.ratio(from_year, to_year) for index in indexes]
    return Amount(min(each.low for each in ratios), ratios[0].value, max(each.high for each in ratios))


@final
@dataclass(frozen=True)
class Rate:
    """What one unit of `of` buys of `to`, in one year."""

    of: str
    to: str
    year: int
    worth: Amount


def converted(
    amount: Amount, currency: str, year: int, to: tuple[str, int], rates: Iterable[Rate], indexes: Sequence[Index]
) -> Amount:
    """An amount in the currency and at the prices of `to`: changed at the rate of its own year, then deflated.

    ValueError where no rate of that year is given: a rate of another year would mix two things.
    """
    wanted, to_year = to
    if currency != wanted:
        worth = [rate.worth for rate in rates if (rate.of, rate.to, rate.year) == (currency, wanted, year)]
        if not worth:
            raise ValueError(f"no rate from {currency} to {wanted} in {year}")
        amount = amount.times(worth[0])
    return amount.times(factor(indexes, year, to_year))
