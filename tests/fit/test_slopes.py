"""Portfolios that differ in the slopes of their curves."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from scipy.special import expit, logit

import collectrisk as cr
from collectrisk._fit import slopes
from collectrisk._fit.slopes import SlopeBasis
from collectrisk.errors import ArgumentError

Array = npt.NDArray[Any]

HOUSES = ["a", "b", "c", "d", "e", "f"]
SLOPES = dict(zip(HOUSES, [-0.9, -0.5, -0.2, 0.3, 0.5, 0.9], strict=True))
"""By how much the curves of each portfolio are steeper."""
EFFECTS = {"east": -0.8, "north": 0.0, "west": 0.8}


def drawn(slopes: dict[str, float], rows: int = 250, seed: int = 5) -> tuple[pl.DataFrame, Array, Array]:
    """Return accounts of several portfolios, the log-odds of each, and labels."""
    rng = np.random.default_rng(seed)
    house = np.repeat(list(slopes), rows)
    x, owner = rng.uniform(-1.5, 1.5, len(house)), rng.random(len(house)) < 0.5
    region = rng.choice(list(EFFECTS), len(house))
    steep = 1.0 + np.array([slopes[each] for each in house])
    log_odds = -0.5 + steep * (1.2 * x + np.array([EFFECTS[each] for each in region]) + 1.5 * (owner - 0.5))
    frame = pl.DataFrame({"x": x, "region": region, "owner": owner, "house": house})
    return frame, log_odds, rng.random(len(house)) < expit(log_odds)


def fitted(slopes: dict[str, float], **parameters: Any) -> cr.LogisticScorer:
    """Return a fit to some portfolios."""
    frame, _, visits = drawn(slopes)
    return cr.LogisticScorer(portfolio="house", **parameters).fit(frame, visits)


@pytest.fixture(scope="module")
def different() -> cr.LogisticScorer:
    return fitted(SLOPES)


def bases_of(scorer: cr.LogisticScorer) -> list[SlopeBasis]:
    return [each for each in scorer.fit_.design.bases if isinstance(each, SlopeBasis)]


def test_each_portfolio_has_slopes_of_its_own(different: cr.LogisticScorer) -> None:
    frame, log_odds, _ = drawn(SLOPES, seed=6)
    assert different.labels[4:] == ("x by portfolio", "region by portfolio", "owner by portfolio")
    with_slopes = logit(different.visit_probabilities(frame))
    card = different.scorecard_
    for label in different.labels[4:]:
        card = card.without(label)
    errors = [
        np.abs(each - log_odds).mean() for each in (with_slopes, logit(card.visit_probabilities(frame)))
    ]
    assert errors[0] < 0.6 * errors[1]


def test_the_card_stores_the_spreads_of_the_slopes(different: cr.LogisticScorer) -> None:
    spreads = {each.label: each for each in different.scorecard_.slope_spreads}
    assert list(spreads) == ["x", "region", "owner"]
    assert np.std(list(SLOPES.values())) == pytest.approx(0.62, abs=0.01)
    for label, spread in spreads.items():
        assert 0.35 < spread.spread < 1.1
        assert 1.0 < spread.spread / different.prior_scales_[f"{label} by portfolio"] < 1.3
    owner: Any = different.scorecard_.characteristics[2]
    mean = owner.if_true * drawn(SLOPES)[0]["owner"].to_numpy().mean()
    assert spreads["owner"].centre == pytest.approx(mean, rel=0.1)  # the flag's points before the slopes


def test_the_reasons_include_the_slopes_and_add_up(different: cr.LogisticScorer) -> None:
    frame, _, _ = drawn(SLOPES)
    scored = different.assess_frame(frame[::100], points=True, interval=True)
    names = [f"points_{label}" for label in different.labels]
    total = different.card.base + scored.select(names).sum_horizontal().to_numpy()
    np.testing.assert_allclose(total, logit(scored["visit_probability"].to_numpy()), atol=1e-12)
    assert np.abs(scored["points_x by portfolio"].to_numpy()).max() > 0.3


def test_the_points_of_a_slope_are_those_of_its_functions(different: cr.LogisticScorer) -> None:
    frame, _, _ = drawn(SLOPES)
    rows = [*frame[::50].to_dicts(), {**frame[0].to_dicts()[0], "house": "new"}]
    design, values = different.fit_.design, different.fit_.posterior.points
    for basis, part in zip(design.bases, design.slices, strict=True):
        if isinstance(basis, SlopeBasis):
            curve = basis.curve(values[part])
            for row in (SimpleNamespace(**each) for each in rows):
                start, ((_, share),) = basis.cell(row)
                found = values[part][start : start + 2] @ [1.0 - share, share]
                assert curve.points(row) == pytest.approx(found, abs=1e-9)


def test_the_standard_errors_of_frames_and_of_accounts_agree(different: cr.LogisticScorer) -> None:
    frame = drawn(SLOPES)[0][::70].vstack(
        pl.DataFrame(
            [
                {"x": 1.0, "region": "west", "owner": True, "house": "new"},
                {"x": 1.0, "region": "west", "owner": True, "house": None},
                {"x": 1.0, "region": "moon", "owner": True, "house": "a"},
            ]
        )
    )
    scored = different.assess_frame(frame, interval=True)
    half = (logit(scored["visit_probability_high"]) - logit(scored["visit_probability_low"])) / 2 / 1.6448536
    found = [different.fit_.standard_error(SimpleNamespace(**row)) for row in frame.to_dicts()]
    np.testing.assert_allclose(half, found, rtol=1e-6)


def test_the_error_in_an_unseen_portfolio_includes_the_spreads(different: cr.LogisticScorer) -> None:
    """The slopes and the level of a new portfolio are independent of all that is known."""
    fit, card = different.fit_, different.scorecard_
    account = {"x": 1.2, "region": "west", "owner": True}
    new, unnamed = (fit.standard_error(SimpleNamespace(**account, house=house)) for house in ("new", None))
    row: Any = SimpleNamespace(**account)
    spreads: list[float] = [card.base_spread]
    for each in card.slope_spreads:
        curve = next(curve for curve in card.characteristics if curve.label == each.label)
        spreads.append(each.spread * (curve.points(row) - each.centre))
    factor = fit.posterior.covariance_factor
    design = fit.design
    common = factor[0].copy()
    for basis, part in zip(design.bases[:3], design.slices, strict=False):
        left, fraction = basis.position(row)
        common += (1 - fraction) * factor[part][left] + fraction * factor[part][
            min(left + 1, len(factor[part]) - 1)
        ]
    assert new == pytest.approx(np.hypot(np.linalg.norm(common), np.linalg.norm(spreads)), rel=0.03)
    assert unnamed == new
    assert new > 2.0 * fit.standard_error(SimpleNamespace(**account, house="a"))


def test_what_is_counted_besides_is_the_level_of_a_new_portfolio_and_not_its_slopes(
    different: cr.LogisticScorer,
) -> None:
    fit = different.fit_
    shared, factor = fit.shared_factor(), fit.posterior.covariance_factor
    is_zero = (shared == 0.0).all(axis=1) & (factor != 0.0).any(axis=1)
    names = ["base", *(f"{each.origin.label}: {name}" for each in fit.design.bases for name in each.names)]
    assert [names[row] for row in np.flatnonzero(is_zero)] == ["portfolio: any other", "portfolio: missing"]
    np.testing.assert_array_equal(shared[~is_zero], factor[~is_zero])


def test_portfolios_with_the_same_slopes_get_none() -> None:
    scorer = fitted(dict.fromkeys(HOUSES, 0.0))
    assert scorer.labels == ("x", "region", "owner", "portfolio")
    assert scorer.scorecard_.slope_spreads == ()


def test_only_the_curves_that_differ_get_slopes() -> None:
    """Of two columns, one has the opposite effect in half of the portfolios."""
    rng = np.random.default_rng(1)
    house = np.repeat(HOUSES, 300)
    x, z = rng.uniform(-1.5, 1.5, (2, len(house)))
    sign = np.repeat([2.5, 1.5, 1.0, 0.5, 0.2, -0.5], 300)
    frame = pl.DataFrame({"x": x, "z": z, "house": house})
    scorer = cr.LogisticScorer(portfolio="house").fit(frame, rng.random(len(house)) < expit(sign * x + z))
    assert [each.label for each in scorer.scorecard_.slope_spreads] == ["x"]


@pytest.mark.parametrize(("of_x", "expected"), [(0.0, []), (1.0, ["x", "z"])])
def test_weak_evidence_for_slopes_counts_beside_strong_evidence_for_others(
    of_x: float, expected: list[str]
) -> None:
    rng = np.random.default_rng(0)
    house = np.repeat(HOUSES, 300)
    x, z = rng.uniform(-1.5, 1.5, (2, len(house)))
    slope = np.repeat(list(SLOPES.values()), 300)
    log_odds = (1.0 + of_x * slope) * x + (1.0 + 0.3 * slope) * z
    frame = pl.DataFrame({"x": x, "z": z, "house": house})
    scorer = cr.LogisticScorer(portfolio="house").fit(frame, rng.random(len(house)) < expit(log_odds))
    assert [each.label for each in scorer.scorecard_.slope_spreads] == expected


def test_a_monotone_curve_is_the_same_in_all_portfolios() -> None:
    scorer = fitted(SLOPES, monotone={"x": 1})
    assert [each.label for each in scorer.scorecard_.slope_spreads] == ["region", "owner"]


def test_few_portfolios_get_no_slopes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slopes, "MIN_PORTFOLIOS", 7)
    assert fitted(SLOPES).scorecard_.slope_spreads == ()


@pytest.mark.parametrize(("most", "kept"), [(17, ["x", "region"]), (5, [])])
def test_with_too_many_slopes_the_curves_that_vary_most_keep_theirs(
    most: int, kept: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slopes, "MAX_SLOPES", most)
    left_out = [each for each in ("x", "region", "owner") if each not in kept]
    with pytest.warns(UserWarning, match=f"there are no slopes for .*{left_out[-1]!r}") as caught:
        scorer = fitted(SLOPES)
    assert caught[0].filename == __file__
    assert [each.label for each in scorer.scorecard_.slope_spreads] == kept


def test_a_flat_curve_gets_no_slopes() -> None:
    frame, _, visits = drawn(SLOPES)
    flat = frame.with_columns(x=pl.Series(np.random.default_rng(0).normal(size=len(frame))))
    scorer = cr.LogisticScorer(portfolio="house", prior_scale={"x": 1e-4, "trend of new columns": 1e-4})
    scorer.fit(flat, visits)
    assert "x by portfolio" not in scorer.labels


def test_accounts_without_a_portfolio_have_a_level_and_no_slopes() -> None:
    frame, _, visits = drawn(SLOPES)
    unnamed = frame.with_columns(house=pl.col("house").replace("f", None))
    scorer = cr.LogisticScorer(portfolio="house").fit(unnamed, visits)
    [basis, *_] = bases_of(scorer)
    assert basis.names[-4:] == [
        "any other, lowest",
        "any other, highest",
        "missing, lowest",
        "missing, highest",
    ]
    assert not basis.transform[-2:].any()
    row = SimpleNamespace(x=1.2, region="west", owner=True, house=None)
    assert next(c for c in scorer.card.characteristics if c.label == "x by portfolio").points(row) == 0.0


def test_missing_values_have_no_slope() -> None:
    frame, _, visits = drawn(SLOPES)
    some = frame.with_columns(x=pl.when(pl.int_range(pl.len()) % 5 > 0).then("x"))
    scorer = cr.LogisticScorer(portfolio="house").fit(some, visits)
    slope = next(each for each in scorer.card.characteristics if each.label == "x by portfolio")
    assert slope.points(SimpleNamespace(x=None, house="a")) == 0.0
    new = cr.LogisticScorer(prior=scorer, portfolio=None).fit(some[:0].drop("house"), [])
    design = new.fit_.design
    column = dict(zip((group.name for group in design.groups), design.shared.T, strict=False))
    assert {"x slope", "region slope", "owner slope"} <= {group.name for group in design.groups}
    assert column is not None


def test_the_label_of_slopes_must_be_free() -> None:
    frame, _, visits = drawn(SLOPES)
    taken = cr.Flag(label="x by portfolio", field="owner", if_true=0.0)
    scorer = cr.LogisticScorer(portfolio="house", characteristics=["x", "region", taken])
    with pytest.raises(ArgumentError, match="characteristics must not have the label 'x by portfolio'"):
        scorer.fit(frame, visits)


# New portfolios


def test_the_spreads_are_the_prior_scales_of_a_new_portfolio(different: cr.LogisticScorer) -> None:
    new = cr.LogisticScorer(prior=different).fit(drawn({"g": 0.0})[0][:0].drop("house"), [])
    card = different.scorecard_
    assert new.labels == ("x", "region", "owner")
    assert new.prior_scales_["base"] == pytest.approx(card.base_spread)
    for each in card.slope_spreads:
        assert new.prior_scales_[f"{each.label} slope"] == each.spread
    account = {"x": 1.2, "region": "west", "owner": True}
    unseen = different.fit_.standard_error(SimpleNamespace(**account, house="g"))
    # The new fit does not know how well the old one knew the common curves, and lets them drift.
    assert new.fit_.standard_error(SimpleNamespace(**account)) == pytest.approx(unseen, rel=0.15)


def test_an_adapted_card_keeps_the_spreads_of_slopes(different: cr.LogisticScorer) -> None:
    known = different.scorecard_.slope_spreads
    unchanged = cr.LogisticScorer(prior=different).fit(drawn({"g": 0.0})[0][:0], [])
    assert unchanged.scorecard_.slope_spreads == known
    frame, _, visits = drawn({"g": -0.9}, rows=400, seed=9)
    adapted = cr.LogisticScorer(prior=different).fit(frame, visits)
    for before, after in zip(known, adapted.scorecard_.slope_spreads, strict=True):
        assert (after.label, after.spread) == (before.label, before.spread)
        old, new = (
            each.assess_frame(frame, points=True)[f"points_{before.label}"].to_numpy()
            for each in (different, adapted)
        )
        assert after.centre - before.centre == pytest.approx((new - old).mean())
        assert abs(after.centre - before.centre) > 1e-3


def test_a_fit_to_portfolios_replaces_the_spreads_that_its_prior_knows(different: cr.LogisticScorer) -> None:
    frame, _, visits = drawn({"g": -0.9, "h": 0.0, "i": 0.9})
    again = cr.LogisticScorer(prior=different, portfolio="house", monotone={"x": 1}).fit(frame, visits)
    assert [each.of for each in bases_of(again)] == ["region", "owner"]
    known = {each.label: each.spread for each in different.scorecard_.slope_spreads}
    kept = [each.label for each in again.scorecard_.slope_spreads if each.spread == known[each.label]]
    assert [each.label for each in again.scorecard_.slope_spreads] == ["region", "owner", "x"]
    assert kept == ["x"]


def test_few_labels_tell_the_slopes_of_a_new_portfolio(different: cr.LogisticScorer) -> None:
    labelled, _, visits = drawn({"g": -0.9}, rows=60, seed=9)
    rest, log_odds, _ = drawn({"g": -0.9}, rows=400, seed=10)
    adapted = cr.LogisticScorer(prior=different).fit(labelled.drop("house"), visits)
    errors = [
        np.abs(logit(each.visit_probabilities(rest)) - log_odds).mean() for each in (adapted, different)
    ]
    assert errors[0] < 0.75 * errors[1]


def attrs_without_spreads(scorer: cr.LogisticScorer) -> cr.Scorecard:
    """Return its card as one that knows no spreads of slopes."""
    card = scorer.scorecard_
    for label in scorer.labels[4:]:
        card = card.without(label)
    return cr.Scorecard(base=card.base, characteristics=card.characteristics, base_spread=card.base_spread)


def test_a_spread_of_a_curve_that_is_not_on_the_card_has_no_effect(different: cr.LogisticScorer) -> None:
    card = different.scorecard_.without("x")
    new = cr.LogisticScorer(prior=card).fit(drawn({"g": 0.0})[0][:0], [])
    assert [name for name in new.prior_scales_ if name.endswith(" slope")] == ["region slope", "owner slope"]


def test_a_new_portfolio_gets_the_mean_curve_even_if_there_are_few_portfolios() -> None:
    """The slopes do not take over what all portfolios have in common."""
    rng = np.random.default_rng(1)
    slopes = np.repeat([0.2, 1.8, 0.9, 1.1], 600)
    x = rng.uniform(-2.0, 2.0, len(slopes))
    visited = rng.random(len(slopes)) < expit(slopes * x - 0.5)
    frame = pl.DataFrame({"x": x, "house": np.repeat(list("abcd"), 600)})
    scorer = cr.LogisticScorer(portfolio="house").fit(frame, visited)
    assert scorer.labels == ("x", "portfolio", "x by portfolio")
    ends = pl.DataFrame({"x": [-2.0, 2.0], "house": ["new", "new"]})
    low, high = logit(scorer.visit_probabilities(ends))
    assert high - low == pytest.approx(4.0, rel=0.15)
    assert sum(each.slope for each in scorer.summary().slopes[:4]) == pytest.approx(0.0, abs=1e-9)
