"""A Hypothesis strategy for borrowers, over the whole valid domain."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, TypeVar

from collectrisk._borrower import Borrower
from collectrisk._fields import NumberValidator, TextValidator, field_specs
from collectrisk.errors import ArgumentError, MissingExtraError, nearest
from collectrisk.testing._values import edges, of_fields

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from collectrisk._fields import FieldSpec

AnyBorrower = TypeVar("AnyBorrower", bound=Borrower)

PLAUSIBLE = 2_000_000.0
"""Most amounts and counts are smaller; half of the numbers drawn are."""


def borrowers(
    borrower_type: type[AnyBorrower] = Borrower,  # type: ignore[assignment]  # the default of a type variable
    **fixed: Any,
) -> SearchStrategy[AnyBorrower]:
    """Return a Hypothesis strategy that draws any valid borrower.

    Every field is drawn from all that it may hold, edges and enormous numbers included; a field
    that may stay absent sometimes is. Needs Hypothesis (extra ``test``).

    Parameters
    ----------
    borrower_type : type, default Borrower
        The class of borrowers; a subclass's fields are drawn by their annotation.
    **fixed : value or strategy
        What to draw a field from instead: a strategy, or one value.

    Raises
    ------
    ArgumentError
        If the class has no such field.
    MissingExtraError
        If Hypothesis is not installed.

    Examples
    --------
    >>> import collectrisk as cr
    >>> from collectrisk.testing import borrowers
    >>> from hypothesis import given, strategies as st
    >>> @given(borrowers(repayment_plan=True, days_past_due=st.integers(0, 30)))
    ... def test_a_kept_plan_needs_no_visit(borrower):
    ...     assert cr.RuleScorer().assess(borrower).channel < cr.Channel.AGENCY
    >>> test_a_kept_plan_needs_no_visit()
    """
    st = _strategies()
    known = of_fields(field_specs(borrower_type))
    strange = [name for name in fixed if name not in field_specs(borrower_type)]
    if strange:
        guess = nearest(strange[0], known)
        meant = f"; did you mean {guess!r}?" if guess else ""
        raise ArgumentError(strange[0], f"is no field of {borrower_type.__name__}{meant}")
    drawn = {name: _drawn(spec, st) for name, spec in known.items() if name not in fixed}
    given = {
        name: each if isinstance(each, st.SearchStrategy) else st.just(each) for name, each in fixed.items()
    }
    strategy: SearchStrategy[AnyBorrower] = st.builds(borrower_type, **drawn, **given)
    return strategy


def _strategies() -> Any:
    try:
        return importlib.import_module("hypothesis.strategies")
    except ImportError:
        raise MissingExtraError("test") from None


def _drawn(spec: FieldSpec, st: Any) -> Any:
    """Return the strategy for one field."""
    if isinstance(spec.validator, NumberValidator):
        drawn = _numbers(spec.validator, st)
    elif isinstance(spec.validator, TextValidator):
        drawn = st.text(max_size=20)
    else:
        drawn = st.sampled_from(edges(spec.validator))
    return st.one_of(drawn, st.just(spec.default)) if spec.nullable else drawn


def _numbers(rule: NumberValidator, st: Any) -> Any:
    plausible = max(rule.minimum, -PLAUSIBLE), min(rule.maximum, PLAUSIBLE)
    if rule.integer:
        drawn = [
            st.integers(int(least), int(most)) for least, most in ((rule.minimum, rule.maximum), plausible)
        ]
    else:
        drawn = [st.floats(rule.minimum, rule.maximum), st.floats(*plausible)]
    return st.one_of(*drawn, st.sampled_from(edges(rule)))
