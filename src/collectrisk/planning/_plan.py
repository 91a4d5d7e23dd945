"""A plan: which account gets which channel, and why."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._display.document import Document
from collectrisk._display.words import words_in
from collectrisk._frames import open_frame
from collectrisk._frames.attach import attach
from collectrisk._namespaces.arrays import TextArray
from collectrisk.errors import ArgumentError, printable, shown, type_name
from collectrisk.planning._assignment import Assignment, assign, unused
from collectrisk.planning._capacity import is_amount
from collectrisk.planning._keys import kind_of, plain_key
from collectrisk.planning._permissions import FORBIDDEN, UNKNOWN
from collectrisk.planning._plan_blocks import plan_blocks
from collectrisk.planning._plan_comparison import PlanComparison
from collectrisk.planning._problems import Problems
from collectrisk.planning._request import PLANNED, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from collectrisk._channel import Channel
    from collectrisk._display.document import Block
    from collectrisk._typing import Array, Language

NO_CHANNEL = -2
"""Stands for the permission of an account without a recommended channel."""

FRONTIER_POINTS = 21
"""The number of capacities of a frontier by default."""


@attrs.frozen(eq=False, slots=False, repr=False)
class Plan(Document):
    """Which account gets which channel, as `allocate` returns it.

    ``print(plan)`` shows it as text, and a notebook as a table.

    Parameters
    ----------
    request : object
        What the plan is about.
    assignment : object
        Which account gets which channel.

    Attributes
    ----------
    accounts : int
        The number of accounts.
    counts : dict of str to int
        The number of accounts of each channel, from light to heavy.
    counts_by_group : dict of str to (dict of str to int)
        The same for each group of capacities by group, the largest group first; empty without groups.
    ranked_by : {"value", "probability"}
        Whether the plan has the largest sum of values, or is a ranking by visit probability.
    value : float or None
        The sum of the values; None without values.
    gap : float or None
        How far the sum of values may be below the best one at most, as a share of it: 0 up to rounding.
        It follows from the prices. None without values.
    prices : dict of str to float
        What one more unit of each capacity is worth; by channel and group if the capacity is by group.
        Empty without values.
    last : dict of str to (float or None)
        What the last account that got a channel gains over its best lighter choice, or its visit
        probability without values; None if no account got the channel.
    unused : dict of str to int
        The capacity that is left.
    forbidden, unknown : int
        The number of accounts whose recommended channel is forbidden, and for which it is not known
        whether it is permitted. Neither is used.
    unvalued : tuple of str
        The channels without a value, which counts as 0; none without values.
    unscored : int
        The number of accounts without a recommended channel, which get none.
    lighter : int
        The number of accounts that get a lighter channel than they could, or none.
    uncontacted : int
        The number of accounts without a channel.
    """

    _request: Request
    _assignment: Assignment

    def __repr__(self) -> str:
        return f"Plan(accounts={self.accounts}, counts={self.counts}, ranked_by={self.ranked_by!r})"

    @property
    def accounts(self) -> int:
        """The number of accounts."""
        return len(self._request.keys)

    @property
    def ranked_by(self) -> str:
        """Whether the plan has the largest sum of values, or is a ranking by visit probability."""
        return "probability" if self._request.values is None else "value"

    @property
    def counts(self) -> dict[str, int]:
        """The number of accounts of each channel, from light to heavy."""
        return self._by_channel(self._assignment.choice)

    @property
    def counts_by_group(self) -> dict[str, dict[str, int]]:
        """The number of accounts of each channel by group, the largest group first; empty without groups."""
        groups = self._request.capacities.groups
        return {name: self._by_channel(self._assignment.choice[rows]) for name, rows in groups.items()}

    @property
    def _names(self) -> tuple[str | None, ...]:
        """The names of the channels, with None at the end, for no channel."""
        return (*(channel.value for channel in self._request.channels), None)

    def _by_channel(self, places: Array) -> dict[str, int]:
        numbers = np.bincount(places[places >= 0], minlength=len(self._request.channels))
        return dict(zip((each.value for each in self._request.channels), numbers.tolist(), strict=True))

    @property
    def value(self) -> float | None:
        """The sum of the values; None without values."""
        return self._assignment.value

    @property
    def gap(self) -> float | None:
        """How far the sum of values may be below the best one, as a share of it."""
        value, gap = self._assignment.value, self._assignment.gap
        return gap if not value or gap is None else gap / abs(value)

    @property
    def unvalued(self) -> tuple[str, ...]:
        """The channels without a value, which counts as 0; none without values."""
        return tuple(channel.value for channel in self._request.unvalued)

    @property
    def prices(self) -> dict[str, Any]:
        """What one more unit of each capacity is worth."""
        prices = self._assignment.prices
        return {} if prices is None else self._request.capacities.by_name(prices.tolist())

    @property
    def last(self) -> dict[str, Any]:
        """What the last account that got a channel gains over its best lighter choice."""
        last = [None if np.isnan(each) else each for each in self._assignment.last.tolist()]
        return self._request.capacities.by_name(last)

    @property
    def unused(self) -> dict[str, Any]:
        """The capacity that is left."""
        return self._request.capacities.by_name(unused(self._request, self._assignment).tolist())

    @cached_property
    def _recommended_permission(self) -> Array:
        """The permission of each account's recommended channel; `NO_CHANNEL` if there is none."""
        request = self._request
        weights = np.array([channel.weight for channel in request.channels])
        is_own = weights == request.recommended[:, None]
        permission: Array = np.where(is_own, request.permissions, NO_CHANNEL).max(axis=1, initial=NO_CHANNEL)
        return permission

    @property
    def forbidden(self) -> int:
        """The number of accounts whose recommended channel is forbidden."""
        return int((self._recommended_permission == FORBIDDEN).sum())

    @property
    def unknown(self) -> int:
        """The number of accounts for whose recommended channel it is not known."""
        return int((self._recommended_permission == UNKNOWN).sum())

    @property
    def unscored(self) -> int:
        """The number of accounts without a recommended channel."""
        return int((self._request.recommended < 0).sum())

    @property
    def lighter(self) -> int:
        """The number of accounts that get a lighter channel than they could, or none."""
        possible = self._request.possible
        places = np.arange(possible.shape[1])
        heaviest = np.where(possible, places, -1).max(axis=1, initial=-1)
        return int((heaviest > self._assignment.choice).sum())

    @property
    def uncontacted(self) -> int:
        """The number of accounts without a channel."""
        return int((self._assignment.choice < 0).sum())

    def to_native(self) -> Any:
        """Return the frame with a column ``planned_channel``, missing for an account without a channel.

        Returns
        -------
        frame
            The same kind, rows and order as the scored frame.
        """
        codes = np.empty(self.accounts, dtype=np.int64)
        codes[self._request.order] = self._assignment.choice
        levels = tuple(channel.value for channel in self._request.channels)
        return attach(open_frame(self._request.frame), {PLANNED: TextArray(codes, levels)})  # type: ignore[arg-type]

    def channel_of(self, key: str | int) -> Channel | None:
        """Return the planned channel of an account, or None.

        Parameters
        ----------
        key : str or int
            The account's key.

        Raises
        ------
        ArgumentError
            If no account has the key.
        """
        choice = int(self._assignment.choice[self._place(key)])
        return self._request.channels[choice] if choice >= 0 else None

    def _place(self, key: object) -> int:
        key = plain_key(key)
        known = isinstance(key, (str, int)) and not isinstance(key, bool)
        place = self._request.places.get(key) if known else None
        if place is None:
            # A key is not repeated in an error, because it may identify a borrower.
            why = f"must be one of the {self.accounts:,} keys in {self._request.ties!r}"
            for own in self._request.keys[:1]:
                why += f", which are {kind_of(own)}"
                if kind_of(own) != kind_of(key):
                    why += f", not {kind_of(key)}"
            raise ArgumentError("key", why)
        return place

    def explain(self, key: str | int, language: Language = "en") -> str:
        """Return why an account gets its channel and no heavier one.

        Parameters
        ----------
        key : str or int
            The account's key.
        language : {"en", "zh"}, default "en"
            English or Chinese.

        Raises
        ------
        ArgumentError
            If no account has the key, or the language is not supported.
        """
        from collectrisk.planning._explain import sentences  # noqa: PLC0415  # which needs this module's types

        words = words_in(language)
        lines = sentences(self._request, self._assignment, self._place(key), words)
        return printable("\n".join([f"{key}: {next(lines)}", *lines]))

    def with_capacity(self, capacity: Mapping[str, Any]) -> Plan:
        """Return the plan with other capacities.

        Parameters
        ----------
        capacity : mapping of str to (int or mapping of str to int)
            The capacities to replace; others stay.

        Raises
        ------
        ArgumentError
            If the plan has no such capacity, a number is not valid, or a channel has no value.
        """
        capacities = self._request.capacities.with_amounts(capacity)
        request = attrs.evolve(self._request, capacities=capacities)
        request.require_values(Problems("values"))
        return Plan(request, assign(request))

    def compare(self, other: Plan) -> PlanComparison:
        """Return what changes from this plan to another one.

        Parameters
        ----------
        other : Plan
            A plan for the same accounts, such as one of `with_capacity`.

        Raises
        ------
        ArgumentError
            If it is not a plan, or has other accounts.
        """
        if not isinstance(other, Plan):
            raise ArgumentError("other", f"must be a plan, not {type_name(other)}")
        if self._request.keys != other._request.keys:  # same class
            raise ArgumentError("other", "must be a plan for the same accounts: the keys differ")
        names = [plan._names for plan in (self, other)]  # noqa: SLF001  # same class
        pairs = zip(self._assignment.choice.tolist(), other._assignment.choice.tolist(), strict=True)
        moves: dict[tuple[str | None, str | None], int] = {}
        for before, after in pairs:
            move = names[0][before], names[1][after]
            if move[0] != move[1]:
                moves[move] = moves.get(move, 0) + 1
        return PlanComparison(value_before=self.value, value_after=other.value, moves=moves)

    def capacity_of(self, channel: str) -> int:
        """Return the capacity of a channel for all accounts.

        Parameters
        ----------
        channel : str
            The channel.

        Raises
        ------
        ArgumentError
            If the channel has no capacity for all accounts.
        """
        capacities = self._request.capacities
        for name, amount in zip(capacities.names, capacities.amounts.tolist(), strict=True):
            if isinstance(channel, str) and name == (channel, None):
                return int(amount)
        raise ArgumentError(
            "channel", f"must have a capacity for all accounts, and {shown(channel)} does not"
        )

    def frontier(
        self, channel: str, capacities: Iterable[int] | None = None
    ) -> tuple[tuple[int, float], ...]:
        """Return the value of the plan for each of several capacities of a channel.

        Parameters
        ----------
        channel : str
            A channel that has one capacity for all accounts.
        capacities : iterable of int, optional
            The capacities; by default 21 from 0 to twice that of the plan.

        Returns
        -------
        tuple of (int, float)
            The capacities and the values.

        Raises
        ------
        ArgumentError
            If the plan has no values, or the channel has no capacity for all accounts.
        """
        if self.value is None:
            raise ArgumentError("values", "are needed for a frontier: pass them to allocate")
        present = self.capacity_of(channel)
        if capacities is None:
            capacities = sorted({round(each) for each in np.linspace(0, 2 * present, FRONTIER_POINTS)})
        try:
            listed = list(capacities)
        except TypeError:
            listed = []
        if not listed or not all(map(is_amount, listed)):
            raise ArgumentError("capacities", f"must be whole numbers, 0 or more, not {shown(capacities)}")
        plans = ((amount, self.with_capacity({channel: amount})) for amount in listed)
        return tuple((int(amount), plan.value or 0.0) for amount, plan in plans)

    def to_dict(self) -> dict[str, Any]:
        """Return the plan without its accounts as plain data, which JSON can represent."""
        names = (
            "accounts",
            "counts",
            "counts_by_group",
            "ranked_by",
            "value",
            "gap",
            "prices",
            "last",
            "unused",
        )
        others = ("forbidden", "unknown", "unscored", "lighter", "uncontacted")
        plain = {name: getattr(self, name) for name in (*names, *others)}
        return {**plain, "unvalued": list(self.unvalued)}

    def _blocks(self, language: Language) -> Iterator[Block]:
        return plan_blocks(self._request, self._assignment, self.to_dict(), words_in(language))
