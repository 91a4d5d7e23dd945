"""A distribution of the number of visits, and the questions that it answers."""

from __future__ import annotations

import math
import numbers
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._fields import is_boolean, is_number
from collectrisk.errors import ArgumentError, shown

if TYPE_CHECKING:
    from collectrisk._typing import Array


@attrs.frozen(eq=False, kw_only=True)
class VisitCount:
    """A distribution of the number of visits.

    Attributes
    ----------
    first : int
        The least number of visits whose probability is not negligible.
    probabilities : array of float
        The probabilities of this number and of each one after it.

    Examples
    --------
    >>> import numpy as np
    >>> from collectrisk.planning import VisitCount
    >>> count = VisitCount(first=0, probabilities=np.array([0.25, 0.5, 0.25]))
    >>> count.mean, count.interval(0.9), count.at_least(1), count.enough_for(0.7)
    (1.0, (0, 2), 0.75, 1)
    """

    first: int
    probabilities: Array = attrs.field(repr=False)

    @property
    def mean(self) -> float:
        """The mean number of visits."""
        return float(self.probabilities @ self._numbers)

    @property
    def sd(self) -> float:
        """The standard deviation of the number of visits."""
        return math.sqrt(float(self.probabilities @ (self._numbers - self.mean) ** 2))

    @property
    def _numbers(self) -> Array:
        return self.first + np.arange(len(self.probabilities))

    def interval(self, share: float = 0.9) -> tuple[int, int]:
        """Return the least and the greatest number of visits of a central interval.

        Parameters
        ----------
        share : float, default 0.9
            The probability of the interval, between 0 and 1. That of fewer visits, and that of more, is
            at most half the remainder.

        Raises
        ------
        ArgumentError
            If `share` is not between 0 and 1.
        """
        tail = (1 - _checked(share)) / 2
        below = int(np.searchsorted(np.cumsum(self.probabilities), _rounded_up(tail), side="right"))
        low, high = self.first + min(below, len(self.probabilities) - 1), self._enough(tail)
        return min(low, high), max(low, high)  # of an interval without width, low may be the greater one

    def enough_for(self, share: float) -> int:
        """Return the least number that the visits do not exceed with some probability.

        Parameters
        ----------
        share : float
            The probability, between 0 and 1.

        Raises
        ------
        ArgumentError
            If `share` is not between 0 and 1.
        """
        return self._enough(1 - _checked(share))

    def _enough(self, tail: float) -> int:
        """Return the least number that the visits exceed with at most some probability."""
        # Summed from the right, so that small probabilities of many visits keep their digits.
        more = np.cumsum(self.probabilities[::-1])
        beyond = int(np.searchsorted(more, _rounded_up(tail), side="right"))
        return self.first + max(len(more) - 1 - beyond, 0)

    def at_least(self, visits: int) -> float:
        """Return the probability of a number of visits or more.

        Parameters
        ----------
        visits : int
            The number of visits.

        Raises
        ------
        ArgumentError
            If it is not a whole number, 0 or more.
        """
        place = _checked_count(visits) - self.first
        return 1.0 if place <= 0 else float(min(self.probabilities[place:][::-1].sum(), 1.0))


def _rounded_up(tail: float) -> float:
    """Return a probability that is not below the one meant, whatever was rounded.

    That of a probability just below 1, such as 0.9, and those of the numbers of visits.
    """
    return tail * (1 + 1e-12) + 2.0**-54


def _checked(share: Any) -> float:
    known = isinstance(share, numbers.Real) and is_number(share)
    if not known or not 0 < share < 1:
        raise ArgumentError("share", f"must be between 0 and 1, such as 0.9, not {shown(share)}")
    return float(share)


def _checked_count(visits: Any) -> int:
    whole = isinstance(visits, numbers.Integral) and is_number(visits) and not is_boolean(visits)
    if not whole or visits < 0:
        raise ArgumentError("visits", f"must be a whole number, 0 or more, not {shown(visits)}")
    return int(visits)
