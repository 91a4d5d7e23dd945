"""Characteristics: what one field of a borrower adds to the log-odds of a visit.

A characteristic is data. Its one method, ``points(record, xp)``, runs on a borrower, on NumPy
columns and on expressions alike.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import attrs

from collectrisk.errors import InvalidCardError
from collectrisk.fields import FieldSpec, FlagRule, NumberRule, Rule, TextRule
from collectrisk.namespace import SCALAR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from collectrisk.namespace import Namespace

__all__ = [
    "AtLeast",
    "Bands",
    "Characteristic",
    "Flag",
    "Gate",
    "Levels",
    "PiecewiseLinear",
]

Pairs = tuple[tuple[float, float], ...]

DECIMALS_THAT_COUNT = 9
"""Points that agree so far are equally large reasons: rounding differs between borrower and frame."""


def _pairs(pairs: Iterable[Iterable[float]]) -> Pairs:
    return tuple((float(at), float(points)) for at, points in pairs)


def _level_pairs(levels: Mapping[str, float] | Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    pairs = dict(levels).items()
    return tuple((str(level), float(points)) for level, points in pairs)


@attrs.frozen(kw_only=True)
class Characteristic:
    """The base of every curve: a label, a source, and points to add to the log-odds.

    Parameters
    ----------
    label : str
        A name that is unique on its scorecard.
    source : str, default "house"
        Where the curve comes from: an article key such as ``"A4.2"``, ``"house"`` or
        ``"fitted"``.

    Attributes
    ----------
    kind : str
        What a curve of this class is called in a card file.
    reads : Rule
        What the fields hold.
    """

    reads: ClassVar[Rule] = NumberRule()
    """What the fields hold."""

    label: str
    source: str = "house"

    @property
    def fields(self) -> tuple[str, ...]:
        """The borrower fields that the points depend on."""
        raise NotImplementedError

    @property
    def column_specs(self) -> dict[str, FieldSpec]:
        """What each field must hold where it is no field of the borrower but any column."""
        return {name: FieldSpec(name, self.reads, self._absent) for name in self.fields}

    @property
    def _absent(self) -> Any:
        """What a missing value is read as, or `attrs.NOTHING` where there must be none."""
        return attrs.NOTHING

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest points that any borrower can get."""
        raise NotImplementedError

    def points(self, record: Any, xp: Namespace) -> Any:
        """Return what a borrower, or each row of a frame, adds to the log-odds."""
        raise NotImplementedError

    def scaled(self, factor: float) -> Self:
        """Return the same curve with all points multiplied by a factor."""
        raise NotImplementedError

    def _require(self, condition: object, why: str) -> None:
        if not condition:
            raise InvalidCardError(self.label, why)

    def _require_finite(self, numbers: Iterable[float]) -> None:
        self._require(all(map(math.isfinite, numbers)), "every number of a curve must be finite")


@attrs.frozen(kw_only=True)
class _OneField(Characteristic):
    """A characteristic that reads one field."""

    field: str

    @property
    def fields(self) -> tuple[str, ...]:
        """The one field."""
        return (self.field,)


@attrs.frozen(kw_only=True)
class _Curve(_OneField):
    """A characteristic that reads one field, and may have points for a missing value."""

    if_missing: float | None = attrs.field(default=None, converter=attrs.converters.optional(float))

    @property
    def _absent(self) -> Any:
        if self.if_missing is None:
            return attrs.NOTHING
        return math.nan if self.reads.kind == "number" else None

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest points of any value."""
        every = (*self._every_points, *self._missing_points)
        return min(every), max(every)

    @property
    def _missing_points(self) -> tuple[float, ...]:
        return () if self.if_missing is None else (self.if_missing,)

    @property
    @abstractmethod
    def _every_points(self) -> tuple[float, ...]:
        """The points of every knot, band or level."""

    def points(self, record: Any, xp: Namespace) -> Any:
        """Return the points at the field's value, or those of a missing one."""
        value = getattr(record, self.field)
        if self.if_missing is None:
            return self._points_at(value, xp)
        missing = xp.is_missing(value)
        if missing is True:  # None has no place on a curve; a column never is True as a whole
            return self.if_missing
        return xp.where(missing, self.if_missing, self._points_at(value, xp))

    @abstractmethod
    def _points_at(self, value: Any, xp: Namespace) -> Any:
        """Return the points at a known value."""

    def _scaled_missing(self, factor: float) -> float | None:
        return None if self.if_missing is None else self.if_missing * factor


@attrs.frozen(kw_only=True)
class PiecewiseLinear(_Curve):
    """Straight lines between knots, flat outside them.

    Parameters
    ----------
    field : str
        The number field to read.
    knots : iterable of (float, float)
        Pairs of a value and its points, values rising. One knot is a constant.
    scale : {"linear", "log"}, default "linear"
        Whether the lines are straight in the value or in its logarithm (all knots above 0).
    if_missing : float, optional
        Points where the value is missing; None, the default, leaves absence to the field's own
        rule. Only a column that is no field of the borrower may have missing values.
    label, source : str
        See `Characteristic`.

    Examples
    --------
    >>> import collectrisk as cr
    >>> delay = cr.PiecewiseLinear(label="delay", field="days_past_due", knots=[(0, 0), (90, 1.5)])
    >>> delay.points(cr.Borrower(amount_overdue=0, days_past_due=60), cr.SCALAR)
    1.0
    """

    kind: ClassVar[str] = "piecewise_linear"
    knots: Pairs = attrs.field(converter=_pairs)
    scale: Literal["linear", "log"] = "linear"

    def __attrs_post_init__(self) -> None:
        """Check that the knots make a curve."""
        at = [at for at, _ in self.knots]
        self._require(at, "a curve needs at least one knot")
        self._require_finite((*(number for knot in self.knots for number in knot), *self._missing_points))
        self._require(sorted(set(at)) == at, f"knots must rise, not {at}")
        self._require(self.scale in {"linear", "log"}, f"scale is 'linear' or 'log', not {self.scale!r}")
        self._require(self.scale == "linear" or at[0] > 0, "knots on a log scale must be above 0")
        for (left, start), (right, end) in pairwise(zip(self._at, self._points, strict=True)):
            self._require(
                math.isfinite(SCALAR.divide(end - start, right - left)),
                f"two of the knots {at} are too close together for a line between; keep one of them",
            )

    @cached_property
    def _at(self) -> tuple[float, ...]:
        """The knots as the lines see them."""
        return tuple(math.log(at) if self.scale == "log" else at for at, _ in self.knots)

    @cached_property
    def _points(self) -> tuple[float, ...]:
        return tuple(points for _, points in self.knots)

    @property
    def _every_points(self) -> tuple[float, ...]:
        return self._points

    def _points_at(self, value: Any, xp: Namespace) -> Any:
        if self.scale == "log":
            value = xp.log(xp.clip(value, self.knots[0][0], self.knots[-1][0]))
        return xp.interp(value, self._at, self._points)

    def scaled(self, factor: float) -> Self:
        """Return the same curve with all points multiplied by a factor."""
        knots = [(at, points * factor) for at, points in self.knots]
        return attrs.evolve(self, knots=knots, if_missing=self._scaled_missing(factor))


@attrs.frozen(kw_only=True)
class Bands(_Curve):
    """Constant points in each band of a number.

    Parameters
    ----------
    field : str
        The number field to read.
    bands : iterable of (float, float)
        Pairs of the least value of a band and its points, values rising. Values below the
        first band get the first band's points.
    if_missing : float, optional
        Points where the value is missing; None, the default, leaves absence to the field's own
        rule. Only a column that is no field of the borrower may have missing values.
    label, source : str
        See `Characteristic`.

    Examples
    --------
    >>> import collectrisk as cr
    >>> delay = cr.Bands(label="delay", field="days_past_due", bands=[(0, 0), (30, 0.5), (90, 1.5)])
    >>> delay.points(cr.Borrower(amount_overdue=0, days_past_due=60), cr.SCALAR)
    0.5
    """

    kind: ClassVar[str] = "bands"
    bands: Pairs = attrs.field(converter=_pairs)

    def __attrs_post_init__(self) -> None:
        """Check that the bands follow one another."""
        edges = [edge for edge, _ in self.bands]
        self._require(edges, "at least one band is needed")
        self._require_finite((*(number for band in self.bands for number in band), *self._missing_points))
        self._require(sorted(set(edges)) == edges, f"bands must rise, not {edges}")

    @cached_property
    def _edges(self) -> tuple[float, ...]:
        return tuple(edge for edge, _ in self.bands)

    @cached_property
    def _points(self) -> tuple[float, ...]:
        return tuple(points for _, points in self.bands)

    @property
    def _every_points(self) -> tuple[float, ...]:
        return self._points

    def _points_at(self, value: Any, xp: Namespace) -> Any:
        return xp.step(value, self._edges, self._points)

    def scaled(self, factor: float) -> Self:
        """Return the same curve with all points multiplied by a factor."""
        bands = [(least, points * factor) for least, points in self.bands]
        return attrs.evolve(self, bands=bands, if_missing=self._scaled_missing(factor))


@attrs.frozen(kw_only=True)
class Levels(_Curve):
    """Points for each spelling of a text or enum field.

    Parameters
    ----------
    field : str
        The text field to read.
    levels : mapping of str to float
        Points by spelling.
    otherwise : float, default 0.0
        Points of every other spelling.
    if_missing : float, optional
        Points where the value is missing; None, the default, leaves absence to the field's own
        rule. Only a column that is no field of the borrower may have missing values.
    label, source : str
        See `Characteristic`.

    Examples
    --------
    >>> import collectrisk as cr
    >>> answer = cr.Levels(label="answer", field="attitude", levels={"hostile": 1.0})
    >>> answer.points(cr.Borrower(amount_overdue=0, days_past_due=0, attitude="hostile"), cr.SCALAR)
    1.0
    """

    kind: ClassVar[str] = "levels"
    reads: ClassVar[Rule] = TextRule()
    levels: tuple[tuple[str, float], ...] = attrs.field(converter=_level_pairs)
    otherwise: float = attrs.field(default=0.0, converter=float)

    def __attrs_post_init__(self) -> None:
        """Check the points."""
        self._require_finite((*self._every_points, *self._missing_points))

    @cached_property
    def _table(self) -> dict[str, float]:
        return dict(self.levels)

    @property
    def _every_points(self) -> tuple[float, ...]:
        return (self.otherwise, *self._table.values())

    def _points_at(self, value: Any, xp: Namespace) -> Any:
        return xp.lookup(value, self._table, self.otherwise)

    def scaled(self, factor: float) -> Self:
        """Return the same curve with all points multiplied by a factor."""
        levels = {level: points * factor for level, points in self.levels}
        return attrs.evolve(
            self,
            levels=levels,
            otherwise=self.otherwise * factor,
            if_missing=self._scaled_missing(factor),
        )


@attrs.frozen(kw_only=True)
class Flag(_OneField):
    """Points where a yes-or-no field is true, none where it is false.

    Parameters
    ----------
    field : str
        The boolean field to read.
    if_true : float
        Points where it is true.
    label, source : str
        See `Characteristic`.

    Examples
    --------
    >>> import collectrisk as cr
    >>> plan = cr.Flag(label="plan", field="repayment_plan", if_true=-3.0)
    >>> plan.points(cr.Borrower(amount_overdue=0, days_past_due=0, repayment_plan=True), cr.SCALAR)
    -3.0
    """

    kind: ClassVar[str] = "flag"
    reads: ClassVar[Rule] = FlagRule()
    if_true: float = attrs.field(converter=float)

    def __attrs_post_init__(self) -> None:
        """Check the points."""
        self._require_finite((self.if_true,))

    @property
    def range(self) -> tuple[float, float]:
        """The lower and the higher of zero and the flag's points."""
        return min(0.0, self.if_true), max(0.0, self.if_true)

    def points(self, record: Any, xp: Namespace) -> Any:
        """Return the points where the field is true, else zero."""
        return xp.where(getattr(record, self.field), self.if_true, 0.0)

    def scaled(self, factor: float) -> Self:
        """Return the same curve with all points multiplied by a factor."""
        return attrs.evolve(self, if_true=self.if_true * factor)


def _names(fields: str | Iterable[str]) -> tuple[str, ...]:
    return (fields,) if isinstance(fields, str) else tuple(fields)


@attrs.frozen
class AtLeast:
    """A condition of a `Gate`: the sum of some number fields has reached a least value.

    Parameters
    ----------
    fields : str or iterable of str
        The fields to add up.
    least : float
        The value from which the condition holds.
    """

    fields: tuple[str, ...] = attrs.field(converter=_names)
    least: float = attrs.field(converter=float)

    def total(self, record: Any) -> Any:
        """Return the sum of the fields."""
        total = getattr(record, self.fields[0])
        for name in self.fields[1:]:
            total = total + getattr(record, name)
        return total

    def holds(self, record: Any) -> Any:
        """Tell, for a borrower or each row, whether the condition holds."""
        return self.total(record) >= self.least


def _conditions(conditions: Iterable[AtLeast]) -> tuple[AtLeast, ...]:
    return tuple(conditions)


@attrs.frozen(kw_only=True)
class Gate(Characteristic):
    """Points that apply unless all conditions hold.

    Parameters
    ----------
    conditions : iterable of AtLeast
        What must hold for the gate to be open.
    if_shut : float
        Points while a condition is unmet; an open gate adds nothing.
    label, source : str
        See `Characteristic`.

    Examples
    --------
    >>> import collectrisk as cr
    >>> size = cr.Gate(label="size", conditions=[cr.AtLeast("amount_overdue", 10_000)], if_shut=-5)
    >>> size.points(cr.Borrower(amount_overdue=3_000, days_past_due=0), cr.SCALAR)
    -5.0
    """

    kind: ClassVar[str] = "gate"
    conditions: tuple[AtLeast, ...] = attrs.field(converter=_conditions)
    if_shut: float = attrs.field(converter=float)

    def __attrs_post_init__(self) -> None:
        """Check that there is something to wait for."""
        self._require(self.conditions, "a gate needs at least one condition")
        self._require(all(c.fields for c in self.conditions), "a condition needs at least one field")
        self._require_finite((self.if_shut, *(condition.least for condition in self.conditions)))

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field of every condition, in order."""
        return tuple(dict.fromkeys(name for condition in self.conditions for name in condition.fields))

    @property
    def range(self) -> tuple[float, float]:
        """The lower and the higher of zero and the points of the shut gate."""
        return min(0.0, self.if_shut), max(0.0, self.if_shut)

    def points(self, record: Any, xp: Namespace) -> Any:
        """Return zero where every condition holds, else the points of the shut gate."""
        opened = self.conditions[0].holds(record)
        for condition in self.conditions[1:]:
            opened = opened & condition.holds(record)
        return xp.where(opened, 0.0, self.if_shut)

    def scaled(self, factor: float) -> Self:
        """Return the same curve with all points multiplied by a factor."""
        return attrs.evolve(self, if_shut=self.if_shut * factor)
