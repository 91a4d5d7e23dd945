"""Models that were fitted on columns of the type ``category`` get the same categories again."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from frame_kinds import EAGER, FrameKind
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import collectrisk as cr
from collectrisk.errors import FormulaError

FEATURES = ["days_past_due", "attitude", "product"]
TEXTS = FEATURES[1:]
ACCOUNTS = cr.simulate_portfolio(400, seed=3)[FEATURES]
VISITED = ACCOUNTS["attitude"].isin(["evasive", "hostile"]) & (ACCOUNTS["days_past_due"] > 20)


def as_categories(accounts: pd.DataFrame, order: int = 1) -> pd.DataFrame:
    """Return accounts with categories whose codes depend on the order of the levels."""
    return accounts.assign(
        **{
            name: pd.Categorical(accounts[name], sorted(accounts[name].dropna().unique())[::order])
            for name in TEXTS
        }
    )


class ByRate(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped base classes
    """A classifier that accepts text as categories only, and stores them as boosted trees do."""

    def fit(self, data: pd.DataFrame, labels: Any) -> ByRate:
        self.feature_names_in_ = np.array(data.columns)
        self.classes_ = np.unique(labels)
        self.categories_ = [data[name].cat.categories for name in TEXTS]
        codes, labels = self.codes(data), np.asarray(labels)
        self.rates_ = {code: (labels[codes == code].mean() + 0.1) / 1.2 for code in np.unique(codes)}
        return self

    def codes(self, data: pd.DataFrame) -> Any:
        if any(isinstance(data[name].dtype, pd.CategoricalDtype) is False for name in TEXTS):
            raise ValueError("pandas dtypes must be int, float or bool")
        first, second = (data[name].cat for name in TEXTS)
        return 10 * self.recoded(first, 0) + self.recoded(second, 1)

    def recoded(self, column: Any, index: int) -> Any:
        return column.set_categories(self.categories_[index]).cat.codes.to_numpy()

    def predict_proba(self, data: pd.DataFrame) -> Any:
        found = np.array([self.rates_.get(code, 0.5) for code in self.codes(data)])
        return np.column_stack([1 - found, found])


class LikeLightGBM(ByRate):
    @property
    def booster_(self) -> Any:
        if not hasattr(self, "classes_"):
            raise NotFittedError
        return self

    @property
    def pandas_categorical(self) -> Any:
        return self.categories_


class LikeXGBoost(ByRate):
    stored = True

    def get_booster(self) -> Any:
        return self

    def get_categories(self) -> Any:
        return self

    def empty(self) -> bool:
        return not self.stored

    def recoded(self, column: Any, index: int) -> Any:
        return super().recoded(column, index) if self.stored else column.codes.to_numpy()


class WithoutCategories(LikeXGBoost):
    stored = False


def lightgbm() -> Any:
    module = pytest.importorskip("lightgbm", exc_type=ImportError)
    return module.LGBMClassifier(n_estimators=10, verbose=-1, n_jobs=1)


def xgboost() -> Any:
    module = pytest.importorskip("xgboost", minversion="3.1", exc_type=ImportError)
    return module.XGBClassifier(n_estimators=10, enable_categorical=True, n_jobs=1)


def in_a_pipeline() -> Any:
    return make_pipeline(FunctionTransformer(feature_names_out="one-to-one"), LikeLightGBM())


MODELS = [LikeLightGBM, LikeXGBoost, in_a_pipeline, lightgbm, xgboost]


@functools.cache
def fitted(make: Any) -> Any:
    return make().fit(as_categories(ACCOUNTS), VISITED)


def scorer_of(estimator: Any) -> cr.EstimatorScorer:
    return cr.EstimatorScorer(estimator=estimator, features=FEATURES, positive=True)


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_a_model_on_categories_gives_its_own_probabilities(kind: FrameKind, make: Any) -> None:
    accounts = ACCOUNTS[:40]
    expected = fitted(make).predict_proba(as_categories(accounts))[:, 1].tolist()
    frame = kind.make(accounts.to_dict("list"))
    assert kind.plain(scorer_of(fitted(make)).assess_frame(frame))["visit_probability"] == expected
    assert len(set(expected)) > 2


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_one_borrower_gets_the_probability_of_its_row(make: Any) -> None:
    expected = fitted(make).predict_proba(as_categories(ACCOUNTS[:40]))[:, 1]
    for row in (0, 7, 39):
        borrower = cr.Borrower(amount_overdue=1, **ACCOUNTS.iloc[row].to_dict())
        assert scorer_of(fitted(make)).assess(borrower).visit_probability == expected[row]


@pytest.mark.parametrize(
    "make", [LikeLightGBM, LikeXGBoost, lightgbm, xgboost], ids=lambda make: make.__name__
)
def test_a_missing_category_stays_missing(make: Any) -> None:
    accounts = ACCOUNTS[:3].assign(attitude=[None, "hostile", None], product=["other", None, None])
    expected = fitted(make).predict_proba(as_categories(accounts))[:, 1].tolist()
    found = scorer_of(fitted(make)).assess_frame(pl.from_pandas(accounts))["visit_probability"]
    assert found.to_list() == expected


def test_a_model_that_does_not_store_its_categories_is_not_given_codes_of_another_frame() -> None:
    estimator = fitted(WithoutCategories)
    reversed_codes = estimator.predict_proba(as_categories(ACCOUNTS, -1))
    assert (reversed_codes != estimator.predict_proba(as_categories(ACCOUNTS))).any()
    message = "WithoutCategories.predict_proba raised ValueError: pandas dtypes must be int, float or bool"
    with pytest.raises(FormulaError, match=message):
        scorer_of(estimator).assess_frame(ACCOUNTS)
