"""Scorers with a mapping: every way of scoring and fitting gives what the plain columns give."""

from __future__ import annotations

import copy
import datetime as dt
import functools
import pickle
from typing import TYPE_CHECKING, Any

import attrs
import joblib
import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

import collectrisk as cr
from collectrisk.errors import ArgumentError, ColumnNameError

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 300
AS_OF = dt.date(2026, 11, 30)
CODES = {attitude.value: code for code, attitude in enumerate(cr.Attitude)}
FEATURES = ("amount_overdue", "days_past_due", "failed_calls")

FIELDS: dict[str, Any] = {
    "amount_overdue": "Saldo",
    "days_past_due": "due",
    "failed_calls": ["home", "mobile"],
    "attitude": {"column": "code", "values": {code: attitude for attitude, code in CODES.items()}},
}
MAPPING = cr.Mapping(FIELDS, decimal=",", thousands=".", as_of=AS_OF)
WITH_INCOME = attrs.evolve(MAPPING, fields={**FIELDS, "income": "Einkommen"})


@functools.cache
def plain() -> pl.DataFrame:
    rng = np.random.default_rng(11)
    return pl.DataFrame(
        {
            "amount_overdue": rng.integers(1, 400_000, ROWS) / 4,
            "days_past_due": rng.integers(0, 900, ROWS),
            "failed_calls": rng.integers(0, 20, ROWS),
            "attitude": rng.choice(list(CODES), ROWS),
            "income": rng.integers(0, 5_000, ROWS).astype(float),
        }
    )


@functools.cache
def exported() -> pl.DataFrame:
    """Return the same accounts as another system writes them."""
    calls = plain()["failed_calls"]
    german = str.maketrans(",.", ".,")
    return pl.DataFrame(
        {
            "Saldo": [f"{amount:,.2f}".translate(german) for amount in plain()["amount_overdue"]],
            "due": [AS_OF - dt.timedelta(days) for days in plain()["days_past_due"]],
            "home": calls // 2,
            "mobile": calls - calls // 2,
            "code": [CODES[attitude] for attitude in plain()["attitude"]],
            "Einkommen": plain()["income"],
        }
    )


@functools.cache
def labels() -> npt.NDArray[Any]:
    chance = 1 / (1 + np.exp((400 - plain()["days_past_due"].to_numpy()) / 150))
    return (np.random.default_rng(12).random(ROWS) < chance).astype(int)


class ByDays(cr.RowScorer):
    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
        return float(borrower.days_past_due / 1_000 + 0.001 * borrower.failed_calls)


def estimator() -> cr.Scorer:
    fitted = LogisticRegression().fit(plain().select(FEATURES).to_numpy(), labels())
    return cr.EstimatorScorer(estimator=fitted, features=FEATURES)


SCORERS = {
    "rules": cr.RuleScorer,
    "row": ByDays,
    "estimator": estimator,
    "blend": lambda: cr.BlendScorer(parts={"rules": cr.RuleScorer(), "row": ByDays()}),
}


@pytest.mark.parametrize("make", SCORERS.values(), ids=SCORERS)
def test_a_scorer_reads_a_mapped_frame_as_the_plain_one(make: Any) -> None:
    scorer = make()
    expected = scorer.visit_probabilities(plain()).tolist()
    assert scorer.visit_probabilities(exported(), columns=MAPPING).tolist() == expected
    assert scorer.assess_frame(exported(), columns=MAPPING)["visit_probability"].to_list() == expected


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"prior": cr.RuleScorer()},
        {"characteristics": ["amount_overdue", "failed_calls"]},
        {"prior": cr.RuleScorer(), "characteristics": ["income"]},
    ],
    ids=["all columns", "rules", "named fields", "a column of its own"],
)
def test_a_fit_with_a_mapping_is_the_fit_of_the_plain_columns(
    options: dict[str, Any], tmp_path: Path
) -> None:
    """The columns that the fields are read from are no characteristics of their own."""
    mapping = WITH_INCOME if not options or "income" in options.get("characteristics", ()) else MAPPING
    expected = cr.LogisticScorer(**options).fit(plain(), labels())
    fitted = cr.LogisticScorer(columns=mapping, **options).fit(exported(), labels())
    assert fitted.card.labels == expected.card.labels
    probability = expected.predict_proba(plain())
    joblib.dump(fitted, tmp_path / "scorer.joblib")
    copies = [
        fitted,
        copy.copy(fitted),
        copy.deepcopy(fitted),
        pickle.loads(pickle.dumps(fitted)),  # noqa: S301  # written here
        joblib.load(tmp_path / "scorer.joblib"),
        clone(fitted).fit(exported(), labels()),
    ]
    for each in copies:
        assert each.get_params()["columns"] == mapping
        found = each.predict_proba(exported())
        assert found.ravel().tolist() == pytest.approx(probability.ravel().tolist(), rel=1e-9)
        scored = each.assess_frame(exported())["visit_probability"].to_list()
        assert scored == each.visit_probabilities(exported()).tolist() == found[:, 1].tolist()
    assert "Mapping(" in repr(fitted)


def test_reports_of_a_mapped_frame_are_those_of_the_plain_one() -> None:
    expected = cr.LogisticScorer(prior=cr.RuleScorer()).fit(plain(), labels())
    fitted = cr.LogisticScorer(prior=cr.RuleScorer(), columns=MAPPING).fit(exported(), labels())
    assert str(cr.evaluate(fitted, exported(), labels())) == str(cr.evaluate(expected, plain(), labels()))
    scorers = {"fit": fitted.card, "rules": cr.RuleScorer()}
    found = cr.compare(scorers, exported(), labels(), columns=MAPPING)
    assert str(found) == str(cr.compare(scorers, plain(), labels()))


def test_plots_of_a_mapped_frame_are_those_of_the_plain_one() -> None:
    scorer = cr.RuleScorer()
    mapped = cr.plots.portfolio(scorer, exported(), columns=MAPPING)
    unmapped = cr.plots.portfolio(scorer, plain())
    drawn = [
        [np.asarray(each.get_path().vertices).tolist() for each in ax.patches] for ax in (mapped, unmapped)
    ]
    assert drawn[0] == drawn[1]


def test_a_column_that_its_field_hides_is_not_fitted() -> None:
    """The field `failed_calls` is in other columns, so that the column of its name is not read."""
    frame = exported().with_columns(failed_calls=pl.lit("?"), product=pl.lit("?"), borrower_id=pl.lit("a"))
    mapping = attrs.evolve(WITH_INCOME, fields={**WITH_INCOME.fields, "product": None})
    fitted = cr.LogisticScorer(columns=mapping).fit(frame, labels())
    assert sorted(fitted.card.labels) == sorted([*FIELDS, "income"])


def test_a_mapping_of_a_field_that_nothing_reads_is_an_error() -> None:
    with pytest.raises(ColumnNameError, match="income"):
        cr.RuleScorer().assess_frame(exported(), columns=WITH_INCOME)


def test_a_fit_skips_no_rows() -> None:
    mapping = attrs.evolve(MAPPING, skip={"Saldo": "Summe"})
    with pytest.raises(ArgumentError, match="drop these rows and their labels first"):
        cr.LogisticScorer(columns=mapping).fit(exported(), labels())
