"""The namespace for SQL text: the functions that scorecards use, as expressions that a database runs.

A column is referred to by its name. What would have to be written twice becomes a column of an earlier
stage of the query, which `SqlNamespace.named` collects.
"""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._fields import is_code
from collectrisk._namespaces.grid import cross_section, cut, has_levels, place, transposed
from collectrisk._namespaces.scalar import SCALAR
from collectrisk._namespaces.sql_dialect import LONGEST_LINE, case_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from collectrisk._namespaces.sql_dialect import Dialect

LARGEST_TERM = 1e306
"""The largest term of a sum: some databases fail where a sum is infinite. Conditions are far smaller."""

LARGEST_SUM = 1e308
"""A column that may be larger is not a sum of limited terms."""

LARGEST_EXPONENT = 700.0
"""Some databases fail for ``exp`` of more; the probability of such log-odds is 0 or 1 to 1e-300."""

LEAST_DIFFERENCE = 1e-15
"""Points that differ by less are the same."""

LEAST_SHARE = 1e-18
"""A smaller part of a segment changes no digit of the points, and may be too small for a float."""


@attrs.frozen(eq=False)
class Sql:
    """Numbers, conditions or texts, one per row, as the text of an expression.

    Attributes
    ----------
    text : str
        The expression.
    xp : SqlNamespace
        The namespace.
    low, high : float
        The interval of the numbers.
    integer : bool
        Whether they are whole.
    nullable : bool
        Whether values may be missing.
    kind : {"number", "flag", "text"}
        What the values are.
    """

    text: str
    xp: SqlNamespace
    low: float = -math.inf
    high: float = math.inf
    integer: bool = False
    nullable: bool = False
    kind: str = "number"

    def __add__(self, other: Any) -> Sql:
        one, other = self.xp.term(self), self.xp.term(other)
        return attrs.evolve(
            one,
            text=f"{one.text} + {other.text}",
            low=one.low + other.low,
            high=one.high + other.high,
            integer=one.integer and other.integer,
        )

    __radd__ = __add__

    def __ge__(self, other: float) -> Sql:
        return Sql(f"{self.text} >= {self.xp.dialect.number(other)}", self.xp)

    def __and__(self, other: Any) -> Any:
        if isinstance(other, Sql):
            return attrs.evolve(self, text=f"{self.text} AND {other.text}")
        return self if other else False

    __rand__ = __and__

    def __or__(self, other: Any) -> Any:
        if isinstance(other, Sql):
            return attrs.evolve(self, text=f"({self.text} OR {other.text})")
        return True if other else self

    __ror__ = __or__


@attrs.define
class SqlNamespace:
    """The functions of `Namespace` that scorecards use; an absent column is its default, a Python value.

    Attributes
    ----------
    dialect : Dialect
        The database.
    prefix : str
        What the names of all columns of the query begin with.
    columns : dict of str to str
        The expressions of the columns that the next stages must have before the expressions of a later
        one can refer to them, by name.
    """

    dialect: Dialect
    prefix: str
    columns: dict[str, str] = attrs.field(init=False, factory=dict)
    _used: set[str] = attrs.field(init=False, factory=set)

    def name(self, meaning: str) -> str:
        """Return an unused name for a column, from what it means."""
        slug = re.sub(r"[^a-z0-9]+", "_", meaning.lower()).strip("_")[:40]
        base = name = f"{self.prefix}{slug}"
        number = 1
        while name in self._used:
            number += 1
            name = f"{base}_{number}"
        self._used.add(name)
        return name

    def named(self, x: Sql) -> Sql:
        """Return an expression as the name of a column."""
        if x.text.isidentifier():
            return x
        for name, text in self.columns.items():
            if text == x.text:
                return attrs.evolve(x, text=name)
        name = self.name(f"x{len(self.columns) + 1}")
        self.columns[name] = x.text
        return attrs.evolve(x, text=name)

    def take_stages(self) -> list[dict[str, str]]:
        """Return the columns made so far and forget them; each stage may refer to those before it."""
        columns, self.columns = self.columns, {}
        stage_of: dict[str, int] = {}
        for name, text in columns.items():
            used = [stage_of[each] for each in re.findall(r"\w+", text) if each in stage_of]
            stage_of[name] = max(used, default=-1) + 1
        last = max(stage_of.values(), default=-1)
        return [
            {name: columns[name] for name in columns if stage_of[name] == stage} for stage in range(last + 1)
        ]

    def term(self, x: Any) -> Sql:
        """Return a number as a term of a sum that is finite."""
        if not isinstance(x, Sql):
            return Sql(self.dialect.number(x), self, low=x, high=x)
        if max(-x.low, x.high) <= LARGEST_SUM:
            return x
        return self.named(self.clip(x, -LARGEST_TERM, LARGEST_TERM))

    def where(self, condition: Any, if_true: Any, if_false: Any) -> Any:
        """Choose, row by row, between two values."""
        if not isinstance(condition, Sql):
            return SCALAR.where(condition, if_true, if_false)
        return self.case([(condition.text, if_true)], if_false)

    def log(self, x: Any) -> Any:
        """Natural logarithm of a positive number."""
        if not isinstance(x, Sql):
            return SCALAR.log(x)
        return attrs.evolve(
            x, text=f"LN({x.text})", low=SCALAR.log(x.low), high=SCALAR.log(x.high), integer=False
        )

    def clip(self, x: Any, lowest: float, highest: float) -> Any:
        """Limit `x` to an interval."""
        if not isinstance(x, Sql):
            return SCALAR.clip(x, lowest, highest)
        x = self.named(x)
        branches = []
        if x.low < lowest:
            branches.append((f"{x.text} < {self.dialect.number(lowest)}", lowest))
        if x.high > highest:
            branches.append((f"{x.text} > {self.dialect.number(highest)}", highest))
        limited = self.case(branches, x) if branches else x
        return attrs.evolve(
            x,
            text=limited.text,
            low=SCALAR.clip(x.low, lowest, highest),
            high=SCALAR.clip(x.high, lowest, highest),
            integer=x.integer and not branches,
        )

    def logistic(self, log_odds: Any) -> Any:
        """Convert log-odds to a probability."""
        x = self.named(self.clip(log_odds, -LARGEST_EXPONENT, LARGEST_EXPONENT))
        one = self.dialect.number(1)
        return attrs.evolve(x, text=f"{one} / ({one} + EXP(-{x.text}))", low=0.0, high=1.0)

    def interp(self, x: Any, knots: Sequence[float], points: Sequence[float]) -> Any:
        """Interpolate linearly between `knots`."""
        if not isinstance(x, Sql):
            return SCALAR.interp(x, knots, points)
        if max(points) - min(points) < LEAST_DIFFERENCE:
            return points[0]
        x, number = self.named(x), self.dialect.number
        branches: list[tuple[str, Any]] = []
        if x.low < knots[0]:
            branches.append((f"{x.text} <= {number(knots[0])}", points[0]))
        for (left, right), (start, end) in zip(pairwise(knots), pairwise(points), strict=True):
            branches.append((f"{x.text} < {number(right)}", self._ramp(x, left, right, start, end)))
        return self.case(branches, points[-1])

    def _ramp(self, x: Sql, left: float, right: float, start: float, end: float) -> Any:
        """Return the points within a segment."""
        if abs(end - start) < LEAST_DIFFERENCE:
            return start
        width, number = right - left, self.dialect.number
        part = x.text if left == 0 else f"({x.text} {'-' if left > 0 else '+'} {number(abs(left))})"
        # Next to zero, a part may be so small that its product is too small for a float.
        if self.dialect.traps_underflow and not x.integer and abs(left) < width * LEAST_SHARE * 100:
            part = f"GREATEST({part}, {number(width * LEAST_SHARE)})"
        slope = (end - start) / width
        change = f"{'-' if slope < 0 else '+'} {part} * {number(abs(slope))}"
        return Sql(f"{number(start)} {change}" if start else change.removeprefix("+ "), self)

    def step(self, x: Any, edges: Sequence[float], values: Sequence[Any]) -> Any:
        """Return the value of the last edge at or below `x`; null where it is missing."""
        if not isinstance(x, Sql):
            return SCALAR.step(x, edges, values)
        x = self.named(x)
        missing = [(f"{x.text} IS NULL", math.nan)] if x.nullable else []
        below = [
            (f"{x.text} < {self.dialect.number(edge)}", value)
            for edge, value in zip(edges[1:], values, strict=False)
        ]
        return self.case([*missing, *below], values[-1])

    def lookup(self, x: Any, table: Mapping[str, float], otherwise: float) -> Any:
        """Return the table's number for each text or code."""
        if not isinstance(x, Sql):
            return SCALAR.lookup(x, table, otherwise)
        return self._by_level(x, list(table), [*table.values(), otherwise])

    def _by_level(self, x: Sql, levels: Sequence[str], values: Sequence[Any]) -> Any:
        """Return the value of each level; the last one is that of all others."""
        if not any(isinstance(each, Sql) for each in values) and len({*values}) == 1:
            return values[0]
        by_level = dict(zip(levels, values, strict=False))
        if x.kind == "flag":
            return self.where(x, *(by_level.get(level, values[-1]) for level in ("true", "false")))
        x = self.named(x)
        if x.kind == "number":  # which has codes, and is never true or false
            codes = set(filter(is_code, by_level)) - {"true", "false"}
            written = {level: self.dialect.number(float(level)) for level in by_level if level in codes}
        else:
            written = {level: self.dialect.text(level) for level in by_level}
        return self.case([(written[level], by_level[level]) for level in written], values[-1], of=x.text)

    def surface(self, x: Any, y: Any, rows: Any, columns: Any, points: Any) -> Any:
        """Interpolate on a grid of points."""
        if not isinstance(y, Sql):
            return cut(self, x, rows, cross_section(place(y, columns), transposed(points)))
        if not isinstance(x, Sql):
            return cut(self, y, columns, cross_section(place(x, rows), points))
        if has_levels(rows) and not has_levels(columns):  # a curve for each level is easier to read
            x, y, rows, columns, points = y, x, columns, rows, transposed(points)
        lines = [cut(self, x, rows, line) for line in transposed(points)]
        if has_levels(columns):
            return self._by_level(y, columns, lines)
        y, number = self.named(y), self.dialect.number
        lines = [self.named(each) if isinstance(each, Sql) else Sql(number(each), self) for each in lines]
        below = [f"{y.text} < {number(right)}" for right in columns[1:]]
        before = [(f"{y.text} <= {number(columns[0])}", 0.0)] if y.low < columns[0] else []
        parts = [self._ramp(y, left, right, 0.0, 1.0) for left, right in pairwise(columns)]
        part = self.named(self.case([*before, *zip(below, parts, strict=True)], 0.0)) if parts else None
        between = [
            Sql(f"{start.text} + ({end.text} - {start.text}) * {part and part.text}", self)
            for start, end in pairwise(lines)
        ]
        return self.case([*zip(below, between, strict=True)], lines[-1])

    def is_missing(self, x: Any) -> Any:
        """Return where a value is not known."""
        if not isinstance(x, Sql):
            return SCALAR.is_missing(x)
        return Sql(f"{x.text} IS NULL", self) if x.nullable else False

    def total(self, terms: Sequence[Any]) -> Any:
        """Return the sum of the terms."""
        texts = list(map(self.literal, terms))
        line = " + ".join(texts)
        return Sql(line if len(line) <= LONGEST_LINE else " +\n      ".join(texts), self)

    def literal(self, value: Any) -> str:
        """Return the text of a value."""
        if isinstance(value, Sql):
            return value.text
        if isinstance(value, str):
            return self.dialect.text(str(value))
        return "NULL" if SCALAR.is_missing(value) else self.dialect.number(value)

    def case(self, branches: list[tuple[str, Any]], otherwise: Any, of: str = "") -> Any:
        """Return a CASE expression; the value itself if there is no branch."""
        if not branches:
            return otherwise
        written = [(condition, self.literal(value)) for condition, value in branches]
        return Sql(case_of(written, "" if otherwise is None else self.literal(otherwise), of), self)
