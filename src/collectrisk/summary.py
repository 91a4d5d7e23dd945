"""The fitted points as a table, with credible intervals and odds ratios."""

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

__all__ = ["Summary", "SummaryRow"]


@attrs.frozen
class SummaryRow:
    """One value of one characteristic.

    Attributes
    ----------
    label : str
        The characteristic, or ``"base"``.
    value : str
        The value: a knot, a band, a level.
    points : float
        What it adds to the log-odds.
    lower, upper : float
        The ends of the points' 90 % credible interval.
    """

    label: str
    value: str
    points: float
    lower: float
    upper: float

    @property
    def odds_ratio(self) -> float:
        """The factor by which the points multiply the odds of a visit."""
        return math.exp(self.points)


@attrs.frozen
class Summary(Document):
    """The fitted points of a scorer.

    Attributes
    ----------
    rows : tuple of SummaryRow
        The base, then the values of each characteristic.
    """

    rows: tuple[SummaryRow, ...]

    def to_dict(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries, for a frame or JSON."""
        return [{**attrs.asdict(row), "odds_ratio": row.odds_ratio} for row in self.rows]

    def _blocks(self, language: Language) -> Iterator[Block]:  # noqa: ARG002  # reports are in English
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
    """Return the fitted points as a table."""
    points = fit.posterior.points
    half_widths = Z_90 * np.linalg.norm(fit.posterior.covariance_factor, axis=1)
    values = [("base", "all")]
    values += [(basis.origin.label, name) for basis in fit.design.bases for name in basis.names]
    return Summary(
        tuple(
            SummaryRow(label, value, float(at), float(at - half_width), float(at + half_width))
            for (label, value), at, half_width in zip(values, points, half_widths, strict=True)
        )
    )
