"""The columns of an eager frame, as a formula sees them: NumPy arrays with Python's arithmetic."""

from __future__ import annotations

import numbers
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import numpy as np

from collectrisk._fields import code_of
from collectrisk._namespaces.masked import unmasked
from collectrisk._namespaces.protocol import (
    CONSTANT_EXPONENT,
    NEGATIVE_ROOT,
    NO_FLOOR_DIVISION,
    NO_INVERSION,
    NO_MODULUS,
    NO_TEXT_OF_A_COLUMN,
    NOT_A_CONDITION,
    NOT_ONE_VALUE,
    is_exponent,
)

if TYPE_CHECKING:
    from collectrisk._typing import Array

COMBINATIONS = {np.bitwise_and, np.bitwise_or, np.bitwise_xor}
COMPARISONS = {np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal}
REFUSED = {
    np.invert: NO_INVERSION,
    np.floor_divide: NO_FLOOR_DIVISION,
    np.remainder: NO_FLOOR_DIVISION,
    np.divmod: NO_FLOOR_DIVISION,
}

ROW_BY_ROW = {"broadcast_to", "clip", "digitize", "full_like", "interp", "isclose", "isin", "nan_to_num"}
ROW_BY_ROW |= {"ones_like", "round", "searchsorted", "select", "where", "zeros_like"}
"""The functions of NumPy, in addition to its ufuncs, that compute each row from its own values."""

FLOAT = np.dtype(np.float64)

OWN_VALUES = "a formula computes each row from its own values; {function} of a column does not"


class Column(np.ndarray):
    """Numbers or conditions, one per row, that are computed with as Python does.

    A condition counts as 0 or 1 (two of them add up to 2, which is a condition in NumPy), numbers
    are Float64, and what raises for one borrower raises: a division by zero by ``/``, a power that
    is too large. ``x += 1`` makes a new value, as it does for a number.
    """

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Compute a function of each row."""
        if ufunc in REFUSED:
            raise TypeError(REFUSED[ufunc])
        if method != "__call__" or ufunc.signature or "out" in options:
            raise TypeError(OWN_VALUES.format(function=ufunc.__name__))
        if {getattr(each, "shape", ()) for each in inputs} - {self.shape, ()}:
            raise TypeError("a column is combined with one value, or with one for each row")
        if ufunc in COMBINATIONS:
            return as_column(ufunc(*map(as_condition, inputs), **options))
        if ufunc in COMPARISONS:
            return as_column(ufunc(*map(_as_operand, inputs), **options))
        operands = [as_number(each) for each in inputs]
        if ufunc is np.divide and np.any(operands[1] == 0):
            raise ZeroDivisionError("division by zero")
        return as_column(ufunc(*operands, **options))

    def __array_function__(self, function: Any, types: Any, inputs: Any, options: Any) -> Any:
        """Compute a function of NumPy that computes each row from its own values."""
        result: Any = None
        if function.__name__ in ROW_BY_ROW:
            # Plain arrays, whose operators are those of the scalars that NumPy returns for one borrower.
            plain = {name: _as_plain(each) for name, each in options.items()}
            result = function(*map(_as_plain, inputs), **plain)
        if np.shape(result) != self.shape:
            raise TypeError(OWN_VALUES.format(function=function.__name__))
        return result

    def __pow__(self, exponent: Any, modulo: object = None) -> Column:
        """Return the power with a constant exponent."""
        if modulo is not None:
            raise TypeError(NO_MODULUS)
        if not is_exponent(exponent):
            raise TypeError(CONSTANT_EXPONENT)
        base = as_number(self)
        power = np.power(base, float(exponent))
        if exponent < 0 and np.any(base == 0):
            raise ZeroDivisionError("zero to a negative power")
        if np.any(np.isnan(power) & ~np.isnan(base)):
            raise ValueError(NEGATIVE_ROOT)
        if np.any(np.isinf(power) & np.isfinite(base)):
            raise OverflowError("the power is too large for a float")
        return as_column(power)

    def __rpow__(self, base: Any, modulo: None = None) -> Any:
        """Refuse a column as the exponent."""
        raise TypeError(CONSTANT_EXPONENT)

    __iadd__ = np.ndarray.__add__  # type: ignore[assignment]  # a new value, so that no other name changes
    __isub__ = np.ndarray.__sub__  # type: ignore[assignment]
    __imul__ = np.ndarray.__mul__  # type: ignore[assignment]
    __itruediv__ = np.ndarray.__truediv__  # type: ignore[assignment]
    __iand__ = np.ndarray.__and__  # type: ignore[assignment]
    __ior__ = np.ndarray.__or__  # type: ignore[assignment]
    __ixor__ = np.ndarray.__xor__  # type: ignore[assignment]
    __ipow__ = __pow__

    def _refuse_one_value(self, *_: Any) -> Any:
        raise TypeError(NOT_ONE_VALUE)

    # Even if there is one row: it would be another formula on a longer frame.
    __bool__ = __float__ = __int__ = __index__ = _refuse_one_value

    def _refuse_one_row(self, *_: Any) -> Any:
        raise TypeError(OWN_VALUES.format(function="an element"))

    __getitem__ = __iter__ = __len__ = _refuse_one_row

    def __repr__(self) -> str:
        return repr(self.view(np.ndarray))

    def _refuse_text(self, *_: Any) -> Any:
        raise TypeError(NO_TEXT_OF_A_COLUMN)

    __str__ = __format__ = _refuse_text


def is_column(value: object) -> bool:
    """Return whether a value is an array of numbers or conditions."""
    return isinstance(value, np.ndarray)


def is_whole(value: object) -> bool:
    """Return whether a value is an array of integers, which formulas compute with as floats."""
    return isinstance(value, np.ndarray) and value.dtype.kind in "iu"


def as_column(array: Array) -> Column:
    """Return an array of numbers or conditions for a formula, without copying it."""
    return array.view(Column)


def _as_plain(value: Any) -> Any:
    """Return an argument of NumPy's functions with plain arrays for columns."""
    if isinstance(value, (list, tuple)):
        return [_as_plain(each) for each in value]
    if not isinstance(value, Column):
        return value
    # Integers as one borrower has them, whatever the type of the column.
    return value.view(np.ndarray).astype(np.int64 if is_whole(value) else value.dtype, copy=False)


def _as_operand(value: Any) -> Any:
    """Return a number or condition as NumPy computes with it: Float64, or bool."""
    value = unmasked(value)
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "iuf":
            return value.view(np.ndarray).astype(np.float64, copy=False)
        if value.dtype.kind == "b":
            return value.view(np.ndarray)
    elif isinstance(value, (bool, np.bool_)):
        return bool(value)
    elif isinstance(value, numbers.Real):
        return float(value)
    raise TypeError(f"{value!r} is not a number")


def as_number(value: Any) -> Any:
    """Return a number, or a condition as 0 or 1, as NumPy computes with it: a Float64."""
    # The common cases, kept fast.
    if type(value) is float:
        return value
    if type(value) is Column and value.dtype is FLOAT:
        return value.view(np.ndarray)
    operand = _as_operand(value)
    if isinstance(operand, np.ndarray):
        return operand.astype(np.float64, copy=False)
    return float(operand)


def as_condition(value: Any) -> Any:
    """Return a condition as NumPy computes with it."""
    operand = value if isinstance(value, str) or value is None else _as_operand(value)
    if isinstance(operand, bool) or getattr(operand, "dtype", None) == np.bool_:
        return operand
    seen = operand.dtype if isinstance(operand, np.ndarray) else repr(operand)
    raise TypeError(NOT_A_CONDITION.format(seen=seen))


@attrs.frozen(eq=False)
class TextArray:
    """A text column: each row's index in `levels`, or -1 where the text is missing."""

    codes: Array
    levels: tuple[str, ...]

    __array_ufunc__: ClassVar[None] = None
    """Text is not a number: NumPy leaves an operation to this class."""

    def __eq__(self, text: object) -> Column:  # type: ignore[override]  # elementwise, as in NumPy
        if not is_text(text):
            raise TypeError(f"a text column is compared with text, not with {text!r}")
        other = _as_text(text)
        # A missing text has code -1, which is the last element, and is equal to another one.
        known = dict(zip(self.levels, count(), strict=False))
        recoded = np.array([*(known.get(each, -2) for each in other.levels), -1])
        return as_column(self.codes == recoded[other.codes])

    def __ne__(self, text: object) -> Column:  # type: ignore[override]
        return as_column(np.logical_not((self == text).view(np.ndarray)))

    def _refuse_one_value(self) -> Any:
        raise TypeError(NOT_ONE_VALUE)

    __bool__ = _refuse_one_value

    def _refuse_text(self, *_: Any) -> Any:
        raise TypeError(NO_TEXT_OF_A_COLUMN)

    __str__ = __format__ = _refuse_text

    __hash__ = None  # type: ignore[assignment]


def levels_of(x: Any) -> TextArray:
    """Return a text column, or the codes of a column of numbers or conditions as one."""
    if isinstance(x, TextArray):
        return x
    values, codes = np.unique(x.view(np.ndarray), return_inverse=True)
    levels = tuple(code_of(each) for each in values.tolist() if each == each)
    return TextArray(np.where(codes < len(levels), codes, -1), levels)  # NaN is the last


def is_text(value: object) -> bool:
    """Return whether a value is text, or a missing text."""
    return value is None or isinstance(value, (str, TextArray))


def choose_text(condition: Array, if_true: Any, if_false: Any) -> TextArray:
    """Choose, row by row, between two texts."""
    one, other = _as_text(if_true), _as_text(if_false)
    levels = tuple(dict.fromkeys([*one.levels, *other.levels]))
    # A missing text has code -1, which is the last element.
    recoded = np.array([*map(levels.index, other.levels), -1])
    return TextArray(np.where(condition, one.codes, recoded[other.codes]), levels)


def _as_text(value: Any) -> TextArray:
    if isinstance(value, TextArray):
        return value
    if isinstance(value, str):
        return TextArray(np.array(0), (str(value),))
    if value is None:
        return TextArray(np.array(-1), ())
    raise TypeError(f"a text column cannot contain {value!r}")
