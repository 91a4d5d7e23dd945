"""What every scorecard shows: its blocks, its points as one table, and its scaled points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from collectrisk._display.document import Document
from collectrisk._export import Tabular

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk._channel import Ladder
    from collectrisk._display.document import Block
    from collectrisk._typing import Language
    from collectrisk.mapping._mapping import Columns
    from collectrisk.scaling import ScaledPoints


class CardTables(Tabular, Document):
    """A scorecard that is shown, and returned as tables."""

    ladder: Ladder
    card: Any

    def scaled_points(
        self,
        *,
        pdo: float = 20,
        score: float = 600,
        odds: float = 50,
        integer: bool = True,
        accounts: Any = None,
        columns: Columns | None = None,
    ) -> ScaledPoints:
        """Return the card in scaled points, of which a number doubles the odds.

        As is usual for credit scores, a higher score is better: the odds are those of an account without
        a visit to one with a visit (good to bad). The score is
        ``score - pdo / ln 2 × (log-odds of a visit + ln(odds))``.

        Parameters
        ----------
        pdo : float, default 20
            The number of points that double the odds, from 1 to 1,000,000.
        score : float, default 600
            The score of an account that has the given odds.
        odds : float, default 50
            The odds of no visit at this score: with 50, of 51 accounts with the score, one gets a visit.
        integer : bool, default True
            Whether to round the points of the base and of each knot, band and level to whole numbers.
        accounts : eager frame, or mapping of str to array, optional
            Accounts for which the loss by rounding is measured too.
        columns : Mapping, or mapping of str to (str or None), optional
            How their fields are read, as in `Scorer.assess_frame`.

        Returns
        -------
        ScaledPoints
            The table of points, and what is lost by rounding.

        Raises
        ------
        ArgumentError
            If a number of the scale is not valid.
        CollectRiskError
            As in `Scorer.visit_probabilities`: for a lazy frame, or rows with invalid values.

        Notes
        -----
        A characteristic of a class of your own is rounded if the class has `Characteristic.with_points`;
        if not, its points stay exact.

        Source: N. Siddiqi, "Credit Risk Scorecards" (2006).

        Examples
        --------
        >>> import collectrisk as cr
        >>> scaled = cr.RuleScorer().scaled_points(pdo=20, score=600, odds=50)
        >>> [row.points for row in scaled.rows if row.label == "delay"]
        [43, 29, 0, -14, -29, -40]
        """
        from collectrisk._scorers.scorer import formula_of  # noqa: PLC0415  # not needed for scoring
        from collectrisk.scaling import scaled_points  # noqa: PLC0415

        return scaled_points(
            self.card.with_ladder(self.ladder),
            formula_of(self),  # type: ignore[arg-type]  # a card scorer is a scorer
            pdo=pdo,
            score=score,
            odds=odds,
            integer=integer,
            accounts=accounts,
            columns=columns,
        )

    def _columns(self) -> dict[str, list[Any]]:
        from collectrisk._display.card import card_columns  # noqa: PLC0415  # not needed for scoring

        return card_columns(self.card.base, self.card.characteristics)

    def _blocks(self, language: Language) -> Iterator[Block]:
        from collectrisk._display.card import card_blocks  # noqa: PLC0415  # not needed for scoring

        return card_blocks(
            self.card.base, self.card.characteristics, self.ladder, type(self).__name__, language
        )
