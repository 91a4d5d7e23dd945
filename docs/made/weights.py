"""What each number of the rule scorer does: the range it may move in, and what a move changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from people import ANCHORS, TYPICAL
from telling import answer, number, table

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULTS = {field.name: field.default for field in attrs.fields(cr.RuleScorer)}
FURTHEST = 1_000.0
SAME = 1.05
"""Up to this ratio two probabilities count as the same, and the row is left out."""
NEVER = 0.005
"""Below this, a visit is so unlikely that only a change of channel matters."""


def _scaled(default: Any, factor: float) -> Any:
    """Return a number, or all points of a curve, times a factor."""
    if isinstance(default, tuple):
        return tuple((at, points * factor) for at, points in default)
    return default * factor


def _house(name: str, factor: float) -> cr.RuleScorer:
    """Return the rule scorer with one parameter multiplied."""
    return cr.RuleScorer(**{name: _scaled(DEFAULTS[name], factor)})


def _broken(name: str, factor: float) -> list[int]:
    """Return the anchor cases that break; 0 stands for a scorer that refuses the number."""
    try:
        scorer = _house(name, factor)
    except cr.InvalidCardError:
        return [0]
    return [number for number, anchor in ANCHORS.items() if not anchor.holds(scorer)]


def _edge(name: str, step: float) -> tuple[float | None, list[int]]:
    """Walk from the default until an anchor breaks; return the last good factor, and what breaks."""
    good = 1.0
    while not _broken(name, good * step):
        good *= step
        if not 1 / FURTHEST < good < FURTHEST:
            return None, []
    bad = good * step
    for _ in range(40):
        middle = (good + bad) / 2
        good, bad = (good, middle) if _broken(name, middle) else (middle, bad)
    return good, _broken(name, bad)


def _breaks(numbers: list[int]) -> str:
    if numbers == [0]:
        return "the number is refused"
    if len(numbers) == 1:
        return f"case {numbers[0]} breaks"
    return f"cases {', '.join(map(str, numbers[:-1]))} and {numbers[-1]} break"


def _bound(name: str, step: float, word: str) -> str:
    factor, breaks = _edge(name, step)
    if factor is None:
        return f"{word} without end"
    default = DEFAULTS[name]
    at = f"{factor:.2g} times" if isinstance(default, tuple) else number(default * factor)
    return f"{word} to about {at}, beyond which {_breaks(breaks)}"


def span(name: str) -> str:
    """Say how far a parameter may move, all else equal, before an anchor breaks."""
    default = DEFAULTS[name]
    points = isinstance(default, tuple)
    told = f"The points of `{name}`" if points else f"`{name}` is {number(default)}. It"
    down, up = (1.1, 1 / 1.1) if not points and default < 0 else (1 / 1.1, 1.1)
    return f"{told} can go {_bound(name, down, 'down')}, and {_bound(name, up, 'up')}, all else equal."


def _people() -> dict[str, cr.Borrower]:
    cases = {f"case {number}: {anchor.title}": anchor.borrower for number, anchor in ANCHORS.items()}
    return cases | {name: cr.Borrower(**fields) for name, fields in TYPICAL.items()}


def _differs(assessments: list[cr.Assessment]) -> bool:
    probabilities = [assessment.visit_probability for assessment in assessments]
    channels = {assessment.channel for assessment in assessments}
    differs = max(probabilities) > SAME * min(probabilities) and max(probabilities) > NEVER
    return len(channels) > 1 or differs


def compared(houses: dict[str, cr.RuleScorer]) -> str:
    """Return what each house says of every borrower on whom they differ."""
    rows = []
    for who, borrower in _people().items():
        assessments = [house.assess(borrower) for house in houses.values()]
        if _differs(assessments):
            rows.append([who, *map(answer, assessments)])
    return table(["borrower", *houses], rows)


def change(name: str, factors: tuple[float, float, float] = (0.5, 1.0, 2.0)) -> Callable[[], str]:
    """Return the maker of a parameter's part of the page."""

    def make() -> str:
        default = DEFAULTS[name]
        curve = isinstance(default, tuple)
        heads = [f"× {factor:g}" if curve else f"`{name}={_scaled(default, factor):g}`" for factor in factors]
        houses = {head: _house(name, factor) for head, factor in zip(heads, factors, strict=True)}
        return f"{span(name)}\n\n{compared(houses)}"

    return make
