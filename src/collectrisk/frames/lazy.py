"""Scoring a lazy frame: one more set of expressions, run by whoever runs the frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk.errors import ColumnProblem, ColumnTypeError
from collectrisk.fields import ChoiceRule, FieldSpec, NumberRule, is_missing
from collectrisk.frames.door import check_type
from collectrisk.frames.expressions import EXPRESSIONS, literal
from collectrisk.frames.reading import kind_of
from collectrisk.frames.record import Record, trying

if TYPE_CHECKING:
    from collectrisk.channel import Ladder
    from collectrisk.frames.names import ColumnNames
    from collectrisk.namespace import Formula

__all__ = ["score_lazily"]

PREFIX = "__collectrisk_"


def _number(raw: nw.Expr, rule: NumberRule, default: Any, *, exact: bool) -> nw.Expr:
    value = raw.cast(nw.Float64)
    if not exact:
        value = nw.when(~value.is_nan()).then(value)
    if not (default is attrs.NOTHING or is_missing(default)):
        value = value.fill_null(nw.lit(float(default)))
    allowed = (value >= rule.least) & (value <= rule.most)
    if rule.whole and not exact:
        allowed = allowed & (value.floor() == value)
    return nw.when(allowed).then(value)


def _text(raw: nw.Expr, spec: FieldSpec) -> nw.Expr:
    value = raw.cast(nw.String)
    if not (spec.required or spec.may_stay_missing):
        value = value.fill_null(nw.lit(str(spec.default)))
    if isinstance(spec.rule, ChoiceRule):
        return nw.when(value.is_in(spec.rule.spellings)).then(value)
    return value


def _clean(column: str, spec: FieldSpec, dtype: nw.dtypes.DType) -> nw.Expr:
    """Return a column's values as the formula sees them, null where they break the rule."""
    raw = nw.col(column)
    if isinstance(spec.rule, NumberRule):
        return _number(raw, spec.rule, spec.default, exact=dtype.is_integer())
    if spec.rule.kind == "flag":
        return raw if spec.required else raw.fill_null(nw.lit(spec.default))
    return _text(raw, spec)


def _valid(column: str, cleaned: str, spec: FieldSpec) -> nw.Expr:
    """Return where a value is known, or absent where it may be."""
    known = ~nw.col(cleaned).is_null()
    if not spec.may_stay_missing:
        return known
    if isinstance(spec.rule, NumberRule):
        return known | nw.col(column).is_null() | nw.col(column).cast(nw.Float64).is_nan()
    return known | nw.col(column).is_null()


@attrs.define
class _Run:
    """One formula turned into expressions over the columns of a frame."""

    names: ColumnNames
    schema: dict[str, nw.dtypes.DType]
    engine: nw.Implementation
    cleaned: dict[str, nw.Expr] = attrs.Factory(dict)
    valid: list[nw.Expr] = attrs.Factory(list)

    def read(self, field: str) -> Any:
        """Return the expression that a formula sees for a field, or its default if it is absent."""
        column = self.names.find(field)
        if column is None:
            return self.names.specs[field].default
        temporary = PREFIX + field
        spec = self.names.spec(field, kind_of(self.schema[column]))
        self.cleaned[temporary] = self._clean(spec, column).alias(temporary)
        self.valid.append(_valid(column, temporary, spec))
        return nw.col(temporary)

    def _clean(self, spec: FieldSpec, column: str) -> nw.Expr:
        dtype = self.schema[column]
        kind = kind_of(dtype)
        only_nulls = dtype == nw.Unknown and self.engine.is_polars()
        if kind == "object" or not (check_type(spec, kind) or only_nulls):
            problem = ColumnProblem(column, spec.words, 0, (), f"; the column holds {kind}")
            raise ColumnTypeError((problem,))
        return _clean(column, spec, dtype)

    def probability(self, scorer: Formula) -> nw.Expr:
        """Return the scorer's formula, null where a field is invalid."""
        record = Record(self.read)
        for field in self.names.to_read():
            getattr(record, field)
        probability = scorer.evaluate(record, EXPRESSIONS)
        if probability is None:
            raise TypeError("it gave None")
        probability = literal(probability)
        if not self.valid:
            return probability  # type: ignore[no-any-return]
        return nw.when(nw.all_horizontal(*self.valid, ignore_nulls=False)).then(probability)


def _channel(probability: nw.Expr, ladder: Ladder) -> nw.Expr:
    rungs = zip(ladder.cuts, ladder.channels, strict=True)
    result: Any = nw.lit(None, nw.String)
    for cut, channel in rungs:
        result = nw.when(probability >= cut).then(nw.lit(channel.value)).otherwise(result)
    return result  # type: ignore[no-any-return]


def score_lazily(scorer: Formula, frame: nw.LazyFrame[Any], names: ColumnNames) -> nw.LazyFrame[Any]:
    """Return the frame with visit probability and channel, null where a row is invalid."""
    run = _Run(names, dict(frame.collect_schema()), frame.implementation)
    score = nw.col("visit_probability")
    possible = nw.when((score >= 0) & (score <= 1)).then(score).alias("visit_probability")
    with trying(scorer):
        probability = run.probability(scorer).alias("visit_probability")
        opened = frame.with_columns(*run.cleaned.values()) if run.cleaned else frame
        scored = opened.with_columns(probability).drop(*run.cleaned)
        _require_numbers(scored)
        return scored.with_columns(possible).with_columns(_channel(score, scorer.ladder).alias("channel"))


def _require_numbers(scored: nw.LazyFrame[Any]) -> None:
    dtype = scored.collect_schema()["visit_probability"]
    if not dtype.is_numeric():
        raise TypeError(f"the formula gives no number, but {kind_of(dtype)}")
