"""Scoring an eager frame: NumPy columns, block by block, in constant extra memory."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._curves import POINTS_DECIMALS
from collectrisk._frames.blocks import (
    BlockReader,
    Record,
    block_ranges,
    formula_errors,
    one_per_row,
    select_rows,
)
from collectrisk._frames.details import INTERVAL, NONE
from collectrisk._frames.rows import score_rows
from collectrisk._frames.validation import ColumnValidator, problems_of
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk.errors import FormulaError, InvalidRowsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectrisk._formula import Formula
    from collectrisk._frames.columns import Table
    from collectrisk._frames.details import Details
    from collectrisk._frames.names import ColumnNames
    from collectrisk._typing import Array

MAX_THREADS = 4
"""More threads wait for the interpreter lock most of the time."""


@attrs.frozen(eq=False)
class Scores:
    """The result of scoring an eager frame, one element per row.

    Attributes
    ----------
    probability : array of float
        The visit probability; NaN for an invalid row.
    channel : array of int
        The index of the channel on the ladder; -1 for an invalid row.
    reasons : array of int, shape (n_reasons, n_rows)
        The index of the characteristic with the largest, second largest, ... effect; -1 for none.
    numbers : dict of str to array of float
        The interval and the points, by column; NaN for an invalid row.
    validators : mapping of str to ColumnValidator
        The validator of each field, which knows the invalid rows.
    skipped : int
        The number of rows that are not accounts.
    """

    probability: Array
    channel: Array
    reasons: Array
    numbers: dict[str, Array]
    validators: Mapping[str, ColumnValidator]
    skipped: int = 0

    def spread(self, rows: Array, length: int) -> Scores:
        """Return the same scores for a longer frame, of which only some rows were scored.

        Parameters
        ----------
        rows : array of int
            The position of each scored row in the longer frame.
        length : int
            The number of rows of the longer frame.
        """

        def longer(values: Array, missing: float) -> Array:
            found = np.full((*values.shape[:-1], length), missing, dtype=values.dtype)
            found[..., rows] = values
            return found

        for each in self.validators.values():
            each.positions = rows
        return Scores(
            longer(self.probability, np.nan),
            longer(self.channel, -1),
            longer(self.reasons, -1),
            {name: longer(values, np.nan) for name, values in self.numbers.items()},
            self.validators,
            length - len(rows),
        )

    def raise_if_invalid(self) -> None:
        """Raise `InvalidRowsError` if any row is invalid."""
        if problems := problems_of(self.validators.values()):
            raise InvalidRowsError(problems)


def score_table(formula: Formula, table: Table, names: ColumnNames, details: Details = NONE) -> Scores:
    """Score every row; invalid rows are recorded and get NaN."""
    reader = BlockReader(table, names)
    reasons = np.empty((details.reasons, table.rows), dtype=np.int16)
    numbers = {name: np.empty(table.rows) for name in details.number_names(formula)}
    channel = np.empty(table.rows, dtype=np.int8)
    scores = Scores(np.empty(table.rows), channel, reasons, numbers, reader.validators)
    if formula.by_row:
        scores.probability[:] = np.nan
        for rows, probability in score_rows(formula, reader):
            _require_probabilities(formula, probability, np.zeros(len(rows), dtype=np.bool_))
            scores.probability[rows] = probability
        channel[:] = formula.ladder.channel(scores.probability, ARRAYS).codes
        return scores

    def score(block: tuple[int, int]) -> None:
        _score_block(formula, reader, scores, details, slice(*block))

    ranges = block_ranges(table.rows, formula.block_rows)
    if formula.threads and len(ranges) > 1:
        # NumPy releases the interpreter lock while it works on a block.
        with ThreadPoolExecutor(min(MAX_THREADS, os.cpu_count() or 1)) as pool:
            # Consuming the results in order raises the error of the first row.
            deque(pool.map(score, ranges), maxlen=0)
    else:
        for block in ranges:
            score(block)
    return scores


def _score_block(
    formula: Formula, reader: BlockReader, scores: Scores, details: Details, block: slice
) -> None:
    probability, reasons = scores.probability[block], scores.reasons[:, block]
    numbers = {name: values[block] for name, values in scores.numbers.items()}
    with np.errstate(all="ignore"):
        record, invalid = reader.block(block.start, block.stop)
        rows: Any = slice(None)
        with formula_errors(formula):
            try:
                computed = _compute(formula, record, len(invalid), details)
            except Exception:
                if not invalid.any():
                    raise
                # An invalid row may be what the formula cannot compute.
                rows = np.flatnonzero(~invalid)
                valid = Record(lambda field: select_rows(getattr(record, field), rows))
                computed = _compute(formula, valid, len(rows), details)
        probability[rows], reasons[:, rows], found = computed
        for name, values in found.items():
            numbers[name][rows] = values
        if invalid.any():
            for column in (probability, *numbers.values()):
                column[invalid] = np.nan
            reasons[:, invalid] = -1
        _require_probabilities(formula, probability, invalid)
        # While the probabilities are in the processor's cache.
        scores.channel[block] = formula.ladder.channel(probability, ARRAYS).codes


def _compute(
    formula: Formula, record: Record, rows: int, details: Details
) -> tuple[Array, Array, dict[str, Array]]:
    """Return each row's visit probability, the indices of its largest points, and its interval and points."""
    largest = np.full((details.reasons, rows), -1, dtype=np.int16)
    if details == NONE or formula.points is None:
        return one_per_row(formula.probability(record, ARRAYS), rows), largest, {}
    points = formula.points(record, ARRAYS)
    log_odds = ARRAYS.total([formula.base, *points])
    columns = [one_per_row(each, rows) for each in points]
    numbers = dict(zip(details.point_names(formula), columns, strict=False))
    if details.interval and formula.half_widths is not None:
        half_width = formula.half_widths(record, rows)
        ends = (ARRAYS.logistic(log_odds + each) for each in (-half_width, half_width))
        numbers |= zip(INTERVAL, ends, strict=True)
    if columns and details.reasons:
        largest = _largest(columns, details.reasons, rows, details.sign)
    return one_per_row(ARRAYS.logistic(log_odds), rows), largest, numbers


def _require_probabilities(formula: Formula, probability: Array, invalid: Array) -> None:
    if len(probability) and probability.min() >= 0 and probability.max() <= 1:
        return
    wrong = ~((probability >= 0) & (probability <= 1) | invalid)
    if wrong.any():
        raise FormulaError.not_a_probability(formula.scorer, float(probability[wrong][0]))


def _largest(points: list[Array], n_reasons: int, rows: int, sign: int) -> Array:
    """Return, for each row, the indices of the largest points of a sign; -1 where there are no more."""
    rounded = np.stack(points).round(POINTS_DECIMALS)
    size = np.maximum(rounded * sign, 0.0) if sign else np.abs(rounded)
    order = np.argsort(-size, axis=0, kind="stable")[:n_reasons]
    order[np.take_along_axis(size, order, axis=0) == 0] = -1
    largest = np.full((n_reasons, rows), -1, dtype=np.int16)
    largest[: len(order)] = order
    return largest
