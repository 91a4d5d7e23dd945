"""The numbers of accounts of a portfolio by score, channel and field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from collectrisk._channel import Channel
from collectrisk._fields import NumberValidator
from collectrisk._frames import as_narwhals, count_lazily, read_accounts
from collectrisk._frames.counting import CHANNEL, PROBABILITY, kind_changed
from collectrisk._namespaces.arrays import ARRAYS, TextArray
from collectrisk._plain import number_in, object_in
from collectrisk._scorers.scorer import formula_of
from collectrisk.errors import InvalidCardError
from collectrisk.validation._distribution import LevelCounts, NumberCounts, count_in, counts_in, level_counts

if TYPE_CHECKING:
    from collectrisk._formula import Formula
    from collectrisk._scorers.scorer import Scorer
    from collectrisk._typing import Array
    from collectrisk.mapping._mapping import Columns
    from collectrisk.validation._distribution import Counts


@attrs.frozen
class PortfolioCounts:
    """The numbers of accounts of a portfolio.

    Attributes
    ----------
    rows : int
        The number of accounts with a visit probability.
    invalid : int
        The number of accounts without one, which are in no other count.
    expected, squares : float
        The sums of the visit probabilities, and of their squares.
    score : NumberCounts
        The counts by visit probability.
    channels : LevelCounts
        The counts by recommended channel.
    fields : dict of str to (NumberCounts or LevelCounts)
        The counts by each field.
    """

    rows: int
    invalid: int
    expected: float
    squares: float
    score: NumberCounts
    channels: LevelCounts
    fields: dict[str, Counts]

    @classmethod
    def of(cls, scorer: Scorer, accounts: Any, columns: Columns | None, bins: int) -> PortfolioCounts:
        """Return the counts of the accounts of an eager frame, in bins that are made from them."""
        probability, fields = _read(scorer, accounts, columns)
        return cls._of(
            scorer,
            probability,
            NumberCounts.of(probability, 0, bins, NumberValidator(0.0, 1.0)),
            {name: field.counts(bins) for name, field in fields.items()},
        )

    def of_others(self, scorer: Scorer, accounts: Any, columns: Columns | None) -> PortfolioCounts:
        """Return the counts of other accounts, in the same bins."""
        frame = as_narwhals(accounts)
        if isinstance(frame, nw.LazyFrame):
            return self._of_lazy(formula_of(scorer), frame, columns)
        probability, fields = _read(scorer, accounts, columns)
        return self._of(
            scorer,
            probability,
            self.score.within_bins(probability, 0),
            {name: fields[name].counts_as(name, each) for name, each in self.fields.items()},
        )

    @classmethod
    def _of(
        cls, scorer: Scorer, probability: Array, score: NumberCounts, fields: dict[str, Counts]
    ) -> PortfolioCounts:
        channels = scorer.ladder.channel(probability, ARRAYS)
        return cls(
            len(probability),
            0,
            float(probability.sum()),
            float(np.square(probability).sum()),
            score,
            level_counts(channels, 0),
            fields,
        )

    def _of_lazy(
        self, formula: Formula, frame: nw.LazyFrame[Any], columns: Columns | None
    ) -> PortfolioCounts:
        edges = {name: each.edges for name, each in self.fields.items() if isinstance(each, NumberCounts)}
        levels = [name for name in self.fields if name not in edges]
        found = count_lazily(formula, frame, columns, {PROBABILITY: self.score.edges, **edges}, levels)

        def counts(name: str, own: Counts) -> Counts:
            if isinstance(own, NumberCounts):
                none = [0] * len(own.counts), found.rows
                return own.with_counts(*found.numbers.get(name, none))
            return LevelCounts.of(*found.levels.get(name, ([], found.rows)))

        return PortfolioCounts(
            found.rows,
            found.invalid,
            found.expected,
            found.squares,
            self.score.with_counts(*found.numbers[PROBABILITY]),
            LevelCounts.of(*found.levels[CHANNEL]),
            {name: counts(name, each) for name, each in self.fields.items()},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as plain data."""
        return {
            "accounts": self.rows,
            "expected_visits": self.expected,
            "squares": self.squares,
            "score": self.score.to_dict(),
            "channels": self.channels.levels,
            "fields": {name: each.to_dict() for name, each in self.fields.items()},
        }


def portfolio_in(data: Any, place: str) -> PortfolioCounts:
    """Return the counts in plain data."""
    object_in(data, place, {"accounts", "expected_visits", "squares", "score", "channels", "fields"})
    rows = count_in(data["accounts"], f"{place}.accounts")
    expected = number_in(data["expected_visits"], f"{place}.expected_visits")
    squares = number_in(data["squares"], f"{place}.squares")
    score = counts_in(data["score"], f"{place}.score")
    channels = LevelCounts.read({"levels": data["channels"], "missing": 0}, f"{place}.channels")
    if not set(channels.levels) <= set(Channel):
        raise InvalidCardError(f"{place}.channels", f"must be channels: {', '.join(Channel)}")
    if not isinstance(data["fields"], dict):
        raise InvalidCardError(f"{place}.fields", "must be an object of counts by field")
    fields = {name: counts_in(each, f"{place}.fields.{name[:40]}") for name, each in data["fields"].items()}
    for name, each in {"score": score, "channels": channels, **fields}.items():
        if each.total != rows:
            raise InvalidCardError(f"{place}.{name[:40]}", f"must have counts that add up to {rows}")
    if not rows or not isinstance(score, NumberCounts):
        raise InvalidCardError(place, "must have accounts and bins of the score")
    return PortfolioCounts(rows, 0, expected, squares, score, channels, fields)


@attrs.frozen(eq=False)
class _Field:
    """A field of the accounts of an eager frame.

    Attributes
    ----------
    values : array, TextArray or object
        The values, or the default if the frame does not have the field.
    missing : array of bool
        Where they are missing.
    number : NumberValidator or None
        Which numbers they are; None for texts and flags.
    """

    values: Any
    missing: Array
    number: NumberValidator | None

    @property
    def known(self) -> Any:
        """The values that are not missing."""
        if isinstance(self.values, TextArray):
            return attrs.evolve(self.values, codes=self.values.codes[~self.missing])
        # A field that the frame does not have is its default, and missing in every row.
        return np.broadcast_to(self.values, self.missing.shape).view(np.ndarray)[~self.missing]

    @property
    def absent(self) -> int:
        """The number of missing values."""
        return int(self.missing.sum())

    def counts(self, bins: int) -> Counts:
        """Return the counts, in bins that are made from the values."""
        if self.number is None:
            return level_counts(self.known, self.absent)
        return NumberCounts.of(self.known, self.absent, bins, self.number)

    def counts_as(self, name: str, others: Counts) -> Counts:
        """Return the counts in the same bins as those of other accounts."""
        if isinstance(others, NumberCounts) != (self.number is not None):
            raise kind_changed(name, was_number=self.number is None)
        if isinstance(others, NumberCounts):
            return others.within_bins(self.known, self.absent)
        return level_counts(self.known, self.absent)


def _read(scorer: Scorer, accounts: Any, columns: Columns | None) -> tuple[Array, dict[str, _Field]]:
    """Return the visit probability and the fields of the accounts of an eager frame."""
    probability = scorer.visit_probabilities(accounts, columns=columns)
    formula = formula_of(scorer)
    read = read_accounts(formula, accounts, None, columns)
    fields = {}
    for name, spec in read.specs.items():
        number = spec.validator if isinstance(spec.validator, NumberValidator) else None
        fields[name] = _Field(getattr(read.record, name), read.missing[name], number)
    # Rows that the mapping skips have no probability.
    return probability[~np.isnan(probability)], fields
