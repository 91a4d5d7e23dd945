"""The effect of each parameter of the rule scorer: its valid range, and what a change does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from borrowers import ANCHORS, TYPICAL
from formatting import number, result, table

import collectrisk as cr
from collectrisk.errors import InvalidCardError

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULTS = {field.name: field.default for field in attrs.fields(cr.RuleScorer)}
LARGEST_FACTOR = 1_000.0
SAME_RATIO = 1.05
"""Up to this ratio two probabilities count as the same, and the row is left out."""
NEGLIGIBLE = 0.005
"""Below this probability, only a change of channel is shown."""


def _scaled(default: Any, factor: float) -> Any:
    """Return a number, or all points of a curve, times a factor."""
    if isinstance(default, tuple):
        return tuple((at, points * factor) for at, points in default)
    return default * factor


def _rules(name: str, factor: float) -> cr.RuleScorer:
    """Return the rule scorer with one parameter multiplied by a factor."""
    return cr.RuleScorer(**{name: _scaled(DEFAULTS[name], factor)})


def _failing_cases(name: str, factor: float) -> list[int]:
    """Return the anchor cases that fail; 0 means that the scorer rejects the value."""
    try:
        scorer = _rules(name, factor)
    except InvalidCardError:
        return [0]
    return [number for number, anchor in ANCHORS.items() if not anchor.holds(scorer)]


def _limit(name: str, step: float) -> tuple[float | None, list[int]]:
    """Return the last factor, in one direction, at which no anchor case fails, and which fail beyond."""
    good = 1.0
    while not _failing_cases(name, good * step):
        good *= step
        if not 1 / LARGEST_FACTOR < good < LARGEST_FACTOR:
            return None, []
    bad = good * step
    for _ in range(40):
        middle = (good + bad) / 2
        good, bad = (good, middle) if _failing_cases(name, middle) else (middle, bad)
    return good, _failing_cases(name, bad)


def _consequence(cases: list[int]) -> str:
    if cases == [0]:
        return "the value is rejected"
    if len(cases) == 1:
        return f"case {cases[0]} fails"
    return f"cases {', '.join(map(str, cases[:-1]))} and {cases[-1]} fail"


def _bound(name: str, step: float, title: str, side: str) -> str:
    factor, cases = _limit(name, step)
    if factor is None:
        return f"{title}: none."
    default = DEFAULTS[name]
    limit = f"{factor:.2g} times the default" if isinstance(default, tuple) else number(default * factor)
    return f"{title}: about {limit}; {side} it, {_consequence(cases)}."


def valid_range(name: str) -> str:
    """Return the range of a parameter, or of a factor on all points of a curve, all else at its default."""
    default = DEFAULTS[name]
    is_curve = isinstance(default, tuple)
    shrink, grow = (1 / 1.1, 1.1)
    down, up = (grow, shrink) if not is_curve and default < 0 else (shrink, grow)
    start = "All points scaled." if is_curve else f"Default: {number(default)}."
    return f"{start} {_bound(name, down, 'Minimum', 'below')} {_bound(name, up, 'Maximum', 'above')}"


def _borrowers() -> dict[str, cr.Borrower]:
    cases = {f"case {number}: {anchor.title}": anchor.borrower for number, anchor in ANCHORS.items()}
    return cases | {name: cr.Borrower(**fields) for name, fields in TYPICAL.items()}


def _differ(assessments: list[cr.Assessment]) -> bool:
    probabilities = [assessment.visit_probability for assessment in assessments]
    channels = {assessment.channel for assessment in assessments}
    changed = max(probabilities) > SAME_RATIO * min(probabilities) and max(probabilities) > NEGLIGIBLE
    return len(channels) > 1 or changed


def _comparison(scorers: dict[str, cr.RuleScorer]) -> str:
    """Return the results of each scorer for every borrower for whom they differ."""
    rows = []
    for name, borrower in _borrowers().items():
        assessments = [scorer.assess(borrower) for scorer in scorers.values()]
        if _differ(assessments):
            rows.append([name, *map(result, assessments)])
    return table(["borrower", *scorers], rows)


def effect(name: str, factors: tuple[float, ...]) -> Callable[[], str]:
    """Return the generator of a parameter's part of the page."""

    def generate() -> str:
        default = DEFAULTS[name]
        is_curve = isinstance(default, tuple)
        heads = [
            f"points × {factor:g}" if is_curve else f"`{name}={_scaled(default, factor):g}`"
            for factor in factors
        ]
        scorers = {head: _rules(name, factor) for head, factor in zip(heads, factors, strict=True)}
        return f"{valid_range(name)}\n\n{_comparison(scorers)}"

    return generate
