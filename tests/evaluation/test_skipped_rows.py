"""Reports on frames that are read by a mapping: skipped rows count nowhere, and all scorers read alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import collectrisk as cr
from collectrisk.errors import ArgumentError, MissingColumnError

ROWS = 60
ACCOUNTS = cr.simulate_portfolio(ROWS, seed=4, backend="polars").with_columns(
    account=pl.format("L-{}", pl.int_range(ROWS)), product=pl.col("product").cast(pl.String)
)
VISITED = (np.arange(ROWS) % 3 == 0).tolist()
WEIGHTS = (1.0 + np.arange(ROWS) % 2).tolist()
TOTAL = ACCOUNTS.head(1).with_columns(account=pl.lit("TOTAL"), product=pl.lit("sum"), amount_overdue=9e12)
EXPORT = pl.concat([ACCOUNTS.head(20), TOTAL, ACCOUNTS.tail(40), TOTAL])
SKIP = cr.Mapping(skip={"account": "TOTAL*"})
RULES = cr.RuleScorer()


def with_totals(values: list[Any], total: Any) -> list[Any]:
    """Return the values of all accounts with those of the two rows of totals."""
    return [*values[:20], total, *values[20:], total]


@pytest.mark.parametrize("total", [None, "total", True, 7], ids=repr)
def test_skipped_rows_are_left_out_with_their_labels_portfolios_and_weights(total: Any) -> None:
    expected = cr.evaluate(RULES, ACCOUNTS, VISITED, portfolio="product", sample_weight=WEIGHTS)
    found = cr.evaluate(
        RULES,
        EXPORT,
        with_totals(VISITED, total),
        portfolio="product",
        sample_weight=with_totals(WEIGHTS, None),
        columns=SKIP,
    )
    assert found.pooled == expected.pooled
    assert found.portfolios == expected.portfolios
    assert (found.skipped, expected.skipped) == (2, 0)


def test_the_report_says_how_many_rows_are_left_out() -> None:
    text = str(cr.evaluate(RULES, EXPORT, with_totals(VISITED, None), columns=SKIP))
    (line,) = [line for line in text.splitlines() if "skipped" in line]
    assert line.split() == ["skipped", "rows", "left", "out", "2"]
    assert "skipped" not in str(cr.evaluate(RULES, ACCOUNTS, VISITED))


def test_a_mapping_that_skips_no_row_changes_nothing() -> None:
    report = cr.evaluate(RULES, ACCOUNTS, VISITED, columns=SKIP)
    assert report.skipped == 0
    assert str(report) == str(cr.evaluate(RULES, ACCOUNTS, VISITED))


def test_a_card_skips_the_rows_of_its_own_mapping() -> None:
    card = RULES.with_columns(SKIP)
    found = cr.evaluate(card, EXPORT.to_pandas(), pd.Series(with_totals(VISITED, None)))
    assert found.pooled == cr.evaluate(RULES, ACCOUNTS, VISITED).pooled


def test_probabilities_of_a_scored_frame_are_missing_where_rows_are_skipped() -> None:
    scored = RULES.assess_frame(EXPORT, columns=SKIP)
    labels = with_totals(VISITED, None)
    scorers = {"rules": RULES, "scored": "visit_probability"}
    found = cr.compare(scorers, scored, labels, columns=SKIP, ladder=cr.DEFAULT_LADDER)
    expected = cr.evaluate(RULES, ACCOUNTS, VISITED)
    assert [each.pooled for each in found.evaluations.values()] == [expected.pooled] * 2
    assert [each.skipped for each in found.evaluations.values()] == [2, 2]
    assert found.differences["scored"]["brier"].value == 0
    assert "skipped rows left out" in str(found)
    with pytest.raises(ArgumentError, match=r"probabilities from 0 to 1; 2 are not \(row 20, from 0"):
        cr.evaluate("visit_probability", scored, labels)


def test_row_numbers_in_errors_are_those_of_the_frame() -> None:
    labels = with_totals([*VISITED[:-1], None], None)
    with pytest.raises(ArgumentError, match=r"1 missing \(rows from 0: 60\)"):
        cr.evaluate(RULES, EXPORT, labels, columns=SKIP)
    weights = with_totals([*WEIGHTS[:-1], -1.0], None)
    with pytest.raises(ArgumentError, match=r"1 are not \(row 60, from 0: -1.0\)"):
        cr.evaluate(RULES, EXPORT, with_totals(VISITED, None), sample_weight=weights, columns=SKIP)


def test_what_cannot_be_skipped_is_an_error() -> None:
    everything = cr.Mapping(skip={"account": "*"})
    with pytest.raises(ArgumentError, match="frame must have at least one row that the mapping does not"):
        cr.evaluate(RULES, ACCOUNTS, VISITED, columns=everything)
    arrays = {name: ACCOUNTS[name].to_numpy() for name in ("account", "amount_overdue", "days_past_due")}
    with pytest.raises(ArgumentError, match="columns must not skip rows of a mapping of arrays"):
        cr.evaluate(RULES, arrays, VISITED, columns=SKIP)
    with pytest.raises(MissingColumnError, match="'number' is missing"):
        cr.evaluate(RULES, ACCOUNTS, VISITED, columns=cr.Mapping(skip={"number": "TOTAL"}))


def test_without_columns_all_scorers_must_read_the_frame_alike() -> None:
    cents = RULES.with_columns({"amount_overdue": {"column": "amount_overdue", "factor": 0.01}})
    for scorers in ({"rules": RULES, "fit": cents}, [cents, [0.5] * ROWS, RULES]):
        with pytest.raises(ArgumentError, match="columns must be passed, because ") as caught:
            cr.compare(scorers, ACCOUNTS, VISITED)
        assert "columns=scorer.card.columns, or columns={}" in str(caught.value)
    with pytest.raises(ArgumentError, match="because 'rules' and 'fit' keep different mappings"):
        cr.compare({"rules": RULES, "fit": cents}, ACCOUNTS, VISITED)
    plain = cr.compare({"rules": RULES, "fit": cents}, ACCOUNTS, VISITED, columns={})
    assert plain.differences["fit"]["auc"].value == 0


def test_mappings_that_read_a_frame_alike_may_be_written_differently() -> None:
    spelled = RULES.with_columns({"amount_overdue": "amount_overdue"})
    found = cr.compare({"rules": RULES, "same": spelled}, ACCOUNTS, VISITED)
    assert found.differences["same"]["log_loss"].value == 0


def test_a_plot_of_a_portfolio_leaves_out_skipped_rows() -> None:
    drawn = [
        [patch.get_path().vertices.tolist() for patch in ax.patches]  # type: ignore[union-attr]
        for ax in (cr.plots.portfolio(RULES, EXPORT, columns=SKIP), cr.plots.portfolio(RULES, ACCOUNTS))
    ]
    assert drawn[0] == drawn[1]
