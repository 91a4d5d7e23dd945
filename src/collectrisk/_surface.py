"""The characteristic of two fields that act together: points on a grid of their values."""

from __future__ import annotations

import math
from functools import cached_property
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import attrs

from collectrisk._curves import Levels, PiecewiseLinear, _Typed
from collectrisk._errors import shown, type_name
from collectrisk._fields import FieldSpec, NumberValidator, TextValidator, Validator, is_code
from collectrisk._namespaces import SCALAR
from collectrisk._namespaces.grid import cross_section, place, transposed
from collectrisk._parameters import (
    LARGEST_POINTS,
    POINTS,
    TEXT,
    VALUE,
    Number,
    refusal,
    require,
    to_level,
    to_number,
    to_optional_number,
    to_tuple,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from collectrisk._curves import Characteristic
    from collectrisk._namespaces.protocol import Namespace

Grid = tuple[tuple[float, ...], ...]

STEEPEST = 4 * LARGEST_POINTS
"""The largest difference of two differences of points, which is divided by the distance of two knots."""


def _to_numbers(values: Iterable[float]) -> tuple[float, ...]:
    values = to_tuple(values)
    return tuple(map(to_number, values)) if isinstance(values, tuple) else values


def _to_levels(values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, (str, bytes)):  # not its characters
        return values  # type: ignore[return-value]  # left to the validator
    values = to_tuple(values)
    return tuple(map(to_level, values)) if isinstance(values, tuple) else values


def _to_grid(rows: Iterable[Iterable[float]]) -> Grid:
    rows = to_tuple(rows)
    return tuple(map(_to_numbers, rows)) if isinstance(rows, tuple) else rows


@attrs.frozen(slots=False)
class NumberAxis:
    """A number field as one of the two axes of a `Surface`.

    Parameters
    ----------
    field : str
        The number field to read.
    knots : iterable of float
        Values of the field, increasing. One knot means that the field has no effect.
    scale : {"linear", "log"}, default "linear"
        Whether the points are linear in the value or in its logarithm (all knots above 0).

    Attributes
    ----------
    validator : Validator
        Validates the values of the field.
    """

    validator: ClassVar[Validator] = NumberValidator()

    field: str = attrs.field(validator=TEXT)
    knots: tuple[float, ...] = attrs.field(converter=_to_numbers)
    scale: Literal["linear", "log"] = "linear"

    def __attrs_post_init__(self) -> None:
        """Check the knots on the scale."""
        are_numbers = isinstance(self.knots, tuple) and all(isinstance(each, float) for each in self.knots)
        why = f"must be one or more numbers, such as [0, 90], not {shown(self.knots)}"
        require(are_numbers and self.knots, self, "knots", why)
        for value in self.knots:
            require(VALUE.holds(value), self, "knots", f"must have values {VALUE.interval}, not {value:g}")
        for left, right in pairwise(self.knots):
            if not left < right:
                raise refusal(self, "knots", f"must have increasing values, and {right:g} follows {left:g}")
        is_scale = isinstance(self.scale, str) and self.scale in {"linear", "log"}
        require(is_scale, self, "scale", f"must be 'linear' or 'log', not {shown(self.scale)}")
        require(self.scale == "linear" or self.knots[0] > 0, self, "knots", "on a log scale must be above 0")
        widths = [right - left for left, right in pairwise(self.grid)]
        if not all(width and math.isfinite(STEEPEST / width) for width in widths):
            why = f"must be further apart: two of {[*self.knots]} are too close to each other to interpolate"
            raise refusal(self, "knots", f"{why}; keep one of them")

    @property
    def _part(self) -> str:
        return self.field

    @cached_property
    def grid(self) -> tuple[float, ...]:
        """The values of the knots on the scale of interpolation."""
        return tuple(map(math.log, self.knots)) if self.scale == "log" else self.knots

    @property
    def size(self) -> int:
        """How many rows or columns of points there are."""
        return len(self.knots)

    @property
    def levels(self) -> tuple[str, ...]:
        """No levels."""
        return ()

    @property
    def reads_codes(self) -> bool:
        """Whether the field may be of any type, because its values are read as codes."""
        return False

    def spec(self, *, nullable: bool) -> FieldSpec:
        """Return the spec of the field, for a column that is not a field of the borrower class."""
        return FieldSpec(self.field, self.validator, math.nan if nullable else attrs.NOTHING)

    def scaled(self, value: Any, xp: Namespace) -> Any:
        """Return a value on the scale of interpolation."""
        if self.scale == "linear":
            return value
        return xp.log(xp.clip(value, self.knots[0], self.knots[-1]))

    def curve(self, points: Iterable[float], **settings: Any) -> Characteristic:
        """Return the characteristic of the field alone that has these points."""
        return PiecewiseLinear(
            field=self.field, knots=zip(self.knots, points, strict=False), scale=self.scale, **settings
        )


@attrs.frozen(slots=False)
class LevelAxis:
    """A text or boolean field as one of the two axes of a `Surface`.

    Parameters
    ----------
    field : str
        The text field to read, or a column of codes, as for `Levels`: true is the level ``"true"``.
    levels : iterable of str
        One or more levels. All other values have the points `Surface.otherwise`.
    """

    field: str = attrs.field(validator=TEXT)
    levels: tuple[str, ...] = attrs.field(converter=_to_levels)

    def __attrs_post_init__(self) -> None:
        """Check the levels."""
        are_texts = isinstance(self.levels, tuple) and all(isinstance(each, str) for each in self.levels)
        why = f'must be one or more texts, such as ["credit_card"], not {shown(self.levels)}'
        require(are_texts and self.levels, self, "levels", why)
        unique = len(set(self.levels)) == len(self.levels)
        require(unique, self, "levels", f"must have each level once, not {shown([*self.levels])}")

    @property
    def _part(self) -> str:
        return self.field

    @property
    def grid(self) -> tuple[str, ...]:
        """The levels, as an axis of `Namespace.surface`."""
        return self.levels

    @property
    def size(self) -> int:
        """How many rows or columns of points there are."""
        return len(self.levels)

    @cached_property
    def reads_codes(self) -> bool:
        """Whether the field may be of any type, because its values are read as codes."""
        return all(map(is_code, self.levels))

    @property
    def validator(self) -> Validator:
        """Validates the values."""
        return TextValidator(codes=self.reads_codes)

    def spec(self, *, nullable: bool) -> FieldSpec:
        """Return the spec of the field, for a column that is not a field of the borrower class."""
        return FieldSpec(self.field, self.validator, None if nullable else attrs.NOTHING)

    def scaled(self, value: Any, _: Namespace) -> Any:
        """Return a value as it is."""
        return value

    def curve(self, points: Iterable[float], **settings: Any) -> Characteristic:
        """Return the characteristic of the field alone that has these points, the last for other levels."""
        *known, otherwise = points
        levels = zip(self.levels, known, strict=True)
        return Levels(field=self.field, levels=levels, otherwise=otherwise, **settings)


Axis = NumberAxis | LevelAxis


class _IsAxis:
    """A validator: the parameter is an axis."""

    def __call__(self, owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        """Check a value."""
        why = f"must be a NumberAxis or a LevelAxis, not {type_name(value)}"
        require(isinstance(value, Axis), owner, attribute.name, why)


@attrs.frozen(kw_only=True, slots=False)
class Surface(_Typed):
    """Points of two fields together, for what neither adds by itself.

    Between the knots of two numbers the points are bilinear, and outside the knots constant. Between a
    number and levels there is a curve for each level, and between levels a table.

    Parameters
    ----------
    x, y : NumberAxis or LevelAxis
        The two fields, with their knots or levels.
    grid : iterable of iterable of float
        A row for each knot or level of `x`, in which there are the points for each of `y`.
    otherwise : float, default 0.0
        The points of a level that an axis does not have.
    if_missing : float, optional
        The points where one of the values is missing, or both, which is an error by default. A field of
        `Borrower` must be known, or takes its default, in any case; this is for columns and fields of your
        own.
    label, source : str
        See `Characteristic`.

    Examples
    --------
    >>> import collectrisk as cr
    >>> together = cr.Surface(
    ...     label="amount and delay",
    ...     x=cr.NumberAxis("amount_overdue", [1_000, 100_000], scale="log"),
    ...     y=cr.NumberAxis("days_past_due", [0, 90, 360]),
    ...     grid=[[0, 0, 0.5], [0, 1.0, -0.5]],
    ... )
    >>> round(together.points(cr.Borrower(amount_overdue=10_000, days_past_due=45)), 2)
    0.25
    >>> plan = cr.Surface(
    ...     label="product and plan",
    ...     x=cr.LevelAxis("product", ["credit_card", "online_loan"]),
    ...     y=cr.LevelAxis("repayment_plan", ["true"]),
    ...     grid=[[-0.5], [0.25]],
    ... )
    >>> borrower = cr.Borrower(amount_overdue=0, days_past_due=0, product="online_loan", repayment_plan=True)
    >>> plan.points(borrower)
    0.25
    """

    kind: ClassVar[str] = "surface"

    x: Axis = attrs.field(validator=_IsAxis())
    y: Axis = attrs.field(validator=_IsAxis())
    grid: Grid = attrs.field(converter=_to_grid)
    otherwise: float = attrs.field(default=0.0, converter=to_number, validator=Number())
    if_missing: float | None = attrs.field(
        default=None, converter=to_optional_number, validator=Number(optional=True)
    )

    def __attrs_post_init__(self) -> None:
        """Check the fields, and that there are points for all pairs of values."""
        super().__attrs_post_init__()
        if self.x.field == self.y.field:
            raise refusal(self, "y", f"must read another field than x, not {self.y.field!r} too")
        size = f"{self.x.size} rows of {self.y.size}"
        rows = [row for row in self.grid if isinstance(row, tuple)] if isinstance(self.grid, tuple) else []
        numbers = all(isinstance(each, float) for each in chain.from_iterable(rows))
        fits = len(rows) == self.x.size and {len(row) for row in rows} == {self.y.size}
        why = f"must be the points in {size}, one for each knot or level of x and y, not {shown(self.grid)}"
        require(fits and numbers and len(rows) == len(self.grid), self, "grid", why)
        for points in chain.from_iterable(rows):
            require(POINTS.holds(points), self, "grid", f"must have points {POINTS.interval}, not {points:g}")

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Both axes."""
        return self.x, self.y

    @property
    def fields(self) -> tuple[str, ...]:
        """The two fields."""
        return self.x.field, self.y.field

    @property
    def column_specs(self) -> dict[str, FieldSpec]:
        """The specs of the fields, for columns that are not fields of the borrower class."""
        return {axis.field: axis.spec(nullable=self.if_missing is not None) for axis in self.axes}

    @property
    def levels_by_field(self) -> Mapping[str, tuple[str, ...]]:
        """The levels of the fields that have levels."""
        return {axis.field: axis.levels for axis in self.axes if axis.levels}

    def check_fields(self, specs: Mapping[str, FieldSpec], owner: str) -> None:
        """Check that the fields are of the types of the axes, and can have each of the levels."""
        for axis in self.axes:
            self._check_field(axis.field, specs, owner, axis.validator, any_type=axis.reads_codes)
            self._check_levels(axis.field, axis.levels, specs)

    @cached_property
    def _points(self) -> Grid:
        """The points, with those of other levels after the last ones."""
        others = self.otherwise
        rows = [(*row, others) if self.y.levels else row for row in self.grid]
        return (*rows, (others,) * len(rows[0])) if self.x.levels else tuple(rows)

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest points of any pair of values."""
        points = [*chain.from_iterable(self._points)]
        points += [] if self.if_missing is None else [self.if_missing]
        return min(points), max(points)

    def points(self, record: Any, xp: Namespace = SCALAR) -> Any:
        """Return the points of the two values."""
        x, y = getattr(record, self.x.field), getattr(record, self.y.field)
        if self.if_missing is None:
            return self._points_at(x, y, xp)
        missing = xp.is_missing(x), xp.is_missing(y)
        if any(each is True for each in missing):  # one value, which has no logarithm
            return self.if_missing
        return xp.where(missing[0] | missing[1], self.if_missing, self._points_at(x, y, xp))

    def _points_at(self, x: Any, y: Any, xp: Namespace) -> Any:
        """Return the points of two known values."""
        return xp.surface(self.x.scaled(x, xp), self.y.scaled(y, xp), self.x.grid, self.y.grid, self._points)

    def along(self, field: str, record: Any) -> Characteristic:
        """Return the points of one of the fields, where the other one has a record's value."""
        first = field == self.x.field
        axis, other = self.axes if first else self.axes[::-1]
        value = getattr(record, other.field)
        points = transposed(self._points) if first else self._points
        if not SCALAR.is_missing(value):
            line = cross_section(place(other.scaled(value, SCALAR), other.grid), points)
        elif self.if_missing is not None:
            line = [self.if_missing] * len(points[0])
        else:
            return self
        return axis.curve(line, label=self.label, source=self.source, if_missing=self.if_missing)

    def with_points(self, change: Callable[[float], float]) -> Self:
        """Return the same characteristic with other points."""
        return attrs.evolve(
            self,
            grid=[list(map(change, row)) for row in self.grid],
            otherwise=change(self.otherwise),
            if_missing=None if self.if_missing is None else change(self.if_missing),
        )
