"""The characteristics of a scorecard, bin by bin: outcomes, weight of evidence, and points that would fit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
from scipy.special import expit

from collectrisk._display.document import ExplainedDocument, paragraph, table
from collectrisk._display.words import format_points, words_in
from collectrisk._export import Tabular
from collectrisk._frames import account_rows, log_odds_of, read_accounts
from collectrisk._frames.blocks import one_per_row
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk._scorers.scorecard import CardScorer
from collectrisk._scorers.scorer import formula_of, require_fitted
from collectrisk.errors import ArgumentError, did_you_mean, type_name
from collectrisk.evaluation._intervals import observed_rate_interval
from collectrisk.evaluation._outcomes import read_outcomes
from collectrisk.evaluation._sample import Sample
from collectrisk.evaluation._weighted import clusters_of, effective_count, mean, total
from collectrisk.evaluation._wording import UNDEFINED, percent
from collectrisk.validation._bins import bin_accounts
from collectrisk.validation._evidence import HALF, ClassCounts, Evidence, Shift, chance_of_iv

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from collectrisk._curves import Characteristic
    from collectrisk._display.document import Block
    from collectrisk._typing import Array, Interval, Language
    from collectrisk.evaluation._outcomes import Outcomes
    from collectrisk.mapping._mapping import Columns
    from collectrisk.validation._bins import Binned


@attrs.frozen(kw_only=True)
class Bin:
    """The accounts in one bin of a characteristic.

    What is not defined for a bin without accounts, or if all accounts had the same outcome, is None.

    Attributes
    ----------
    value : str
        The bin: an interval of a number, a level, or missing values.
    accounts, visits : int or float
        The number of accounts, and of those that were visited; or the sums of their weights.
    share : float
        The share of all accounts.
    rate : float or None
        The observed rate of visits.
    rate_interval : (float, float) or None
        Its interval, by Wilson (1927).
    expected_rate : float or None
        The mean visit probability.
    woe : float or None
        The weight of evidence: the logarithm of the bin's share of the accounts without a visit, divided by
        its share of those with a visit. Above 0, there are fewer visits than on average (Siddiqi 2006).
        If the bin has no account of one of the two classes, each class has half a count more in it,
        with weights half the smallest one.
    woe_interval : (float, float) or None
        Its interval, which has an infinite end if the bin has no account of one of the classes.
    iv : float
        The bin's part of the information value.
    points : float or None
        The mean of the characteristic's points, in log-odds.
    observed_points : float or None
        The points for which the expected rate would be the observed one, with all other points as they
        are. If all or none were visited, for half a visit less or more, with weights half the smallest one.
    observed_points_interval : (float, float) or None
        Their interval: all points that a score test at this confidence does not reject. It has an
        infinite end if all or none were visited.
    names : dict of str to str
        The bin in each language.
    """

    value: str
    accounts: float
    visits: float
    share: float
    rate: float | None = None
    rate_interval: Interval | None = None
    expected_rate: float | None = None
    woe: float | None = None
    woe_interval: Interval | None = None
    iv: float = 0.0
    points: float | None = None
    observed_points: float | None = None
    observed_points_interval: Interval | None = None
    _names: Mapping[str, str] = attrs.field(factory=dict, repr=False, eq=False)

    def shown(self, language: Language) -> str:
        """Return the name of the bin in a language."""
        return self._names.get(language, self.value)

    def to_dict(self) -> dict[str, Any]:
        """Return the bin as plain data, in which an infinite end of an interval is None."""
        return {name: _plain(getattr(self, name)) for name in NAMES}


NAMES = tuple(each.name for each in attrs.fields(Bin) if not each.name.startswith("_"))
"""What is known of a bin."""


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [each if math.isfinite(each) else None for each in value]
    return value


@attrs.frozen(kw_only=True)
class CharacteristicBins:
    """The bins of one characteristic.

    Attributes
    ----------
    label : str
        The characteristic.
    fields : tuple of str
        The fields that it reads.
    iv : float or None
        The information value: the sum of the bins' parts. None if all accounts had the same outcome.
    iv_by_chance : float or None
        The mean information value if the characteristic had nothing to do with the visits: an
        information value of this size is no evidence. None with clusters, for which it is not known.
    bins : tuple of Bin
        The bins, that of missing values last.
    """

    label: str
    fields: tuple[str, ...]
    iv: float | None
    iv_by_chance: float | None
    bins: tuple[Bin, ...]


@attrs.frozen(kw_only=True)
class CharacteristicTable(Tabular, ExplainedDocument):
    """Each characteristic of a scorecard bin by bin, as `characteristic_table` returns it.

    ``print(table)`` shows it as text, a notebook as tables, and ``table["delay"]`` has the bins of one
    characteristic.

    Attributes
    ----------
    confidence : float
        The confidence of all intervals.
    accounts, visits : int or float
        The number of all accounts, and of those that were visited; or the sums of their weights.
    skipped : int
        The number of rows that the mapping skips because they are not accounts; nothing else counts them.
    characteristics : tuple of CharacteristicBins
        The characteristics, in the order of the card.

    Notes
    -----
    Without ``cluster=``, the intervals assume that accounts are independent. Several accounts of one
    borrower are not, and make the intervals too narrow.
    """

    confidence: float
    accounts: float
    visits: float
    skipped: int
    characteristics: tuple[CharacteristicBins, ...] = attrs.field(
        repr=lambda characteristics: repr([each.label for each in characteristics])
    )

    def __getitem__(self, label: str) -> CharacteristicBins:
        for each in self.characteristics:
            if each.label == label:
                return each
        guess = did_you_mean(label, [each.label for each in self.characteristics])
        raise ArgumentError("label", f"must be that of a characteristic, not {label!r}{guess}")

    def misfits(self) -> tuple[int, int]:
        """Return the number of bins whose points lie outside the interval of the observed ones, and of all.

        Bins without accounts are left out.
        """
        filled = [
            (bin_.points, bin_.observed_points_interval)
            for each in self.characteristics
            for bin_ in each.bins
            if bin_.points is not None and bin_.observed_points_interval is not None
        ]
        return sum(not low <= points <= high for points, (low, high) in filled), len(filled)

    def to_dict(self) -> dict[str, Any]:
        """Return the table as plain data, which JSON can represent; an infinite end is None."""
        return {
            "confidence": self.confidence,
            "accounts": self.accounts,
            "visits": self.visits,
            "skipped": self.skipped,
            "characteristics": [
                {
                    "label": each.label,
                    "fields": list(each.fields),
                    "iv": each.iv,
                    "iv_by_chance": each.iv_by_chance,
                    "bins": [every.to_dict() for every in each.bins],
                }
                for each in self.characteristics
            ],
        }

    def _columns(self) -> dict[str, list[Any]]:
        bins = [(each.label, every) for each in self.characteristics for every in each.bins]
        columns: dict[str, list[Any]] = {"characteristic": [label for label, _ in bins]}
        for name in NAMES:
            values = [getattr(each, name) for _, each in bins]
            if name.endswith("_interval"):
                ends = [_plain(value) or [None, None] for value in values]
                measure = name.removesuffix("_interval")
                columns[f"{measure}_low"] = [low for low, _ in ends]
                columns[f"{measure}_high"] = [high for _, high in ends]
            else:
                columns[name] = values
        return columns

    def _blocks(self, language: Language) -> Iterator[Block]:
        words = words_in(language).validation
        header = (
            *(words.value, words.accounts, words.share, words.visits, words.rate, words.expected),
            *(words.woe, words.iv, words.points, words.observed_points),
        )
        for each in self.characteristics:
            caption = words.characteristic.format(each.label, ", ".join(each.fields))
            if each.iv is not None:
                caption += words.information.format(f"{each.iv:.3f}")
            if each.iv_by_chance is not None:
                caption += words.by_chance.format(f"{each.iv_by_chance:.3f}")
            rows = [_row(every, language, words.interval) for every in each.bins]
            yield table(caption, header, rows)
        yield paragraph(words.bins_note.format(f"{100 * self.confidence:g}"))


def _row(each: Bin, language: Language, template: str) -> tuple[str, ...]:
    return (
        each.shown(language),
        f"{each.accounts:,.10g}",
        percent(each.share),
        f"{each.visits:,.10g}",
        _with_interval(percent(each.rate), each.rate_interval, percent, template),
        percent(each.expected_rate),
        _with_interval(_signed(each.woe), each.woe_interval, _signed, template),
        f"{each.iv:.4f}",
        _signed(each.points),
        _with_interval(_signed(each.observed_points), each.observed_points_interval, _signed, template),
    )


def _signed(value: float | None) -> str:
    if value is None:
        return UNDEFINED
    return format_points(value) if math.isfinite(value) else ("-∞" if value < 0 else "+∞")


def _with_interval(text: str, interval: Interval | None, to_text: Any, template: str) -> str:
    return text if interval is None else template.format(text, *map(to_text, interval))


def characteristic_table(
    scorer: Any,
    frame: Any,
    visited: Any,
    *,
    cluster: Any = None,
    sample_weight: Any = None,
    columns: Columns | None = None,
    positive: object = None,
    confidence: float = 0.95,
) -> CharacteristicTable:
    """Return each characteristic of a scorecard bin by bin, with observed visits and points.

    The bins are those of the card: its bands and levels, and the intervals between its knots. Values below
    the first knot or band are in the first bin, as they have its points. Missing values have a bin of their
    own, whatever the card does with them.

    Parameters
    ----------
    scorer : CardScorer
        The scorecard: a `RuleScorer`, a `Scorecard`, a fitted `LogisticScorer`.
    frame : eager frame, or mapping of str to array
        One row per account.
    visited : array, series or list of shape (n_rows,), or str
        Whether each account was visited, or the name of the frame's column with these labels.
    cluster : array, series or list of shape (n_rows,), or str, optional
        What several rows have in common, such as the debtor, or the name of a column. The intervals
        then allow for the dependence of rows in the same cluster, and there is no information value by
        chance, which is only known for independent rows.
    sample_weight : array, series or list of shape (n_rows,), or str, optional
        The weight of each account, 0 or more; or the name of a column.
    columns : Mapping, or mapping of str to (str or None), optional
        How the fields are read, as in `Scorer.assess_frame`. Rows that a `Mapping` skips are left out.
    positive : object, optional
        The label that means a visit, if labels are not true and false or 1 and 0.
    confidence : float, default 0.95
        The confidence of intervals, between 0 and 1.

    Returns
    -------
    CharacteristicTable
        The bins of each characteristic.

    Raises
    ------
    ArgumentError
        If the scorer is not a scorecard or not fitted, if labels or weights are invalid, or if there is no
        column with a given name.
    CollectRiskError
        As in `Scorer.visit_probabilities`: for a lazy frame, or rows with invalid values.

    See Also
    --------
    collectrisk.evaluate : The quality of the scorer as a whole.

    Examples
    --------
    >>> import collectrisk as cr
    >>> import numpy as np
    >>> from collectrisk.validation import characteristic_table
    >>> accounts = cr.simulate_portfolio(5_000, seed=1, backend="polars")
    >>> card = cr.RuleScorer(base=-1.0)
    >>> visited = np.random.default_rng(0).random(5_000) < card.visit_probabilities(accounts)
    >>> plan = characteristic_table(card, accounts, visited)["repayment plan"]
    >>> [(each.value, each.accounts, each.visits) for each in plan.bins]
    [('no', 4772, 312), ('yes', 228, 0)]
    """
    if not isinstance(scorer, CardScorer):
        raise ArgumentError(
            "scorer",
            "must be a scorecard: a RuleScorer, a Scorecard, a fitted LogisticScorer; "
            f"{type_name(scorer)} has no characteristics",
        )
    require_fitted(scorer, "scorer")
    formula = formula_of(scorer)
    columns = formula.columns if columns is None else columns
    log_odds = log_odds_of(formula, frame, columns=columns)
    outcomes = read_outcomes(
        visited,
        None,
        frame,
        len(log_odds),
        cluster=cluster,
        sample_weight=sample_weight,
        positive=positive,
        confidence=confidence,
        bins=1,
        accounts=account_rows(frame, columns),
    )
    accounts = read_accounts(formula, frame, scorer.fields, columns)
    # Rows of the accounts alone, without those that the mapping skips.
    used = np.searchsorted(account_rows(frame, columns), outcomes.rows)
    found = []
    for each in scorer.card.characteristics:
        with np.errstate(all="ignore"):
            points = one_per_row(each.points(accounts.record, ARRAYS), accounts.rows)
            binned = bin_accounts(each, accounts, points)
        binned = attrs.evolve(binned, codes=binned.codes[used])
        found.append(_bins(each, binned, points[used], log_odds[outcomes.rows], outcomes))
    return CharacteristicTable(
        confidence=outcomes.confidence,
        accounts=total(outcomes.weights),
        visits=total(outcomes.weights * outcomes.visited),
        skipped=outcomes.skipped,
        characteristics=tuple(found),
    )


def _bins(
    characteristic: Characteristic, binned: Binned, points: Array, log_odds: Array, outcomes: Outcomes
) -> CharacteristicBins:
    names = [dict(zip(binned.names, each, strict=True)) for each in zip(*binned.names.values(), strict=True)]
    order = np.argsort(binned.codes, kind="stable")
    ends = np.cumsum(np.bincount(binned.codes, minlength=len(names)))
    rows = np.split(order, ends[:-1])
    bins = [
        _bin(each, members, points, log_odds, outcomes) for each, members in zip(names, rows, strict=True)
    ]
    if not len(rows[-1]):
        bins = bins[:-1]  # no missing values
    visits, others = (outcomes.weights[each] for each in (outcomes.visited, ~outcomes.visited))
    both = bool(len(visits) and len(others))
    filled = sum(bool(each.accounts) for each in bins)
    independent = both and outcomes.clusters is None
    return CharacteristicBins(
        label=characteristic.label,
        fields=characteristic.fields,
        iv=math.fsum(each.iv for each in bins) if both else None,
        iv_by_chance=(
            chance_of_iv(filled, effective_count(others), effective_count(visits)) if independent else None
        ),
        bins=tuple(bins),
    )


def _bin(names: Mapping[str, str], rows: Array, points: Array, log_odds: Array, outcomes: Outcomes) -> Bin:
    weights, visited, confidence = outcomes.weights[rows], outcomes.visited[rows], outcomes.confidence
    counts: dict[str, Any] = {
        "value": names["en"],
        "names": names,
        "accounts": total(weights),
        "visits": total(weights * visited),
        "share": float(weights.sum() / outcomes.weights.sum()),
    }
    if not len(rows):
        return Bin(**counts)
    probability = expit(log_odds[rows])
    sample = Sample(visited, probability, weights, clusters_of(outcomes.clusters, rows))
    its_points = mean(points[rows], weights)
    half = HALF * float(outcomes.weights.min())
    shift = Shift.of(sample, log_odds[rows], confidence, half)
    low, high = shift.interval
    inside = np.zeros(len(outcomes.visited), dtype=np.bool_)
    inside[rows] = True
    evidence = None
    if 0 < outcomes.visited.sum() < len(outcomes.visited):
        every = Sample(inside, inside, outcomes.weights, outcomes.clusters)
        others, visits = (
            ClassCounts.of(every.take(np.flatnonzero(members)))
            for members in (~outcomes.visited, outcomes.visited)
        )
        evidence = Evidence.of(others, visits, confidence, half)
    return Bin(
        **counts,
        rate=mean(visited, weights),
        rate_interval=observed_rate_interval(sample, confidence),
        expected_rate=mean(probability, weights),
        woe=None if evidence is None else evidence.woe,
        woe_interval=None if evidence is None else evidence.interval,
        iv=0.0 if evidence is None else evidence.iv,
        points=its_points,
        observed_points=its_points + shift.value,
        observed_points_interval=(its_points + low, its_points + high),
    )
