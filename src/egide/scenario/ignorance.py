"""The campaign's part of a study file: what is not known, at which points it is tried, and when enough has been run.

spread    the range of one uncertain parameter and how belief is spread over it
group     parameters that are known or unknown together: one factor moves them all
design    the points at which the uncertain parameters are tried; point 0 is always the scenario as written
block     factors that a Saltelli design moves together, each keeping its own value: Sobol indices are per block
stop      when the interval of one measure is narrow enough
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from annotated_types import Ge, Le
from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.types import Strict
from pydantic_core import core_schema

from egide.i18n import mark
from egide.scenario.base import Flag, Label, Model, Name, Positive, Text, or_alone
from egide.scenario.quantities import Factor, PositiveTime, Probability, fail

__all__ = ["Budget", "Campaign", "CatalogueValues", "Design", "Group", "Precision", "Pursuit", "Spread"]

Levels: TypeAlias = Annotated[int, Strict(), Ge(2), Le(100)]

_GOES_WITH: Final = {  # kind of design -> its keys beside kind and factors; the first one must be there
    "full-grid": ("levels",),
    "latin-hypercube": ("points",),
    "sobol": ("points",),
    "one-at-a-time": ("", "low", "high"),
    "listed": ("values",),
    "morris": ("trajectories", "levels"),
    "saltelli": ("rows", "blocks"),
}


class Spread(Model):
    """A range of ignorance, or a list of values to try. Left out, a catalogue value keeps its own low and high."""

    low: Any = None
    """Least value."""
    likely: Any = None
    """Where belief is densest; left out: what the scenario or the catalogue says, or the middle."""
    high: Any = None
    """Greatest value."""
    distribution: Literal["triangular", "log-triangular", "uniform", "log-uniform", "normal"] | None = None
    """From low to high; left out: triangular, for cross sections and ranges of decades of the logarithm."""
    sd: Any = None
    """Of a normal distribution, before it is cut to low and high; left out: a quarter of the range."""
    values: tuple[Any, ...] = ()
    """Values to try, instead."""
    weights: tuple[Factor, ...] = ()
    """Of the values; left out: equal."""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        ends = (self.low is not None) + (self.high is not None)
        bare = self.distribution is not None or self.likely is not None
        if bool(self.values) == (ends == 2 or (ends == 0 and bare)) or ends == 1:
            raise fail(
                mark("an uncertain parameter needs low and high, or values"), mark("write {{low: ..., high: ...}}")
            )
        if self.values and (ends or bare or self.sd is not None):
            raise fail(mark("values are listed, and a range is given too"), mark("write one of the two"))
        if self.weights and (len(self.weights) != len(self.values) or sum(self.weights) <= 0.0):
            raise fail(mark("weights go one to a value and are not all zero"), at=("weights",))
        if self.sd is not None and self.distribution != "normal":
            raise fail(mark("sd belongs to a normal distribution"), mark("write distribution: normal"), at=("sd",))
        return self


class Group(Model):
    """One factor that moves several parameters: all at the same share of their belief."""

    label: Label | None = None
    of: tuple[Text, ...] = Field(min_length=1)
    """Paths, with `*` for any part of one; a high share moves them up,"""
    against: tuple[Text, ...] = ()
    """and these down."""


class CatalogueValues(Model):
    """Which catalogue values are uncertain without being named under `uncertain`."""

    use: Literal["ranges", "none"] = "ranges"
    """Every value with a range that the base or one of its alternatives uses, or none."""
    only: tuple[Text, ...] = ()
    """Of these, only those that match; `*` stands for any part of a path."""
    exclude: tuple[Text, ...] = ()
    """Of these, not those that match."""
    optimism: Flag = True
    """The claims of one maker move together, as one factor `optimism.MAKER`."""


class Design(Model):
    """A set of points."""

    kind: Literal["full-grid", "latin-hypercube", "sobol", "one-at-a-time", "listed", "morris", "saltelli"]
    """How the points are laid."""
    factors: tuple[Text, ...] = ()
    """Factors that it moves, with `*` for any part of a name; the others stay nominal; left out: all."""
    points: Positive | None = None
    """How many, of a Latin hypercube or a Sobol sequence."""
    levels: Levels | None = None
    """Values a factor, of a grid or of Morris trajectories (an even number, 4 if left out)."""
    low: Probability = 0.0
    """Share of belief at the lower of the two values, one at a time; 0: the least value."""
    high: Probability = 1.0
    """The same at the upper one."""
    values: tuple[Mapping[str, Any], ...] = ()
    """Listed points: path or factor -> value; a factor of several parameters takes a share of belief from 0 to 1."""
    trajectories: Positive | None = None
    """Of Morris."""
    rows: Positive | None = None
    """Base rows of a Saltelli design: (blocks + 2) points each."""
    blocks: Mapping[Name, tuple[Text, ...]] = {}
    """Name -> factors moved together; those in none are the block `rest`; left out: each is a block."""
    replications: Positive | None = None
    """Of each alternative at each of its points; left out: those of the campaign."""

    @model_validator(mode="after")
    def _keys_of_its_kind(self) -> Self:
        needed, *more = _GOES_WITH[self.kind]
        for key in ("points", "levels", "low", "high", "values", "trajectories", "rows", "blocks"):
            given = key in self.model_fields_set
            if given and key not in (needed, *more):
                kinds = ", ".join(kind for kind, keys in _GOES_WITH.items() if key in keys)
                wrong, right = mark("{key} does not go with {kind}"), mark("it belongs to {kinds}")
                raise fail(wrong, right, at=(key,), key=key, kind=self.kind, kinds=kinds)
        if needed and (getattr(self, needed) is None or getattr(self, needed) == ()):
            raise fail(
                mark("this design is empty: {kind} needs {key}"), mark("add '{key}: ...'"), kind=self.kind, key=needed
            )
        if self.kind == "morris" and self.levels is not None and self.levels % 2:
            raise fail(
                mark("{levels} levels have no middle to step over: walks of Morris take an even number"),
                mark("write levels: 4"),
                at=("levels",),
                levels=self.levels,
            )
        if self.kind == "one-at-a-time" and self.low >= self.high:
            raise fail(mark("low is not below high"), mark("exchange them"), at=("low",))
        return self


class Precision(Model):
    """Run until one measure is known well enough."""

    measure: Name
    """Measure whose interval is watched."""
    half_width: Factor | None = None
    """Enough when half its interval is no wider than this,"""
    relative: Probability | None = None
    """or than this share of its mean."""
    level: Probability = 0.95
    """Confidence of the interval."""
    minimum: Positive = 5
    """Replications of a point before the rule is asked."""

    @model_validator(mode="after")
    def _one_width(self) -> Self:
        if (self.half_width is None) == (self.relative is None):
            raise fail(mark("a stopping rule needs half_width or relative, one of the two"))
        if not 0.5 <= self.level < 1.0:
            raise fail(mark("expected a confidence from 0.5 to below 1"), mark("write level: 0.95"), at=("level",))
        if not (self.half_width or self.relative):
            at = ("half_width",) if self.half_width is not None else ("relative",)
            raise fail(mark("no interval is narrower than nothing"), mark("write a width above zero"), at=at)
        return self


class Budget(Model):
    """What the campaign may cost; it ends cleanly when either is spent."""

    time_s: PositiveTime | None = None
    """By the clock."""
    runs: Positive | None = None
    """Replications, over all points and alternatives."""


class Pursuit(Model):
    """How the replications of a campaign are tracked."""

    mode: Literal["full", "fast"] = "full"
    """Full tracking, or the fast option."""
    full: Probability = 0.0
    """Share of the fast replications that are run with full tracking too, to correct the fast ones by."""
    full_at: Literal["all", "nominal"] = "all"
    """Points at which that is done: every one, or the scenario as written alone."""

    @model_validator(mode="after")
    def _share_of_the_fast(self) -> Self:
        if self.mode == "full" and "full" in self.model_fields_set:
            raise fail(mark("all replications are run with full tracking"), mark("leave 'full' out"), at=("full",))
        return self


class Campaign(Model):
    """The study run at many points of what is not known."""

    alternatives: tuple[Name, ...] = ()
    """Those to run; left out: those of the study."""
    replications: Positive | None = None
    """Of each alternative at each point, the most where there is a stopping rule; left out: those of the study."""
    nominal: Positive | None = None
    """The same at the scenario as written; left out: as many as at the point that has most."""
    design: tuple[Design, ...] = (Design(kind="latin-hypercube", points=100),)
    """Points at which the uncertain parameters are tried, beside the scenario as written; one design or several."""
    measures: tuple[Name, ...] = ()
    """Measures that are reported; left out: the usual ones."""
    stop: Precision | None = None
    """When a point has been run often enough; left out: after all its replications."""
    budget: Budget = Budget()
    """What it may cost."""
    tracking: Pursuit | None = None
    """How it tracks; left out: as the base says."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """One design may be written without a list."""
        return or_alone(handler(schema), handler, "design")
