"""The fitted points as a table, with credible intervals and odds ratios."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import numpy as np

from collectrisk._display.card import LARGEST_EXPONENT, every_value, odds_ratio
from collectrisk._display.document import ExplainedDocument, paragraph, table
from collectrisk._display.words import LANGUAGES, words_in
from collectrisk._errors import did_you_mean, shown
from collectrisk._fit.bases import ScaledBasis
from collectrisk._fit.posterior import Z_90
from collectrisk._fit.slopes import SlopeBasis
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from collectrisk._display.document import Block
    from collectrisk._display.words import Words
    from collectrisk._fit.bases import Basis
    from collectrisk._fit.fitting import Fit
    from collectrisk._typing import Array, Language

__all__ = ["PortfolioSlope", "Summary", "SummaryRow"]

BASE = "base"
"""The label of the base."""


@attrs.frozen
class SummaryRow:
    """One value of one characteristic.

    Attributes
    ----------
    label : str
        The characteristic, or ``"base"``.
    value : str
        The value: a knot, a band, a level, or a pair of them.
    points : float
        What it adds to the log-odds.
    lower, upper : float
        The ends of the points' 90 % credible interval; NaN if it is not known, because the fit had weights
        whose meaning was not given (`weights`).
    names : dict of str to str
        The value in each language.
    """

    label: str
    value: str
    points: float
    lower: float
    upper: float
    _names: Mapping[str, str] = attrs.field(factory=dict, repr=False, eq=False)

    def shown(self, language: Language) -> str:
        """Return the value in a language."""
        return self._names.get(language, self.value)

    @property
    def odds_ratio(self) -> float | None:
        """The factor by which the points multiply the odds of a visit; None if no float holds it."""
        return odds_ratio(self.points)


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
        differences between accounts 1.5 times as large, and -1 removes them. Those of the portfolios of the
        fit add up to zero.
    lower, upper : float
        The ends of its 90 % credible interval; NaN as in `SummaryRow`.
    names : dict of str to str
        The portfolio in each language.
    """

    label: str
    portfolio: str
    slope: float
    lower: float
    upper: float
    _names: Mapping[str, str] = attrs.field(factory=dict, repr=False, eq=False)

    def shown(self, language: Language) -> str:
        """Return the portfolio in a language."""
        return self._names.get(language, self.portfolio)


Row = TypeVar("Row", SummaryRow, PortfolioSlope)


@attrs.frozen
class Summary(ExplainedDocument):
    """The fitted points of a scorer.

    Attributes
    ----------
    rows : tuple of SummaryRow
        The base, then the values of each characteristic; not those of slopes.
    note : str
        What the fit made of the points of rules and of the weights of rows, and which intervals leave
        something out; empty if there is nothing to say.
    slopes : tuple of PortfolioSlope
        The slope of each curve in each portfolio, if the portfolios differ in it.
    notes : dict of str to str
        The note in each language.
    """

    rows: tuple[SummaryRow, ...]
    note: str = ""
    slopes: tuple[PortfolioSlope, ...] = ()
    _notes: Mapping[str, str] = attrs.field(factory=dict, repr=False, eq=False)

    def only(self, *labels: str) -> Summary:
        """Return the rows of some characteristics.

        Parameters
        ----------
        *labels : str
            The labels of the characteristics; ``"base"`` is that of the base.

        Raises
        ------
        ArgumentError
            If there is no such characteristic; the error suggests the nearest.

        Examples
        --------
        >>> import collectrisk as cr
        >>> accounts = cr.simulate_portfolio(500, seed=1)
        >>> late = accounts["days_past_due"] > 120
        >>> summary = cr.LogisticScorer(prior=cr.RuleScorer()).fit(accounts, late).summary()
        >>> [row.value for row in summary.only("agency").rows]
        ['yes', 'no']
        """
        known = list(dict.fromkeys([row.label for row in self.rows] + [row.label for row in self.slopes]))
        for label in labels:
            if label not in known:
                guess = did_you_mean(label, known)
                raise ArgumentError("labels", f"must be those of characteristics, not {shown(label)}{guess}")
        return attrs.evolve(
            self,
            rows=tuple(row for row in self.rows if row.label in labels),
            slopes=tuple(row for row in self.slopes if row.label in labels),
        )

    def to_dict(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries, for a frame or JSON; None is an end that is not known."""
        return [
            {
                "label": row.label,
                "value": row.value,
                "points": row.points,
                "lower": None if math.isnan(row.lower) else row.lower,
                "upper": None if math.isnan(row.upper) else row.upper,
                "odds_ratio": row.odds_ratio,
            }
            for row in self.rows
        ]

    def _blocks(self, language: Language) -> Iterator[Block]:
        words = words_in(language)
        texts = words.summary

        def cells(row: SummaryRow | PortfolioSlope, number: float) -> tuple[str, ...]:
            interval = words.card.range.format(f"{row.lower:+z.3f}", f"{row.upper:+z.3f}")
            label = words.card.base if row.label == BASE else row.label
            return label, row.shown(language), f"{number:+z.3f}", "" if math.isnan(row.lower) else interval

        if self.rows:
            rows = [(*cells(each, each.points), _ratio(each)) for each in self.rows]
            header = (
                words.assessment.characteristic,
                texts.value,
                words.card.points,
                texts.interval,
                texts.odds_ratio,
            )
            yield table(texts.title, header, rows, text_columns=2)
        if self.slopes:
            slopes = [cells(each, each.slope) for each in self.slopes]
            names = (words.assessment.characteristic, texts.portfolio, texts.slope, texts.interval)
            yield table(texts.slopes, names, slopes, text_columns=2)
        if note := self._notes.get(language, self.note):
            yield paragraph(note)


def _ratio(row: SummaryRow) -> str:
    ratio = row.odds_ratio
    return f"> {math.exp(LARGEST_EXPONENT):.0e}" if ratio is None else f"{ratio:.3g}"


def summary_of(fit: Fit, notes: Mapping[str, str], *, has_intervals: bool) -> Summary:
    """Return the fitted points as a table, with a note in each language."""
    quantile = Z_90 if has_intervals else math.nan
    points, factor = fit.posterior.points, fit.posterior.covariance_factor
    all_accounts = {language: [words_in(language).summary.all] for language in LANGUAGES}
    rows = _rows(SummaryRow, BASE, all_accounts, points[:1], quantile * _errors(factor[:1]))
    slopes: list[PortfolioSlope] = []
    for basis, part in zip(fit.design.bases, fit.design.slices, strict=True):
        its_points, its_factor, label = points[part], factor[part], basis.origin.label
        if isinstance(basis, SlopeBasis):
            names = {language: _portfolios(basis, words_in(language)) for language in LANGUAGES}
            its_slopes, slope_factor = _slopes(basis, its_points), _slopes(basis, its_factor)
            slopes += _rows(PortfolioSlope, label, names, its_slopes, quantile * _errors(slope_factor))
        else:
            curve = basis.curve(its_points)
            values = {language: every_value(curve, words_in(language)) for language in LANGUAGES}
            names = {language: [name for name, _ in its] for language, its in values.items()}
            found = np.array([value for _, value in values["en"]])
            errors = _errors_of_values(basis, its_points, _errors(its_factor), len(found))
            rows += _rows(SummaryRow, label, names, found, quantile * errors)
    return Summary(tuple(rows), notes["en"], tuple(slopes), notes)


def _errors(factor: Array) -> Array:
    return np.asarray(np.linalg.norm(factor, axis=1))


def _errors_of_values(basis: Basis, points: Array, errors: Array, count: int) -> Array:
    """Return the standard error of the points of each value, given those of the functions of a basis."""
    if isinstance(basis, ScaledBasis):
        # The lowest points of a unit are the highest ones if the factor is below zero.
        signed = basis.unit.scaled(math.copysign(1.0, points[1]))
        of_unit = np.abs([value for _, value in every_value(signed, words_in("en"))])
        return np.asarray(errors[1] * of_unit)
    # The last function is that of any other level, and of a missing value, if neither has one of its own.
    return np.asarray(errors[np.minimum(np.arange(count), len(points) - 1)])


def _portfolios(basis: SlopeBasis, words: Words) -> list[str]:
    return [*basis.known.levels, words.card.any_other, words.card.missing]


def _slopes(basis: SlopeBasis, ends: Array) -> Array:
    """Return the slope of each portfolio, given its lowest and its highest points, or rows for them."""
    lowest, highest = basis.unit.range
    return np.asarray((ends[1::2] - ends[::2]) / (highest - lowest))


def _rows(
    kind: type[Row], label: str, names: Mapping[str, list[str]], values: Array, half_widths: Array
) -> list[Row]:
    """Return a row for each value, with its interval, and its name in each language."""
    ends = (values.tolist(), (values - half_widths).tolist(), (values + half_widths).tolist())
    by_language = [dict(zip(names, each, strict=True)) for each in zip(*names.values(), strict=True)]
    rows = zip(by_language, *ends, strict=True)
    return [kind(label, its["en"], at, low, high, names=its) for its, at, low, high in rows]
