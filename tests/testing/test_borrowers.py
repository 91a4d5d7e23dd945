"""The strategy for borrowers draws from the entire valid domain."""

from __future__ import annotations

import math
import sys

import attrs
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from own_borrower import OwnBorrower, Region

import collectrisk as cr
from collectrisk.errors import ArgumentError, MissingExtraError
from collectrisk.testing import borrowers


@given(borrowers())
def test_a_drawn_borrower_is_valid(borrower: cr.Borrower) -> None:
    assert cr.Borrower(**attrs.asdict(borrower)) == borrower


@given(borrowers(OwnBorrower))
def test_fields_of_a_subclass_are_drawn_by_their_annotation(borrower: OwnBorrower) -> None:
    assert isinstance(borrower, OwnBorrower)
    assert math.isfinite(borrower.income)
    assert isinstance(borrower.region, Region)
    assert isinstance(borrower.file_number, str)


@given(borrowers(repayment_plan=True, days_past_due=st.integers(3, 5)))
def test_a_field_is_drawn_from_the_given_strategy_or_value(borrower: cr.Borrower) -> None:
    assert borrower.repayment_plan is True
    assert borrower.days_past_due in {3, 4, 5}


@pytest.mark.parametrize(
    "seen",
    [
        lambda borrower: borrower.amount_overdue == 1e10,
        lambda borrower: borrower.days_past_due == 14_610,
        lambda borrower: borrower.income < 0,
        lambda borrower: borrower.months < 0,
        lambda borrower: math.isnan(borrower.rating),
        lambda borrower: borrower.note == "文字" or borrower.note > "z",
    ],
)
def test_the_edges_of_the_valid_domain_are_drawn(seen: object) -> None:
    # To simplify the example would take most of the time.
    first = settings(phases=[Phase.generate], max_examples=2_000)
    assert find(borrowers(OwnBorrower), seen, settings=first)  # type: ignore[arg-type]  # any lambda


def test_an_unknown_field_is_an_error() -> None:
    with pytest.raises(
        ArgumentError, match=r"days_past is not a field of Borrower; did you mean .days_past_due"
    ):
        borrowers(days_past=3)
    with pytest.raises(ArgumentError, match=r"xyz is not a field of OwnBorrower$"):
        borrowers(OwnBorrower, xyz=3)


def test_without_hypothesis_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hypothesis.strategies", None)
    with pytest.raises(MissingExtraError, match=r"\.\[test\]"):
        borrowers()
