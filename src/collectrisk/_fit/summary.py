"""What a fit found, as a table: points, odds ratios and how sure they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._display.document import Document, table
from collectrisk._fit.posterior import Z_90

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk._display.document import Block
    from collectrisk._fit.fitting import Fit
    from collectrisk._typing import Language


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
class Summary(Document):
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

    def _blocks(self, language: Language) -> Iterator[Block]:  # noqa: ARG002
        header = ("characteristic", "value", "points", "90% interval", "odds ratio")
        rows = [
            (
                row.label,
                row.value,
                f"{row.points:+.3f}",
                f"{row.lower:+.3f} to {row.upper:+.3f}",
                f"{row.odds_ratio:.3g}",
            )
            for row in self.rows
        ]
        yield table("what each value adds to the log-odds of a visit", header, rows, text_columns=2)


def summary_of(fit: Fit) -> Summary:
    """Return the table of a fit."""
    points = fit.posterior.points
    reach = Z_90 * np.linalg.norm(fit.posterior.root, axis=1)
    values = [("base", "everybody")]
    values += [(shape.origin.label, name) for shape in fit.design.shapes for name in shape.names]
    return Summary(
        tuple(
            SummaryRow(label, value, float(at), float(at - to), float(at + to))
            for (label, value), at, to in zip(values, points, reach, strict=True)
        )
    )
