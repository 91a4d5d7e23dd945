"""The prior of a fit: a card, and the curves and columns added to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from labelled import accounts, labels, table, visited

import collectrisk as cr
from collectrisk.errors import ArgumentError, MissingColumnError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AGE = cr.PiecewiseLinear(label="years", field="age", knots=[(20, -1), (60, 1)], if_missing=0.5)


def test_without_prior_every_column_gets_a_curve() -> None:
    assert cr.LogisticScorer().fit(table(), labels()).labels == tuple(table().columns)


def test_private_fields_get_no_curve() -> None:
    assert "borrower_id" not in cr.LogisticScorer().fit(accounts(), visited()).labels


def test_with_a_prior_only_its_own_curves_are_fitted() -> None:
    with_more = accounts().hstack(table())
    assert cr.LogisticScorer(prior=cr.RuleScorer()).fit(with_more, visited()).labels == cr.RuleScorer().labels


def test_columns_and_curves_may_be_added_to_a_prior() -> None:
    scorer = cr.LogisticScorer(prior=cr.RuleScorer(), characteristics=["region", AGE])
    scorer.fit(accounts().hstack(table()), visited())
    assert scorer.labels == (*cr.RuleScorer().labels, "years", "region")


def test_characteristics_may_be_given_without_a_prior() -> None:
    assert cr.LogisticScorer(characteristics=["owner", AGE]).fit(table(), labels()).labels == (
        "years",
        "owner",
    )
    assert cr.LogisticScorer(characteristics=[]).fit(table(), labels()).labels == ()


def test_characteristics_may_be_an_iterator() -> None:
    scorer = cr.LogisticScorer(characteristics=(name for name in ["owner"]))
    assert scorer.fit(table(), labels()).labels == ("owner",)


def test_a_column_that_a_curve_reads_gets_no_second_curve() -> None:
    assert cr.LogisticScorer(characteristics=["age", AGE]).fit(table(), labels()).labels == ("years",)


def test_the_portfolio_column_gets_no_other_curve() -> None:
    scorer = cr.LogisticScorer(portfolio="region").fit(table(), labels())
    assert scorer.labels == ("size", "age", "owner", "portfolio")
    assert scorer.fields == ("size", "age", "owner", "region")


def two_portfolios() -> tuple[pl.DataFrame, Any, Any]:
    """Return accounts, the number of each one's portfolio, and labels that depend on it."""
    frame, number = table(), np.arange(len(table())) % 2
    return frame.drop("region"), number, np.random.default_rng(0).random(len(frame)) < 0.1 + 0.7 * number


CODES: dict[str, Callable[[Any], Any]] = {
    "integers": lambda number: number,
    "floats": lambda number: number / 1.0,
    "fractions": lambda number: number / 2,
    "booleans": lambda number: number == 1,
    "nullable": lambda number: pl.Series([each or None for each in number.tolist()]),
}


@pytest.mark.parametrize("make", CODES.values(), ids=CODES)
def test_a_portfolio_may_be_a_code_of_any_type(make: Callable[[Any], Any]) -> None:
    frame, number, outcome = two_portfolios()
    named = frame.with_columns(branch=pl.Series([f"branch {each}" for each in number]))
    expected = cr.LogisticScorer(portfolio="branch").fit(named, outcome).predict_proba(named)
    coded = frame.with_columns(branch=pl.Series(make(number)))
    scorer = cr.LogisticScorer(portfolio="branch").fit(coded, outcome)
    tolerance = 1e-6 if coded["branch"].null_count() == 0 else 0.02  # missing codes have their own prior
    np.testing.assert_allclose(scorer.predict_proba(coded), expected, atol=tolerance)
    assert (
        scorer.assess_frame(coded)["visit_probability"].to_list()
        == scorer.predict_proba(coded)[:, 1].tolist()
    )
    report = cr.evaluate(scorer, coded, outcome, portfolio="branch")
    rates = [(each.observed_rate, each.expected_rate) for each in report.portfolios.values()]
    assert all(abs(observed - expected) < 0.03 for observed, expected in rates)


def test_the_portfolio_of_an_array_is_one_of_its_columns() -> None:
    frame, number, outcome = two_portfolios()
    array = np.column_stack([frame["size"].to_numpy(), number])
    scorer = cr.LogisticScorer(portfolio="x1").fit(array, outcome)
    branches = scorer.scorecard_.characteristics[-1]
    assert isinstance(branches, cr.Levels)
    assert [level for level, _ in branches.levels] == ["0", "1"]
    visit = scorer.predict_proba(array)[:, 1]
    assert visit[number == 1].mean() - visit[number == 0].mean() > 0.5


@pytest.mark.parametrize("field", ["placed_with_agency", "days_past_due"])
def test_a_number_or_flag_of_a_borrower_is_not_a_portfolio(field: str) -> None:
    with pytest.raises(ArgumentError, match=f"portfolio must be a column of names or codes, and '{field}'"):
        cr.LogisticScorer(portfolio=field).fit(accounts(), visited())


def test_a_column_that_a_prior_curve_reads_as_a_number_is_not_a_portfolio() -> None:
    scorer = cr.LogisticScorer(portfolio="age", characteristics=[AGE])
    with pytest.raises(ArgumentError, match="'age' is read as a finite number; copy it"):
        scorer.fit(table(), labels())


def test_the_surfaces_of_the_portfolios_of_a_prior_card_are_left_out() -> None:
    """A new portfolio is none of them; the surfaces of other fields are kept."""
    pairs = [("region", "size"), ("owner", "size")]
    old = cr.LogisticScorer(portfolio="region", pairs=pairs, knots=4).fit(table(), labels())
    assert old.labels == ("size", "age", "owner", "portfolio", "portfolio and size", "owner and size")
    new = cr.LogisticScorer(prior=old, knots=4).fit(table().drop("region"), labels())
    assert new.labels == ("size", "age", "owner", "owner and size")


@pytest.mark.parametrize("values", [np.linspace(-1, 1, 400), np.array(list("abcd") * 100)])
def test_a_column_with_the_name_of_the_portfolio_is_not_one(values: Any) -> None:
    """Its points are not those of the portfolios of a fit, which were asked for by another parameter."""
    frame = pl.DataFrame({"size": np.linspace(0, 9, 400), "portfolio": values})
    old = cr.LogisticScorer(knots=4).fit(frame, labels())
    assert (old.card.base_spread, old.card.slope_spreads, old.card.portfolio_labels) == (0.0, (), ())
    assert old.labels == ("size", "portfolio")
    assert cr.LogisticScorer(prior=old, knots=4).fit(frame[:0], []).labels == ("size", "portfolio")


def test_a_curve_of_a_prior_card_with_the_label_of_the_portfolio_is_kept() -> None:
    curve = cr.Levels(label="portfolio", field="product", levels={"credit_card": 2.0})
    card = cr.Scorecard(base=-1.0, characteristics=[curve], base_spread=0.3)
    assert cr.LogisticScorer(prior=card).fit(accounts()[:0], []).card.characteristics == (curve,)
    with pytest.raises(ArgumentError, match="label 'portfolio', which is that of the bases by portfolio"):
        cr.LogisticScorer(prior=card, portfolio="product").fit(accounts(), visited())


def test_the_portfolios_of_a_saved_card_are_left_out(tmp_path: Path) -> None:
    old = cr.LogisticScorer(portfolio="region", knots=4).fit(table(), labels())
    assert old.card.portfolio_labels == ("portfolio",)
    cr.save(old, tmp_path / "old.json")
    saved: Any = cr.load(tmp_path / "old.json")
    new = cr.LogisticScorer(prior=saved).fit(table().drop("region")[:0], [])
    assert new.labels == ("size", "age", "owner")


@pytest.mark.parametrize("asked", [{"portfolio": "area"}, {"characteristics": ["area"]}, {}])
def test_the_mapping_of_a_prior_card_is_that_of_all_fields_that_are_read(asked: dict[str, Any]) -> None:
    """Also of the column that named the portfolios of the old fit, and names those of the new one."""
    frame = table().rename({"region": "Region 1", "size": "Size 1"})
    columns = {"area": "Region 1", "size": "Size 1"}
    old = cr.LogisticScorer(characteristics=["size"], portfolio="area", columns=columns, knots=4)
    new = cr.LogisticScorer(prior=old.fit(frame, labels()), knots=4, **asked).fit(frame, labels())
    kept = new.card.columns
    assert kept is not None
    assert list(kept.fields) == (["area", "size"] if asked else ["size"])


def test_the_labels_of_slopes_are_taken_whether_there_are_slopes_or_not() -> None:
    frame = table().with_columns(pl.lit(0.5).alias("size"), pl.lit(1).alias("size by portfolio"))
    for rows in (400, 50):
        with pytest.raises(ArgumentError, match="not name the column 'size by portfolio', because another"):
            cr.LogisticScorer(portfolio="region").fit(frame[:rows], labels()[:rows])


def test_a_choice_of_a_borrower_is_a_portfolio() -> None:
    scorer = cr.LogisticScorer(portfolio="product", characteristics=[]).fit(accounts(), visited())
    assert scorer.labels == ("portfolio",)
    assert scorer.fields == ("product",)


@pytest.mark.parametrize(
    "prior",
    [cr.RuleScorer(), cr.RuleScorer().card, cr.LogisticScorer(prior=cr.RuleScorer()).fit(accounts()[:0])],
)
def test_any_scorer_with_a_card_is_a_prior(prior: Any) -> None:
    assert cr.LogisticScorer(prior=prior).fit(accounts()[:0]).scorecard_ == cr.RuleScorer().card


@pytest.mark.parametrize("prior", [3, "rules", cr.Scorer(), {"base": 1}])
def test_any_other_prior_is_rejected(prior: Any) -> None:
    with pytest.raises(ArgumentError, match="prior must be a scorecard or a scorer that has one, not a"):
        cr.LogisticScorer(prior=prior).fit(table(), labels())


@pytest.mark.parametrize(
    ("characteristics", "why"),
    [
        ("age", r"must be a list; write \['age'\]"),
        ([3], "must be columns or curves, not 3"),
    ],
)
def test_invalid_characteristics_are_rejected(characteristics: Any, why: str) -> None:
    with pytest.raises(ArgumentError, match=f"characteristics {why}"):
        cr.LogisticScorer(characteristics=characteristics).fit(table(), labels())


@pytest.mark.parametrize("asked", [{"characteristics": ["ages"]}, {"portfolio": "ages"}])
def test_an_absent_column_is_named(asked: dict[str, Any]) -> None:
    with pytest.raises(MissingColumnError, match="did you mean 'age'"):
        cr.LogisticScorer(**asked).fit(table(), labels())


def test_two_curves_with_the_same_label_are_rejected() -> None:
    again = cr.Flag(label="years", field="owner", if_true=1.0)
    with pytest.raises(cr.errors.InvalidCardError, match="years: the labels of a scorecard must be unique"):
        cr.LogisticScorer(characteristics=[AGE, again]).fit(table(), labels())


@pytest.mark.parametrize(
    "options",
    [
        {"characteristics": ["years", AGE]},
        {"characteristics": ["portfolio"], "portfolio": "region"},
    ],
    ids=["curve", "portfolio"],
)
def test_a_column_with_the_label_of_another_characteristic_is_rejected(options: dict[str, Any]) -> None:
    name = options["characteristics"][0]
    frame = table().with_columns(pl.col("size").alias(name))
    with pytest.raises(ArgumentError, match=f"characteristics must not name the column '{name}'.* rename"):
        cr.LogisticScorer(**options).fit(frame, labels())


def test_a_column_of_dates_is_rejected() -> None:
    dated = table().with_columns(day=pl.date(2024, 1, 1))
    with pytest.raises(cr.errors.ColumnTypeError, match="day"):
        cr.LogisticScorer().fit(dated, labels())
