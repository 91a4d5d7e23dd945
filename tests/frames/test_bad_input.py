"""Invalid input is an error with column, requirement and rows, or null on a lazy frame; never a score."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from frame_kinds import EAGER, KINDS, LAZY, Columns, FrameKind, kind_named
from own_borrower import AnyNumber

import collectrisk as cr
from collectrisk._fields import is_missing
from collectrisk.errors import (
    ArgumentError,
    ColumnNameError,
    ColumnsError,
    ColumnTypeError,
    InvalidRowsError,
    MissingColumnError,
    NotAFrameError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SCORER = cr.RuleScorer()


class ByAge(cr.RowScorer):
    """A scorer in plain Python."""

    n_jobs = 1

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
        return float(borrower.days_past_due / 100_000)


GOOD: Columns = {
    "row": [0, 1, 2],
    "amount_overdue": [3_000.0, 30_000.0, 250.0],
    "days_past_due": [10, 540, 45],
    "attitude": ["unknown", "evasive", "passive"],
    "failed_calls": [0, 6, 1],
    "placed_with_agency": [False, True, False],
}
AMOUNT = "known, and a finite number from 0 to 10,000,000,000"
DAYS = "known, and a whole number from 0 to 14,610"
COUNT = "a whole number from 0 to 10,000"
ATTITUDE = "one of cooperative, unknown, passive, evasive, hostile"
FLAG = "true or false"


@attrs.frozen
class Case:
    """A column whose second value is invalid, or all of them."""

    column: str
    cells: list[Any]
    requirement: str
    rows: tuple[int, ...] = (1,)
    hint: str = ""

    @property
    def columns(self) -> Columns:
        """Valid rows, with this column."""
        return {**GOOD, self.column: self.cells}


VALUES = {
    "negative amount": Case("amount_overdue", [3_000.0, -5.0, 250.0], AMOUNT),
    "null amount": Case("amount_overdue", [3_000.0, None, 250.0], AMOUNT),
    "NaN amount": Case("amount_overdue", [3_000.0, math.nan, 250.0], AMOUNT),
    "infinite amount": Case("amount_overdue", [3_000.0, math.inf, 250.0], AMOUNT),
    "minus infinite amount": Case("amount_overdue", [3_000.0, -math.inf, 250.0], AMOUNT),
    "null days": Case("days_past_due", [10, None, 45], DAYS),
    "negative days": Case("days_past_due", [10, -1, 45], DAYS),
    "fractional days": Case("days_past_due", [10.0, 540.5, 45.0], DAYS),
    "negative count": Case("failed_calls", [0, -6, None], COUNT),
    "fractional count": Case("failed_calls", [0.0, 2.5, None], COUNT),
    "infinite count": Case("failed_calls", [0.0, math.inf, None], COUNT),
    "implausible amount": Case(
        "amount_overdue",
        [1e10, 2e10, 250.0],
        AMOUNT,
        hint="20000000000 may be in cents, or an account number",
    ),
    "date as a number of days": Case(
        "days_past_due", [10, 20_240_121, 14_610], DAYS, hint="20240121 looks like the date 2024-01-21"
    ),
    "serial date of a spreadsheet": Case(
        "days_past_due", [10, 45_678, 14_610], DAYS, hint="a spreadsheet's serial date (of 2025-01-21)"
    ),
    "implausible count": Case(
        "failed_calls", [0, 10_001, 10_000], COUNT, hint="; the plausible limit is 10,000"
    ),
    "count of 2**63 - 1": Case("failed_calls", [10_000, 2**63 - 1, 0], COUNT, hint="limit is 10,000"),
    "attitude in another case": Case(
        "attitude", [None, "Evasive", "passive"], ATTITUDE, hint="did you mean 'evasive'?"
    ),
    "attitude with blanks": Case(
        "attitude", ["unknown", " evasive ", None], ATTITUDE, hint="did you mean 'evasive'?"
    ),
    "empty attitude": Case("attitude", ["unknown", "", "passive"], ATTITUDE),
    "unknown attitude": Case("attitude", ["unknown", "furious", "passive"], ATTITUDE),
}
TYPES = {
    "numbers as text": Case("amount_overdue", ["3000", "30000", "250"], AMOUNT, (0, 1, 2)),
    "garbage text": Case("amount_overdue", ["3000", "thirty", "250"], AMOUNT, (0, 1, 2)),
    "counts as text": Case("failed_calls", ["0", None, "1"], COUNT, (0, 2)),
    "dates for days": Case("days_past_due", [dt.date(2024, 2, 29)] * 3, DAYS, (0, 1, 2)),
    "flags for a count": Case("failed_calls", [False, True, False], COUNT, (0, 1, 2)),
    "numbers for a flag": Case("placed_with_agency", [0, 1, None], FLAG, (0, 1)),
    "text for a flag": Case("placed_with_agency", ["yes", "no", None], FLAG, (0, 1)),
    "numbers for an attitude": Case("attitude", [1, 2, None], ATTITUDE, (0, 1)),
    "lists for an attitude": Case("attitude", [["evasive"], [], None], ATTITUDE, (0, 1)),
}

eager = pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
lazy = pytest.mark.parametrize("kind", LAZY, ids=lambda kind: kind.name)
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
fast_kinds = pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.name not in {"Dask", "Spark"}], ids=lambda kind: kind.name
)


def scores(kind: FrameKind, columns: Columns, **options: Any) -> Columns:
    return kind.plain(SCORER.assess_frame(kind.make(columns), **options), order_by="row")


@eager
@pytest.mark.parametrize("name", [*VALUES, *TYPES])
def test_the_error_names_column_requirement_and_rows(kind: FrameKind, name: str) -> None:
    case = {**VALUES, **TYPES}[name]
    with pytest.raises(InvalidRowsError) as raised:
        SCORER.assess_frame(kind.make(case.columns))
    (problem,) = raised.value.problems
    assert (problem.column, problem.requirement, problem.count) == (
        case.column,
        case.requirement,
        len(case.rows),
    )
    assert tuple(row for row, _ in problem.rows) == case.rows
    assert case.hint in problem.hint
    assert f"column '{case.column}' must be {case.requirement}; {len(case.rows)} invalid row" in str(
        raised.value
    )
    assert f"(row {case.rows[0]}: " in str(raised.value)


@pytest.mark.parametrize("kind", ["pandas nullable", "pandas Arrow", "polars", "pyarrow", "pyarrow chunks"])
@pytest.mark.parametrize("name", TYPES)
def test_a_column_of_the_wrong_type_is_a_type_error(kind: str, name: str) -> None:
    case = TYPES[name]
    frame = kind_named(kind).make(case.columns)
    if isinstance(frame, pd.DataFrame) and frame[case.column].dtype == object:
        pytest.skip("pandas stores these values as objects")
    with pytest.raises(ColumnTypeError, match=f"'{case.column}' .*; the column contains ") as raised:
        SCORER.assess_frame(frame, invalid="null")
    assert isinstance(raised.value, TypeError)


AS_OF = (
    '\nTo count the days from these dates, pass columns=Mapping({"days_past_due": '
    '{"column": "days_past_due", "date": "iso"}}, as_of=your_date) (or add this to your mapping).'
)
DATE = dt.datetime(2024, 2, 29)  # noqa: DTZ001  # as in most frames


@every_kind
@pytest.mark.parametrize(("column", "advice"), [("days_past_due", AS_OF), ("amount_overdue", "")])
def test_for_a_column_of_dates_it_names_the_option_that_counts_days(
    kind: FrameKind, column: str, advice: str
) -> None:
    with pytest.raises(
        InvalidRowsError, match=r"; the column contains dates|; a date is not a number"
    ) as raised:
        SCORER.assess_frame(kind.make({**GOOD, column: [DATE] * 3}))
    assert str(raised.value).endswith(advice or ")") or ("columns=" not in str(raised.value) and not advice)


@pytest.mark.parametrize("kind", ["pandas", "pandas Arrow", "polars", "polars lazy", "pyarrow"])
def test_for_a_column_of_durations_it_says_how_to_convert_it(kind: str) -> None:
    frame = kind_named(kind).make({**GOOD, "days_past_due": [dt.timedelta(30)] * 3})
    with pytest.raises(
        ColumnTypeError, match=r"; the column contains durations; convert them to numbers first"
    ):
        SCORER.assess_frame(frame)


@pytest.mark.parametrize(("dtype", "contains"), [("M8[ns]", "dates"), ("m8[ns]", "durations; convert them")])
def test_arrays_of_dates_and_durations_are_not_read_as_numbers(dtype: str, contains: str) -> None:
    columns = {"amount_overdue": np.ones(1), "days_past_due": np.ones(1, dtype=dtype)}
    with pytest.raises(ColumnTypeError, match=f"; the column contains {contains}"):
        SCORER.visit_probabilities(columns)


def test_the_option_that_allows_implausible_numbers_comes_once() -> None:
    frame = pl.DataFrame({"amount_overdue": [2e10], "days_past_due": [45_678], "failed_calls": [-1]})
    with pytest.raises(InvalidRowsError) as raised:
        SCORER.assess_frame(frame)
    assert str(raised.value).endswith(
        '\nTo count the days from these dates, pass columns=Mapping({"days_past_due": '
        '{"column": "days_past_due", "date": "excel"}}, as_of=your_date) (or add this to your mapping).'
        "\nIf numbers above the plausible limit are correct, pass "
        'columns=Mapping(plausible={"amount_overdue": your_limit, "days_past_due": your_limit})'
        " (or add this to your mapping)."
    )


@pytest.mark.parametrize("kind", ["pandas", "polars", "polars lazy", "DuckDB"])
def test_a_mapping_may_raise_or_lower_the_limit_of_a_field(kind: str) -> None:
    columns = {**GOOD, "days_past_due": [10, 45_678, 100]}
    higher, lower = (cr.Mapping(plausible={"days_past_due": limit}) for limit in (50_000, 99))
    found = kind_named(kind).plain(
        SCORER.assess_frame(kind_named(kind).make(columns), columns=higher), order_by="row"
    )
    assert None not in found["visit_probability"]
    with_lower = SCORER.assess_frame(pl.DataFrame(columns), columns=lower, invalid="null")
    assert with_lower["problem"].null_count() == 1


def test_a_row_scorer_scores_the_rows_that_a_mapping_allows() -> None:
    frame = pl.DataFrame({"amount_overdue": [1.0], "days_past_due": [45_678]})
    mapping = cr.Mapping(plausible={"days_past_due": 50_000})
    assert ByAge().assess_frame(frame, columns=mapping)["visit_probability"].to_list() == [0.45678]


@pytest.mark.parametrize("first", [[-1] * 900, [20_240_121] * 7])
def test_the_hint_may_be_on_a_value_that_is_not_shown(first: list[int]) -> None:
    days = [*first, 20_240_121]
    frame = pl.DataFrame({"amount_overdue": [1.0] * len(days), "days_past_due": days})
    with pytest.raises(InvalidRowsError, match="20240121 looks like the date 2024-01-21") as caught:
        cr.RuleScorer().assess_frame(frame)
    (problem,) = caught.value.problems
    assert (problem.advice, len(problem.rows)) == ("date:%Y%m%d", 5)


@pytest.mark.parametrize(
    ("calls", "hint"),
    [
        (6_000, "; the plausible limit is 10,000"),
        (20_240_121, "10,000, and 20240121 looks like the date 2024-"),
    ],
)
def test_the_sum_of_several_columns_must_be_plausible(calls: int, hint: str) -> None:
    frame = pl.DataFrame({**GOOD, "failed_calls": [1, calls, 2], "mobile": [1, 6_000, None]})
    with pytest.raises(InvalidRowsError) as raised:
        SCORER.assess_frame(frame, columns=cr.Mapping({"failed_calls": ["failed_calls", "mobile"]}))
    (problem,) = raised.value.problems
    assert (problem.field, problem.advice) == ("failed_calls", "plausible")
    assert hint in problem.hint


def test_a_scorers_own_class_of_borrowers_may_have_higher_limits() -> None:
    class Rules(cr.RuleScorer):
        borrower_type = AnyNumber

    frame = pl.DataFrame({"amount_overdue": [1e300], "days_past_due": [45_678]})
    late = AnyNumber(amount_overdue=1e300, days_past_due=45_678)
    expected = [SCORER.assess(late).visit_probability]
    for each in (frame, frame.lazy()):
        scored = Rules().assess_frame(each).lazy().collect()
        assert scored["visit_probability"].to_list() == pytest.approx(expected)


@fast_kinds
@pytest.mark.parametrize("name", VALUES)
def test_with_invalid_null_the_other_rows_are_scored(kind: FrameKind, name: str) -> None:
    case = VALUES[name]
    found = scores(kind, case.columns, invalid="null")
    others = {column: [values[0], values[2]] for column, values in case.columns.items()}
    assert found["visit_probability"][1] is None
    assert found["channel"][1] is None
    assert found["problem"] == [None, f"{case.column} must be {case.requirement}", None]
    assert [found["visit_probability"][row] for row in (0, 2)] == scores(kind, others)["visit_probability"]


@lazy
@pytest.mark.parametrize("name", TYPES)
def test_a_lazy_frame_of_the_wrong_schema_is_rejected(kind: FrameKind, name: str) -> None:
    case = TYPES[name]
    if kind.name == "Dask" and name == "lists for an attitude":
        pytest.skip("Dask reports a column of lists as text")
    with pytest.raises(
        ColumnTypeError, match=f"'{case.column}' must be {case.requirement}; the column contains "
    ):
        SCORER.assess_frame(kind.make(case.columns))


def _bad_rows(number: type) -> Columns:
    """Return the invalid row of each case followed by a valid one, with counts of one type."""
    cases = [case for case in VALUES.values() if number is float or not isinstance(case.cells[1], float)]
    counts = ("days_past_due", "failed_calls")
    rows = [{name: case.columns[name][place] for name in GOOD} for case in cases for place in (1, 2)]
    listed = {name: [row[name] for row in rows] for name in GOOD}
    numbers = {name: [None if n is None else number(n) for n in listed[name]] for name in counts}
    return {**listed, **numbers, "row": list(range(len(rows)))}


@lazy
@pytest.mark.parametrize("number", [int, float])
def test_invalid_rows_of_a_lazy_frame_get_null(kind: FrameKind, number: type) -> None:
    found = scores(kind, _bad_rows(number))
    expected = scores(kind_named("polars"), _bad_rows(number), invalid="null")
    assert set(found["visit_probability"][::2]) == {None}
    assert set(found["channel"][::2]) == {None}
    assert found["visit_probability"][1::2] == pytest.approx(expected["visit_probability"][1::2], abs=1e-12)
    assert found["channel"] == expected["channel"]


@every_kind
def test_a_missing_required_column_is_an_error_that_lists_the_columns(kind: FrameKind) -> None:
    columns = {name: values for name, values in GOOD.items() if name != "days_past_due"}
    with pytest.raises(MissingColumnError, match="'days_past_due' is missing") as raised:
        SCORER.assess_frame(kind.make(columns))
    assert raised.value.available == tuple(columns)
    assert isinstance(raised.value, KeyError)


@every_kind
@pytest.mark.parametrize(
    ("right", "wrong", "error", "says"),
    [
        ("amount_overdue", "amount_overdeu", MissingColumnError, "did you mean 'amount_overdeu'"),
        ("attitude", "atitude", ColumnNameError, "'atitude': looks like the field 'attitude'"),
        ("failed_calls", "Failed Calls", ColumnNameError, r'columns=\{"failed_calls": "Failed Calls"\}'),
    ],
)
def test_a_misspelt_column_is_not_ignored(
    kind: FrameKind, right: str, wrong: str, error: type[Exception], says: str
) -> None:
    frame = kind.make({wrong if name == right else name: values for name, values in GOOD.items()})
    with pytest.raises(error, match=says):
        SCORER.assess_frame(frame)


@eager
def test_every_problem_is_listed_at_once(kind: FrameKind) -> None:
    bad = {**GOOD, "amount_overdue": [-1.0, 2.0, -3.0], "failed_calls": [1, 2, -3]}
    with pytest.raises(InvalidRowsError) as raised:
        SCORER.assess_frame(kind.make(bad))
    assert [(each.column, each.count) for each in raised.value.problems] == [
        ("amount_overdue", 2),
        ("failed_calls", 1),
    ]
    assert raised.value.problems[0].rows == ((0, -1.0), (2, -3.0))


@every_kind
def test_a_row_with_two_problems_lists_both(kind: FrameKind) -> None:
    bad = {**GOOD, "amount_overdue": [-1.0, 2.0, -3.0], "failed_calls": [1, 2, -3]}
    amount, count = f"amount_overdue must be {AMOUNT}", f"failed_calls must be {COUNT}"
    assert scores(kind, bad, invalid="null")["problem"] == [amount, None, f"{amount}; {count}"]


@every_kind
def test_valid_rows_have_no_problem(kind: FrameKind) -> None:
    assert scores(kind, GOOD, invalid="null")["problem"] == [None, None, None]


def test_an_invalid_row_of_a_later_block_is_found_by_its_position() -> None:
    rows = 50_000
    amounts = [100.0] * rows
    amounts[49_999] = amounts[20_000] = -1.0
    frame = pl.DataFrame({"amount_overdue": amounts, "days_past_due": [5] * rows})
    with pytest.raises(InvalidRowsError, match=r"2 invalid rows \(row 20000: -1.0, row 49999: -1.0\)"):
        SCORER.assess_frame(frame)


def test_only_the_first_few_rows_are_shown() -> None:
    frame = pl.DataFrame({"amount_overdue": [-1.0] * 1_000, "days_past_due": [5] * 1_000})
    with pytest.raises(InvalidRowsError, match=r"1,000 invalid rows \(row 0: .*, row 4: -1.0, \.\.\.\)"):
        SCORER.assess_frame(frame)


def test_fields_that_the_scorer_does_not_read_are_validated_too() -> None:
    card = cr.Scorecard(base=0.0, characteristics=[cr.Flag(label="x", field="repayment_plan", if_true=1.0)])
    frame = pl.DataFrame({"repayment_plan": [True], "amount_overdue": [-1.0]})
    with pytest.raises(InvalidRowsError, match="'amount_overdue'"):
        card.assess_frame(frame)


def test_no_error_shows_a_borrowers_id() -> None:
    frame = pl.DataFrame({**GOOD, "amount_overdue": [-1.0] * 3, "borrower_id": ["secret"] * 3})
    with pytest.raises(InvalidRowsError) as raised:
        SCORER.assess_frame(frame)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "other",
    [3, None, "accounts.csv", [1, 2], cr.Borrower(amount_overdue=1, days_past_due=1), pd.Series([1.0])],
    ids=lambda other: type(other).__name__,
)
def test_other_objects_than_frames_are_rejected(other: Any) -> None:
    for act in (SCORER.assess_frame, SCORER.visit_probabilities):
        with pytest.raises(NotAFrameError, match=f"an? {type(other).__name__} is not a data frame"):
            act(other)


def test_the_error_for_a_borrower_points_to_assess() -> None:
    with pytest.raises(NotAFrameError, match=r"use assess\(borrower\) for one borrower"):
        SCORER.assess_frame(cr.Borrower(amount_overdue=1, days_past_due=1))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"invalid": "ignore"}, "invalid must be one of raise, null, not 'ignore'"),
        ({"reasons": -1}, "reasons must be a whole number from 0 to 1000, not -1"),
        ({"reasons": True}, "reasons must be a whole number from 0 to 1000, not True"),
        ({"reasons": 1.0}, "reasons must be a whole number from 0 to 1000, not 1.0"),
    ],
)
def test_an_invalid_option_is_rejected(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ArgumentError) as raised:
        SCORER.assess_frame(pl.DataFrame(GOOD), **options)
    assert str(raised.value) == says


@lazy
@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"interval": True}, "interval must be False, because RuleScorer has no intervals"),
        ({"invalid": "raise"}, 'invalid must not be "raise" on a lazy frame'),
    ],
)
def test_options_for_eager_frames_are_rejected_on_lazy_ones(
    kind: FrameKind, options: dict[str, Any], says: str
) -> None:
    with pytest.raises(ArgumentError, match=says):
        SCORER.assess_frame(kind.make(GOOD), **options)


def test_visit_probabilities_need_an_eager_frame() -> None:
    with pytest.raises(NotAFrameError, match="use assess_frame, or collect it first"):
        SCORER.visit_probabilities(pl.LazyFrame(GOOD))


def test_python_objects_in_a_lazy_frame_are_rejected() -> None:
    objects = pl.DataFrame(GOOD).with_columns(amount_overdue=pl.Series([1.0, {2}, None], dtype=pl.Object))
    with pytest.raises(ColumnTypeError, match=r"'amount_overdue' .*; the column contains Python objects"):
        SCORER.assess_frame(objects.lazy())


def test_a_type_that_narwhals_does_not_know_is_rejected() -> None:
    table = kind_named("DuckDB").make(GOOD).project("*, uuid() AS failed_messages")
    with pytest.raises(ColumnTypeError, match=r"'failed_messages' .*; the column contains an unknown type"):
        SCORER.assess_frame(table)


def _arrays(**columns: Any) -> Callable[[], Any]:
    return lambda: SCORER.visit_probabilities(columns)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"amount_overdue": [1.0], "days_past_due": [1]}, "'amount_overdue' must be a one-dimensional NumPy"),
        (
            {"amount_overdue": pd.Series([1.0]).to_numpy(), "days_past_due": pd.Series([1, 2]).to_numpy()},
            "make the arrays equally long",
        ),
        ({"amount_overdue": pl.DataFrame({"a": [1.0]}).to_numpy()}, "one-dimensional"),
    ],
)
def test_arrays_must_be_columns_of_one_length(data: Any, says: str) -> None:
    with pytest.raises(NotAFrameError, match=says):
        SCORER.visit_probabilities(data)


def test_an_empty_mapping_has_missing_columns() -> None:
    with pytest.raises(ColumnsError, match="The frame's columns are: none"):
        SCORER.visit_probabilities({})


def test_a_binary_column_is_not_text() -> None:
    table = pa.table(GOOD).set_column(3, "attitude", pa.array([b"evasive"] * 3))
    with pytest.raises(ColumnTypeError, match=r"'attitude' .*; the column contains Binary"):
        SCORER.assess_frame(table)


def test_objects_for_an_attitude_are_rejected_by_row() -> None:
    objects = pl.DataFrame(GOOD).with_columns(attitude=pl.Series(["evasive", {2}, None], dtype=pl.Object))
    with pytest.raises(InvalidRowsError, match=r"'attitude' must be one of .*; 1 invalid row \(row 1: "):
        SCORER.assess_frame(objects)


def test_an_array_of_the_wrong_type_is_rejected_by_row() -> None:
    columns = {"amount_overdue": pd.Series([1.0]).to_numpy(), "days_past_due": pd.Series([True]).to_numpy()}
    with pytest.raises(ColumnTypeError, match=r"1 invalid row \(row 0: True\); the column contains booleans"):
        SCORER.visit_probabilities(columns)


def test_text_is_met_with_the_declaration_that_reads_it() -> None:
    """The advice shows the texts of the column, and dates are not taken for numbers."""
    columns = {"amount_overdue": ["1,5"] * 7, "placed_with_agency": ["ja", "nein", *"abcde"]}

    def refusal(days: list[Any]) -> str:
        with pytest.raises(ColumnTypeError) as error:
            SCORER.assess_frame(pl.DataFrame({**columns, "days_past_due": days}))
        return str(error.value)

    german = refusal(["14.09.2026"] * 7)
    assert 'Mapping(..., decimal="." or decimal=",")' in german
    assert "true=[...], false=[...]) with all spellings, here 'ja', 'nein', 'a', 'b', 'c', ..." in german
    rule = "'days_past_due': {'column': 'days_past_due', 'date': '%d.%m.%Y'}"
    says = f"to count the days from dates, pass Mapping({{{rule}}}, as_of=your_date)"
    assert f"{says}, with the format of these dates" in german
    assert "'date': 'iso'}}, as_of=your_date)" in refusal(["2026-09-14"] * 7)


@eager
def test_problems_are_plain_text_so_that_batches_can_be_joined(kind: FrameKind) -> None:
    batches = [
        nw.from_native(SCORER.assess_frame(kind.make(columns), invalid="null"), eager_only=True)
        for columns in (GOOD, {**GOOD, "failed_calls": [-1, 6, 1]}, {**GOOD, "days_past_due": [-1, 1, 2]})
    ]
    assert [str(batch.schema["problem"]) for batch in batches] == ["String"] * 3
    problems = nw.concat([batch.select("problem") for batch in batches])["problem"].to_list()
    assert [None if is_missing(each) else each.split()[0] for each in problems] == [
        *[None] * 3,
        *["failed_calls", None, None],
        *["days_past_due", None, None],
    ]


@every_kind
def test_a_row_that_is_not_an_account_has_no_problem(kind: FrameKind) -> None:
    columns = {**GOOD, "failed_calls": [-1, 6, -1], "borrower_id": ["A", "B", "Total"]}
    mapping = cr.Mapping(skip={"borrower_id": "total"})
    frame = SCORER.assess_frame(kind.make(columns), invalid="null", columns=mapping)
    scored = kind.plain(frame, order_by="row")
    assert scored["visit_probability"][0] is None
    assert scored["visit_probability"][2] is None
    assert scored["problem"] == [f"failed_calls must be {COUNT}", None, None]
