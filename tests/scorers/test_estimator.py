"""Any fitted classifier is a scorer; invalid arguments are errors at once."""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
import polars as pl
import pytest
from frame_kinds import EAGER, Columns, FrameKind
from own_borrower import AnyNumber
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

import collectrisk as cr
from collectrisk._namespaces import SCALAR
from collectrisk.errors import ArgumentError, FormulaError, MissingColumnError

FEATURES = ["amount_overdue", "days_past_due", "repayment_plan"]
ACCOUNTS = cr.simulate_portfolio(200, backend="polars")
LATE = ACCOUNTS["days_past_due"].to_numpy() > 60
BORROWER = cr.Borrower(amount_overdue=900, days_past_due=200)
COLUMNS: Columns = {
    "amount_overdue": [900.0, 90_000.0, 3.0],
    "days_past_due": [200, 10, 70],
    "attitude": ["evasive", "unknown", "hostile"],
    "product": ["other", "credit_card", "other"],
    "repayment_plan": [False, True, False],
}


def values() -> Any:
    """Return the features without names."""
    return ACCOUNTS.select(FEATURES).to_numpy().astype(np.float64)


def scorer_of(estimator: Any, **options: Any) -> cr.EstimatorScorer:
    return cr.EstimatorScorer(**{"estimator": estimator, "features": FEATURES, "positive": True, **options})


FRAME = pl.DataFrame(COLUMNS)
PLAIN = make_pipeline(StandardScaler(), LogisticRegression()).fit(values(), LATE)
NAMED = HistGradientBoostingClassifier(max_iter=5).fit(ACCOUNTS.select(FEATURES).to_pandas(), LATE)


def alone(scorer: cr.EstimatorScorer, columns: Columns) -> list[float]:
    """Return the probability of each row's borrower."""
    rows = zip(*columns.values(), strict=True)
    borrowers = (cr.Borrower(**dict(zip(columns, row, strict=True))) for row in rows)
    return [scorer.assess(borrower).visit_probability for borrower in borrowers]


@pytest.mark.parametrize("estimator", [PLAIN, NAMED], ids=["without names", "with names"])
def test_the_probability_is_the_estimators(estimator: Any) -> None:
    features = np.array([[900.0, 200.0, 0.0]])
    data: Any = pl.DataFrame(features, schema=FEATURES).to_pandas() if estimator is NAMED else features
    expected = estimator.predict_proba(data)[0, 1]
    assert scorer_of(estimator).assess(BORROWER).visit_probability == expected


@pytest.mark.parametrize("estimator", [PLAIN, NAMED], ids=["without names", "with names"])
@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_a_frame_and_its_borrowers_get_the_same_probabilities(kind: FrameKind, estimator: Any) -> None:
    scorer = scorer_of(estimator)
    found = kind.plain(scorer.assess_frame(kind.make(COLUMNS)))["visit_probability"]
    assert found == pytest.approx(alone(scorer, COLUMNS), rel=0, abs=1e-12)


def knows_missing_values() -> HistGradientBoostingClassifier:
    """Return a model of which missing values raise the probability a lot."""
    data = values()
    data[LATE & (np.arange(len(LATE)) % 2 == 0)] = np.nan
    return HistGradientBoostingClassifier(max_iter=5).fit(data, LATE)


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_missing_values_of_a_frame_reach_the_estimator(kind: FrameKind) -> None:
    features = ["days_past_due", "failed_calls", "repayment_plan"]
    estimator = knows_missing_values()
    columns: Columns = {
        "days_past_due": [20, 20, 20],
        "failed_calls": [None, 0, 0],
        "repayment_plan": [False, None, False],
    }
    found = kind.plain(scorer_of(estimator, features=features).assess_frame(kind.make(columns)))
    data = np.array([[20, np.nan, 0], [20, 0, np.nan], [20, 0, 0]])
    expected = estimator.predict_proba(data)[:, 1].tolist()
    assert found["visit_probability"] == expected
    assert expected[0] != expected[2]


def test_missing_values_of_a_coded_flag_and_of_other_columns_reach_the_estimator() -> None:
    estimator = knows_missing_values()
    scorer = scorer_of(estimator, features=["days_past_due", "LIMIT", "repayment_plan"])
    frame = pl.DataFrame({"days_past_due": [20, 20], "LIMIT": [None, 1.0], "plan": ["Y", None]})
    plan = cr.mapping.FieldMapping("plan", true=["Y"], false=["N"])
    found = scorer.assess_frame(frame, columns={"repayment_plan": plan})
    expected = estimator.predict_proba(np.array([[20, np.nan, 1], [20, 1, np.nan]]))[:, 1].tolist()
    assert found["visit_probability"].to_list() == expected


def test_an_estimator_that_rejects_missing_values_says_which_features_have_them() -> None:
    frame = FRAME.with_columns(repayment_plan=pl.Series([True, None, False]))
    message = (
        "EstimatorScorer.visit_probability: Pipeline.predict_proba raised ValueError: Input X contains NaN"
    )
    with pytest.raises(FormulaError, match=message) as raised:
        scorer_of(PLAIN).assess_frame(frame)
    assert str(raised.value).endswith("; values are missing in repayment_plan")


def test_a_feature_needs_a_column_unless_its_default_is_asked_for() -> None:
    frame = FRAME.drop("repayment_plan")
    with pytest.raises(MissingColumnError, match="the column 'repayment_plan' is missing"):
        scorer_of(PLAIN).assess_frame(frame)
    without = scorer_of(PLAIN).assess_frame(frame, columns={"repayment_plan": None})
    known = scorer_of(PLAIN).assess_frame(frame.with_columns(repayment_plan=pl.lit(value=False)))
    assert without["visit_probability"].to_list() == known["visit_probability"].to_list()


def test_a_frame_needs_no_column_that_is_not_a_feature() -> None:
    features = ["days_past_due", "failed_calls"]
    estimator = LogisticRegression().fit(values()[:, :2], LATE)
    data = np.array([[20.0, 1.0], [90.0, 0.0]])
    frame = pl.DataFrame(data, schema=features)
    found = scorer_of(estimator, features=features).assess_frame(frame)
    assert found["visit_probability"].to_list() == estimator.predict_proba(data)[:, 1].tolist()


def test_text_features_reach_a_pipeline() -> None:
    features = ["days_past_due", "attitude", "product"]
    encoder = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["attitude", "product"]), remainder="passthrough"
    )
    pipeline = make_pipeline(encoder, RandomForestClassifier(10, random_state=0))
    scorer = scorer_of(pipeline.fit(ACCOUNTS.select(features).to_pandas(), LATE), features=features)
    found = scorer.assess_frame(FRAME)["visit_probability"].to_list()
    assert found == pytest.approx(alone(scorer, COLUMNS), rel=0, abs=1e-12)


@pytest.mark.parametrize(
    ("labels", "positive"),
    [(LATE, True), (LATE.astype(int), 1), (np.where(LATE, "a visit", "none"), "a visit")],
)
def test_the_positive_class_is_found_at_any_position(labels: Any, positive: Any) -> None:
    """Classes are sorted, so "a visit" comes before "none", and True after False."""
    fitted = LogisticRegression(max_iter=10_000).fit(values(), labels)
    late = cr.Borrower(amount_overdue=900, days_past_due=500)
    assert scorer_of(fitted, positive=positive).assess(late).visit_probability > 0.9


@pytest.mark.parametrize("labels", [LATE, LATE.astype(int), np.where(LATE, 1, -1)])
def test_the_positive_class_of_numbers_and_booleans_is_known(labels: Any) -> None:
    fitted = LogisticRegression(max_iter=10_000).fit(values(), labels)
    late = cr.Borrower(amount_overdue=900, days_past_due=500)
    assert scorer_of(fitted, positive=None).assess(late).visit_probability > 0.9


@pytest.mark.parametrize("labels", [LATE + 1, np.where(LATE, "a visit", "none")])
def test_the_order_of_other_classes_does_not_say_which_one_means_a_visit(labels: Any) -> None:
    fitted = LogisticRegression(max_iter=10_000).fit(values(), labels)
    with pytest.raises(ArgumentError, match=r"^estimator\.classes_ must be true and false, .*positive="):
        scorer_of(fitted, positive=None)


def test_numbers_are_limited_to_single_precision() -> None:
    forest = RandomForestClassifier(5, random_state=0).fit(values(), LATE)
    scorer = scorer_of(forest, borrower_type=AnyNumber)
    huge, largest = (AnyNumber(amount_overdue=amount, days_past_due=9) for amount in (1e300, 3.4e38))
    assert scorer.assess(huge).visit_probability == scorer.assess(largest).visit_probability
    frame = pl.DataFrame({"amount_overdue": [1e300], "days_past_due": [9], "repayment_plan": [False]})
    expected = scorer.assess(largest).visit_probability
    assert scorer.assess_frame(frame)["visit_probability"].to_list() == [expected]


def test_a_field_that_may_be_absent_reaches_an_estimator_as_nan() -> None:
    @attrs.frozen(kw_only=True)
    class OwnBorrower(cr.Borrower):
        income: float | None = None
        rating: float = math.nan

    features = ["broken_promises", "income", "rating"]
    data = np.column_stack([np.zeros(len(LATE)), np.where(LATE, np.nan, 1.0), np.where(LATE, np.nan, 1.0)])
    fitted = HistGradientBoostingClassifier(max_iter=5).fit(data, LATE)
    scorer = scorer_of(fitted, features=features, borrower_type=OwnBorrower)
    known, absent = (OwnBorrower(amount_overdue=1, days_past_due=60, income=income) for income in (1.0, None))
    assert scorer.assess(known).visit_probability < scorer.assess(absent).visit_probability
    frame = pl.DataFrame({"broken_promises": [0, 0]})
    unknown = scorer.assess(absent).visit_probability
    assert scorer.assess_frame(frame)["visit_probability"].to_list() == [unknown, unknown]
    frame = frame.with_columns(income=pl.Series([1.0, None]))
    assert scorer.assess_frame(frame)["visit_probability"].to_list() == [
        scorer.assess(known).visit_probability,
        unknown,
    ]


def test_a_text_that_may_be_absent_reaches_a_pipeline_as_none() -> None:
    @attrs.frozen(kw_only=True)
    class OwnBorrower(cr.Borrower):
        region: str | None = None

    regions = np.array([["north" if late else None] for late in LATE], dtype=object)
    pipeline = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression())
    scorer = scorer_of(pipeline.fit(regions, LATE), features=["region"], borrower_type=OwnBorrower)
    absent = scorer.assess(OwnBorrower(amount_overdue=1, days_past_due=1)).visit_probability
    assert absent < 0.5
    frame = pl.DataFrame({"amount_overdue": [1.0], "days_past_due": [1]})
    assert scorer.assess_frame(frame)["visit_probability"].to_list() == [absent]


def test_the_estimator_is_not_called_without_a_valid_row() -> None:
    frame = pl.DataFrame({"amount_overdue": [-1.0], "days_past_due": [1], "repayment_plan": [False]})
    assert scorer_of(PLAIN).assess_frame(frame, invalid="null")["visit_probability"].to_list() == [None]
    assert len(scorer_of(PLAIN).assess_frame(frame.clear())) == 0


def test_the_error_for_a_missing_column_names_it() -> None:
    features = ["amount_overdue", "LIMIT", "days_past_due"]
    scorer = scorer_of(PLAIN, features=features)
    assert scorer.fields == tuple(features)
    with pytest.raises(MissingColumnError, match="the column 'LIMIT' is missing"):
        scorer.assess_frame(FRAME)
    scored = scorer.assess_frame(FRAME.with_columns(bill=1.0), columns={"LIMIT": "bill"})
    assert scored["visit_probability"].is_between(0, 1).all()
    with pytest.raises(ArgumentError, match="borrower must have a field 'LIMIT'; the fields are"):
        scorer.assess(BORROWER)


def test_an_error_of_the_estimator_is_reported_with_its_name() -> None:
    failing = FunctionTransformer(lambda _data: 1 / 0)
    pipeline = make_pipeline(failing, LogisticRegression())
    pipeline.steps[1] = ("fitted", LogisticRegression(max_iter=10_000).fit(values(), LATE))
    scorer = scorer_of(pipeline)
    why = (
        "EstimatorScorer.visit_probability: Pipeline.predict_proba raised ZeroDivisionError: division by zero"
    )
    with pytest.raises(FormulaError, match=why):
        scorer.assess(BORROWER)
    with pytest.raises(FormulaError, match=why):
        scorer.assess_frame(FRAME)


class Duck:
    """A classifier that does not derive from scikit-learn's classes, and returns what it was made with."""

    def __init__(self, returned: Any, classes: Any = (0, 1)) -> None:
        self.returned = returned
        self.classes_ = classes

    def predict_proba(self, data: Any) -> Any:
        return self.returned(len(data))


def test_a_classifier_need_not_derive_from_those_of_scikit_learn() -> None:
    duck = Duck(lambda rows: np.full((rows, 2), [0.25, 0.75], dtype=np.float32))
    assert scorer_of(duck).assess(BORROWER).visit_probability == 0.75
    assert scorer_of(duck).assess_frame(FRAME)["visit_probability"].to_list() == [0.75] * 3
    listed = Duck(lambda rows: [[0.25, 0.75]] * rows)
    assert scorer_of(listed, positive=0).assess(BORROWER).visit_probability == 0.25


def test_numbers_beside_text_stay_numbers() -> None:
    seen: list[Any] = []

    def even(rows: int) -> Any:
        return np.full((rows, 2), 0.5)

    class Recording(Duck):
        def predict_proba(self, data: Any) -> Any:
            seen.append(data.tolist())
            return super().predict_proba(data)

    scorer = scorer_of(Recording(even), features=["days_past_due", "attitude", "repayment_plan"])
    scorer.assess(cr.Borrower(amount_overdue=1, days_past_due=200, attitude="evasive"))
    scorer.assess_frame(FRAME[:1])
    assert seen == [[[200.0, "evasive", False]]] * 2


def test_a_field_of_one_borrower_may_be_missing_if_its_class_says_so() -> None:
    @attrs.frozen(kw_only=True)
    class OwnBorrower(cr.Borrower):
        failed_calls: int | None = None  # type: ignore[assignment]  # None is not valid in the base class

    estimator = knows_missing_values()
    features = ["days_past_due", "failed_calls", "repayment_plan"]
    scorer = scorer_of(estimator, features=features, borrower_type=OwnBorrower)
    expected = estimator.predict_proba(np.array([[20, np.nan, 0]]))[0, 1]
    borrower = OwnBorrower(amount_overdue=1, days_past_due=20, failed_calls=None)
    assert scorer.assess(borrower).visit_probability == expected
    frame = pl.DataFrame({"days_past_due": [20], "repayment_plan": [False]})
    assert scorer.assess_frame(frame)["visit_probability"].to_list() == [expected]


@pytest.mark.parametrize(
    ("returned", "seen"),
    [
        (lambda _rows: np.full(3, 0.5), "(3,)"),
        (lambda rows: np.full((rows, 1), 0.5), "(3, 1)"),
        (lambda rows: np.full((rows, 3), 0.5), "(3, 3)"),
        (lambda rows: np.full((rows + 1, 2), 0.5), "(4, 2)"),
        (lambda _rows: None, "()"),
        (lambda _rows: "many", "a str"),
        (lambda _rows: [[0.5], [0.5, 0.5]], "a list"),
        (lambda rows: np.full((rows, 2), np.nan), "[nan, nan]"),
        (lambda rows: np.full((rows, 2), [-0.5, 1.5]), "[-0.5, 1.5]"),
        (lambda rows: np.full((rows, 2), [0.9, 0.9]), "[0.9, 0.9]"),
        (lambda rows: np.full((rows, 2), [np.inf, 0.0]), "[inf, 0.0]"),
        (lambda rows: np.full((rows, 2), 0.5 + 1j), "a ndarray"),
        (lambda rows: np.ma.array(np.full((rows, 2), [0.4, 0.6]), mask=True), "[nan, nan]"),
    ],
)
def test_an_estimator_must_return_two_probabilities_for_each_account(returned: Any, seen: str) -> None:
    needed = {"(": "an array of shape (3, 2), a column for each class", "a": "an array of numbers"}
    why = f"must return {needed.get(seen[0], 'the probabilities of two classes')}, not {seen}"
    with pytest.raises(FormulaError) as raised:
        scorer_of(Duck(returned)).assess_frame(FRAME)
    assert str(raised.value) == f"EstimatorScorer.visit_probability: Duck.predict_proba {why}"
    with pytest.raises(FormulaError, match=r"Duck\.predict_proba must return"):
        scorer_of(Duck(returned)).assess(BORROWER)


def test_an_estimator_gives_no_reasons_and_no_lazy_frames() -> None:
    frame = FRAME
    with pytest.raises(ArgumentError, match="reasons must be 0, because EstimatorScorer is not a scorecard"):
        scorer_of(PLAIN).assess_frame(frame, reasons=1)
    with pytest.raises(ArgumentError, match="collect the frame first, or write the formula with xp"):
        scorer_of(PLAIN).assess_frame(frame.lazy())
    assert (
        scorer_of(PLAIN).visit_probability(BORROWER, SCALAR)
        == alone(scorer_of(PLAIN), {"amount_overdue": [900.0], "days_past_due": [200]})[0]
    )


CLASSES = np.array(["late", "early", "never"])[np.arange(len(LATE)) % 3]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: scorer_of(LogisticRegression()),
            "estimator must be fitted; call fit on the LogisticRegression first",
        ),
        (
            lambda: scorer_of(RandomForestClassifier),
            "estimator must be fitted; call fit on the RandomForestClassifier first",
        ),
        (
            lambda: scorer_of(make_pipeline(StandardScaler(), LogisticRegression())),
            "estimator must be fitted; call fit on the Pipeline first",
        ),
        (
            lambda: scorer_of(LinearRegression().fit(values(), LATE)),
            "estimator must have predict_proba, and LinearRegression does not; use a classifier",
        ),
        (
            lambda: scorer_of(LinearSVC(dual="auto").fit(StandardScaler().fit_transform(values()), LATE)),
            "LinearSVC does not; .* wrap one without probabilities, .*, in CalibratedClassifierCV",
        ),
        (
            lambda: scorer_of(RandomForestClassifier(2).fit(values(), CLASSES)),
            r"two classes, visited or not, and its classes are \['early', 'late', 'never'\]",
        ),
        (
            lambda: scorer_of(RandomForestClassifier(2).fit(values(), np.column_stack([LATE, LATE]))),
            r"two classes, visited or not, and its classes are \[\[False, True\], \[False, True\]\]",
        ),
        (
            lambda: scorer_of(RandomForestClassifier(2).fit(values(), LATE | True)),
            r"estimator must be fitted on two classes, visited or not, and its classes are \[True\]",
        ),
        (
            lambda: scorer_of(PLAIN, positive="yes"),
            "positive must be one of the two classes, False, True, not 'yes'",
        ),
        (
            lambda: scorer_of(PLAIN, features=FEATURES[:2]),
            r"features must name the 3 features of the fit, not \['amount_overdue', 'days_past_due'\]",
        ),
        (
            lambda: scorer_of(PLAIN, features="days_past_due"),
            r"features must name the 3 features of the fit, not \['days_past_due'\]",
        ),
        (lambda: scorer_of(NAMED, features=[]), r"features must name the 3 features of the fit, not \[\]"),
        (
            lambda: scorer_of(NAMED, features=FEATURES[::-1]),
            r"in its order: \['amount_overdue', 'days_past_due', 'repayment_plan'\]$",
        ),
        (
            lambda: scorer_of(NAMED, features=["amount_overdue", "days_past_du", "repayment_plan"]),
            "in its order: .*; 'days_past_du' is not one of them; did you mean 'days_past_due'[?]",
        ),
        (
            lambda: scorer_of(NAMED, features=["amount_overdue", "xyz", "repayment_plan"]),
            r"in its order: \['amount_overdue', .*; 'xyz' is not one of them$",
        ),
        (lambda: scorer_of(PLAIN, features=1), "^features must be names of fields or columns, not 1$"),
        (lambda: scorer_of(PLAIN, borrower_type=int), "^borrower_type must be Borrower or a subclass"),
    ],
)
def test_an_invalid_argument_is_an_error(make: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        make()


def test_without_a_frame_library_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ArgumentError, match="on a frame, so install one of pandas, polars, pyarrow"):
        scorer_of(NAMED).assess(BORROWER)
