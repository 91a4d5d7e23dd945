"""What came of the accounts, read and checked: labels, portfolios, and how to sum them up."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._fields import is_boolean, is_missing
from collectrisk._frames import values_of
from collectrisk.errors import ArgumentError, shown

if TYPE_CHECKING:
    from collectrisk._typing import Array

NOT_KNOWN = "(missing)"
"""The name of the portfolio of accounts whose portfolio is not known."""


@attrs.frozen(eq=False)
class Groups:
    """Which portfolio each account is in.

    Attributes
    ----------
    names : tuple of str
        The portfolios, the largest first.
    members : tuple of array of int
        The rows of each.
    """

    names: tuple[str, ...]
    members: tuple[Array, ...]


@attrs.frozen(eq=False)
class Outcomes:
    """The labels of some accounts, and how to sum them up.

    Attributes
    ----------
    visited : array of bool
        Whether each account went on to a visit.
    groups : Groups or None
        Their portfolios, where these are told apart.
    confidence : float
        The confidence of intervals.
    bins : int
        The number of bins in which expected and observed rates are compared.
    """

    visited: Array
    groups: Groups | None
    confidence: float
    bins: int

    def __attrs_post_init__(self) -> None:
        """Check the numbers."""
        _require_share("confidence", self.confidence)
        _require_whole("bins", self.bins)


def _require_share(argument: str, value: object) -> None:
    if not isinstance(value, float) or not 0 < value < 1:
        raise ArgumentError(argument, f"must be between 0 and 1, such as 0.95, not {value!r}")


def _require_whole(argument: str, value: object) -> None:
    if is_boolean(value) or not isinstance(value, numbers.Integral) or value < 1:
        raise ArgumentError(argument, f"must be a whole number, 1 or more, not {value!r}")


def read_outcomes(
    visited: Any,
    portfolio: Any,
    data: Any,
    rows: int,
    *,
    positive: object,
    confidence: float,
    bins: int,
) -> Outcomes:
    """Return the outcomes of some rows; see `collectrisk.evaluate` for the parameters."""
    labels = _as_labels(_coded("visited", visited, data, rows), positive)
    groups = None if portfolio is None else _as_groups(_coded("portfolio", portfolio, data, rows))
    return Outcomes(labels, groups, confidence, bins)


@attrs.frozen(eq=False)
class _Coded:
    """Values, one a row, as places among the distinct ones."""

    places: Array
    distinct: list[Any]


def _coded(argument: str, values: Any, data: Any, rows: int) -> _Coded:
    listed = values_of(values, data, argument)
    if len(listed) != rows:
        raise ArgumentError(
            argument, f"must hold one value for each of the {rows:,} accounts, not {len(listed):,}"
        )
    found: dict[Any, int] = {}
    try:
        places = np.fromiter((found.setdefault(value, len(found)) for value in listed), np.intp, rows)
    except TypeError as error:
        raise ArgumentError(argument, f"must hold texts, numbers or the like: {error}") from error
    return _Coded(places, list(found))


def _as_labels(coded: _Coded, positive: object) -> Array:
    _refuse_missing(coded)
    chosen = _class_of_visits(set(coded.distinct), positive)
    visits: Array = np.array([value == chosen for value in coded.distinct], dtype=np.bool_)
    return visits[coded.places]


def _refuse_missing(coded: _Coded) -> None:
    missing = np.flatnonzero(np.array(list(map(is_missing, coded.distinct)))[coded.places])
    if len(missing):
        rows = ", ".join(map(str, missing[:5])) + (", ..." if len(missing) > 5 else "")
        raise ArgumentError(
            "visited",
            f"must be known for every account; {len(missing):,} missing (rows from 0: {rows}). "
            "Leave these accounts out of the evaluation",
        )


def _class_of_visits(classes: set[Any], positive: object) -> object:
    """Return the class that stands for a visit, or raise where labels and class do not fit."""
    seen = ", ".join(sorted(shown(label, 20) for label in list(classes)[:10]))
    if len(classes) > 2:
        raise ArgumentError("visited", f"must have two classes, not {len(classes):,}: {seen}")
    if positive is None:
        if classes <= {0, 1}:
            return 1
        raise ArgumentError(
            "visited",
            f"must be true and false, or 1 and 0, not {seen}; "
            f"or name the class that stands for a visit: positive={shown(max(classes, key=str), 20)}",
        )
    if positive not in classes and len(classes) == 2:
        raise ArgumentError("positive", f"must be one of the two classes, {seen}, not {shown(positive)}")
    return positive


def _as_groups(coded: _Coded) -> Groups:
    found: dict[str, int] = {}
    recode = np.array([found.setdefault(_name(value), len(found)) for value in coded.distinct])
    places = recode[coded.places]
    ends = np.cumsum(np.bincount(places))
    members = np.split(np.argsort(places, kind="stable"), ends[:-1])
    order = sorted(found, key=lambda name: (-len(members[found[name]]), name))
    return Groups(tuple(order), tuple(members[found[name]] for name in order))


def _name(value: object) -> str:
    if is_missing(value):
        return NOT_KNOWN
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)  # type: ignore[call-overload]  # only a float is whole
