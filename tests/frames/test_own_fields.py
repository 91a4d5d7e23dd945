"""Fields of your own: in a subclass of `Borrower`, or as columns of a frame."""

from __future__ import annotations

import enum
import math
from typing import TYPE_CHECKING, Any

import attrs
import pandas as pd
import polars as pl
import pytest
from frame_kinds import EAGER, KINDS, LAZY, Columns, FrameKind

import collectrisk as cr
from collectrisk._namespaces.scalar import SCALAR
from collectrisk.errors import FormulaError, InvalidBorrowerError, InvalidRowsError, MissingColumnError

if TYPE_CHECKING:
    from collections.abc import Callable

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
eager = pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
lazy = pytest.mark.parametrize("kind", LAZY, ids=lambda kind: kind.name)


class Region(enum.StrEnum):
    NORTH = "north"
    SOUTH = "south"


@attrs.frozen(kw_only=True)
class DetailedBorrower(cr.Borrower):
    """A borrower with fields of every type."""

    income: float = 0.0
    children: int = 0
    insured: bool = False
    region: Region = Region.NORTH
    branch: str = "main"
    rating: float | None = None
    score: float = math.nan
    note: str | None = None


class Income(cr.Scorer):
    borrower_type = DetailedBorrower

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        unrated = xp.where(xp.is_missing(borrower.rating), 0.5, 0.0)
        noted = xp.where(xp.is_missing(borrower.note), 0.25, 0.0)
        south = xp.where(borrower.region == "south", 0.5, xp.lookup(borrower.branch, {"main": 0.125}, 0.0))
        many = xp.where(xp.logical_not(borrower.insured), 0.01 * borrower.children, 0.0)
        return xp.logistic(-borrower.income / 1_000.0 + unrated + noted + south + many)


class Rating(cr.Scorer):
    borrower_type = DetailedBorrower

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return xp.logistic(xp.interp(borrower.rating, (0.0, 1.0), (0.0, 5.0)))


GOOD: Columns = {
    "row": [0, 1, 2],
    "amount_overdue": [1.0, 2.0, 3.0],
    "days_past_due": [1, 2, 3],
    "income": [100.0, None, 3_000.0],
    "children": [1, 2, None],
    "insured": [True, None, False],
    "region": ["south", None, "north"],
    "branch": ["east", None, "main"],
    "rating": [0.5, None, 0.25],
    "note": ["x", None, "y"],
}


def one_by_one(scorer: cr.Scorer, columns: Columns) -> list[float]:
    fields = [name for name in columns if name != "row"]
    rows = zip(*(columns[name] for name in fields), strict=True)
    return [
        scorer.assess(DetailedBorrower(**dict(zip(fields, row, strict=True)))).visit_probability
        for row in rows
    ]


@every_kind
def test_the_fields_of_a_subclass_are_read_from_every_frame(kind: FrameKind) -> None:
    found = kind.plain(Income().assess_frame(kind.make(GOOD)), order_by="row")
    assert found["visit_probability"] == pytest.approx(one_by_one(Income(), GOOD), abs=1e-12)


@every_kind
def test_absent_fields_of_a_subclass_take_their_defaults(kind: FrameKind) -> None:
    columns = {name: GOOD[name] for name in ("row", "amount_overdue", "days_past_due")}
    found = kind.plain(Income().assess_frame(kind.make(columns)), order_by="row")
    assert found["visit_probability"] == pytest.approx(one_by_one(Income(), columns), abs=1e-12)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("income", math.inf, "'income' must be a finite number"),
        ("children", 1.5, r"'children' must be a whole number(;|, not)"),
        ("region", "North", "'region' must be one of north, south"),
        ("rating", math.inf, "'rating' must be a finite number"),
        ("insured", 1, "'insured' must be true or false"),
        ("branch", 1, "'branch' must be text"),
        ("note", 1, "'note' must be text"),
    ],
)
def test_the_fields_of_a_subclass_are_validated_by_their_annotations(
    field: str, value: Any, says: str
) -> None:
    columns = {**GOOD, field: [None, value, None]}
    for frame in (pd.DataFrame(columns), pl.DataFrame(columns)):
        with pytest.raises(InvalidRowsError, match=says):
            Income().assess_frame(frame)
    with pytest.raises(InvalidBorrowerError, match=says.replace("'", "")):
        DetailedBorrower(amount_overdue=1, days_past_due=1, **{field: value})


def test_an_unknown_number_is_nan() -> None:
    borrower = DetailedBorrower(amount_overdue=1, days_past_due=1, rating=None)
    assert borrower.rating is not None
    assert math.isnan(borrower.rating)
    assert borrower.note is None


@eager
def test_a_formula_that_returns_nan_is_rejected(kind: FrameKind) -> None:
    with pytest.raises(FormulaError, match="returned nan"):
        Rating().assess_frame(kind.make(GOOD))
    with pytest.raises(FormulaError, match="returned nan"):
        Rating().assess(DetailedBorrower(amount_overdue=1, days_past_due=1))


@lazy
def test_a_formula_that_returns_nan_gives_null_on_a_lazy_frame(kind: FrameKind) -> None:
    found = kind.plain(Rating().assess_frame(kind.make(GOOD)), order_by="row")["visit_probability"]
    assert [value is None for value in found] == [False, True, False]


CURVES: dict[str, Callable[[str], cr.Characteristic]] = {
    "line": lambda field: cr.PiecewiseLinear(label="x", field=field, knots=[(0, 0), (1, 5)]),
    "log line": lambda field: cr.PiecewiseLinear(label="x", field=field, knots=[(1, 0), (9, 5)], scale="log"),
    "bands": lambda field: cr.Bands(label="x", field=field, bands=[(0, 0), (1, 5)]),
}


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("field", ["rating", "score"])
def test_a_card_has_no_points_for_a_missing_value(curve: str, field: str) -> None:
    card = cr.Scorecard(base=0.0, characteristics=[CURVES[curve](field)])
    with pytest.raises(
        InvalidBorrowerError, match=f"{field} must be known, not nan; the characteristic 'x' has no points"
    ):
        card.assess(DetailedBorrower(amount_overdue=1, days_past_due=1))
    with pytest.raises(InvalidRowsError, match=f"'{field}' must be known"):
        card.assess_frame(pl.DataFrame({field: [None, 1.0]}))
    lazily = card.assess_frame(pl.LazyFrame({field: [None, math.nan, 1.0]})).collect()
    assert [value is None for value in lazily["visit_probability"]] == [True, True, False]


def test_an_unknown_flag_is_rejected() -> None:
    @attrs.frozen(kw_only=True)
    class Insured(cr.Borrower):
        insured: bool

    class Known(cr.Scorer):
        borrower_type = Insured

        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            return xp.logistic(xp.where(borrower.insured, 1.0, 0.0))

    frame = pl.DataFrame({"amount_overdue": [1.0] * 2, "days_past_due": [1] * 2, "insured": [True, None]})
    with pytest.raises(InvalidBorrowerError, match="insured must be known, and true or false, not None"):
        Insured(amount_overdue=1, days_past_due=1, insured=None)  # type: ignore[arg-type]
    with pytest.raises(InvalidRowsError, match="'insured' must be known"):
        Known().assess_frame(frame)


@pytest.mark.parametrize("kind", [k for k in KINDS if k.name != "pandas objects"], ids=lambda kind: kind.name)
def test_a_column_that_is_not_a_field_is_read_by_its_type(kind: FrameKind) -> None:
    class Tenure(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            points = xp.where(borrower.insured, 1.0, 0.0) + xp.lookup(borrower.region, {"south": 1.0}, 0.0)
            return xp.logistic(points - 0.001 * borrower.income)

    columns = {
        **{name: GOOD[name] for name in ("row", "amount_overdue", "days_past_due")},
        "insured": [True, False, True],
        "region": ["south", "north", "south"],
        "income": [100.0, 200.0, 3_000.0],
    }
    found = kind.plain(Tenure().assess_frame(kind.make(columns)), order_by="row")["visit_probability"]
    assert found == pytest.approx([SCALAR.logistic(each) for each in (1.9, -0.2, -1.0)], abs=1e-12)


@every_kind
def test_the_error_for_a_missing_column_lists_the_columns(kind: FrameKind) -> None:
    class Tenure(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            return xp.logistic(borrower.tenure)

    with pytest.raises(
        MissingColumnError, match=r"'tenure' is missing.*\nThe frame's columns are: row, amount"
    ):
        Tenure().assess_frame(kind.make(GOOD))


@eager
def test_a_missing_value_in_a_column_that_is_not_a_field_is_invalid(kind: FrameKind) -> None:
    card = cr.Scorecard(base=0.0, characteristics=[CURVES["line"]("rating")])
    found = kind.plain(card.assess_frame(kind.make(GOOD), invalid="null"))
    assert found["problem"] == [None, "rating must be known, and a finite number", None]
    assert [value is None for value in found["visit_probability"]] == [False, True, False]
