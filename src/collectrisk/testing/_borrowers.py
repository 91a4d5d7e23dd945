"""Valid borrowers: the edges of each field, a reproducible sample, and a Hypothesis strategy."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Any, TypeVar

from collectrisk._borrower import Borrower
from collectrisk._fields import ChoiceValidator, FlagValidator, NumberValidator, TextValidator, field_specs
from collectrisk.errors import ArgumentError, MissingExtraError, did_you_mean, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import SearchStrategy

    from collectrisk._fields import FieldSpec

AnyBorrower = TypeVar("AnyBorrower", bound=Borrower)
Row = dict[str, Any]

EDGE_NUMBERS = (0.0, 5e-324, 1.0, 10_000.0, 1e300, -5e-324, -1.0, -1e300)
"""Numbers at which a formula may go wrong, in addition to the ends of its field's interval."""

USUAL_EXPONENTS = (-2.0, 6.0)
EXTREME_EXPONENTS = (-300.0, 300.0)
"""Sampled numbers are powers of ten: four in five with a usual exponent, the others with an extreme one."""

USUAL_MAXIMUM = 2_000_000.0
"""The strategy draws as many numbers below this as from the entire domain."""


def formula_specs(specs: Mapping[str, FieldSpec]) -> dict[str, FieldSpec]:
    """Return the specs of the fields that a formula may read, and of those that are required."""
    return {name: spec for name, spec in specs.items() if spec.required or not spec.private}


def edges(spec: FieldSpec) -> tuple[Any, ...]:
    """Return the values of a field at the edges of its domain; all values if there are few."""
    missing = (spec.default,) if spec.nullable else ()
    validator = spec.validator
    if isinstance(validator, FlagValidator):
        return (False, True, *missing)
    if isinstance(validator, ChoiceValidator):
        return (*validator.choices, *missing)
    if isinstance(validator, TextValidator):
        return ("", "text", "文字", *missing)
    numbers = dict.fromkeys((validator.minimum, validator.limit, *EDGE_NUMBERS))
    valid = [each for each in numbers if validator.minimum <= each <= validator.limit]
    if validator.integer:
        return (*(int(each) for each in valid if each.is_integer()), *missing)
    return (*valid, *missing)


def sample_rows(specs: Mapping[str, FieldSpec], count: int, seed: int) -> list[Row]:
    """Return rows of valid values: each edge of each field once, then random rows."""
    rng = random.Random(seed)  # noqa: S311  # a sample, not a secret
    rows = [{**_random_row(specs, rng), name: edge} for name, spec in specs.items() for edge in edges(spec)]
    return rows + [_random_row(specs, rng, edge_share=0.2) for _ in range(count - len(rows))]


def _random_row(specs: Mapping[str, FieldSpec], rng: random.Random, edge_share: float = 0.0) -> Row:
    return {name: _random_value(spec, rng, edge_share) for name, spec in specs.items()}


def _random_value(spec: FieldSpec, rng: random.Random, edge_share: float) -> Any:
    """Return an edge, or a number of any magnitude within the field's interval."""
    validator = spec.validator
    if not isinstance(validator, NumberValidator) or rng.random() < edge_share:
        return rng.choice(edges(spec))
    exponents = USUAL_EXPONENTS if rng.random() < 0.8 else EXTREME_EXPONENTS
    sign = rng.choice((1.0, -1.0)) if validator.minimum < 0 else 1.0
    number = sign * math.pow(10.0, rng.uniform(*exponents))
    number = min(max(number, validator.minimum), validator.limit)
    return math.floor(number) if validator.integer else number


def borrowers(
    borrower_type: type[AnyBorrower] = Borrower,  # type: ignore[assignment]  # the default of a type variable
    **fixed: Any,
) -> SearchStrategy[AnyBorrower]:
    """Return a Hypothesis strategy that draws any valid borrower.

    Each field is drawn from all its valid values, up to its plausible limit and including the
    edges. A field that may be missing is missing in some of the draws. Needs Hypothesis (extra
    ``test``).

    Parameters
    ----------
    borrower_type : type, default Borrower
        The class of borrowers. The fields of a subclass are drawn according to their annotations.
    **fixed : value or strategy
        A field, and the value or the strategy to use for it.

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
    try:
        import hypothesis.strategies as st  # noqa: PLC0415  # an optional dependency
    except ImportError:
        raise MissingExtraError("test") from None
    given: object = borrower_type
    if not (isinstance(given, type) and issubclass(given, Borrower)):
        why = f"must be Borrower or a subclass, not {shown(borrower_type)}"
        raise ArgumentError("borrower_type", why)
    specs = field_specs(borrower_type)
    for name in fixed:
        if name not in specs:
            kind = borrower_type.__name__
            raise ArgumentError(name, f"is not a field of {kind}{did_you_mean(name, formula_specs(specs))}")
    strategies = {name: _values(spec, st) for name, spec in formula_specs(specs).items()}
    for name, value in fixed.items():
        strategies[name] = value if isinstance(value, st.SearchStrategy) else st.just(value)
    return st.builds(borrower_type, **strategies)


def _values(spec: FieldSpec, st: Any) -> Any:
    """Return the strategy for one field."""
    validator, edge = spec.validator, st.sampled_from(edges(spec))
    if isinstance(validator, TextValidator):
        return st.text(max_size=20) | edge
    if not isinstance(validator, NumberValidator):
        return edge
    usual = max(validator.minimum, -USUAL_MAXIMUM), min(validator.limit, USUAL_MAXIMUM)
    intervals = [(validator.minimum, validator.limit), usual]
    if validator.integer:
        return st.one_of(*(st.integers(int(low), int(high)) for low, high in intervals), edge)
    return st.one_of(*(st.floats(low, high) for low, high in intervals), edge)
