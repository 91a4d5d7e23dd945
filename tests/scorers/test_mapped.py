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
    from collections.abc import Callable
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
    assert str(found) == str(cr.compare(scorers, plain(), labels(), columns={}))


def with_decoys() -> pl.DataFrame:
    """Return the exported accounts, with columns of other contents that have the names of fields."""
    return exported().with_columns(
        amount_overdue=pl.lit(1.0),
        days_past_due=pl.lit(1),
        failed_calls=pl.lit(99),
        attitude=pl.lit("hostile"),
    )


def curve_of_calls(scorer: cr.LogisticScorer, frame: pl.DataFrame) -> list[float]:
    ax = cr.plots.curve(scorer, "failed_calls", frame)
    heights: list[float] = ax.patches[0].get_data().values.tolist()  # type: ignore[attr-defined]  # a StepPatch
    return heights


def compared(scorer: cr.LogisticScorer, frame: pl.DataFrame) -> str:
    return str(cr.compare({"fit": scorer, "again": scorer.recalibrate(rate=0.3)}, frame, labels()))


USES: dict[str, Callable[[cr.LogisticScorer, pl.DataFrame], Any]] = {
    "visit_probabilities": lambda scorer, frame: scorer.visit_probabilities(frame).tolist(),
    "assess_frame": lambda scorer, frame: scorer.assess_frame(frame)["visit_probability"].to_list(),
    "predict_proba": lambda scorer, frame: scorer.predict_proba(frame)[:, 1].tolist(),
    "decision_function": lambda scorer, frame: scorer.decision_function(frame).tolist(),
    "predict": lambda scorer, frame: scorer.predict(frame).tolist(),
    "score": lambda scorer, frame: scorer.score(frame, labels()),
    "evaluate": lambda scorer, frame: str(cr.evaluate(scorer, frame, labels())),
    "compare": compared,
    "recalibrate to a rate": lambda scorer, frame: scorer.recalibrate(frame, rate=0.1).card.base,
    "recalibrate to labels": lambda scorer, frame: scorer.recalibrate(frame, 1 - labels()).card.base,
    "recalibrated": lambda scorer, frame: scorer.recalibrate(rate=0.1).visit_probabilities(frame).tolist(),
    "blend": lambda scorer, frame: (
        cr.BlendScorer(parts={"fit": scorer, "rules": cr.RuleScorer()}).visit_probabilities(frame).tolist()
    ),
    "plot of the portfolio": lambda scorer, frame: (
        np.concatenate([each.get_path().vertices for each in cr.plots.portfolio(scorer, frame).patches])
        .ravel()
        .tolist()
    ),
    "plot of a curve": curve_of_calls,
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_fitted_scorer_reads_every_frame_by_the_mapping_of_its_fit(
    use: Callable[[cr.LogisticScorer, pl.DataFrame], Any],
) -> None:
    names = ["amount_overdue", "days_past_due", "failed_calls", "attitude", "income"]
    expected = cr.LogisticScorer(characteristics=names).fit(plain(), labels())
    fitted = cr.LogisticScorer(characteristics=names, columns=WITH_INCOME).fit(with_decoys(), labels())
    found = use(fitted, with_decoys())
    if isinstance(found, str):
        assert found == use(expected, plain())
    else:
        assert found == pytest.approx(use(expected, plain()), rel=1e-7, abs=1e-9)


def test_the_lazy_and_reported_columns_are_those_of_the_mapping() -> None:
    fitted = cr.LogisticScorer(
        characteristics=["days_past_due", "failed_calls"],
        columns={
            "failed_calls": "calls",
            "days_past_due": "due",
        },
    )
    frame = (
        plain()
        .rename({"days_past_due": "due"})
        .with_columns(calls="failed_calls", failed_calls=pl.lit(99), days_past_due=pl.lit(1))
    )
    fitted.fit(frame, labels())
    lazy = fitted.assess_frame(frame.lazy()).collect()["visit_probability"].to_list()
    assert lazy == pytest.approx(fitted.predict_proba(frame)[:, 1].tolist(), abs=1e-12)
    read = {each.field: each.columns for each in fitted.input_report(frame).fields}
    assert read["failed_calls"] == ("calls",)
    assert read["days_past_due"] == ("due",)


def test_scorers_that_read_the_fields_from_different_columns_are_not_combined() -> None:
    fitted = cr.LogisticScorer(prior=cr.RuleScorer(), columns=MAPPING).fit(exported(), labels())
    other = cr.LogisticScorer(prior=cr.RuleScorer(), columns={"failed_calls": None}).fit(plain(), labels())
    blend = cr.BlendScorer(parts={"one": fitted, "two": other})
    with pytest.raises(ArgumentError, match="parts must read the fields from the same columns"):
        blend.visit_probabilities(exported())
    with pytest.raises(ArgumentError, match="scorer must read the fields from the same columns"):
        cr.plots.curve([fitted, other], "delay", exported())


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
