"""The rates of visits of the groups of a split, compared."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._display.document import ExplainedDocument, paragraph, table
from collectrisk._display.words import words_in
from collectrisk._export import Tabular
from collectrisk._frames import open_table
from collectrisk.errors import ArgumentError, did_you_mean, shown
from collectrisk.evaluation._intervals import rate_interval
from collectrisk.evaluation._outcomes import read_outcomes
from collectrisk.evaluation._values import read_numbers
from collectrisk.evaluation._weighted import effective_count, mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk._display.document import Block
    from collectrisk._typing import Array, Interval, Language


@attrs.frozen(kw_only=True)
class GroupOutcome:
    """The visits of one group of a split.

    Attributes
    ----------
    accounts, visits : int
        The numbers of accounts and of visited ones.
    rate : float
        The rate of visits, weighted by the inverse of the propensities.
    interval : tuple of float
        The confidence interval of the rate.
    difference : float or None
        How much the rate is above that of the reference; None for the reference.
    difference_interval : tuple of float or None
        The confidence interval of the difference.
    """

    accounts: int
    visits: int
    rate: float
    interval: Interval
    difference: float | None = None
    difference_interval: Interval | None = None

    def against(self, reference: GroupOutcome) -> GroupOutcome:
        """Return the outcome with its difference from the reference (Newcombe 1998, method 10)."""
        difference = self.rate - reference.rate
        (low, high), (other_low, other_high) = self.interval, reference.interval
        below = math.hypot(self.rate - low, other_high - reference.rate)
        above = math.hypot(high - self.rate, reference.rate - other_low)
        interval = difference - below, difference + above
        return attrs.evolve(self, difference=difference, difference_interval=interval)


@attrs.frozen(kw_only=True)
class SplitComparison(ExplainedDocument, Tabular):
    """The rates of visits of the groups of a split, as `Split.compare` returns them.

    ``print(comparison)`` shows it as text, and a notebook as a table.

    Attributes
    ----------
    split : str
        The name of the split.
    reference : str
        The group that the others are compared with.
    groups : dict of str to GroupOutcome
        The outcomes, in the order of the groups; without groups that have no account.
    confidence : float
        The confidence of the intervals.
    weighted : bool
        Whether shares changed, so that the weights have an effect.
    """

    split: str
    reference: str
    groups: dict[str, GroupOutcome]
    confidence: float
    weighted: bool

    def __getitem__(self, group: str) -> GroupOutcome:
        return self.groups[group]

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data, which JSON can represent."""
        return attrs.asdict(
            self, value_serializer=lambda _, __, value: list(value) if isinstance(value, tuple) else value
        )

    def _columns(self) -> dict[str, list[Any]]:
        outcomes = self.groups.values()
        columns: dict[str, list[Any]] = {"group": list(self.groups)}
        columns |= {
            name: [getattr(each, name) for each in outcomes] for name in ("accounts", "visits", "rate")
        }
        columns |= _ends("rate", [each.interval for each in outcomes])
        columns["difference"] = [each.difference for each in outcomes]
        return columns | _ends("difference", [each.difference_interval for each in outcomes])

    def _blocks(self, language: Language) -> Iterator[Block]:
        words = words_in(language).split
        level = f"{100 * self.confidence:g}%"
        interval = words.interval.format(level)
        header = words.group, words.accounts, words.visits, words.rate, interval, words.difference, interval
        rows = [(name, *_cells(each, words.range)) for name, each in self.groups.items()]
        yield table(words.title.format(self.split), header, rows)
        notes = [words.reference.format(self.reference)]
        notes += [words.weighted] if self.weighted else []
        yield from map(paragraph, notes)


def _ends(name: str, intervals: list[Interval | None]) -> dict[str, list[Any]]:
    """Return the ends of intervals as two columns."""
    ends = enumerate(("low", "high"))
    return {f"{name}_{end}": [each and each[place] for each in intervals] for place, end in ends}


def _cells(outcome: GroupOutcome, template: str) -> tuple[str, ...]:
    def interval(ends: Interval | None, spec: str) -> str:
        return "" if ends is None else template.format(*(format(end, spec) for end in ends))

    return (
        f"{outcome.accounts:,}",
        f"{outcome.visits:,}",
        f"{outcome.rate:.2%}",
        interval(outcome.interval, ".2%"),
        "" if outcome.difference is None else f"{outcome.difference:+.2%}",
        interval(outcome.difference_interval, "+.2%"),
    )


def compare_groups(
    frame: Any,
    visited: Any,
    groups: tuple[str, ...],
    reference: str,
    *,
    positive: object,
    confidence: float,
    split: str,
) -> SplitComparison:
    """Return the rates of the groups; see `Split.compare`."""
    data = open_table(frame)
    rows = data.rows
    if lost := [name for name in ("group", "propensity") if name not in data.columns]:
        missing = f"without {' and '.join(lost)}; pass the frame that attach returned"
        raise ArgumentError("frame", f"must have the columns that Split.attach adds, and is {missing}")
    propensity = _propensities(frame)
    outcomes = read_outcomes(
        visited,
        "group",
        frame,
        rows,
        sample_weight=None,
        positive=positive,
        confidence=confidence,
        bins=1,
    )
    for name in outcomes.portfolios:
        if name not in groups:
            known = ", ".join(groups)
            why = f"must contain groups of the split ({known}), not {shown(name)}{did_you_mean(name, groups)}"
            raise ArgumentError("group", why)
    if reference not in outcomes.portfolios:
        raise ArgumentError(
            "reference", f"must have at least one account in the frame, and {reference!r} has none"
        )
    if len(outcomes.portfolios) < 2:
        raise ArgumentError("group", f"must contain at least two groups to compare, not only {reference!r}")
    found = {
        name: _outcome(outcomes.visited[own], propensity[own], outcomes.confidence)
        for name in groups
        if (own := outcomes.portfolios.get(name)) is not None
    }
    spread = (np.ptp(propensity[own]) for own in outcomes.portfolios.values())
    return SplitComparison(
        split=split,
        reference=reference,
        groups={
            name: each if name == reference else each.against(found[reference])
            for name, each in found.items()
        },
        confidence=outcomes.confidence,
        weighted=any(each > 0 for each in spread),
    )


def _propensities(frame: Any) -> Array:
    propensity = read_numbers("propensity", frame, "propensity", "numbers above 0 and up to 1")
    wrong = np.flatnonzero(~((propensity > 0) & (propensity <= 1)))
    if len(wrong):
        seen = "missing" if np.isnan(propensity[wrong[0]]) else shown(float(propensity[wrong[0]]))
        raise ArgumentError(
            "propensity",
            f"must be above 0 and up to 1; {len(wrong):,} {'is' if len(wrong) == 1 else 'are'} not "
            f"(row {wrong[0]}, from 0: {seen})",
        )
    return propensity


def _outcome(visited: Array, propensity: Array, confidence: float) -> GroupOutcome:
    weights = propensity.max() / propensity  # exactly 1 if no share changed
    rate = mean(visited, weights)
    return GroupOutcome(
        accounts=len(visited),
        visits=int(visited.sum()),
        rate=rate,
        interval=rate_interval(rate, effective_count(weights), confidence),
    )
