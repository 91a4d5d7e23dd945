"""Reporting what a result rests on: which columns were read, and which values were missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._fields import is_missing
from collectrisk._frames.blocks import BlockReader, block_ranges
from collectrisk._frames.columns import table_of
from collectrisk._frames.engines import FrameNames
from collectrisk._frames.mapped import accounts_of
from collectrisk._frames.names import ColumnNames
from collectrisk._frames.native import open_frame
from collectrisk.input_report import SHOWN_VALUES, FieldInput, InputReport
from collectrisk.mapping._candidates import candidate_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectrisk._formula import Formula
    from collectrisk._frames.validation import ColumnValidator
    from collectrisk.mapping._mapping import Columns


def report_on(
    formula: Formula,
    names: ColumnNames,
    rows: int | None = None,
    skipped: int = 0,
    validators: Mapping[str, ColumnValidator] | None = None,
) -> InputReport:
    """Return the report on a frame that was read.

    Parameters
    ----------
    formula : Formula
        The scorer.
    names : ColumnNames
        The columns of the fields.
    rows, skipped : int
        The numbers of accounts and of skipped rows, if they are known.
    validators : mapping of str to ColumnValidator, optional
        The validator of each field that was read, which knows the missing values.
    """
    fields = []
    levels = _levels_of(formula.card)
    for field in names.fields():
        columns = names.find(field) or ()
        spec = names.known_spec(field)
        known = {} if validators is None else validators
        count = known[field].defaulted_rows if field in known else None if columns else rows
        default = None if spec is None or spec.required or is_missing(spec.default) else spec.default
        hint = _read_as_it_is(names, field, columns)
        report = FieldInput(field, columns, spec is None or spec.required, default, count, hint)
        if field in levels and field in known and known[field].spec.validator.kind == "text":
            unlisted = known[field].unlisted(levels[field])
            shown = tuple(unlisted)[:SHOWN_VALUES]
            report = attrs.evolve(report, unlisted=sum(unlisted.values()), unlisted_values=shown)
        fields.append(report)
    return InputReport(rows, skipped, tuple(fields), names.unused())


def _levels_of(card: Any) -> dict[str, set[str]]:
    """Return the levels of each field on a card, if there is one."""
    found: dict[str, set[str]] = {}
    for characteristic in () if card is None else card.characteristics:
        for field, levels in characteristic.levels_by_field.items():
            found.setdefault(field, set()).update(levels)
    return found


def _read_as_it_is(names: ColumnNames, field: str, columns: tuple[str, ...]) -> str:
    """Return what a column's name says about its values, if the mapping does not say it, or nothing."""
    rule = names.mapping.rule(field) if len(columns) == 1 else None
    if rule is None or rule.values is not None or rule.factor != 1 or rule.date is not None:
        return ""
    meant = candidate_of(str(columns[0]), names.candidate_specs)
    return meant.hint if meant is not None and meant.field == field and meant.keys else ""


def input_report(formula: Formula, frame: Any, columns: Columns | None) -> InputReport:
    """Read a frame and report on it; see `collectrisk.Scorer.input_report`."""
    data = open_frame(frame)
    names = ColumnNames.of(formula, FrameNames.of(data), columns)
    if isinstance(data, nw.LazyFrame):
        names.refuse_missing()
        return report_on(formula, names)
    accounts, _ = accounts_of(data, names.mapping)
    reader = BlockReader(table_of(accounts), names)
    for start, stop in block_ranges(len(accounts), formula.block_rows):
        reader.block(start, stop)
    return report_on(formula, names, len(accounts), len(data) - len(accounts), reader.validators)
