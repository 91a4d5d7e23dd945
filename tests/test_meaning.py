"""The fields that the usual column names of collections systems mean."""

from __future__ import annotations

from collections import Counter

import pytest

import collectrisk as cr
from collectrisk._fields import field_specs
from collectrisk._meaning import DUE_DATE, Meaning, field_meant_by, listed_names, meaning_of, normalize

FIELDS = [name for name, spec in field_specs(cr.Borrower).items() if not spec.private]
GENERIC = [
    *("status", "type", "id", "name", "date", "amount", "number", "total", "count", "value", "days", "flag"),
    *("account", "customer", "code", "Datum", "Betrag", "Anzahl", "montant", "fecha", "金额", "日期", ""),
]


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("balance", "amount_overdue"),
        ("arrears", "amount_overdue"),
        ("OverdueAmt", "amount_overdue"),
        ("overdue_amt_inr", "amount_overdue"),
        ("Rückstand (EUR)", "amount_overdue"),
        ("Rueckstand", "amount_overdue"),
        ("Montant impayé", "amount_overdue"),
        ("importo_scaduto", "amount_overdue"),
        ("Dlužná částka", "amount_overdue"),
        ("逾期金额（元）", "amount_overdue"),
        ("DPD", "days_past_due"),
        ("daysPastDue", "days_past_due"),
        ("days_overdue", "days_past_due"),
        ("Verzugstage", "days_past_due"),
        ("dny po splatnosti", "days_past_due"),
        ("días-de-mora", "days_past_due"),
        ("逾期天数", "days_past_due"),
        ("calls", "failed_calls"),
        ("attempts", "failed_calls"),
        ("contact_attempts", "failed_calls"),
        ("number_of_calls", "failed_calls"),
        ("sms", "failed_messages"),
        ("PTP broken", "broken_promises"),
        ("agency", "placed_with_agency"),
        ("dca", "placed_with_agency"),
        ("是否委外", "placed_with_agency"),
        ("Ratenplan", "repayment_plan"),
        ("arrangement", "repayment_plan"),
        ("behaviour", "attitude"),
        ("还款意愿", "attitude"),
        ("product_type", "product"),
        ("failed_calls_cnt", "failed_calls"),
        ("contact attempts count", "failed_calls"),
        ("AnzAnrufe", "failed_calls"),
        ("agency_flg", "placed_with_agency"),
        ("dca_id", "placed_with_agency"),
        ("repayment_plan_flag", "repayment_plan"),
        ("attitude_code", "attitude"),
        ("Verhaltensschlüssel", "attitude"),
        ("SMS No Response", "failed_messages"),
        ("Zusage gebrochen", "broken_promises"),
    ],
)
def test_a_usual_name_means_a_field(column: str, field: str) -> None:
    assert field_meant_by(column) == field


@pytest.mark.parametrize(
    "column",
    ["due_date", "Fällig am", "Datum splatnosti", "date d'échéance", "data scadenza", "到期日", "FALLIG AM"],
)
def test_a_due_date_means_the_days_past_due_by_a_date(column: str) -> None:
    assert meaning_of(column) == Meaning("days_past_due", is_date=True)
    assert field_meant_by(column) is None


@pytest.mark.parametrize("column", [*GENERIC, "x" * 100, "income", "LIMIT_BAL", "PAY_0", "BILL_AMT1"])
def test_other_names_mean_nothing(column: str) -> None:
    assert meaning_of(column) is None


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_means_itself_however_it_is_written(field: str) -> None:
    for column in (field, field.upper(), field.replace("_", " ").title(), field.title().replace("_", "")):
        assert field_meant_by(column) == field


def test_every_field_has_names() -> None:
    assert set(listed_names()) == {*FIELDS, DUE_DATE}


def test_no_name_is_listed_for_two_fields_or_twice() -> None:
    normalized = [(normalize(name), key) for key, names in listed_names().items() for name in names]
    by_key = {key: {name for name, of in normalized if of == key} for key in listed_names()}
    counts = Counter(name for names in by_key.values() for name in names)
    assert [name for name, count in counts.items() if count > 1] == []
    assert "" not in counts
    repeated = Counter(name for names in listed_names().values() for name in names)
    assert [name for name, count in repeated.items() if count > 1] == []


@pytest.mark.parametrize(
    ("name", "normalized"),
    [
        ("DPDDays", "dpd days"),
        ("  días--de_Mora ", "dias de mora"),
        ("Straße2", "strasse2"),
        ("逾期 天数", "逾期 天数"),
    ],
)
def test_a_name_is_normalized_to_plain_words(name: str, normalized: str) -> None:
    assert normalize(name) == normalized
