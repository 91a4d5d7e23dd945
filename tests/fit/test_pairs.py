"""The surfaces that a fit adds to the curves."""

from __future__ import annotations

import functools
import math
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from databases import DATABASES, database
from labelled import accounts, labels, table, visited
from scipy.special import expit

import collectrisk as cr
from collectrisk.errors import ArgumentError
from collectrisk.testing import check_scorer, check_sql

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    Array = npt.NDArray[Any]

ROWS = 3_000


@functools.cache
def together(rows: int = ROWS) -> Array:
    """Return labels that depend on size and owner together, beside what each column adds."""
    frame = table(rows)
    size, owner = (frame[name].to_numpy() for name in ("size", "owner"))
    log_odds = np.log(size) * np.where(owner, -1.0, 1.0)
    found: Array = np.random.default_rng(2).random(rows) < expit(log_odds)
    return found


@functools.cache
def fitted(*pair: str) -> cr.LogisticScorer:
    return cr.LogisticScorer(pairs=[pair], knots=8).fit(table(ROWS), together())  # type: ignore[list-item]


def surfaces(scorer: cr.LogisticScorer) -> list[cr.Surface]:
    return [each for each in scorer.scorecard_.characteristics if isinstance(each, cr.Surface)]


def log_loss(scorer: cr.LogisticScorer) -> float:
    probability = scorer.visit_probabilities(table(ROWS, 5))
    size, owner = (table(ROWS, 5)[name].to_numpy() for name in ("size", "owner"))
    truth = expit(np.log(size) * np.where(owner, -1.0, 1.0))
    return float(-(truth * np.log(probability) + (1 - truth) * np.log1p(-probability)).mean())


def test_a_named_pair_gets_a_surface_of_what_the_curves_do_not_add() -> None:
    scorer = fitted("size", "owner")
    (surface,) = surfaces(scorer)
    assert (surface.label, surface.fields) == ("size and owner", ("size", "owner"))
    owners, others = np.array(surface.grid).T
    assert (np.diff(owners) < 0).all()
    assert (np.diff(others) > 0).all()
    assert scorer.prior_scales_["size and owner"] > 0.1
    assert log_loss(scorer) < log_loss(cr.LogisticScorer(knots=8).fit(table(ROWS), together())) - 0.05


def test_a_pair_without_an_effect_together_hardly_changes_the_card() -> None:
    scorer = cr.LogisticScorer(pairs=[("size", "age")], knots=8).fit(table(ROWS), labels(ROWS))
    (surface,) = surfaces(scorer)
    assert np.abs(surface.grid).max() < 0.1


def test_points_of_pairs_are_in_the_summary_and_add_up_to_the_log_odds() -> None:
    scorer = fitted("size", "owner")
    rows = [row for row in scorer.summary().rows if row.label == "size and owner"]
    (surface,) = surfaces(scorer)
    assert [row.points for row in rows] == [*(points for row in surface.grid for points in row), 0.0, 0.0]
    assert [row.value for row in rows[-2:]] == ["any other", "missing"]
    assert all(row.lower < row.points < row.upper for row in rows[:-2])
    assert "size and owner" in str(scorer.summary())


PAIRS = [("amount_overdue", "days_past_due"), ("attitude", "repayment_plan"), ("product", "failed_calls")]


@functools.cache
def of_borrowers() -> cr.LogisticScorer:
    """Return a fit with surfaces of two numbers, of a text and a flag, and of a text and a number."""
    frame = accounts(300).drop("borrower_id")
    return cr.LogisticScorer(pairs=PAIRS, knots=4, prior_scale=0.5).fit(frame, visited(300))


def test_a_surface_has_the_same_points_on_every_path(tmp_path: Path) -> None:
    """Arrays, polars lazy, one borrower at a time, a card file, SQL; the reasons add up to the log-odds."""
    scorer, frame = of_borrowers(), accounts(40, 9)
    assert [each.fields for each in surfaces(scorer)] == PAIRS
    probability = scorer.visit_probabilities(frame)
    lazy = scorer.assess_frame(frame.lazy()).collect()["visit_probability"].to_numpy()
    np.testing.assert_allclose(lazy, probability, rtol=0, atol=1e-12)
    assessed = [scorer.assess(cr.Borrower(**row)) for row in frame.to_dicts()]
    np.testing.assert_allclose([each.visit_probability for each in assessed], probability, rtol=0, atol=1e-12)
    assert all(math.fsum([each.base or 0.0, *each.points]) == each.log_odds for each in assessed)
    cr.save(scorer, tmp_path / "card.json")
    assert cr.load(tmp_path / "card.json") == scorer.scorecard_
    check_sql(scorer, run=database("duckdb"), dialect="duckdb", rows=10, reasons=1)


@pytest.mark.exhaustive
@pytest.mark.parametrize("dialect", DATABASES)
def test_a_surface_passes_every_check_of_a_scorer_and_of_sql(dialect: str) -> None:
    check_scorer(of_borrowers())
    check_sql(of_borrowers(), run=database(dialect), dialect=dialect, reasons=20)


def test_the_standard_error_of_one_row_is_that_of_a_frame() -> None:
    fit = fitted("age", "owner").fit_
    columns = SimpleNamespace(
        **{name: table()[name].to_numpy() for name in ("size", "age", "owner")},
        region="north",
    )
    found = [fit.standard_error(SimpleNamespace(**{**row, "region": "north"})) for row in table().to_dicts()]
    np.testing.assert_allclose(found, fit.log_odds_errors(columns, len(table())), rtol=1e-9)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([("size", "agee")], r"must name fields with a curve of their own \(size, age, region, owner\), "
         "not 'agee'; did you mean 'age'"),
        ([("age", "size"), ("size", "size")], "must be pairs of two different fields, not "
         r"\('size', 'size'\)"),
        ([("size", "age", "owner")], "must be pairs of two different fields"),
        (["size"], "must be pairs of two different fields, not 'size'"),
        ([("size", 1)], "must be pairs of two different fields"),
        ("all", 'pairs must be "auto", a whole number, 0 or more, or a list of pairs'),
        (-1, "a whole number, 0 or more, .*, not -1"),
        (True, "a whole number, 0 or more, .*, not True"),
        (3.5, "a whole number, 0 or more, .*, not 3.5"),
    ],
)  # fmt: skip
def test_invalid_pairs_are_refused(pairs: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        cr.LogisticScorer(pairs=pairs).fit(table(), labels())


@pytest.mark.parametrize(
    "values", [pl.lit(1.0), pl.lit("a"), pl.lit(None, pl.Float64)], ids=["number", "text", "missing"]
)
def test_a_pair_with_a_field_that_does_not_vary_is_left_out_with_a_warning(values: pl.Expr) -> None:
    scorer = cr.LogisticScorer(pairs=[("size", "same"), ("size", "owner")], knots=4)
    why = r"pairs: \('size', 'same'\) is left out, because 'same' has fewer than two different values"
    with pytest.warns(UserWarning, match=why) as found:
        scorer.fit(table().with_columns(same=values), labels())
    assert (len(found), found[0].filename) == (1, __file__)
    assert [each.fields for each in surfaces(scorer)] == [("size", "owner")]


def test_a_pair_named_twice_is_one_and_without_rows_there_is_none() -> None:
    pairs = [("owner", "size"), ("size", "owner")]
    scorer = cr.LogisticScorer(pairs=pairs, knots=4).fit(table(), labels())
    assert [each.fields for each in surfaces(scorer)] == [("owner", "size")]
    prior = cr.RuleScorer()
    pair = [("amount_overdue", "days_past_due")]
    with pytest.warns(UserWarning, match="is left out"):
        unseen = cr.LogisticScorer(prior=prior, pairs=pair).fit(cr.simulate_portfolio(5).head(0), [])
    assert unseen.scorecard_.characteristics == prior.card.characteristics


def test_the_surface_of_a_prior_card_keeps_its_shape() -> None:
    """A fit multiplies it by a factor, as other characteristics without a curve."""
    prior = fitted("size", "owner")
    again = cr.LogisticScorer(prior=prior, pairs=[("owner", "size")]).fit(table(), labels())
    (before,), (after,) = surfaces(prior), surfaces(again)
    assert after.label == before.label
    factors = np.array(after.grid) / np.array(before.grid)
    np.testing.assert_allclose(factors, factors[0, 0])


def test_a_surface_must_not_have_the_label_of_another_characteristic() -> None:
    curve = cr.PiecewiseLinear(label="size and owner", field="age", knots=[(0, 0)], if_missing=0.0)
    scorer = cr.LogisticScorer(characteristics=[curve, "size", "owner"], pairs=[("size", "owner")])
    with pytest.raises(ArgumentError, match="must not add the surface 'size and owner'"):
        scorer.fit(table(), labels())


def test_a_monotone_field_has_no_surface() -> None:
    scorer = cr.LogisticScorer(pairs=[("size", "owner")], monotone={"size": 1})
    with pytest.raises(ArgumentError, match="because 'size and owner', a Surface, may rise and fall with it"):
        scorer.fit(table(), labels())


def by_house(rows: int = 900) -> tuple[pl.DataFrame, Array]:
    """Return the columns and the labels of three houses, in which size has other slopes."""
    size = np.random.default_rng(0).uniform(-2, 2, rows)
    house = np.tile(["a", "b", "c"], rows // 3)
    slope = np.select([house == "a", house == "b"], [0.0, 1.0], 3.0)
    visits = np.random.default_rng(1).random(rows) < expit(slope * size)
    return pl.DataFrame({"size": size, "house": house}), visits


def test_a_pair_with_the_portfolio_is_for_what_slopes_do_not_say() -> None:
    """Slopes say all of it here, so that no pair is chosen, and one that is named has points near zero."""
    frame, seen = by_house()
    slopes = cr.LogisticScorer(portfolio="house", knots=4).fit(frame, seen)
    assert slopes.labels == ("size", "portfolio", "size by portfolio")
    assert not slopes.summary().note
    chosen = cr.LogisticScorer(portfolio="house", knots=4, pairs="auto").fit(frame, seen)
    assert chosen.scorecard_ == slopes.scorecard_
    named = cr.LogisticScorer(portfolio="house", knots=4, pairs=[("size", "house")]).fit(frame, seen)
    assert named.labels == (*slopes.labels, "size and portfolio")
    assert np.abs(surfaces(named)[-1].grid).max() < 0.15
    [spread], [other] = named.scorecard_.slope_spreads, slopes.scorecard_.slope_spreads
    assert spread.spread == pytest.approx(other.spread, rel=0.1)


def test_what_portfolios_do_beyond_slopes_is_in_the_intervals_of_unseen_ones() -> None:
    """Each house has points of its own at three sizes, which are independent of each other."""
    rng = np.random.default_rng(0)
    own = rng.normal(size=(30, 3))
    house, size = rng.integers(0, 30, 4_000), rng.integers(0, 3, 4_000)
    frame = pl.DataFrame({"size": size.astype(float), "house": house})
    visits = rng.random(4_000) < expit(own[house, size])
    scorer = cr.LogisticScorer(portfolio="house", pairs="auto").fit(frame, visits)
    assert list(scorer.pairs_) == [("size", "house")]
    others = {"size": np.tile([0.0, 1.0, 2.0], 300), "house": np.repeat(np.arange(300) + 100, 3)}
    truth = expit(rng.normal(size=900))
    found = scorer.assess_frame(pl.DataFrame(others), interval=True)
    low, high = (found[f"visit_probability_{end}"].to_numpy() for end in ("low", "high"))
    assert 0.86 < np.mean((low <= truth) & (truth <= high)) < 0.96
    assert not scorer.summary().note


def test_the_summary_says_which_pairs_leave_out_portfolios(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectrisk._fit.surfaces.MAX_LEVELS", 2)
    frame, seen = by_house()
    scorer = cr.LogisticScorer(portfolio="house", knots=4, pairs=[("house", "size")]).fit(frame, seen)
    assert scorer.summary().note == (
        "The points of portfolio and size are those of the portfolios with the most accounts: how much "
        "others differ in them, beyond their slopes, is not in their intervals."
    )
