"""A scorer under test, the borrowers that it is checked on, and their probabilities."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._fields import FieldSpec, NumberValidator, field_specs
from collectrisk._scorers.scorer import Scorer, formula_of
from collectrisk.errors import ArgumentError, CollectRiskError, FormulaError
from collectrisk.testing._borrowers import formula_specs, sample_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectrisk._borrower import Borrower
    from collectrisk._formula import Formula
    from collectrisk._typing import FloatArray
    from collectrisk.testing._borrowers import Row


class CheckFailure(Exception):  # noqa: N818  # a result; users see ScorerCheckError
    """What a check observed that does not meet its requirement, and for which borrower."""

    def __init__(self, observed: str, borrower: Borrower | None = None) -> None:
        super().__init__(observed)
        self.observed = observed
        self.borrower = borrower


def raised(error: Exception) -> str:
    """Return what a scorer raised, without the advice, which is shown as the correction."""
    kind = type(error).__name__
    if isinstance(error, FormulaError) and advice_of(error):
        return f"raised {kind}: {attrs.evolve(error, advice='')}"
    return f"raised {kind}: {error}"


def advice_of(error: object) -> str:
    """Return how to correct an error, if it says more about it than the check that found it."""
    if isinstance(error, FormulaError):
        return error.advice if error.__cause__ is not None else ""
    return "do as the error says" if isinstance(error, CollectRiskError) else ""


@attrs.define(slots=False, eq=False)
class Case:
    """A scorer under test.

    Attributes
    ----------
    scorer : Scorer
        The scorer.
    monotone : mapping of str to int
        The fields with which the probability must increase (+1) or decrease (-1).
    given : tuple of Borrower
        The borrowers to check on; if empty, a sample of all valid ones.
    spark : object
        A Spark session, to check Spark frames too.
    borrowers : list of Borrower
        The borrowers that the scorer is checked on.
    """

    scorer: Scorer
    monotone: Mapping[str, int] = attrs.Factory(dict)
    given: tuple[Borrower, ...] = ()
    spark: Any = None
    borrowers: list[Borrower] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Make the borrowers at once, so that an error here does not count as a failure of the scorer."""
        self.borrowers = list(self.given) or [self.borrower(row) for row in self.rows]

    @cached_property
    def formula(self) -> Formula:
        """The scorer as the code for data frames sees it."""
        return formula_of(self.scorer)

    @cached_property
    def specs(self) -> dict[str, FieldSpec]:
        """The specs of the borrower's fields, and of any other column that the scorer reads."""
        specs = formula_specs(field_specs(self.formula.borrower_type))
        columns = {name: FieldSpec(name, NumberValidator()) for name in self.formula.fields or ()}
        return columns | dict(self.formula.column_specs) | specs

    @cached_property
    def rows(self) -> list[Row]:
        """The borrowers as rows of a frame."""
        if self.given:
            return [{name: getattr(each, name) for name in self.specs} for each in self.given]
        return sample_rows(self.specs, count=128, seed=0)

    @cached_property
    def _borrower_type(self) -> type[Borrower]:
        """The class of borrowers; if the scorer reads other columns, a subclass that can have them."""
        base = self.formula.borrower_type
        if set(self.specs) <= set(field_specs(base)):
            return base

        def show(borrower: Any) -> str:
            return f"{base.__repr__(borrower)} with {vars(borrower)}"

        return type(base.__name__, (base,), {"__repr__": show})

    def borrower(self, row: Row) -> Borrower:
        """Return the borrower of a row; columns that are not fields become attributes too."""
        fields = field_specs(self.formula.borrower_type)
        try:
            borrower = self._borrower_type(**{name: row[name] for name in row.keys() & fields.keys()})
        except Exception as error:
            kind = self.formula.borrower_type.__name__
            raise ArgumentError(
                "borrowers",
                f"must be passed, because a sample of {kind} cannot be made "
                f"({type(error).__name__}: {error}); write borrowers=[...]",
            ) from error
        for name in row.keys() - fields.keys():
            vars(borrower)[name] = row[name]  # the class may be frozen
        return borrower

    def probability(self, borrower: Borrower) -> float:
        """Return the probability that the scorer gives to one borrower."""
        try:
            return self.scorer.assess(borrower).visit_probability
        except Exception as error:
            raise CheckFailure(raised(error), borrower) from error

    def array_probabilities(self, columns: Mapping[str, Any]) -> FloatArray:
        """Return the probabilities that the scorer gives to arrays with the names of the fields."""
        return self.scorer.visit_probabilities(columns, columns={})

    @cached_property
    def probabilities(self) -> list[float]:
        """The probability of each borrower."""
        return [self.probability(borrower) for borrower in self.borrowers]

    @property
    def subset(self) -> list[tuple[Borrower, float]]:
        """Every eighth borrower with its probability, for checks that assess borrowers one by one again."""
        return list(zip(self.borrowers, self.probabilities, strict=True))[::8]
