"""Where a fit starts: the prior card, and the curves and columns beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._curves import Characteristic, Levels
from collectrisk._fields import merge_specs
from collectrisk._fit.build import flat_curve
from collectrisk._fit.fitting import PORTFOLIO
from collectrisk._frames import column_specs
from collectrisk._scorers.scorecard import Scorecard
from collectrisk.errors import ArgumentError, MissingColumnError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from collectrisk._borrower import Borrower
    from collectrisk._fields import FieldSpec
    from collectrisk._fit.build import Sample

FLAT = 10.0
"""The spread, in log-odds, of a base of which nothing is known."""


@attrs.frozen
class Start:
    """What a fit is told before it sees a row.

    Attributes
    ----------
    card : Scorecard
        The prior card; an empty one with a flat base where there is none.
    given : tuple of Characteristic
        Curves beside the prior's.
    named : tuple of str or None
        Columns beside the prior's that get flat curves; None for all columns.
    portfolio : str or None
        The column of portfolios.
    """

    card: Scorecard
    given: tuple[Characteristic, ...]
    named: tuple[str, ...] | None
    portfolio: str | None

    @classmethod
    def of(
        cls, prior: object, characteristics: Iterable[str | Characteristic] | None, portfolio: str | None
    ) -> Start:
        """Return the start that a user asks for."""
        if isinstance(characteristics, str):
            raise ArgumentError("characteristics", f"must be a list; write [{characteristics!r}]")
        chosen = tuple(characteristics or ())
        strange = [each for each in chosen if not isinstance(each, (str, Characteristic))]
        if strange:
            raise ArgumentError("characteristics", f"must be columns or curves, not {strange[0]!r}")
        named = tuple(each for each in chosen if isinstance(each, str))
        everything = prior is None and characteristics is None
        return cls(
            card=_card(prior),
            given=tuple(each for each in chosen if isinstance(each, Characteristic)),
            named=None if everything else named,
            portfolio=portfolio,
        )

    @property
    def known(self) -> Scorecard:
        """The prior card with the curves given beside it."""
        return attrs.evolve(self.card, characteristics=[*self.card.characteristics, *self.given])

    def specs(self, data: Any, borrower_type: type[Borrower]) -> dict[str, FieldSpec]:
        """Return the columns to read, and what each must hold."""
        columns = column_specs(data, borrower_type)
        named = tuple(columns) if self.named is None else self.named
        wanted = [*named, *([self.portfolio] if self.portfolio is not None else [])]
        absent = [name for name in wanted if name not in columns]
        if absent:
            raise MissingColumnError(absent[0], tuple(columns))
        return {
            **{name: columns[name] for name in wanted},
            **merge_specs(each.column_specs for each in self.known.characteristics),
        }

    def curves(self, specs: Mapping[str, FieldSpec], sample: Sample) -> list[Characteristic]:
        """Return the prior's curves, those given, flat ones for columns, and the portfolios."""
        taken = {*self.known.fields, self.portfolio}
        flat = [flat_curve(spec, sample) for name, spec in specs.items() if name not in taken]
        own = (
            []
            if self.portfolio is None
            else [Levels(label=PORTFOLIO, field=self.portfolio, levels={}, if_missing=0.0)]
        )
        return [*self.known.characteristics, *flat, *own]


def _card(prior: object) -> Scorecard:
    """Return the card to start from, without the portfolios of its own fit."""
    if prior is None:
        return Scorecard(base=0.0, base_spread=FLAT, characteristics=[])
    card = getattr(prior, "card", None)
    if not isinstance(card, Scorecard):
        kind = type(prior).__name__
        raise ArgumentError("prior", f"must be a scorecard or a scorer that has one, not a {kind}")
    return card.without(PORTFOLIO) if PORTFOLIO in card.labels else card
