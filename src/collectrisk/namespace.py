"""The small vocabulary in which every formula is written, and its plain-Python form.

A formula is a function of a *record* (something with a borrower's fields as attributes) and
a *namespace* ``xp``. Whoever runs the formula picks both: a `Borrower` and `SCALAR` for one
borrower, NumPy columns for an eager frame, narwhals expressions for a lazy one. The formula
is written once and gives the same number each time.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, Protocol

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from collectrisk.borrower import Borrower
    from collectrisk.channel import Ladder
    from collectrisk.fields import FieldSpec
    from collectrisk.plan import RunPlan

__all__ = ["SCALAR", "Formula", "Namespace", "ScalarNamespace"]


class Namespace(Protocol):
    """What ``xp`` offers to a formula, beside ``+ - * / < <= > >= == & |``.

    All functions work on numbers, arrays and expressions alike, follow IEEE arithmetic
    (``exp(800)`` is infinite, ``log(0)`` minus infinite) and return a new value.
    """

    def where(self, condition: Any, if_true: Any, if_false: Any) -> Any:
        """Choose between two values; both are worked out. Use it instead of ``if``."""

    def logical_not(self, condition: Any) -> Any:
        """Turn true into false. Use it instead of ``not``."""

    def exp(self, x: Any) -> Any:
        """Exponential."""

    def log(self, x: Any) -> Any:
        """Natural logarithm."""

    def log1p(self, x: Any) -> Any:
        """Natural logarithm of ``1 + x``."""

    def sqrt(self, x: Any) -> Any:
        """Square root."""

    def abs(self, x: Any) -> Any:
        """Absolute value."""

    def clip(self, x: Any, lowest: float, highest: float) -> Any:
        """Hold `x` between two constants."""

    def minimum(self, x: Any, y: Any) -> Any:
        """Return the smaller of two values."""

    def maximum(self, x: Any, y: Any) -> Any:
        """Return the larger of two values."""

    def divide(self, x: Any, y: Any) -> Any:
        """Return ``x / y``; dividing by zero gives an infinity, or no number for 0 / 0."""

    def logistic(self, log_odds: Any) -> Any:
        """Turn log-odds into a probability: ``1 / (1 + exp(-log_odds))``."""

    def interp(self, x: Any, knots: Sequence[float], points: Sequence[float]) -> Any:
        """Read `x` off straight lines between `knots`, flat outside them."""

    def step(self, x: Any, edges: Sequence[float], points: Sequence[float]) -> Any:
        """Return the points of the last edge at or below `x`, the first points below all."""

    def lookup(self, x: Any, table: Mapping[str, float], otherwise: float) -> Any:
        """Return the table's number for each text."""

    def is_missing(self, x: Any) -> Any:
        """Tell where a value is not known; only columns that are no field of the borrower have such."""

    def total(self, terms: Sequence[Any]) -> Any:
        """Return the sum of the terms."""


class Formula(Protocol):
    """What the rooms that run a formula need to know of a scorer."""

    @property
    def ladder(self) -> Ladder:
        """Which visit probability justifies which channel."""

    @property
    def borrower_type(self) -> type[Borrower]:
        """The class whose fields the formula may read."""

    @property
    def fields(self) -> tuple[str, ...] | None:
        """The fields that the formula reads; None where only running it can tell."""

    @property
    def column_specs(self) -> Mapping[str, FieldSpec]:
        """What columns that are no fields of the borrower must hold, as far as that is known."""

    @property
    def run_plan(self) -> RunPlan:
        """How to go through a frame."""

    @property
    def base(self) -> float:
        """The log-odds before any characteristic is added."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the characteristics; empty where the scorer gives no reasons."""

    def evaluate(self, record: Any, xp: Namespace) -> Any:
        """Return the visit probability of a borrower, or of each row behind a record."""

    def terms(self, borrower: Any, xp: Namespace) -> list[Any]:
        """Return the points of each characteristic, in the order of `labels`."""


def truth(condition: Any) -> bool:
    """Read a condition as the array and column namespaces would.

    Python's ``~True`` is -2, which counts as true. The lowest bit of what ``~ & |`` make of
    true and false is always the logical answer, so that bit decides. Any other whole number is
    a count, which is no condition.
    """
    if condition is True or condition is False:
        return bool(condition)
    if isinstance(condition, int) or type(condition).__name__ in {"bool_", "bool"}:
        number = int(condition)
        if -2 <= number <= 1:
            return bool(number & 1)
    raise TypeError(f"a condition must be true or false, not {condition!r}")


@attrs.frozen
class ScalarNamespace:
    """`Namespace` for one borrower: plain Python numbers, no NumPy."""

    def where(self, condition: Any, if_true: Any, if_false: Any) -> Any:
        """Choose between two values."""
        if condition is True:  # the usual conditions, quickly
            return if_true
        return if_true if condition is not False and truth(condition) else if_false

    def logical_not(self, condition: Any) -> bool:
        """Turn true into false."""
        return not truth(condition)

    def exp(self, x: float) -> float:
        """Exponential; infinite where a float cannot hold it."""
        try:
            return math.exp(x)
        except OverflowError:
            return math.inf

    def log(self, x: float) -> float:
        """Natural logarithm; minus infinite at zero, no number below."""
        if x > 0:
            return math.log(x)
        return -math.inf if x == 0 else math.nan

    def log1p(self, x: float) -> float:
        """Natural logarithm of ``1 + x``."""
        if x > -1:
            return math.log1p(x)
        return -math.inf if x == -1 else math.nan

    def sqrt(self, x: float) -> float:
        """Square root; no number below zero."""
        return math.sqrt(x) if x >= 0 else math.nan

    def abs(self, x: float) -> float:
        """Absolute value."""
        return abs(x)

    def clip(self, x: float, lowest: float, highest: float) -> float:
        """Hold `x` between two constants."""
        return lowest if x < lowest else min(x, highest)

    def minimum(self, x: float, y: float) -> float:
        """Return the smaller of two values."""
        return x if x < y or x != x else y

    def maximum(self, x: float, y: float) -> float:
        """Return the larger of two values."""
        return x if x > y or x != x else y

    def divide(self, x: float, y: float) -> float:
        """Return ``x / y``, infinite where `y` is zero."""
        if y != 0:
            return x / y
        return math.nan if x == 0 or x != x else math.copysign(math.inf, x) * math.copysign(1.0, y)

    def logistic(self, log_odds: float) -> float:
        """Turn log-odds into a probability."""
        return 1.0 / (1.0 + self.exp(-log_odds))

    def interp(self, x: float, knots: Sequence[float], points: Sequence[float]) -> float:
        """Read `x` off straight lines between `knots`."""
        upper = bisect_right(knots, x)
        if upper == 0:
            return points[0]
        if upper == len(knots):
            return points[-1] if x == x else math.nan
        start, end = points[upper - 1], points[upper]
        left, right = knots[upper - 1], knots[upper]
        value = start + (end - start) * ((x - left) / (right - left))
        # Rounding may carry the line an ulp past its end, which would break monotonicity.
        return value if start <= value <= end or end <= value <= start else end

    def step(self, x: float, edges: Sequence[float], points: Sequence[float]) -> float:
        """Return the points of the last edge at or below `x`."""
        return points[max(bisect_right(edges, x) - 1, 0)] if x == x else math.nan

    def lookup(self, x: str, table: Mapping[str, float], otherwise: float) -> float:
        """Return the table's number for a text."""
        return table.get(x, otherwise)

    def is_missing(self, x: Any) -> bool:
        """Tell whether a value is not known."""
        return x is None or bool(x != x)

    def total(self, terms: Sequence[float]) -> float:
        """Return the sum, correctly rounded whatever the order of the terms."""
        return math.fsum(terms)


SCALAR = ScalarNamespace()
