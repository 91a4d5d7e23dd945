"""Scoring an eager frame by row: blocks of valid rows, in parallel processes through joblib."""

from __future__ import annotations

import math
import sys
from collections import deque
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._fields import NumberValidator, as_float, field_specs
from collectrisk._frames.blocks import (
    Record,
    block_ranges,
    formula_errors,
    one_per_row,
    plain_columns,
    select_rows,
)
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk.errors import CollectRiskError, FormulaError, MissingExtraError, RowFormulaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from collectrisk._borrower import Borrower
    from collectrisk._fields import FieldSpec
    from collectrisk._formula import Formula
    from collectrisk._frames.blocks import BlockReader
    from collectrisk._typing import Array


@attrs.frozen(eq=False)
class RowBlock:
    """The valid rows of a block.

    Attributes
    ----------
    rows : array of int
        Their positions in the frame.
    columns : dict of str to object
        The values of each field.
    """

    rows: Array
    columns: dict[str, Any]

    def probability(self, formula: Formula) -> Array:
        """Return the visit probabilities; runs in any process."""
        if not len(self.rows):
            return np.empty(0)  # estimators raise without rows
        record = Record({**self.columns, "_rows": self.rows}.__getitem__)
        with np.errstate(all="ignore"), formula_errors(formula):
            return one_per_row(formula.probability(record, ARRAYS), len(self.rows))


def score_rows(formula: Formula, reader: BlockReader) -> Iterator[tuple[Array, Array]]:
    """Yield positions and visit probabilities of valid rows, block by block and in order."""
    ranges = block_ranges(reader.table.rows, formula.block_rows)
    absent = (name for name in reader.names.specs if not reader.names.needs_column(name))
    fields = list(dict.fromkeys([*reader.to_read, *absent]))
    positions: deque[Array] = deque()

    def blocks() -> Iterator[RowBlock]:
        for start, stop in ranges:
            with np.errstate(all="ignore"):
                record, invalid = reader.block(start, stop)
            columns = {field: select_rows(getattr(record, field), ~invalid) for field in fields}
            block = RowBlock(np.flatnonzero(~invalid) + start, columns)
            positions.append(block.rows)
            yield block

    results = _parallel(formula, blocks(), len(ranges))
    for probability in _with_progress(results, len(ranges)) if formula.progress else results:
        yield positions.popleft(), probability


def _parallel(formula: Formula, blocks: Iterator[RowBlock], count: int) -> Iterator[Array]:
    if formula.n_jobs == 1 or count < 2:
        return (block.probability(formula) for block in blocks)
    return _in_processes(formula, blocks)


def _in_processes(formula: Formula, blocks: Iterator[RowBlock]) -> Iterator[Array]:
    import joblib

    parallel = joblib.Parallel(n_jobs=formula.n_jobs, return_as="generator")
    try:
        yield from parallel(joblib.delayed(block.probability)(formula) for block in blocks)
    except CollectRiskError:
        raise
    except Exception as error:
        why, _, _ = str(error).partition("\n")
        raise FormulaError(
            formula.scorer,
            f"another process cannot score the rows ({type(error).__name__}: {why}). It may have run out "
            "of memory, or the scorer holds something that cannot be sent to it, such as a lock or an open "
            "file; set n_jobs = 1 on the class to score all rows in this process",
        ) from error


def _with_progress(results: Iterator[Array], count: int) -> Iterable[Array]:
    try:
        from rich.console import Console
        from rich.progress import track
    except ImportError:
        raise MissingExtraError("cli") from None
    return track(results, "scoring", total=count, console=Console(file=sys.stderr))


def _exceeds(values: Array, spec: FieldSpec) -> bool:
    """Return whether a number is above the field's plausible limit."""
    limit = getattr(spec.validator, "limit", math.inf)
    return values.dtype.kind in "iuf" and bool((values > limit).any())


@cache
def _without_limits(borrower_type: type) -> type:
    """Return a subclass in which every number is plausible."""
    specs = field_specs(borrower_type)
    names = [name for name, spec in specs.items() if isinstance(spec.validator, NumberValidator)]
    content = {"__slots__": (), "__module__": borrower_type.__module__}
    return type(
        borrower_type.__name__, (borrower_type,), {**content, "plausible": dict.fromkeys(names, math.inf)}
    )


def _as_passed(values: list[Any], spec: FieldSpec) -> list[Any]:
    """Return values as they are passed to the class of borrowers, whose own code may look at them."""
    if spec.nullable:
        values = [None if value != value else value for value in values]
    if spec.own is not None and getattr(spec.validator, "integer", False):
        values = [value if value is None else int(value) for value in values]
    return values


def map_rows(
    visit_probability: Callable[[Any], float], record: Any, borrower_type: type[Borrower], scorer: str
) -> Array:
    """Return the visit probability of each borrower in a block of valid rows.

    Raises
    ------
    RowFormulaError
        If the function raises, or does not return a probability; the error names the row.
    """
    kind: type = borrower_type
    specs = {name: spec for name, spec in field_specs(kind).items() if not spec.private}
    arrays = plain_columns(record, specs)
    if any(_exceeds(arrays[name], spec) for name, spec in specs.items()):
        # The frame was read with a higher limit than that of the class.
        kind = _without_limits(kind)
        specs = {name: field_specs(kind)[name] for name in specs}
    columns = [_as_passed(column.tolist(), specs[name]) for name, column in arrays.items()]
    positions = record._read("_rows")  # noqa: SLF001  # hidden from formulas
    result = np.empty(len(positions))
    for place, values in enumerate(zip(*columns, strict=True)):
        row = dict(zip(specs, values, strict=True))
        cause: Exception | None = None
        try:
            result[place] = as_float(visit_probability(kind(**row)))
            if 0 <= result[place] <= 1:
                continue
            why = f"returned {float(result[place])!r}, which is not a probability"
        except Exception as error:  # noqa: BLE001  # whatever a user's function raises
            why, cause = f"raised {type(error).__name__}: {error}", error
        validated = {name: spec.validate(row[name]) for name, spec in specs.items()}
        raise RowFormulaError(scorer, why, int(positions[place]), validated) from cause
    return result
