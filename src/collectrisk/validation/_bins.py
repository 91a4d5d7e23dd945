"""The bins of characteristics: their bands, the intervals between their knots, and their levels."""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._curves import Bands, Flag, Gate, Levels, PiecewiseLinear
from collectrisk._display.card import every_value, level_names
from collectrisk._display.html import shortened
from collectrisk._display.words import LANGUAGES, format_number, format_points, words_in
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk._surface import NumberAxis, Surface
from collectrisk.evaluation._calibration import quantile_bins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectrisk._curves import Characteristic
    from collectrisk._display.words import Words
    from collectrisk._frames.score import AccountColumns
    from collectrisk._surface import LevelAxis
    from collectrisk._typing import Array, Interval

BINS_OF_OTHERS = 10
"""The number of bins of a class of characteristic that is not known here, by its points."""


@attrs.frozen(eq=False)
class Binned:
    """The bins of a characteristic, and the bin of each account.

    Attributes
    ----------
    names : dict of str to tuple of str
        The names of the bins in each language, that of missing values last.
    codes : array of int
        The index of each account's bin.
    """

    names: dict[str, tuple[str, ...]]
    codes: Array


def bin_accounts(characteristic: Characteristic, accounts: AccountColumns, points: Array) -> Binned:
    """Return the bins of a characteristic; accounts with a missing value have a bin of their own.

    Parameters
    ----------
    characteristic : Characteristic
        The characteristic.
    accounts : AccountColumns
        The fields that it reads.
    points : array of float
        Its points for each account.
    """
    missing = np.zeros(accounts.rows, dtype=np.bool_)
    for field in characteristic.fields:
        missing |= accounts.missing[field]
    codes, ends = _codes(characteristic, accounts.record, points)
    names: dict[str, tuple[str, ...]] = {}
    for language in LANGUAGES:
        words = words_in(language)
        names[language] = (*_names(characteristic, ends, words), words.card.missing)
    return Binned(names, np.where(missing, len(names["en"]) - 1, codes).astype(np.intp))


def _codes(characteristic: Characteristic, record: Any, points: Array) -> tuple[Any, list[Interval]]:
    """Return the index of each account's bin, any number where a value is missing.

    The bins of a class of characteristic that is not known here are between some points.
    """
    match characteristic:
        case PiecewiseLinear() | Bands():
            return _number_codes(getattr(record, characteristic.field), _edges(characteristic)), []
        case Levels():
            levels = [level for level, _ in characteristic.levels]
            return _level_codes(getattr(record, characteristic.field), levels), []
        case Flag():
            return getattr(record, characteristic.field), []
        case Gate():
            return attrs.evolve(characteristic, if_shut=1.0).points(record, ARRAYS), []
        case Surface():
            x, y = (_axis_codes(axis, record) for axis in characteristic.axes)
            return x * len(_axis_names(characteristic.y, words_in("en"))) + y, []
    codes, ends = np.zeros(len(points)), []
    for index, rows in enumerate(quantile_bins(points, np.ones(len(points)), BINS_OF_OTHERS)):
        codes[rows] = index
        ends.append((float(points[rows].min()), float(points[rows].max())))
    return codes, ends


def _names(characteristic: Characteristic, ends: list[Interval], words: Words) -> list[str]:
    """Return the names of the bins of known values."""
    match characteristic:
        case PiecewiseLinear() | Bands():
            return _number_names(_edges(characteristic), words)
        case Levels():
            return _level_names([level for level, _ in characteristic.levels], words)
        case Flag():
            return [words.card.no, words.card.yes]
        case Gate():
            return [name for name, _ in reversed(every_value(characteristic, words))]
        case Surface():
            x, y = (_axis_names(axis, words) for axis in characteristic.axes)
            return [words.card.pair.format(*pair) for pair in product(x, y)]
    return [words.validation.points_between.format(*map(format_points, pair)) for pair in ends]


def _edges(curve: PiecewiseLinear | Bands) -> list[float]:
    pairs = curve.knots if isinstance(curve, PiecewiseLinear) else curve.bands
    return [value for value, _ in pairs]


def _axis_codes(axis: NumberAxis | LevelAxis, record: Any) -> Any:
    values = getattr(record, axis.field)
    if isinstance(axis, NumberAxis):
        return _number_codes(values, axis.knots)
    return _level_codes(values, axis.levels)


def _axis_names(axis: NumberAxis | LevelAxis, words: Words) -> list[str]:
    if isinstance(axis, NumberAxis):
        return _number_names(axis.knots, words)
    return [*level_names(axis, words), words.card.any_other]


def _number_codes(values: Any, edges: Sequence[float]) -> Any:
    """Return the index of the last edge at or below each value; values below the first have its index."""
    return ARRAYS.step(values, edges, list(map(float, range(len(edges)))))


def _number_names(edges: Sequence[float], words: Words) -> list[str]:
    """Return the names of intervals: below the second edge, between two edges, from the last edge."""
    if len(edges) == 1:
        return [words.validation.any_value]
    texts = [format_number(edge) for edge in edges]
    middle = [words.validation.between.format(*pair) for pair in pairwise(texts[1:])]
    return [words.validation.below.format(texts[1]), *middle, words.card.from_value.format(texts[-1])]


def _level_codes(values: Any, levels: Sequence[str]) -> Any:
    """Return the index of each value among levels, and that after the last for any other one."""
    table = {level: float(index) for index, level in enumerate(levels)}
    return ARRAYS.lookup(values, table, float(len(levels)))


def _level_names(levels: Sequence[str], words: Words) -> list[str]:
    return [*map(shortened, levels), words.card.any_other]
