"""Parsing the cells of a CSV file as a borrower's fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from collectrisk._fields import FlagValidator, NumberValidator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectrisk._fields import Validator

FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class Unparsable:
    """Replaces a cell that cannot be parsed; every validator rejects it."""


def _without_missing(name: str, validator: Validator) -> pl.Expr:
    """Return a column with null for quoted empty cells, and for NaN in a column of numbers."""
    cell = pl.col(name)
    missing = ["", "nan"] if isinstance(validator, NumberValidator) else [""]
    return pl.when(~cell.str.to_lowercase().is_in(missing)).then(cell).alias(name)


def _parsed(name: str, validator: Validator) -> pl.Expr:
    """Return a column as numbers, flags or text, with null for what cannot be parsed."""
    cell = pl.col(name)
    if isinstance(validator, FlagValidator):
        return cell.str.to_lowercase().replace_strict(FLAGS, default=None, return_dtype=pl.Boolean)
    if not isinstance(validator, NumberValidator):
        return cell
    value = cell.cast(pl.Float64, strict=False)
    if validator.integer:
        value = pl.when(value == value.floor()).then(value.cast(pl.Int64, strict=False))
    return value.alias(name)


def parse_cells(
    texts: pl.DataFrame, validators: Mapping[str, Validator]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parse the columns that contain fields.

    Parameters
    ----------
    texts : polars.DataFrame
        The cells; null where a cell is empty.
    validators : mapping of str to Validator
        The validator of the field that each column contains.

    Returns
    -------
    values : polars.DataFrame
        The frame with numbers and flags; null where a cell is missing or cannot be parsed.
    to_validate : polars.DataFrame
        The same, but with `Unparsable` where a cell cannot be parsed, so that it is not mistaken
        for a missing value.
    """
    known = texts.with_columns(_without_missing(*item) for item in validators.items())
    values = known.with_columns(_parsed(*item) for item in validators.items())
    marked = []
    for name in validators:
        unparsable = values[name].is_null() & known[name].is_not_null()
        if unparsable.any():
            pairs = zip(values[name], unparsable, strict=True)
            cells = [Unparsable() if bad else value for value, bad in pairs]
            marked.append(pl.Series(name, cells, dtype=pl.Object))
    return values, values.with_columns(marked)
