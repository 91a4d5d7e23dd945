"""The fitted points as a table, with credible intervals and odds ratios."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import numpy as np

from collectrisk._display.card import every_value
from collectrisk._display.document import Document, paragraph, table
from collectrisk._display.words import words_in
from collectrisk._fit.bases import ScaledBasis
from collectrisk._fit.posterior import Z_90
from collectrisk._fit.slopes import SlopeBasis

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from collectrisk._display.document import Block
    from collectrisk._display.words import Words
    from collectrisk._fit.bases import Basis
    from collectrisk._fit.fitting import Fit
    from collectrisk._typing import Array, Language

__all__ = ["PortfolioSlope", "Summary", "SummaryRow"]


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
class PortfolioSlope:
    """How much steeper a curve is in one portfolio.

    Attributes
    ----------
    label : str
        The characteristic: the slopes of a curve by portfolio.
    portfolio : str
        The portfolio.
    slope : float
        The multiple of the curve, less its mean, that is added to it in the portfolio: +0.5 makes the
        differences between accounts 1.5 times as large, and -1 removes them. It is a multiple of the curve
        that was fitted to all portfolios together.
    lower, upper : float
        The ends of its 90 % credible interval; NaN as in `SummaryRow`.
    """

    label: str
    portfolio: str
    slope: float
    lower: float
    upper: float


@attrs.frozen
class Summary(Document):
    """The fitted points of a scorer.

    Attributes
    ----------
    rows : tuple of SummaryRow
        The base, then the values of each characteristic; not those of slopes.
    note : str
        What the fit made of the weights of rows; empty if there were none.
    slopes : tuple of PortfolioSlope
        The slope of each curve in each portfolio, if the portfolios differ in it.
    """

    rows: tuple[SummaryRow, ...]
    note: str = ""
    slopes: tuple[PortfolioSlope, ...] = ()

    def to_dict(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries, for a frame or JSON; None is an end that is not known."""
        return [
            {name: None if value != value else value for name, value in attrs.asdict(row).items()}
            | {"odds_ratio": row.odds_ratio}
            for row in self.rows
        ]

    def _blocks(self, language: Language) -> Iterator[Block]:  # noqa: ARG002  # reports are in English
        header: tuple[str, ...] = ("characteristic", "value", "points", "90% interval", "odds ratio")
        rows = [
            (
                row.label,
                row.value,
                f"{row.points:+z.3f}",
                _interval(row),
                f"{row.odds_ratio:.3g}",
            )
            for row in self.rows
        ]
        yield table("what each value adds to the log-odds of a visit", header, rows, text_columns=2)
        if self.slopes:
            slopes = [
                (each.label, each.portfolio, f"{each.slope:+z.3f}", _interval(each)) for each in self.slopes
            ]
            caption = "slopes: the multiple of a curve that a portfolio adds to it"
            header = ("characteristic", "portfolio", "slope", "90% interval")
            yield table(caption, header, slopes, text_columns=2)
        if self.note:
            yield paragraph(self.note)


Row = TypeVar("Row", SummaryRow, PortfolioSlope)


def _interval(row: SummaryRow | PortfolioSlope) -> str:
    return "" if math.isnan(row.lower) else f"{row.lower:+z.3f} to {row.upper:+z.3f}"


def summary_of(fit: Fit, note: str, *, has_intervals: bool) -> Summary:
    """Return the fitted points as a table."""
    words = words_in("en")
    quantile = Z_90 if has_intervals else math.nan
    points, factor = fit.posterior.points, fit.posterior.covariance_factor
    rows = _rows(SummaryRow, "base", ["all"], points[:1], quantile * _errors(factor[:1]))
    slopes: list[PortfolioSlope] = []
    for basis, part in zip(fit.design.bases, fit.design.slices, strict=True):
        its_points, its_factor, label = points[part], factor[part], basis.origin.label
        if isinstance(basis, SlopeBasis):
            names = [*basis.known.levels, words.card.any_other, words.card.missing]
            its_slopes, slope_factor = _slopes(basis, its_points), _slopes(basis, its_factor)
            slopes += _rows(PortfolioSlope, label, names, its_slopes, quantile * _errors(slope_factor))
        else:
            values = every_value(basis.curve(its_points), words)
            errors = _errors_of_values(basis, its_points, _errors(its_factor), len(values), words)
            names, at = [name for name, _ in values], np.array([points for _, points in values])
            rows += _rows(SummaryRow, label, names, at, quantile * errors)
    return Summary(tuple(rows), note, tuple(slopes))


def _errors(factor: Array) -> Array:
    return np.asarray(np.linalg.norm(factor, axis=1))


def _errors_of_values(basis: Basis, points: Array, errors: Array, count: int, words: Words) -> Array:
    """Return the standard error of the points of each value, given those of the functions of a basis."""
    if isinstance(basis, ScaledBasis):
        # The lowest points of a unit are the highest ones if the factor is below zero.
        signed = basis.unit.scaled(math.copysign(1.0, points[1]))
        of_unit = np.abs([at for _, at in every_value(signed, words)])
        return np.asarray(errors[1] * of_unit)
    # The last function is that of any other level, and of a missing value, if neither has one of its own.
    return np.asarray(errors[np.minimum(np.arange(count), len(points) - 1)])


def _slopes(basis: SlopeBasis, ends: Array) -> Array:
    """Return the slope of each portfolio, given its lowest and its highest points, or rows for them."""
    lowest, highest = basis.unit.range
    return np.asarray((ends[1::2] - ends[::2]) / (highest - lowest))


def _rows(kind: type[Row], label: str, names: Iterable[str], values: Array, half_widths: Array) -> list[Row]:
    """Return a row for each value, with its interval."""
    ends = (values.tolist(), (values - half_widths).tolist(), (values + half_widths).tolist())
    return [kind(label, *row) for row in zip(names, *ends, strict=True)]
