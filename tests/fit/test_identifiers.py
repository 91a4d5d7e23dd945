"""Account numbers, names and remarks are not characteristics: they would be written into the card."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import collectrisk as cr
from collectrisk._fit import identifiers
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 60
VISITED = np.arange(ROWS) % 3 == 0
FRAME = pl.DataFrame(
    {
        "amount_overdue": np.arange(ROWS) * 100.0,
        "account": [f"L-{row}" for row in range(ROWS)],
        "debtor": [f"Name {row // 3 if row % 2 else row}" for row in range(ROWS)],
        "branch": [f"branch {row % 7}" for row in range(ROWS)],
    }
)
LEVELS = cr.Levels(label="number", field="account", levels={})


def refusal(scorer: cr.LogisticScorer, frame: Any = FRAME) -> str:
    with pytest.raises(ArgumentError, match="X must not have a different text in nearly every row") as caught:
        scorer.fit(frame, VISITED[: len(frame)])
    return str(caught.value)


def test_without_a_prior_all_such_columns_are_named_with_what_to_do() -> None:
    why = refusal(cr.LogisticScorer())
    assert "as 'account', 'debtor' has:" in why
    assert "Drop the column, name the others in characteristics=, or group its texts" in why


@pytest.mark.parametrize(
    "options",
    [
        {"characteristics": ["branch", "account"]},
        {"characteristics": [LEVELS]},
        {"prior": cr.RuleScorer().without("visit gate"), "characteristics": ["account"]},
        {"prior": cr.Scorecard(base=-3, characteristics=[LEVELS])},
        {"prior": cr.Scorecard(base=-3, characteristics=[]), "portfolio": "account"},
    ],
    ids=["named", "curve", "beside a prior", "curve of the prior", "portfolio"],
)
def test_naming_such_a_column_does_not_change_the_reason(options: dict[str, Any]) -> None:
    frame = FRAME.with_columns(days_past_due=pl.lit(40), attitude=pl.lit("passive"))
    assert "as 'account' has: account numbers" in refusal(cr.LogisticScorer(**options), frame)


def test_the_other_columns_can_be_fitted(tmp_path: Path) -> None:
    scorer = cr.LogisticScorer(characteristics=["amount_overdue", "branch"]).fit(FRAME, VISITED)
    cr.save(scorer, tmp_path / "card.json")
    text = json.dumps(json.loads((tmp_path / "card.json").read_text(encoding="utf-8")))
    assert scorer.labels == ("amount_overdue", "branch")
    assert "branch 6" in text
    assert "L-1" not in text


def test_levels_of_the_prior_are_not_new() -> None:
    """A card that has them was written by somebody who wanted them."""
    known = cr.Levels(label="account", field="account", levels={f"L-{row}": 0.0 for row in range(30)})
    scorer = cr.LogisticScorer(characteristics=[known]).fit(FRAME, VISITED)
    assert len(dict(scorer.card.characteristics[0].levels)) == ROWS  # type: ignore[attr-defined]  # Levels
    fewer = cr.Levels(label="account", field="account", levels={f"L-{row}": 0.0 for row in range(29)})
    assert "'account'" in refusal(cr.LogisticScorer(characteristics=[fewer]))


def test_a_field_that_the_frame_does_not_have_has_no_texts() -> None:
    frame = FRAME.with_columns(days_past_due=pl.lit(40)).drop("account", "debtor")
    assert "attitude" in cr.LogisticScorer(prior=cr.RuleScorer()).fit(frame, VISITED).labels


def test_few_rows_or_few_different_texts_say_nothing() -> None:
    few = FRAME.select("account").head(20)
    assert cr.LogisticScorer().fit(few, VISITED[:20]).labels == ("account",)
    refusal(cr.LogisticScorer(), FRAME.select("account").head(21))
    halves = pl.DataFrame({"pair": [f"pair {row // 2}" for row in range(ROWS)]})
    assert cr.LogisticScorer().fit(halves, VISITED).labels == ("pair",)


def test_missing_texts_and_rows_without_a_weight_do_not_count() -> None:
    some = FRAME.select(account=pl.when(pl.int_range(ROWS) < 20).then("account"))
    assert cr.LogisticScorer().fit(some, VISITED).labels == ("account",)
    some = FRAME.select(account=pl.when(pl.int_range(ROWS) < 21).then("account"))
    refusal(cr.LogisticScorer(), some)
    weights = np.arange(ROWS) < 20
    assert cr.LogisticScorer().fit(FRAME.select("account"), VISITED, weights).labels == ("account",)


NUMBERS = {
    "running numbers": np.arange(ROWS),
    "running down": np.arange(ROWS)[::-1] * 3,
    "account numbers": 10**9 + np.arange(ROWS) * 7_919 % 60_013,
    "as floats": 1e9 + np.arange(ROWS) * 7_919 % 60_013,
    "in any order": np.random.default_rng(0).permutation(ROWS),
    "every other one": 700 + 2 * np.random.default_rng(0).permutation(ROWS).astype(float),
    "one twice": np.where(np.arange(ROWS) == 7, 31, np.arange(ROWS) * 7 % 61),
}


@pytest.mark.parametrize("numbers", NUMBERS.values(), ids=NUMBERS)
def test_a_column_of_account_numbers_is_named(numbers: Any) -> None:
    frame = pl.DataFrame({"amount_overdue": np.arange(ROWS) * 100.0, "account": numbers})
    with pytest.warns(UserWarning, match="'account' has a different integer in nearly every row") as caught:
        cr.LogisticScorer().fit(frame, VISITED)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    cr.LogisticScorer(characteristics=["account"]).fit(frame, VISITED)  # a warning would be an error


OTHER_NUMBERS = {
    "amounts": np.arange(ROWS) * 7_919 % 60_013,
    "fractions": np.arange(ROWS) + 0.5,
    "counts": np.arange(ROWS) // 2,
    "cents": (np.random.default_rng(0).lognormal(8.0, 1.5, ROWS) * 100).round(),
    "whole, then fractions": np.where(np.arange(ROWS) < 50, np.arange(ROWS) * 7 % 61, 0.5),
    "large amounts": 10**9 + np.arange(ROWS) % 50,
    "missing": np.where(np.arange(ROWS) == 5, np.nan, np.arange(ROWS)),
}


@pytest.mark.parametrize("numbers", OTHER_NUMBERS.values(), ids=OTHER_NUMBERS)
def test_other_numbers_are_not_account_numbers(numbers: Any) -> None:
    frame = pl.DataFrame({"amount_overdue": np.arange(ROWS) * 100.0, "other": numbers})
    cr.LogisticScorer().fit(frame, VISITED)  # a warning would be an error


def test_numbers_that_are_different_in_the_first_rows_are_compared_in_more_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of 40 numbers below 1,000, hardly two are equal, and 60 of them are too few to tell."""
    drawn = np.random.default_rng(3).choice(1_000, 600, replace=False)
    assert not identifiers._numbers_rows(drawn[:60])  # noqa: SLF001
    monkeypatch.setattr(identifiers, "ROWS_FIRST", 60)
    assert identifiers._numbers_rows(drawn)  # noqa: SLF001
    assert not identifiers._numbers_rows(np.append(np.arange(60) * 1e3, 0.5))  # noqa: SLF001
    repeated = np.concatenate([drawn[:60], drawn[:60].repeat(9)])
    assert not identifiers._numbers_rows(repeated)  # noqa: SLF001


@given(st.integers(0, 2**32 - 1), st.integers(21, 400), st.integers(1, 10_000), st.booleans())
@settings(max_examples=50)
def test_numbers_that_are_drawn_independently_are_not_account_numbers(
    seed: int,
    rows: int,
    span: int,
    skewed: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    rng = np.random.default_rng(seed)
    numbers = rng.integers(0, span, rows)
    numbers = numbers**2 // span if skewed else numbers
    assert not identifiers._numbers_rows(numbers)  # noqa: SLF001


def test_a_few_rows_may_be_in_order_by_chance() -> None:
    frame = pl.DataFrame({"other": np.arange(20)})
    cr.LogisticScorer().fit(frame, VISITED[:20])
