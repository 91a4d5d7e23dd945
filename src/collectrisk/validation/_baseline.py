"""A baseline: the accounts of the time at which a scorer went into use, as counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._borrower import Borrower
from collectrisk._fields import is_boolean, is_number
from collectrisk._files.card_format import card_from_file, file_from_card
from collectrisk._files.json_file import load_record, save_record
from collectrisk._frames import as_narwhals
from collectrisk._plain import object_in
from collectrisk._scorers.scorecard import CardScorer
from collectrisk._scorers.scorer import Scorer, require_fitted
from collectrisk.errors import ArgumentError, NotAFrameError, shown, type_name
from collectrisk.validation._portfolio import PortfolioCounts, portfolio_in
from collectrisk.validation._stability import CHANNEL, SCORE, Stability, stability_of

if TYPE_CHECKING:
    import os

    from collectrisk.mapping._mapping import Columns

MOST_BINS = 100
"""The largest number of bins; a larger one is a mistake."""


@attrs.frozen(repr=False)
class Baseline:
    """The accounts of the time at which a scorer went into use, as counts.

    `Baseline.of` makes one. It contains no account: only the numbers of accounts by score, channel and
    field, and the scorer if it is a scorecard. `compare` says what has changed since.

    Attributes
    ----------
    counts : object
        The numbers of accounts.
    scorer : Scorer or None
        The scorecard, or another scorer; None after loading if it is not a scorecard.
    """

    counts: PortfolioCounts
    scorer: Scorer | None

    @property
    def accounts(self) -> int:
        """The number of accounts."""
        return self.counts.rows

    def __repr__(self) -> str:
        return f"Baseline({self.accounts:,} accounts, {len(self.counts.fields)} fields)"

    @classmethod
    def of(cls, scorer: Scorer, accounts: Any, *, columns: Columns | None = None, bins: int = 10) -> Baseline:
        """Return the baseline of some accounts.

        Parameters
        ----------
        scorer : Scorer
            The scorer that goes into use.
        accounts : eager frame, or mapping of str to array
            One row per account.
        columns : Mapping, or mapping of str to (str or None), optional
            How the fields are read, as in `Scorer.assess_frame`. Rows that a `Mapping` skips are left out.
        bins : int, default 10
            The number of bins of the score and of each number. They have about the same number of
            accounts of the baseline; a number with few different values has fewer bins.

        Returns
        -------
        Baseline
            The counts.

        Raises
        ------
        ArgumentError
            If `scorer` is not a fitted scorer or has a field of the name of a result, `bins` is not valid, or
            there is no account.
        NotAFrameError
            If the frame is lazy, because bins are made from all values.
        CollectRiskError
            As in `Scorer.visit_probabilities`: for rows with invalid values.

        Examples
        --------
        >>> import collectrisk as cr
        >>> from collectrisk.validation import Baseline
        >>> accounts = cr.simulate_portfolio(2_000, seed=1, backend="polars")
        >>> Baseline.of(cr.RuleScorer(), accounts)
        Baseline(2,000 accounts, 8 fields)
        """
        whole = is_number(bins) and not is_boolean(bins) and isinstance(bins, int)
        if not whole or not 2 <= bins <= MOST_BINS:
            raise ArgumentError("bins", f"must be a whole number from 2 to {MOST_BINS}, not {shown(bins)}")
        used = _checked(scorer)
        if isinstance(as_narwhals(accounts), nw.LazyFrame):
            raise NotAFrameError(
                "lazy frame", "the bins of a baseline are made from all values: collect the frame first"
            )
        counts = PortfolioCounts.of(used, accounts, columns, bins)
        if clashing := [name for name in (SCORE, CHANNEL) if name in counts.fields]:
            why = f"must have no field {clashing[0]!r}, which is the name of a result; rename the field"
            raise ArgumentError("scorer", why)
        if not counts.rows:
            raise ArgumentError("accounts", "must contain at least one account")
        return cls(counts, used)

    def compare(
        self,
        accounts: Any,
        *,
        scorer: Scorer | None = None,
        columns: Columns | None = None,
        independent: bool = True,
    ) -> Stability:
        """Compare other accounts with the baseline.

        Parameters
        ----------
        accounts : frame, eager or lazy, or mapping of str to array
            One row per account.
        scorer : Scorer, optional
            The scorer, if the baseline was loaded from a file and its scorer is not a scorecard.
        columns : Mapping, or mapping of str to (str or None), optional
            How the fields are read, as in `Scorer.assess_frame`.
        independent : bool, default True
            Whether the accounts are independent. Pass False if debtors have several rows in a sample: the
            changes by chance are then larger than computed, and the result has the indices alone.

        Returns
        -------
        Stability
            The population stability index of the score, of the channels and of each field, with what
            chance alone gives; and the expected visits then and now.

        Raises
        ------
        ArgumentError
            If a scorer is missing or was passed in addition, there is no account, or a field was a number
            and now is not, or the reverse.
        CollectRiskError
            As in `Scorer.assess_frame`: for columns that are missing or have the wrong type, and rows
            with invalid values. In a lazy frame, such rows are counted and left out.

        Notes
        -----
        The bins are those of the baseline. Missing values have a bin of their own, and so have levels that
        the baseline does not have; levels with less than 1 % of the baseline are put together. Each bin has
        half a count more, so that an empty one gives no infinite index. A bin without accounts in both
        samples is left out. A field that the frame does not have is missing in every row.

        If B bins are in use, the mean of the index by chance alone is about (B - 1) (1/n + 1/m) for n
        accounts then and m now, and the index divided by (1/n + 1/m) has a chi-square distribution with
        B - 1 degrees of freedom. If fewer than 20 accounts are to be expected in a bin, or levels are put
        together, its distribution is simulated instead: 1,999 times, the accounts are divided into two
        samples at random, always by the same random numbers.

        Examples
        --------
        >>> import collectrisk as cr
        >>> from collectrisk.validation import Baseline
        >>> then, now = (cr.simulate_portfolio(2_000, seed=seed, backend="polars") for seed in (1, 5))
        >>> baseline = Baseline.of(cr.RuleScorer(), then)
        >>> baseline.compare(now).changed
        []
        >>> late = baseline.compare(now.filter(now["days_past_due"] > 2))["days_past_due"]
        >>> round(late.psi, 3), round(late.expected, 3), round(late.limit, 3)
        (0.894, 0.01, 0.018)
        """
        if self.scorer is None and scorer is None:
            raise ArgumentError("scorer", "is required: the scorer of the baseline is not in its file")
        if self.scorer is not None and scorer is not None:
            raise ArgumentError("scorer", "must be left out: the baseline has a scorer of its own")
        if not is_boolean(independent):
            raise ArgumentError("independent", f"must be True or False, not {shown(independent)}")
        used = _checked(scorer) if self.scorer is None else self.scorer
        now = self.counts.of_others(used, accounts, columns)
        if not now.rows:
            raise ArgumentError("accounts", "must contain at least one account with a visit probability")
        return stability_of(self.counts, now, independent=independent)

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers of accounts as plain data, which JSON can represent."""
        return self.counts.to_dict()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the baseline to a JSON file, completely or not at all.

        Parameters
        ----------
        path : str or path
            The file. It contains counts, the names of levels and rounded ends of bins, and the scorer if
            it is a scorecard.

        Raises
        ------
        ArgumentError
            If the path is not one, or there are too many levels.
        FileError
            If the file cannot be written. The old file is then unchanged.
        """
        used = self.scorer
        card = used.card.with_ladder(used.ladder) if isinstance(used, CardScorer) else None
        content = None if card is None else file_from_card(card)
        save_record(path, "baseline", {"counts": self.to_dict(), "card": content})

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Baseline:
        """Read a baseline from a JSON file that `save` wrote. Reading it runs no code.

        Parameters
        ----------
        path : str or path
            The file.

        Raises
        ------
        FileError
            If the file cannot be read, was changed after it was written, or is not valid.
        """
        return load_record(path, "baseline", _baseline_in)


def _checked(scorer: Any) -> Scorer:
    """Return a scorer, a fitted one as the card that is saved, unless it reads a class of borrowers."""
    if not isinstance(scorer, Scorer):
        raise ArgumentError("scorer", f"must be a Scorer, not {type_name(scorer)}")
    require_fitted(scorer, "scorer")
    if isinstance(scorer, CardScorer) and scorer.borrower_type is Borrower:
        return scorer.card.with_ladder(scorer.ladder)
    return scorer


def _baseline_in(data: Any) -> Baseline:
    object_in(data, "baseline", {"counts", "card"})
    card = None if data["card"] is None else card_from_file(data["card"])
    return Baseline(portfolio_in(data["counts"], "counts"), card)
