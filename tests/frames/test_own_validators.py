"""What a class of borrowers checks and converts by code of its own holds for frames, or is refused."""

from __future__ import annotations

import enum
from typing import Any

import attrs
import polars as pl
import pytest
from frame_kinds import EAGER, LAZY, FrameKind

import collectrisk as cr
from collectrisk.errors import ArgumentError, FormulaError, InvalidRowsError, RowFormulaError


def _is_short(_borrower: object, _attribute: object, value: str | None) -> None:
    if value is not None and len(value) > 5:
        raise ValueError(f"{value!r} is too long")


def _is_even(_borrower: object, _attribute: object, value: int) -> None:
    assert type(value) is int
    if value % 2:
        raise ValueError


def _is_other(_borrower: object, _attribute: object, value: str) -> None:
    if value != "other":
        raise ValueError(f"{value!r} is not another product")


def _yearly(value: float) -> float:
    return value and 12 * value


@attrs.frozen(kw_only=True)
class Checked(cr.Borrower):
    """A borrower whose further fields have validators of their own."""

    income: float = attrs.field(default=0.0, validator=attrs.validators.ge(0))
    rating: float | None = attrs.field(
        default=None, validator=attrs.validators.optional(attrs.validators.lt(9))
    )
    rooms: int = attrs.field(default=2, validator=_is_even)
    branch: str | None = attrs.field(default=None, validator=_is_short)
    product: cr.Product = attrs.field(default=cr.Product.OTHER, validator=_is_other)
    insured: bool = attrs.field(default=False, validator=attrs.validators.in_([False]))


class ByIncome(cr.Scorer):
    borrower_type: type[cr.Borrower] = Checked

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return xp.logistic(-borrower.income / 1_000)


COLUMNS: dict[str, list[Any]] = {
    "amount_overdue": [1.0] * 3,
    "days_past_due": [1] * 3,
    "income": [0.0, 500.0, None],
    "rating": [1.0, None, 8.5],
    "rooms": [2, 4, 6],
    "branch": ["north", None, "south"],
    "product": ["other"] * 3,
    "insured": [False] * 3,
}
WRONG: dict[str, tuple[Any, str]] = {
    "income": (-500.0, "'income' must be a finite number that the validator of the class accepts"),
    "rating": (9.0, r"the validator says: 'rating' must be < 9: 9\.0"),
    "rooms": (3, "the validator says: ValueError"),
    "branch": ("northwest", "the validator says: 'northwest' is too long"),
    "product": ("online_loan", "the validator says: 'online_loan' is not another product"),
    "insured": (True, "the validator says: 'insured' must be in "),
}


def one_by_one() -> list[float]:
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)]
    known = [{name: value for name, value in row.items() if value is not None} for row in rows]
    return [ByIncome().assess(Checked(**row)).visit_probability for row in known]


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_values_that_the_validators_of_the_class_accept_are_scored(kind: FrameKind) -> None:
    found = kind.plain(ByIncome().assess_frame(kind.make(COLUMNS)))["visit_probability"]
    assert found == pytest.approx(one_by_one(), rel=1e-12)


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
@pytest.mark.parametrize("field", WRONG)
def test_a_value_that_a_validator_of_the_class_rejects_is_invalid(kind: FrameKind, field: str) -> None:
    value, says = WRONG[field]
    with pytest.raises((ValueError, AssertionError)):
        Checked(amount_overdue=1, days_past_due=1, **{field: value})
    frame = kind.make(COLUMNS | {field: [COLUMNS[field][0], value, COLUMNS[field][2]]})
    with pytest.raises(InvalidRowsError, match=f"1 invalid row .*{says}|{says}.*1 invalid row"):
        ByIncome().assess_frame(frame)
    scored = kind.plain(ByIncome().assess_frame(frame, invalid="null"))
    assert [each is None for each in scored["visit_probability"]] == [False, True, False]


def test_a_value_of_the_wrong_type_is_not_blamed_on_the_validator_of_the_class() -> None:
    frame = pl.DataFrame(COLUMNS | {"rooms": [2.5, 3.0, 2.0]})
    with pytest.raises(InvalidRowsError, match=r"2 invalid rows \(row 0: 2\.5, row 1: 3\.0\)"):
        ByIncome().assess_frame(frame)


@pytest.mark.parametrize("kind", LAZY, ids=lambda kind: kind.name)
def test_a_validator_of_the_class_is_refused_on_a_lazy_frame(kind: FrameKind) -> None:
    says = "must not have a validator of its own to score a lazy frame, and it has one for 'income'"
    with pytest.raises(ArgumentError, match=says):
        ByIncome().assess_frame(kind.make({name: COLUMNS[name] for name in list(COLUMNS)[:3]}))


@attrs.frozen(kw_only=True)
class Converting(cr.Borrower):
    rent: float = attrs.field(default=0.0, converter=_yearly)


@attrs.frozen(kw_only=True)
class Computing(cr.Borrower):
    def __attrs_post_init__(self) -> None:
        if self.failed_calls > self.days_past_due:
            raise ValueError("more calls than days")


@attrs.frozen(kw_only=True)
class Comparing(cr.Borrower):
    income: float = attrs.field(default=0.0)

    @income.validator
    def _is_small(self, _attribute: object, value: float) -> None:
        if value > self.amount_overdue:
            raise ValueError("too large")


class Branch(enum.StrEnum):
    NORTH = "north"


@attrs.frozen(kw_only=True)
class Typed(cr.Borrower):
    income: float = attrs.field(default=0.0, converter=float)
    branch: Branch = attrs.field(default=Branch.NORTH, converter=Branch)


class Half(cr.Scorer):
    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:  # noqa: ARG002  # needs neither
        return 0.5


def half(borrower_type: type[cr.Borrower]) -> cr.Scorer:
    scorer = Half()
    scorer.borrower_type = borrower_type
    return scorer


FRAME = pl.DataFrame({"amount_overdue": [9.0], "days_past_due": [1], "income": [5.0], "failed_calls": [1]})


@pytest.mark.parametrize("frame", [FRAME, FRAME.lazy()], ids=["eager", "lazy"])
@pytest.mark.parametrize(
    ("borrower_type", "says"),
    [
        (Converting, "must not have a converter of 'rent' of its own to score a frame, as Converting has"),
        (Computing, "must not have an __attrs_post_init__ of its own to score a frame, as Computing has"),
        (
            Comparing,
            "must not read 'amount_overdue' in the validator|own to score a lazy frame",
        ),
    ],
)
def test_code_of_the_class_that_needs_one_borrower_is_refused_on_a_frame(
    frame: Any, borrower_type: type[cr.Borrower], says: str
) -> None:
    scorer = half(borrower_type)
    assert scorer.assess(borrower_type(amount_overdue=1, days_past_due=1)).visit_probability == 0.5
    with pytest.raises(ArgumentError, match=says):
        scorer.assess_frame(frame)


def test_a_conversion_to_the_type_of_the_field_changes_no_column() -> None:
    assert half(Typed).assess_frame(FRAME)["visit_probability"].to_list() == [0.5]


class Rows(cr.RowScorer):
    n_jobs = 1

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
        return float(getattr(borrower, "rent", 6.0)) / 24


@pytest.mark.parametrize(
    ("borrower_type", "wrong"),
    [(Computing, {"failed_calls": 2}), (Comparing, {"income": 10.0}), (Checked, {"income": -1.0})],
)
def test_a_row_scorer_makes_borrowers_with_the_code_of_the_class(
    borrower_type: type[cr.Borrower], wrong: dict[str, Any]
) -> None:
    scorer = type("Rows", (Rows,), {"borrower_type": borrower_type})()
    assert scorer.assess_frame(FRAME)["visit_probability"].to_list() == [0.25]
    with pytest.raises(RowFormulaError, match=r"row 0 .* raised ValueError"):
        scorer.assess_frame(FRAME.with_columns(**{name: pl.lit(value) for name, value in wrong.items()}))


def test_a_row_scorer_converts_each_value_once() -> None:
    scorer = type("Rows", (Rows,), {"borrower_type": Converting})()
    frame = FRAME.with_columns(rent=1.0)
    assert scorer.assess_frame(frame)["visit_probability"].to_list() == [0.5]
    blend = cr.BlendScorer(parts={"rows": scorer, "half": half(Converting)})
    with pytest.raises((ArgumentError, FormulaError), match="must not have a converter of 'rent'"):
        blend.assess_frame(frame)
