"""Why an account gets its channel and no heavier one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from collectrisk._channel import Channel
from collectrisk._fields import is_missing
from collectrisk._frames import open_table
from collectrisk.planning._permissions import ALLOWED, FORBIDDEN, PERMISSION, PERMISSIONS
from collectrisk.planning._value_text import value_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk._display.words import Words
    from collectrisk.planning._assignment import Assignment
    from collectrisk.planning._request import Request

DETAILS = ("blocked_by", "missing", "next_allowed")
"""The columns of `ContactRules.decide_frame` that say why a channel is not permitted."""


def sentences(request: Request, assignment: Assignment, account: int, words: Words) -> Iterator[str]:
    """Yield the recommended and the planned channel, and a sentence for each heavier one."""
    text = words.plan
    weight = int(request.recommended[account])
    if weight < 0:
        yield text.no_recommendation
        return
    probability = np.nan if request.probability is None else float(request.probability[account])
    recommended = words.channels[list(Channel)[weight]]
    if np.isnan(probability):
        yield text.recommended_only.format(recommended)
    else:
        yield text.recommended_with.format(recommended, words.probability(probability))
    choice = int(assignment.choice[account])
    yield text.gets.format(words.channels[request.channels[choice]]) if choice >= 0 else text.gets_none
    for place in reversed(range(choice + 1, len(request.channels))):
        if request.not_heavier[account, place]:
            yield _why_not(request, assignment, account, place, words)
    if choice >= 0 and (own := _its_worth(request, assignment, account, choice, words)):
        yield own


def _its_worth(request: Request, assignment: Assignment, account: int, place: int, words: Words) -> str:
    """Return what the planned channel is worth, if it is limited and there are values."""
    resource = int(request.capacities.used_by[account, place])
    if assignment.prices is None or resource < 0:
        return ""
    gain, price = assignment.worth[account, place], assignment.prices[resource]
    name = _named(request, account, place, words)
    return str(words.plan.gained.format(name, value_text(gain), value_text(price)))


def _named(request: Request, account: int, place: int, words: Words) -> str:
    """Return the name of a channel, with the group whose capacity the account would use."""
    name, resource = words.channels[request.channels[place]], int(request.capacities.used_by[account, place])
    group = request.capacities.names[resource][1] if resource >= 0 else None
    return name if group is None else words.plan.in_group.format(name, request.capacities.by, group)


def _details(request: Request, account: int, place: int) -> str:
    """Return what `ContactRules.decide_frame` says of a recommended channel that is not permitted."""
    if request.channels[place].weight != request.recommended[account]:
        return ""
    table, row = open_table(request.frame), int(request.order[account])
    cells = {
        name: next(iter(table.columns[name].objects(row, row + 1)))
        for name in (PERMISSION, *DETAILS)
        if name in table.columns
    }
    permission = PERMISSIONS.get(str(cells.pop(PERMISSION, None)))
    known = {name: cell for name, cell in cells.items() if not is_missing(cell)}
    if permission != request.permissions[account, place] or not known:
        return ""
    return f" ({'; '.join(f'{name}: {cell}' for name, cell in known.items())})"


def _why_not(request: Request, assignment: Assignment, account: int, place: int, words: Words) -> str:
    text, name = words.plan, _named(request, account, place, words)
    permission = request.permissions[account, place]
    if permission != ALLOWED:
        channel = words.channels[request.channels[place]]
        reason = (text.is_forbidden if permission == FORBIDDEN else text.is_unknown).format(channel)
        return f"{reason[:-1]}{_details(request, account, place)}{reason[-1]}"
    resource = int(request.capacities.used_by[account, place])
    worth = assignment.worth[account, place]
    if request.channels[place] in request.unvalued:
        return str((text.no_value if resource < 0 else text.no_capacity).format(name))
    if resource < 0 or (assignment.prices is not None and worth <= 0):
        return str(text.worthless.format(name))
    if not request.capacities.amounts[resource]:
        return str(text.no_capacity.format(name))
    last = assignment.last[resource]
    if assignment.prices is None:
        shown = words.probability(last)
        template = text.same_probability if worth == last else text.full_by_probability
        return str(template.format(name, shown))
    price = value_text(assignment.prices[resource])
    template = text.same_gain if worth == last else text.full_by_value
    return str(template.format(name, value_text(worth), value_text(last), price))
