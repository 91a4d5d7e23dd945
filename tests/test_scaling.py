"""Scaled points: by a worked example, exactly invertible, and with the loss by rounding measured."""

from __future__ import annotations

import itertools
import json
import math
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import numpy as np
import polars as pl
import pytest
from cards import HAND_MADE, SURFACES
from labelled import labels, table
from scipy.special import expit

import collectrisk as cr
from collectrisk._namespaces import SCALAR
from collectrisk.errors import ArgumentError, InvalidRowsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from collectrisk._namespaces.protocol import Namespace

ACCOUNTS = cr.simulate_portfolio(300, seed=1, backend="polars")
RULES = cr.RuleScorer()
FITTED = cr.LogisticScorer(characteristics=["owner", "region"]).fit(table(), labels())
TWO = cr.Scorecard(
    base=-1.0,
    characteristics=[
        cr.Bands(label="delay", field="days_past_due", bands=[(0, -0.51), (90, 0.77)]),
        cr.Levels(label="answer", field="attitude", levels={"hostile": 1.03}, otherwise=-0.26),
    ],
)


@attrs.frozen(kw_only=True, slots=False)
class Ratio(cr.Characteristic):
    """A characteristic of a class of its own, whose points are not a table."""

    fields = ("amount_overdue",)
    range = (-0.5, 0.5)

    def points(self, record: Any, xp: Namespace = SCALAR) -> Any:
        return xp.where(record.amount_overdue > 1_000, 0.5, -0.5)


def test_the_scale_is_that_of_the_textbook() -> None:
    """Siddiqi (2006): 600 points at odds of 50 to 1 and 20 points to double them."""
    scaled = RULES.scaled_points(pdo=20, score=600, odds=50)
    assert scaled.factor == pytest.approx(28.8539, abs=5e-5)
    assert scaled.offset == pytest.approx(487.123, abs=5e-4)


def test_points_follow_from_first_principles() -> None:
    """Odds of 30 to 1 of no visit are a score of 500, and each 40 points more double them."""
    scaled = TWO.scaled_points(pdo=40, score=500, odds=30, integer=False)
    hostile = cr.Borrower(amount_overdue=1, days_past_due=100, attitude="hostile")
    risk = TWO.assess(hostile).visit_probability
    doublings = math.log2(((1 - risk) / risk) / 30)
    by_value = {(row.label, row.value): row.points for row in scaled.rows}
    total = by_value["base", ""] + by_value["delay", "from 90"] + by_value["answer", "hostile"]
    assert total == pytest.approx(500 + 40 * doublings, abs=1e-10)


def test_whole_points_are_the_exact_ones_rounded() -> None:
    scaled = TWO.scaled_points()
    found = [(row.label, row.value, row.log_odds, round(row.exact, 2), row.points) for row in scaled.rows]
    assert found == [
        ("base", "", -1.0, 515.98, 516),
        ("delay", "from 0", -0.51, 14.72, 15),
        ("delay", "from 90", 0.77, -22.22, -22),
        ("answer", "hostile", 1.03, -29.72, -30),
        ("answer", "any other", -0.26, 7.50, 8),
    ]
    assert {type(row.points) for row in scaled.rows} == {int}


def test_a_score_is_exactly_invertible_to_the_probability() -> None:
    scaled = RULES.scaled_points(pdo=17, score=-3, odds=0.2)
    probabilities = np.array([1e-12, 0.001, 0.3, 0.5, 0.999])
    scores = scaled.score_of(probabilities)
    assert scaled.probability_of(scores) == pytest.approx(probabilities, rel=1e-12)
    assert scaled.probability_of(scaled.score_of(0.25)) == pytest.approx(0.25, rel=1e-14)
    assert scaled.score_of(1 / 1.2) == pytest.approx(-3, abs=1e-12)
    assert (np.diff(scores) < 0).all()  # a higher score is fewer visits


@pytest.mark.parametrize(
    ("scorer", "accounts"),
    [(RULES, ACCOUNTS), (FITTED, table()), (HAND_MADE, ACCOUNTS), (SURFACES, ACCOUNTS)],
    ids=["rules", "fitted", "hand-made", "surfaces"],
)
def test_scores_of_accounts_without_rounding_belong_to_their_probabilities(
    scorer: Any, accounts: Any
) -> None:
    exact = scorer.scaled_points(integer=False)
    expected = exact.score_of(scorer.visit_probabilities(accounts))
    assert exact.scores(accounts) == pytest.approx(expected, abs=1e-6)
    assert exact.rounding.log_odds == (0.0, 0.0)
    assert [row.points for row in exact.rows] == [row.exact for row in exact.rows]


@pytest.mark.parametrize("scorer", [RULES, FITTED, HAND_MADE, SURFACES], ids=lambda each: type(each).__name__)
def test_the_card_of_whole_points_has_the_points_of_the_table(scorer: Any) -> None:
    scaled = scorer.scaled_points()
    again = scaled.card.scaled_points()
    assert [row.points for row in again.rows] == [row.points for row in scaled.rows]
    assert again.rounding.log_odds == pytest.approx((0, 0), abs=1e-12)
    accounts = table() if scorer is FITTED else ACCOUNTS
    belong = scaled.probability_of(scaled.scores(accounts))
    assert scaled.card.visit_probabilities(accounts) == pytest.approx(belong, rel=1e-9)


def test_a_loaded_card_has_the_same_points(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    cr.save(RULES, path)
    loaded: Any = cr.load(path)
    assert loaded.scaled_points().rows == RULES.scaled_points().rows


def test_scores_of_a_card_of_bands_and_levels_are_whole_numbers() -> None:
    scores = TWO.scaled_points().scores(ACCOUNTS)
    assert (scores == np.round(scores)).all()
    assert set(scores.tolist()) <= {516 + delay + answer for delay in (15, -22) for answer in (-30, 8)}


def test_the_loss_by_rounding_is_the_largest_over_all_combinations_of_values() -> None:
    scaled = TWO.scaled_points()
    groups = itertools.groupby(scaled.rows, key=lambda row: row.label)
    changes, shifts = [], []
    for rows in itertools.product(*(list(group) for _, group in groups)):
        before = sum(row.log_odds for row in rows)
        after = scaled.offset / scaled.factor - sum(row.points for row in rows) / scaled.factor
        changes.append(after - before)
        shifts.append(abs(expit(after) - expit(before)))
    assert scaled.rounding.log_odds == pytest.approx((min(changes), max(changes)), abs=1e-12)
    assert max(shifts) <= scaled.rounding.probability < 1.5 * max(shifts)


def test_no_account_loses_more_than_the_bound() -> None:
    accounts = cr.simulate_portfolio(3_000, seed=2, backend="polars")
    rounding = RULES.scaled_points(pdo=3, accounts=accounts).rounding
    scaled = RULES.scaled_points(pdo=3).card
    before, after = RULES.visit_probabilities(accounts), scaled.visit_probabilities(accounts)
    assert rounding.accounts == 3_000
    assert rounding.largest == pytest.approx(abs(after - before).max(), rel=1e-9)
    assert rounding.mean == pytest.approx(abs(after - before).mean(), rel=1e-9)
    assert rounding.largest is not None
    assert 0 < rounding.largest <= rounding.probability
    channels = [each.assess_frame(accounts)["channel"].cast(pl.String) for each in (RULES, scaled)]
    assert rounding.channels == (channels[0] != channels[1]).sum() > 0


def test_a_mapping_says_how_accounts_are_read_and_rows_that_it_skips_are_left_out() -> None:
    accounts = ACCOUNTS.rename({"days_past_due": "late"}).with_columns(kind=pl.lit("account"))
    accounts = accounts.with_columns(kind=pl.Series(["total", *["account"] * 299]))
    columns = cr.Mapping({"days_past_due": "late"}, skip={"kind": ["total"]})
    scaled = RULES.scaled_points(accounts=accounts, columns=columns)
    assert scaled.rounding.accounts == 299
    scores = scaled.scores(accounts, columns=columns)
    assert np.isnan(scores[0])
    assert scores[1:] == pytest.approx(scaled.scores(ACCOUNTS)[1:])


class Ancient(cr.Borrower):
    """A borrower whose debt may be of any age."""

    plausible: ClassVar[Mapping[str, float]] = {"days_past_due": math.inf}


def test_accounts_are_read_as_the_scorer_reads_them() -> None:
    """With its class of borrowers, and its mapping."""
    frame = ACCOUNTS.with_columns(days_past_due=99_999).rename({"amount_overdue": "owed"})
    scorer = cr.LogisticScorer(
        characteristics=["amount_overdue", "days_past_due"],
        borrower_type=Ancient,
        columns={"amount_overdue": "owed"},
    ).fit(frame, np.arange(300) % 4 == 0)
    scaled = scorer.scaled_points(accounts=frame)
    assert scaled.rounding.accounts == 300
    assert scaled.scores(frame) == pytest.approx(
        scaled.score_of(
            scaled.card.visit_probabilities(ACCOUNTS, columns={"amount_overdue": "amount_overdue"})
        )
    )


def test_a_class_without_a_table_of_points_is_not_rounded() -> None:
    card = cr.Scorecard(base=0, characteristics=[Ratio(label="ratio")])
    rows = card.scaled_points().rows
    assert [(row.value, round(row.exact, 3), round(row.points, 3)) for row in rows[1:]] == [
        ("lowest", 14.427, 14.427),
        ("highest", -14.427, -14.427),
    ]


def test_the_result_is_shown_in_both_languages_and_as_plain_data() -> None:
    scaled = RULES.scaled_points(accounts=ACCOUNTS)
    for text in (str(scaled), scaled.explain("zh"), scaled.to_html("zh"), scaled.to_markdown()):
        assert "487.1229" in text
        assert "300" in text
    exact = RULES.scaled_points(integer=False)
    assert "rounding" not in str(exact)
    assert "By rounding" in str(RULES.scaled_points())
    data = json.loads(json.dumps(scaled.to_dict()))
    assert data["points"][0] == attrs.asdict(scaled.rows[0])
    assert data["rounding"]["accounts"] == 300
    frame = scaled.to_frame("polars")
    assert frame.columns == ["characteristic", "value", "log_odds", "exact", "points"]
    assert frame["points"].dtype == pl.Int64


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pdo": 0}, r"pdo must be a number from 1 to 1e\+06, not 0"),
        ({"pdo": True}, "pdo must be a number"),
        ({"odds": math.nan}, "odds must be a number"),
        ({"score": "600"}, "score must be a number .* not '600'"),
        ({"integer": 1}, "integer must be True or False, not 1"),
        ({"accounts": ACCOUNTS.clear()}, "accounts must have at least one row"),
    ],
)
def test_bad_arguments_are_refused_by_name(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        RULES.scaled_points(**arguments)


def test_probabilities_and_scores_are_numbers() -> None:
    scaled = TWO.scaled_points()
    with pytest.raises(ArgumentError, match=r"from 0 to 1, or an array of such, not 1\.5"):
        scaled.score_of(1.5)
    with pytest.raises(ArgumentError, match="score must be a number, or an array of such, not '600'"):
        scaled.probability_of("600")
    with pytest.raises(ArgumentError, match=r"score must be a number, or an array of such, not \[\[600\], "):
        scaled.probability_of([[600], [500, 400]])
    assert np.isnan(scaled.probability_of([math.nan, 600.0])).tolist() == [True, False]


def test_invalid_accounts_are_refused() -> None:
    with pytest.raises(InvalidRowsError, match="days_past_due"):
        RULES.scaled_points(accounts=ACCOUNTS.with_columns(days_past_due=-1))
