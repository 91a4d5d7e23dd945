"""A card that keeps a mapping, in the shell: used without `--mapping`, replaced by it, changed by options."""

from __future__ import annotations

from typing import Any

import pytest
from shell import done, refusal, scored, write

import collectrisk as cr

MAPPING = cr.Mapping(
    {
        "amount_overdue": {"column": "Saldo", "factor": 0.01, "decimal": ","},
        "days_past_due": {"column": "Fällig", "date": "%d.%m.%Y"},
    },
    as_of="2026-11-01",
    missing="k.A.",
    skip={"Konto": "Summe*"},
    delimiter="|",
)
CSV = "Konto;Saldo;Fällig;failed_calls\nL-1;1250000,0;21.01.2024;9\nL-2;120000;01.06.2026;k.A.\nSumme;1;;\n"


@pytest.fixture(autouse=True)
def card() -> None:
    """Save a card that keeps the mapping, but not the delimiter of the file that it was made for."""
    cr.save(cr.RuleScorer().with_columns(MAPPING), "card.json")


def probability(**fields: Any) -> float:
    return cr.RuleScorer().assess(cr.Borrower(**fields)).visit_probability


EXPECTED = [
    probability(amount_overdue=12_500, days_past_due=1_015, failed_calls=9),
    probability(amount_overdue=1_200, days_past_due=153),
]


def test_a_file_is_read_by_the_mapping_of_the_card() -> None:
    result = scored("in.csv", CSV, "--scorer", "card.json", output="out.parquet")
    assert result["visit_probability"].to_list() == pytest.approx(EXPECTED, abs=1e-12)


def test_the_summary_says_it_with_the_day_to_which_dates_are_counted() -> None:
    note = "Read by the mapping of card.json, with dates counted to {}."
    csv = write("in.csv", CSV)
    assert note.format("2026-11-01") in done("score", csv, "--scorer", "card.json")
    assert note.format("2026-12-01") in done("score", csv, "--scorer", "card.json", "--as-of", "2026-12-01")
    cr.save(cr.RuleScorer().with_columns({"amount_overdue": "Saldo"}), "card.json")
    undated = write("undated.csv", "Saldo,days_past_due\n100,3\n")
    assert "Read by the mapping of card.json.\n" in done("score", undated, "--scorer", "card.json")


def test_options_change_the_mapping_of_the_card() -> None:
    csv = CSV.replace("Saldo", "Schuld")
    options = ("--scorer", "card.json", "--map", "amount_overdue=Schuld", "--as-of", "2026-11-02")
    result = scored("in.csv", csv, *options, output="out.parquet")
    assert result["visit_probability"].to_list() == pytest.approx(
        [
            probability(amount_overdue=12_500, days_past_due=1_016, failed_calls=9),
            probability(amount_overdue=1_200, days_past_due=154),
        ],
        abs=1e-12,
    )


def test_a_mapping_file_replaces_that_of_the_card() -> None:
    cr.Mapping({"amount_overdue": "Euro"}).write("m.toml")
    csv = "Euro,days_past_due,Saldo\n12500,1015,1\n"
    options = ("--scorer", "card.json", "--mapping", "m.toml")
    result = scored("in.csv", csv, *options, output="out.parquet")
    assert result["visit_probability"].to_list() == pytest.approx(
        [probability(amount_overdue=12_500, days_past_due=1_015)], abs=1e-12
    )
    assert "Read by the mapping" not in done("score", "in.csv", *options)


def test_a_card_without_a_mapping_and_the_rules_read_the_names_of_the_fields() -> None:
    cr.save(cr.RuleScorer(), "card.json")
    csv = write("in.csv", "amount_overdue,days_past_due\n12500,1015\n")
    for options in ((), ("--scorer", "card.json")):
        assert "Read by the mapping" not in done("score", csv, *options)


def test_a_file_that_does_not_fit_the_mapping_of_the_card_is_an_error() -> None:
    why = refusal("in.csv", CSV.replace("Saldo", "Schuld"), "--scorer", "card.json")
    assert "the column 'Saldo' is missing" in why
    assert "Or draft a mapping and correct it: collectrisk map in.csv -o in.toml" in why


def test_one_account_is_explained_in_the_units_of_the_fields() -> None:
    options = ("--amount-overdue", 12_500, "--days-past-due", 1_015, "--failed-calls", 9)
    assert done("explain", *options, "--scorer", "card.json") == done("explain", *options)
