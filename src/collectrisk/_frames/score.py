"""Scoring data frames: from a native frame to its scores, and back to the same kind of frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from collectrisk._borrower import AccountRow
from collectrisk._curves import sign_of
from collectrisk._frames.attach import attach
from collectrisk._frames.blocks import BlockReader, plain_column
from collectrisk._frames.columns import open_table, table_of
from collectrisk._frames.details import NONE, Details, problem_text
from collectrisk._frames.eager import score_table
from collectrisk._frames.engines import FrameNames
from collectrisk._frames.inputs import report_on
from collectrisk._frames.lazy import score_lazily
from collectrisk._frames.mapped import accounts_of
from collectrisk._frames.names import ColumnNames
from collectrisk._frames.native import open_frame
from collectrisk._frames.validation import problems_of
from collectrisk._namespaces.arrays import TextArray
from collectrisk.errors import ArgumentError, InvalidRowsError, refuse_other
from collectrisk.mapping import Mapping as FieldColumns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._fields import FieldSpec
    from collectrisk._formula import Formula
    from collectrisk._frames.blocks import Record
    from collectrisk._frames.eager import Scores
    from collectrisk._typing import Array, Direction, FloatArray
    from collectrisk.input_report import InputReport
    from collectrisk.mapping._mapping import Columns


def assess_frame(
    formula: Formula,
    frame: Any,
    *,
    reasons: int = 0,
    direction: Direction | None = None,
    points: bool = False,
    interval: bool = False,
    invalid: str | None = None,
    columns: Columns | None = None,
) -> Any:
    """Score a frame of any kind; see `collectrisk.Scorer.assess_frame`."""
    if invalid is not None:
        refuse_other("invalid", invalid, ("raise", "null"))
    details = Details(reasons=reasons, sign=sign_of(direction), points=points, interval=interval)
    if direction is not None and not reasons:
        raise ArgumentError("direction", "restricts the reasons, so pass reasons=1 or more with it")
    return _assess(formula, frame, details, invalid, columns)[0]


def assess_and_report(
    formula: Formula, frame: Any, *, reasons: int, invalid: str | None, columns: Columns | None
) -> tuple[Any, InputReport]:
    """Score a frame, and report on the columns that were read."""
    scored, names, scores = _assess(formula, frame, Details(reasons=reasons), invalid, columns)
    if scores is None:
        return scored, report_on(formula, names)
    rows = len(scores.probability) - scores.skipped
    return scored, report_on(formula, names, rows, scores.skipped, scores.validators)


def _assess(
    formula: Formula, frame: Any, details: Details, invalid: str | None, columns: Columns | None
) -> tuple[Any, ColumnNames, Scores | None]:
    """Return the scored frame, its columns, and the scores if the frame is eager."""
    data = open_frame(frame)
    names = ColumnNames.of(formula, FrameNames.of(data), columns)
    lazy = isinstance(data, nw.LazyFrame)
    details = attrs.evolve(details, problem=invalid == "null")
    added = [*details.number_names(formula), *details.reason_names, *(["problem"] if details.problem else [])]
    names.check_clash(["visit_probability", "channel", *added])
    if lazy:
        refuse_eager_options(formula, invalid)
    details.require(formula, lazy=lazy)
    if isinstance(data, nw.LazyFrame):
        return score_lazily(formula, data, names, details).to_native(), names, None
    scores = score_accounts(formula, data, names, details)
    if not details.problem:
        scores.raise_if_invalid()
    outputs: dict[str, Any] = {
        "visit_probability": scores.probability,
        "channel": TextArray(scores.channel, tuple(map(str, formula.ladder.channels))),
        **scores.numbers,
        **{
            name: TextArray(codes, formula.labels)
            for name, codes in zip(details.reason_names, scores.reasons, strict=True)
        },
    }
    if details.problem:
        outputs["problem"] = _problems(scores)
    return attach(data, outputs), names, scores


def score_accounts(
    formula: Formula, data: nw.DataFrame[Any], names: ColumnNames, details: Details = NONE
) -> Scores:
    """Score the rows that are accounts; the rows that the mapping skips get NaN."""
    accounts, positions = accounts_of(data, names.mapping)
    scores = score_table(formula, table_of(accounts), names, details)
    return scores if positions is None else scores.spread(positions, len(data))


def _problems(scores: Scores) -> TextArray:
    """Return the text of each row's problems; missing for a valid row."""
    validators = [each for each in scores.validators.values() if each.invalid]
    codes = np.full(scores.probability.shape, -1, dtype=np.int32)
    if not validators:
        return TextArray(codes, ())
    rows = [each.invalid_rows for each in validators]
    affected = np.unique(np.concatenate(rows))
    # Each bit of a row's pattern is one column that is invalid there.
    pattern = sum(np.isin(affected, each) * (1 << bit) for bit, each in enumerate(rows))
    patterns, codes[affected] = np.unique(pattern, return_inverse=True)
    texts = [problem_text(each.column.name, each.spec) for each in validators]
    return TextArray(
        codes,
        tuple("; ".join(text for bit, text in enumerate(texts) if p >> bit & 1) for p in patterns.tolist()),
    )


def refuse_eager_options(formula: Formula, invalid: str | None) -> None:
    """Raise `ArgumentError` for what is possible on an eager frame only."""
    if formula.by_row:
        raise ArgumentError(
            "frame",
            f"must not be lazy, because {formula.scorer} scores row by row: collect the frame first, "
            "or write the formula with xp as a Scorer",
        )
    if invalid == "raise":
        raise ArgumentError(
            "invalid",
            'must not be "raise" on a lazy frame, whose values are not available: invalid rows get null. '
            "Collect the frame first, or omit the argument",
        )


def account_rows(data: Any, columns: Columns | None) -> Array:
    """Return the positions of the rows of an eager frame or a mapping of arrays that are accounts.

    Raises
    ------
    ArgumentError
        If rows of a mapping of arrays are to be skipped.
    """
    table, mapping = open_table(data), FieldColumns.of(columns)
    positions = accounts_of(_to_skip_in(data), mapping)[1] if mapping.skip else None
    return np.arange(table.rows) if positions is None else positions


def _to_skip_in(data: Any) -> nw.DataFrame[Any]:
    """Return a frame some rows of which are to be skipped."""
    if isinstance(data, Mapping):
        raise ArgumentError("columns", "must not skip rows of a mapping of arrays; pass a data frame")
    return nw.from_native(data, eager_only=True)


def visit_probabilities(formula: Formula, data: Any, *, columns: Columns | None = None) -> FloatArray:
    """Score an eager frame or a mapping of arrays; see `collectrisk.Scorer.visit_probabilities`."""
    return _valid_scores(formula, data, columns).probability


def log_odds_of(formula: Formula, data: Any, *, columns: Columns | None = None) -> FloatArray:
    """Return the log-odds of a visit of each row of an eager frame or a mapping of arrays, by a scorecard.

    Those of a probability that rounds to 1 are not known from the probability.
    """
    points = _valid_scores(formula, data, columns, Details(points=True)).numbers
    log_odds = np.full(open_table(data).rows, formula.base, dtype=np.float64)
    for each in points.values():
        log_odds += each
    return log_odds


@attrs.frozen(eq=False)
class AccountColumns:
    """The columns of a frame's accounts that a scorer reads.

    Attributes
    ----------
    record : Record
        The fields; a missing value is replaced by the default of its field.
    rows : int
        The number of accounts.
    missing : dict of str to array of bool
        Where the values of each field are missing.
    specs : dict of str to FieldSpec
        The specs of the fields.
    """

    record: Record
    rows: int
    missing: dict[str, Array]
    specs: dict[str, FieldSpec]


def read_accounts(
    formula: Formula, data: Any, fields: Iterable[str] | None, columns: Columns | None
) -> AccountColumns:
    """Return fields of the rows of an eager frame or a mapping of arrays that are accounts.

    Without a list of fields, they are those that the scorer reads or may read.

    Raises
    ------
    InvalidRowsError
        If rows contain invalid values.
    """
    table = open_table(data)
    names = ColumnNames.of(formula, FrameNames(table.columns), columns)
    if names.mapping.skip:
        table = table_of(accounts_of(_to_skip_in(data), names.mapping)[0])
    reader = BlockReader(table, names)
    record, _ = reader.block(0, table.rows)
    if problems := problems_of(reader.validators.values()):
        raise InvalidRowsError(problems)
    fields = list(names.scored_fields if fields is None else fields)
    known, absent = names.specs, np.ones(table.rows, dtype=np.bool_)
    missing = {
        field: reader.validators[field].missing(0, table.rows) if field in reader.validators else absent
        for field in fields
    }
    specs = {
        field: reader.validators[field].spec if field in reader.validators else known[field]
        for field in fields
    }
    return AccountColumns(record, table.rows, missing, specs)


def read_row(formula: Formula, row: Mapping[str, Any]) -> AccountRow:
    """Return the fields that a scorecard reads in one row, read as `assess_frame` reads a frame.

    Parameters
    ----------
    formula : Formula
        The scorecard.
    row : mapping of str to object
        The value of each column.
    """
    mapping = attrs.evolve(FieldColumns.of(formula.columns), skip={})  # the caller says that it is an account
    read = read_accounts(formula, {name: _one(value) for name, value in row.items()}, None, mapping)
    values = {name: plain_column(getattr(read.record, name), 1).tolist()[0] for name in read.specs}
    return AccountRow({name: spec.validate(values[name]) for name, spec in read.specs.items()})


def _one(value: Any) -> Array:
    """Return a value as a column of one row; of a type that NumPy does not have, as a Python object."""
    is_plain = isinstance(value, (str, bool, int, float, np.generic))
    return np.array([value], dtype=None if is_plain else object)


def _valid_scores(formula: Formula, data: Any, columns: Columns | None, details: Details = NONE) -> Scores:
    table = open_table(data)
    names = ColumnNames.of(formula, FrameNames(table.columns), columns)
    if names.mapping.skip:
        scores = score_accounts(formula, _to_skip_in(data), names, details)
    else:
        scores = score_table(formula, table, names, details)
    scores.raise_if_invalid()
    return scores
