"""The vocabulary in which every formula is written.

A formula is a function of a *record* (an object with a borrower's fields as attributes) and a
*namespace* ``xp``. The caller chooses both: a `Borrower` and plain Python numbers for one borrower,
NumPy columns for an eager frame, narwhals expressions for a lazy one. The formula is written once
and gives the same number each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Namespace(Protocol):
    """The functions that a formula may call, in addition to ``+ - * / < <= > >= == & |``.

    They work on numbers, arrays and expressions alike, follow IEEE arithmetic (``exp(800)`` is
    infinite, ``log(0)`` is minus infinity) and return a new value.
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

    def clip(self, x: Any, lowest: float, highest: float) -> Any:
        """Limit `x` to an interval with constant ends."""

    def minimum(self, x: Any, y: Any) -> Any:
        """Return the smaller of two values."""

    def maximum(self, x: Any, y: Any) -> Any:
        """Return the larger of two values."""

    def divide(self, x: Any, y: Any) -> Any:
        """Return ``x / y``; dividing by zero gives an infinity, or NaN for 0 / 0."""

    def logistic(self, log_odds: Any) -> Any:
        """Convert log-odds to a probability: ``1 / (1 + exp(-log_odds))``."""

    def interp(self, x: Any, knots: Sequence[float], points: Sequence[float]) -> Any:
        """Interpolate linearly between `knots`; constant outside them."""

    def step(self, x: Any, edges: Sequence[float], values: Sequence[Any]) -> Any:
        """Return the value of the last edge at or below `x`, or the first value below all edges."""

    def lookup(self, x: Any, table: Mapping[str, float], otherwise: float) -> Any:
        """Return the table's number for a text."""

    def is_missing(self, x: Any) -> Any:
        """Return whether a value is not known. Fields of `Borrower` are always known."""

    def total(self, terms: Sequence[Any]) -> Any:
        """Return the sum of the terms."""
