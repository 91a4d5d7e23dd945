"""Every shipped scorer passes every check."""

from __future__ import annotations

from typing import Any

import pytest
from broken_scorers import MONOTONE, Stale
from frame_kinds import KINDS
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import collectrisk as cr
from collectrisk.testing import check_scorer, parametrize_with_scorer_checks

FEATURES = ["amount_overdue", "days_past_due", "failed_calls", "repayment_plan"]
PORTFOLIO = cr.simulate_portfolio(300)
VISITED = PORTFOLIO["days_past_due"] + 20 * PORTFOLIO["failed_calls"] > 100


class Patience(cr.RowScorer):
    """Plain Python."""

    days = {"cooperative": 400, "hostile": 100}  # noqa: RUF012  # a constant

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
        if borrower.repayment_plan:
            return 0.0
        return float(min(borrower.days_past_due / self.days.get(borrower.attitude, 200) / 10, 1.0))


def fitted(estimator: Any, *, named: bool = True) -> cr.EstimatorScorer:
    """Return a scorer on an estimator that was fitted on a frame, or on its bare values."""
    frame = PORTFOLIO[FEATURES]
    data: Any = frame if named else frame.to_numpy(dtype=float)
    return cr.EstimatorScorer(estimator=estimator.fit(data, VISITED), features=FEATURES, positive=True)


CARD = cr.Scorecard(
    base=-1.25,
    characteristics=[
        cr.PiecewiseLinear(
            label="amount", field="amount_overdue", knots=[(100, -1), (1e4, 0), (1e6, 1.5)], scale="log"
        ),
        cr.Bands(label="delay", field="days_past_due", bands=[(0, 0.0), (30, 0.3), (90, 0.9)]),
        cr.Levels(label="attitude", field="attitude", levels={"hostile": 1.0}, otherwise=-0.2),
        cr.Flag(label="plan", field="repayment_plan", if_true=-2.0),
        cr.Surface(
            label="amount and promises",
            x=cr.NumberAxis("amount_overdue", [1e3, 1e5], scale="log"),
            y=cr.NumberAxis("broken_promises", [0, 1, 5]),
            grid=[[0, 0.25, 0.5], [0.5, 1, 1]],
        ),
        cr.Surface(
            label="product and attitude",
            x=cr.LevelAxis("product", ["credit_card"]),
            y=cr.LevelAxis("attitude", ["hostile", "passive"]),
            grid=[[-0.25, 0.3]],
        ),
        cr.Gate(label="gate", conditions=[cr.AtLeast("failed_calls", 3)], if_shut=-1.5),
    ],
)
LOGISTIC = cr.LogisticScorer(prior=CARD, knots=4).fit(PORTFOLIO, VISITED)


@parametrize_with_scorer_checks(
    [
        cr.RuleScorer(),
        CARD,
        LOGISTIC,
        cr.BlendScorer(parts={"card": CARD, "other": CARD.with_base(2)}, weights={"card": 1, "other": 3}),
        cr.BlendScorer(parts={"card": CARD.without("amount"), "formula": Stale()}),
        cr.BlendScorer(parts={"card": CARD, "rows": Patience()}),
        Patience(),
    ],
    monotone=MONOTONE,
)
def test_a_shipped_scorer_passes_the_checks(scorer: cr.Scorer, check: Any) -> None:
    check(scorer)


@parametrize_with_scorer_checks(
    [
        fitted(RandomForestClassifier(20, random_state=0)),
        fitted(HistGradientBoostingClassifier(max_iter=10)),
        fitted(CalibratedClassifierCV(make_pipeline(StandardScaler(), LogisticRegression()), cv=2)),
        fitted(make_pipeline(StandardScaler(), LogisticRegression()), named=False),
        cr.BlendScorer(
            parts={"card": CARD, "estimator": fitted(HistGradientBoostingClassifier(max_iter=10))}
        ),
    ]
)
def test_an_estimator_passes_the_checks(scorer: cr.Scorer, check: Any) -> None:
    check(scorer)


def boosted(name: str, **options: Any) -> Any:
    """Return a classifier of an optional library, or skip."""
    library = pytest.importorskip(name, reason=f"{name} is not in the test extra")
    return getattr(library, {"lightgbm": "LGBMClassifier", "xgboost": "XGBClassifier"}[name])(**options)


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(("name", "options"), [("lightgbm", {"verbose": -1}), ("xgboost", {})])
def test_boosted_trees_pass_the_checks(name: str, options: dict[str, Any], *, named: bool) -> None:
    check_scorer(fitted(boosted(name, n_estimators=10, **options), named=named))


@pytest.mark.spark
def test_spark_is_checked_on_request() -> None:
    (kind,) = (kind for kind in KINDS if kind.name == "Spark")
    frame = kind.make({"amount_overdue": [1.0], "days_past_due": [1]})
    check_scorer(Stale(), spark=frame.sparkSession)


def test_a_mapping_that_a_card_keeps_for_other_frames_is_not_checked() -> None:
    """The frames of the checks have columns with the names of the fields."""
    cents = {"amount_overdue": {"column": "amount_overdue", "factor": 0.01}, "days_past_due": "late"}
    check_scorer(cr.RuleScorer().with_columns(cents), monotone={"amount_overdue": 1})
