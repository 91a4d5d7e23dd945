"""The scorers and probabilities to evaluate, and their names."""

from __future__ import annotations

import numbers
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._channel import DEFAULT_LADDER, Ladder
from collectrisk._frames import open_table, values_of
from collectrisk._scorers.scorer import Scorer
from collectrisk.errors import ArgumentError, shown, type_name

if TYPE_CHECKING:
    from collectrisk._typing import Array
    from collectrisk.mapping._mapping import Columns


@attrs.frozen(eq=False)
class Candidate:
    """The visit probability of each row, with the name and ladder of what they come from."""

    name: str
    probability: Array
    ladder: Ladder


def default_name(scorer: Any) -> str:
    """Return the name in a report of a scorer without a given name."""
    if isinstance(scorer, str):
        return scorer
    return type(scorer).__name__ if isinstance(scorer, Scorer) else "probabilities"


def name_scorers(scorers: Any, argument: str = "scorers") -> dict[str, Any]:
    """Return scorers by name; those in a list have their default names, numbered if they repeat."""
    if isinstance(scorers, Mapping):
        return {str(name): scorer for name, scorer in scorers.items()}
    if not isinstance(scorers, Sequence) or isinstance(scorers, str):
        raise ArgumentError(argument, f"must be a mapping or a list, not {type_name(scorers)}")
    by_name: dict[str, Any] = {}
    for scorer in scorers:
        name, number = default_name(scorer), 1
        while name in by_name:
            number += 1
            name = f"{default_name(scorer)} {number}"
        by_name[name] = scorer
    return by_name


def read_candidate(
    scorer: Any, data: Any, columns: Columns | None, ladder: Ladder | None, name: str | None = None
) -> Candidate:
    """Return the probabilities to evaluate; see `collectrisk.evaluate` for the parameters."""
    if isinstance(scorer, Scorer):
        if data is None:
            raise ArgumentError("frame", f"is required: the {type(scorer).__name__} needs rows to score")
        probability = scorer.visit_probabilities(data, columns=columns)
        default_ladder = scorer.ladder
    elif hasattr(scorer, "predict_proba"):
        kind = type(scorer).__name__
        raise ArgumentError("scorer", f"must be a Scorer; wrap the {kind} in an EstimatorScorer")
    else:
        probability = _given_probabilities(scorer, data)
        default_ladder = DEFAULT_LADDER
    if not len(probability):
        raise ArgumentError("frame", "must have at least one row")
    return Candidate(name or default_name(scorer), probability, ladder or default_ladder)


def _given_probabilities(scorer: Any, data: Any) -> Array:
    values = values_of(scorer, data, "scorer")
    # NumPy would parse text as numbers.
    other = next((value for value in values if not isinstance(value, numbers.Real | None)), None)
    if other is not None:
        raise ArgumentError(
            "scorer", f"must be a Scorer or one probability per row; a value is {shown(other)}"
        )
    probability = np.array(values, dtype=np.float64)
    invalid = np.flatnonzero(~((probability >= 0) & (probability <= 1)))
    if len(invalid):
        first = f"row {invalid[0]}, from 0: {shown(probability[invalid[0]])}"
        raise ArgumentError(
            "scorer", f"must be probabilities from 0 to 1; {len(invalid):,} are not ({first})"
        )
    rows = len(values) if data is None else open_table(data).rows
    if values and rows != len(values):
        raise ArgumentError("scorer", f"has {len(values):,} probabilities, but the frame has {rows:,} rows")
    return probability
