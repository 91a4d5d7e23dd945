"""Characteristics: the points that one or more fields of a borrower add to the log-odds of a visit.

A characteristic is data. Its one method, ``points(record, xp)``, runs on a borrower, on NumPy
columns and on expressions alike.
"""

from __future__ import annotations

import math
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import attrs

from collectrisk._borrower import Borrower
from collectrisk._errors import ArgumentError, InvalidCardError, did_you_mean, shown
from collectrisk._fields import (
    COLUMN_KINDS,
    ChoiceValidator,
    FieldSpec,
    FlagValidator,
    NumberValidator,
    TextValidator,
    Validator,
    field_specs,
    is_code,
)
from collectrisk._namespaces import SCALAR
from collectrisk._parameters import (
    TEXT,
    VALUE,
    Each,
    Knots,
    LevelPoints,
    Number,
    Pairs,
    PointsByLevel,
    refusal,
    require,
    to_knots,
    to_levels,
    to_number,
    to_optional_number,
    to_tuple,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from collectrisk._namespaces.protocol import Namespace
    from collectrisk._typing import Direction

POINTS_DECIMALS = 9
"""Points are ranked after rounding to this many decimals, so that ties are the same on every path."""


def rounded(points: float) -> float:
    """Return points as they are ranked: in units of the last decimal, and a half is rounded as on frames."""
    # Python rounds a number of decimals by all the digits of the float, NumPy and databases the product.
    return round(points * 10.0**POINTS_DECIMALS, 0)


SIGNS = {None: 0, "up": 1, "down": -1}
"""The sign of the points in each direction; 0 for both directions."""


def sign_of(direction: Direction | None) -> int:
    """Return the sign of the points in a direction, or raise `ArgumentError`."""
    for known, sign in SIGNS.items():
        if known == direction:
            return sign
    raise ArgumentError("direction", f'must be "up", "down" or None, not {shown(direction)}')


@attrs.frozen(kw_only=True, slots=False)
class Characteristic:
    """The base class of all characteristics: a label, a source, and points added to the log-odds.

    Parameters
    ----------
    label : str
        A name that is unique on its scorecard.
    source : str, default "house"
        Where the points come from: an article key such as ``"A4.2"``, ``"fitted"`` for points
        fitted to data, or ``"house"`` for a default of this library or a choice of yours.

    Attributes
    ----------
    kind : str
        The name of the class in a card file.
    validator : Validator
        Validates the values of the fields.
    """

    validator: ClassVar[Validator] = NumberValidator()

    label: str = attrs.field(validator=TEXT)
    source: str = attrs.field(default="house", validator=TEXT)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the points depend on."""
        raise NotImplementedError

    @property
    def column_specs(self) -> dict[str, FieldSpec]:
        """The specs of the fields, for columns that are not fields of the borrower class."""
        return {name: FieldSpec(name, self.validator, self._default) for name in self.fields}

    @property
    def _default(self) -> Any:
        """The default of a missing value, or `attrs.NOTHING` if the value is required."""
        return attrs.NOTHING

    @property
    def levels_by_field(self) -> Mapping[str, tuple[str, ...]]:
        """The levels of each field of which the values are levels."""
        return {}

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest points of any borrower."""
        raise NotImplementedError

    def points(self, record: Any, xp: Namespace = SCALAR) -> Any:
        """Return the points added to the log-odds.

        Parameters
        ----------
        record : Borrower, or a record of columns
            The fields are its attributes.
        xp : Namespace, optional
            The functions to use; by default those for one borrower.
        """
        raise NotImplementedError

    def along(self, field: str, record: Any) -> Characteristic:  # noqa: ARG002  # for those of several fields
        """Return the characteristic as one of a single field, where the others have a record's values.

        Parameters
        ----------
        field : str
            The field, one of `fields`.
        record : Borrower, or an object with the fields as attributes
            Has the values of the other fields.

        Returns
        -------
        Characteristic
            The characteristic itself, if it has no such form.
        """
        return self

    def with_points(self, change: Callable[[float], float]) -> Self:
        """Return the same characteristic with other points.

        Parameters
        ----------
        change : callable
            Returns the new points for those of each knot, band or level. It keeps 0, which flags and
            gates do not store.
        """
        raise NotImplementedError

    def scaled(self, factor: float) -> Self:
        """Return the same characteristic with all points multiplied by a factor."""
        return self.with_points(lambda points: points * factor)

    def check_fields(self, specs: Mapping[str, FieldSpec], owner: str) -> None:
        """Check that the fields of a class of borrowers are of the type that the points are for.

        Parameters
        ----------
        specs : mapping of str to FieldSpec
            The fields of the class; others are columns.
        owner : str
            The name of the class.

        Raises
        ------
        InvalidCardError
            If a field is of another type.
        """


class _Typed(Characteristic):
    """A characteristic whose fields must be of the type of its validator."""

    __slots__ = ()

    def __attrs_post_init__(self) -> None:
        """Check the fields that every borrower has."""
        self.check_fields(field_specs(Borrower), "Borrower")

    @property
    def _reads_codes(self) -> bool:
        """Whether the field may be of any type, because its values are read as codes."""
        return False

    def check_fields(self, specs: Mapping[str, FieldSpec], owner: str) -> None:
        """Check that the fields of a class of borrowers are of the type that the points are for."""
        for name in self.fields:
            self._check_field(name, specs, owner, self.validator, any_type=self._reads_codes)

    def _check_field(
        self, name: str, specs: Mapping[str, FieldSpec], owner: str, needed: Validator, *, any_type: bool
    ) -> None:
        """Check that a field is of the type of a validator, or that its values are read as codes."""
        if (spec := specs.get(name)) is None:
            return
        if spec.private:
            raise InvalidCardError(self.label, f"must not read {name!r}, which is private")
        kind, needed_kind = COLUMN_KINDS[spec.validator.kind], COLUMN_KINDS[needed.kind]
        if kind != needed_kind and not any_type:
            why = f"must read a {needed_kind} field, and {name!r} of {owner} is a {kind} field"
            raise InvalidCardError(self.label, why)

    def _check_levels(self, field: str, levels: Iterable[str], specs: Mapping[str, FieldSpec]) -> None:
        """Check that a field can have each of the levels."""
        validator = specs[field].validator if field in specs else None
        if isinstance(validator, ChoiceValidator):
            values = validator.values
            for level in levels:
                if level not in values:
                    why = f"must be among {', '.join(values)}, not {level!r}{did_you_mean(level, values)}"
                    raise refusal(self, "levels", why)


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)  # each kind of curve has its own
class _Curve(_Typed):
    """A characteristic of one field that may have points for a missing value."""

    field: str = attrs.field(validator=TEXT)
    if_missing: float | None = attrs.field(
        default=None, converter=to_optional_number, validator=Number(optional=True)
    )

    @property
    def fields(self) -> tuple[str, ...]:
        """The field, as a tuple of one."""
        return (self.field,)

    @property
    def _default(self) -> Any:
        return attrs.NOTHING if self.if_missing is None else math.nan

    @property
    def _known_points(self) -> tuple[float, ...]:
        """The points of every knot, band or level."""
        raise NotImplementedError

    @property
    def _all_points(self) -> tuple[float, ...]:
        return self._known_points if self.if_missing is None else (*self._known_points, self.if_missing)

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest points of any value."""
        return min(self._all_points), max(self._all_points)

    def points(self, record: Any, xp: Namespace = SCALAR) -> Any:
        """Return the points of the field's value."""
        value = getattr(record, self.field)
        if self.if_missing is None:
            return self._points_at(value, xp)
        missing = xp.is_missing(value)
        if missing is True:  # one value: None cannot be interpolated or looked up
            return self.if_missing
        return xp.where(missing, self.if_missing, self._points_at(value, xp))

    def _points_at(self, value: Any, xp: Namespace) -> Any:
        """Return the points of a known value."""
        raise NotImplementedError

    def _with(self, change: Callable[[float], float], **points: Any) -> Self:
        missing = None if self.if_missing is None else change(self.if_missing)
        return attrs.evolve(self, if_missing=missing, **points)


@attrs.frozen(kw_only=True, slots=False)
class PiecewiseLinear(_Curve):
    """Points that are linear between knots and constant outside them.

    Parameters
    ----------
    field : str
        The number field to read.
    knots : iterable of (float, float)
        Pairs of a value and its points, with increasing values. One knot is a constant.
    scale : {"linear", "log"}, default "linear"
        Whether the points are linear in the value or in its logarithm (all knots above 0).
    if_missing : float, optional
        The points of a missing value, which is an error by default. A field of `Borrower` must be known, or
        takes its default, in any case; this is for columns and fields of your own.
    label, source : str
        See `Characteristic`.

    Examples
    --------
    >>> import collectrisk as cr
    >>> delay = cr.PiecewiseLinear(label="delay", field="days_past_due", knots=[(0, 0), (90, 1.5)])
    >>> delay.points(cr.Borrower(amount_overdue=0, days_past_due=60))
    1.0
    """

    kind: ClassVar[str] = "piecewise_linear"
    knots: Knots = attrs.field(converter=to_knots, validator=Pairs())
    scale: Literal["linear", "log"] = "linear"

    def __attrs_post_init__(self) -> None:
        """Check the field, and the knots on the scale."""
        super().__attrs_post_init__()
        is_scale = isinstance(self.scale, str) and self.scale in {"linear", "log"}
        require(is_scale, self, "scale", f"must be 'linear' or 'log', not {shown(self.scale)}")
        values = [value for value, _ in self.knots]
        require(self.scale == "linear" or values[0] > 0, self, "knots", "on a log scale must be above 0")
        pairs = pairwise(zip(self._grid, self._known_points, strict=True))
        slopes = [SCALAR.divide(end - start, right - left) for (left, start), (right, end) in pairs]
        if not all(map(math.isfinite, slopes)):
            why = f"must be further apart: two of {values} are too close to each other to interpolate"
            raise refusal(self, "knots", f"{why}; keep one of them")

    @cached_property
    def _grid(self) -> tuple[float, ...]:
        """The values of the knots on the scale of interpolation."""
        return tuple(math.log(value) if self.scale == "log" else value for value, _ in self.knots)

    @cached_property
    def _known_points(self) -> tuple[float, ...]:
        return tuple(points for _, points in self.knots)

    @cached_property
    def _line(self) -> tuple[bool, float, float, tuple[float, ...], tuple[float, ...]]:
        """Whether the scale is logarithmic, its ends, the grid and the points: reading one is faster."""
        return self.scale == "log", self.knots[0][0], self.knots[-1][0], self._grid, self._known_points

    def _points_at(self, value: Any, xp: Namespace) -> Any:
        is_log, lowest, highest, grid, points = self._line
        if is_log:
            value = xp.log(xp.clip(value, lowest, highest))
        return xp.interp(value, grid, points)

    def with_points(self, change: Callable[[float], float]) -> Self:
        """Return the same characteristic with other points."""
        return self._with(change, knots=[(value, change(points)) for value, points in self.knots])


@attrs.frozen(kw_only=True, slots=False)
class Bands(_Curve):
    """Points that are constant within each band of a number.

    Parameters
    ----------
    field : str
        The number field to read.
    bands : iterable of (float, float)
        Pairs of a band's least value and its points, with increasing values. Values below the
        first band get the first band's points.
    if_missing : float, optional
        The points of a missing value, which is an error by default. A field of `Borrower` must be known, or
        takes its default, in any case; this is for columns and fields of your own.
    label, source : str
        See `Characteristic`.

    Examples
    --------
    >>> import collectrisk as cr
    >>> delay = cr.Bands(label="delay", field="days_past_due", bands=[(0, 0), (30, 0.5), (90, 1.5)])
    >>> delay.points(cr.Borrower(amount_overdue=0, days_past_due=60))
    0.5
    """

    kind: ClassVar[str] = "bands"
    bands: Knots = attrs.field(converter=to_knots, validator=Pairs())

    @cached_property
    def _edges(self) -> tuple[float, ...]:
        return tuple(edge for edge, _ in self.bands)

    @cached_property
    def _known_points(self) -> tuple[float, ...]:
        return tuple(points for _, points in self.bands)

    def _points_at(self, value: Any, xp: Namespace) -> Any:
        return xp.step(value, self._edges, self._known_points)

    def with_points(self, change: Callable[[float], float]) -> Self:
        """Return the same characteristic with other points."""
        return self._with(change, bands=[(edge, change(points)) for edge, points in self.bands])


@attrs.frozen(kw_only=True, slots=False)
class Levels(_Curve):
    """Points for each level of a text field or enum.

    Parameters
    ----------
    field : str
        The text field to read, or a column of codes: the numbers 5 and 5.0 are the level ``"5"``,
        true is the level ``"true"``, and they are read if all levels are such codes.
    levels : mapping of str to float
        The points of each level.
    otherwise : float, default 0.0
        The points of every other level.
    if_missing : float, optional
        The points of a missing value, which is an error by default. A field of `Borrower` must be known, or
        takes its default, in any case; this is for columns and fields of your own.
    label, source : str
        See `Characteristic`.

    Examples
    --------
    >>> import collectrisk as cr
    >>> answer = cr.Levels(label="answer", field="attitude", levels={"hostile": 1.0})
    >>> answer.points(cr.Borrower(amount_overdue=0, days_past_due=0, attitude="hostile"))
    1.0
    """

    kind: ClassVar[str] = "levels"
    validator: ClassVar[Validator] = TextValidator()
    levels: LevelPoints = attrs.field(converter=to_levels, validator=PointsByLevel())
    otherwise: float = attrs.field(default=0.0, converter=to_number, validator=Number())

    @property
    def _reads_codes(self) -> bool:
        return all(map(is_code, self._table))

    def check_fields(self, specs: Mapping[str, FieldSpec], owner: str) -> None:
        """Check that the field is a text, and that it can have each of the levels."""
        super().check_fields(specs, owner)
        self._check_levels(self.field, self._table, specs)

    @property
    def levels_by_field(self) -> Mapping[str, tuple[str, ...]]:
        """The levels of the field."""
        return {self.field: tuple(self._table)}

    @cached_property
    def _table(self) -> dict[str, float]:
        return dict(self.levels)

    @property
    def _known_points(self) -> tuple[float, ...]:
        return (self.otherwise, *self._table.values())

    @property
    def column_specs(self) -> dict[str, FieldSpec]:
        """The spec of the field: text, or numbers and booleans too if every level is such a code.

        Otherwise a number is an error: to the levels 01 and 02, a column in which they became 1 and 2
        would be two other levels.
        """
        validator = TextValidator(codes=self._reads_codes)
        return {self.field: FieldSpec(self.field, validator, self._default)}

    @property
    def _default(self) -> Any:
        return attrs.NOTHING if self.if_missing is None else None

    def _points_at(self, value: Any, xp: Namespace) -> Any:
        return xp.lookup(value, self._table, self.otherwise)

    def with_points(self, change: Callable[[float], float]) -> Self:
        """Return the same characteristic with other points."""
        levels = {level: change(points) for level, points in self.levels}
        return self._with(change, levels=levels, otherwise=change(self.otherwise))


@attrs.frozen(kw_only=True, slots=False)
class Flag(_Typed):
    """Points where a boolean field is true; zero where it is false.

    Parameters
    ----------
    field : str
        The boolean field to read.
    if_true : float
        The points where it is true.
    label, source : str
        See `Characteristic`.

    Examples
    --------
    >>> import collectrisk as cr
    >>> plan = cr.Flag(label="plan", field="repayment_plan", if_true=-3.0)
    >>> plan.points(cr.Borrower(amount_overdue=0, days_past_due=0, repayment_plan=True))
    -3.0
    """

    kind: ClassVar[str] = "flag"
    validator: ClassVar[Validator] = FlagValidator()
    field: str = attrs.field(validator=TEXT)
    if_true: float = attrs.field(converter=to_number, validator=Number())

    @property
    def fields(self) -> tuple[str, ...]:
        """The field, as a tuple of one."""
        return (self.field,)

    @property
    def range(self) -> tuple[float, float]:
        """The lower and the higher of zero and the flag's points."""
        return min(0.0, self.if_true), max(0.0, self.if_true)

    def points(self, record: Any, xp: Namespace = SCALAR) -> Any:
        """Return the points where the field is true, else zero."""
        return xp.where(getattr(record, self.field), self.if_true, 0.0)

    def with_points(self, change: Callable[[float], float]) -> Self:
        """Return the same characteristic with other points."""
        return attrs.evolve(self, if_true=change(self.if_true))


def _to_fields(fields: str | Iterable[str]) -> tuple[str, ...]:
    return (fields,) if isinstance(fields, str) else to_tuple(fields)


@attrs.frozen(slots=False)
class AtLeast:
    """A condition of a `Gate`: a number field, or the sum of several, is at least a given value.

    Parameters
    ----------
    fields : str or iterable of str
        The fields to add.
    least : float
        The condition holds from this value on.
    """

    fields: tuple[str, ...] = attrs.field(
        converter=_to_fields, validator=Each(str, "the names of fields", at_least=1)
    )
    least: float = attrs.field(converter=to_number, validator=VALUE)

    def total(self, record: Any) -> Any:
        """Return the sum of the fields."""
        total = getattr(record, self.fields[0])
        for name in self.fields[1:]:
            total = total + getattr(record, name)
        return total

    def holds(self, record: Any) -> Any:
        """Return whether the condition holds."""
        return self.total(record) >= self.least


def _to_conditions(conditions: Iterable[AtLeast]) -> tuple[AtLeast, ...]:
    return to_tuple(conditions)


@attrs.frozen(kw_only=True, slots=False)
class Gate(_Typed):
    """Points that apply unless all conditions hold.

    Parameters
    ----------
    conditions : iterable of AtLeast
        The gate is open if all of them hold.
    if_shut : float
        The points if any condition is not met; an open gate adds zero.
    label, source : str
        See `Characteristic`.

    Examples
    --------
    >>> import collectrisk as cr
    >>> size = cr.Gate(label="size", conditions=[cr.AtLeast("amount_overdue", 10_000)], if_shut=-5)
    >>> size.points(cr.Borrower(amount_overdue=3_000, days_past_due=0))
    -5.0
    """

    kind: ClassVar[str] = "gate"
    conditions: tuple[AtLeast, ...] = attrs.field(
        converter=_to_conditions, validator=Each(AtLeast, "AtLeast conditions", at_least=1)
    )
    if_shut: float = attrs.field(converter=to_number, validator=Number())

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of all conditions, in order."""
        return tuple(dict.fromkeys(name for condition in self.conditions for name in condition.fields))

    @property
    def range(self) -> tuple[float, float]:
        """The lower and the higher of zero and `if_shut`."""
        return min(0.0, self.if_shut), max(0.0, self.if_shut)

    def points(self, record: Any, xp: Namespace = SCALAR) -> Any:
        """Return zero where every condition holds, else `if_shut`."""
        is_open = missing = None
        for condition in self.conditions:
            total = condition.total(record)
            holds, unknown = total >= condition.least, xp.is_missing(total)
            is_open = holds if is_open is None else is_open & holds
            missing = unknown if missing is None else missing | unknown
        # A missing value leaves open whether the condition holds.
        return xp.where(is_open, 0.0, xp.where(missing, math.nan, self.if_shut))

    def with_points(self, change: Callable[[float], float]) -> Self:
        """Return the same characteristic with other points."""
        return attrs.evolve(self, if_shut=change(self.if_shut))


BUILT_IN = frozenset({PiecewiseLinear, Bands, Levels, Flag, Gate})
"""The classes whose points depend on their fields only, and are what a function of `Namespace` returns."""


def terms(characteristics: Iterable[Characteristic], record: Any, xp: Namespace) -> Iterator[Any]:
    """Yield the points of each characteristic, as `Namespace.total` adds them up."""
    quick = getattr(xp, "terms", xp)
    return (each.points(record, quick if type(each) in BUILT_IN else xp) for each in characteristics)
