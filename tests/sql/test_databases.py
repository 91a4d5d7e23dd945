"""SQL text on the databases: the same results as Python."""

from __future__ import annotations

import os

import cards
import pytest
from databases import DATABASES, database
from sql_cards import column, everything

import collectrisk as cr
from collectrisk.testing import check_sql


@pytest.mark.parametrize("dialect", DATABASES)
def test_a_row_of_a_table_gets_the_results_of_its_borrower(dialect: str) -> None:
    check_sql(cr.RuleScorer(), run=database(dialect), dialect=dialect, rows=100)


@pytest.mark.parametrize("dialect", DATABASES)
def test_a_missing_value_gets_its_own_points(dialect: str) -> None:
    check_sql(cards.WITH_MISSING, run=database(dialect), dialect=dialect, rows=50)


@pytest.mark.parametrize("dialect", DATABASES)
def test_two_fields_together_get_the_points_of_a_surface(dialect: str) -> None:
    check_sql(cards.SURFACES, run=database(dialect), dialect=dialect, rows=60, reasons=2)


@pytest.mark.parametrize("dialect", DATABASES)
def test_flags_and_numbers_are_read_as_codes(dialect: str) -> None:
    curves = [
        cr.Levels(label="plan", field="repayment_plan", levels={"true": 1, "false": -0.5}),
        cr.Levels(label="agency", field="placed_with_agency", levels={"true": 0.25}, otherwise=-0.25),
        cr.Levels(label="calls", field="failed_calls", levels={"0": 0.5, "1": -1, "true": 9}, otherwise=0.1),
        cr.Levels(label="constant", field="product", levels={"other": 2}, otherwise=2),
    ]
    check_sql(column(*curves), run=database(dialect), dialect=dialect, rows=40)


@pytest.mark.parametrize("dialect", DATABASES)
def test_a_level_may_contain_a_character_of_four_bytes(dialect: str) -> None:
    card = column(cr.Levels(label="x", field="x", levels={"😀": 1, "😁": 2}, otherwise=-1))
    check_sql(card, run=database(dialect), dialect=dialect, rows=20)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", [name for name in cards.SCORERS if name != "with a mapping"])
@pytest.mark.parametrize("dialect", DATABASES)
def test_every_kind_of_scorecard_has_the_same_results_in_a_database(dialect: str, name: str) -> None:
    check_sql(cards.SCORERS[name](), run=database(dialect), dialect=dialect, reasons=20)


@pytest.mark.exhaustive
@pytest.mark.parametrize("dialect", [each for each in DATABASES if each.id != "Spark"])
def test_many_rows_agree(dialect: str) -> None:
    """Every kind of characteristic; run it with 100,000 rows by hand, also on Spark."""
    rows = int(os.environ.get("SQL_ROWS", "2_000"))
    check_sql(everything(), run=database(dialect), dialect=dialect, reasons=5, rows=rows)
