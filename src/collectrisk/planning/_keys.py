"""The keys of accounts, and channels that are named by the user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from collectrisk._channel import Channel, not_a_channel
from collectrisk._fields import is_missing
from collectrisk._frames import open_table, values_of
from collectrisk.errors import ArgumentError, did_you_mean, shown, type_name
from collectrisk.planning._accounts import CHANNEL, read_column, require_column

if TYPE_CHECKING:
    from collectrisk._typing import Array

ROWS_SHOWN = 5
"""So many wrong values are shown in an error."""


def sorted_keys(frame: Any, ties: Any, argument: str) -> tuple[Array, list[Any]]:
    """Return the rows of a frame in the order of their keys, and the keys."""
    if not isinstance(ties, str):
        raise ArgumentError("ties", f"must be the name of the column of keys, not {type_name(ties)}")
    require_column(ties, frame, "ties", f"the key of each account of {argument}", "pass another one")
    keys = values_of(ties, frame, "ties")
    missing = [row for row, key in enumerate(keys) if is_missing(key)]
    if missing:
        raise ArgumentError(
            "ties",
            f"must be known for every account; {ties!r} is missing in {len(missing):,} of {len(keys):,} rows "
            f"(row {missing[0]}, from 0)",
        )
    kinds = set(map(type, keys))
    if any(issubclass(kind, np.generic) for kind in kinds):  # in a pandas column of objects
        keys = [plain_key(key) for key in keys]
        kinds = set(map(type, keys))
    if not (kinds <= {str} or kinds <= {int}):
        others = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise ArgumentError("ties", f"must be all text or all whole numbers; {ties!r} contains {others}")
    order = sorted(range(len(keys)), key=keys.__getitem__)
    ordered = [keys[row] for row in order]
    repeated = next((place for place in range(1, len(keys)) if ordered[place] == ordered[place - 1]), None)
    if repeated is not None:
        first, second = order[repeated - 1 : repeated + 1]
        raise ArgumentError(
            "ties",
            f"must name a column without repeated values; {ties!r} is the same in rows {first} and {second} "
            f"of {argument}, from 0",
        )
    return np.array(order, dtype=np.intp), ordered


def kind_of(key: object) -> str:
    """Return the kind of a key."""
    if isinstance(key, str):
        return "text"
    return "whole numbers" if isinstance(key, int) and not isinstance(key, bool) else type_name(key)


def plain_key(key: Any) -> Any:
    """Return a scalar of NumPy as a Python value, and any other key as it is."""
    return key.item() if isinstance(key, np.generic) else key


def weights_of(frame: Any, column: str, argument: str) -> Array:
    """Return the weight of each row's channel, -1 where it is missing."""
    table = open_table(frame)
    if column not in table.columns:
        contents = (
            "the recommended channel: score the accounts first (assess_frame, or collectrisk score)"
            if column == CHANNEL
            else "the permitted channel, as decide_frame returns it"
        )
        raise ArgumentError(
            argument,
            f"must have a column {column!r} with {contents}{did_you_mean(column, table.columns)}",
        )
    codes, names = read_column(table.columns[column], table.rows)
    of_code = np.full(len(names) + 1, -1)
    used, first = np.unique(codes, return_index=True)
    wrong: dict[int, str | None] = {}
    for code, row in zip(used.tolist(), first.tolist(), strict=True):
        if code >= 0 and names[code] not in set(Channel):
            wrong[row] = names[code]
        elif code >= 0:
            of_code[code] = Channel(names[code]).weight
    if wrong:
        rows = sorted(wrong)
        seen = ", ".join(f"{shown(wrong[row])} in row {row}" for row in rows[:ROWS_SHOWN])
        raise ArgumentError(
            argument,
            f"has a column {column!r} that must contain {not_a_channel(wrong[rows[0]])} ({seen}, from 0)",
        )
    weights: Array = of_code[codes]
    return weights


def channels_of(given: Any, argument: str) -> list[Channel]:
    """Return the channels that an argument names."""
    if not isinstance(given, Mapping):
        raise ArgumentError(argument, f"must be a mapping by channel, not {type_name(given)}")
    wrong = [name for name in given if not isinstance(name, str) or name not in set(Channel)]
    if wrong:
        others = f", and not {', '.join(map(shown, wrong[1:]))}" if wrong[1:] else ""
        raise ArgumentError(argument, f"must be by channel: {not_a_channel(wrong[0])}{others}")
    return [Channel(name) for name in given]
