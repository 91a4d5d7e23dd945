"""Which channels are permitted for each account; what is not known counts as not permitted."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np

from collectrisk._fields import is_boolean, is_missing
from collectrisk._frames import as_narwhals, open_table, values_of
from collectrisk.errors import ArgumentError, shown, type_name
from collectrisk.planning._accounts import CHANNEL, refuse_lazy
from collectrisk.planning._keys import channels_of, kind_of, sorted_keys, weights_of
from collectrisk.planning._problems import Problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectrisk._channel import Channel
    from collectrisk._typing import Array

PERMITTED_CHANNEL = "permitted_channel"
"""The column with the heaviest permitted channel; nothing is known about lighter ones."""

PERMISSION = "permission"
"""The column with the permission of the recommended channel."""

ALLOWED, UNKNOWN, FORBIDDEN = 1, 0, -1
INVALID = -2
"""Stands for a value that is not a permission."""
PERMISSIONS = {"allowed": ALLOWED, "unknown": UNKNOWN, "forbidden": FORBIDDEN}


def read_permissions(
    permitted: Any, scored: Any, channels: Sequence[Channel], ties: str, keys: Sequence[Any]
) -> Array:
    """Return the permission of each channel in each row of the scored frame."""
    rows = len(keys)
    if permitted is None:
        return np.full((rows, len(channels)), ALLOWED)
    if isinstance(permitted, str):
        return _up_to(scored, permitted, channels)
    if isinstance(permitted, Mapping):
        return _by_channel(permitted, scored, channels, rows)
    if not isinstance(as_narwhals(permitted), (nw.DataFrame, nw.LazyFrame)):
        raise ArgumentError(
            "permitted",
            f"must be a frame, a mapping by channel or the name of a column, not {type_name(permitted)}",
        )
    refuse_lazy(permitted)
    names = open_table(permitted).columns
    if any(channel.value in names for channel in channels):
        by_channel = {channel.value: channel.value for channel in channels if channel.value in names}
        found = _by_channel(by_channel, permitted, channels, open_table(permitted).rows)
    else:
        found = _up_to(permitted, PERMITTED_CHANNEL, channels)
        if PERMISSION in names and CHANNEL in names:
            _add_recommended(found, permitted, channels)
    if permitted is scored:
        return found
    order, known = sorted_keys(permitted, ties, "permitted")
    row_of = dict(zip(known, order.tolist(), strict=True))
    aligned = np.full((rows, len(channels)), UNKNOWN)
    own = values_of(ties, scored, "ties")
    if keys and known and isinstance(keys[0], str) is not isinstance(known[0], str):
        raise ArgumentError(
            "permitted",
            f"has {kind_of(known[0])} in {ties!r}, and the accounts have {kind_of(keys[0])}: pass keys of "
            "the same kind",
        )
    pairs = [(row, row_of[key]) for row, key in enumerate(own) if key in row_of]
    if pairs:
        to, source = np.array(pairs).T
        aligned[to] = found[source]
    return aligned


def _up_to(frame: Any, column: str, channels: Sequence[Channel]) -> Array:
    """Return permissions, of which only those of one channel of each row are known."""
    weights = weights_of(frame, column, "permitted")
    each = np.array([channel.weight for channel in channels])
    return np.where(each == weights[:, None], ALLOWED, UNKNOWN)


def _add_recommended(found: Array, frame: Any, channels: Sequence[Channel]) -> None:
    """Add what a frame says of the recommended channels to permissions."""
    problems = Problems("permitted")
    with problems.of(PERMISSION):
        permission = _permission(PERMISSION, frame, len(found))
        weights = weights_of(frame, CHANNEL, "permitted")
        for place, channel in enumerate(channels):
            own = weights == channel.weight
            found[own, place] = permission[own]
    problems.refuse()


def _by_channel(permitted: Mapping[Any, Any], frame: Any, channels: Sequence[Channel], rows: int) -> Array:
    named = channels_of(permitted, "permitted")
    left_out = [channel.value for channel in channels if channel not in named]
    if left_out:
        raise ArgumentError(
            "permitted",
            f"says nothing about {', '.join(left_out)}, which accounts may get: add columns, or "
            "True or False if it is the same for every account",
        )
    found = np.zeros((rows, len(channels)), dtype=np.intp)
    problems = Problems("permitted")
    for place, channel in enumerate(channels):
        with problems.of(channel.value):
            found[:, place] = _permission(permitted[channel], frame, rows)
    problems.refuse()
    return found


def _permission(given: Any, frame: Any, rows: int) -> Array:
    if is_boolean(given):
        return np.full(rows, ALLOWED if given else FORBIDDEN)
    listed = values_of(given, frame, "permitted")
    if len(listed) != rows:
        raise ArgumentError(
            "permitted", f"must have one value for each of {rows:,} accounts, not {len(listed):,}"
        )
    codes = np.fromiter(map(_permission_of, listed), np.intp, rows)
    wrong = np.flatnonzero(codes == INVALID)
    if len(wrong):
        raise ArgumentError(
            "permitted",
            f"must contain true, false or missing values, or {', '.join(PERMISSIONS)}; {len(wrong):,} are "
            f"others (row {wrong[0]}, from 0: {shown(listed[wrong[0]])})",
        )
    return codes


def _permission_of(value: Any) -> int:
    if is_boolean(value):
        return ALLOWED if value else FORBIDDEN
    if is_missing(value):
        return UNKNOWN
    text = value.value if isinstance(value, enum.Enum) else value
    return PERMISSIONS.get(text, INVALID) if isinstance(text, str) else INVALID
