"""A scorecard keeps the mapping of its frames: the number is the same after every change, save and load."""

from __future__ import annotations

import functools
import pickle
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import polars as pl
import pytest

import collectrisk as cr
from collectrisk.errors import ArgumentError, InvalidMappingError
from collectrisk.mapping._kept import reads_alike

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = 200
ACCOUNTS = cr.simulate_portfolio(ROWS, seed=1, backend="polars").with_columns(
    pl.col("amount_overdue").round(2), income=pl.int_range(ROWS) * 10.0
)
CENTS = ACCOUNTS.with_columns((pl.col("amount_overdue") * 100).round(0).cast(pl.Int64))
VISITED = np.random.default_rng(0).random(ROWS) < 5 * cr.RuleScorer().visit_probabilities(ACCOUNTS)
FACTOR = {"amount_overdue": {"column": "amount_overdue", "factor": 0.01}}
MAPPING = cr.Mapping(FACTOR)


@functools.cache
def model() -> cr.LogisticScorer:
    return cr.LogisticScorer(prior=cr.RuleScorer(), columns=FACTOR).fit(CENTS, VISITED)


def probabilities(scorer: cr.Scorer, frame: Any = CENTS, **options: Any) -> list[float]:
    found: list[float] = scorer.assess_frame(frame, **options)["visit_probability"].to_list()
    assert scorer.visit_probabilities(frame, **options).tolist() == found
    return found


def test_the_fitted_card_keeps_the_mapping_of_the_fit() -> None:
    assert model().card.columns == model().columns_ == MAPPING
    plain = cr.LogisticScorer(prior=cr.RuleScorer()).fit(ACCOUNTS, VISITED)
    assert plain.card.columns is plain.columns_ is None
    assert probabilities(model()) == pytest.approx(probabilities(plain, ACCOUNTS), rel=1e-9)


def loaded(scorer: cr.Scorer, path: Path) -> cr.Scorer:
    cr.save(scorer, path)
    return cr.load(path)


CHANGES: dict[str, Callable[[cr.LogisticScorer], cr.Scorer]] = {
    "card": lambda scorer: scorer.card,
    "ladder": lambda scorer: scorer.with_ladder(cr.Ladder([(0, "email")])),
    "base": lambda scorer: scorer.with_base(scorer.card.base),
    "characteristic": lambda scorer: scorer.with_characteristic(scorer.card.characteristics[0]),
    "pickle": lambda scorer: pickle.loads(pickle.dumps(scorer.card)),  # noqa: S301  # written here
    "blend of cards": lambda scorer: cr.Scorecard.blend({"one": scorer, "two": scorer.card}),
    "blend of scorers": lambda scorer: cr.BlendScorer(parts={"one": scorer, "two": scorer.card}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_other_form_of_the_scorer_gives_the_same_numbers(
    change: Callable[[cr.LogisticScorer], cr.Scorer],
) -> None:
    scorer = change(model())
    expected = pytest.approx(probabilities(model()), rel=1e-9)
    assert probabilities(scorer) == expected
    lazy = scorer.assess_frame(CENTS.lazy()).collect()["visit_probability"].to_list()
    assert lazy == expected


def test_save_and_load_give_the_same_numbers(tmp_path: Path) -> None:
    for scorer in (model(), model().recalibrate(rate=0.2)):
        assert probabilities(loaded(scorer, tmp_path / "card.json")) == probabilities(scorer)


def test_columns_that_are_passed_take_precedence() -> None:
    expected = pytest.approx(probabilities(model()), rel=1e-9)
    assert probabilities(model().card, ACCOUNTS, columns={}) == expected
    tenths = CENTS.select(pl.exclude("amount_overdue"), tenths=pl.col("amount_overdue") / 10)
    other = {"amount_overdue": {"column": "tenths", "factor": 0.1}}
    assert probabilities(model().card, tenths, columns=other) == expected
    assert probabilities(model().with_columns(other), tenths) == expected
    assert probabilities(model().with_columns(None), ACCOUNTS) == expected


def test_a_parameter_that_is_set_after_the_fit_has_an_effect_in_the_next_fit() -> None:
    """As in scikit-learn; the card could not follow it."""
    scorer = cr.LogisticScorer(prior=cr.RuleScorer(), columns=FACTOR).fit(CENTS, VISITED)
    scorer.set_params(columns={})
    assert probabilities(scorer) == probabilities(model())
    assert scorer.fit(ACCOUNTS, VISITED).card.columns is None


def test_without_columns_a_fit_reads_the_frame_as_its_prior_card_does() -> None:
    again = cr.LogisticScorer(prior=model().card).fit(CENTS, VISITED)
    assert again.card.columns == MAPPING
    plain = cr.LogisticScorer(prior=model().card, columns={}).fit(ACCOUNTS, VISITED)
    assert plain.card.columns is None
    assert probabilities(again) == pytest.approx(probabilities(plain, ACCOUNTS), rel=1e-9)


def test_borrowers_need_no_mapping() -> None:
    """Their values are those of the fields, not of the columns of the export."""
    fields = [name for name in ACCOUNTS.columns if name not in {"income", "borrower_id"}]
    borrowers = [cr.Borrower(**row) for row in ACCOUNTS.select(fields).iter_rows(named=True)]
    found = model().predict_proba(borrowers)[:, 1].tolist()
    assert found == pytest.approx([model().assess(each).visit_probability for each in borrowers], rel=1e-9)
    moved = model().recalibrate(borrowers, rate=0.3)
    assert moved.visit_probabilities(CENTS).mean() == pytest.approx(0.3, rel=1e-9)
    again = cr.LogisticScorer(prior=cr.RuleScorer(), columns=FACTOR).fit(borrowers, VISITED)
    assert probabilities(again) == pytest.approx(probabilities(model()), rel=1e-9)


def test_a_card_forgets_the_column_of_a_field_that_it_no_longer_reads() -> None:
    mapping = cr.Mapping(
        {"money": "income", **FACTOR},
        require=["money", "attitude"],
        plausible={"money": 1e6, "days_past_due": 9_000},
    )
    scorer = cr.LogisticScorer(prior=cr.RuleScorer(), characteristics=["money"], columns=mapping)
    card = scorer.fit(CENTS, VISITED).card
    assert card.columns == mapping
    kept = cr.Mapping(FACTOR, require="attitude", plausible={"days_past_due": 9_000})
    assert card.without("money").columns == kept
    assert len(probabilities(card.without("money"))) == ROWS
    other = cr.Flag(label="money", field="repayment_plan", if_true=-1)
    assert card.with_characteristic(other).columns == kept
    # A field of every borrower is validated in every frame, whatever reads it.
    assert card.without("amount").without("visit gate").columns == mapping


@attrs.frozen(kw_only=True)
class Owner(cr.Borrower):
    homes: int = 0


def test_a_card_does_not_know_the_fields_of_a_subclass_that_it_does_not_read() -> None:
    frame = CENTS.with_columns(houses=pl.lit(2))
    columns = {"homes": "houses", **FACTOR}
    scorer = cr.LogisticScorer(prior=cr.RuleScorer(), columns=columns, borrower_type=Owner)
    scorer.fit(frame, VISITED)
    assert scorer.columns_ == cr.Mapping(columns)
    assert scorer.card.columns == MAPPING
    assert probabilities(scorer.card, frame) == probabilities(scorer, frame)
    assert scorer.recalibrate(rate=0.1).card.columns == MAPPING


def test_a_blend_keeps_the_mapping_that_all_parts_agree_on() -> None:
    blend = cr.Scorecard.blend({"fit": model(), "rules": cr.RuleScorer()})
    assert blend.columns == MAPPING
    assert cr.Scorecard.blend({"one": cr.RuleScorer(), "two": cr.RuleScorer(base=-3)}).columns is None
    spelled = {**FACTOR, "days_past_due": "days_past_due"}
    assert cr.Scorecard.blend({"fit": model(), "same": cr.RuleScorer().with_columns(spelled)}).columns
    other = cr.RuleScorer().with_columns({"amount_overdue": "euros"})
    with pytest.raises(ArgumentError, match="two of them keep different mappings") as caught:
        cr.Scorecard.blend({"fit": model(), "other": other})
    assert "scorer.card.with_columns(None), and columns= where the frame is passed" in str(caught.value)
    plain = cr.Scorecard.blend({"fit": model().with_columns(None), "other": other.with_columns(None)})
    assert probabilities(plain, columns=FACTOR) == probabilities(plain.with_columns(FACTOR))


def test_equal_cards_have_equal_hashes() -> None:
    card = cr.RuleScorer().with_columns(FACTOR)
    assert hash(card) == hash(cr.RuleScorer().with_columns(MAPPING))
    assert card == cr.RuleScorer().with_columns(MAPPING)
    assert card != cr.RuleScorer().card
    assert len({card, cr.RuleScorer().card, cr.RuleScorer().card}) == 2


def test_a_mapping_that_maps_nothing_is_none() -> None:
    assert cr.RuleScorer().with_columns({}).columns is None
    assert cr.RuleScorer().with_columns(cr.Mapping(encoding="cp1252", skip_lines=2)) == cr.RuleScorer().card


def test_what_is_not_a_mapping_is_an_error() -> None:
    with pytest.raises(InvalidMappingError, match="columns must map each field to its column"):
        cr.Scorecard(base=0, characteristics=[], columns=5)  # type: ignore[arg-type]  # what is tested


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ({}, {"amount_overdue": "amount_overdue"}, True),
        ({"attitude": None}, {}, False),
        ({"attitude": None}, {"attitude": None}, True),
        (cr.Mapping(decimal=","), cr.Mapping(), False),
        (cr.Mapping(decimal=",", encoding="cp1252"), cr.Mapping(decimal=",", sheet="Accounts"), True),
        (cr.Mapping({"x": {"column": "x", "missing": -1}}), cr.Mapping({"x": "x"}), False),
        (cr.Mapping(skip={"x": "TOTAL"}), cr.Mapping(), False),
        (cr.Mapping(as_of="2026-11-30"), cr.Mapping(as_of="2026-12-31"), False),
    ],
)
def test_mappings_are_compared_by_how_they_read_a_frame(one: Any, other: Any, *, alike: bool) -> None:
    assert reads_alike(cr.Mapping.of(one), cr.Mapping.of(other)) is alike
    assert reads_alike(cr.Mapping.of(other), cr.Mapping.of(one)) is alike
