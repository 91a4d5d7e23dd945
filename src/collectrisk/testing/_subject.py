"""A scorer under test: the borrowers it is asked about, and what it said of each."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._fields import FieldSpec, NumberValidator, field_specs
from collectrisk.errors import ArgumentError
from collectrisk.testing._values import Sample, of_fields, sampled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectrisk._borrower import Borrower
    from collectrisk._scorers.scorer import Scorer
    from collectrisk.testing._values import Row

EVERY = 8
"""Where one borrower is asked about again, every eighth will do."""


@attrs.define(slots=False, eq=False)
class Subject:
    """A scorer under test.

    Attributes
    ----------
    scorer : Scorer
        The scorer.
    monotone : mapping of str to int
        The fields with which the probability must rise (+1) or fall (-1).
    given : tuple of Borrower
        The borrowers to ask about; where there are none, a sample of all valid ones.
    spark : object
        A Spark session, to try Spark as well.
    asked : Borrower or None
        The borrower that the scorer is being asked about.
    borrowers : list of Borrower
        All borrowers that it is asked about.
    """

    scorer: Scorer
    monotone: Mapping[str, int] = attrs.Factory(dict)
    given: tuple[Borrower, ...] = ()
    spark: Any = None
    asked: Borrower | None = attrs.field(default=None, init=False)
    borrowers: list[Borrower] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Make the borrowers up, before it could seem that the scorer is to blame."""
        self.borrowers = list(self.given) or [self.borrower(row) for row in self.sample.rows]

    @property
    def name(self) -> str:
        """The scorer's class."""
        return type(self.scorer).__name__

    @cached_property
    def field_specs(self) -> dict[str, FieldSpec]:
        """The borrower's fields, and whatever other column the scorer reads."""
        found = of_fields(field_specs(self.scorer.borrower_type))
        others = [name for name in self.scorer.fields or () if name not in found]
        stated = self.scorer.column_specs
        return found | {name: stated.get(name) or FieldSpec(name, NumberValidator()) for name in others}

    @cached_property
    def sample(self) -> Sample:
        """The borrowers that the scorer is asked about, as rows."""
        if not self.given:
            return sampled(self.specs, count=128, seed=0)
        return Sample(self.specs, [{name: getattr(each, name) for name in self.specs} for each in self.given])

    @cached_property
    def _borrower_type(self) -> type[Borrower]:
        """The scorer's class of borrowers, open to further columns."""
        base = self.scorer.borrower_type
        if set(self.specs) <= set(field_specs(base)):
            return base

        def shown(borrower: Any) -> str:
            return f"{base.__repr__(borrower)} with {vars(borrower)}"

        return type(base.__name__, (base,), {"__repr__": shown})

    def borrower(self, row: Row) -> Borrower:
        """Return the borrower in a row; columns that are no fields become attributes too."""
        own = field_specs(self.scorer.borrower_type)
        try:
            borrower = self._borrower_type(**{name: value for name, value in row.items() if name in own})
        except Exception as error:
            why = (
                f"of type {self.scorer.borrower_type.__name__} cannot be made up "
                f"({type(error).__name__}: {error}); pass borrowers=[...] to check on"
            )
            raise ArgumentError("borrowers", why) from error
        for name in row.keys() - own.keys():
            vars(borrower)[name] = row[name]
        return borrower

    def ask(self, borrower: Borrower) -> float:
        """Return what the scorer says of a borrower."""
        self.asked = borrower
        said = self.scorer.assess(borrower).visit_probability
        self.asked = None
        return said

    @cached_property
    def said(self) -> list[float]:
        """What the scorer said of each borrower by itself."""
        return [self.ask(borrower) for borrower in self.borrowers]

    @property
    def few(self) -> list[tuple[Borrower, float]]:
        """Some of the borrowers, and what the scorer said of each."""
        return list(zip(self.borrowers, self.said, strict=True))[::EVERY]
