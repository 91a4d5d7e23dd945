"""What is evaluated: a scorer, or probabilities that came from elsewhere."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._channel import DEFAULT_LADDER, Ladder
from collectrisk._frames import open_table, values_of
from collectrisk._scorers.scorer import Scorer
from collectrisk.errors import ArgumentError, shown
from collectrisk.evaluation._names import default_name

if TYPE_CHECKING:
    from collectrisk._typing import Array, ColumnMapping


@attrs.frozen(eq=False)
class Candidate:
    """Visit probabilities, one a row, with a name and a ladder."""

    name: str
    probability: Array
    ladder: Ladder


def read_candidate(
    scorer: Any,
    data: Any,
    *,
    columns: ColumnMapping | None = None,
    ladder: Ladder | None = None,
    name: str | None = None,
) -> Candidate:
    """Return the probabilities of a scorer, or given ones; see `collectrisk.evaluate`."""
    name = name or default_name(scorer)
    if isinstance(scorer, Scorer):
        return Candidate(name, _scored(scorer, data, columns), ladder or scorer.ladder)
    if hasattr(scorer, "predict_proba"):
        kind = type(scorer).__name__
        raise ArgumentError("scorer", f"must be a Scorer; wrap the {kind} in an EstimatorScorer")
    return Candidate(name, _given(scorer, data), ladder or DEFAULT_LADDER)


def _scored(scorer: Scorer, data: Any, columns: ColumnMapping | None) -> Array:
    if data is None:
        raise ArgumentError("frame", f"must be given: the {type(scorer).__name__} needs rows to score")
    probability = scorer.visit_probabilities(data, columns=columns)
    _require_rows(len(probability))
    return probability


def _given(values: Any, data: Any) -> Array:
    probability = _as_floats(values_of(values, data, "scorer"))
    _require_rows(len(probability))
    _require_probabilities(probability)
    rows = len(probability) if data is None else open_table(data).rows
    if rows != len(probability):
        raise ArgumentError(
            "scorer", f"gives {len(probability):,} probabilities, and the frame has {rows:,} rows"
        )
    return probability


def _as_floats(values: list[Any]) -> Array:
    """Return numbers as floats; None is NaN, and text is never read as a number."""
    strange = next((value for value in values if not isinstance(value, numbers.Real | None)), None)
    if strange is not None:
        raise ArgumentError("scorer", f"must be a Scorer or probabilities, one a row, not {shown(strange)}")
    return np.array(values, dtype=np.float64)


def _require_rows(rows: int) -> None:
    if not rows:
        raise ArgumentError("frame", "must have at least one row")


def _require_probabilities(probability: Array) -> None:
    wrong = np.flatnonzero(~((probability >= 0) & (probability <= 1)))
    if len(wrong):
        seen = shown(probability[wrong[0]])
        raise ArgumentError(
            "scorer",
            f"must give probabilities, 0 to 1; {len(wrong):,} are not (row {wrong[0]}, from 0: {seen})",
        )
