"""The parameters of a fitted scorer, validated when it is fitted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from collectrisk._borrower import Borrower
from collectrisk._fields import is_number
from collectrisk._fit.weights import COUNTS, IMPORTANCE
from collectrisk.errors import ArgumentError, shown
from collectrisk.mapping import Mapping as FieldMappings

if TYPE_CHECKING:
    from collections.abc import Callable


def reusable(value: Any) -> Any:
    """Return a parameter with tuples instead of iterators, which can be read only once.

    Examples
    --------
    >>> reusable({"failed_calls": iter(["home", "mobile"])})
    {'failed_calls': ('home', 'mobile')}
    """
    if isinstance(value, Iterator):
        return tuple(value)
    if isinstance(value, dict):
        kept = {key: reusable(each) for key, each in value.items()}
        return kept if any(kept[key] is not each for key, each in value.items()) else value
    return value


def _is_borrower_class(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Borrower)


def _is_pair(value: object) -> bool:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        return False
    return all(isinstance(field, str) for field in value) and value[0] != value[1]


def _may_be_pairs(value: object) -> bool:
    if isinstance(value, str):
        return value == "auto"
    if isinstance(value, Iterable):
        return True
    return isinstance(value, (int, np.integer)) and is_number(value) and int(value) >= 0


CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "portfolio": (lambda value: isinstance(value, str), "the name of a column"),
    "columns": (
        lambda value: isinstance(value, (Mapping, FieldMappings)),
        'a Mapping, or the column of each field, such as {"amount_overdue": "BILL"}',
    ),
    "monotone": (
        lambda value: isinstance(value, Mapping),
        '1 or -1 for each field, such as {"days_past_due": 1}',
    ),
    "pairs": (
        _may_be_pairs,
        '"auto", a whole number, 0 or more, or a list of pairs such as [("amount_overdue", "days_past_due")]',
    ),
    "weights": (
        lambda value: isinstance(value, str) and value in {COUNTS, IMPORTANCE},
        '"counts" or "importance", or None',
    ),
}
"""What each optional parameter must be, and a description of it."""


def check_parameters(scorer: Any) -> None:
    """Raise `ArgumentError` if a parameter has a wrong type.

    Those that depend on the columns or on the classes are checked where these are known.
    """
    for name, (is_valid, description) in CHECKS.items():
        value = getattr(scorer, name)
        if value is not None and not is_valid(value):
            raise ArgumentError(name, f"must be {description}, not {shown(value)}")
    if isinstance(scorer.pairs, Iterable) and not isinstance(scorer.pairs, str):
        for each in scorer.pairs:
            if not _is_pair(each):
                raise ArgumentError("pairs", f"must be pairs of two different fields, not {shown(each)}")
    if not _is_borrower_class(scorer.borrower_type):
        raise ArgumentError(
            "borrower_type", f"must be Borrower or a subclass of it, not {shown(scorer.borrower_type)}"
        )
