"""Columns of codes: numbers and booleans that are the levels of a characteristic."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pytest
from frame_kinds import EAGER, KINDS, LAZY, Columns, FrameKind, arrays

import collectrisk as cr
from collectrisk._fields import InvalidValueError, TextValidator, code_of, is_code
from collectrisk.errors import ColumnTypeError, InvalidRowsError

CODES: dict[str, list[Any]] = {
    "integers": [1, 0, 5, None, -3],
    "floats": [1.0, -0.0, 5.0, None, -3.0],
    "fractions": [1.0, 0.0, 2.5, None, 0.125],
    "booleans": [True, False, True, None, False],
    "texts": ["1", "0", "5", None, "true"],
}
LEVELS = {"1": 1.0, "0": -1.0, "5": 2.0, "2.5": 3.0, "0.125": -2.5, "-3": -4.0, "true": 0.5, "false": -0.5}
CARD = cr.Scorecard(
    base=0.25,
    characteristics=[cr.Levels(label="branch", field="branch", levels=LEVELS, otherwise=9, if_missing=-2)],
)


def probability(code: Any) -> float:
    points = -2.0 if code is None else LEVELS[code_of(code)]
    return 1 / (1 + math.exp(-0.25 - points))


def columns(codes: list[Any]) -> Columns:
    return {"amount_overdue": [1.0] * len(codes), "days_past_due": [2] * len(codes), "branch": codes}


@pytest.mark.parametrize("codes", CODES.values(), ids=CODES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_codes_of_every_type_are_levels_in_every_frame(kind: FrameKind, codes: list[Any]) -> None:
    frame = kind.make({**columns(codes), "row": list(range(len(codes)))})
    scored = kind.read(CARD.assess_frame(frame)).sort_by("row")
    found = scored["visit_probability"].to_pylist()
    assert found == pytest.approx([probability(each) for each in codes], rel=1e-12)


@pytest.mark.parametrize("codes", CODES.values(), ids=CODES)
def test_codes_in_a_mapping_of_arrays_are_levels(codes: list[Any]) -> None:
    known = [each for each in codes if each is not None]
    found = CARD.visit_probabilities(arrays(columns(known))).tolist()
    assert found == pytest.approx([probability(each) for each in known], rel=1e-12)


def test_a_column_of_mixed_objects_keeps_codes_of_different_types_apart() -> None:
    mixed = [True, 1, "1", 1.0, False, 0, Decimal("2.5"), np.int8(5), None, float("nan")]
    frame = pd.DataFrame(columns(mixed)).astype({"branch": object})
    expected = [probability(None if each != each else each) for each in mixed]
    assert CARD.visit_probabilities(frame).tolist() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_large_integers_are_different_codes(kind: FrameKind) -> None:
    """As floats they would be equal."""
    first, second = 2**60, 2**60 + 1
    card = attrs.evolve(
        CARD,
        characteristics=[cr.Levels(label="b", field="branch", levels={str(first): 1, str(second): 2})],
    )
    frame = kind.make(columns([first, second, 7]))
    expected = [1 / (1 + math.exp(-0.25 - points)) for points in (1, 2, 0)]
    assert card.visit_probabilities(frame).tolist() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("kind", LAZY, ids=lambda kind: kind.name)
def test_a_lazy_number_that_is_not_exact_gives_null(kind: FrameKind) -> None:
    frame = kind.make({**columns([1.0, 2.0**60, 1e-9, 1.5e12]), "row": [0, 1, 2, 3]})
    found = kind.read(CARD.assess_frame(frame)).sort_by("row")["visit_probability"].to_pylist()
    assert found[0] == pytest.approx(probability(1))
    assert found[3] == pytest.approx(1 / (1 + math.exp(-9.25)))
    assert found[1:3] == [None, None]


def test_a_float_that_is_not_exact_is_an_error() -> None:
    frame = pl.DataFrame(columns([1.0, 2.0**60, math.inf]))
    with pytest.raises(InvalidRowsError, match="not exact as floats") as caught:
        CARD.visit_probabilities(frame)
    assert caught.value.problems[0].count == 2


@pytest.mark.parametrize("levels", [{"01": 1.0, "02": 2.0}, {"1": 1.0, "north": 2.0}, {"True": 1.0}])
def test_numbers_are_not_levels_of_text(levels: dict[str, float]) -> None:
    """The levels 01 and 02 became the numbers 1 and 2, which would be any other level."""
    card = cr.Scorecard(base=0, characteristics=[cr.Levels(label="b", field="branch", levels=levels)])
    for codes in ([1, 2], [True, False]):
        with pytest.raises(ColumnTypeError, match="'branch' must be known, and text"):
            card.visit_probabilities(pl.DataFrame(columns(codes)))
        with pytest.raises(ColumnTypeError, match="'branch' must be known, and text"):
            card.assess_frame(pl.DataFrame(columns(codes)).lazy())


@attrs.frozen(kw_only=True)
class OfBranch(cr.Borrower):
    branch: int = 0


@pytest.mark.parametrize("code", [1, 0, 5, -3])
def test_a_number_of_a_borrower_is_the_same_level_as_in_a_frame(code: int) -> None:
    borrower = OfBranch(amount_overdue=1, days_past_due=2, branch=code)
    assert CARD.assess(borrower).visit_probability == pytest.approx(probability(code))
    own = cr.BlendScorer(parts={"card": CARD, "own": Even()})
    assert own.borrower_type is OfBranch
    expected = own.assess(borrower).visit_probability
    assert own.visit_probabilities(pl.DataFrame(columns([code]))).tolist() == pytest.approx([expected])


class Even(cr.Scorer):
    borrower_type = OfBranch

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:  # noqa: ARG002  # a constant
        return 0.5


def test_codes_are_read_by_a_mapping() -> None:
    frame = pl.DataFrame(columns([1, 99, 5])).rename({"branch": "Filiale"})
    mapping = cr.Mapping({"branch": {"column": "Filiale", "missing": [99]}})
    expected = [probability(each) for each in (1, None, 5)]
    assert CARD.visit_probabilities(frame, columns=mapping).tolist() == pytest.approx(expected)
    texts = frame.with_columns(pl.col("Filiale").cast(pl.String))
    for each in (frame, texts):
        lazy = CARD.assess_frame(each.lazy(), columns=mapping).collect()
        assert lazy["visit_probability"].to_list() == pytest.approx(expected)


def test_the_text_of_a_code_does_not_depend_on_its_type() -> None:
    fives = (5, 5.0, np.int8(5), np.float32(5), Decimal("5.0"), "5")
    assert {code_of(each) for each in fives} == {"5"}
    assert {code_of(each) for each in (True, np.bool_(True), "true")} == {"true"}
    assert code_of(0.1) == "0.1"


@pytest.mark.parametrize("text", ["0", "-5", "2.5", "true", "false", "123456789012345678901"])
def test_a_code_is_recognised(text: str) -> None:
    assert is_code(text)


@pytest.mark.parametrize("text", ["01", "2.50", "-0", "True", "", "north", "nan", "inf", "1_0", "9" * 5_000])
def test_other_texts_are_not_codes(text: str) -> None:
    assert not is_code(text)


@pytest.mark.parametrize(
    "value", [None, b"1", np.timedelta64(1), math.inf, math.nan, 2.0**53, Decimal("1e40")], ids=repr
)
def test_other_values_are_not_codes(value: Any) -> None:
    with pytest.raises(InvalidValueError):
        TextValidator(codes=True).validate(value)
