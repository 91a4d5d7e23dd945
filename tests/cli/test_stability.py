"""`collectrisk baseline` and `collectrisk compare`: what the library says, for files of every kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from shell import done, refused, run, write
from sklearn.dummy import DummyClassifier

import collectrisk as cr
from collectrisk.validation import Baseline

THEN, NOW = (cr.simulate_portfolio(150, seed=seed, backend="polars") for seed in (1, 2))
SLOW = pytest.mark.exhaustive


@pytest.mark.parametrize(
    "suffix", [".csv", pytest.param(".parquet", marks=SLOW), pytest.param(".xlsx", marks=SLOW)]
)
def test_the_shell_says_what_the_library_says(suffix: str) -> None:
    for name, frame in (("then", THEN), ("now", NOW)):
        rows: Any = [list(frame.columns), *map(list, frame.rows())]
        write(f"{name}{suffix}", rows if suffix == ".xlsx" else frame)
    result = run("baseline", f"then{suffix}", "-o", "baseline.json", "--bins", 5)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Wrote the baseline of 150 accounts to baseline.json.\n"
    expected = Baseline.of(cr.RuleScorer(), THEN, bins=5)
    loaded = Baseline.load("baseline.json")
    assert loaded == expected
    stability = expected.compare(NOW)
    printed = done("compare", "baseline.json", f"now{suffix}", "--show", "channel", "--show", "attitude")
    assert printed == f"{stability}\n\n{stability['channel']}\n\n{stability['attitude']}\n\n"


def test_the_card_and_the_names_of_columns_can_be_given_and_the_language() -> None:
    card = cr.Scorecard(
        base=-2, characteristics=[cr.Bands(label="delay", field="days_past_due", bands=[(0, 0), (30, 1)])]
    )
    cr.save(card, "card.json")
    for name, frame in (("then.csv", THEN), ("now.csv", NOW)):
        write(name, frame.select(late="days_past_due"))
    mapped = ("--map", "days_past_due=late")
    arguments = ("baseline", "then.csv", "-o", "baseline.json", "--scorer", "card.json", *mapped, "--quiet")
    assert run(*arguments).stderr == ""
    printed = done("compare", "baseline.json", "now.csv", *mapped, "--language", "zh")
    assert printed == f"{Baseline.of(card, THEN).compare(NOW).explain('zh')}\n\n"


def test_rows_that_are_not_valid_are_refused_with_their_number() -> None:
    write("a.csv", "amount_overdue,days_past_due\n3,-1\n4,2\n")
    error = refused("baseline", "a.csv", "-o", "baseline.json")
    assert "row 2" in error
    assert "Nothing was compared. Correct the rows, or leave them out." in error
    assert not Path("baseline.json").exists()


def test_options_that_are_not_valid_are_named() -> None:
    write("a.csv", THEN)
    assert "--bins" in refused("baseline", "a.csv", "-o", "baseline.json", "--bins", 1, code=2)
    done("baseline", "a.csv", "-o", "baseline.json")
    error = refused("compare", "baseline.json", "a.csv", "--show", "atitude", code=2)
    assert "--show" in error
    assert "'atitude'" in error


def test_no_file_that_is_read_is_replaced_by_another_kind_of_file() -> None:
    """Scores and plans have all columns of the file that is read, and may replace it."""
    accounts = write("a.csv", THEN).read_bytes()
    cr.save(cr.RuleScorer().card, "card.json")
    card = Path("card.json").read_bytes()
    Path("link.csv").symlink_to("a.csv")
    lost = "is a file that is read, and would be lost; name another one"
    for output in ("a.csv", "./a.csv", "link.csv", "card.json"):
        assert f"{Path(output)}: {lost}" in refused(
            "baseline", "a.csv", "--scorer", "card.json", "-o", output
        )
    assert lost in refused("history", "a.csv", "--as-of", "2026-11-30", "-o", "a.csv")
    assert lost in refused("map", "a.csv", "-o", "a.csv", "--force")
    query = "sql", "--dialect", "duckdb", "--table", "accounts", "--scorer", "card.json"
    assert lost in refused(*query, "-o", "card.json")
    assert (Path("a.csv").read_bytes(), Path("card.json").read_bytes()) == (accounts, card)


def test_a_baseline_without_a_scorecard_needs_python() -> None:
    write("a.csv", THEN)
    dummy = DummyClassifier().fit(THEN.select("days_past_due").to_numpy(), np.arange(150) % 2)
    Baseline.of(cr.EstimatorScorer(estimator=dummy, features=["days_past_due"]), THEN).save("baseline.json")
    error = refused("compare", "baseline.json", "a.csv")
    assert "baseline.json: contains no scorecard; compare in Python, with scorer=" in error


def test_another_file_is_not_a_baseline() -> None:
    write("a.csv", pl.DataFrame({"x": [1]}))
    assert "a.csv: does not contain a valid baseline" in refused("compare", "a.csv", "a.csv")
