"""Fitting a card to labelled rows, given a prior card."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from labelled import accounts, assert_same_fit, labels, points, table, visited
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

import collectrisk as cr
from collectrisk._fit import design, evidence, fitting, sample
from collectrisk._fit.design import RowBlock
from collectrisk._fit.evidence import negative_log_evidence
from collectrisk._namespaces.arrays import TextArray
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS = ["size", "age"]
RULES = cr.RuleScorer()


# Prior scales


@pytest.mark.parametrize("prior_scale", [1e-6, {"base": 1e-6, "prior factor": 1e-6}])
def test_a_tiny_prior_scale_keeps_the_prior_card(prior_scale: Any) -> None:
    groups = cr.LogisticScorer(prior=RULES).fit(accounts(), visited()).prior_scales_
    scales = prior_scale if isinstance(prior_scale, float) else {**dict.fromkeys(groups, 1e-6), **prior_scale}
    scorer = cr.LogisticScorer(prior=RULES, prior_scale=scales).fit(accounts(), visited())
    prior = RULES.visit_probabilities(accounts())
    np.testing.assert_allclose(scorer.visit_probabilities(accounts()), prior, atol=1e-6)
    assert scorer.prior_scales_ == pytest.approx(dict.fromkeys(groups, 1e-6))


def test_a_large_prior_scale_gives_the_maximum_likelihood() -> None:
    """Two knots make a curve a straight line, and a level and a flag are dummies."""
    frame = (
        table()
        .select("owner", "region", x=pl.col("size").clip(0.2, 5.0))
        .with_columns(pl.col("region").fill_null("east"))
    )
    scorer = cr.LogisticScorer(knots=2, prior_scale=1_000).fit(frame, labels())
    dummies = frame.to_dummies("region").select(pl.all().cast(pl.Float64)).to_numpy()
    regression = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(dummies, labels())
    np.testing.assert_allclose(
        scorer.visit_probabilities(frame), regression.predict_proba(dummies)[:, 1], atol=1e-4
    )


def test_the_prior_scale_of_a_single_group_may_be_given() -> None:
    scorer = cr.LogisticScorer(prior_scale={"size": 1e-6, "trend of new columns": 1e-6}).fit(
        table(), labels()
    )
    np.testing.assert_allclose(points(scorer, "size"), 0, atol=1e-4)
    assert np.abs(points(scorer, "age")).max() > 1e-3 or scorer.prior_scales_["age"] < 0.1
    assert scorer.prior_scales_["size"] == pytest.approx(1e-6)


def test_the_prior_scales_of_pairs_and_of_slopes_may_be_given() -> None:
    """Those of a fit may be passed back, and a name of a pair that is not chosen has no effect."""
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=(2, 600))
    house = np.arange(600) % 4
    frame = pl.DataFrame({"x": x, "z": z, "house": house})
    visits = rng.random(600) < expit(house * x + x * z)
    options: dict[str, Any] = {"characteristics": ["x", "z"], "portfolio": "house", "pairs": 1, "knots": 4}
    first = cr.LogisticScorer(**options).fit(frame, visits)
    assert first.prior_scales_.keys() >= {"x and z", "x by portfolio"}
    again = cr.LogisticScorer(**options, prior_scale=first.prior_scales_).fit(frame, visits)
    assert again.prior_scales_ == pytest.approx(first.prior_scales_)
    given = {"x and z": 0.1, "x by portfolio": 0.2, "z and portfolio": 1e-6}
    found = cr.LogisticScorer(**options, prior_scale=given).fit(frame, visits).prior_scales_
    assert {name: found.get(name) for name in given} == pytest.approx({**given, "z and portfolio": None})
    with pytest.raises(
        ArgumentError, match=r"for some of base, x, .*, or pairs and slopes that the fit may add, not"
    ):
        cr.LogisticScorer(**options, prior_scale={"x and y": 1.0}).fit(frame, visits)


@pytest.mark.parametrize(
    ("prior_scale", "shown"),
    [
        (0, "not 0 for 'base'"),
        (-1.0, "not -1.0 for 'base'"),
        (float("nan"), "not nan for 'base'"),
        (1e-9, "not 1e-09 for 'base'"),
        ("great", "not 'great' for 'base'"),
        ({"bas": 1.0}, "not 1.0 for 'bas'"),
        ({"size": None}, "not None for 'size'"),
    ],
)
def test_an_invalid_prior_scale_is_rejected(prior_scale: Any, shown: str) -> None:
    with pytest.raises(
        ArgumentError, match=r"prior_scale must be 1e-06 to 1000 for some of base, size"
    ) as error:
        cr.LogisticScorer(prior_scale=prior_scale).fit(table(), labels())
    assert shown in str(error.value)


# Monotone curves


@pytest.mark.parametrize("sign", [1, -1])
def test_a_monotone_curve_never_changes_direction(sign: int) -> None:
    shuffled = labels()[np.random.default_rng(0).permutation(len(labels()))]
    free = cr.LogisticScorer(prior_scale=1.0).fit(table(), shuffled)
    monotone = cr.LogisticScorer(prior_scale=1.0, monotone={"size": sign, "age": sign})
    monotone.fit(table(), shuffled)
    for field in NUMBERS:
        assert (sign * np.diff(points(free, field))).min() < -0.1
        assert (sign * np.diff(points(monotone, field))).min() >= 0


def test_a_curve_that_is_monotone_already_does_not_change() -> None:
    free = cr.LogisticScorer(prior_scale={"size": 1e-3}).fit(table(), labels())
    assert (np.diff(points(free, "size")) > 0).all()
    monotone = cr.LogisticScorer(prior_scale={"size": 1e-3}, monotone={"size": 1}).fit(table(), labels())
    assert_same_fit(monotone, free)


def test_bands_can_be_monotone_too() -> None:
    bands = cr.Bands(
        label="age", field="age", bands=[(0, 0), (30, 0), (35, 0), (40, 0), (45, 0)], if_missing=0
    )
    scorer = cr.LogisticScorer(characteristics=[bands], monotone={"age": -1}).fit(table(), labels())
    assert (np.diff(points(scorer, "age")) <= 0).all()


def test_a_monotone_gate_cannot_change_its_sign() -> None:
    """Small sizes are visited more, against the gate; a monotone gate may only vanish."""
    gate = cr.Gate(label="gate", conditions=[cr.AtLeast("size", 1.0)], if_shut=-0.5)
    free = cr.LogisticScorer(characteristics=[gate], prior_scale=3.0).fit(table(), table()["size"] < 1)
    monotone = cr.LogisticScorer(characteristics=[gate], prior_scale=3.0, monotone={"size": 1}).fit(
        table(), table()["size"] < 1
    )
    assert free.scorecard_.characteristics[0].range[1] > 1
    assert monotone.scorecard_.characteristics[0].range == pytest.approx((0, 0), abs=1e-6)


def test_every_curve_of_a_field_is_monotone() -> None:
    parts = [
        cr.PiecewiseLinear(label="one", field="size", knots=[(0, 0), (2, 0.1)]),
        cr.Bands(label="two", field="size", bands=[(0, 0), (1, 0), (2, 0)]),
    ]
    scorer = cr.LogisticScorer(characteristics=parts, prior_scale=1.0, monotone={"size": -1})
    scorer.fit(table(), labels())
    assert np.diff(points(scorer, "one")).max() <= 0
    assert np.diff(points(scorer, "two")).max() <= 0


@pytest.mark.parametrize(
    "monotone",
    [{"region": 1}, {"nothing": 1}, *({"size": sign} for sign in (2, "up", True, np.array([1, 1]), [1]))],
)
def test_an_invalid_constraint_is_rejected(monotone: Any) -> None:
    with pytest.raises(ArgumentError, match="monotone must be 1 or -1 for some of size, age, not"):
        cr.LogisticScorer(monotone=monotone).fit(table(), labels())


# Weights


@pytest.mark.parametrize("total", [1e-300, 1.0, 1e6, 9e11])
def test_the_base_of_heavy_rows_is_the_rate_and_that_of_light_ones_the_priors(total: float) -> None:
    prior = cr.Scorecard(base=2.0, characteristics=[])
    scorer = cr.LogisticScorer(prior=prior, prior_scale=1.0, weights="counts").fit(
        {"x": np.zeros(10)}, np.arange(10) < 3, np.full(10, total / 10)
    )
    at = scorer.card.base
    assert total * (0.3 - expit(at)) == pytest.approx(at - 2.0, rel=1e-3)


@pytest.mark.parametrize("spread", [0.0, 5.0])
@pytest.mark.parametrize("total", [1e6, 1e9, 9e11])
def test_separable_rows_of_any_permitted_weight_converge(total: float, spread: float) -> None:
    """There are two equal columns, so that the likelihood leaves their difference to the prior."""
    rng = np.random.default_rng(3)
    x, weights = rng.normal(size=200), rng.lognormal(0.0, spread, 200)
    frame = {"x": x, "again": x}
    scorer = cr.LogisticScorer(weights="counts").fit(frame, x > 0, weights * (total / weights.sum()))
    assert scorer.score(frame, x > 0, weights) > 0.9999
    assert np.isfinite(scorer.fit_.posterior.covariance_factor).all()


@pytest.mark.parametrize(
    ("total", "prior_scale", "limit"),
    [
        (1.1e12, None, "1e.12"),
        (1.1e12, {"size": 1e-6}, "1e.12"),
        (2e14, 1e-6, "1e.14"),
        (1.1e8, {"size": 1e3}, "1e.08"),
    ],
)
def test_weights_in_which_the_prior_would_be_lost_are_rejected(
    total: float, prior_scale: Any, limit: str
) -> None:
    scorer = cr.LogisticScorer(prior_scale=prior_scale, weights="counts")
    with pytest.raises(ArgumentError, match=rf"sample_weight is too large .* at most {limit} is possible"):
        scorer.fit(table(), labels(), np.full(len(table()), total / len(table())))


def test_points_beyond_the_limits_of_a_scorecard_are_an_error_of_the_fit() -> None:
    """The prior points cancel out, and the base must rise beyond its limit."""
    prior = cr.Scorecard(
        base=999.5,
        base_spread=5.0,
        characteristics=[cr.Bands(label="size", field="size", bands=[(0, -999.5)])],
    )
    with pytest.raises(
        ArgumentError, match=r"prior_scale must be less than 5 for these rows.*base: must be a number"
    ):
        cr.LogisticScorer(prior=prior, prior_scale={"prior factor": 1e-6}).fit(table(), np.arange(400) > 9)


@pytest.mark.parametrize("portfolio", [None, "house"])
def test_the_advice_on_such_points_does_not_depend_on_portfolios(portfolio: str | None) -> None:
    size = np.exp(np.random.default_rng(1).normal(5, 3, 40))
    frame = pl.DataFrame({"size": size, "house": list("ab") * 20})
    scorer = cr.LogisticScorer(
        characteristics=["size"], portfolio=portfolio, prior_scale=1e3, knots=2, weights="counts"
    )
    with pytest.raises(ArgumentError, match="prior_scale must be less than 1000 for these rows, because"):
        scorer.fit(frame, size > np.median(size), np.full(40, 1e4))


# Portfolios


def portfolios(
    spread: float, counts: dict[str, int], seed: int = 4
) -> tuple[pl.DataFrame, Any, dict[str, float]]:
    """Return accounts of several portfolios, their labels, and the base of each."""
    rng = np.random.default_rng(seed)
    bases = {
        name: float(base) for name, base in zip(counts, rng.normal(-1, spread, len(counts)), strict=True)
    }
    names = np.repeat(list(counts), list(counts.values()))
    x = rng.normal(size=len(names))
    visits = rng.random(len(names)) < expit(np.array([bases[name] for name in names]) + x)
    return pl.DataFrame({"x": x, "house": names}), visits, bases


COUNTS = {"a": 400, "b": 400, "c": 400, "d": 400, "e": 400, "f": 6}


@pytest.fixture(scope="module")
def pooled() -> cr.LogisticScorer:
    frame, visits, _ = portfolios(1.5, COUNTS)
    return cr.LogisticScorer(portfolio="house").fit(frame, visits)


def test_each_portfolio_gets_a_base_of_its_own(pooled: cr.LogisticScorer) -> None:
    _, _, bases = portfolios(1.5, COUNTS)
    effects = dict(pooled.scorecard_.characteristics[-1].levels)  # type: ignore[attr-defined]  # they are Levels
    for name in "abcde":
        assert effects[name] + pooled.card.base == pytest.approx(bases[name], abs=0.45)
    assert pooled.labels == ("x", "portfolio")
    assert abs(effects["f"]) < 1.5


def test_a_portfolio_with_few_accounts_is_shrunk_to_the_mean() -> None:
    frame, visits, _ = portfolios(1.0, {**dict.fromkeys("abcdefgh", 200), "few": 4})
    visits[-4:] = True
    scorer = cr.LogisticScorer(portfolio="house").fit(frame, visits)
    effects = dict(scorer.scorecard_.characteristics[-1].levels)  # type: ignore[attr-defined]  # they are Levels
    alone = frame[-4:]["x"].to_numpy()
    assert 0 < effects["few"] < 2
    assert scorer.visit_probabilities(frame[-4:]).max() < 0.95
    assert len(alone) == 4


def test_an_unseen_portfolio_gets_the_mean(pooled: cr.LogisticScorer) -> None:
    unseen = pl.DataFrame({"x": [0.0, 0.0], "house": ["new", None]})
    without = pooled.scorecard_.without("portfolio")
    assert pooled.visit_probabilities(unseen).tolist() == without.visit_probabilities(unseen).tolist()


def errors_at_zero(scorer: cr.LogisticScorer, *houses: str | None) -> list[float]:
    """Return the standard error of the log-odds where x is zero, in each of some portfolios."""
    return [scorer.fit_.standard_error(SimpleNamespace(x=0.0, house=house)) for house in houses]


def test_the_error_in_an_unseen_portfolio_includes_the_spread_between_portfolios(
    pooled: cr.LogisticScorer,
) -> None:
    new, missing, known = errors_at_zero(pooled, "new", None, "a")
    common = (
        pooled.fit_.posterior.covariance_factor[0]
        + pooled.fit_.shared_factor()[1:][pooled.fit_.design.bases[0].position(SimpleNamespace(x=0.0))[0]]
    )
    assert new == pytest.approx(np.hypot(np.linalg.norm(common), pooled.card.base_spread), rel=0.05)
    assert missing == new
    assert known < 0.3


def test_a_portfolio_that_is_missing_in_the_fit_has_an_error_of_its_own() -> None:
    frame, visits, _ = portfolios(1.5, COUNTS)
    unnamed = frame.with_columns(house=pl.col("house").replace("a", None))
    scorer = cr.LogisticScorer(portfolio="house").fit(unnamed, visits)
    new, missing = errors_at_zero(scorer, "new", None)
    assert missing < 0.3
    assert new > 0.7


def test_intervals_of_a_frame_are_wider_in_an_unseen_portfolio(pooled: cr.LogisticScorer) -> None:
    frame = pl.DataFrame({"x": [0.0, 0.0], "house": ["new", "a"]})
    scored = pooled.assess_frame(frame, interval=True)
    widths = logit(scored["visit_probability_high"].to_numpy()) - logit(
        scored["visit_probability_low"].to_numpy()
    )
    expected = [2 * 1.6448536 * each for each in errors_at_zero(pooled, "new", "a")]
    np.testing.assert_allclose(widths, expected, rtol=1e-6)


def test_the_card_stores_the_spread_between_portfolios(pooled: cr.LogisticScorer, tmp_path: Path) -> None:
    assert 0.7 < pooled.scorecard_.base_spread < 3
    assert pooled.scorecard_.base_spread > pooled.prior_scales_["portfolio"]
    cr.save(pooled, tmp_path / "card.json")
    loaded = cr.load(tmp_path / "card.json")
    assert isinstance(loaded, cr.Scorecard)
    assert loaded == pooled.scorecard_
    assert cr.LogisticScorer().fit(table(), labels()).scorecard_.base_spread == 0


def test_a_new_portfolio_gets_its_own_base_and_keeps_the_curves(pooled: cr.LogisticScorer) -> None:
    rng = np.random.default_rng(8)
    x = rng.normal(size=60)
    new = pl.DataFrame({"x": x})
    scorer = cr.LogisticScorer(prior=pooled).fit(new, rng.random(60) < expit(1.5 + x))
    assert scorer.labels == ("x",)
    assert scorer.card.base == pytest.approx(1.5, abs=0.7)
    assert scorer.prior_scales_["base"] == pytest.approx(pooled.scorecard_.base_spread)
    rise, before = np.ptp(points(scorer, "x")), np.ptp(points(pooled, "x"))
    assert rise == pytest.approx(before, rel=0.25)


def test_an_adapted_card_keeps_the_spread_between_portfolios(pooled: cr.LogisticScorer) -> None:
    spread = pooled.scorecard_.base_spread
    for rows in (0, 60):
        x = np.random.default_rng(8).normal(size=rows)
        adapted = cr.LogisticScorer(prior=pooled).fit(pl.DataFrame({"x": x}), x > 0.3)
        assert adapted.scorecard_.base_spread == spread
        again = cr.LogisticScorer(prior=adapted).fit(pl.DataFrame({"x": x[:0]}), [])
        assert again.prior_scales_["base"] == spread


def test_a_vague_base_spread_says_nothing_of_portfolios() -> None:
    prior = cr.Scorecard(base=0.0, characteristics=[], base_spread=10.0)
    for scorer in (cr.LogisticScorer(characteristics=["size"]), cr.LogisticScorer(prior=prior)):
        assert scorer.fit(table(), labels()).scorecard_.base_spread == 0.0


def test_the_largest_base_spread_can_be_a_prior() -> None:
    prior = cr.Scorecard(base=0.0, characteristics=[], base_spread=1e3)
    assert cr.LogisticScorer(prior=prior).fit(accounts(), visited()).prior_scales_["base"] == pytest.approx(
        1e3
    )


def test_a_change_of_policy_is_not_mistaken_for_an_effect() -> None:
    """One portfolio has larger amounts and is visited more; within each the amount does nothing."""
    rng = np.random.default_rng(6)
    house = np.repeat(["kind", "strict"], 1_000)
    x = rng.normal(size=2_000) + 2.0 * (house == "strict")
    visits = rng.random(2_000) < np.where(house == "strict", 0.7, 0.2)
    frame = pl.DataFrame({"x": x, "house": house})
    apart = cr.LogisticScorer(portfolio="house", characteristics=["x"]).fit(frame, visits)
    mixed = cr.LogisticScorer(characteristics=["x"]).fit(frame, visits)
    assert np.ptp(points(apart, "x")) < 0.5 * np.ptp(points(mixed, "x"))


# Many knots and columns


@pytest.mark.parametrize("knots", [5_000, 10**30])
def test_the_number_of_knots_is_limited(knots: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fitting.MAX_DATA_KNOTS == 1_000
    monkeypatch.setattr(fitting, "MAX_DATA_KNOTS", 40)
    expected = cr.LogisticScorer(knots=20).fit(table(), labels())
    with pytest.warns(UserWarning, match=rf"knots={knots} is reduced to 20 for each of 2 curves") as caught:
        scorer = cr.LogisticScorer(knots=knots).fit(table(), labels())
    assert caught[0].filename == __file__
    assert len(points(scorer, "size")) == 20
    assert_same_fit(scorer, expected)


def test_knots_that_the_data_do_not_need_are_no_cause_for_a_warning() -> None:
    counts = {"calls": np.arange(60) % 7}
    scorer = cr.LogisticScorer(knots=10**9).fit(counts, np.arange(60) % 3 == 0)
    assert len(points(scorer, "calls")) == 7
    assert cr.LogisticScorer(prior=cr.Scorecard(base=0, characteristics=[]), knots=10**9).fit(
        counts, counts["calls"] > 3
    )


def test_a_column_among_many_has_at_least_two_knots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "MAX_DATA_KNOTS", 8)
    columns = np.random.default_rng(0).normal(size=(100, 10))
    with pytest.warns(UserWarning, match="pass knots=2, or use fewer columns"):
        scorer = cr.LogisticScorer().fit(columns, columns[:, 0] > 0)
    assert len(points(scorer, "x3")) == 2


def test_a_hundred_columns_are_fitted_with_few_factorizations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each evaluation of the marginal likelihood takes a factorization; there were a hundred of them."""
    monkeypatch.setattr(fitting, "MAX_DATA_KNOTS", 300)
    evaluations = []

    def counted(*arguments: Any) -> Any:
        evaluations.append(arguments)
        return negative_log_evidence(*arguments)

    monkeypatch.setattr(evidence, "negative_log_evidence", counted)
    rng = np.random.default_rng(0)
    columns = rng.normal(size=(500, 100))
    scorer = cr.LogisticScorer(knots=3).fit(columns, rng.random(500) < expit(2 * columns[:, 0]))
    assert np.ptp(points(scorer, "x0")) > 2
    assert len(evaluations) < 40


# Many columns and rows


def many_columns() -> tuple[pl.DataFrame, np.ndarray]:
    """Return columns of which one determines another one, and labels."""
    rng = np.random.default_rng(2)
    columns = {f"x{index}": rng.normal(size=6_000) for index in range(6)}
    columns |= {"copy": columns["x0"] + 0.0, "cube": columns["x0"] ** 3}
    return pl.DataFrame(columns), rng.random(6_000) < expit(np.sin(2 * columns["x0"]) + columns["x1"] - 1)


def fit_many(monkeypatch: pytest.MonkeyPatch, bases: int) -> cr.LogisticScorer:
    """Fit them, as if so many columns were many."""
    monkeypatch.setattr(design, "MANY_BASES", bases)
    monkeypatch.setattr(design, "DENSE", 0.0)
    frame, visits = many_columns()
    return cr.LogisticScorer(knots=12).fit(frame, visits)


def test_a_fit_of_many_columns_is_that_with_exact_hessians(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gradient is exact, so that the mode is. Scales are rounded to a hundredth of their logarithm."""
    hessians = []
    original = RowBlock.hessian

    def counted(self: RowBlock, points: Any) -> Any:
        hessians.append((self.uses_bins, len(self.visited)))
        return original(self, points)

    expected = fit_many(monkeypatch, 100).fit_.posterior
    monkeypatch.setattr(RowBlock, "hessian", counted)
    found = fit_many(monkeypatch, 8).fit_.posterior
    assert all(uses_bins for uses_bins, _ in hessians)
    assert {rows for _, rows in hessians} == {1_500, 6_000}
    assert sum(rows == 6_000 for _, rows in hessians) == 1  # scaled to where the next modes are
    scales = [np.array(list(each.prior_scales.values())) for each in (found, expected)]
    np.testing.assert_allclose(scales[0], scales[1], rtol=0.0101)
    np.testing.assert_allclose(found.points, expected.points, atol=2e-3)
    errors = [np.linalg.norm(each.covariance_factor, axis=1) for each in (found, expected)]
    np.testing.assert_allclose(errors[0], errors[1], rtol=0.02, atol=1e-9)


def test_bins_hold_the_points_of_rules_of_either_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate and a flag are multiplied by a factor, and their points are below zero."""
    frame = cr.simulate_portfolio(2_500, seed=1)
    visits = np.random.default_rng(0).random(2_500) < cr.RuleScorer(base=-2.0).visit_probabilities(frame)
    monkeypatch.setattr(design, "DENSE", 0.0)
    expected = cr.LogisticScorer(prior=RULES, knots=4).fit(frame, visits)
    monkeypatch.setattr(design, "MANY_BASES", 9)
    found = cr.LogisticScorer(prior=RULES, knots=4).fit(frame, visits)
    np.testing.assert_allclose(found.fit_.posterior.points, expected.fit_.posterior.points, atol=0.02)


def test_bins_that_are_not_precise_enough_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """An approximation of a Hessian need not be positive definite, if the prior is vague."""
    original = RowBlock.hessian

    def indefinite(self: RowBlock, points: Any) -> Any:
        return original(self, points) * (-1.0 if self.uses_bins else 1.0)

    expected = fit_many(monkeypatch, 100)
    monkeypatch.setattr(RowBlock, "hessian", indefinite)
    assert_same_fit(fit_many(monkeypatch, 8), expected)


# Many rows


def test_a_sample_of_many_rows_gives_nearly_the_same_card(monkeypatch: pytest.MonkeyPatch) -> None:
    frame, visits = table(6_000), labels(6_000)
    everything = cr.LogisticScorer().fit(frame, visits)
    monkeypatch.setattr(sample, "SAMPLE_ROWS", 3_000)
    monkeypatch.setattr(sample, "BLOCK_ROWS", 1_000)
    sampled = cr.LogisticScorer().fit(frame, visits)
    chances = sampled.visit_probabilities(frame), everything.visit_probabilities(frame)
    np.testing.assert_allclose(*chances, atol=0.03)
    assert np.abs(chances[0] - chances[1]).mean() < 0.006
    assert chances[0].mean() == pytest.approx(visits.mean(), abs=1e-3)


def test_a_level_that_the_sample_lacks_is_fitted_to_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    rare = np.arange(4_000) % 400 == 7
    visits = np.where(rare, True, rng.random(4_000) < 0.2)
    frame = pl.DataFrame({"kind": np.where(rare, "rare", "usual")})
    everything = cr.LogisticScorer(prior_scale=1.0).fit(frame, visits)
    monkeypatch.setattr(sample, "SAMPLE_ROWS", 500)
    sampled = cr.LogisticScorer(prior_scale=1.0).fit(frame, visits)
    assert points(sampled, "kind")[0] > 1
    np.testing.assert_allclose(points(sampled, "kind"), points(everything, "kind"), atol=1e-6)


def test_a_curve_that_did_not_change_is_the_priors_own() -> None:
    constant = cr.Bands(label="never", field="size", bands=[(0, 0.0)])
    scorer = cr.LogisticScorer(prior=RULES.with_characteristic(constant)).fit(
        accounts().with_columns(size=pl.lit(None, dtype=pl.Float64)).fill_null(1.0)[:0], []
    )
    assert scorer.scorecard_.characteristics[-1] is constant


def test_standard_errors_between_knots_are_those_of_the_interpolated_points() -> None:
    fit = cr.LogisticScorer(knots=3, characteristics=["owner", "size"]).fit(table(), labels()).fit_
    left, right = fit.posterior.covariance_factor[fit.design.slices[1]][:2]
    basis: Any = fit.design.bases[1]
    at = np.array(basis.grid[:2])
    record = SimpleNamespace(size=np.array([at[0], at.mean(), at[1]]))
    found = fit.standard_errors("size", record, 3)
    assert found == pytest.approx([np.linalg.norm(each) for each in (left, (left + right) / 2, right)])
    assert found[1] < max(found[0], found[2])


def test_the_standard_error_of_the_log_odds_is_that_of_the_design_matrix() -> None:
    fit = cr.LogisticScorer().fit(table(), labels()).fit_
    rows, levels = len(table()), ("east", "north", "west")
    codes = [levels.index(level) if level else -1 for level in table()["region"]]
    columns = SimpleNamespace(
        **{name: table()[name].to_numpy() for name in ("size", "age", "owner")},
        region=TextArray(np.array(codes), levels),
    )
    factor = fit.posterior.covariance_factor
    matrix = fit.design.block(columns, np.zeros(rows), np.ones(rows)).matrix
    expected = np.linalg.norm(factor[0] + matrix @ factor[1:], axis=1)
    found = [fit.standard_error(SimpleNamespace(**row)) for row in table().to_dicts()]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
