"""The temporary columns of a lazy frame: what is used twice is computed once, in a column of its own."""

from __future__ import annotations

from typing import Any

import attrs
import narwhals.stable.v2 as nw


@attrs.define
class Stages:
    """Columns that are added to a frame stage by stage; each may use those of the stages before it.

    An engine repeats an expression wherever it is used, so that a query would grow exponentially with
    the depth of a formula.

    Attributes
    ----------
    engine : narwhals.Implementation
        The engine of the frame.
    prefix : str
        What the names of the columns begin with.
    columns : list of dict of str to narwhals expression
        The columns of each stage, by name.
    """

    engine: nw.Implementation
    prefix: str
    columns: list[dict[str, nw.Expr]] = attrs.Factory(list)

    def add(self, expr: nw.Expr, stage: int) -> nw.Expr:
        """Return the column of an expression that is computed in a stage."""
        self.columns += [{} for _ in range(stage + 1 - len(self.columns))]
        name = f"{self.prefix}{len(self.names)}"
        self.columns[stage][name] = expr.alias(name)
        return nw.col(name)

    @property
    def names(self) -> list[str]:
        """The names of all columns."""
        return [name for columns in self.columns for name in columns]

    def added_to(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """Return a frame with the columns."""
        for columns in filter(None, self.columns):
            frame = frame.with_columns(*columns.values())
        return frame
