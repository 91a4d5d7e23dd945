"""The way in and out of frames: from a native frame to its scores, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from collectrisk.errors import ArgumentError, InvalidBorrowersError
from collectrisk.frames.attach import Labels, attach
from collectrisk.frames.eager import score_columns
from collectrisk.frames.lazy import score_lazily
from collectrisk.frames.names import ColumnNames
from collectrisk.frames.opening import open_frame, open_table
from collectrisk.frames.reading import columns_of_frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from collectrisk.frames.scores import Scores
    from collectrisk.namespace import Formula

__all__ = ["assess_frame", "visit_probabilities"]

INVALID = (None, "raise", "null")


def _raise_for(scores: Scores) -> None:
    if problems := scores.problems:
        raise InvalidBorrowersError(problems)


def _outputs(scorer: Formula, scores: Scores, top: int, *, with_problem: bool) -> dict[str, Any]:
    channels = tuple(channel.value for channel in scorer.ladder.channels)
    outputs: dict[str, Any] = {
        "visit_probability": scores.probability,
        "channel": Labels(scores.rungs(scorer.ladder.cuts), channels, ordered=True),
    }
    for rank in range(top):
        outputs[f"reason_{rank + 1}"] = Labels(scores.reasons[rank], scorer.labels)
    if with_problem:
        places, texts = scores.row_problems()
        outputs["problem"] = Labels(places, tuple(texts))
    return outputs


def _output_names(top: int, invalid: str | None) -> list[str]:
    problem = ["problem"] if invalid == "null" else []
    return ["visit_probability", "channel", *(f"reason_{rank + 1}" for rank in range(top)), *problem]


def assess_frame(
    scorer: Formula,
    frame: Any,
    *,
    reasons: int = 0,
    invalid: str | None = None,
    columns: Mapping[str, str | None] | None = None,
) -> Any:
    """Score a frame of any kind; see `collectrisk.Scorer.assess_frame`."""
    if invalid not in INVALID:
        raise ArgumentError("invalid", f'must be "raise" or "null", not {invalid!r}')
    if isinstance(reasons, bool) or not isinstance(reasons, int) or reasons < 0:
        raise ArgumentError("reasons", f"must be a whole number, 0 or more, not {reasons!r}")
    opened = open_frame(frame)
    lazy = isinstance(opened, nw.LazyFrame)
    available = tuple(opened.collect_schema().names())
    names = ColumnNames(available, scorer.borrower_type, scorer.fields, columns or {}, scorer.column_specs)
    names.refuse_clash(_output_names(reasons, None if lazy else invalid))
    if isinstance(opened, nw.LazyFrame):
        _refuse_eager_options(scorer, reasons, invalid)
        return score_lazily(scorer, opened, names).to_native()
    if reasons and not scorer.labels:
        raise ArgumentError(
            "reasons", f"must be 0, because {type(scorer).__name__} is no scorecard and gives none"
        )
    scores = score_columns(scorer, columns_of_frame(opened), names, len(opened), reasons)
    if invalid != "null":
        _raise_for(scores)
    return attach(opened, _outputs(scorer, scores, reasons, with_problem=invalid == "null"))


def _refuse_eager_options(scorer: Formula, reasons: int, invalid: str | None) -> None:
    if not scorer.run_plan.in_columns:
        raise ArgumentError(
            "frame",
            f"cannot be lazy, because {type(scorer).__name__} goes row by row: collect the frame first, "
            "or write the formula with xp as a Scorer",
        )
    if reasons:
        raise ArgumentError("reasons", "must be 0 on a lazy frame; collect the frame first to have them")
    if invalid == "raise":
        raise ArgumentError(
            "invalid",
            'cannot be "raise" on a lazy frame, whose values are not read yet: invalid rows get null. '
            "Collect the frame first, or leave the argument out",
        )


def visit_probabilities(
    scorer: Formula, data: Any, *, columns: Mapping[str, str | None] | None = None
) -> npt.NDArray[Any]:
    """Score an eager frame or a mapping of arrays; see `collectrisk.Scorer.visit_probabilities`."""
    table = open_table(data)
    available = tuple(table.columns)
    names = ColumnNames(available, scorer.borrower_type, scorer.fields, columns or {}, scorer.column_specs)
    scores = score_columns(scorer, table.columns, names, table.rows)
    _raise_for(scores)
    return scores.probability
