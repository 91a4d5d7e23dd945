"""Groups of accounts: portfolios, and groups in an order, such as months."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import numpy as np

from collectrisk._fields import code_of, is_boolean, is_missing, is_number
from collectrisk._frames import values_of
from collectrisk.errors import ArgumentError, refuse_other, shown
from collectrisk.evaluation._values import require_length

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectrisk._typing import Array

MISSING_GROUP = "(missing)"
"""The name of the group of accounts whose group is missing."""

BOOLEANS = (bool, np.bool_)

NUMBER = re.compile(r"(\d+(?:\.\d+)?)")
"""A number in a name, such as that of a month."""

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
"""How a date of ISO 8601 begins; a time may follow."""

MONTHS = (
    "jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|"
    "nov(ember)?|dec(ember)?"
)
OTHER_DATE = re.compile(
    r"\d{1,2}([./-])\d{1,2}\1(\d{4}|\d{2})(?!\d)"
    r"|(?!\d{4}-\d{2}-\d{2}(?!\d))(19|20)\d{2}(?P<separator>[./-])\d{1,2}(?P=separator)\d{1,2}(?!\d)"
    r"|(19|20)\d{2}年\d{1,2}月\d{1,2}日"
    r"|(0?[1-9]|1[0-2])[./](19|20)\d{2}$"
    rf"|(\d{{1,2}}[ .-]+)?({MONTHS})[ .'-]*(\d{{1,2}},? +)?(\d{{4}}|\d{{2}})$",
    re.IGNORECASE,
)
"""A date in another form, such as 30.11.2026 or 2026/11/30, or a month before its year, such as Nov 2026."""

Period = Literal["day", "week", "month", "quarter", "year"]
"""The period into which dates are cut."""

PERIODS: dict[str, Callable[[dt.date], str]] = {
    "day": lambda day: f"{day:%Y-%m-%d}",
    "week": lambda day: "{}-W{:02}".format(*day.isocalendar()[:2]),
    "month": lambda day: f"{day.year:04}-{day.month:02}",
    "quarter": lambda day: f"{day.year:04}-Q{(day.month + 2) // 3}",
    "year": lambda day: f"{day.year:04}",
}
"""The name of the period of each kind that contains a date."""


def encode(argument: str, values: Any, data: Any, rows: int, accounts: Array) -> tuple[Array, list[Any]]:
    """Return the code of each account's value, and the distinct values that the codes index."""
    listed = values_of(values, data, argument)
    require_length(argument, listed, rows)
    if len(accounts) < rows:
        listed = [listed[row] for row in accounts.tolist()]
    return _encode_listed(argument, listed)


def _encode_listed(argument: str, listed: list[Any]) -> tuple[Array, list[Any]]:
    # Not np.unique, which sorts: the values may be of several types. In a dictionary, True is the same as 1.
    codes: dict[tuple[bool, Any], int] = {}
    keys = ((type(value) in BOOLEANS, value) for value in listed)
    try:
        encoded = np.fromiter((codes.setdefault(key, len(codes)) for key in keys), np.intp, len(listed))
    except TypeError as error:
        raise ArgumentError(argument, f"must contain strings, numbers or booleans: {error}") from error
    return encoded, [value for _, value in codes]


def read_groups(
    by: Any, data: Any, rows: int, *, period: str, accounts: Array, weights: Array
) -> tuple[str, dict[str, Array]]:
    """Return what accounts are grouped by, and the rows of each group, in the order of the groups.

    `accounts` contains the rows that count and `weights` their weights; the rows of a group are numbers
    of accounts. See `collectrisk.evaluate` for the other parameters.
    """
    refuse_other("period", period, get_args(Period))
    codes, values = encode("by", by, data, rows, accounts)
    label = by if isinstance(by, str) else "group"
    values = _parsed(values)
    if any(isinstance(value, dt.date) and not is_missing(value) for value in values):
        label = period
        recoded, values = _encode_listed("by", [_cut(value, PERIODS[period]) for value in values])
        codes = recoded[codes]
    order = {group_name(value): _place(value) for value in values}
    groups = named_groups(codes, values, weights, "by")
    return label, {name: groups[name] for name in sorted(groups, key=order.__getitem__)}


def _parsed(values: list[Any]) -> list[Any]:
    """Return dates of ISO 8601 in text as dates; refuse other text beside them, and dates in another form.

    Sorted as text, those would not be in the order of time.
    """
    texts = [value for value in values if isinstance(value, str)]
    if other := next((text for text in texts if OTHER_DATE.match(text.strip())), None):
        raise ArgumentError(
            "by", f"must be dates, or text such as '2026-11-30', not {shown(other)}; parse the dates first"
        )
    if not any(ISO_DATE.match(text.strip()) for text in texts):
        return values
    return [_date_in(value) if isinstance(value, str) else value for value in values]


def _date_in(text: str) -> dt.date:
    """Return the date in a text, or raise `ArgumentError`."""
    try:
        if ISO_DATE.match(text.strip()):
            return dt.date.fromisoformat(text.strip()[:10])
    except ValueError:  # such as the 30th of February
        pass
    raise ArgumentError(
        "by",
        f"must be dates in all rows if it is in one, and {shown(text)} is not one; correct it, or remove it",
    )


def _cut(value: Any, name: Callable[[dt.date], str]) -> Any:
    return name(value) if isinstance(value, dt.date) and not is_missing(value) else value


def _place(value: Any) -> tuple[bool, bool, float, list[tuple[int, str, str]], str]:
    """Return the key by which groups are sorted: numbers by value, then other names, then the missing one.

    Numbers in a name are in their order too: "week 9" is before "week 10".
    """
    number = float(value) if is_number(value) and not is_missing(value) else math.inf
    name = group_name(value)
    parts = [(0, part, "") for part in NUMBER.split(name)]
    parts[1::2] = [_digits(part) for _, part, _ in parts[1::2]]
    return is_missing(value), number == math.inf, number, parts, name


def _digits(text: str) -> tuple[int, str, str]:
    """Return a key that sorts digits by their number, however many there are."""
    integer, _, fraction = text.partition(".")
    integer = integer.lstrip("0")
    return len(integer), integer, fraction


def groups_of(argument: str, values: Any, data: Any, rows: int, accounts: Array) -> dict[str, Array]:
    """Return the rows of each group of accounts, the largest group first; all are strings or codes.

    Parameters
    ----------
    argument : str
        The name of the argument with the groups, for error messages.
    values : array, series or list of shape (n_rows,), or str
        The group of each row, or the name of a column.
    data : eager frame, mapping of str to array, or None
        Contains a named column.
    rows : int
        The number of rows.
    accounts : array of int
        The rows that count.
    """
    codes, found = encode(argument, values, data, rows, accounts)
    if not found:
        return {}
    groups = named_groups(codes, found, np.ones(len(accounts)), argument)
    return {name: accounts[its_rows] for name, its_rows in groups.items()}


def named_groups(
    codes: Array, values: list[Any], weights: Array, argument: str = "portfolio"
) -> dict[str, Array]:
    """Return the indices of each named group, the one with the largest weight first."""
    named: dict[str, object] = {}
    for value in values:
        name = group_name(value)
        first = named.setdefault(name, value)
        if first is not value and not (is_missing(first) and is_missing(value)):
            raise ArgumentError(
                argument,
                f"must not contain both {shown(first)} and {shown(value)}, which would have the same name "
                f"in the report, {name!r}; rename one of them",
            )
    names = sorted(named)
    index = {name: code for code, name in enumerate(names)}
    codes = np.array([index[group_name(value)] for value in values])[codes]
    ends = np.cumsum(np.bincount(codes, minlength=len(names)))
    rows = np.split(np.argsort(codes, kind="stable"), ends[:-1])
    found = {name: each for name, each in zip(names, rows, strict=True) if len(each)}
    return dict(sorted(found.items(), key=lambda item: -weights[item[1]].sum()))


def group_name(value: object) -> str:
    """Return the name of the group of the accounts with a value."""
    if is_missing(value):
        return MISSING_GROUP
    # As a card names it. A missing value makes a pandas column of integers one of floats.
    is_code = is_boolean(value) or (is_number(value) and math.isfinite(cast("float", value)))
    return code_of(value) if is_code else str(value)
