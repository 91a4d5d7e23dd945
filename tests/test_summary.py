"""The fitted points as a table."""

from __future__ import annotations

import math

import numpy as np
import pytest
from labelled import labels, table

import collectrisk as cr
from collectrisk.summary import Summary, SummaryRow

SCORER = cr.LogisticScorer(
    knots=3,
    characteristics=[
        cr.Bands(label="age", field="age", bands=[(0, 0), (45, 0)], if_missing=0),
        "owner",
        "region",
    ],
).fit(table(), labels())


def test_every_value_has_its_points() -> None:
    found = [(row.label, row.value) for row in SCORER.summary().rows]
    assert found == [
        ("base", "all"),
        ("age", "from 0"),
        ("age", "from 45"),
        ("age", "missing"),
        ("owner", "does not apply"),
        ("owner", "applies"),
        ("region", "east"),
        ("region", "north"),
        ("region", "west"),
        ("region", "any other"),
        ("region", "missing"),
    ]


def test_points_are_the_cards_and_lie_within_the_intervals() -> None:
    by_value = {(row.label, row.value): row for row in SCORER.summary().rows}
    assert by_value["base", "all"].points == SCORER.card.base
    owner = by_value["owner", "applies"]
    flag = SCORER.scorecard_.characteristics[1]
    assert owner.points == getattr(flag, "if_true", None)
    assert owner.lower < owner.points < owner.upper
    assert owner.odds_ratio == math.exp(owner.points)
    constant = by_value["owner", "does not apply"]
    assert (constant.points, constant.lower, constant.upper) == (0.0, 0.0, 0.0)


def test_the_interval_is_the_posteriors_ninety_percent() -> None:
    row = SCORER.summary().rows[1]
    error = np.linalg.norm(SCORER.fit_.posterior.covariance_factor[1])
    assert (row.upper - row.points) / error == pytest.approx(1.6448536)


def test_a_summary_converts_to_dictionaries_and_to_a_table() -> None:
    summary = Summary((SummaryRow("base", "all", -1.0, -1.5, -0.5), SummaryRow("a", "1", 0.0, -2.0, 2.0)))
    assert summary.to_dict()[1] == {
        "label": "a",
        "value": "1",
        "points": 0.0,
        "lower": -2.0,
        "upper": 2.0,
        "odds_ratio": 1.0,
    }
    assert str(summary).splitlines() == [
        "what each value adds to the log-odds of a visit",
        "-----------------------------------------------------------",
        "characteristic  value  points      90% interval  odds ratio",
        "-----------------------------------------------------------",
        "base            all    -1.000  -1.500 to -0.500       0.368",
        "a               1      +0.000  -2.000 to +2.000           1",
    ]


def test_a_notebook_shows_it_as_a_table() -> None:
    shown = SCORER.summary()._repr_html_()
    assert shown.count("<table") == 1
    assert shown.count("<tr") == 1 + len(SCORER.summary().rows)
