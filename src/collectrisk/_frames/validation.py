"""Validating the columns of an eager frame, block by block, before a formula sees them."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

import attrs
import numpy as np

from collectrisk._fields import (
    COLUMN_KINDS,
    FieldSpec,
    FlagValidator,
    InvalidValueError,
    NumberValidator,
    is_missing,
)
from collectrisk._frames.numbers import numbers_if_valid
from collectrisk._namespaces.arrays import TextArray
from collectrisk.errors import ColumnProblem, ColumnTypeError, InvalidBorrowerError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from collectrisk._fields import Advice, ChoiceValidator, OwnValidator
    from collectrisk._frames.columns import Column
    from collectrisk._typing import Array

ROWS_SHOWN = 5
ROWS_SEARCHED = 1_000
"""The number of rows that are converted at a time to find values for an error message."""

CODED_FLAG = "coded flag"
"""The kind of a column of a mapping that is encoded as flags."""

KIND_NAMES = {"number": "numbers", "flag": "booleans", "object": "Python objects"}
"""The kinds of columns that an error message names differently."""


DURATION_HINT = (
    "; convert them to numbers first, such as to days by .dt.days (pandas) or .dt.total_days() (polars)"
)


def time_kind(kind: str) -> str:
    """Return "dates" or "durations" for a kind of column that contains them, or an empty string."""
    name = kind.lower()
    if name.startswith("date"):
        return "dates"
    return "durations" if name.startswith(("duration", "timedelta")) else ""


def counts_days(spec: FieldSpec) -> bool:
    """Return whether a field is a number of days, which can be counted from a column of dates."""
    return isinstance(spec.validator, NumberValidator) and spec.validator.unit == "days"


def matches(spec: FieldSpec, kind: str) -> bool:
    """Return whether a column of a kind may contain the field."""
    return kind in {COLUMN_KINDS[spec.validator.kind], "object"}


def type_error(spec: FieldSpec, column: Column, rows: int, advice: str = "") -> ColumnTypeError:
    """Return the error for a column whose type does not match its field, with the first values."""
    starts = range(0, rows, ROWS_SEARCHED)
    values = (
        pair for start in starts for pair in enumerate(column.objects(start, start + ROWS_SEARCHED), start)
    )
    first = tuple(islice((pair for pair in values if not is_missing(pair[1])), ROWS_SHOWN))
    return wrong_kind(spec, column.name, column.kind, rows - column.missing, first, advice=advice)


def wrong_kind(
    spec: FieldSpec,
    column: str,
    kind: str,
    count: int = 0,
    rows: tuple[tuple[int, Any], ...] = (),
    *,
    advice: str = "",
) -> ColumnTypeError:
    """Return the error for a column whose kind does not match its field."""
    time = time_kind(kind)
    hint = f"; the column contains {time or KIND_NAMES.get(kind, kind)}{advice}"
    if time == "durations" and isinstance(spec.validator, NumberValidator):
        hint += DURATION_HINT
    option: Advice = "date" if time == "dates" and counts_days(spec) and not advice else ""
    return ColumnTypeError((ColumnProblem(column, spec.requirement, count, rows, hint, spec.name, option),))


def combined_hints(first: tuple[str, str], other: tuple[str, str]) -> tuple[str, str]:
    """Return the hint on an earlier value, with that on another one if only this names an option."""
    if first[1] or not (other[1] or not first[0]):
        return first
    return first[0] + other[0], other[1]


@runtime_checkable
class HasHint(Protocol):
    """A column that knows why a value is not valid."""

    def hint(self, value: Any) -> tuple[str, Advice]:
        """Return why a value is not valid, as the end of a message, and which option reads it."""


@attrs.define
class ColumnValidator:
    """Validates one field block by block, and records which rows are invalid.

    Attributes
    ----------
    spec : FieldSpec
        The field.
    column : Column
        Its column.
    rows : int
        The number of rows.
    invalid : list of array of int
        The positions of invalid rows, one array per block that has any.
    positions : array of int or None
        The position of each row in the user's frame, if only some of its rows are read.
    defaulted : list of int
        The numbers of missing values that were replaced by the field's default, block by block.
    """

    spec: FieldSpec
    column: Column
    rows: int
    invalid: list[Array] = attrs.Factory(list)
    positions: Array | None = None
    defaulted: list[int] = attrs.Factory(list)  # appending is safe in several threads
    _read: Callable[[ColumnValidator, int, int], tuple[Any, Array | None]] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Choose how the values are validated; `mapped_column` has checked the type of the column."""
        readers = {
            "number": ColumnValidator._numbers,
            "flag": ColumnValidator._flags,
            "object": ColumnValidator._objects,
            CODED_FLAG: ColumnValidator._coded_flags,
        }
        by_validator = {"choice": ColumnValidator._choices, "text": ColumnValidator._texts}
        # Functions, not bound methods: a reference cycle would keep the column's memory in use.
        self._read = by_validator.get(self.spec.validator.kind) or readers[self.column.kind]

    def read(self, start: int, stop: int) -> tuple[Any, Array | None]:
        """Return a block's values for the formula, and a mask of invalid rows or None."""
        values, invalid = self._read(self, start, stop)
        if self.spec.own is not None:
            rejected = self._rejected(values)
            invalid = rejected if invalid is None else invalid | rejected
        if invalid is None or not invalid.any():
            return values, None
        self.invalid.append(np.flatnonzero(invalid) + start)
        return values, invalid

    def missing(self, start: int, stop: int) -> Array:
        """Return where the values of a block are missing, whatever they were replaced by."""
        column = self.column
        if self.spec.validator.kind in {"choice", "text"} or column.kind == CODED_FLAG:
            codes, _ = column.texts(start, stop)
            return codes < 0
        if column.kind == "number":
            return np.isnan(column.numbers(start, stop))
        if column.kind == "flag":
            values, missing = column.flags(start, stop)
            return np.zeros(len(values), dtype=np.bool_) if missing is None else missing
        return np.array([is_missing(value) for value in column.objects(start, stop)], dtype=np.bool_)

    @property
    def invalid_rows(self) -> Array:
        """The positions of the invalid rows in the user's frame."""
        rows = np.sort(np.concatenate(self.invalid))  # threads find them in any order
        return rows if self.positions is None else self.positions[rows]

    @property
    def defaulted_rows(self) -> int:
        """The number of rows in which a missing value was replaced by the field's default."""
        # A mapping that adds columns also replaces summands.
        return sum([*self.defaulted, *getattr(self.column, "replaced", ())])

    def unlisted(self, levels: Collection[str]) -> dict[str, int]:
        """Return the number of rows of each text that is none of the levels, the most frequent first."""
        codes, values = self.column.texts(0, self.rows)
        counts = np.bincount(codes[codes >= 0], minlength=len(values)).tolist()
        found: Counter[str] = Counter()
        for text, count in zip(map(self._text_or_none, values), counts, strict=True):
            if count and text is not None and text not in levels:
                found[text] += count
        return dict(found.most_common())

    def problem(self) -> ColumnProblem:
        """Return the problem of a column with invalid rows."""
        rows, spec = self.invalid_rows, self.spec
        hint: tuple[str, str] = "", ""
        values: list[Any] = []
        for row in np.sort(np.concatenate(self.invalid))[:ROWS_SEARCHED].tolist():
            if hint[1] and len(values) >= ROWS_SHOWN:
                break
            values.append(self.column.objects(row, row + 1)[0])
            hint = combined_hints(hint, self._hint(values[-1]))
        first = tuple(zip(rows[:ROWS_SHOWN].tolist(), values, strict=False))
        return ColumnProblem(
            self.column.name, spec.requirement, len(rows), first, hint[0], spec.name, hint[1]
        )

    def _hint(self, value: object) -> tuple[str, Advice]:
        if isinstance(self.column, HasHint):
            return self.column.hint(value)
        hint: tuple[str, Advice] = "", ""
        try:
            self.spec.validator.validate(value)
        except InvalidValueError as error:
            hint = error.hint, error.advice
        if not hint[0] and self.spec.own is not None:
            hint = f"; the validator says: {self.spec.own.objection(value)}", ""
        return hint

    def _rejected(self, values: Any) -> Array:
        """Return where the borrower class's own validator rejects a value, as a borrower would have it."""
        own, validator = cast("OwnValidator", self.spec.own), self.spec.validator
        distinct: list[Any]
        if isinstance(values, TextArray):
            # Code -1, a missing value, is the last element.
            distinct, codes = [*values.levels, None], values.codes
        else:
            found, codes = np.unique(values, return_inverse=True)
            distinct = [None if each != each else each for each in found.tolist()]
        if isinstance(validator, NumberValidator) and validator.integer:
            distinct = [int(each) if each is not None and each == each // 1 else each for each in distinct]
        return np.array([bool(own.objection(each)) for each in distinct], dtype=np.bool_).take(codes)

    @property
    def _number_type(self) -> Any:
        # The same for every frame: a formula looks integers up in tables, which may round differently.
        is_integer = cast("NumberValidator", self.spec.validator).integer and not self.spec.nullable
        return np.intp if is_integer else np.float64

    def _numbers(self, start: int, stop: int) -> tuple[Array, Array | None]:
        values = self.column.numbers(start, stop)
        validator = cast("NumberValidator", self.spec.validator)
        if (valid := numbers_if_valid(values, validator, self._number_type)) is not None:
            return valid, None
        invalid = ~((values >= validator.minimum) & (values <= validator.limit))
        if validator.integer:
            invalid |= np.floor(values) != values
        if not self.spec.required:
            missing = np.isnan(values)
            self.defaulted.append(int(missing.sum()))
            values, invalid = np.where(missing, self.spec.default, values), invalid & ~missing
        if self._number_type is np.intp:
            values = np.where(invalid, validator.minimum, values)  # any number that is an integer
        return values.astype(self._number_type, copy=False), invalid

    @property
    def _flag_type(self) -> Any:
        # A flag that may be missing is 1.0, 0.0 or NaN.
        return np.float64 if self.spec.nullable else np.bool_

    def _flags(self, start: int, stop: int) -> tuple[Array, Array | None]:
        values, missing = self.column.flags(start, stop)
        if missing is None or self.spec.required:
            return values, missing
        self.defaulted.append(int(missing.sum()))
        return np.where(missing, self.spec.default, values), None

    def _coded_flags(self, start: int, stop: int) -> tuple[Array, Array | None]:
        codes, values = self.column.texts(start, stop)
        # Code -1, a missing value, is the last element.
        valid = np.array([*(isinstance(value, bool) for value in values), not self.spec.required])
        default = False if self.spec.required else self.spec.default
        flags = np.array([*(value is True for value in values), default], dtype=self._flag_type)
        self.defaulted.append(int((codes < 0).sum()))
        return flags.take(codes), None if valid.all() else ~valid.take(codes)

    def _choices(self, start: int, stop: int) -> tuple[TextArray, Array | None]:
        levels = cast("ChoiceValidator", self.spec.validator).values
        codes = self.column.codes(start, stop, levels)
        return self._texts(start, stop) if codes is None else (TextArray(codes, levels), None)

    def _texts(self, start: int, stop: int) -> tuple[TextArray, Array | None]:
        codes, values = self.column.texts(start, stop)
        default = None if self.spec.required or self.spec.default is None else str(self.spec.default)
        # Code -1, a missing value, is the last element.
        texts = [*map(self._text_or_none, values), default]
        levels = tuple(dict.fromkeys(text for text in texts if text is not None))
        new_codes: dict[str | None, int] = {None: -1, **{text: code for code, text in enumerate(levels)}}
        invalid = np.array([*(text is None for text in texts[:-1]), self.spec.required])
        self.defaulted.append(int((codes < 0).sum()))
        recoded = np.array([new_codes[text] for text in texts]).take(codes)
        return TextArray(recoded, levels), invalid.take(codes) if invalid.any() else None

    def _text_or_none(self, value: object) -> str | None:
        try:
            return str(self.spec.validator.validate(value))
        except InvalidValueError:
            return None

    def _objects(self, start: int, stop: int) -> tuple[Array, Array | None]:
        values = self.column.objects(start, stop)
        is_flag = isinstance(self.spec.validator, FlagValidator)
        validated: Array = np.zeros(len(values), dtype=self._flag_type if is_flag else self._number_type)
        invalid = np.zeros(len(values), dtype=np.bool_)
        for row, value in enumerate(values):
            try:
                validated[row] = self.spec.validate(value)
            except InvalidBorrowerError:
                invalid[row] = True
        self.defaulted.append(sum(map(is_missing, values)))
        return validated, invalid


def problems_of(validators: Iterable[ColumnValidator]) -> tuple[ColumnProblem, ...]:
    """Return the problems of all columns with invalid rows."""
    return tuple(each.problem() for each in validators if each.invalid)
