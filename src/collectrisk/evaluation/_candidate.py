"""The scorers and probabilities to evaluate, and their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._channel import DEFAULT_LADDER, Ladder
from collectrisk._frames import account_rows, open_table
from collectrisk._scorers.scorer import Scorer, formula_of, require_fitted
from collectrisk.errors import ArgumentError, shown, type_name
from collectrisk.evaluation._values import read_numbers
from collectrisk.mapping import Mapping as FieldColumns
from collectrisk.mapping._kept import reads_alike

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
        by_text = {str(name): scorer for name, scorer in scorers.items()}
        if len(by_text) < len(scorers):
            raise ArgumentError(argument, f"must have different names as text, not {list(scorers)}")
        return by_text
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


def accounts_for(scorers: Mapping[str, Any], data: Any, columns: Columns | None) -> Array | None:
    """Return the rows that are accounts by the mapping of all scorers; None if there is no frame.

    Raises
    ------
    ArgumentError
        If a scorer is not fitted, or `columns` is not passed and two scorers keep mappings that read a
        frame in different ways.
    """
    by_name = {name: each for name, each in scorers.items() if isinstance(each, Scorer)}
    for each in by_name.values():
        require_fitted(each, "scorer")
    if columns is None:
        columns = _kept_by_all(by_name)
    return None if data is None else account_rows(data, columns)


def _kept_by_all(scorers: Mapping[str, Scorer]) -> FieldColumns:
    mappings = {name: FieldColumns.of(formula_of(each).columns) for name, each in scorers.items()}
    first, mapping = next(iter(mappings.items()), ("", FieldColumns()))
    other = next((name for name, each in mappings.items() if not reads_alike(each, mapping)), None)
    if other is not None:
        raise ArgumentError(
            "columns",
            f"must be passed, because {first!r} and {other!r} keep different mappings and would read the "
            "frame in different ways: pass the mapping of this frame, such as columns=scorer.card.columns, "
            "or columns={} if each field is in the column of its own name",
        )
    return mapping


def read_candidate(
    scorer: Any,
    data: Any,
    columns: Columns | None,
    ladder: Ladder | None,
    name: str | None = None,
    *,
    accounts: Array | None = None,
) -> Candidate:
    """Return the probabilities to evaluate; see `collectrisk.evaluate` for the parameters.

    `accounts` contains the rows that the mapping does not skip; all rows by default.
    """
    if not isinstance(ladder, Ladder | None):
        raise ArgumentError("ladder", f"must be a Ladder, not {type_name(ladder)}")
    if isinstance(scorer, Scorer):
        if data is None:
            raise ArgumentError("frame", f"is required: the {type(scorer).__name__} needs rows to score")
        probability = scorer.visit_probabilities(data, columns=columns)
        default_ladder = scorer.ladder
    elif hasattr(scorer, "predict_proba"):
        kind = type(scorer).__name__
        raise ArgumentError("scorer", f"must be a Scorer; wrap the {kind} in an EstimatorScorer")
    else:
        probability = _given_probabilities(scorer, data, accounts)
        default_ladder = DEFAULT_LADDER
    if not len(probability):
        raise ArgumentError("frame", "must have at least one row")
    if accounts is not None and not len(accounts):
        raise ArgumentError("frame", "must have at least one row that the mapping does not skip")
    return Candidate(default_name(scorer) if name is None else name, probability, ladder or default_ladder)


def _given_probabilities(scorer: Any, data: Any, accounts: Array | None) -> Array:
    probability = read_numbers(scorer, data, "scorer", "a Scorer or one probability per row")
    invalid = np.flatnonzero(~((probability >= 0) & (probability <= 1)))
    if accounts is not None:
        invalid = np.intersect1d(invalid, accounts)
    if len(invalid):
        first = f"row {invalid[0]}, from 0: {shown(probability[invalid[0]])}"
        raise ArgumentError(
            "scorer", f"must be probabilities from 0 to 1; {len(invalid):,} are not ({first})"
        )
    given = len(probability)
    rows = given if data is None else open_table(data).rows
    if given and rows != given:
        raise ArgumentError("scorer", f"has {given:,} probabilities, but the frame has {rows:,} rows")
    return probability
