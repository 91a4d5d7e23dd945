"""The fitted scorer: a scikit-learn classifier with a prior card."""

from __future__ import annotations

import io
import pickle
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from frame_kinds import EAGER, FrameKind
from labelled import accounts, assert_same_fit, labels, points, table, visited
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

import collectrisk as cr
from collectrisk._namespaces import SCALAR
from collectrisk.testing import check_scorer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@parametrize_with_checks([cr.LogisticScorer(), cr.LogisticScorer(knots=8, class_weight="balanced")])  # type: ignore[untyped-decorator]  # scikit-learn has no types
@pytest.mark.filterwarnings("ignore:The weights are taken for counts:UserWarning")
def test_scikit_learns_checks_pass(estimator: cr.LogisticScorer, check: Callable[[Any], None]) -> None:
    check(estimator)


@pytest.fixture(scope="module")
def fitted() -> cr.LogisticScorer:
    """Return a scorer fitted to columns of every kind, with missing values."""
    return cr.LogisticScorer().fit(table(), labels())


@pytest.fixture(scope="module")
def adapted() -> cr.LogisticScorer:
    """Return a scorer fitted to labels with the rules as its prior."""
    return cr.LogisticScorer(prior=cr.RuleScorer()).fit(accounts(), visited())


def probabilities(scorer: cr.LogisticScorer, frame: Any) -> Any:
    return scorer.predict_proba(frame)[:, 1]


# Without information


@pytest.mark.parametrize("y", [None, [], np.zeros(0, dtype=bool)], ids=["none", "list", "array"])
def test_without_labels_it_is_the_prior_card(y: Any) -> None:
    rules = cr.RuleScorer()
    scorer = cr.LogisticScorer(prior=rules).fit(accounts()[:0], y)
    assert scorer.scorecard_ == rules.card
    assert scorer.classes_.tolist() == [0, 1]
    assert scorer.visit_probabilities(accounts()).tolist() == rules.visit_probabilities(accounts()).tolist()


def test_if_all_weights_are_zero_it_is_the_prior_card() -> None:
    scorer = cr.LogisticScorer(prior=cr.RuleScorer(), class_weight="balanced")
    assert scorer.fit(accounts(), visited(), np.zeros(len(accounts()))).scorecard_ == cr.RuleScorer().card


def test_without_labels_the_interval_is_that_of_the_prior() -> None:
    scorer = cr.LogisticScorer(prior=cr.RuleScorer()).fit(accounts()[:0])
    borrower = cr.Borrower(amount_overdue=30_000, days_past_due=400)
    lower, upper = scorer.assess(borrower).interval or (0.0, 0.0)
    assert lower < cr.RuleScorer().assess(borrower).visit_probability < upper


def test_without_labels_and_prior_there_is_nothing_to_fit() -> None:
    with pytest.raises(ValueError, match="no row has a weight above zero, and there is no prior card"):
        cr.LogisticScorer().fit(table()[:0], [])


@pytest.mark.parametrize("label", [0, 1])
def test_a_single_class_of_zero_or_one_is_enough(label: int) -> None:
    scorer = cr.LogisticScorer(prior=cr.RuleScorer(base=-1)).fit(accounts(), np.full(len(accounts()), label))
    rules = cr.RuleScorer(base=-1).visit_probabilities(accounts())
    assert scorer.classes_.tolist() == [0, 1]
    assert bool(scorer.visit_probabilities(accounts()).mean() > rules.mean()) is bool(label)
    assert np.isfinite(scorer.scorecard_.range).all()


def test_a_single_class_of_text_is_rejected() -> None:
    with pytest.raises(ValueError, match=r"two classes are needed, and there is only one class, \['yes'\]"):
        cr.LogisticScorer().fit(table(), ["yes"] * len(table()))


# Classes and labels


@pytest.mark.parametrize(
    ("classes", "positive"),
    [((0, 1), None), ((-1, 1), None), ((0.0, 1.0), None), (("no", "yes"), "yes"), ((1, 2), 2)],
)
def test_labels_of_any_kind_give_the_same_card(
    classes: tuple[Any, Any], positive: Any, fitted: cr.LogisticScorer
) -> None:
    scorer = cr.LogisticScorer(positive=positive).fit(table(), np.array(classes)[labels().astype(int)])
    assert_same_fit(scorer, fitted)
    assert scorer.classes_.tolist() == list(classes)
    assert scorer.positive_ == classes[1]
    assert set(scorer.predict(table()).tolist()) == set(classes)


def test_positive_is_the_class_that_means_a_visit(fitted: cr.LogisticScorer) -> None:
    outcome = np.where(labels(), "knocked", "written")
    scorer = cr.LogisticScorer(positive="knocked").fit(table(), outcome)
    assert_same_fit(scorer, fitted)
    np.testing.assert_allclose(scorer.predict_proba(table())[:, 0], probabilities(fitted, table()), atol=1e-9)
    np.testing.assert_allclose(scorer.decision_function(table()), -fitted.decision_function(table()))
    assert scorer.score(table(), outcome) == fitted.score(table(), labels())
    rate = scorer.recalibrate(table(), outcome).visit_probabilities(table()).mean()
    assert abs(rate - labels().mean()) < 0.01


def test_positive_must_be_one_of_the_classes() -> None:
    with pytest.raises(
        cr.errors.ArgumentError, match=r"positive must be one of the two classes, False, True, not 'yes'"
    ):
        cr.LogisticScorer(positive="yes").fit(table(), labels())


@pytest.mark.parametrize("classes", [("field_visit", "no_visit"), ("no", "yes"), (1, 2), (0, 2)])
def test_labels_whose_order_means_nothing_need_a_positive_class(classes: tuple[Any, Any]) -> None:
    """By the alphabet, `no_visit` would mean a visit; 1 and 2 often mean yes and no."""
    outcome = np.array(classes)[labels().astype(int)]
    why = r"y must be true and false, 1 and 0, or 1 and -1, not .*; for other labels, pass .* positive="
    for y in (outcome, outcome.tolist(), outcome.astype(object)):
        with pytest.raises(cr.errors.ArgumentError, match=why):
            cr.LogisticScorer().fit(table(), y)
        with pytest.raises(cr.errors.ArgumentError, match=why.replace("y must", "visited must")):
            cr.evaluate(labels() * 0.5, None, y)


def test_classes_of_an_array_are_those_of_scikit_learn() -> None:
    """Without column names there are no borrowers, and `predict_proba` has a column for each class."""
    numbers = table().select("size", "age").to_numpy()
    outcome = np.where(labels(), "field_visit", "no_visit")
    scorer = cr.LogisticScorer().fit(numbers, outcome)
    assert scorer.positive_ == "no_visit"
    visits = cr.LogisticScorer().fit(numbers, labels())
    np.testing.assert_allclose(scorer.predict_proba(numbers)[:, 0], probabilities(visits, numbers), atol=1e-9)
    chosen = cr.LogisticScorer(positive="field_visit").fit(numbers, outcome)
    assert_same_fit(chosen, visits)


def test_the_class_of_a_fit_does_not_change_with_the_parameter() -> None:
    outcome = np.where(labels(), "knocked", "written")
    scorer = cr.LogisticScorer(positive="knocked").fit(table(), outcome)
    before = scorer.predict(table()).tolist()
    assert scorer.set_params(positive="written").predict(table()).tolist() == before


def test_a_fit_that_fails_leaves_the_scorer_as_it_was() -> None:
    scorer = cr.LogisticScorer().fit(table(), labels())
    card = scorer.scorecard_
    with pytest.raises(ValueError, match="400 rows and 3 labels"):
        scorer.fit(table(), [0, 1, 0])
    assert scorer.scorecard_ is card
    assert probabilities(scorer, table()).shape == (400,)
    fresh = cr.LogisticScorer()
    with pytest.raises(ValueError, match="Only binary classification is supported"):
        fresh.fit(table(), np.arange(400) % 3)
    assert not hasattr(fresh, "classes_")
    assert not hasattr(fresh, "feature_names_in_")


USES: list[Callable[[cr.LogisticScorer], object]] = [
    lambda scorer: scorer.card,
    lambda scorer: scorer.predict_proba(table()),
    lambda scorer: scorer.summary(),
    lambda scorer: scorer.recalibrate(rate=0.1),
]


@pytest.mark.parametrize("use", USES)
def test_before_the_fit_using_the_card_raises(use: Callable[[cr.LogisticScorer], object]) -> None:
    with pytest.raises(NotFittedError):
        use(cr.LogisticScorer())


# Weights


def test_a_weight_of_zero_leaves_the_row_out() -> None:
    kept = np.arange(len(table())) % 3 > 0
    weighted = cr.LogisticScorer().fit(table(), labels(), kept.astype(float))
    fewer = cr.LogisticScorer().fit(table().filter(pl.Series(kept)), labels()[kept])
    assert_same_fit(weighted, fewer)


@pytest.mark.parametrize(
    "class_weight", [None, "balanced", {False: 1.0, True: 2.0}], ids=["none", "balanced", "dict"]
)
def test_a_weight_is_as_good_as_repeated_rows(class_weight: Any) -> None:
    times = np.random.default_rng(2).integers(1, 4, len(table()))
    scorer = cr.LogisticScorer(class_weight=class_weight, weights="counts")
    weighted = clone(scorer).fit(table(), labels(), times)
    places = np.repeat(np.arange(len(table())), times)
    repeated = clone(scorer).fit(table()[places], labels()[places])
    np.testing.assert_allclose(probabilities(weighted, table()), probabilities(repeated, table()), rtol=1e-7)


# The same card for every kind of data


def as_columns(frame: pl.DataFrame) -> dict[str, list[Any]]:
    return frame.to_dict(as_series=False)


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_every_kind_of_frame_gives_the_same_card(kind: FrameKind, adapted: cr.LogisticScorer) -> None:
    frame = kind.make(as_columns(accounts()))
    scorer = cr.LogisticScorer(prior=cr.RuleScorer()).fit(frame, visited())
    assert_same_fit(scorer, adapted)
    np.testing.assert_allclose(probabilities(scorer, frame), probabilities(adapted, accounts()), atol=1e-9)


def test_borrowers_give_the_same_card(adapted: cr.LogisticScorer) -> None:
    borrowers = [cr.Borrower(**row) for row in accounts().to_dicts()]
    scorer = cr.LogisticScorer(prior=cr.RuleScorer()).fit(borrowers, visited())
    assert_same_fit(scorer, adapted)
    np.testing.assert_allclose(
        probabilities(scorer, borrowers), probabilities(adapted, accounts()), atol=1e-9
    )


def test_arrays_and_frames_of_numbers_give_the_same_card() -> None:
    numbers = table().select("size", "age").rename({"size": "x0", "age": "x1"})
    of_frame = cr.LogisticScorer().fit(numbers, labels())
    of_array = cr.LogisticScorer().fit(numbers.to_numpy(), labels())
    of_mapping = cr.LogisticScorer().fit(dict(zip(("x0", "x1"), numbers.to_numpy().T, strict=True)), labels())
    assert_same_fit(of_frame, of_array)
    assert_same_fit(of_frame, of_mapping)
    assert of_frame.feature_names_in_.tolist() == ["x0", "x1"]
    assert of_frame.n_features_in_ == of_array.n_features_in_ == 2
    assert not hasattr(of_array, "feature_names_in_")


def test_a_frame_with_numbers_as_column_names_is_an_array() -> None:
    numbers = table().select("size", "age").to_numpy()
    scorer = cr.LogisticScorer().fit(pd.DataFrame(numbers), labels())
    assert_same_fit(scorer, cr.LogisticScorer().fit(numbers, labels()))


def test_columns_name_the_column_of_a_field(adapted: cr.LogisticScorer) -> None:
    renamed = accounts().rename({"amount_overdue": "BILL_AMT1"})
    scorer = cr.LogisticScorer(prior=cr.RuleScorer(), columns={"amount_overdue": "BILL_AMT1"})
    scorer.fit(renamed, visited())
    assert_same_fit(scorer, adapted)
    np.testing.assert_allclose(probabilities(scorer, renamed), probabilities(adapted, accounts()), atol=1e-9)


def test_other_columns_than_those_of_the_fit_are_rejected(fitted: cr.LogisticScorer) -> None:
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict_proba(table().rename({"size": "sizes"}))
    with pytest.raises(ValueError, match="must be in the same order"):
        fitted.predict_proba(table().select("age", "size", "region", "owner").to_pandas())
    of_array = cr.LogisticScorer().fit(table().select("size", "age").to_numpy(), labels())
    with pytest.raises(ValueError, match="X has 1 features, but LogisticScorer is expecting 2"):
        of_array.predict_proba(np.zeros((3, 1)))


def test_a_lazy_frame_is_scored_but_not_fitted_to(fitted: cr.LogisticScorer) -> None:
    with pytest.raises(cr.errors.NotAFrameError, match="collect it first"):
        cr.LogisticScorer().fit(table().lazy(), labels())
    lazy = fitted.assess_frame(table().lazy()).collect()
    assert lazy["visit_probability"].null_count() == 0


INCOMPLETE = pl.DataFrame(
    {
        "size": [0.5, None, 1e9, -3.0, 1.0],
        "age": [None, 40.0, 41.0, 1e-300, None],
        "region": ["west", None, "south", "east", None],
        "owner": [True, False, True, False, True],
    }
)


@pytest.mark.parametrize("frame", [table(), INCOMPLETE], ids=["known", "unseen"])
def test_all_scoring_paths_agree(frame: pl.DataFrame, fitted: cr.LogisticScorer, tmp_path: Path) -> None:
    """Arrays, polars lazy, DuckDB, one row at a time, and a card file."""
    probability = probabilities(fitted, frame)
    assert np.isfinite(probability).all()
    numbered = frame.with_row_index("row")
    relation = fitted.assess_frame(duckdb.from_arrow(numbered.to_arrow())).order("row").pl()
    cr.save(fitted, tmp_path / "card.json")
    loaded = cr.load(tmp_path / "card.json")
    assert loaded == fitted.scorecard_
    one_by_one = [fitted.visit_probability(Row(row), SCALAR) for row in frame.to_dicts()]
    for other in (
        relation["visit_probability"].to_numpy(),
        fitted.assess_frame(frame.lazy()).collect()["visit_probability"].to_numpy(),
        fitted.assess_frame(frame)["visit_probability"].to_numpy(),
        loaded.visit_probabilities(frame),
        np.array(one_by_one),
    ):
        np.testing.assert_allclose(other, probability, rtol=0, atol=1e-12)


class Row:
    """One row of a table, read as a record."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__ = values


def test_borrowers_and_frames_have_the_same_assessments(adapted: cr.LogisticScorer) -> None:
    frame = adapted.assess_frame(accounts(), reasons=2)
    assessed = [adapted.assess(cr.Borrower(**row)) for row in accounts().to_dicts()]
    np.testing.assert_allclose(
        frame["visit_probability"].to_numpy(), [each.visit_probability for each in assessed], atol=1e-12
    )
    assert frame["channel"].to_list() == [each.channel.value for each in assessed]


def test_unseen_and_missing_values_have_their_own_points(fitted: cr.LogisticScorer) -> None:
    by_label = {part.label: part for part in fitted.scorecard_.characteristics}
    assert [part.source for part in by_label.values()] == ["fitted"] * 4
    age, region = by_label["age"], by_label["region"]
    assert isinstance(age, cr.PiecewiseLinear)
    assert isinstance(region, cr.Levels)
    assert (age.if_missing or 0.0) > 0.3
    assert region.otherwise == 0.0
    assert dict(region.levels)["west"] > dict(region.levels)["east"]
    assert region.if_missing not in {None, 0.0}


# Intervals, summary, recalibration


def test_an_interval_contains_the_probability(adapted: cr.LogisticScorer) -> None:
    assessment = adapted.assess(cr.Borrower(amount_overdue=30_000, days_past_due=400, failed_calls=9))
    lower, upper = assessment.interval or (1.0, 0.0)
    assert 0 < lower < assessment.visit_probability < upper < 1


def test_an_interval_narrows_with_more_labels() -> None:
    widths = []
    for rows in (100, 400, 1_600):
        scorer = cr.LogisticScorer().fit(table(1_600)[:rows], labels(1_600)[:rows])
        widths.append(scorer.fit_.standard_error(Row(table()[0].to_dicts()[0])))
    assert widths == sorted(widths, reverse=True)


def test_only_a_fitted_scorer_has_intervals(adapted: cr.LogisticScorer) -> None:
    borrower = cr.Borrower(amount_overdue=30_000, days_past_due=400)
    assert cr.RuleScorer().assess(borrower).interval is None
    assert adapted.scorecard_.assess(borrower).interval is None


def test_recalibrating_to_a_rate_changes_only_the_base(adapted: cr.LogisticScorer) -> None:
    before = adapted.scorecard_
    milder = adapted.recalibrate(accounts(), rate=0.02)
    assert abs(milder.visit_probabilities(accounts()).mean() - 0.02) < 1e-9
    assert milder.scorecard_ == before.with_base(milder.card.base)
    assert adapted.scorecard_ is before
    lower, upper = milder.assess(cr.Borrower(amount_overdue=30_000, days_past_due=400)).interval or (0, 0)
    assert 0 < lower < upper < 0.5


def test_recalibrating_to_a_rate_without_a_frame_uses_the_accounts_of_the_fit(
    adapted: cr.LogisticScorer,
) -> None:
    milder = adapted.recalibrate(rate=0.02)
    assert abs(milder.visit_probabilities(accounts()).mean() - 0.02) < 1e-7


def test_recalibrating_to_labels_gives_their_rate(adapted: cr.LogisticScorer) -> None:
    late = accounts(2_000, 3)["days_past_due"] > 60
    again = adapted.recalibrate(accounts(2_000, 3), late)
    assert abs(again.visit_probabilities(accounts(2_000, 3)).mean() - late.mean()) < 0.005
    assert again.recalibrate(accounts()[:0], []).scorecard_ == again.scorecard_


@pytest.mark.parametrize("classes", [("no", "yes"), ("0", "1"), (1, 2), (-1, 1)])
def test_recalibrating_to_labels_of_other_classes_is_rejected(
    classes: tuple[Any, Any], adapted: cr.LogisticScorer
) -> None:
    """Compared with the classes of the fit, nobody, or everybody, would count as visited."""
    late = (accounts()["days_past_due"] > 60).to_numpy().astype(int)
    with pytest.raises(cr.errors.ArgumentError, match="y must be labels of the fit, False, True, not"):
        adapted.recalibrate(accounts(), np.array(classes)[late])


@pytest.mark.parametrize("make", [np.array, list, pl.Series, lambda late: late.astype(float)])
def test_recalibrating_accepts_true_and_false_as_1_and_0(make: Any, adapted: cr.LogisticScorer) -> None:
    late = (accounts()["days_past_due"] > 60).to_numpy()
    expected = adapted.recalibrate(accounts(), late)
    assert adapted.recalibrate(accounts(), make(late.astype(int))).scorecard_ == expected.scorecard_


def test_recalibrating_to_labels_of_text_uses_the_positive_class() -> None:
    outcome = np.where(labels(), "field_visit", "no_visit")
    scorer = cr.LogisticScorer(positive="field_visit").fit(table(), outcome)
    often = np.where(np.arange(len(table())) % 10 > 0, "field_visit", "no_visit")
    again = scorer.recalibrate(table(), often)
    assert abs(again.visit_probabilities(table()).mean() - 0.9) < 0.02


def test_recalibrating_to_few_labels_changes_little(adapted: cr.LogisticScorer) -> None:
    shift = adapted.recalibrate(accounts()[:1], [True]).card.base - adapted.card.base
    assert 0 < shift < 1


def test_recalibration_uses_the_weights_of_the_fit() -> None:
    times = np.random.default_rng(2).integers(1, 4, len(table()))
    scorer = cr.LogisticScorer(weights="counts").fit(table(), labels(), times).recalibrate(rate=0.1)
    assert abs(np.average(scorer.visit_probabilities(table()), weights=times) - 0.1) < 1e-7


def test_recalibrating_to_a_rate_needs_accounts() -> None:
    scorer = cr.LogisticScorer(prior=cr.RuleScorer()).fit(accounts()[:0])
    for frame in (None, accounts()[:0]):
        with pytest.raises(cr.errors.ArgumentError, match="rate needs accounts to hold for"):
            scorer.recalibrate(frame, rate=0.1)


@pytest.mark.parametrize("rate", [0, 1, -0.1, float("nan"), float("inf"), "0.1", [0.1, 0.2], True])
def test_a_rate_lies_between_zero_and_one(rate: Any, adapted: cr.LogisticScorer) -> None:
    with pytest.raises(cr.errors.ArgumentError, match="rate must lie between 0 and 1"):
        adapted.recalibrate(rate=rate)


def test_recalibration_does_not_depend_on_rounded_probabilities() -> None:
    """Beyond some 37 log-odds the probability is rounded to 1, and does not say what they are."""
    sued = pl.DataFrame({"sued": np.arange(100) < 30})
    flag = cr.Flag(label="sued", field="sued", if_true=50.0)
    scorer = cr.LogisticScorer(prior=cr.Scorecard(base=-2.0, characteristics=[flag])).fit(sued[:0], [])
    assert scorer.decision_function(sued).tolist() == [48.0] * 30 + [-2.0] * 70
    assert scorer.recalibrate(sued, rate=0.15).visit_probabilities(sued).mean() == pytest.approx(0.15)
    rare = scorer.recalibrate(sued[:30], np.arange(30) < 15).card.base
    assert -50.0 < rare < scorer.card.base


def test_recalibrating_to_a_base_beyond_the_limits_of_a_card_is_rejected() -> None:
    sued = pl.DataFrame({"sued": [True] * 3_000})
    flag = cr.Flag(label="sued", field="sued", if_true=1_000.0)
    scorer = cr.LogisticScorer(prior=cr.Scorecard(base=0.0, characteristics=[flag])).fit(sued[:0], [])
    with pytest.raises(cr.errors.ArgumentError, match=r"rate would need a base of -1,002\.2, and a card has"):
        scorer.recalibrate(sued, rate=0.1)
    with pytest.raises(cr.errors.ArgumentError, match="y would need a base of -1,00"):
        scorer.recalibrate(sued, [False] * 3_000)


def test_recalibrating_needs_a_rate_or_labels(adapted: cr.LogisticScorer) -> None:
    for arguments in (
        {},
        {"X": accounts()},
        {"y": visited()},
        {"X": accounts(), "y": visited(), "rate": 0.1},
    ):
        with pytest.raises(cr.errors.ArgumentError, match="rate is needed without labels"):
            adapted.recalibrate(**arguments)


# scikit-learn


def test_it_works_in_pipelines_searches_and_calibration() -> None:
    numbers, outcome = table().select("size", "age").to_pandas(), labels()
    pipeline = make_pipeline(SimpleImputer(), cr.LogisticScorer(knots=4)).set_output(transform="pandas")
    assert pipeline.fit(numbers, outcome).predict_proba(numbers).shape == (400, 2)
    assert cross_val_score(pipeline, numbers, outcome, cv=3, scoring="roc_auc").min() > 0.6
    search = GridSearchCV(cr.LogisticScorer(), {"knots": [2, 6]}, cv=2).fit(numbers, outcome)
    assert search.best_estimator_.score(numbers, outcome) > 0.6
    calibrated = CalibratedClassifierCV(cr.LogisticScorer(knots=4), cv=2).fit(numbers, outcome)
    assert calibrated.predict_proba(numbers).shape == (400, 2)


# Before 1.6 scikit-learn's transformer itself asks polars for a format that polars will give up.
@pytest.mark.filterwarnings("ignore:Support for the dataframe interchange protocol:DeprecationWarning")
def test_it_accepts_texts_from_a_column_transformer() -> None:
    chosen = ColumnTransformer([("kept", "passthrough", ["size", "region"])]).set_output(transform="polars")
    pipeline = make_pipeline(chosen, cr.LogisticScorer()).fit(table(), labels())
    assert pipeline[-1].scorecard_.fields == ("kept__size", "kept__region")


def test_a_clone_has_the_parameters_and_no_fit(adapted: cr.LogisticScorer) -> None:
    copy = clone(adapted)
    assert not hasattr(copy, "scorecard_")
    assert copy.get_params()["prior"] == cr.RuleScorer()
    assert copy.set_params(knots=5).knots == 5


def test_a_pickled_scorer_scores_and_recalibrates_the_same(adapted: cr.LogisticScorer) -> None:
    again = pickle.load(io.BytesIO(pickle.dumps(adapted)))  # noqa: S301  # our own
    assert again.scorecard_ == adapted.scorecard_
    assert again.recalibrate(rate=0.1).scorecard_ == adapted.recalibrate(rate=0.1).scorecard_


def test_decisions_are_log_odds_and_predictions_the_more_probable_class(fitted: cr.LogisticScorer) -> None:
    probability, decision = probabilities(fitted, table()), fitted.decision_function(table())
    np.testing.assert_allclose(decision, np.log(probability / (1 - probability)))
    assert fitted.predict(table()).tolist() == (probability > 0.5).tolist()
    sure = fitted.scorecard_.with_base(800)
    far = cr.LogisticScorer(prior=sure).fit(table()[:0]).decision_function(table())
    assert np.isfinite(far).all()


@pytest.mark.parametrize("weight", [5e-324, 1e-320, 1.0, 1e11])
def test_decisions_and_predictions_agree_for_any_class_weights(weight: float) -> None:
    costs = {True: weight, False: weight}
    scorer = cr.LogisticScorer(class_weight=costs).fit(table(), labels())
    decision = scorer.decision_function(table())
    assert scorer.predict(table()).tolist() == (decision > 0).tolist()
    equal = cr.LogisticScorer().fit(table(), labels())
    np.testing.assert_allclose(decision, equal.decision_function(table()))


def test_the_ladder_is_that_of_the_prior(adapted: cr.LogisticScorer) -> None:
    ladder = cr.Ladder([(0, "email"), (0.5, "letter")])
    scorer = cr.LogisticScorer(prior=cr.RuleScorer().with_ladder(ladder)).fit(accounts(), visited())
    assert scorer.ladder == scorer.scorecard_.ladder == ladder
    assert adapted.ladder == cr.RuleScorer().ladder == cr.LogisticScorer().ladder
    borrower = cr.Borrower(amount_overdue=0, days_past_due=0)
    assert scorer.assess(borrower).channel is cr.Channel.EMAIL


def test_the_fields_of_a_borrower_type_are_validated() -> None:
    class Client(cr.Borrower):
        pass

    scorer = cr.LogisticScorer(borrower_type=Client).fit(accounts(), visited())
    assert "borrower_id" not in scorer.scorecard_.fields
    wrong = accounts().with_columns(amount_overdue=pl.lit(-1.0))
    with pytest.raises(cr.errors.InvalidRowsError, match="amount_overdue"):
        scorer.fit(wrong, visited())


def test_few_labels_keep_the_prior_curve_and_many_replace_it() -> None:
    wrong = cr.RuleScorer().with_characteristic(
        cr.PiecewiseLinear(label="delay", field="days_past_due", knots=[(0, 2), (400, -2)])
    )
    few = cr.LogisticScorer(prior=wrong).fit(accounts(3_000)[:20], visited(3_000)[:20])
    many = cr.LogisticScorer(prior=wrong).fit(accounts(3_000), visited(3_000))
    assert points(few, "delay")[0] > points(few, "delay")[-1]
    assert points(many, "delay")[0] < points(many, "delay")[-1]


MONOTONE = {"amount_overdue": 1, "days_past_due": 1}


@pytest.mark.parametrize("prior", [None, cr.RuleScorer()], ids=["alone", "from the rules"])
def test_a_fitted_scorer_passes_every_check_of_a_scorer(prior: cr.RuleScorer | None) -> None:
    scorer = cr.LogisticScorer(prior=prior, knots=6, monotone=MONOTONE).fit(accounts(), visited())
    check_scorer(scorer, monotone=MONOTONE)


def test_labels_with_another_index_than_the_frame_are_refused() -> None:
    """Taken by position, they would belong to other rows."""
    frame = cr.simulate_portfolio(60, seed=1, backend="pandas")
    visited = pd.Series([0, 0, 1] * 20)
    scorer = cr.LogisticScorer(characteristics=["days_past_due"])
    with pytest.raises(
        cr.errors.ArgumentError, match=r"^y must have the index of the frame; .* y\.to_numpy\(\)"
    ):
        scorer.fit(frame, visited[::-1])
    with pytest.raises(cr.errors.ArgumentError, match=r"^sample_weight must have the index of the frame"):
        scorer.fit(frame, visited, sample_weight=visited[::-1] + 1)
    scorer.fit(frame, visited)
    with pytest.raises(cr.errors.ArgumentError, match=r"^y must have the index of the frame"):
        scorer.recalibrate(frame, visited[::-1])
