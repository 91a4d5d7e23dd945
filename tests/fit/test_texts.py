"""Columns of text that contain numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import collectrisk as cr
from collectrisk.errors import ArgumentError, InvalidRowsError

ROWS = 200
INCOME = np.random.default_rng(0).integers(1_000, 9_000, ROWS) / 2
VISITED = np.random.default_rng(1).random(ROWS) < 1 / (1 + np.exp((INCOME - 2_000) / 400))
NUMBERS = pl.DataFrame({"income": INCOME})

POINTS = [f"{each:,.1f}" for each in INCOME]
COMMAS = [each.translate(str.maketrans(",.", ".,")) for each in POINTS]
PLAIN = [f"{each:.1f}" for each in INCOME]
WHOLE = [f"{each:.0f}" for each in INCOME]
CODES = [each[:2] for each in WHOLE]
"""Numbers that recur, as codes do."""


def frame(values: Any, name: str = "income") -> pl.DataFrame:
    return pl.DataFrame({name: values})


@pytest.mark.parametrize(
    ("texts", "declared"),
    [
        (COMMAS, "{'column': 'income', 'decimal': ',', 'thousands': '.'}"),
        (POINTS, "{'column': 'income', 'decimal': '.', 'thousands': ','}"),
        (PLAIN, "{'column': 'income', 'decimal': '.'}"),
        (WHOLE, "{'column': 'income', 'decimal': '.'}"),
        ([*WHOLE[:-10], *["n/a"] * 10], "{'column': 'income', 'decimal': '.'}"),
        ([*WHOLE[:-60], *[None] * 60], "{'column': 'income', 'decimal': '.'}"),
        ([*["1,5"] * 50, *["1.5"] * 50, *["2"] * 100], "{'column': 'income', 'decimal': '.'}"),
    ],
)
def test_numbers_as_text_are_an_error_that_says_how_to_declare_them(texts: list[Any], declared: str) -> None:
    for data in (frame(texts), pd.DataFrame({"income": texts}), {"income": np.array(texts, dtype=object)}):
        with pytest.raises(ArgumentError, match="most values of 'income' are numbers, such as '1") as caught:
            cr.LogisticScorer().fit(data, VISITED)
        assert f"columns=Mapping({{'income': {declared}}})" in str(caught.value)


def test_the_column_of_a_mapped_field_is_named() -> None:
    mapping = cr.Mapping({"income": "Einkommen"}, decimal=",", units=["EUR"])
    data = frame([f"{each} EUR" for each in COMMAS], "Einkommen")
    why = r"values of 'income' are .*'income': {'column': 'Einkommen', 'decimal': ','"
    with pytest.raises(ArgumentError, match=why):
        cr.LogisticScorer(columns=mapping).fit(data, VISITED)


@pytest.mark.parametrize(
    ("texts", "rule"),
    [
        (COMMAS, {"decimal": ",", "thousands": "."}),
        (POINTS, {"thousands": ","}),
        (PLAIN, {"decimal": "."}),
        ([f"{each} EUR" for each in PLAIN], {"units": ["EUR"], "decimal": "."}),
    ],
)
def test_numbers_are_numbers_if_their_rule_says_so(texts: list[str], rule: dict[str, Any]) -> None:
    mapping = cr.Mapping({"income": {"column": "Einkommen", **rule}})
    written = frame(texts, "Einkommen")
    scorer = cr.LogisticScorer(columns=mapping).fit(written, VISITED)
    expected = cr.LogisticScorer().fit(NUMBERS, VISITED)
    assert scorer.labels == ("income",)
    np.testing.assert_allclose(scorer.predict_proba(written), expected.predict_proba(NUMBERS), atol=1e-9)
    lazy = scorer.assess_frame(written.lazy()).collect()["visit_probability"].to_list()
    assert lazy == pytest.approx(scorer.predict_proba(written)[:, 1].tolist(), abs=1e-12)


def test_a_text_that_does_not_follow_its_rule_is_an_error() -> None:
    mapping = cr.Mapping({"income": {"column": "Einkommen", "decimal": "."}})
    with pytest.raises(InvalidRowsError, match="'Einkommen' must be a finite number; 200 invalid rows"):
        cr.LogisticScorer(columns=mapping).fit(frame(COMMAS, "Einkommen"), VISITED)


def test_other_rules_say_which_kind_of_values_they_give() -> None:
    grade = np.digitize(INCOME, [1_500, 3_000])
    data = pl.DataFrame(
        {
            "grade": np.array(["high", "mid", "low"])[grade],
            "home": WHOLE,
            "work": WHOLE,
            "cents": (INCOME * 100).astype(int),
            "since": [dt.date(2026, 1, 1) - dt.timedelta(int(each)) for each in INCOME],
            "owner": np.where(grade > 1, "ja", "nein"),
            "kind": grade,
        }
    )
    mapping = cr.Mapping(
        {
            "risk": {"column": "grade", "values": {"high": 2, "mid": 1.5, "low": 0}},
            "income": {"column": ["home", "work"], "decimal": "."},
            "amount": {"column": "cents", "factor": 0.01},
            "age": {"column": "since", "date": "iso"},
            "owner": {"column": "owner", "true": ["ja"], "false": ["nein"]},
            "large": {"column": "kind", "values": {0: True, 1: False, 2: False}},
            "class": {"column": "kind", "values": {0: "a", 1: "b", 2: "c"}},
        },
        as_of=dt.date(2026, 1, 1),
    )
    scorer = cr.LogisticScorer(columns=mapping).fit(data, VISITED)
    kinds = {each.label: type(each) for each in scorer.scorecard_.characteristics}
    numbers = dict.fromkeys(["risk", "income", "amount", "age"], cr.PiecewiseLinear)
    assert kinds == {**numbers, "owner": cr.Flag, "large": cr.Flag, "class": cr.Levels}
    assert scorer.predict_proba(data).shape == (ROWS, 2)


@pytest.mark.parametrize(
    "texts",
    [
        [f"0{each}" for each in CODES],
        ["007", *CODES[1:]],
        np.where(VISITED[::-1], "1", "0").tolist(),
        [*CODES[:-30], *["unknown"] * 30],
        [f"branch {each}" for each in CODES],
        [None] * ROWS,
    ],
    ids=["leading zeros", "one leading zero", "two codes", "other texts", "names", "missing"],
)
def test_codes_and_names_are_levels(texts: list[Any]) -> None:
    data = pl.DataFrame({"code": texts}, schema={"code": pl.String})
    (curve,) = cr.LogisticScorer().fit(data, VISITED).scorecard_.characteristics
    assert isinstance(curve, cr.Levels)


def test_codes_that_look_like_numbers_need_a_curve() -> None:
    codes = cr.Levels(label="branch", field="branch", levels={}, if_missing=0)
    data = frame([each[0] for each in WHOLE], "branch")
    scorer = cr.LogisticScorer(characteristics=[codes]).fit(data, VISITED)
    assert scorer.labels == ("branch",)
    assert cr.LogisticScorer(portfolio="branch").fit(data, VISITED).labels == ("portfolio",)
    why = r"pass a curve for them .* Levels\(label='branch', field='branch', levels={}"
    with pytest.raises(ArgumentError, match=why):
        cr.LogisticScorer().fit(data, VISITED)
