"""The door of an eager frame: every value is read by its field's rule before a formula sees it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import attrs
import numpy as np
import numpy.typing as npt

from collectrisk.errors import (
    ColumnProblem,
    ColumnTypeError,
    InvalidBorrowerError,
)
from collectrisk.fields import FieldSpec, FlagRule, NumberRule, RefusedError, is_missing
from collectrisk.frames.arrays import TextArray

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from collectrisk.fields import ChoiceRule
    from collectrisk.frames.reading import Column

__all__ = ["Gatekeeper", "check_type", "problems_of"]

Array = npt.NDArray[Any]

ROWS_SHOWN = 5
ROWS_LOOKED_AT = 1_000
"""How many rows are looked at together for the first values of a column of the wrong type."""

KINDS = {"number": "number", "flag": "flag", "choice": "text", "text": "text"}
"""The kind of column that each kind of rule reads."""

TEXTS = {"choice": "_choices", "text": "_texts"}
"""How rules for text read their column, be it one of text or of objects; others go by its kind."""


def check_type(spec: FieldSpec, kind: str) -> bool:
    """Tell whether a column's kind can hold the field at all."""
    return kind in {KINDS[spec.rule.kind], "object"}


def refuse_type(spec: FieldSpec, column: Column, rows: int) -> None:
    """Raise `ColumnTypeError` for a column whose type cannot hold the field."""
    starts = range(0, rows, ROWS_LOOKED_AT)
    values = (
        pair for start in starts for pair in enumerate(column.objects(start, start + ROWS_LOOKED_AT), start)
    )
    head = tuple(islice((pair for pair in values if not is_missing(pair[1])), ROWS_SHOWN))
    hint = f"; the column holds {column.kind}"
    raise ColumnTypeError((ColumnProblem(column.name, spec.words, rows - column.missing, head, hint),))


@attrs.define
class Gatekeeper:
    """Reads one field of every block, and remembers which rows broke the field's rule."""

    spec: FieldSpec
    column: Column
    rows: int
    broken: list[Array] = attrs.Factory(list)
    hint: str = ""
    _read: Callable[[Gatekeeper, int, int], tuple[Any, Array | None]] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Check the column's type, and choose how its values are read."""
        kind = self.column.kind
        if check_type(self.spec, kind):
            # A bound method would be a reference circle, and keep the column alive after the frame.
            self._read = getattr(Gatekeeper, TEXTS.get(self.spec.rule.kind, f"_{kind}s"))
        elif self.column.missing == self.rows:
            self._read = Gatekeeper._nothing
        else:
            refuse_type(self.spec, self.column, self.rows)

    def read(self, start: int, stop: int) -> tuple[Any, Array | None]:
        """Return a block's values for the formula, and which of its rows are invalid, if any."""
        values, invalid = self._read(self, start, stop)
        if invalid is not None and invalid.any():
            self.broken.append(np.flatnonzero(invalid) + start)
            return values, invalid
        return values, None

    def problem(self) -> ColumnProblem:
        """Return what was broken; something was."""
        first = np.sort(np.concatenate(self.broken))[:ROWS_SHOWN]  # threads find them in any order
        rows = tuple((int(row), self.column.objects(int(row), int(row) + 1)[0]) for row in first)
        count = sum(map(len, self.broken))
        return ColumnProblem(self.column.name, self.spec.words, count, rows, self._hint(rows))

    def _hint(self, rows: tuple[tuple[int, Any], ...]) -> str:
        for _, value in rows:
            try:
                self.spec.rule.read(value)
            except RefusedError as refused:
                if refused.hint:
                    return refused.hint
        return ""

    def _nothing(self, start: int, stop: int) -> tuple[Any, Array | None]:
        if self.spec.required:
            return np.full(stop - start, np.nan), np.ones(stop - start, dtype=np.bool_)
        return self.spec.default, None

    def _numbers(self, start: int, stop: int) -> tuple[Array, Array | None]:
        values = self.column.numbers(start, stop)
        rule = cast("NumberRule", self.spec.rule)
        # The initial values change nothing but let a block of no rows pass.
        lowest, highest = values.min(initial=rule.least), values.max(initial=rule.most)
        if lowest >= rule.least and highest <= rule.most and self._all_whole(values):
            return values, None
        missing = np.isnan(values)
        allowed = (values >= rule.least) & (values <= rule.most)
        if rule.whole:
            allowed &= np.floor(values) == values
        if self.spec.required:
            return values, ~allowed
        return np.where(missing, self.spec.default, values), ~(allowed | missing)

    def _all_whole(self, values: Array) -> bool:
        fractions_allowed = not getattr(self.spec.rule, "whole", False)
        return fractions_allowed or self.column.whole or bool((np.floor(values) == values).all())

    def _flags(self, start: int, stop: int) -> tuple[Array, Array | None]:
        values, missing = self.column.flags(start, stop)
        if missing is None or self.spec.required:
            return values, missing
        return np.where(missing, self.spec.default, values), None

    def _choices(self, start: int, stop: int) -> tuple[TextArray, Array | None]:
        spellings = cast("ChoiceRule", self.spec.rule).spellings
        places = self.column.places(start, stop, spellings)
        return self._texts(start, stop) if places is None else (TextArray(places, spellings), None)

    def _texts(self, start: int, stop: int) -> tuple[TextArray, Array | None]:
        codes, found = self.column.texts(start, stop)
        read = [self._text_or_none(value) for value in found]
        levels = tuple(dict.fromkeys(text for text in (*read, self._default_text) if text is not None))
        places: dict[str | None, int] = {None: -1, **{text: place for place, text in enumerate(levels)}}
        recode = np.array([places[text] for text in (*read, self._default_text)])
        bad = np.array([*(text is None for text in read), self.spec.required])
        return TextArray(recode.take(codes), levels), bad.take(codes) if bad.any() else None

    @property
    def _default_text(self) -> str | None:
        no_text = self.spec.required or self.spec.default is None
        return None if no_text else str(self.spec.default)

    def _text_or_none(self, value: object) -> str | None:
        try:
            return str(self.spec.rule.read(value))
        except RefusedError:
            return None

    def _objects(self, start: int, stop: int) -> tuple[Array, Array | None]:
        values = self.column.objects(start, stop)
        is_flag = isinstance(self.spec.rule, FlagRule)
        read: Array = np.zeros(len(values), dtype=np.bool_ if is_flag else np.float64)
        invalid = np.zeros(len(values), dtype=np.bool_)
        for row, value in enumerate(values):
            try:
                read[row] = self.spec.read(value)
            except InvalidBorrowerError:
                invalid[row] = True
        return read, invalid


def problems_of(keepers: Iterable[Gatekeeper]) -> tuple[ColumnProblem, ...]:
    """Return every problem found, in the order of the fields."""
    return tuple(keeper.problem() for keeper in keepers if keeper.broken)
