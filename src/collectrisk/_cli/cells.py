"""Cells of a CSV file read as the borrower's fields: strictly, and nothing lost where they cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from collectrisk._fields import FlagValidator, NumberValidator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from collectrisk._fields import Validator

FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class Unread:
    """A cell that cannot be read as its field; no rule takes it for a value."""


def _number(cell: pl.Expr, *, whole: bool) -> pl.Expr:
    value = cell.cast(pl.Float64, strict=False)
    if not whole:
        return value
    return pl.when(value == value.floor()).then(value.cast(pl.Int64, strict=False))


def _value(name: str, rule: Validator) -> pl.Expr:
    cell = pl.col(name)
    if isinstance(rule, NumberValidator):
        return _number(cell, whole=rule.integer).alias(name)
    if isinstance(rule, FlagValidator):
        return cell.str.to_lowercase().replace_strict(FLAGS, default=None, return_dtype=pl.Boolean)
    return cell


def _known(name: str, rule: Validator) -> pl.Expr:
    cell = pl.col(name)
    absent = ["", "nan"] if isinstance(rule, NumberValidator) else [""]
    return pl.when(~cell.str.to_lowercase().is_in(absent)).then(cell).alias(name)


def known_cells(texts: pl.DataFrame, rules: Mapping[str, Validator]) -> pl.DataFrame:
    """Return the frame with null where a cell in quotes is empty or a number is written NaN.

    Parameters
    ----------
    texts : polars.DataFrame
        The cells; null where nothing is written.
    rules : mapping of str to Validator
        The rule of the field that each column holds, by column name.
    """
    return texts.with_columns(_known(name, rule) for name, rule in rules.items())


def read_cells(texts: pl.DataFrame, rules: Mapping[str, Validator]) -> pl.DataFrame:
    """Return the frame with each column that has a rule as numbers or flags; null where unreadable.

    Parameters
    ----------
    texts : polars.DataFrame
        The cells; null where not known.
    rules : mapping of str to Validator
        The rule of the field that each column holds, by column name.
    """
    return texts.with_columns(_value(name, rule) for name, rule in rules.items())


def with_unread(values: pl.DataFrame, texts: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """Mark unreadable cells among the values, for the field's own rule to refuse."""
    unread = {name: values[name].is_null() & texts[name].is_not_null() for name in columns}
    return values.with_columns(_mixed(values[name], where) for name, where in unread.items() if where.any())


def _mixed(values: pl.Series, unread: pl.Series) -> pl.Series:
    mixed = [Unread() if lost else value for value, lost in zip(values, unread, strict=True)]
    return pl.Series(values.name, mixed, dtype=pl.Object)
