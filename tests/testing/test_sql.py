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
