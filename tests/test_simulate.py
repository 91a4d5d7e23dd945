"""The synthetic portfolio: its columns, distributions and correlations."""

from __future__ import annotations

import ast
import itertools
import math
import sys
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

import collectrisk as cr
from collectrisk import _simulate
from collectrisk.errors import ArgumentError, shown

BACKENDS = ("pandas", "polars", "pyarrow")
REMOTE = ["sms", "email", "social_message", "phone_call", "letter"]
"""The channels without an agency or a visit."""


def rows_of(frame: Any) -> list[dict[str, Any]]:
    """Return a frame of any kind as plain Python rows."""
    if hasattr(frame, "to_dicts"):
        return list(frame.to_dicts())
    return list(frame.to_pylist() if hasattr(frame, "to_pylist") else frame.to_dict("records"))


@pytest.fixture(scope="module")
def portfolio() -> pl.DataFrame:
    """Return a portfolio large enough to measure."""
    frame: pl.DataFrame = cr.simulate_portfolio(50_000, seed=11, backend="polars")
    return frame


def by_days_past_due(portfolio: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the accounts of the first month, the first quarter, the first year, and later."""
    days = portfolio["days_past_due"]
    edges = [0, 30, 90, 365, math.inf]
    return [portfolio.filter((days > a) & (days <= b)) for a, b in itertools.pairwise(edges)]


def mean(values: pl.Series) -> float:
    """Return the mean of numbers, or the share of true values."""
    return float(np.mean(values.to_numpy()))


def correlation(portfolio: pl.DataFrame, one: str, other: str) -> float:
    """Return Spearman's rank correlation."""
    return float(spearmanr(portfolio[one], portfolio[other]).statistic)


# Columns and backends


def test_there_is_one_column_per_field_of_a_borrower() -> None:
    """There are no other columns."""
    fields = {field.name for field in attrs.fields(cr.Borrower)}
    assert fields == set(cr.simulate_portfolio(3, backend="polars").columns)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_seed_gives_the_same_accounts_on_every_backend(backend: Any) -> None:
    """Only the type of frame differs."""
    frame = cr.simulate_portfolio(500, seed=5, backend=backend)
    assert type(frame).__module__.startswith(backend)
    assert rows_of(cr.simulate_portfolio(500, seed=5, backend="polars")) == rows_of(frame)


def test_the_default_is_ten_thousand_accounts_in_pandas() -> None:
    """Anchor case 9 is about this portfolio."""
    frame = cr.simulate_portfolio()
    assert type(frame).__module__.startswith("pandas")
    assert len(frame) == 10_000


def test_another_seed_gives_different_accounts() -> None:
    """Only the ids are the same."""
    one, two = (cr.simulate_portfolio(50, seed=seed, backend="polars") for seed in (1, 2))
    assert one["borrower_id"].to_list() == two["borrower_id"].to_list()
    assert one["amount_overdue"].to_list() != two["amount_overdue"].to_list()


def test_ids_are_numbered_from_one() -> None:
    """They sort as text in the order of the rows."""
    ids = cr.simulate_portfolio(3, backend="polars")["borrower_id"].to_list()
    assert ids == ["B0000001", "B0000002", "B0000003"]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("n", [0, 1])
def test_a_portfolio_may_have_no_account_or_one(n: Any, backend: Any) -> None:
    """It has the same columns and types, so it can be scored."""
    frame = cr.simulate_portfolio(n, backend=backend)
    scored = cr.RuleScorer().assess_frame(frame)
    assert len(rows_of(frame)) == len(rows_of(scored)) == n


@pytest.mark.parametrize("n", [0, 1])
def test_types_do_not_depend_on_the_number_of_accounts(n: Any) -> None:
    """They are not inferred from the values, which an empty frame does not have."""
    schemas = [cr.simulate_portfolio(rows, backend="polars").schema for rows in (n, 100)]
    assert schemas[0] == schemas[1]


def test_every_row_is_a_valid_borrower(portfolio: pl.DataFrame) -> None:
    """Every field passes its validator."""
    borrowers = [cr.Borrower(**row) for row in portfolio.head(5_000).to_dicts()]
    assert len(borrowers) == 5_000


# Distributions


def test_most_arrears_are_short_and_a_few_last_for_years(portfolio: pl.DataFrame) -> None:
    """76 % of the Weibull distribution is below 90 days, and 0.2 % above 1,000."""
    days = portfolio["days_past_due"]
    assert days.min() == 1
    assert mean(days <= 90) == pytest.approx(1 - math.exp(-((90 / 50) ** 0.6)), abs=0.01)
    assert mean(days > 1_000) == pytest.approx(math.exp(-((1_000 / 50) ** 0.6)), abs=0.001)


@pytest.mark.parametrize("column", ["amount_overdue", "days_past_due"])
def test_amounts_and_days_past_due_are_skewed_to_the_right(portfolio: pl.DataFrame, column: str) -> None:
    """The mean is far above the median."""
    assert mean(portfolio[column]) > 1.8 * np.median(portfolio[column].to_numpy())


@pytest.mark.parametrize(
    ("product", "scale", "share"),
    [("credit_card", 1.5, 0.45), ("online_loan", 0.75, 0.45), ("other", 1.0, 0.10)],
)
def test_each_product_has_its_share_and_its_median_amount(
    portfolio: pl.DataFrame, product: str, scale: float, share: float
) -> None:
    """The median amount is 4,000 yuan times the product's factor."""
    accounts = portfolio.filter(product=product)
    assert len(accounts) / len(portfolio) == pytest.approx(share, abs=0.01)
    assert accounts["amount_overdue"].median() == pytest.approx(4_000 * scale, rel=0.05)


def test_amounts_have_a_heavy_tail() -> None:
    """Hill's estimate of the tail index, on the largest 2 % of one product, is near 2.5."""
    frame = cr.simulate_portfolio(200_000, seed=3, backend="polars")
    amounts = frame.filter(product="credit_card")["amount_overdue"].sort().to_numpy()
    largest = amounts[-len(amounts) // 50 :]
    assert 1 / np.log(largest / largest[0]).mean() == pytest.approx(2.5, abs=0.2)


def test_amounts_are_rounded_to_cents(portfolio: pl.DataFrame) -> None:
    """Rounding them again does not change them."""
    amounts = portfolio["amount_overdue"]
    assert amounts.round(2).to_list() == amounts.to_list()


def test_failed_attempts_are_overdispersed(portfolio: pl.DataFrame) -> None:
    """In a narrow range of days past due, their variance is well above that of a Poisson variable."""
    band = portfolio.filter(pl.col("days_past_due").is_between(80, 100), attitude="passive")
    messages = band["failed_messages"].to_numpy()
    assert messages.var() > 2 * messages.mean()


# Correlations


def test_amount_and_days_past_due_are_weakly_correlated(portfolio: pl.DataFrame) -> None:
    """Both depend on the account's distress, with loadings 0.4 and 0.7."""
    assert correlation(portfolio, "amount_overdue", "days_past_due") == pytest.approx(0.28, abs=0.05)


@pytest.mark.parametrize("column", ["failed_messages", "failed_calls", "broken_promises"])
def test_attempts_and_broken_promises_increase_with_days_past_due(
    portfolio: pl.DataFrame, column: str
) -> None:
    """Each is correlated with days past due, and its mean increases from stage to stage."""
    assert correlation(portfolio, "days_past_due", column) > 0.3
    means = [mean(stage[column]) for stage in by_days_past_due(portfolio)]
    assert sorted(set(means)) == means


def test_attitudes_are_known_and_uncooperative_more_often_at_later_stages(portfolio: pl.DataFrame) -> None:
    """At each later stage, fewer are unknown, and more are passive, evasive or hostile."""
    stages = [stage["attitude"] for stage in by_days_past_due(portfolio)]
    unknown = [mean(stage == "unknown") for stage in stages]
    uncooperative = [mean(stage.is_in(["passive", "evasive", "hostile"])) for stage in stages]
    assert sorted(unknown, reverse=True) == unknown
    assert sorted(uncooperative) == uncooperative
    assert uncooperative[-1] > 5 * uncooperative[0]


def test_attempts_fail_more_often_with_evasive_borrowers(portfolio: pl.DataFrame) -> None:
    """In the same range of days past due, more attempts fail than with cooperative borrowers."""
    late = by_days_past_due(portfolio)[2]
    for column in ("failed_messages", "failed_calls", "broken_promises"):
        cooperative, evasive = (mean(late.filter(attitude=a)[column]) for a in ("cooperative", "evasive"))
        assert evasive > 2 * cooperative


def test_late_accounts_with_failed_calls_are_placed_with_an_agency_more_often(
    portfolio: pl.DataFrame,
) -> None:
    """Placement increases with days past due, and with failed calls in the same range of days."""
    shares = [mean(stage["placed_with_agency"]) for stage in by_days_past_due(portfolio)]
    assert sorted(set(shares)) == shares
    late = portfolio.filter(pl.col("days_past_due").is_between(300, 400))
    calls = late["failed_calls"]
    few, many = (mean(late.filter(band)["placed_with_agency"]) for band in (calls < 3, calls > 9))
    assert many > 1.5 * few


def test_most_plans_are_with_cooperative_borrowers_and_reduce_failed_attempts(
    portfolio: pl.DataFrame,
) -> None:
    """More than 80 % of plans are with them, and they have fewer failed attempts than without a plan."""
    plans = portfolio.filter("repayment_plan")
    assert 0.02 < len(plans) / len(portfolio) < 0.10
    assert mean(plans["attitude"] == "cooperative") > 0.8
    others = portfolio.filter(~pl.col("repayment_plan"), attitude="cooperative")
    assert mean(plans["failed_messages"]) < 0.6 * mean(others["failed_messages"])


# Anchor case 9


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_case_9_visits_are_rare_and_most_contact_is_remote(seed: int) -> None:
    """A2.7, A6.1: a visit is an auxiliary measure."""
    scored = cr.RuleScorer().assess_frame(cr.simulate_portfolio(seed=seed, backend="polars"))
    assert mean(scored["visit_probability"]) < 0.05
    assert mean(scored["channel"].cast(pl.String).is_in(REMOTE)) > 0.80


def test_the_portfolio_does_not_depend_on_a_scorer() -> None:
    """The module imports only the borrower's enums, a type alias and the errors."""
    tree = ast.parse(Path(_simulate.__file__).read_text(encoding="utf-8"))
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {module for module in modules if module.startswith("collectrisk")}
    assert ours == {
        "collectrisk._borrower",
        "collectrisk._export",
        "collectrisk._fields",
        "collectrisk._typing",
        "collectrisk.errors",
    }


# Bad arguments


@pytest.mark.parametrize("argument", ["n", "seed"])
@pytest.mark.parametrize("value", [-1, True, 2.0, 2.5, "10", None, np.float64(3)])
def test_n_and_seed_must_be_nonnegative_integers(argument: str, value: Any) -> None:
    """Other numbers and text are not converted."""
    with pytest.raises(ArgumentError) as caught:
        cr.simulate_portfolio(**{argument: value})
    assert str(caught.value).startswith(f"{argument} must be a whole number from 0 to ")
    assert str(caught.value).endswith(f", not {shown(value)}")


def test_n_and_seed_may_be_numpy_integers() -> None:
    """Counts often come from NumPy."""
    numbers: Any = {"n": np.int64(3), "seed": np.uint8(1)}
    assert cr.simulate_portfolio(**numbers, backend="polars").height == 3


def test_the_error_for_an_unknown_backend_lists_the_known_ones() -> None:
    with pytest.raises(ArgumentError) as caught:
        cr.simulate_portfolio(1, backend="polar")  # type: ignore[arg-type]  # the error is the point
    assert str(caught.value) == (
        "backend must be one of pandas, polars, pyarrow, not 'polar'; did you mean 'polars'?"
    )


def test_the_error_for_a_backend_that_is_not_installed_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """None in sys.modules is how Python marks a module that cannot be imported."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ArgumentError) as caught:
        cr.simulate_portfolio(1, backend="pyarrow")
    assert caught.value.argument == "backend"
    assert caught.value.why.startswith("'pyarrow' is not installed: pip install pyarrow, or choose another")
