"""A borrower has valid values only."""

from __future__ import annotations

import math
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from strategies import borrowers

import collectrisk as cr
from collectrisk.errors import InvalidBorrowerError


def borrower(**fields: Any) -> cr.Borrower:
    return cr.Borrower(**{"amount_overdue": 3_000, "days_past_due": 10} | fields)


def test_absent_fields_take_their_defaults() -> None:
    assert borrower() == cr.Borrower(
        amount_overdue=3_000.0,
        days_past_due=10,
        attitude=cr.Attitude.UNKNOWN,
        failed_messages=0,
        failed_calls=0,
        broken_promises=0,
        placed_with_agency=False,
        repayment_plan=False,
        product=cr.Product.OTHER,
        borrower_id=None,
    )


@pytest.mark.parametrize(
    "missing", [None, math.nan, np.nan, pd.NA, pd.NaT, Decimal("NaN"), np.float32("nan")]
)
@pytest.mark.parametrize("field", ["attitude", "failed_calls", "repayment_plan", "product", "borrower_id"])
def test_a_missing_value_takes_the_fields_default(field: str, missing: Any) -> None:
    assert getattr(borrower(**{field: missing}), field) == getattr(borrower(), field)


@pytest.mark.parametrize("missing", [None, math.nan, pd.NA])
@pytest.mark.parametrize("field", ["amount_overdue", "days_past_due"])
def test_a_field_without_a_default_must_be_known(field: str, missing: Any) -> None:
    with pytest.raises(InvalidBorrowerError, match=f"{field} must be known"):
        borrower(**{field: missing})


@pytest.mark.parametrize(
    ("given_value", "stored"),
    [
        (30_000, 30_000.0),
        (np.int64(5), 5.0),
        (np.float32(2.5), 2.5),
        (Decimal("12.50"), 12.5),
        (Fraction(1, 2), 0.5),
        (2**53 + 1, float(2**53)),
    ],
)
def test_an_amount_may_be_any_real_number(given_value: Any, stored: float) -> None:
    amount = borrower(amount_overdue=given_value).amount_overdue
    assert (amount, type(amount)) == (stored, float)


@pytest.mark.parametrize(("given_value", "stored"), [(3, 3), (3.0, 3), (np.uint8(3), 3), (Decimal(3), 3)])
def test_a_count_may_be_any_integer(given_value: Any, stored: int) -> None:
    count = borrower(failed_calls=given_value).failed_calls
    assert (count, type(count)) == (stored, int)


@pytest.mark.parametrize("flag", [True, np.True_])
def test_a_flag_may_come_from_numpy(flag: Any) -> None:
    assert borrower(repayment_plan=flag).repayment_plan is True


def test_an_attitude_may_be_a_string_or_an_enum_member() -> None:
    assert borrower(attitude="evasive") == borrower(attitude=cr.Attitude.EVASIVE)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("amount_overdue", -1, "a finite number, 0 or more, not -1"),
        ("amount_overdue", math.inf, "not inf"),
        ("amount_overdue", 10**400, "not 1000"),
        ("amount_overdue", "30000", "text is never read as a number, so convert it first"),
        ("amount_overdue", True, "a boolean is not a number"),
        ("amount_overdue", 1j, "a finite number"),
        ("amount_overdue", [1], "a finite number"),
        ("days_past_due", 2.5, "a whole number, 0 or more, not 2.5"),
        ("days_past_due", 2**53, "counts of 2**53 and more are not exact"),
        ("failed_calls", True, "a boolean is not a number"),
        ("failed_calls", np.False_, "a boolean is not a number"),
        ("failed_calls", -3, "not -3"),
        ("repayment_plan", 1, "true or false, not 1; write True or False"),
        ("repayment_plan", "yes", "write True or False"),
        ("attitude", "Evasive", "did you mean 'evasive'?"),
        ("attitude", " passive", "did you mean 'passive'?"),
        ("attitude", "xyz", "one of cooperative, unknown, passive, evasive, hostile, not 'xyz'"),
        ("attitude", 3, "one of cooperative"),
        ("product", "mortgage", "one of credit_card, online_loan, other"),
    ],
)
def test_an_invalid_value_is_an_error_that_names_field_requirement_and_value(
    field: str, value: Any, says: str
) -> None:
    with pytest.raises(InvalidBorrowerError) as raised:
        borrower(**{field: value})
    assert isinstance(raised.value, ValueError)
    assert raised.value.field == field
    assert raised.value.value is value
    assert says in str(raised.value)


def test_the_id_stays_out_of_reprs_and_error_texts() -> None:
    assert "secret" not in repr(borrower(borrower_id="secret"))
    with pytest.raises(InvalidBorrowerError) as raised:
        borrower(borrower_id=123456789)
    assert "123456789" not in str(raised.value)
    assert raised.value.value == "<a private int>"


def test_a_borrower_cannot_be_changed() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        borrower().amount_overdue = 5.0  # type: ignore[misc]


@given(borrowers())
def test_every_valid_borrower_is_rebuilt_from_its_own_values(any_borrower: cr.Borrower) -> None:
    assert cr.Borrower(**attrs.asdict(any_borrower)) == any_borrower


# Fields of a subclass


class Region(StrEnum):
    NORTH = "north"
    SOUTH = "south"


@attrs.frozen(kw_only=True)
class LenderBorrower(cr.Borrower):
    income: float = 0.0
    dependants: int = 0
    employed: bool = False
    branch: str = ""
    region: Region = Region.NORTH
    notes: list[str] = attrs.field(factory=list)


def test_fields_of_a_subclass_are_validated_by_their_annotation() -> None:
    invalid: dict[str, Any] = {"income": "12", "dependants": 1.5, "employed": 1, "branch": 5}
    for field, value in invalid.items():
        with pytest.raises(InvalidBorrowerError, match=field):
            LenderBorrower(amount_overdue=1, days_past_due=1, **{field: value})


def test_fields_of_a_subclass_may_be_negative_and_take_their_defaults() -> None:
    borrower = LenderBorrower(amount_overdue=1, days_past_due=1, income=-5, dependants=None, branch=None)  # type: ignore[arg-type]
    assert (borrower.income, borrower.dependants, borrower.branch, borrower.notes) == (-5.0, 0, "", [])


def test_an_enum_of_a_subclass_is_read_by_its_values() -> None:
    borrower = LenderBorrower(amount_overdue=1, days_past_due=1, region="south")  # type: ignore[arg-type]
    assert borrower.region is Region.SOUTH
    with pytest.raises(InvalidBorrowerError, match="one of north, south"):
        LenderBorrower(amount_overdue=1, days_past_due=1, region="west")  # type: ignore[arg-type]


def test_a_class_defined_in_a_function_is_validated_as_far_as_its_types_are_visible() -> None:
    class Local(StrEnum):
        A = "a"

    @attrs.frozen(kw_only=True)
    class LocalBorrower(cr.Borrower):
        income: float = 0.0
        local: Local = Local.A

    with pytest.raises(InvalidBorrowerError, match="income"):
        LocalBorrower(amount_overdue=1, days_past_due=1, income="12")  # type: ignore[arg-type]
    assert LocalBorrower(amount_overdue=1, days_past_due=1).local is Local.A


@pytest.mark.parametrize("value", [Decimal("sNaN"), Decimal("NaN")])
def test_a_decimal_nan_is_missing(value: Any) -> None:
    assert cr.Borrower(amount_overdue=1, days_past_due=1, failed_calls=value).failed_calls == 0
    with pytest.raises(InvalidBorrowerError, match="amount_overdue must be known"):
        cr.Borrower(amount_overdue=value, days_past_due=1)


@pytest.mark.parametrize("value", [["evasive"], {}, 3])
def test_only_text_is_an_attitude(value: Any) -> None:
    with pytest.raises(InvalidBorrowerError, match="attitude must be one of"):
        cr.Borrower(amount_overdue=1, days_past_due=1, attitude=value)


def test_a_complex_nan_is_missing() -> None:
    """As in pandas."""
    borrower = cr.Borrower(amount_overdue=0, days_past_due=0, failed_calls=complex(float("nan"), 0))  # type: ignore[arg-type]
    assert borrower.failed_calls == 0
