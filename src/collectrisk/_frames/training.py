"""Reading all rows of an eager frame at once, for a fit or a plot."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._fields import field_specs
from collectrisk._frames.blocks import BlockReader
from collectrisk._frames.columns import open_table
from collectrisk._frames.names import ColumnNames, spec_for_kind
from collectrisk._frames.validation import problems_of
from collectrisk.errors import ArgumentError, InvalidRowsError
from collectrisk.mapping import Mapping

if TYPE_CHECKING:
    from collections.abc import Mapping as AnyMapping

    from collectrisk._borrower import Borrower
    from collectrisk._fields import FieldSpec
    from collectrisk._frames.blocks import Record
    from collectrisk.mapping._mapping import Columns


def column_specs(data: Any, borrower_type: type[Borrower]) -> dict[str, FieldSpec]:
    """Return the spec of each column of a frame; columns of private fields are left out.

    The values of a column that is not a field may be missing, unless it is a flag.
    """
    fields = field_specs(borrower_type)
    defaults: dict[str, Any] = {"number": math.nan, "text": None}
    specs: dict[str, FieldSpec] = {}
    for name, column in open_table(data).columns.items():
        if name not in fields:
            spec = spec_for_kind(name, column.kind)
            default = defaults.get(spec.validator.kind, attrs.NOTHING)
            specs[name] = attrs.evolve(spec, default=default)
        elif not fields[name].private:
            specs[name] = fields[name]
    return specs


def read_columns(
    data: Any, borrower_type: type[Borrower], needed: AnyMapping[str, FieldSpec], columns: Columns | None
) -> tuple[Record, int]:
    """Return the record of all rows, and their number.

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
    reader = BlockReader(
        table, ColumnNames(tuple(table.columns), borrower_type, tuple(needed), mapping, needed)
    )
    record, _ = reader.block(0, table.rows)
    if problems := problems_of(reader.validators.values()):
        raise InvalidRowsError(problems)
    return record, table.rows
