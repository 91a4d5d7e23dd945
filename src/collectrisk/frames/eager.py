"""Scoring an eager frame: NumPy columns, a block of rows at a time, in constant extra memory."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import numpy.typing as npt

from collectrisk.curves import DECIMALS_THAT_COUNT
from collectrisk.errors import FormulaError
from collectrisk.frames.arrays import ARRAYS, TextArray
from collectrisk.frames.door import Gatekeeper
from collectrisk.frames.record import Record, trying
from collectrisk.frames.rows import RowBlock, evaluated
from collectrisk.frames.scores import Scores, blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from collectrisk.frames.names import ColumnNames
    from collectrisk.frames.reading import Column
    from collectrisk.namespace import Formula

__all__ = ["Door", "score_columns"]

Array = npt.NDArray[Any]

MOST_THREADS = 4
"""More threads than this wait for Python's lock rather than work."""


@attrs.define
class Door:
    """Lets the columns of a frame in, a block at a time."""

    columns: Mapping[str, Column]
    names: ColumnNames
    rows: int
    keepers: dict[str, Gatekeeper] = attrs.Factory(dict)
    to_read: list[str] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Check the type of every column to read before any row is."""
        self.to_read = self.names.to_read()
        for field in self.to_read:
            self.keeper(field)

    def keeper(self, field: str) -> Gatekeeper | Any:
        """Return the gatekeeper of a field's column, or the field's default if it is absent."""
        if field not in self.keepers:
            column = self.names.find(field)
            if column is None:
                return self.names.specs[field].default
            spec = self.names.spec(field, self.columns[column].kind)
            self.keepers[field] = Gatekeeper(spec, self.columns[column], self.rows)
        return self.keepers[field]

    def block(self, start: int, stop: int) -> tuple[Record, Array]:
        """Return the record of a block, and where its rows are invalid as far as it was read."""
        invalid = np.zeros(stop - start, dtype=np.bool_)

        def read(field: str) -> Any:
            keeper = self.keeper(field)
            if not isinstance(keeper, Gatekeeper):
                return keeper
            values, broken = keeper.read(start, stop)
            if broken is not None:
                invalid[broken] = True
            return _read_only(values)

        record = Record(read)
        for field in self.to_read:
            getattr(record, field)
        return record, invalid


def _read_only(values: Any) -> Any:
    """Return a column that a formula cannot change: it may be the user's own."""
    if isinstance(values, np.ndarray):
        values = values.view()
        values.flags.writeable = False
    return values


def _in_columns(scorer: Formula, door: Door, top: int, scores: Scores) -> None:
    """Score blocks of columns, on several threads where the scorer bears it; NumPy works outside the lock."""
    ranges = blocks(door.rows, scorer.run_plan.rows_in_block)

    def score(block: tuple[int, int]) -> None:
        _score_block(scorer, door, top, scores, block)

    if scorer.run_plan.in_threads and len(ranges) > 1:
        with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
            # Results are asked for in order, so that the error of the first row is the one raised.
            deque(pool.map(score, ranges), maxlen=0)
    else:
        for block in ranges:
            score(block)


def _score_block(scorer: Formula, door: Door, top: int, scores: Scores, block: tuple[int, int]) -> None:
    start, stop = block
    with np.errstate(all="ignore"):
        record, invalid = door.block(start, stop)
        with trying(scorer):
            terms = scorer.terms(record, ARRAYS) if top else None
            scores.probability[start:stop] = _probability(scorer, record, terms)
        scores.probability[start:stop][invalid] = np.nan
        _refuse_impossible(scorer, scores.probability[start:stop], invalid)
        if terms is not None:
            scores.reasons[:, start:stop] = np.where(invalid, -1, _largest(terms, top, stop - start))


def _probability(scorer: Formula, record: Record, terms: list[Any] | None) -> Any:
    if terms is None:
        return scorer.evaluate(record, ARRAYS)
    return ARRAYS.logistic(ARRAYS.total([scorer.base, *terms]))


def _in_rows(scorer: Formula, door: Door, scores: Scores) -> None:
    """Score blocks of valid rows; an invalid row never reaches the scorer."""
    scores.probability[:] = np.nan
    ranges = blocks(door.rows, scorer.run_plan.rows_in_block)
    fields = list(dict.fromkeys([*door.to_read, *door.names.specs]))

    def valid_rows() -> Iterator[RowBlock]:
        for start, stop in ranges:
            with np.errstate(all="ignore"):
                record, invalid = door.block(start, stop)
            columns = {field: _kept(getattr(record, field), ~invalid) for field in fields}
            yield RowBlock(np.flatnonzero(~invalid) + start, columns)

    for rows, probability in evaluated(scorer, valid_rows(), len(ranges)):
        _refuse_impossible(scorer, probability, np.zeros(len(rows), dtype=np.bool_))
        scores.probability[rows] = probability


def _kept(values: Any, valid: Array) -> Any:
    """Return a column's valid rows; a default stands for all rows."""
    if isinstance(values, TextArray):
        return attrs.evolve(values, codes=values.codes[valid])
    return values[valid] if isinstance(values, np.ndarray) else values


def _refuse_impossible(scorer: Formula, probability: Array, invalid: Array) -> None:
    if len(probability) and probability.min() >= 0 and probability.max() <= 1:
        return
    impossible = ~((probability >= 0) & (probability <= 1) | invalid)
    if impossible.any():
        raise FormulaError.no_probability(type(scorer).__name__, float(probability[impossible][0]))


def _largest(terms: list[Any], top: int, rows: int) -> Array:
    """Return, for each row, the places of the terms of largest size; -1 for a term of zero."""
    size = np.abs(np.stack([np.broadcast_to(term, (rows,)) for term in terms]).round(DECIMALS_THAT_COUNT))
    order = np.argsort(-size, axis=0, kind="stable")[:top]
    order[np.take_along_axis(size, order, axis=0) == 0] = -1
    places = np.full((top, rows), -1, dtype=np.int16)
    places[: len(order)] = order
    return places


def score_columns(
    scorer: Formula, columns: Mapping[str, Column], names: ColumnNames, rows: int, top: int = 0
) -> Scores:
    """Score every row, remembering rows that break a rule instead of stopping at them."""
    door = Door(columns, names, rows)
    scores = Scores(np.empty(rows), np.empty((top, rows), dtype=np.int16), door.keepers)
    if scorer.run_plan.in_columns:
        _in_columns(scorer, door, top, scores)
    else:
        _in_rows(scorer, door, scores)
    return scores
