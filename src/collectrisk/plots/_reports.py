"""The reports to draw together: one evaluation, several, or those of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from collectrisk.errors import ArgumentError
from collectrisk.evaluation import Comparison, Evaluation


def reports_of(evaluation: Any) -> list[Evaluation]:
    """Return one report or several as a list."""
    if isinstance(evaluation, Comparison):
        return list(evaluation.evaluations.values())
    several = isinstance(evaluation, Sequence) and not isinstance(evaluation, str)
    reports = list(evaluation) if several else [evaluation]
    strange = next((each for each in reports if not isinstance(each, Evaluation)), None)
    if strange is not None or not reports:
        seen = "none" if strange is None else f"a {type(strange).__name__}"
        raise ArgumentError(
            "evaluation", f"must be a report of evaluate or compare, or a list of them, not {seen}"
        )
    return reports
