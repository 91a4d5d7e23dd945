"""Scoring a lazy frame: expressions that the frame's engine runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._fields import ChoiceValidator, FieldSpec, NumberValidator, is_missing
from collectrisk._formula import as_float
from collectrisk._frames.blocks import Record, formula_errors
from collectrisk._frames.columns import kind_of
from collectrisk._frames.engines import null_columns, quoted, refuse_qualified, unused_prefix
from collectrisk._frames.mapped import (
    NULLS,
    in_range,
    lazy_hint,
    mapped_expression,
    readable_lazily,
    skipped_rows,
)
from collectrisk._frames.validation import matches, wrong_kind
from collectrisk._namespaces.expression_columns import Expression, Kind, Range, as_number, is_column
from collectrisk._namespaces.expressions import EXPRESSIONS
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collectrisk._formula import Formula
    from collectrisk._frames.names import ColumnNames
    from collectrisk.mapping._convert import Converter

PREFIX = "__collectrisk_"

KINDS: dict[str, Kind] = {"number": "number", "flag": "condition", "choice": "text", "text": "text"}
"""What a formula computes with, by the kind of the field's validator."""


def _number(raw: nw.Expr, validator: NumberValidator, default: Any, *, integer: bool) -> nw.Expr:
    value = raw.cast(nw.Float64)
    if not integer:
        value = nw.when(~value.is_nan()).then(value)
    if not (default is attrs.NOTHING or is_missing(default)):
        value = value.fill_null(nw.lit(float(default)))
    return in_range(value, validator, integer=integer)


def _plain(default: Any) -> Any:
    """Return a default as the engine holds it: numbers are floats, enum members text."""
    if isinstance(default, bool):
        return default
    return str(default) if isinstance(default, str) else float(default)


def _text(raw: nw.Expr, spec: FieldSpec) -> nw.Expr:
    value = raw.cast(nw.String)
    if not (spec.required or spec.nullable):
        value = value.fill_null(nw.lit(str(spec.default)))
    if isinstance(spec.validator, ChoiceValidator):
        return nw.when(value.is_in(spec.validator.values)).then(value)
    return value


def _clean(column: str, spec: FieldSpec, dtype: nw.dtypes.DType) -> nw.Expr:
    """Return a column's values as the formula sees them, null where they are invalid."""
    raw = nw.col(column)
    if isinstance(spec.validator, NumberValidator):
        return _number(raw, spec.validator, spec.default, integer=dtype.is_integer())
    if spec.validator.kind == "flag":
        return raw if spec.required else raw.fill_null(nw.lit(spec.default))
    return _text(raw, spec)


def _valid(column: str, cleaned: str, spec: FieldSpec) -> nw.Expr:
    """Return where a value is valid: known, or missing in a field where it may be."""
    known = ~nw.col(cleaned).is_null()
    if not spec.nullable:
        return known
    if isinstance(spec.validator, NumberValidator):
        return known | nw.col(column).is_null() | nw.col(column).cast(nw.Float64).is_nan()
    return known | nw.col(column).is_null()


@attrs.define
class _Run:
    """Builds the expressions of one formula on one frame."""

    names: ColumnNames
    frame: nw.LazyFrame[Any]
    schema: dict[str, nw.dtypes.DType]
    engine: nw.Implementation
    nulls: set[str]
    prefix: str
    cleaned: dict[str, nw.Expr] = attrs.Factory(dict)
    valid: list[nw.Expr] = attrs.Factory(list)

    @classmethod
    def of(cls, frame: nw.LazyFrame[Any], names: ColumnNames) -> _Run:
        """Return a run on a frame."""
        schema = dict(frame.collect_schema())
        prefix = unused_prefix(PREFIX, schema)
        return cls(names, frame, schema, frame.implementation, null_columns(frame), prefix)

    def read(self, field: str) -> Any:
        """Return the expression of a field, or its default if it is absent."""
        columns = self.names.find(field)
        if columns is None:
            return self.names.specs[field].default
        temporary = f"{self.prefix}{len(self.cleaned)}"
        self._look_for_nulls(field, columns)
        kinds = {name: self._kind(name) for name in columns}
        converter = self.names.converter(field, kinds[columns[0]])
        spec = converter.spec
        if spec.own is not None:
            raise ArgumentError(
                "borrower_type",
                f"must not have a validator of its own to score a lazy frame, and it has one for {field!r}, "
                "which cannot run in a query; collect the frame first",
            )
        kind = kinds[columns[0]]
        if converter.changes_nothing and (matches(spec, kind) or not readable_lazily(converter, kind)):
            cleaned = self._clean(spec, columns[0], lazy_hint(converter, kind))
            self.valid.append(_valid(quoted(columns[0], self.engine), temporary, spec))
        else:
            cleaned, valid = self._mapped(converter, kinds)
            self.valid.append(~nw.col(temporary).is_null() | valid)
        self.cleaned[temporary] = cleaned.alias(temporary)
        # A null in any other field makes the row invalid, whatever the formula returns for it.
        found = Range.MISSING if spec.nullable else Range.FINITE
        return Expression(nw.col(temporary), KINDS[spec.validator.kind], found)

    def _look_for_nulls(self, field: str, columns: tuple[str, ...]) -> None:
        """Find columns of nulls, to which DuckDB before 2.0 gives the type of integers."""
        spec = self.names.known_spec(field)
        if not self.engine.is_duckdb() or spec is None or spec.validator.kind == "number":
            return
        for column in columns:
            if isinstance(self.schema[column], nw.Int32):
                known = self.frame.filter(~nw.col(column).is_null()).select(column).head(1)
                if len(known.collect()) == 0:
                    self.nulls.add(column)

    def _kind(self, column: str) -> str:
        return NULLS if column in self.nulls else kind_of(self.schema[column])

    def _mapped(self, converter: Converter, kinds: dict[str, str]) -> tuple[nw.Expr, nw.Expr]:
        """Return a converted field, null where it is invalid or missing, and where null is valid."""
        spec = converter.spec
        for column, kind in kinds.items():
            if not readable_lazily(converter, kind):
                raise wrong_kind(spec, column, kind, advice=lazy_hint(converter, kind))
        sources = {quoted(name, self.engine): kind for name, kind in kinds.items()}
        value, missing = mapped_expression(converter, sources)
        if isinstance(spec.validator, NumberValidator):
            value = in_range(value, spec.validator)
        elif isinstance(spec.validator, ChoiceValidator):
            value = nw.when(value.is_in(spec.validator.values)).then(value)
        if spec.required:
            return value, nw.lit(value=False)
        if spec.nullable:
            return value, missing
        return nw.when(missing).then(nw.lit(_plain(spec.default))).otherwise(value), nw.lit(value=False)

    def _clean(self, spec: FieldSpec, column: str, advice: str) -> nw.Expr:
        dtype = self.schema[column]
        kind = kind_of(dtype)
        if kind == "object" or not matches(spec, kind):
            raise wrong_kind(spec, column, kind, advice=advice)
        return _clean(quoted(column, self.engine), spec, dtype)

    def record(self) -> Record:
        """Return the record of all fields that are validated."""
        record = Record(self.read)
        for field in self.names.to_read():
            with self.names.collecting():
                getattr(record, field)
        self.names.refuse()
        return record

    def where_valid(self, result: Any) -> nw.Expr:
        """Return a number that the formula computed, null where a field is invalid or the row is skipped."""
        number = as_number(result if is_column(result) else as_float(result))
        valid = [*self.valid, *number.required]
        expr = number.expr
        if valid:
            expr = nw.when(nw.all_horizontal(*valid, ignore_nulls=False)).then(expr)
        if self.names.mapping.skip:
            expr = nw.when(~skipped_rows(self.names.mapping, self.schema, self.engine)).then(expr)
        return expr


def score_lazily(
    formula: Formula, frame: nw.LazyFrame[Any], names: ColumnNames, point_names: list[str]
) -> nw.LazyFrame[Any]:
    """Return the frame with visit probability, channel and points, null where a row is invalid."""
    run = _Run.of(frame, names)
    refuse_qualified([*run.schema, *point_names], run.engine)
    score = nw.col("visit_probability")
    valid = nw.when((score >= 0) & (score <= 1)).then(score).alias("visit_probability")
    with formula_errors(formula):
        record = run.record()
        points: list[Any] = []
        if formula.points is not None and point_names:
            points = formula.points(record, EXPRESSIONS)
            # Columns of their own, because engines compute an expression each time it is used.
            columns = [Expression(nw.col(quoted(name, run.engine))) for name in point_names]
            probability = EXPRESSIONS.logistic(EXPRESSIONS.total([formula.base, *columns])).expr
        else:
            probability = run.where_valid(formula.probability(record, EXPRESSIONS))
        # Every field that the formula reads has been read.
        scored = frame.with_columns(*run.cleaned.values()) if run.cleaned else frame
        if points:
            numbers = zip(point_names, map(run.where_valid, points), strict=True)
            scored = scored.with_columns(number.alias(name) for name, number in numbers)
        scored = scored.with_columns(probability.alias("visit_probability")).drop(*run.cleaned)
        channel = formula.ladder.channel(Expression(score), EXPRESSIONS).expr.alias("channel")
        scored = scored.with_columns(valid).with_columns(channel)
        if points:
            ordered = [*run.schema, "visit_probability", "channel", *point_names]
            scored = scored.select(nw.col(quoted(name, run.engine)).alias(name) for name in ordered)
        return scored
