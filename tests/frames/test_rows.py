"""A scorer in plain Python scores a frame row by row, in order, in full or not at all."""

from __future__ import annotations

import sys
from typing import Any

import attrs
import numpy as np
import polars as pl
import pytest
from frame_kinds import EAGER, LAZY, Columns, FrameKind, arrays

import collectrisk as cr
from collectrisk._fields import field_specs
from collectrisk._frames.blocks import Record
from collectrisk._frames.rows import map_rows
from collectrisk.errors import (
    ArgumentError,
    FormulaError,
    InvalidRowsError,
    MissingExtraError,
    RowFormulaError,
)

GOOD: Columns = {
    "row": [0, 1, 2],
    "amount_overdue": [30_000.0, 3_000.0, 250.0],
    "days_past_due": [540, 10, 45],
    "attitude": ["evasive", None, "hostile"],
    "failed_calls": [6, None, 1],
    "repayment_plan": [False, True, None],
    "borrower_id": ["secret", "secret", "secret"],
}


class Patience(cr.RowScorer):
    """A scorer that does not work on NumPy arrays."""

    n_jobs = 1
    days = {"hostile": 100, "evasive": 1_000}  # noqa: RUF012  # as users write it

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # needs no xp
        if borrower.repayment_plan:
            return 0.0
        if borrower.failed_calls > 100:
            raise LookupError("nobody answers")
        patience = self.days.get(borrower.attitude, 400) * (2 if borrower.product is cr.Product.OTHER else 1)
        return float(min(borrower.days_past_due / patience, 1.0))


class Shared(Patience):
    """The same, two rows at a time, in two processes."""

    n_jobs = 2
    block_rows = 2


class Late(cr.Borrower):
    """A borrower with a low plausible limit."""

    plausible = {"days_past_due": 100}  # noqa: RUF012  # as users write it


def test_rows_that_were_read_with_a_higher_limit_than_that_of_the_class_are_scored() -> None:
    """A mapping may allow numbers that the class of borrowers does not."""
    fields = {**dict.fromkeys(field_specs(Late), 0), "attitude": "passive", "product": "other"}
    values = {name: np.array([value] * 2) for name, value in fields.items() if name != "borrower_id"}
    values |= {"days_past_due": np.array([7, 900]), "_rows": np.arange(2)}
    values |= {name: np.zeros(2, dtype=bool) for name in ("placed_with_agency", "repayment_plan")}
    seen = []

    def probability(borrower: Any) -> float:
        seen.append(borrower)
        return 1.5 if borrower.days_past_due > 7 else 0.5

    with pytest.raises(RowFormulaError, match=r"row 1 \(.*days_past_due=900.* returned 1.5"):
        map_rows(probability, Record(values.__getitem__), Late, "Mine")
    assert all(isinstance(borrower, Late) and type(borrower).__name__ == "Late" for borrower in seen)


def one_by_one(columns: Columns = GOOD) -> list[float]:
    fields = [name for name in columns if name != "row"]
    rows = zip(*(columns[name] for name in fields), strict=True)
    borrowers = (cr.Borrower(**dict(zip(fields, row, strict=True))) for row in rows)
    return [Patience().assess(borrower).visit_probability for borrower in borrowers]


eager = pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)


@eager
def test_rows_agree_with_single_borrowers(kind: FrameKind) -> None:
    found = kind.plain(Patience().assess_frame(kind.make(GOOD)))
    assert found["visit_probability"] == one_by_one()
    assert found["channel"] == ["agency", "sms", "phone_call"]


def test_arrays_are_scored_row_by_row_too() -> None:
    columns = {name: values for name, values in arrays(GOOD).items() if name != "borrower_id"}
    assert Patience().visit_probabilities(columns).tolist() == one_by_one()


@pytest.mark.exhaustive
def test_processes_share_the_rows_and_keep_their_order() -> None:
    many = {name: values * 5 for name, values in GOOD.items()}
    assert Shared().visit_probabilities(pl.DataFrame(many)).tolist() == one_by_one(many)


@eager
def test_an_invalid_row_does_not_reach_the_scorer(kind: FrameKind) -> None:
    bad = {**GOOD, "failed_calls": [6, -1, 1]}
    with pytest.raises(InvalidRowsError, match="'failed_calls'"):
        Patience().assess_frame(kind.make(bad))
    found = kind.plain(Patience().assess_frame(kind.make(bad), invalid="null"))
    assert found["visit_probability"] == [one_by_one()[0], None, one_by_one()[2]]


def test_an_empty_frame_gives_an_empty_result() -> None:
    assert Patience().assess_frame(pl.DataFrame(GOOD).clear()).height == 0


@pytest.mark.exhaustive
@pytest.mark.parametrize("scorer", [Patience(), Shared()], ids=lambda scorer: type(scorer).__name__)
def test_a_row_that_raises_is_named_with_its_values_but_without_its_id(scorer: cr.Scorer) -> None:
    frame = pl.DataFrame({**GOOD, "failed_calls": [6, None, 101]})
    with pytest.raises(RowFormulaError, match=r"row 2 .*failed_calls=101.*LookupError: nobody") as raised:
        scorer.assess_frame(frame)
    assert (raised.value.row, raised.value.values["days_past_due"]) == (2, 45)
    assert "secret" not in str(raised.value)


def test_a_result_that_is_not_a_probability_is_rejected() -> None:
    class Days(cr.RowScorer):
        n_jobs = 1

        def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # needs no xp
            return float(borrower.days_past_due)

    with pytest.raises(FormulaError, match=r"Days\.visit_probability: row 0 .* returned 540\.0, which"):
        Days().assess_frame(pl.DataFrame(GOOD))


def test_a_row_scorer_must_define_its_formula() -> None:
    with pytest.raises(FormulaError, match=r"must define visit_probability\(self, borrower\)"):
        cr.RowScorer().assess(cr.Borrower(amount_overdue=1, days_past_due=1))


@pytest.mark.parametrize("kind", LAZY, ids=lambda kind: kind.name)
def test_a_lazy_frame_is_rejected(kind: FrameKind) -> None:
    with pytest.raises(ArgumentError, match="frame must not be lazy, because Patience scores row by row"):
        Patience().assess_frame(kind.make(GOOD))


@attrs.frozen(kw_only=True)
class RatedBorrower(cr.Borrower):
    rating: float | None = None
    note: str | None = None
    branch: str = "main"


def test_absent_and_missing_fields_have_their_defaults() -> None:
    class Rated(cr.RowScorer):
        borrower_type = RatedBorrower
        n_jobs = 1

        def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # needs no xp
            known = borrower.rating if borrower.rating == borrower.rating else 0.5
            return (
                float(known) / (2 if borrower.note is None else 1) / (1 if borrower.branch == "main" else 4)
            )

    base = {"amount_overdue": [1.0, 2.0], "days_past_due": [1, 2]}
    given = pl.DataFrame({**base, "rating": [0.25, None], "note": [None, "x"], "branch": [None, "east"]})
    assert Rated().visit_probabilities(given).tolist() == [0.125, 0.125]
    assert Rated().visit_probabilities(pl.DataFrame(base)).tolist() == [0.25, 0.25]


class Watched(Patience):
    """The same, with a progress bar."""

    progress = True


def test_a_progress_bar_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    found = Watched().visit_probabilities(pl.DataFrame(GOOD))
    shown = capsys.readouterr()
    np.testing.assert_array_equal(found, one_by_one())
    assert (shown.out, "scoring" in shown.err) == ("", True)


def test_without_rich_a_progress_bar_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich.console", None)
    with pytest.raises(MissingExtraError, match=r"\.\[cli\]"):
        Watched().assess_frame(pl.DataFrame(GOOD))
