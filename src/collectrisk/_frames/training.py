"""Reading all rows of an eager frame at once, for a fit or a plot."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._fields import field_specs, is_boolean, is_number
from collectrisk._frames.blocks import BlockReader
from collectrisk._frames.columns import open_table, table_of
from collectrisk._frames.engines import FrameNames
from collectrisk._frames.names import ColumnNames, refuse_columns, spec_for_kind
from collectrisk._frames.validation import problems_of, type_error
from collectrisk.errors import ArgumentError, ColumnNameError, InvalidRowsError
from collectrisk.mapping import Mapping

if TYPE_CHECKING:
    from collections.abc import Mapping as AnyMapping

    import narwhals.stable.v2 as nw

    from collectrisk._borrower import Borrower
    from collectrisk._fields import FieldSpec
    from collectrisk._frames.blocks import Record
    from collectrisk.mapping import FieldMapping
    from collectrisk.mapping._mapping import Columns


def is_named(frame: nw.DataFrame[Any]) -> bool:
    """Return whether columns have names, which are text; if not, every column must contain numbers.

    Raises
    ------
    ColumnNameError
        If only some names are text.
    ColumnTypeError
        If columns without names contain something else than numbers.
    """
    others = [name for name in frame.columns if not isinstance(name, str)]
    if not others:
        return True
    if len(others) < len(frame.columns):
        why = "must be text, like the names of the other columns; rename or drop them"
        raise ColumnNameError(tuple(others), why)
    table = table_of(frame)
    refuse_columns(
        [
            type_error(spec_for_kind(column.name, "number"), column, table.rows)
            for column in table.columns.values()
            if column.kind not in {"number", "flag", "object"}
        ],
        {},
    )
    return False


def column_specs(
    data: Any, borrower_type: type[Borrower], columns: Columns | None = None
) -> dict[str, FieldSpec]:
    """Return the spec of each field that a frame contains, and of each column that is no field.

    Private fields are left out, and so are columns that a mapping reads as fields, or does not
    read because their field is in another column. The values of a column that is not a field may be
    missing, unless it is a flag.
    """
    table, mapping, fields = open_table(data), Mapping.of(columns), field_specs(borrower_type)
    rules = {field: rule for field, rule in mapping.fields.items() if rule is not None}
    sources = {column for rule in rules.values() for column in rule.columns}
    kept = [name for name in table.columns if name in fields or name not in sources]
    kinds = {name: table.columns[name].kind for name in kept if name not in mapping.fields}
    # A column that is absent is reported when it is read.
    kinds |= {
        field: _declared_kind(rule) or table.columns[rule.columns[0]].kind
        for field, rule in rules.items()
        if rule.columns[0] in table.columns
    }
    return {
        name: fields[name] if name in fields else _spec_of_column(name, kind)
        for name, kind in kinds.items()
        if name not in fields or not fields[name].private
    }


def _declared_kind(rule: FieldMapping) -> str:
    """Return the kind of values that a rule gives, or an empty string if it does not say it."""
    if rule.values is not None:
        values = rule.values.values()
        if all(map(is_boolean, values)):
            return "flag"
        return "number" if all(map(is_number, values)) else "text"
    is_written = rule.decimal is not None or rule.thousands is not None or rule.units
    if is_written or rule.date is not None or rule.factor != 1 or len(rule.columns) > 1:
        return "number"
    return "flag" if rule.true or rule.false else ""


def _spec_of_column(name: str, kind: str) -> FieldSpec:
    spec = spec_for_kind(name, kind)
    defaults: dict[str, Any] = {"number": math.nan, "text": None}
    return spec._replace(default=defaults.get(spec.validator.kind, attrs.NOTHING))


def read_columns(
    data: Any,
    borrower_type: type[Borrower],
    needed: AnyMapping[str, FieldSpec],
    columns: Columns | None,
    known: AnyMapping[str, FieldSpec] | None = None,
) -> tuple[Record, int]:
    """Return the record of all rows, and their number.

    Parameters
    ----------
    data : eager frame, or mapping of arrays
        The rows.
    borrower_type : type
        The class of borrowers.
    needed : mapping of str to FieldSpec
        The fields and columns to read.
    columns : Mapping, or mapping of str to (str or None), optional
        How they are read.
    known : mapping of str to FieldSpec, optional
        Columns that the mapping may name, besides those needed and the fields.

    Raises
    ------
    InvalidRowsError
        If rows contain invalid values.
    """
    table, mapping = open_table(data), Mapping.of(columns)
    if mapping.skip:
        raise ArgumentError(
            "columns",
            "must not skip rows in a fit, which has a label for each row: "
            "drop these rows and their labels first",
        )
    specs = {**(known or {}), **needed}
    names = ColumnNames(FrameNames(table.columns), borrower_type, tuple(needed), mapping, specs)
    reader = BlockReader(table, names)
    record, _ = reader.block(0, table.rows)
    if problems := problems_of(reader.validators.values()):
        raise InvalidRowsError(problems)
    return record, table.rows
