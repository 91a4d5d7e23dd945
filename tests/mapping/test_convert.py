"""Single values converted by a rule: what the cells of a file and of object columns become."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import collectrisk as cr
from collectrisk._fields import FieldSpec, InvalidValueError, NumberValidator, TextValidator, field_specs
from collectrisk.errors import InvalidMappingError
from collectrisk.mapping import FieldMapping
from collectrisk.mapping._convert import UNREADABLE, Converter

AS_OF = dt.date(2026, 11, 30)


def converter(field: str, *, file: bool = False, as_of: dt.date | None = AS_OF, **keys: Any) -> Converter:
    """Return the converter of a field of a borrower that is read from a column `x`."""
    return Converter(
        field_specs(cr.Borrower)[field], FieldMapping(keys.pop("columns", "x"), **keys), as_of, file
    )


@pytest.mark.parametrize(
    ("field", "keys", "value", "converted"),
    [
        ("amount_overdue", {}, 12.5, 12.5),
        ("amount_overdue", {}, Decimal("12.5"), 12.5),
        ("amount_overdue", {"decimal": ","}, " 12,5 ", 12.5),
        ("amount_overdue", {"decimal": ",", "units": "€"}, "€ 12,5", 12.5),
        ("amount_overdue", {"file": True}, "12.5", 12.5),
        ("amount_overdue", {"file": True}, "NaN", None),
        ("amount_overdue", {"factor": 0.01}, 1999, 19.99),
        ("amount_overdue", {"factor": 0.01, "file": True}, "1999", 19.99),
        ("amount_overdue", {"factor": 1000}, Decimal("1.5"), 1500.0),
        ("amount_overdue", {"missing": -999}, -999.0, None),
        ("amount_overdue", {"missing": "-999"}, -999, None),
        ("amount_overdue", {"missing": "\u2212 999"}, -999, None),
        ("amount_overdue", {"missing": -999, "decimal": ","}, "-999,00", None),
        ("amount_overdue", {"missing": "N/A"}, " n/a\t", None),
        ("amount_overdue", {"missing": 999}, Decimal(999), None),
        ("failed_calls", {"values": {"few": 2, "many": 9}}, "few ", 2),
        ("failed_calls", {"values": {0: 2, 1: 9}}, 1.0, 9),
        ("failed_calls", {"values": {0: 2, 1: 9}}, "1.0", 9),
        ("placed_with_agency", {"true": 1, "false": 0}, "0.0", False),
        ("failed_calls", {"values": {0: 2, 1: 9}}, Fraction(1), 9),
        ("days_past_due", {"date": "%d.%m.%Y"}, "29.11.2026", 1),
        ("days_past_due", {"date": "iso"}, AS_OF, 0),
        ("days_past_due", {"date": "excel", "missing": 0}, 0, None),
        ("days_past_due", {"date": "%d.%m.%Y", "missing": "01.01.1900"}, "01.01.1900", None),
        ("days_past_due", {"date": "iso", "zone": "Asia/Tokyo"}, "2026-11-28T16:00Z", 1),
        ("repayment_plan", {}, True, True),
        ("repayment_plan", {"true": "ja", "false": "nein"}, "JA ", True),
        ("repayment_plan", {"true": "ja", "false": "nein"}, False, False),
        ("repayment_plan", {"true": "ja", "false": "nein"}, np.True_, True),
        ("repayment_plan", {"true": 1, "false": 0}, 0.0, False),
        ("repayment_plan", {"true": 1, "missing": 9}, "9", None),
        ("repayment_plan", {"values": {True: False, False: True}}, np.True_, False),
        ("attitude", {}, " hostile", "hostile"),
        ("attitude", {"values": {"a": "hostile", "A": "passive"}}, "A", "passive"),
        *(
            (field, {}, missing, None)
            for field in ("product", "failed_calls")
            for missing in (None, math.nan, " ")
        ),
    ],
)
def test_a_value_is_converted_by_its_rule(
    field: str, keys: dict[str, Any], value: Any, converted: Any
) -> None:
    found = converter(field, **keys).convert(value)
    assert found == converted
    assert type(found) in {type(converted), float, cr.Attitude}


@pytest.mark.parametrize(
    ("field", "keys", "value", "says"),
    [
        ("amount_overdue", {}, "12.5", "text is never read as a number"),
        ("amount_overdue", {"decimal": ","}, True, "a boolean is not a number"),
        ("amount_overdue", {"decimal": ","}, "30.11.2026", "a date is not a number"),
        ("amount_overdue", {"missing": 5}, 10**400, ""),
        ("amount_overdue", {"factor": 2}, 10**400, ""),
        ("amount_overdue", {"factor": 2}, [], ""),
        ("failed_calls", {"factor": 0.5}, 3, ""),
        ("failed_calls", {"values": {"1": 2}}, "1.5", "'1.5' is not one of the codes in `values`"),
        ("failed_calls", {"values": {"1": 2}}, True, "'true' is not one of the codes"),
        (
            "days_past_due",
            {"date": "iso"},
            dt.date(2026, 12, 1),
            "2026-12-01 is after the as-of date, 2026-11-30",
        ),
        ("repayment_plan", {}, "true", "write True or False"),
        ("repayment_plan", {"true": "ja", "false": "nein"}, "j", "it is spelled 'ja', 'nein'"),
        ("attitude", {}, "Hostile", "did you mean 'hostile'?"),
        ("attitude", {"values": {"a": "hostile"}}, "A", "'A' is not one of the codes"),
    ],
)
def test_another_value_is_an_error_that_says_why(
    field: str, keys: dict[str, Any], value: Any, says: str
) -> None:
    with pytest.raises(InvalidValueError) as error:
        converter(field, **keys).convert(value)
    assert says in error.value.hint


@pytest.mark.parametrize(
    ("field", "keys", "says"),
    [
        ("attitude", {"columns": ["a", "b"]}, "attitude.columns must be one column; only numbers are added"),
        ("attitude", {"factor": 2}, "attitude.factor applies to numbers only"),
        ("repayment_plan", {"date": "iso"}, "repayment_plan.date applies to a number of days only"),
        ("days_past_due", {"date": "iso", "as_of": None}, "days_past_due.date needs as_of in the mapping"),
        (
            "days_past_due",
            {"date": "iso", "factor": 2},
            "days_past_due.date cannot be combined with values or",
        ),
        ("days_past_due", {"date": "iso", "values": {"a": 1}}, "days_past_due.date cannot be combined with"),
        (
            "days_past_due",
            {"date": "iso", "columns": ["a", "b"]},
            "days_past_due.date must be one column; dates",
        ),
        (
            "attitude",
            {"values": {"a": "Hostile"}},
            "attitude.values 'a' must mean one of cooperative, .* did you",
        ),
        (
            "failed_calls",
            {"values": {"a": 1.5}},
            "failed_calls.values 'a' must mean a whole number .*not 1.5",
        ),
        ("failed_calls", {"values": {"a": True}}, "failed_calls.values 'a' must mean a whole number"),
        ("repayment_plan", {"values": {"a": 1}}, "repayment_plan.values 'a' must mean true or false, not 1"),
    ],
)
def test_a_rule_that_does_not_suit_the_field_is_refused(field: str, keys: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidMappingError, match=f"^{says}"):
        converter(field, **keys)


@pytest.mark.parametrize(
    ("keys", "value", "days"),
    [
        ({}, AS_OF - dt.timedelta(40), 40),
        ({}, "2026-10-21", 40),
        ({}, 40, 40),
        ({}, 40.0, 40),
        ({}, Decimal(40), 40),
        ({"file": True}, " 40 ", 40),
        ({"file": True}, "40.0", 40),
        ({"file": True}, "2026-10-21", 40),
        ({"decimal": ",", "thousands": "."}, "1.040", 1040),
        ({"missing": -1}, -1, None),
        ({"factor": 30}, 2, 60),
        ({"values": {"late": 40}}, "late", 40),
        ({"columns": ["x", "y"]}, 40, 40),
    ],
)
def test_days_past_due_are_dates_or_numbers_if_the_mapping_has_a_day(
    keys: dict[str, Any], value: Any, days: int | None
) -> None:
    assert converter("days_past_due", **keys).convert(value) == days


@pytest.mark.parametrize(
    ("field", "keys", "value"),
    [
        ("days_past_due", {"date": "iso"}, 40),
        ("days_past_due", {"date": "iso", "file": True}, "40"),
        ("days_past_due", {}, "40"),  # text that is not declared to be numbers
        ("days_past_due", {}, 20_261_021),
        ("days_past_due", {}, True),
        ("days_past_due", {"as_of": None}, AS_OF),
        ("failed_calls", {}, AS_OF),
        ("days_past_due", {"factor": 30}, AS_OF),
    ],
)
def test_a_declared_date_is_never_a_number_of_days_and_other_fields_are_no_dates(
    field: str, keys: dict[str, Any], value: Any
) -> None:
    with pytest.raises(InvalidValueError):
        converter(field, **keys).convert(value)


@pytest.mark.parametrize("unit", ["D", "ns", "Y", "generic"])
@pytest.mark.parametrize(
    "keys", [{}, {"factor": 2}, {"missing": 30}, {"values": {"30": 5}}, {"date": "excel"}, {"decimal": ","}]
)
def test_a_duration_of_numpy_is_not_a_number(keys: dict[str, Any], unit: Any) -> None:
    with pytest.raises(InvalidValueError, match=r"not a number|not one of the codes|is not a date"):
        converter("days_past_due", **keys).convert(np.timedelta64(30, unit))


@pytest.mark.parametrize("keys", [{"values": {"9007199254740992": 5}}, {"true": "9007199254740992"}])
@pytest.mark.parametrize("code", [2**53, float(2**53), 2**53 + 1, -(2**53), Decimal(2**53), np.int64(2**53)])
def test_numbers_that_are_equal_as_floats_are_no_codes(keys: dict[str, Any], code: Any) -> None:
    field = "failed_calls" if "values" in keys else "repayment_plan"
    with pytest.raises(InvalidValueError, match=r"numbers of 2\*\*53 and more are not exact, so store these"):
        converter(field, **keys).convert(code)
    assert converter(field, **keys).convert("9007199254740992") in {5, True}


@pytest.mark.parametrize("factor", [0.01, 0.1, 0.05, 1 / 3, 0.7, -0.5, 30.0])
def test_a_factor_is_exact_where_it_can_be(factor: float) -> None:
    numbers = np.arange(1.0, 20_000)
    scaled = converter("amount_overdue", factor=factor).scaled(numbers)
    divisor = round(1 / factor) if abs(factor) < 1 else 0
    if divisor and 1 / divisor == factor:
        assert scaled.tolist() == [float(Fraction(number) / divisor) for number in range(1, 20_000)]
    else:
        assert scaled.tolist() == (numbers * factor).tolist()


def test_many_values_are_converted_and_the_unreadable_marked() -> None:
    found = converter("failed_calls", file=True).convert_all(["3", "x", "", "-1"])
    assert found == [3, UNREADABLE, None, UNREADABLE]
    assert repr(UNREADABLE) == "unreadable"


def test_an_error_of_a_spreadsheet_is_never_a_value() -> None:
    cell = SimpleNamespace(is_error=True)
    for each in (converter("failed_calls", file=True), converter("attitude", values={"#N/A": "passive"})):
        with pytest.raises(InvalidValueError, match="it is an error in the spreadsheet"):
            each.convert(cell)


def test_a_number_in_a_text_field_of_a_file_is_its_code() -> None:
    spec = FieldSpec("branch", TextValidator())
    assert Converter(spec, FieldMapping("x"), None, from_text_file=True).convert(5.0) == "5"
    with pytest.raises(InvalidValueError):
        Converter(spec, FieldMapping("x")).convert(5.0)


def test_a_rule_without_keys_changes_nothing_in_a_frame() -> None:
    assert converter("failed_calls").changes_nothing
    assert converter("failed_calls", decimal=",").changes_nothing
    assert not converter("failed_calls", file=True).changes_nothing
    assert not converter("failed_calls", factor=2).changes_nothing
    assert converter("failed_calls", decimal=",").reads_text
    assert converter("repayment_plan", true="J").reads_text
    assert not converter("repayment_plan", decimal=",").reads_text
    assert not converter("attitude", true="J", decimal=",").reads_text


def test_negative_numbers_are_read_where_the_field_may_be_negative() -> None:
    spec = FieldSpec("balance", NumberValidator())
    assert Converter(spec, FieldMapping("x", decimal=",", thousands=".")).convert("-1.234,5") == -1_234.5
