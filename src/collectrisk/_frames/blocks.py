"""Blocks of an eager frame's rows, validated, as the records that formulas read."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._fields import as_float
from collectrisk._frames.mapped import mapped_column
from collectrisk._frames.validation import ColumnValidator
from collectrisk._namespaces.array_columns import TextArray, as_column, as_number, is_column
from collectrisk._namespaces.masked import unmasked
from collectrisk.errors import CollectRiskError, FormulaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from collectrisk._formula import Formula
    from collectrisk._frames.columns import Table
    from collectrisk._frames.names import ColumnNames
    from collectrisk._typing import Array


def block_ranges(rows: int, size: int) -> list[tuple[int, int]]:
    """Return start and stop of blocks of at most `size` rows, equal in size so that threads end together."""
    count = -(-rows // size)
    return list(pairwise(rows * block // count for block in range(count + 1))) if rows else []


@attrs.frozen(slots=False)
class Record:
    """The fields of a block or frame as attributes, each read on first access; they cannot be set."""

    _read: Callable[[str], Any]

    def __getattr__(self, field: str) -> Any:
        if field.startswith("_"):
            raise AttributeError(field)
        self.__dict__[field] = values = self._read(field)
        return values


@contextmanager
def formula_errors(formula: Formula) -> Iterator[None]:
    """Convert errors of a formula on columns, with advice on what to write instead."""
    try:
        yield
    except CollectRiskError:
        raise
    except Exception as error:
        raise FormulaError.raised(formula.scorer, error, on="row" if formula.by_row else "columns") from error


def one_per_row(result: Any, rows: int) -> Array:
    """Return the result of a formula as an array; one number stands for every row."""
    result = unmasked(result)
    if not is_column(result):
        return np.broadcast_to(as_float(result), (rows,))
    if result.shape == (rows,):
        numbers: Array = as_number(result)
        return numbers
    if result.shape:
        raise TypeError(f"it returned an array of shape {result.shape} for {rows} rows")
    return np.broadcast_to(as_number(result), (rows,))


@attrs.define
class BlockReader:
    """Reads and validates the columns of a table, block by block.

    Attributes
    ----------
    table : Table
        The columns.
    names : ColumnNames
        Finds the column of each field.
    validators : dict of str to ColumnValidator
        The validator of each field that has been read.
    to_read : list of str
        The fields that are always validated.
    """

    table: Table
    names: ColumnNames
    validators: dict[str, ColumnValidator] = attrs.field(init=False, factory=dict)
    to_read: list[str] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Check the name and the type of every column before any row is read."""
        self.to_read = self.names.to_read()
        for field in self.to_read:
            with self.names.collecting():
                self._validator(field)
        self.names.refuse()

    def _validator(self, field: str) -> ColumnValidator | None:
        """Return the validator of a field, or None if the field is absent."""
        if field not in self.validators:
            columns = self.names.find(field)
            if columns is None:
                return None
            sources = tuple(self.table.columns[name] for name in columns)
            converter = self.names.converter(field, sources[0].kind)
            column = mapped_column(converter, sources, self.table.rows)
            self.validators[field] = ColumnValidator(converter.spec, column, self.table.rows)
        return self.validators[field]

    def block(self, start: int, stop: int) -> tuple[Record, Array]:
        """Return the record of a block, and a mask of invalid rows that grows as fields are read."""
        invalid_rows = np.zeros(stop - start, dtype=np.bool_)

        def read(field: str) -> Any:
            validator = self._validator(field)
            if validator is None:
                return self.names.specs[field].default
            values, invalid = validator.read(start, stop)
            if invalid is not None:
                invalid_rows[invalid] = True
            return _for_formula(values)

        record = Record(read)
        for field in self.to_read:
            getattr(record, field)
        return record, invalid_rows


def _for_formula(values: Any) -> Any:
    """Return a column that a formula cannot write to: the memory may be the user's."""
    if isinstance(values, np.ndarray):
        values = as_column(values)
        values.flags.writeable = False
    return values


def select_rows(values: Any, rows: Any) -> Any:
    """Return some rows of a column; a default, which stands for all rows, is returned as is."""
    if isinstance(values, TextArray):
        return attrs.evolve(values, codes=values.codes[rows])
    return as_column(values.view(np.ndarray)[rows]) if isinstance(values, np.ndarray) else values


def plain_columns(record: Any, fields: Iterable[str]) -> dict[str, Array]:
    """Return fields of a block of valid rows as arrays of floats, booleans and text."""
    rows = len(record._read("_rows"))  # noqa: SLF001  # hidden from formulas
    return {field: plain_column(getattr(record, field), rows) for field in fields}


def plain_column(values: Any, rows: int) -> Array:
    """Return a field of a block of valid rows as an array of floats, booleans or text."""
    if isinstance(values, TextArray):
        return np.array([*values.levels, None], dtype=object).take(values.codes)
    if isinstance(values, np.ndarray):
        plain = values.view(np.ndarray)
        return plain.astype(np.float64) if plain.dtype.kind in "iu" else plain
    default = str(values) if isinstance(values, str) else values
    return np.full(rows, default, dtype=object if isinstance(default, str) else None)
