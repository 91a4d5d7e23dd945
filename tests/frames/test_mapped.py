"""Frames read through a mapping: every kind gives the probabilities of the borrowers that the rows mean."""

from __future__ import annotations

import datetime as dt
import functools
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pytest
from frame_kinds import KINDS, Columns, FrameKind

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 90
EXPORTS = range(12)
AS_OF = dt.date(2026, 11, 30)

WRONG = object()
"""Stands for a value that no reader may accept."""

CARD = cr.Scorecard(
    base=-1.25,
    characteristics=[
        cr.PiecewiseLinear(
            label="amount", field="amount_overdue", knots=[(1, -1), (1e4, 0), (1e6, 1.5)], scale="log"
        ),
        cr.PiecewiseLinear(label="delay", field="days_past_due", knots=[(0, 0), (400, 3)]),
        cr.PiecewiseLinear(label="messages", field="failed_messages", knots=[(0, 0), (40, 2)]),
        cr.PiecewiseLinear(label="calls", field="failed_calls", knots=[(0, 0), (40, -1)]),
        cr.Bands(label="promises", field="broken_promises", bands=[(0, 0.0), (1, 0.3), (3, 0.9)]),
        cr.Levels(
            label="attitude", field="attitude", levels={"hostile": 1.0, "passive": 0.3}, otherwise=-0.2
        ),
        cr.Levels(label="product", field="product", levels={"credit_card": 0.1, "online_loan": -0.4}),
        cr.Flag(label="plan", field="repayment_plan", if_true=-2.0),
        cr.Flag(label="agency", field="placed_with_agency", if_true=0.7),
    ],
)


@attrs.define
class Written:
    """A field as an export has it.

    Attributes
    ----------
    rule : object
        How the mapping reads it.
    columns : dict of str to list
        The columns of the export.
    truth : list
        What each row means: a value, None if it is not known, or `WRONG`.
    """

    rule: Any
    columns: Columns
    truth: list[Any]
    partly: list[int] = attrs.Factory(list)
    """The rows in which one summand is missing."""


@attrs.define
class Export:
    """A random export, its mapping, and the probability of each row."""

    columns: Columns
    mapping: cr.Mapping
    expected: list[float | None]


Writer = "Callable[[np.random.Generator, str, list[Any]], Written]"


def with_gaps(rng: np.random.Generator, truth: list[Any], *, wrong: bool = True) -> list[Any]:
    """Replace some values by None, and a few by `WRONG`."""
    kinds = rng.choice(3, len(truth), p=[0.85, 0.11, 0.04] if wrong else [0.85, 0.15, 0])
    return [(value, None, WRONG)[kind] for value, kind in zip(truth, kinds, strict=True)]


def spelled(truth: list[Any], write: Callable[[Any], Any], missing: Any, wrong: Any) -> list[Any]:
    """Return the cells of a column."""
    return [missing if each is None else wrong if each is WRONG else write(each) for each in truth]


def as_numbers(rng: np.random.Generator, field: str, truth: list[Any]) -> Written:
    number = type(truth[0])
    truth = with_gaps(rng, truth)
    code = number(-999) if rng.random() < 0.5 else None
    rule: Any = f"{field} (no)" if code is None else {"column": f"{field} (no)", "missing": [code, "n/a"]}
    return Written(rule, {f"{field} (no)": spelled(truth, number, code, number(-1))}, truth)


def as_cents(rng: np.random.Generator, _field: str, truth: list[Any]) -> Written:
    truth = with_gaps(rng, truth)
    rule = {"column": "cents", "factor": 0.01, "missing": -1}
    return Written(rule, {"cents": spelled(truth, lambda each: round(each * 100), -1, -2)}, truth)


def as_text(rng: np.random.Generator, field: str, truth: list[Any]) -> Written:
    truth = with_gaps(rng, truth)
    decimal, thousands = [(".", ","), (",", "."), (",", " "), (".", "'"), (".", "")][rng.integers(5)]

    def write(number: float) -> str:
        text = f"{number:,.2f}" if isinstance(number, float) else f"{number:,}"
        text = text.replace(",", "_").replace(".", decimal).replace("_", thousands)
        return f" {text} EUR" if number % 2 else text

    rule = {
        "column": f"{field}_t",
        "decimal": decimal,
        "thousands": thousands,
        "units": "EUR",
        "missing": "n/a",
    }
    missing = ["", " ", "N/A ", None][rng.integers(4)]
    wrong = ["1,2,3", "-5", "x", "1_0", "inf"][rng.integers(5)]
    return Written(rule, {f"{field}_t": spelled(truth, write, missing, wrong)}, truth)


def as_sum(rng: np.random.Generator, field: str, truth: list[Any]) -> Written:
    """Write a number as two parts, of which one may be missing, which counts as 0."""
    kinds = rng.integers(6, size=len(truth)).tolist()
    parts = [int(rng.integers(value + 1)) for value in truth]
    cells: list[Any] = [
        [(part, value - part), (value, None), (-9, value), (None, -9), (-1, value + 1), (value, 0)][kind]
        for kind, part, value in zip(kinds, parts, truth, strict=True)
    ]
    columns = dict(zip((f"{field} 1", f"{field} 2"), map(list, zip(*cells, strict=True)), strict=True))
    truth = [{3: None, 4: WRONG}.get(kind, value) for kind, value in zip(kinds, truth, strict=True)]
    partly = [row for row, kind in enumerate(kinds) if kind in {1, 2}]
    return Written({"columns": list(columns), "missing": -9}, columns, truth, partly)


def as_words(rng: np.random.Generator, field: str, truth: list[Any]) -> Written:
    words = {"none": 0, "some": 2, "many": 11}
    truth = with_gaps(rng, [list(words.values())[number % 3] for number in truth])
    names = {number: word for word, number in words.items()}
    cells = spelled(truth, lambda each: names[each] + " " * (each > 2), None, "None")
    return Written({"column": field, "values": words}, {field: cells}, truth)


def as_levels(rng: np.random.Generator, field: str, truth: list[Any]) -> Written:
    truth = with_gaps(rng, truth)
    missing: Any
    wrong: Any
    levels = list(cr.Attitude if field == "attitude" else cr.Product)
    if rng.random() < 0.4:
        values: dict[Any, str] = {number: level.value for number, level in enumerate(levels, start=1)}
        missing, wrong = 9, 77
    else:
        values = {f"{level.value[:3]}. Ü": level.value for level in levels}
        missing, wrong = "?", "passive"
    codes = {level: code for code, level in values.items()}
    column = field if rng.random() < 0.5 else f"{field}_code"
    rule = {"column": column, "values": values, "missing": missing}
    return Written(rule, {column: spelled(truth, lambda each: codes[each], missing, wrong)}, truth)


def as_names(rng: np.random.Generator, _field: str, truth: list[Any]) -> Written:
    truth = with_gaps(rng, truth)
    rule = {"column": "name", "missing": "k. A."}
    return Written(rule, {"name": spelled(truth, lambda each: f" {each}", "K. a.", "Passive")}, truth)


def as_flags(rng: np.random.Generator, field: str, truth: list[Any]) -> Written:
    truth = with_gaps(rng, truth)
    if rng.random() < 0.5:
        rule: dict[str, Any] = {"true": ["ja", "J"], "false": "nein", "missing": "-"}
        cells = spelled(truth, lambda each: " Ja" if each else "NEIN", "-", "n")
    else:
        rule = {"true": 1, "false": 0, "missing": 9}
        cells = spelled(truth, int, 9, 2)
    return Written({"column": f"{field}?", **rule}, {f"{field}?": cells}, truth)


def as_booleans(rng: np.random.Generator, _field: str, truth: list[Any]) -> Written:
    truth = with_gaps(rng, truth, wrong=False)
    rule = {"column": "bool", "values": {True: False, False: True}}
    return Written(rule, {"bool": spelled(truth, lambda each: not each, None, None)}, truth)


def as_dates(rng: np.random.Generator, _field: str, truth: list[Any]) -> Written:
    truth = with_gaps(rng, truth)
    cells = spelled(truth, lambda days: AS_OF - dt.timedelta(days), None, AS_OF + dt.timedelta(1))
    return Written("Fällig am", {"Fällig am": cells}, truth)


COUNTS: list[Any] = [as_numbers, as_text, as_sum, as_words]
WRITERS: dict[str, list[Any]] = {
    "amount_overdue": [as_numbers, as_cents, as_text],
    "days_past_due": [as_dates, as_dates, as_text],
    "failed_messages": COUNTS,
    "failed_calls": COUNTS,
    "broken_promises": COUNTS,
    "attitude": [as_levels, as_levels, as_names],
    "product": [as_levels],
    "placed_with_agency": [as_flags, as_booleans],
    "repayment_plan": [as_flags],
}


def truths(rng: np.random.Generator) -> dict[str, list[Any]]:
    """Return what the rows mean before any of it is missing or wrong."""
    counts = {
        name: rng.integers(0, 2_000 if name == "days_past_due" else 30, ROWS).tolist()
        for name in ("days_past_due", "failed_messages", "failed_calls", "broken_promises")
    }
    return {
        "amount_overdue": (rng.integers(0, 10**8, ROWS) / 100).tolist(),
        **counts,
        "attitude": rng.choice([each.value for each in cr.Attitude], ROWS).tolist(),
        "product": rng.choice([each.value for each in cr.Product], ROWS).tolist(),
        "placed_with_agency": (rng.random(ROWS) < 0.5).tolist(),
        "repayment_plan": (rng.random(ROWS) < 0.5).tolist(),
    }


@functools.cache
def export(number: int) -> Export:
    """Return a random export: the same number gives the same one."""
    rng = np.random.default_rng(number)
    written = {
        field: WRITERS[field][rng.integers(len(WRITERS[field]))](rng, field, truth)
        for field, truth in truths(rng).items()
    }
    skipped = (rng.random(ROWS) < 0.1).tolist()
    as_of = AS_OF if written["days_past_due"].rule == "Fällig am" else None
    require = ["failed_calls"] if rng.random() < 0.3 else []
    mapping = cr.Mapping(
        {field: each.rule for field, each in written.items()},
        as_of=as_of,
        require=require,
        skip={"account": ["Total*", "*sum"]},
    )
    account = [("TOTAL a\nb", "sum", " total ")[row % 3] if skip else "A" for row, skip in enumerate(skipped)]
    columns: Columns = {"row": list(range(ROWS)), "account": account}
    for each in written.values():
        columns |= each.columns
    expected = []
    for row, skip in enumerate(skipped):
        values = {field: each.truth[row] for field, each in written.items()}
        unknown = any(values[field] is None or row in written[field].partly for field in require)
        wrong = any(value is WRONG for value in values.values())
        expected.append(None if skip or wrong or unknown else probability(values))
    return Export(columns, mapping, expected)


def probability(values: dict[str, Any]) -> float | None:
    """Return the probability of one borrower, or None if there is no such borrower."""
    try:
        return CARD.assess(cr.Borrower(**values)).visit_probability
    except cr.errors.InvalidBorrowerError:
        return None


def made(kind: FrameKind, columns: Columns) -> Any:
    """Return a frame; Dask has no type for dates, so that it gets datetimes."""
    if kind.name == "Dask":
        columns = {name: [as_datetime(each) for each in cells] for name, cells in columns.items()}
    return kind.make(columns)


def as_datetime(value: Any) -> Any:
    is_date = isinstance(value, dt.date)
    return dt.datetime.combine(value, dt.time()) if is_date else value  # it has no zone


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_of_frame_gives_the_probabilities_of_the_borrowers_that_the_rows_mean(
    kind: FrameKind,
) -> None:
    slow = {"Dask": 2, "Spark": 2, "DuckDB": 4}
    for number in EXPORTS[: slow.get(kind.name)]:
        case = export(number)
        assert None in case.expected
        assert sum(each is not None for each in case.expected) >= 10
        options: dict[str, Any] = {} if kind.lazy else {"invalid": "null"}
        scored = CARD.assess_frame(made(kind, case.columns), columns=case.mapping, **options)
        found = kind.plain(scored, order_by="row")["visit_probability"]
        assert found == pytest.approx(case.expected, abs=1e-12), (number, case.mapping)
