"""How a plan is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from collectrisk._display.document import paragraph, table
from collectrisk.planning._assignment import unused
from collectrisk.planning._value_text import value_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from collectrisk._channel import Channel
    from collectrisk._display.document import Block
    from collectrisk._display.words import Words
    from collectrisk._typing import Array
    from collectrisk.planning._assignment import Assignment
    from collectrisk.planning._request import Request

GROUPS_SHOWN = 20
"""So many groups are shown, the largest first."""


def plan_blocks(
    request: Request, assignment: Assignment, plan: Mapping[str, Any], every: Words
) -> Iterator[Block]:
    """Yield a table of the channels, one of the groups of each capacity by group, and notes.

    `plan` is what `Plan.to_dict` returns.
    """
    words, capacities = every.plan, request.capacities
    header = [words.recommended, words.capacity, words.planned, words.unused]
    header += [words.last_gain, words.price] if plan["value"] is not None else [words.last_probability]
    row = _Rows(request, assignment, words.unlimited)
    accounts = np.arange(len(request.keys))
    rows = [
        (every.channels[channel], *row(channel, accounts, capacities.of_channel(channel)))
        for channel in reversed(request.channels)
    ]
    yield table(words.title.format(f"{len(request.keys):,}"), [words.channel, *header], rows)
    for channel in reversed(capacities.grouped):
        shown = list(capacities.groups.items())[:GROUPS_SHOWN]
        rows = [(name, *row(channel, own, capacities.of_channel(channel, name))) for name, own in shown]
        title = words.by_group.format(every.channels[channel], capacities.by)
        yield table(title, [words.group, *header], rows)
        if len(capacities.groups) > GROUPS_SHOWN:
            yield paragraph(words.other_groups.format(f"{len(capacities.groups) - GROUPS_SHOWN:,}"))
    yield from map(paragraph, _notes(plan, every))


class _Rows:
    """The rows of the tables of a plan."""

    def __init__(self, request: Request, assignment: Assignment, unlimited: str) -> None:
        self.request, self.assignment, self.unlimited = request, assignment, unlimited
        self.unused = unused(request, assignment)
        self.shown = value_text if assignment.prices is not None else "{:.2%}".format

    def __call__(self, channel: Channel, accounts: Array, capacities: Sequence[int]) -> tuple[str, ...]:
        """Return what is shown of a channel for some accounts and the capacities that they share."""
        request, assignment, places = self.request, self.assignment, list(capacities)
        recommended = int((request.recommended[accounts] == channel.weight).sum())
        planned = int((assignment.choice[accounts] == request.channels.index(channel)).sum())
        row = [f"{recommended:,}", self.unlimited, f"{planned:,}", "", ""]
        if places:
            row[1] = f"{int(request.capacities.amounts[places].sum()):,}"
            row[3:] = f"{int(self.unused[places].sum()):,}", _range(assignment.last[places], self.shown)
        if assignment.prices is not None:
            row.append(_range(assignment.prices[places], self.shown))
        return tuple(row)


def _notes(plan: Mapping[str, Any], every: Words) -> Iterator[str]:
    words = every.plan
    if plan["value"] is None:
        yield words.by_probability
    else:
        yield words.by_value.format(value_text(plan["value"]), f"{round(plan['gap'] or 0.0, 12):.1g}")
    if plan["unvalued"]:
        names = (every.channels[channel] for channel in plan["unvalued"])
        yield words.unvalued.format(words.separator.join(names))
    counts = {
        words.forbidden: plan["forbidden"],
        words.unknown: plan["unknown"],
        words.unscored: plan["unscored"],
        words.lighter: plan["lighter"],
        words.uncontacted: plan["uncontacted"],
    }
    yield from (text.format(f"{number:,}") for text, number in counts.items() if number)


def _range(numbers: Array, text: Callable[[float], str]) -> str:
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return ""
    low, high = text(known.min()), text(known.max())
    return low if low == high else f"{low} - {high}"
