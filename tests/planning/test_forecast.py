"""The forecast of the number of visits: where its uncertainty comes from, and what it answers."""

from __future__ import annotations

import json
import pickle
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from frame_kinds import EAGER, KINDS, FrameKind
from labelled import accounts, visited
from scipy import stats

import collectrisk as cr
from collectrisk._fields import merge_specs
from collectrisk._frames import read_columns
from collectrisk.errors import ArgumentError, InvalidRowsError, NotAFrameError
from collectrisk.planning import DEFAULT_SPREAD, Forecast, VisitCount, forecast_visits

if TYPE_CHECKING:
    from pathlib import Path

RULES = cr.RuleScorer(base=-3.0)
ACCOUNTS = accounts()
PROBABILITY = RULES.visit_probabilities(ACCOUNTS)
HALF = VisitCount(first=2, probabilities=np.array([0.25, 0.5, 0.25]))


def fitted(**settings: Any) -> cr.LogisticScorer:
    return cr.LogisticScorer(prior=cr.RuleScorer(), **settings).fit(ACCOUNTS, visited())


def same(one: Forecast, other: Forecast) -> bool:
    return one.to_dict() == other.to_dict()


def test_a_count_knows_its_mean_and_standard_deviation() -> None:
    assert (HALF.mean, HALF.sd) == (3.0, 0.5**0.5)


@pytest.mark.parametrize(
    ("share", "ends"), [(0.4, (3, 3)), (0.5, (3, 3)), (0.6, (2, 4)), (0.999, (2, 4)), (1e-9, (3, 3))]
)
def test_an_interval_leaves_at_most_half_the_remainder_on_either_side(
    share: float, ends: tuple[int, int]
) -> None:
    assert HALF.interval(share) == ends


@pytest.mark.parametrize(
    ("share", "enough"), [(0.1, 2), (0.25, 2), (0.26, 3), (0.75, 3), (0.76, 4), (1 - 1e-9, 4)]
)
def test_enough_is_the_least_number_that_visits_do_not_exceed(share: float, enough: int) -> None:
    assert HALF.enough_for(share) == enough


@pytest.mark.parametrize("tenths", range(1, 10))
@pytest.mark.parametrize("accounts", [1, 2])
def test_rounding_does_not_decide_what_is_enough(tenths: int, accounts: int) -> None:
    """In floats, 1 - 0.9 is less than 0.1."""
    forecast = forecast_visits(np.full(accounts, tenths / 10), None, spread=0)
    visit = Fraction(tenths, 10)
    fewer = {1: [1 - visit, Fraction(1)], 2: [(1 - visit) ** 2, 1 - visit**2, Fraction(1)]}[accounts]
    for share in {Fraction(part, 100) for part in range(1, 100)} | {*fewer} - {1}:
        assert forecast.enough_for(float(share)) == next(at for at, each in enumerate(fewer) if each >= share)


def test_an_interval_without_width_begins_with_the_lesser_end() -> None:
    assert forecast_visits([0.5], None, spread=0).interval(1e-300) == (0, 1)


def test_at_least_is_the_probability_of_so_many_visits() -> None:
    assert [HALF.at_least(visits) for visits in (0, 2, 3, 4, 5, 10**400)] == [1.0, 1.0, 0.75, 0.25, 0.0, 0.0]


def test_quantiles_are_those_of_the_binomial_distribution() -> None:
    forecast = forecast_visits(np.full(400, 0.3), None, spread=0)
    binomial = stats.binom(400, 0.3)
    assert [forecast.enough_for(q) for q in (0.01, 0.5, 0.9, 0.999)] == [
        binomial.ppf(q) for q in (0.01, 0.5, 0.9, 0.999)
    ]
    assert forecast.at_least(200) == pytest.approx(binomial.sf(199), rel=1e-10)
    assert (forecast.mean, forecast.sd) == pytest.approx((binomial.mean(), binomial.std()))


@pytest.mark.parametrize("share", [0, 1, -1, float("nan"), "0.9", None, [0.9], 10**400])
def test_a_share_must_lie_between_0_and_1(share: Any) -> None:
    for ask in (HALF.interval, HALF.enough_for):
        with pytest.raises(ArgumentError, match=r"^share must be between 0 and 1"):
            ask(share)


@pytest.mark.parametrize("visits", [-1, 1.5, "3", None, True, float("nan")])
def test_a_number_of_visits_must_be_whole(visits: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^visits must be a whole number, 0 or more"):
        HALF.at_least(visits)


def test_rules_have_a_default_spread_that_the_result_shows() -> None:
    forecast = forecast_visits(RULES, ACCOUNTS)
    assert (forecast.spread, forecast.spread_source) == (DEFAULT_SPREAD, "default")
    assert "a standard deviation of 0.5: a default, which is a judgement" in str(forecast)
    assert "其标准差为0.5（默认值，属于判断而非估计" in forecast.to_html("zh")


def test_an_uncertain_level_makes_the_interval_wider_and_the_mean_higher() -> None:
    forecast = forecast_visits(RULES, ACCOUNTS)
    assert forecast.sd > 1.4 * forecast.independent.sd
    assert forecast.independent.mean == pytest.approx(forecast.expected)
    assert forecast.expected == pytest.approx(PROBABILITY.sum())
    assert forecast.mean > forecast.expected


def test_without_spread_the_accounts_are_independent() -> None:
    forecast = forecast_visits(RULES, ACCOUNTS, spread=0)
    np.testing.assert_array_equal(forecast.probabilities, forecast.independent.probabilities)
    assert (forecast.spread, forecast.spread_source) == (0.0, "given")


def test_a_card_gives_its_own_spread() -> None:
    card = cr.Scorecard(base=-3, base_spread=0.8, characteristics=RULES.card.characteristics)
    forecast = forecast_visits(card, ACCOUNTS)
    assert (forecast.spread, forecast.spread_source) == (0.8, "card")
    assert not same(forecast, forecast_visits(RULES, ACCOUNTS))


def test_a_fit_to_weights_of_unknown_meaning_has_the_default_spread() -> None:
    with pytest.warns(UserWarning, match="taken for counts"):
        weighted = cr.LogisticScorer().fit(ACCOUNTS, visited(), np.full(len(ACCOUNTS), 2.0))
    assert forecast_visits(weighted, ACCOUNTS).spread_source == "default"


def test_a_fit_gives_the_spread_of_its_posterior() -> None:
    """The posterior standard deviation of the expected number, to first order, as a shift of log-odds."""
    model = fitted()
    forecast = forecast_visits(model, ACCOUNTS)
    assert forecast.spread_source == "fit"
    probability = model.visit_probabilities(ACCOUNTS)
    variance = probability * (1 - probability)
    specs = merge_specs(each.column_specs for each in model.card.characteristics)
    matrix = model.fit_.design.matrix(*read_columns(ACCOUNTS, cr.Borrower, specs, {}))
    covariance_factor = model.fit_.posterior.covariance_factor
    draws = (
        np.random.default_rng(0).standard_normal((3_000, covariance_factor.shape[1])) @ covariance_factor.T
    )
    log_odds = draws[:, :1] + draws[:, 1:] @ matrix.T  # as differences to those of the posterior mode
    changes = log_odds @ variance
    assert forecast.spread == pytest.approx(changes.std() / variance.sum(), rel=0.05)


def test_a_fit_that_was_saved_has_no_posterior_and_its_forecast_says_so(tmp_path: Path) -> None:
    """The probabilities are the same, and so is the forecast with the spread of the fit's own."""
    model = fitted()
    own = forecast_visits(model, ACCOUNTS)
    cr.save(model, tmp_path / "model.json")
    card = cr.load(tmp_path / "model.json")
    loaded = forecast_visits(card, ACCOUNTS)
    assert (loaded.spread, loaded.spread_source) == (DEFAULT_SPREAD, "no_posterior")
    assert "because a scorecard does not contain the posterior of a fit" in str(loaded)
    assert "评分卡不含拟合的后验分布" in loaded.to_html("zh")
    again = forecast_visits(card, ACCOUNTS, spread=own.spread)
    assert again.interval(0.9) == own.interval(0.9)
    assert again.mean == pytest.approx(own.mean, rel=1e-9)


def test_more_labels_leave_less_spread() -> None:
    rows = np.arange(len(ACCOUNTS)) % 8 == 0
    few = cr.LogisticScorer(prior=cr.RuleScorer()).fit(ACCOUNTS.filter(rows), visited()[rows])
    assert forecast_visits(few, ACCOUNTS).spread > 1.5 * forecast_visits(fitted(), ACCOUNTS).spread


def by_product() -> cr.LogisticScorer:
    """Return a fit with the product as portfolio, which does not know one of the products."""
    known = (ACCOUNTS["product"] != "other").to_numpy()
    model = cr.LogisticScorer(prior=cr.RuleScorer(), portfolio="product")
    return model.fit(ACCOUNTS.filter(known), visited()[known])


def test_a_portfolio_that_a_fit_does_not_know_has_a_level_of_its_own() -> None:
    model = by_product()
    forecast = forecast_visits(model, ACCOUNTS)
    assert (forecast.portfolios, forecast.portfolio_spread) == (1, model.scorecard_.base_spread)
    groups = forecast.by("product")
    assert [groups[name].portfolios for name in ("credit_card", "online_loan", "other")] == [0, 0, 1]
    only = forecast_visits(model, ACCOUNTS.filter(pl.col("product") == "other"))
    assert same(groups["other"], only)


def test_the_level_of_a_portfolio_that_a_fit_does_not_know_is_counted_once() -> None:
    """The error of one account has two parts: what it shares with all others, and its portfolio's level."""
    model = by_product()
    account = ACCOUNTS.filter(pl.col("product") == "other").head(1)
    error = model.fit_.standard_error(cr.Borrower(**account.to_dicts()[0]))
    forecast = forecast_visits(model, account)
    assert np.hypot(forecast.spread, forecast.portfolio_spread) == pytest.approx(error)
    assert forecast.portfolio_spread == model.scorecard_.base_spread


def test_accounts_without_a_portfolio_have_a_level_of_their_own() -> None:
    frame = ACCOUNTS.with_columns(team=pl.when(pl.col("product") != "other").then(pl.col("product")))
    model = cr.LogisticScorer(prior=cr.RuleScorer(), portfolio="team").fit(frame, visited())
    assert forecast_visits(model, frame).portfolios == 1


def test_a_card_does_not_say_how_well_it_knows_its_portfolios() -> None:
    card = by_product().scorecard_
    forecast = forecast_visits(card, ACCOUNTS)
    assert (forecast.spread, forecast.spread_source, forecast.portfolios) == (0.0, "card", 3)
    assert "Portfolios with an uncertain level of their own besides: 3" in str(forecast)
    assert "that all accounts share" not in str(forecast)


def test_a_card_whose_portfolio_is_absent_has_one_level() -> None:
    card = by_product().scorecard_
    forecast = forecast_visits(card, ACCOUNTS.drop("product"))
    assert (forecast.spread, forecast.portfolios) == (card.base_spread, 0)


def test_a_curve_of_a_card_with_the_label_of_the_portfolio_is_like_any_other() -> None:
    curve = cr.Levels(label="portfolio", field="product", levels={"other": 1.0})
    card = cr.Scorecard(base=-3, base_spread=0.8, characteristics=[curve])
    forecast = forecast_visits(card, ACCOUNTS)
    assert (forecast.spread, forecast.spread_source, forecast.portfolios) == (0.8, "card", 0)


def test_portfolios_can_be_named() -> None:
    forecast = forecast_visits(RULES, ACCOUNTS, spread=0.2, portfolio="product", portfolio_spread=0.6)
    assert (forecast.spread, forecast.portfolios, forecast.portfolio_spread) == (0.2, 3, 0.6)
    one = forecast_visits(RULES, ACCOUNTS, spread=0.2, portfolio=["all"] * 400, portfolio_spread=0.6)
    assert one.sd > forecast.sd > forecast_visits(RULES, ACCOUNTS, spread=0.2).sd
    level = forecast_visits(RULES, ACCOUNTS, spread=float(np.hypot(0.2, 0.6)))
    np.testing.assert_allclose(one.probabilities, level.probabilities, rtol=0, atol=1e-12)


def test_named_portfolios_have_the_spread_of_the_card() -> None:
    card = cr.Scorecard(base=-3, base_spread=0.8, characteristics=RULES.card.characteristics)
    forecast = forecast_visits(card, ACCOUNTS, portfolio="product")
    assert (forecast.spread, forecast.portfolios, forecast.portfolio_spread) == (0.0, 3, 0.8)


def test_portfolios_whose_levels_are_known_do_not_count() -> None:
    forecast = forecast_visits(RULES, ACCOUNTS, portfolio="product", portfolio_spread=0)
    assert (forecast.portfolios, forecast.portfolio_spread) == (0, 0.0)


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_every_eager_frame_gives_the_same_forecast(kind: FrameKind) -> None:
    frame = kind.make(ACCOUNTS.to_dict(as_series=False))
    forecast = forecast_visits(RULES, frame)
    assert same(forecast, forecast_visits(RULES, ACCOUNTS))
    assert forecast.by("product").to_dict() == forecast_visits(RULES, ACCOUNTS).by("product").to_dict()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.lazy], ids=lambda kind: kind.name)
def test_a_lazy_frame_must_be_collected(kind: FrameKind) -> None:
    frame = kind.make({"amount_overdue": [1.0], "days_past_due": [1]})
    for scorer in (RULES, "amount_overdue"):
        with pytest.raises(NotAFrameError, match="collect the frame first"):
            forecast_visits(scorer, frame)


def test_a_scored_frame_gives_the_same_forecast() -> None:
    scored = RULES.assess_frame(ACCOUNTS)
    forecast = forecast_visits("visit_probability", scored)
    assert same(forecast, forecast_visits(RULES, ACCOUNTS))
    assert forecast.by("channel").to_dict() == forecast_visits(RULES, ACCOUNTS).by("channel").to_dict()
    assert same(forecast, forecast_visits(PROBABILITY, None))
    assert same(forecast, forecast_visits(PROBABILITY, ACCOUNTS))


def test_channels_are_listed_from_light_to_heavy_by_name() -> None:
    groups = forecast_visits(RULES, ACCOUNTS).by("channel")
    assert list(groups.groups) == [channel.value for channel in cr.Channel if channel.value in groups.groups]
    assert "text message (SMS)" in str(groups)
    assert sum(forecast.expected for _, forecast in groups.items()) == pytest.approx(PROBABILITY.sum())


def test_forecasts_by_group_are_a_mapping() -> None:
    forecasts = forecast_visits(RULES, ACCOUNTS).by("channel")
    assert list(forecasts) == list(forecasts.keys()) == list(forecasts.groups)
    assert len(forecasts) == len(forecasts.groups)
    assert dict(forecasts) == forecasts.groups
    assert ("sms" in forecasts, "pigeon" in forecasts, forecasts.get("pigeon")) == (True, False, None)
    with pytest.raises(
        KeyError, match="there is no group 'phonecall' in 'channel'; did you mean 'phone_call'"
    ):
        forecasts["phonecall"]


def test_other_groups_are_listed_by_size() -> None:
    groups = forecast_visits(RULES, ACCOUNTS).by("product")
    sizes = [forecast.accounts for _, forecast in groups.items()]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) == len(ACCOUNTS) == groups.total.accounts


def test_groups_of_a_group_are_its_own() -> None:
    inner = forecast_visits(RULES, ACCOUNTS).by("product")["other"].by("attitude")
    expected = forecast_visits(RULES, ACCOUNTS.filter(pl.col("product") == "other")).by("attitude")
    assert inner.to_dict() == expected.to_dict()


def test_accounts_without_a_probability_are_left_out_and_counted() -> None:
    forecast = forecast_visits([0.5, None, float("nan"), 0.5], None, spread=0)
    assert (forecast.accounts, forecast.unscored, forecast.mean) == (2, 2, 1.0)
    assert "left out: 2" in str(forecast)
    scored = RULES.assess_frame(
        pl.DataFrame({"amount_overdue": [1e6, -1.0], "days_past_due": [900, 3]}), invalid="null"
    )
    assert forecast_visits("visit_probability", scored).unscored == 1


def test_rows_that_a_mapping_skips_are_no_accounts() -> None:
    frame = pl.DataFrame({"Konto": ["A", "Summe"], "amount_overdue": [1e6, 1e9], "days_past_due": [900, 0]})
    mapping = cr.Mapping(skip={"Konto": ["Summe"]})
    forecast = forecast_visits(RULES, frame, columns=mapping)
    assert (forecast.accounts, forecast.unscored) == (1, 0)
    assert list(forecast.by("Konto").groups) == ["A"]


def test_an_empty_frame_has_no_visits() -> None:
    forecast = forecast_visits(RULES, ACCOUNTS.head(0))
    assert (forecast.mean, forecast.interval(0.9), forecast.enough_for(0.99)) == (0.0, (0, 0), 0)
    assert forecast.by("channel").groups == {} == forecast.by("product").groups
    assert forecast_visits(fitted(), ACCOUNTS.head(0)).spread == 0


def test_the_horizon_is_shown() -> None:
    forecast = forecast_visits([0.5], None, horizon="within 365 days")
    assert "What the probabilities refer to: within 365 days." in str(forecast)
    assert forecast.to_dict()["horizon"] == "within 365 days"


def test_plain_data_can_be_written_as_json() -> None:
    forecast = forecast_visits(RULES, ACCOUNTS)
    plain = json.loads(json.dumps(forecast.to_dict()))
    assert plain["intervals"]["0.9"] == list(forecast.interval(0.9))
    assert json.loads(json.dumps(forecast.by("product").to_dict()))["other"]["accounts"] > 0


@pytest.mark.parametrize("spread", [-0.1, 10.5, float("nan"), "0.5", True, [0.5], 10**400, 1j])
def test_a_spread_must_be_a_plausible_standard_deviation(spread: Any) -> None:
    with pytest.raises(
        ArgumentError, match=r"^spread must be a standard deviation in log-odds, from 0 to 10"
    ):
        forecast_visits(RULES, ACCOUNTS, spread=spread)
    with pytest.raises(ArgumentError, match=r"^portfolio_spread must be"):
        forecast_visits(RULES, ACCOUNTS, portfolio="product", portfolio_spread=spread)


def test_any_real_number_is_a_spread() -> None:
    half: Any = Fraction(1, 2)
    assert forecast_visits([0.5], None, spread=half).spread == 0.5


@pytest.mark.parametrize("spread", [5e-324, 1e-300])
def test_the_smallest_spreads_have_no_effect(spread: float) -> None:
    settings: dict[str, Any] = {"portfolio": ["a", "b"], "portfolio_spread": spread}
    forecast = forecast_visits([0.5, 0.25], None, spread=spread, **settings)
    assert forecast.probabilities.tolist() == [0.375, 0.5, 0.125]


@pytest.mark.parametrize("name", ["rules", "spread", "fit"])
def test_forecasts_can_be_pickled(name: str) -> None:
    """Also after the columns were read for a forecast by group."""
    scorer = fitted() if name == "fit" else RULES
    forecast = forecast_visits(scorer, ACCOUNTS, spread=0.3 if name == "spread" else None)
    groups = forecast.by("product").to_dict()
    copy = pickle.loads(pickle.dumps(forecast))  # noqa: S301  # made here
    assert same(copy, forecast)
    assert copy.by("product").to_dict() == groups
    by_product = pickle.loads(pickle.dumps(copy.by("product")))  # noqa: S301  # made here
    assert by_product.to_dict() == groups


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "probability above 1": ({"scorer": [0.5, 1.5], "accounts": None}, r"scorer must be.*row 1, from 0: 1\.5"),
    "negative probability": (
        {"scorer": [-0.1], "accounts": None},
        "scorer must be probabilities from 0 to 1",
    ),
    "text": ({"scorer": ["a"], "accounts": None}, "scorer must be a Scorer or one probability per row"),
    "unknown column": (
        {"scorer": "visits"},
        "scorer must be the name of the column with the visit probabilities, not 'visits'; score the",
    ),
    "no probability": (
        {"scorer": [None, float("nan")], "accounts": None},
        "scorer must be known for at least one account; all 2 are missing",
    ),
    "a column without a probability": (
        {"scorer": "p", "accounts": pl.DataFrame({"p": [None]}, schema={"p": pl.Float64})},
        "scorer must be known for at least one account; all 1 in 'p' are missing",
    ),
    "too few probabilities": ({"scorer": [0.5]}, "scorer must have one value for each of 400 accounts"),
    "estimator": ({"scorer": cr.LogisticScorer()}, "scorer must be fitted"),
    "no frame": ({"accounts": None}, "accounts is required: the RuleScorer needs rows to score"),
    "columns without a scorer": ({"scorer": PROBABILITY, "columns": {}}, "columns says how a scorer reads"),
    "unknown portfolio": (
        {"portfolio": "state", "portfolio_spread": 1},
        "portfolio must be the name of a column",
    ),
    "no spread of portfolios": ({"portfolio": "product"}, "portfolio_spread is needed with a portfolio, "),
    "spread without portfolios": ({"portfolio_spread": 0.3}, "portfolio_spread needs a portfolio, "),
    "horizon": ({"horizon": 365}, "horizon must be a text"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_arguments_are_rejected_by_name(name: str) -> None:
    given, message = BAD[name]
    with pytest.raises(ArgumentError, match=f"^{message}"):
        forecast_visits(**{"scorer": RULES, "accounts": ACCOUNTS, **given})


def test_a_classifier_must_be_wrapped() -> None:
    from sklearn.dummy import DummyClassifier  # noqa: PLC0415

    with pytest.raises(ArgumentError, match="wrap the DummyClassifier in an EstimatorScorer"):
        forecast_visits(DummyClassifier(), ACCOUNTS)


def test_groups_need_the_name_of_a_column() -> None:
    forecast = forecast_visits(RULES, ACCOUNTS)
    with pytest.raises(ArgumentError, match="column must be the name of a column, not a list"):
        forecast.by(["product"])  # type: ignore[arg-type]  # the test
    with pytest.raises(
        ArgumentError, match="column must be the name of a column, not 'products'; did you mean"
    ):
        forecast.by("products")
    with pytest.raises(ArgumentError, match="there is no frame"):
        forecast_visits(PROBABILITY, None).by("product")


def test_invalid_rows_are_reported_as_in_scoring() -> None:
    with pytest.raises(InvalidRowsError, match="amount_overdue"):
        forecast_visits(RULES, pl.DataFrame({"amount_overdue": [-1.0], "days_past_due": [3]}))
