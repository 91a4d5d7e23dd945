"""Scoring a lazy frame: expressions that the frame's engine runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._fields import ChoiceValidator, FieldSpec, NumberValidator, as_float
from collectrisk._frames.blocks import Record, formula_errors
from collectrisk._frames.columns import kind_of
from collectrisk._frames.details import problem_text
from collectrisk._frames.engines import comparable, null_columns, quoted, refuse_qualified, unused_prefix
from collectrisk._frames.mapped import (
    NULLS,
    in_range,
    lazy_hint,
    mapped_expression,
    readable_lazily,
    skipped_rows,
)
from collectrisk._frames.ranking import largest
from collectrisk._frames.validation import matches, wrong_kind
from collectrisk._namespaces.expression_columns import (
    UNBOUNDED,
    Expression,
    Kind,
    Range,
    as_number,
    is_column,
)
from collectrisk._namespaces.expressions import EXPRESSIONS
from collectrisk._namespaces.stages import Stages
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collectrisk._fields import Validator
    from collectrisk._formula import Formula
    from collectrisk._frames.details import Details
    from collectrisk._frames.names import ColumnNames
    from collectrisk.mapping._convert import Converter

PROBABILITIES = (0.0, 1.0)

SEPARATOR = "; "
"""Between the problems of a row."""

PREFIX = "__collectrisk_"

KINDS: dict[str, Kind] = {"number": "number", "flag": "condition", "choice": "text", "text": "text"}
"""What a formula computes with, by the kind of the field's validator."""


def _bounds(validator: Validator) -> tuple[float, float]:
    return (validator.minimum, validator.limit) if isinstance(validator, NumberValidator) else UNBOUNDED


def _plain(default: Any) -> Any:
    """Return a default as the engine holds it: numbers are floats, enum members text."""
    if isinstance(default, bool):
        return default
    return str(default) if isinstance(default, str) else float(default)


def _coded(text: nw.Expr, levels: tuple[str, ...]) -> nw.Expr:
    """Return the code of each text; null if it is not among the levels."""
    code: nw.Expr = nw.lit(None, nw.Float64())
    for place, level in enumerate(levels):
        code = nw.when(text == level).then(nw.lit(float(place))).otherwise(code)
    return code


def _validated(value: nw.Expr, missing: nw.Expr, spec: FieldSpec, *, integer: bool) -> nw.Expr:
    """Return values as a formula sees them: the default where they are missing, null where invalid."""
    has_default = not (spec.required or spec.nullable)
    default: Any = _plain(spec.default) if has_default else None
    if isinstance(spec.validator, NumberValidator):
        value = in_range(value, spec.validator, integer=integer)
    elif isinstance(spec.validator, ChoiceValidator):
        value = _coded(value, spec.validator.values)
        default = float(spec.validator.values.index(default)) if has_default else None
    return nw.when(missing).then(nw.lit(default)).otherwise(value) if has_default else value


@attrs.frozen(eq=False)
class _Field:
    """A validated field: where its values are valid, from which stage on that is known, and the problem."""

    valid: nw.Expr
    stage: int
    problem: str


@attrs.define
class LazyRun:
    """Builds the expressions of one formula on one frame."""

    names: ColumnNames
    frame: nw.LazyFrame[Any]
    schema: dict[str, nw.dtypes.DType]
    engine: nw.Implementation
    nulls: set[str]
    stages: Stages
    fields: list[_Field] = attrs.Factory(list)
    copies: dict[str, str] = attrs.Factory(dict)

    @classmethod
    def of(cls, frame: nw.LazyFrame[Any], names: ColumnNames) -> LazyRun:
        """Return a run on a frame."""
        schema = dict(frame.collect_schema())
        stages = Stages(frame.implementation, unused_prefix(PREFIX, schema))
        return cls(names, frame, schema, frame.implementation, null_columns(frame), stages)

    def read(self, field: str) -> Any:
        """Return the expression of a field, or its default if it is absent."""
        columns = self.names.find(field)
        if columns is None:
            return self.names.specs[field].default
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
            value, missing, integer = self._as_it_is(spec, columns[0], lazy_hint(converter, kind))
            stage = 0
        else:
            (value, missing), integer = self._converted(converter, kinds), False
            value, stage = self.stages.add(value, 0), 1
        cleaned = self.stages.add(_validated(value, missing, spec, integer=integer), stage)
        known = ~cleaned.is_null()
        valid = known | missing if spec.nullable else known
        self.fields.append(_Field(valid, stage + 1, problem_text(" + ".join(columns), spec)))
        return Expression(
            cleaned,
            KINDS[spec.validator.kind],
            # A null in any other field makes the row invalid, whatever the formula returns for it.
            Range.NULL if spec.nullable else Range.FINITE,
            bounds=_bounds(spec.validator),
            levels=spec.validator.values if isinstance(spec.validator, ChoiceValidator) else (),
            stages=self.stages,
            stage=stage + 1,
            named=True,
        )

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

    def _column(self, column: str) -> str:
        """Return the name of a column, or of its copy, as an expression refers to it."""
        if self.engine.is_duckdb() and self._kind(column) == "text":
            return self.copies.setdefault(column, f"{self.stages.prefix}text{len(self.copies)}")
        return quoted(column, self.engine)

    def staged(self) -> nw.LazyFrame[Any]:
        """Return the frame with the columns of all stages."""
        return self.stages.added_to(comparable(self.frame, self.copies) if self.copies else self.frame)

    def _converted(self, converter: Converter, kinds: dict[str, str]) -> tuple[nw.Expr, nw.Expr]:
        """Return the values of a field that a mapping converts, and where they are missing."""
        for column, kind in kinds.items():
            if not readable_lazily(converter, kind):
                raise wrong_kind(converter.spec, column, kind, advice=lazy_hint(converter, kind))
        sources = {self._column(name): kind for name, kind in kinds.items()}
        return mapped_expression(converter, sources)

    def _as_it_is(self, spec: FieldSpec, column: str, advice: str) -> tuple[nw.Expr, nw.Expr, bool]:
        """Return the values of a column, where they are missing, and whether they are integers."""
        dtype = self.schema[column]
        kind = kind_of(dtype)
        if kind == "object" or not matches(spec, kind):
            raise wrong_kind(spec, column, kind, advice=advice)
        raw = nw.col(self._column(column))
        if spec.validator.kind == "flag":
            return raw, raw.is_null(), False
        if not isinstance(spec.validator, NumberValidator):
            return raw.cast(nw.String), raw.is_null(), False
        value = raw.cast(nw.Float64)
        integer = dtype.is_integer()
        return value, raw.is_null() if integer else raw.is_null() | value.is_nan(), integer

    def record(self) -> Record:
        """Return the record of all fields that are validated."""
        record = Record(self.read)
        for field in self.names.to_read():
            with self.names.collecting():
                getattr(record, field)
        self.names.refuse()
        return record

    def score(self, probability: Any) -> Expression:
        """Return the column of a visit probability: null where a field is invalid or the row is skipped."""
        number = as_number(probability if is_column(probability) else as_float(probability))
        stage = max([number.stage, *(each.stage for each in self.fields)])
        number = attrs.evolve(number, stages=self.stages, stage=stage)
        conditions = [*(each.valid for each in self.fields), *number.required]
        if number.range == Range.MISSING or number.bounds != PROBABILITIES:
            number = number.reused
            conditions += [number.expr >= 0.0, number.expr <= 1.0]
        if self.names.mapping.skip:
            conditions.append(~self.skipped)
        expr = nw.when(nw.all_horizontal(*conditions, ignore_nulls=False)).then(number.expr)
        return number.computed(expr, range=Range.NULL, bounds=PROBABILITIES).reused

    @property
    def skipped(self) -> nw.Expr:
        """Where a row is not an account."""
        return skipped_rows(self.names.mapping, self.schema, self.engine)

    def problem(self) -> nw.Expr:
        """Return the text of each row's problems; null for a valid row."""
        nothing = nw.lit("")
        texts = [
            nw.when(~each.valid).then(nw.lit(SEPARATOR + each.problem)).otherwise(nothing)
            for each in self.fields
        ]
        if not texts:
            return nw.lit(None, nw.String())
        invalid = nw.any_horizontal(*(~each.valid for each in self.fields), ignore_nulls=False)
        if self.names.mapping.skip:
            invalid = invalid & ~self.skipped
        # Not by a separator: with nulls, Dask has one too many.
        return nw.when(invalid).then(nw.concat_str(*texts).str.slice(len(SEPARATOR)))


def score_lazily(
    formula: Formula, frame: nw.LazyFrame[Any], names: ColumnNames, details: Details
) -> nw.LazyFrame[Any]:
    """Return the frame with the results, null where a row is invalid."""
    run = LazyRun.of(frame, names)
    point_names = details.point_names(formula)
    refuse_qualified([*run.schema, *point_names], run.engine)
    results: dict[str, nw.Expr] = {}
    with formula_errors(formula):
        record = run.record()
        if formula.points is None or not (point_names or details.reasons):
            score = run.score(formula.probability(record, EXPRESSIONS))
        else:
            points = [as_number(each).reused for each in formula.points(record, EXPRESSIONS)]
            score = run.score(EXPRESSIONS.logistic(EXPRESSIONS.total([formula.base, *points])))
            known = ~score.expr.is_null()
            reasons = largest(points, formula.labels, details, run.stages)
            results = {
                **dict(zip(point_names, (each.expr for each in points), strict=False)),
                **dict(zip(details.reason_names, reasons, strict=True)),
            }
            results = {name: nw.when(known).then(result) for name, result in results.items()}
        if details.problem:
            results["problem"] = run.problem()
        results = {
            "visit_probability": score.expr,
            "channel": formula.ladder.channel(score, EXPRESSIONS).expr,
            **results,
        }
    columns = [nw.col(quoted(name, run.engine)).alias(name) for name in run.schema]
    return run.staged().select(*columns, *(each.alias(name) for name, each in results.items()))
