"""What a fit found, as a table: points, odds ratios and how sure they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk.assessment import NINETY_PERCENT
from collectrisk.markup import Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk.fit.fitting import Fit

__all__ = ["Summary", "SummaryRow", "summary_of"]


@attrs.frozen
class SummaryRow:
    """One value of one characteristic.

    Attributes
    ----------
    label : str
        The characteristic, or ``"base"``.
    value : str
        The value, in words.
    points : float
        What it adds to the log-odds.
    lower, upper : float
        The ends of the interval that holds the points with a chance of 90 %.
    """

    label: str
    value: str
    points: float
    lower: float
    upper: float

    @property
    def odds_ratio(self) -> float:
        """By what the points multiply the odds of a visit."""
        return math.exp(self.points)


@attrs.frozen
class Summary(Tabled):
    """The table of a fit.

    Attributes
    ----------
    rows : tuple of SummaryRow
        The base, then each characteristic's values.
    """

    rows: tuple[SummaryRow, ...]

    def to_dict(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries, ready for a frame or JSON."""
        return [{**attrs.asdict(row), "odds_ratio": row.odds_ratio} for row in self.rows]

    def tables(self) -> Iterator[Table]:
        """Return the one table."""
        header = ("characteristic", "value", "points", "90% interval", "odds ratio")
        rows = tuple(
            (
                row.label,
                row.value,
                f"{row.points:+.3f}",
                f"{row.lower:+.3f} to {row.upper:+.3f}",
                f"{row.odds_ratio:.3g}",
            )
            for row in self.rows
        )
        yield Table("what each value adds to the log-odds of a visit", header, rows, words=2)


def summary_of(fit: Fit) -> Summary:
    """Return the table of a fit."""
    points = fit.posterior.points
    reach = NINETY_PERCENT * np.linalg.norm(fit.posterior.root, axis=1)
    values = [("base", "everybody")]
    values += [(shape.origin.label, name) for shape in fit.design.shapes for name in shape.names]
    return Summary(
        tuple(
            SummaryRow(label, value, float(at), float(at - to), float(at + to))
            for (label, value), at, to in zip(values, points, reach, strict=True)
        )
    )
