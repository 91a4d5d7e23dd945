"""Counting the accounts of a lazy frame by bin, in few queries of the frame's engine."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._fields import is_missing
from collectrisk._frames.details import NONE
from collectrisk._frames.engines import FrameNames
from collectrisk._frames.lazy import LazyRun, score_lazily
from collectrisk._frames.mapped import skipped_rows
from collectrisk._frames.names import ColumnNames
from collectrisk._frames.score import refuse_eager_options
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from collectrisk._formula import Formula
    from collectrisk._namespaces.expression_columns import Expression
    from collectrisk.mapping._mapping import Columns

PROBABILITY, CHANNEL = "visit_probability", "channel"

Number = tuple[list[int], int]
"""The numbers of accounts in each bin, and without a value."""

Levels = tuple[list[tuple[str, int]], int]
"""The levels and their numbers of accounts, and the number without a value."""


@attrs.frozen
class LazyCounts:
    """The numbers of accounts of a lazy frame.

    Attributes
    ----------
    rows : int
        The number of accounts with a visit probability.
    invalid : int
        The number of accounts without one, because a value is not valid.
    expected, squares : float
        The sums of the probabilities, and of their squares.
    numbers : dict of str to (list of int, int)
        The counts of the visit probability and of each field that is a number.
    levels : dict of str to (list of (str, int), int)
        The counts of the channel and of each other field.
    """

    rows: int
    invalid: int
    expected: float
    squares: float
    numbers: dict[str, Number]
    levels: dict[str, Levels]


def kind_changed(field: str, *, was_number: bool) -> ArgumentError:
    """Return the error for a field that was a number and is now something else, or the reverse."""
    kinds = ("numbers", "text or booleans") if was_number else ("text or booleans", "numbers")
    return ArgumentError(
        "accounts", f"must have {kinds[0]} in {field!r}, as in the baseline, and it has {kinds[1]}"
    )


def count_lazily(
    formula: Formula,
    data: nw.LazyFrame[Any],
    columns: Columns | None,
    edges: Mapping[str, Sequence[float]],
    levels: Iterable[str],
) -> LazyCounts:
    """Return the numbers of accounts of a lazy frame by bin.

    Parameters
    ----------
    formula : Formula
        The scorer.
    data : LazyFrame
        The frame.
    columns : Mapping, or mapping of str to (str or None), optional
        How the fields are read.
    edges : mapping of str to sequence of float
        The upper ends of the bins of the visit probability and of each field that is a number.
    levels : iterable of str
        The other fields. A field that the frame does not have is left out of the result.
    """
    refuse_eager_options(formula, None)
    names = ColumnNames.of(formula, FrameNames.of(data), columns)
    names.check_clash([PROBABILITY, CHANNEL])
    if names.mapping.skip:
        names.refuse_missing()
        skipped = skipped_rows(names.mapping, data.collect_schema(), data.implementation)
        data, names = data.filter(~skipped), attrs.evolve(names, mapping=attrs.evolve(names.mapping, skip={}))
    scored = score_lazily(formula, data, names, NONE)
    run = LazyRun.of(scored, names)
    fields = [name for name in (*edges, *levels) if name != PROBABILITY and names.find(name) is not None]
    # A missing value stays missing, whatever its default is.
    run.names = attrs.evolve(names, available=FrameNames.of(scored), keeps_missing=tuple(fields))
    values = {name: run.read(name) for name in fields}
    for name, value in values.items():
        is_number = value.kind == "number" and not value.levels
        if is_number != (name in edges):
            raise kind_changed(name, was_number=not is_number)
    return _counted(run.staged(), values, edges, tuple(map(str, formula.ladder.channels)))


def _counted(
    frame: nw.LazyFrame[Any],
    values: Mapping[str, Expression],
    edges: Mapping[str, Sequence[float]],
    channels: Sequence[str],
) -> LazyCounts:
    probability = nw.col(PROBABILITY)
    is_scored = ~probability.is_null()
    numbers = {PROBABILITY: probability, **{name: values[name].expr for name in edges if name in values}}
    conditions = {"invalid": ~is_scored, "rows": is_scored}
    for name, number in numbers.items():
        conditions[f"{name} known"] = is_scored & ~number.is_null()
        conditions |= {
            f"{name} {place}": is_scored & (number <= edge) for place, edge in enumerate(edges[name])
        }
    coded = {CHANNEL: [(each, nw.col(CHANNEL) == each) for each in channels]}
    coded |= {name: _codes(each) for name, each in values.items() if name not in edges and _codes(each)}
    for name, each in coded.items():
        conditions |= {f"{name} is {level}": is_scored & condition for level, condition in each}
    sums = {name: nw.when(each).then(nw.lit(1.0)).otherwise(nw.lit(0.0)) for name, each in conditions.items()}
    sums |= {"expected": probability, "squares": probability * probability}
    # The names of sums in the query are numbers, because engines differ in what names they accept.
    query = frame.select(*(each.sum().alias(f"sum_{place}") for place, each in enumerate(sums.values())))
    found = query.collect().rows()[0]
    sum_of = {name: each or 0.0 for name, each in zip(sums, found, strict=True)}
    count_of = {name: int(sum_of[name]) for name in conditions}
    rows = count_of["rows"]
    by_level = {
        name: [(level, count_of[f"{name} is {level}"]) for level, _ in each] for name, each in coded.items()
    }
    texts = {name: each.expr for name, each in values.items() if name not in edges and name not in coded}
    by_level |= {name: _by_text(frame.filter(is_scored), each) for name, each in texts.items()}
    return LazyCounts(
        rows,
        count_of["invalid"],
        float(sum_of["expected"]),
        float(sum_of["squares"]),
        {name: _bins(count_of, name, len(edges[name])) for name in numbers},
        {name: (each, rows - sum(count for _, count in each)) for name, each in by_level.items()},
    )


def _codes(value: Expression) -> list[tuple[str, nw.Expr]]:
    """Return the levels of a field with few values, and where it has them; none for other text."""
    if value.kind == "condition":
        return [("true", value.expr), ("false", ~value.expr)]
    return [(level, value.expr == float(code)) for code, level in enumerate(value.levels)]


def _by_text(frame: nw.LazyFrame[Any], text: nw.Expr) -> list[tuple[str, int]]:
    """Return the number of accounts with each text."""
    counted = frame.select(text=text).group_by("text").agg(nw.len().alias("accounts")).collect()
    return [(str(text), int(count)) for text, count in counted.rows() if not is_missing(text)]


def _bins(count_of: Mapping[str, int], name: str, edges: int) -> tuple[list[int], int]:
    """Return the numbers of accounts in each bin, and without a value."""
    known = count_of[f"{name} known"]
    below = [0, *(count_of[f"{name} {place}"] for place in range(edges)), known]
    return [high - low for low, high in pairwise(below)], count_of["rows"] - known
