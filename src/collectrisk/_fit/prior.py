"""The prior of a fit: a card, and the curves and columns added to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._borrower import Borrower
from collectrisk._curves import Characteristic, Levels
from collectrisk._fields import FieldSpec, TextValidator, field_specs, merge_specs
from collectrisk._fit.build import flat_curve
from collectrisk._frames import column_specs
from collectrisk._frames.names import missing_column, refuse_columns
from collectrisk._scorers.scorecard import Scorecard, without_columns_of
from collectrisk.errors import ArgumentError, ColumnNameError, shown, type_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from collectrisk._fit.sample import TrainingRows
    from collectrisk.mapping._mapping import Columns

CODES = TextValidator(codes=True)

PORTFOLIO = "portfolio"
"""The label of the characteristic that gives each portfolio a base of its own."""

VAGUE_BASE_SPREAD = 10.0
"""The prior scale, in log-odds, of the base if there is no prior card; such a spread says nothing."""


def by_portfolio(label: str) -> str:
    """Return the label of the slopes of a curve: how much it differs in each portfolio."""
    return f"{label} by {PORTFOLIO}"


@attrs.frozen
class Prior:
    """What is known before the rows are seen.

    Attributes
    ----------
    card : Scorecard
        The prior card; without one, an empty card with a vague base.
    curves : tuple of Characteristic
        Prior curves added to the card's.
    columns : tuple of str or None
        Columns that get a flat prior curve; None means all.
    portfolio : str or None
        The column that names the portfolio.
    """

    card: Scorecard
    curves: tuple[Characteristic, ...]
    columns: tuple[str, ...] | None
    portfolio: str | None

    @classmethod
    def of(
        cls, prior: object, characteristics: Iterable[str | Characteristic] | None, portfolio: str | None
    ) -> Prior:
        """Return the prior for the parameters of a `LogisticScorer`."""
        if isinstance(characteristics, str):
            raise ArgumentError("characteristics", f"must be a list; write [{characteristics!r}]")
        if not isinstance(characteristics, Iterable | None):
            raise ArgumentError(
                "characteristics", f"must be a list of columns or curves, not {shown(characteristics)}"
            )
        chosen = () if characteristics is None else tuple(characteristics)
        invalid = [each for each in chosen if not isinstance(each, (str, Characteristic))]
        if invalid:
            raise ArgumentError("characteristics", f"must be columns or curves, not {invalid[0]!r}")
        curves = tuple(each for each in chosen if isinstance(each, Characteristic))
        columns = tuple(each for each in chosen if isinstance(each, str))
        read = {*columns, *(field for each in curves for field in each.fields), portfolio}
        return cls(
            card=_without_portfolios(_card(prior), read),
            curves=curves,
            columns=None if prior is None and characteristics is None else columns,
            portfolio=portfolio,
        )

    @property
    def _extended_card(self) -> Scorecard:
        """The prior card with the curves added to it, whose labels must be unique."""
        return attrs.evolve(self.card, characteristics=[*self.card.characteristics, *self.curves])

    def specs(
        self, data: Any, borrower_type: type[Borrower], columns: Columns | None = None
    ) -> dict[str, FieldSpec]:
        """Return the specs of the columns to read."""
        available = column_specs(data, borrower_type, columns)
        wanted = list(available if self.columns is None else self.columns)
        if self.portfolio is not None:
            wanted.append(self.portfolio)
        absent = [name for name in wanted if name not in available]
        unused = [name for name in available if name not in (self.columns or ())]
        fields = field_specs(borrower_type)
        refuse_columns([missing_column(name, available, unused, fields) for name in absent], {})
        read = merge_specs(each.column_specs for each in self._extended_card.characteristics)
        specs = {**{name: available[name] for name in wanted}, **read}
        if self.portfolio is not None:
            known = {**read, **fields}
            specs[self.portfolio] = known.get(self.portfolio, FieldSpec(self.portfolio, CODES, None))
            if specs[self.portfolio].validator.kind not in {"text", "choice"}:
                raise ArgumentError(
                    "portfolio",
                    f"must be a column of names or codes, and {self.portfolio!r} is read as "
                    f"{specs[self.portfolio].requirement}; copy it into a column of another name",
                )
        if unnamed := tuple(name for name in specs if not name or name.startswith("_")):
            raise ColumnNameError(
                unnamed,
                "a fit reads no column without a name, or whose name starts with an underscore; rename it, "
                "or name the columns to use in characteristics=",
            )
        return specs

    def flat_columns(self, specs: Iterable[str]) -> list[str]:
        """Return the columns that get a flat prior curve, because no other curve reads them."""
        covered = {*self._extended_card.fields, self.portfolio}
        return [name for name in specs if name not in covered]

    def characteristics(self, specs: Mapping[str, FieldSpec], data: TrainingRows) -> list[Characteristic]:
        """Return the prior curves: the card's, those added, flat ones, and that of the portfolios."""
        curves = [*self._extended_card.characteristics]
        flat = self.flat_columns(specs)
        labels = {each.label for each in curves}
        if self.portfolio is not None:
            # Which slopes there will be depends on the rows, and which labels are valid must not.
            added = {PORTFOLIO, *map(by_portfolio, [*labels, *flat])}
            if taken := [each.label for each in curves if each.label in added]:
                what = "bases" if taken[0] == PORTFOLIO else "slopes"
                raise ArgumentError(
                    "characteristics",
                    f"must not have the label {taken[0]!r}, which is that of the {what} by portfolio; "
                    "rename it",
                )
            labels |= added
        if clashes := [name for name in flat if name in labels]:
            raise ArgumentError(
                "characteristics",
                f"must not name the column {clashes[0]!r}, because another characteristic of the card has "
                "this label, and labels must be unique; rename the column",
            )
        curves += [flat_curve(specs[name], data) for name in flat]
        if self.portfolio is not None:
            curves.append(Levels(label=PORTFOLIO, field=self.portfolio, levels={}, if_missing=0.0))
        return curves


def _card(prior: object) -> Scorecard:
    """Return the prior card."""
    if prior is None:
        return Scorecard(base=0.0, base_spread=VAGUE_BASE_SPREAD, characteristics=[])
    card = getattr(prior, "card", None)
    if not isinstance(card, Scorecard):
        hint = "; fit it first" if hasattr(prior, "fit") else ""
        raise ArgumentError(
            "prior", f"must be a scorecard or a scorer that has one, not {type_name(prior)}{hint}"
        )
    return card


def _without_portfolios(card: Scorecard, read: Collection[str | None]) -> Scorecard:
    """Return a card without the points of the portfolios of the fit that it comes from.

    Its mapping keeps the fields that it reads, and others that the new fit reads.
    """
    shorter = card
    for label in card.portfolio_labels:
        shorter = shorter.without(label)
    unread = {*card.fields} - {*shorter.fields, *read, *field_specs(Borrower)}
    return without_columns_of(shorter.with_columns(card.columns), unread)
