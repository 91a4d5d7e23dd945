"""The vocabulary in which every formula is written.

A formula is a function of a *record* (an object with a borrower's fields as attributes) and a
*namespace* ``xp``. The caller chooses both: a `Borrower` and plain Python numbers for one borrower,
NumPy columns for an eager frame, narwhals expressions for a lazy one. The formula is written once
and gives the same number each time.

Python's numbers are the standard, because their operators cannot be changed: columns and
expressions do what they do. What they raise, a frame refuses: an eager one raises, and a lazy one
gives null.
"""

from __future__ import annotations

import math
import numbers
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


NOT_A_CONDITION = "a condition must be true or false, not {seen}"
NOT_ONE_VALUE = "a column has a value for each row, not one value"
NO_INVERSION = "~ of a condition is a number in Python; write xp.logical_not(condition)"
NO_FLOOR_DIVISION = "// and % differ between the engines of lazy frames; write xp.step for ranges of a number"
CONSTANT_EXPONENT = "the exponent of ** must be a finite constant; write xp.exp(y * xp.log(x)) for columns"
NEGATIVE_ROOT = "a negative number has no fractional power"
ENDS_SWAPPED = "the lowest value of xp.clip must not be above the highest"
NO_TEXT_OF_A_COLUMN = (
    "str, format and f-strings make one text of a column, not one for each row; repr shows it"
)
NO_MODULUS = "pow with a modulus needs whole numbers; write xp.step for ranges of a number"


def is_exponent(value: object) -> bool:
    """Return whether a value may be the exponent of a column."""
    return isinstance(value, numbers.Real) and math.isfinite(value)


def require_segments(function: str, edges: Sequence[float], values: Sequence[Any], *, strictly: bool) -> None:
    """Check what a formula passes to a function that is defined between edges.

    It is checked on frames only, because it would take half of the time that one borrower takes.

    Raises
    ------
    ValueError
        If there is not one value for each edge, or the edges are not in order.
    """
    if not 0 < len(edges) == len(values):
        raise ValueError(f"xp.{function} needs one value for each edge, not {len(values)} for {len(edges)}")
    if not all(left < right or (left == right and not strictly) for left, right in pairwise(edges)):
        raise ValueError(f"the edges of xp.{function} must be in increasing order")


def require_texts(table: Mapping[Any, float]) -> None:
    """Check the keys of the table that a formula passes to ``xp.lookup`` on a frame.

    Raises
    ------
    TypeError
        If one of them is not text, and is therefore never found.
    """
    for key in table:
        if not isinstance(key, str):
            raise TypeError(f'the keys of xp.lookup are texts, such as "5" and "true", not {key!r}')


class Namespace(Protocol):
    """The functions that a formula may call, in addition to its operators.

    The operators are ``+ - * / **``, ``< <= > >= == !=`` and, for conditions, ``& |``. Functions and
    operators give the same number for one borrower, an eager frame and a lazy frame:

    - Numbers are 64-bit floats. Those of one borrower may be Python's integers, which are the same
      up to 2**53.
    - A condition is true or false: a boolean field, or a comparison. In arithmetic it counts as 1
      or 0, so that conditions can be added up. A number is not a condition.
    - A missing number is NaN, and a missing text is None. The result of a function or of arithmetic
      with it is missing too, and a comparison with it is false, except ``!=``, which is true. Only a
      missing text is equal to another one, and to None.
    - The functions follow IEEE arithmetic and never raise for a number: ``exp(800)`` is infinite,
      ``log(0)`` is minus infinity, ``log(-1)`` is missing. Zero has no sign.
    - The operators are Python's: ``x / 0`` and a power that is too large are errors, for one borrower
      and on an eager frame. On a lazy frame, such a row has no visit probability.
    - The exponent of ``**`` is a constant. ``~``, ``//``, ``%``, ``str`` and f-strings are errors on a
      frame. ``is`` compares objects, not values, and no frame can correct it: write ``==``, and
      `is_missing` for ``is None``.
    """

    def where(self, condition: Any, if_true: Any, if_false: Any) -> Any:
        """Choose between two values; both are computed. Use it instead of ``if``."""

    def logical_not(self, condition: Any) -> Any:
        """Negate a condition. Use it instead of ``not``."""

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

    def clip(self, x: Any, lowest: Any, highest: Any) -> Any:
        """Limit `x` to an interval, whose ends must be in order."""

    def minimum(self, x: Any, y: Any) -> Any:
        """Return the smaller of two values."""

    def maximum(self, x: Any, y: Any) -> Any:
        """Return the larger of two values."""

    def divide(self, x: Any, y: Any) -> Any:
        """Return ``x / y``; dividing by zero gives an infinity, with the sign of `x`, or NaN for 0 / 0."""

    def logistic(self, log_odds: Any) -> Any:
        """Convert log-odds to a probability: ``1 / (1 + exp(-log_odds))``."""

    def interp(self, x: Any, knots: Sequence[float], points: Sequence[float]) -> Any:
        """Interpolate linearly between `knots`, which increase; constant outside them."""

    def step(self, x: Any, edges: Sequence[float], values: Sequence[Any]) -> Any:
        """Return the value of the last edge at or below `x`, or the first value below all edges."""

    def lookup(self, x: Any, table: Mapping[str, float], otherwise: float) -> Any:
        """Return the table's number for a text, or for a number's code, such as "5"; NaN if it is missing."""

    def surface(
        self,
        x: Any,
        y: Any,
        rows: Sequence[float] | Sequence[str],
        columns: Sequence[float] | Sequence[str],
        points: Sequence[Sequence[float]],
    ) -> Any:
        """Return the points of two values on a grid: bilinear between knots, constant outside them.

        `rows` are the knots of `x`, or its levels: texts, or numbers' codes such as "5"; `columns` are
        those of `y`. `points` has a row for each of `rows`, with a number for each of `columns`, and
        after those of the levels one more for all other levels. NaN if a value is missing.
        """

    def is_missing(self, x: Any) -> Any:
        """Return whether a value is not known. Fields of `Borrower` are always known."""

    def total(self, terms: Iterable[Any]) -> Any:
        """Return the sum of the terms."""
