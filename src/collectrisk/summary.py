"""The fitted points as a table, with credible intervals and odds ratios."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._display.document import Document, paragraph, table
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
        The ends of the points' 90 % credible interval; NaN if it is not known, because the fit had weights
        whose meaning was not given (`weights`).
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
    note : str
        What the fit made of the weights of rows; empty if there were none.
    """

    rows: tuple[SummaryRow, ...]
    note: str = ""

    def to_dict(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries, for a frame or JSON; None is an end that is not known."""
        return [
            {name: None if value != value else value for name, value in attrs.asdict(row).items()}
            | {"odds_ratio": row.odds_ratio}
            for row in self.rows
        ]

    def _blocks(self, language: Language) -> Iterator[Block]:  # noqa: ARG002  # reports are in English
        header = ("characteristic", "value", "points", "90% interval", "odds ratio")
        rows = [
            (
                row.label,
                row.value,
                f"{row.points:+.3f}",
                "" if math.isnan(row.lower) else f"{row.lower:+.3f} to {row.upper:+.3f}",
                f"{row.odds_ratio:.3g}",
            )
            for row in self.rows
        ]
        yield table("what each value adds to the log-odds of a visit", header, rows, text_columns=2)
        if self.note:
            yield paragraph(self.note)


def summary_of(fit: Fit, note: str, *, has_intervals: bool) -> Summary:
    """Return the fitted points as a table."""
    points = fit.posterior.points
    errors = np.linalg.norm(fit.posterior.covariance_factor, axis=1)
    half_widths = Z_90 * errors if has_intervals else np.full(len(points), np.nan)
    values = [("base", "all")]
    values += [(basis.origin.label, name) for basis in fit.design.bases for name in basis.names]
    rows = (
        SummaryRow(label, value, float(at), float(at - half_width), float(at + half_width))
        for (label, value), at, half_width in zip(values, points, half_widths, strict=True)
    )
    return Summary(tuple(rows), note)
