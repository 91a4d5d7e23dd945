"""The capacities of channels: for all accounts, or by group."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._fields import is_boolean, is_number
from collectrisk.errors import ArgumentError, nearest, shown, type_name
from collectrisk.evaluation._groups import group_name, groups_of
from collectrisk.planning._problems import Problems

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from collectrisk._channel import Channel
    from collectrisk._typing import Array

MOST = 2**53
"""Whole numbers up to this one are exact as floats."""

GROUPS_SHOWN = 5
"""So many groups are named in an error."""


@attrs.frozen(eq=False)
class Capacities:
    """The capacities of channels.

    Attributes
    ----------
    names : tuple of (Channel, str or None)
        The channel of each capacity, and the group if it is that of a group.
    amounts : array of int, shape (n_capacities,)
        The amounts.
    used_by : array of int, shape (n_accounts, n_channels)
        The capacity that each account would use with each channel; -1 if there is no limit.
    channels : tuple of Channel
        The channels of the plan.
    by : str or None
        The column with the groups.
    groups : dict of str to array of int
        The places of the accounts of each group, the largest group first.
    grouped : tuple of Channel
        The channels with capacities by group.
    """

    names: tuple[tuple[Channel, str | None], ...]
    amounts: Array
    used_by: Array
    channels: tuple[Channel, ...]
    by: str | None
    groups: dict[str, Array]
    grouped: tuple[Channel, ...]

    @classmethod
    def of(
        cls, capacity: Mapping[Any, Any], by: Any, frame: Any, order: Array, channels: tuple[Channel, ...]
    ) -> Capacities:
        """Return the capacities; see `allocate` for the parameters."""
        if not capacity:
            raise ArgumentError(
                "capacity", "must contain the capacity of a channel, such as {'phone_call': 500}"
            )
        groups = _groups(capacity, by, frame, order)
        used_by = np.full((len(order), len(channels)), -1)
        names: list[tuple[Channel, str | None]] = []
        amounts: list[int] = []
        problems = Problems("capacity")

        def add(place: int, rows: Any, group: str | None, amount: Any) -> None:
            if amount is not None:
                used_by[rows, place] = len(names)
                names.append((channels[place], group))
                amounts.append(_amount(amount, channels[place], group, problems))

        for place, channel in enumerate(channels):
            given = capacity.get(channel)
            if not isinstance(given, Mapping):
                add(place, slice(None), None, given)
                continue
            texts = _by_group_name(given, channel, problems)
            left_out = [group for group in groups if group not in texts]
            if left_out:
                problems.add(
                    f"of {channel.value!r} says nothing about {_listed(left_out)} in {by!r}: "
                    "pass 0 if there is none, or None if there is no limit"
                )
            if strays := _strays(texts, groups):
                problems.add(
                    f"of {channel.value!r} is also for {_listed(strays, left_out or groups)}, which no "
                    f"account has in {by!r}: write it as there, or pass 0 if it has no accounts today"
                )
            for group, amount in texts.items():
                if group in groups or not groups:
                    add(place, groups.get(group, np.zeros(0, dtype=np.intp)), group, amount)
        problems.refuse()
        return cls(
            names=tuple(names),
            amounts=np.array(amounts, dtype=np.int64),
            used_by=used_by,
            channels=channels,
            by=by,
            groups=groups,
            grouped=tuple(channel for channel in channels if isinstance(capacity.get(channel), Mapping)),
        )

    def of_channel(self, channel: Channel, group: str | None = None) -> list[int]:
        """Return the places of the capacities of a channel, or of one of its groups."""
        wanted = [(place, own) for place, (each, own) in enumerate(self.names) if each is channel]
        return [place for place, own in wanted if group is None or own == group]

    def has_units(self, channel: Channel) -> bool:
        """Return whether a channel has a capacity above 0."""
        return bool(self.amounts[self.of_channel(channel)].any())

    def by_name(self, numbers: Sequence[Any]) -> dict[str, Any]:
        """Return one number for each capacity by channel, or by channel and group."""
        found: dict[str, Any] = {}
        for (channel, group), number in zip(self.names, numbers, strict=True):
            if group is None:
                found[channel.value] = number
            else:
                found.setdefault(channel.value, {})[group] = number
        return found

    def with_amounts(self, capacity: Any) -> Capacities:
        """Return the same capacities with other amounts of some of them."""
        if not isinstance(capacity, Mapping):
            raise ArgumentError("capacity", f"must be a mapping by channel, not {type_name(capacity)}")
        places = {name: place for place, name in enumerate(self.names)}
        amounts = self.amounts.copy()
        problems = Problems("capacity")
        for channel, given in capacity.items():
            is_by_group = isinstance(given, Mapping)
            by_group = _by_group_name(given, channel, problems) if is_by_group else {None: given}
            for group, amount in by_group.items():
                place = places.get((channel, group))
                if place is None:
                    what = shown(channel) + ("" if group is None else f" of {shown(group)}")
                    problems.add(f"of the plan has no {what}: allocate again with other capacities")
                else:
                    amounts[place] = _amount(amount, *self.names[place], problems)
        problems.refuse()
        return attrs.evolve(self, amounts=amounts)


def _strays(amounts: Mapping[str, Any], groups: Collection[str]) -> list[str]:
    """Return the groups that no account has and that have a capacity; none if there are no accounts."""
    others = [(group, amount) for group, amount in amounts.items() if groups and group not in groups]
    return [
        group for group, amount in others if amount is not None and not (is_amount(amount) and amount == 0)
    ]


def _listed(names: Sequence[str], known: Collection[str] = ()) -> str:
    """Return the names of groups, each with the known one that was probably meant."""
    guesses = ((name, nearest(name, known)) for name in names[:GROUPS_SHOWN])
    return ", ".join(
        repr(name) if guess is None else f"{name!r} (did you mean {guess!r}?)" for name, guess in guesses
    )


def _groups(capacity: Mapping[Any, Any], by: Any, frame: Any, order: Array) -> dict[str, Array]:
    """Return the places of the accounts of each group, in the order of the keys."""
    grouped = [name for name, given in capacity.items() if isinstance(given, Mapping)]
    if by is None:
        if grouped:
            raise ArgumentError(
                "by", f"is needed for the capacity of {grouped[0]!r} by group: name the column"
            )
        return {}
    if not isinstance(by, str):
        raise ArgumentError("by", f"must be the name of a column, not {type_name(by)}")
    if not grouped:
        raise ArgumentError(
            "by", "needs a capacity by group, such as {'phone_call': {'north': 20, 'south': 30}}"
        )
    place_of = np.empty(len(order), dtype=np.intp)
    place_of[order] = np.arange(len(order))
    groups = groups_of("by", by, frame, len(order), np.arange(len(order)))
    return {name: place_of[rows] for name, rows in groups.items()}


def _by_group_name(given: Mapping[Any, Any], channel: Any, problems: Problems) -> dict[str, Any]:
    """Return capacities by the names of groups, which may be given as the values of the column."""
    found: dict[str, Any] = {}
    for group, amount in given.items():
        name = group_name(group)
        if name in found:
            problems.add(f"of {shown(str(channel))} has the group {name!r} twice: pass it once")
        found[name] = amount
    return found


def is_amount(value: Any) -> bool:
    """Return whether a value is a whole number, 0 or more."""
    whole = isinstance(value, numbers.Integral) and is_number(value) and not is_boolean(value)
    return whole and 0 <= value <= MOST


def _amount(amount: Any, channel: Channel, group: str | None, problems: Problems) -> int:
    if is_amount(amount):
        return int(amount)
    of = f"of {channel.value!r}" + ("" if group is None else f" in {group!r}")
    problems.add(f"{of} must be a whole number, 0 or more, not {shown(amount)}")
    return 0
