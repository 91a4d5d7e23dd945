"""A random formula gives the same number for one borrower and for its row of every kind of frame.

What is refused for one borrower is refused on an eager frame, and null on a lazy one.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest
from frame_kinds import Columns, kind_named
from hypothesis import HealthCheck, assume, given, settings
from random_formulas import ROWS, Account, Random, formulas, plain_formulas, probability_of, run

import collectrisk as cr
from collectrisk._namespaces import SCALAR
from collectrisk.errors import FormulaError

DEFAULTS = {
    "amount_overdue": 900.0,
    "days_past_due": 10,
    "failed_calls": 0,
    "margin": 0.0,
    "rating": None,
    "insured": False,
    "repayment_plan": False,
    "region": None,
    "attitude": "unknown",
}
BORROWERS = [DEFAULTS | row for row in ROWS]


def columns_of(rows: list[dict[str, Any]]) -> Columns:
    """Return rows as columns, with their positions."""
    return {"place": list(range(len(rows)))} | {name: [row[name] for row in rows] for name in DEFAULTS}


def agrees(formula: str, kind: str) -> None:
    """Check a formula on a kind of frame against one borrower at a time."""
    found = [(*probability_of(formula, row), row) for row in BORROWERS]
    stable = [(probability, row) for probability, is_stable, row in found if is_stable]
    assume(stable)
    if kind_named(kind).lazy:
        check_lazily(formula, kind, stable)
    else:
        check_eagerly(formula, kind, stable)


def check_eagerly(formula: str, kind: str, expected: list[tuple[float | None, dict[str, Any]]]) -> None:
    scorer, make, plain = Random(formula), kind_named(kind).make, kind_named(kind).plain
    scored = [(probability, row) for probability, row in expected if probability is not None]
    refused = [row for probability, row in expected if probability is None]
    if scored:
        frame = scorer.assess_frame(make(columns_of([row for _, row in scored])))
        assert plain(frame)["visit_probability"] == pytest.approx([each for each, _ in scored], rel=1e-12)
    if refused:
        with pytest.raises(FormulaError):
            scorer.assess_frame(make(columns_of(refused[:1])))


def check_lazily(formula: str, kind: str, expected: list[tuple[float | None, dict[str, Any]]]) -> None:
    frame = kind_named(kind).make(columns_of([row for _, row in expected]))
    probabilities = [probability for probability, _ in expected]
    try:
        scored = Random(formula).assess_frame(frame)
    except FormulaError:
        # A constant part of the formula is refused, and therefore every row.
        assert probabilities == [None] * len(probabilities)
        return
    found = kind_named(kind).plain(scored, order_by="place")["visit_probability"]
    assert [each is None for each in found] == [each is None for each in probabilities]
    known = [each for each in probabilities if each is not None]
    assert [each for each in found if each is not None] == pytest.approx(known, rel=1e-12)


SOME = settings(max_examples=40, suppress_health_check=list(HealthCheck))
FEW = settings(max_examples=8, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=150, suppress_health_check=list(HealthCheck))
EAGER_KINDS = ["pandas", "polars", "pyarrow"]


@pytest.mark.parametrize("kind", [*EAGER_KINDS, "polars lazy", "DuckDB"])
@FEW
@given(formula=formulas(depth=3))
def test_a_random_formula_agrees_with_one_borrower(kind: str, formula: str) -> None:
    agrees(formula, kind)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", EAGER_KINDS)
@MANY
@given(formula=formulas(depth=4))
def test_many_random_formulas_agree_with_one_borrower(kind: str, formula: str) -> None:
    agrees(formula, kind)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", ["polars lazy", "DuckDB"])
@SOME
@given(formula=formulas(depth=3))
def test_some_random_formulas_agree_with_one_borrower_on_a_query_engine(kind: str, formula: str) -> None:
    agrees(formula, kind)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", ["Dask", "Spark"])
@FEW
@given(formula=formulas(depth=2))
def test_a_random_formula_agrees_with_one_borrower_on_an_engine_that_is_slow(kind: str, formula: str) -> None:
    agrees(formula, kind)


@pytest.mark.parametrize("formula", plain_formulas())
def test_every_step_of_a_random_formula_is_possible(formula: str) -> None:
    """A name that is misspelt would be refused on every path, and would agree."""
    account = Account(amount_overdue=0.5, days_past_due=1, insured=True)
    assert run(formula, account, SCALAR) is not None


def test_the_steps_of_random_formulas_use_every_function() -> None:
    functions = {name for name, _ in inspect.getmembers(cr.Namespace, inspect.isfunction) if name[0] != "_"}
    assert functions == set(re.findall(r"xp\.(\w+)", " ".join(plain_formulas())))
