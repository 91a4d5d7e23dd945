"""Reading a whole eager frame at once, for a fit: every column as a formula would see it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk.errors import InvalidBorrowersError
from collectrisk.fields import specs
from collectrisk.frames.door import problems_of
from collectrisk.frames.eager import Door
from collectrisk.frames.names import ColumnNames, spec_for_kind
from collectrisk.frames.opening import open_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectrisk.borrower import Borrower
    from collectrisk.fields import FieldSpec
    from collectrisk.frames.record import Record

__all__ = ["column_specs", "read_whole"]

ABSENT: dict[str, Any] = {"number": math.nan, "text": None}
"""What a missing value is read as where it may stay missing."""


def column_specs(data: Any, borrower_type: type[Borrower]) -> dict[str, FieldSpec]:
    """Return what each column of a frame holds: a field's own rule, or what its kind allows.

    A column of a private field is left out.
    """
    table = open_table(data)
    fields = specs(borrower_type)
    return {
        name: fields.get(name) or _missable(spec_for_kind(name, column.kind))
        for name, column in table.columns.items()
        if not (name in fields and fields[name].private)
    }


def _missable(spec: FieldSpec) -> FieldSpec:
    """Return the spec with missing numbers and texts let through; true or false must be known."""
    kind = spec.rule.kind
    return attrs.evolve(spec, default=ABSENT[kind]) if kind in ABSENT else spec


def read_whole(
    data: Any,
    borrower_type: type[Borrower],
    needed: Mapping[str, FieldSpec],
    mapping: Mapping[str, str | None],
) -> tuple[Record, int]:
    """Return the fields that are needed, whole, and the number of rows.

    Raises
    ------
    InvalidBorrowersError
        If rows break a rule.
    """
    table = open_table(data)
    names = ColumnNames(tuple(table.columns), borrower_type, tuple(needed), mapping, needed)
    door = Door(table.columns, names, table.rows)
    record, _ = door.block(0, table.rows)
    if problems := problems_of(door.keepers.values()):
        raise InvalidBorrowersError(problems)
    return record, table.rows
