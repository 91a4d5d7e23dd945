"""What an allocation is about: the accounts in the order of their keys, and what each of them may get."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._channel import Channel
from collectrisk._frames import open_table
from collectrisk.errors import ArgumentError, shown, type_name
from collectrisk.evaluation._values import require_length
from collectrisk.planning._accounts import (
    CHANNEL,
    SCORE_FIRST,
    VISIT_PROBABILITIES,
    numbers_of,
    refuse_lazy,
    require_column,
)
from collectrisk.planning._capacity import Capacities
from collectrisk.planning._keys import channels_of, sorted_keys, weights_of
from collectrisk.planning._permissions import ALLOWED, read_permissions
from collectrisk.planning._problems import Problems

if TYPE_CHECKING:
    from collectrisk._typing import Array

PLANNED = "planned_channel"
"""The column that a plan adds to a frame."""

LARGEST_VALUE = 1e100
"""Sums of values up to this one are finite."""


@attrs.frozen(eq=False, slots=False)
class Request:
    """Some accounts in the order of their keys, and what each of them may get.

    Attributes
    ----------
    frame : eager frame
        The accounts.
    ties : str
        The column of the keys.
    order : array of int, shape (n_accounts,)
        The row of each account in the frame.
    keys : list of (str or int)
        The keys, sorted.
    channels : tuple of Channel
        The channels of the plan, from light to heavy.
    recommended : array of int, shape (n_accounts,)
        The weight of the recommended channel; -1 if there is none.
    permissions : array of int, shape (n_accounts, n_channels)
        1 where a channel is permitted, 0 where that is not known, -1 where it is forbidden.
    probability : array of float, shape (n_accounts,), or None
        The visit probabilities.
    values : array of float, shape (n_accounts, n_channels), or None
        The value of each channel.
    capacities : Capacities
        The capacities.
    unvalued : tuple of Channel
        The channels whose value was not given and counts as 0; none without values.
    """

    frame: Any
    ties: str
    order: Array
    keys: list[Any]
    channels: tuple[Channel, ...]
    recommended: Array
    permissions: Array
    probability: Array | None
    values: Array | None
    capacities: Capacities
    unvalued: tuple[Channel, ...] = ()

    @cached_property
    def possible(self) -> Array:
        """Whether each account may get each channel: permitted, and not heavier than recommended."""
        possible: Array = (self.permissions == ALLOWED) & self.not_heavier
        return possible

    @property
    def not_heavier(self) -> Array:
        """Whether each channel is not heavier than recommended."""
        weights = np.array([channel.weight for channel in self.channels], dtype=np.intp)
        not_heavier: Array = weights <= self.recommended[:, None]
        return not_heavier

    def require_values(self, problems: Problems) -> None:
        """Raise `ArgumentError` if a channel with a capacity has no value, or there are other problems."""
        for channel in self.unvalued:
            if self.capacities.has_units(channel):
                problems.add(f"must contain {channel.value!r}, which has a capacity: pass its column")
        problems.refuse()

    @cached_property
    def places(self) -> dict[Any, int]:
        """The place of each key."""
        return {key: place for place, key in enumerate(self.keys)}


def read_request(
    scored: Any,
    capacity: Any,
    *,
    values: Any,
    permitted: Any,
    ties: Any,
    by: Any,
    probability: Any,
) -> Request:
    """Return what an allocation is about; see `allocate` for the parameters."""
    refuse_lazy(scored)
    if isinstance(scored, Mapping):
        raise ArgumentError("scored", "must be a data frame, not a mapping of columns")
    table = open_table(scored)
    if PLANNED in table.columns:
        raise ArgumentError("scored", f"has a column {PLANNED!r} already; rename or drop it")
    order, keys = sorted_keys(scored, ties, "scored")
    weights = weights_of(scored, CHANNEL, "scored")[order]
    named = [
        *channels_of(capacity, "capacity"),
        *(channels_of(values, "values") if values is not None else ()),
    ]
    found = [channel for channel in Channel if (weights == channel.weight).any()]
    channels = tuple(channel for channel in Channel if channel in {*named, *found})
    request = Request(
        frame=scored,
        ties=ties,
        order=order,
        keys=keys,
        channels=channels,
        recommended=weights,
        permissions=read_permissions(permitted, scored, channels, ties, keys)[order],
        probability=_probability(scored, probability, required=values is None, order=order),
        values=None,
        capacities=Capacities.of(capacity, by, scored, order, channels),
    )
    if values is not None:
        unvalued = tuple(channel for channel in channels if channel not in values)
        request = attrs.evolve(request, unvalued=unvalued)
        return attrs.evolve(request, values=_values(values, request))
    _refuse_unranked(request, probability)
    return request


def _probability(frame: Any, column: Any, *, required: bool, order: Array) -> Array | None:
    if not isinstance(column, str):
        raise ArgumentError("probability", f"must be the name of a column, not {type_name(column)}")
    if not required and column not in open_table(frame).columns:
        return None
    require_column(column, frame, "probability", VISIT_PROBABILITIES, SCORE_FIRST)
    numbers = numbers_of(column, frame, "probability", "one probability per row")
    invalid = np.flatnonzero((numbers < 0) | (numbers > 1))
    if len(invalid):
        first = f"row {invalid[0]}, from 0: {shown(float(numbers[invalid[0]]))}"
        why = f"must be from 0 to 1; {len(invalid):,} in {column!r} are not ({first})"
        raise ArgumentError("probability", why)
    return numbers[order]


def _refuse_unranked(request: Request, column: str) -> None:
    """Raise `ArgumentError` if an account that may get a channel has no probability to rank it by."""
    unknown = np.isnan(np.asarray(request.probability, float)) & request.possible.any(axis=1)
    if unknown.any():
        row = int(request.order[unknown].min())
        raise ArgumentError(
            "probability",
            "must be known for every account that may get a channel; "
            f"{int(unknown.sum()):,} in {column!r} are missing (row {row}, from 0)",
        )


def _values(values: Any, request: Request) -> Array:
    """Return the value of each channel; 0 for a channel that the values leave out."""
    found = np.zeros((len(request.keys), len(request.channels)))
    problems = Problems("values")
    for place, channel in enumerate(request.channels):
        if channel in values:
            with problems.of(channel.value):
                found[:, place] = _value_of(values[channel], place, request)
    request.require_values(problems)
    return found


def _value_of(given: Any, place: int, request: Request) -> Array:
    numbers = numbers_of(given, request.frame, "values", "one number per row")
    require_length("values", numbers, len(request.keys))
    ordered = numbers[request.order]
    wrong = np.flatnonzero(request.possible[:, place] & ~(np.abs(ordered) <= LARGEST_VALUE))
    if len(wrong):
        row, column = int(request.order[wrong].min()), f" in {given!r}" if isinstance(given, str) else ""
        raise ArgumentError(
            "values",
            f"must be finite, and at most {LARGEST_VALUE:g}, for every account that may get this channel; "
            f"{len(wrong):,}{column} are missing, infinite or larger (row {row}, from 0)",
        )
    return ordered
