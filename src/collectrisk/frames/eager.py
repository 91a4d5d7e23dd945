"""Scoring an eager frame: NumPy columns, a block of rows at a time, in constant extra memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import numpy.typing as npt

from collectrisk.errors import CollectRiskError, FormulaError
from collectrisk.frames.arrays import ARRAYS
from collectrisk.frames.door import Gatekeeper, problems_of, spec_for_kind
from collectrisk.frames.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectrisk.errors import ColumnProblem
    from collectrisk.frames.names import ColumnNames
    from collectrisk.frames.reading import Column
    from collectrisk.namespace import Formula

__all__ = ["Scores", "score_columns"]

Array = npt.NDArray[Any]

ROWS_IN_BLOCK = 16_384
"""So many rows of a column (128 KiB) stay in a core's cache while a formula runs over them."""


@attrs.frozen
class Scores:
    """What scoring found, a row a borrower.

    Attributes
    ----------
    probability : array of float
        Visit probability; NaN for an invalid row.
    channel : array of int
        Place on the ladder, from light to heavy; -1 for an invalid row.
    reasons : array of int, one row a rank
        Place of the reason among the characteristics; -1 where nothing more speaks.
    problems : tuple of ColumnProblem
        What was invalid.
    problem : array of int
        Place among `problem_texts`; -1 for a valid row.
    problem_texts : list of str
        The distinct texts of what is wrong with a row.
    """

    probability: Array
    channel: Array
    reasons: Array
    problems: tuple[ColumnProblem, ...]
    problem: Array
    problem_texts: list[str]


@attrs.define
class _Run:
    """One pass over the columns of a frame."""

    scorer: Formula
    columns: Mapping[str, Column]
    names: ColumnNames
    rows: int
    top: int
    keepers: dict[str, Gatekeeper] = attrs.Factory(dict)

    def door(self, field: str) -> Gatekeeper | Any:
        """Return the gatekeeper of a field's column, or the field's default if it is absent."""
        if field not in self.keepers:
            column = self.names.find(field)
            if column is None:
                return self.names.specs[field].default
            spec = self.names.specs.get(field) or spec_for_kind(field, self.columns[column].kind)
            self.keepers[field] = Gatekeeper(spec, self.columns[column], self.rows)
        return self.keepers[field]

    def block(self, start: int, stop: int) -> tuple[Array, Array | None]:
        """Return the probabilities of a block, NaN where invalid, and its reasons' places."""
        invalid = np.zeros(stop - start, dtype=np.bool_)

        def read(field: str) -> Any:
            keeper = self.door(field)
            if not isinstance(keeper, Gatekeeper):
                return keeper
            values, broken = keeper.read(start, stop)
            if broken is not None:
                invalid[broken] = True
            return values

        record = Record(read)
        for field in self.names.to_read():
            getattr(record, field)
        terms = self.scorer.terms(record, ARRAYS) if self.top else None
        probability = self._probability(record, terms)
        shaped = np.array(np.broadcast_to(probability, (stop - start,)), dtype=np.float64)
        shaped[invalid] = np.nan
        self._refuse_impossible(shaped, invalid)
        return shaped, None if terms is None else _largest(terms, self.top, stop - start)

    def _probability(self, record: Record, terms: list[Any] | None) -> Any:
        if terms is not None:
            return ARRAYS.logistic(ARRAYS.total([self.scorer.base, *terms]))
        return self.scorer.evaluate(record, ARRAYS)

    def _refuse_impossible(self, probability: Array, invalid: Array) -> None:
        impossible = ~((probability >= 0) & (probability <= 1) | invalid)
        if impossible.any():
            raise FormulaError.no_probability(type(self.scorer).__name__, float(probability[impossible][0]))


def _largest(terms: list[Any], top: int, rows: int) -> Array:
    """Return, for each row, the places of the terms of largest size; -1 for a term of zero."""
    size = np.abs(np.stack([np.broadcast_to(term, (rows,)) for term in terms]))
    order = np.argsort(-size, axis=0, kind="stable")[:top]
    order[np.take_along_axis(size, order, axis=0) == 0] = -1
    places = np.full((top, rows), -1, dtype=np.int16)
    places[: len(order)] = order
    return places


def _rungs(probability: Array, cuts: tuple[float, ...]) -> Array:
    """Return each probability's place on the ladder; -1 for NaN."""
    places = np.zeros(probability.shape, dtype=np.int8)
    for cut in cuts[1:]:
        places += probability >= cut
    places[np.isnan(probability)] = -1
    return places


def _row_problems(keepers: list[Gatekeeper], rows: int) -> tuple[Array, list[str]]:
    """Return each row's place among the texts of what is wrong, and those texts."""
    broken = [keeper for keeper in keepers if keeper.broken]
    which = np.zeros(rows, dtype=np.int64)
    for bit, keeper in enumerate(broken):
        which[np.concatenate(keeper.broken)] |= 1 << bit
    kinds, places = np.unique(which, return_inverse=True)
    texts = [
        "; ".join(
            f"{k.column.name} must be {k.spec.words}" for bit, k in enumerate(broken) if kind >> bit & 1
        )
        for kind in kinds.tolist()
        if kind
    ]
    return places - (1 if len(texts) < len(kinds) else 0), texts


def score_columns(
    scorer: Formula, columns: Mapping[str, Column], names: ColumnNames, rows: int, top: int = 0
) -> Scores:
    """Score every row, remembering rows that break a rule instead of stopping at them."""
    run = _Run(scorer, columns, names, rows, top)
    for field in names.to_read():
        run.door(field)
    probability = np.empty(rows)
    channel = np.empty(rows, dtype=np.int8)
    reasons = np.empty((top, rows), dtype=np.int16)
    with np.errstate(all="ignore"):
        for start in range(0, rows, ROWS_IN_BLOCK):
            stop = min(start + ROWS_IN_BLOCK, rows)
            probability[start:stop], places = _guarded(run, start, stop)
            channel[start:stop] = _rungs(probability[start:stop], scorer.ladder.cuts)
            if places is not None:
                reasons[:, start:stop] = places
    keepers = list(run.keepers.values())
    problem, texts = _row_problems(keepers, rows)
    return Scores(probability, channel, reasons, problems_of(keepers), problem, texts)


def _guarded(run: _Run, start: int, stop: int) -> tuple[Array, Array | None]:
    """Run a block; say once what a formula must not do on columns."""
    try:
        return run.block(start, stop)
    except CollectRiskError:
        raise
    except (TypeError, ValueError) as error:
        raise FormulaError.on_columns(type(run.scorer).__name__, error) from error
