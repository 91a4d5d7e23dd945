"""The check of a database: it passes where the results are those of Python, and says where they differ."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import cards
import pytest

import collectrisk as cr
from collectrisk.errors import ArgumentError, ScorerCheckError
from collectrisk.testing import check_sql

if TYPE_CHECKING:
    from collections.abc import Callable

CARD = cr.Scorecard(base=0, characteristics=[cr.Flag(label="plan", field="repayment_plan", if_true=-1)])


def changed(change: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Callable[[str], list[Any]]:
    """Return a function that runs SQL on SQLite and changes each row of the result."""

    def run(text: str) -> list[Any]:
        with closing(sqlite3.connect(":memory:")) as database:
            return list(map(change, database.execute(text)))

    return run


def test_a_database_with_the_results_of_python_passes() -> None:
    check_sql(CARD, run=changed(lambda row: row), dialect="sqlite", rows=5)
    check_sql(cards.WITH_MISSING, run=changed(lambda row: row), dialect="sqlite", rows=5)


def test_numbers_may_be_returned_as_text() -> None:
    check_sql(
        CARD, run=changed(lambda row: (str(row[0]), row[1] and str(row[1]), *row[2:])), dialect="sqlite"
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda row: (row[0], row[1] + 2e-12, *row[2:]),
        lambda row: (row[0], None, *row[2:]),
        lambda row: (*row[:2], "sms", *row[3:]),
        lambda row: (*row[:3], "other", *row[4:]),
        lambda row: (*row[:-1], "a problem"),
        lambda row: (row[0] + 1000, *row[1:]),
    ],
    ids=["probability", "no probability", "channel", "reason", "problem", "no row"],
)
def test_a_difference_is_an_error(change: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> None:
    with pytest.raises(ScorerCheckError, match=r"in Python, and .* in the database, for repayment_plan="):
        check_sql(CARD, run=changed(change), dialect="sqlite")


def test_the_arguments_are_checked() -> None:
    with pytest.raises(ArgumentError, match="scorer must be a scorecard, not a BlendScorer"):
        check_sql(cr.BlendScorer(parts={"a": CARD}), run=list, dialect="sqlite")
    with pytest.raises(ArgumentError, match="rows must be a whole number, 1 or more, not 0"):
        check_sql(CARD, run=list, dialect="sqlite", rows=0)


CALLS = cr.Scorecard(
    base=0, characteristics=[cr.Bands(label="calls", field="failed_calls", bands=[(0, 0), (5, 1)])]
)


def without_column(column: str) -> Callable[[str], list[Any]]:
    """Return a function that runs SQL on SQLite, and fails if a query has no column of this name."""

    def run(text: str) -> list[Any]:
        assert f"`{column}`" in text.partition(" AS (")[0]
        return changed(lambda row: row)(text)

    return run


@pytest.mark.parametrize("kept", [True, False], ids=["kept by the card", "passed"])
@pytest.mark.parametrize(
    "columns",
    [
        {"failed_calls": "account"},
        cr.Mapping({"failed_calls": "account", "attitude": "mood"}, require="attitude"),
        cr.Mapping({"failed_calls": "account"}, plausible={"failed_calls": 7}),
        cr.Mapping({"failed_calls": "account"}, plausible={"failed_calls": 70_000}),
    ],
)
def test_the_mapping_in_force_is_checked(columns: Any, kept: bool) -> None:  # noqa: FBT001  # a parameter
    card, options = (CALLS.with_columns(columns), {}) if kept else (CALLS, {"columns": columns})
    check_sql(card, run=without_column("account"), dialect="sqlite", rows=20, **options)


def test_absent_fields_have_their_defaults() -> None:
    card = cr.Scorecard(base=0, characteristics=[*CALLS.characteristics, *CARD.characteristics])
    check_sql(card, run=changed(lambda row: row), dialect="sqlite", rows=20, columns={"repayment_plan": None})


def test_a_mapping_that_a_query_cannot_follow_is_refused() -> None:
    card = CARD.with_columns(cr.Mapping(true=["Y"], false=["N"]))
    with pytest.raises(ArgumentError, match=r"does not convert 'repayment_plan' \(true, false\)"):
        check_sql(card, run=changed(lambda row: row), dialect="sqlite")
    check_sql(card, run=changed(lambda row: row), dialect="sqlite", rows=5, columns={})
    with pytest.raises(ArgumentError, match="columns must name a column of its own for each field"):
        check_sql(CALLS, run=list, dialect="sqlite", columns={"failed_calls": "x", "failed_messages": "x"})


def test_a_cursor_without_iteration_may_be_returned() -> None:
    class Cursor:
        def __init__(self, rows: list[Any]) -> None:
            self.rows = rows

        def fetchall(self) -> list[Any]:
            return self.rows

    run = changed(lambda row: row)
    check_sql(CARD, run=lambda text: Cursor(run(text)), dialect="sqlite", rows=5)
    with pytest.raises(ArgumentError, match="run must return the rows of the query or a cursor, not "):
        check_sql(CARD, run=lambda _: None, dialect="sqlite", rows=5)
