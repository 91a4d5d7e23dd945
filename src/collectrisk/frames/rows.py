"""Scoring an eager frame by rows: blocks of valid rows, shared among processes by joblib."""

from __future__ import annotations

import importlib
import sys
from collections import deque
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import numpy.typing as npt

from collectrisk.errors import MissingExtraError, RowFormulaError
from collectrisk.fields import specs
from collectrisk.frames.arrays import ARRAYS, TextArray
from collectrisk.frames.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from collectrisk.namespace import Formula
    from collectrisk.plan import RunPlan

__all__ = ["RowBlock", "evaluated", "plain_columns", "row_by_row"]

Array = npt.NDArray[Any]


@attrs.frozen(eq=False)
class RowBlock:
    """The valid rows of a block: their positions in the frame, and a column a field."""

    rows: Array
    columns: dict[str, Any]

    @property
    def record(self) -> Record:
        """The block as a formula sees it."""
        return Record({**self.columns, "_rows": self.rows}.__getitem__)


def plain_columns(record: Any, fields: Iterable[str]) -> dict[str, Array]:
    """Return fields of a block as arrays of floats, booleans and text."""
    rows = len(record._read("_rows"))  # noqa: SLF001  # the block's own bookkeeping, hidden from formulas
    return {field: _plain(getattr(record, field), rows) for field in fields}


def _plain(values: Any, rows: int) -> Array:
    if isinstance(values, TextArray):
        return np.array([*values.levels, None], dtype=object).take(values.codes)
    if isinstance(values, np.ndarray):
        return values
    constant = str(values) if isinstance(values, str) else values
    return np.full(rows, constant, dtype=object if isinstance(constant, str) else None)


def row_by_row(scorer: Any, record: Any) -> Array:
    """Return a row scorer's probability for each row of a block.

    Raises
    ------
    RowFormulaError
        If the formula raises, or gives no probability; the error names the row and its values.
    """
    fields = {name: spec for name, spec in specs(scorer.borrower_type).items() if not spec.private}
    columns = [column.tolist() for column in plain_columns(record, fields).values()]
    positions = record._read("_rows")  # noqa: SLF001  # the block's own bookkeeping, hidden from formulas
    found = np.empty(len(positions))
    for place, values in enumerate(zip(*columns, strict=True)):
        row = dict(zip(fields, values, strict=True))
        cause: Exception | None = None
        try:
            found[place] = scorer.visit_probability(scorer.borrower_type(**row))
            if 0 <= found[place] <= 1:
                continue
            why = f"gave {float(found[place])!r}, which is no probability"
        except Exception as error:  # noqa: BLE001  # whatever a user's formula raises
            why, cause = f"raised {type(error).__name__}: {error}", error
        seen = {name: spec.read(row[name]) for name, spec in fields.items()}
        raise RowFormulaError(type(scorer).__name__, why, int(positions[place]), seen) from cause
    return found


def _evaluate(scorer: Formula, block: RowBlock) -> Array:
    """Return the probabilities of a block, in whatever process this runs."""
    if not len(block.rows):
        return np.empty(0)  # estimators refuse to predict nothing
    with np.errstate(all="ignore"):
        return np.asarray(scorer.evaluate(block.record, ARRAYS), dtype=np.float64)


def evaluated(scorer: Formula, blocks: Iterable[RowBlock], count: int) -> Iterator[tuple[Array, Array]]:
    """Give, block by block and in order, the positions of rows and their probabilities."""
    plan = scorer.run_plan
    waiting: deque[Array] = deque()

    def noted() -> Iterator[RowBlock]:
        for block in blocks:
            waiting.append(block.rows)
            yield block

    for probability in _tracked(_results(scorer, noted(), plan, count), count, plan):
        yield waiting.popleft(), probability


def _results(scorer: Formula, blocks: Iterator[RowBlock], plan: RunPlan, count: int) -> Iterator[Array]:
    if plan.n_jobs == 1 or count < 2:
        return (_evaluate(scorer, block) for block in blocks)
    joblib = importlib.import_module("joblib")
    parallel = joblib.Parallel(n_jobs=plan.n_jobs, return_as="generator")
    results: Iterator[Array] = parallel(joblib.delayed(_evaluate)(scorer, block) for block in blocks)
    return results


def _tracked(results: Iterator[Array], count: int, plan: RunPlan) -> Iterable[Array]:
    """Show a progress bar over the blocks, if the plan asks for one."""
    if not plan.progress:
        return results
    try:
        console = importlib.import_module("rich.console").Console(file=sys.stderr)
        tracked: Iterable[Array] = importlib.import_module("rich.progress").track(
            results, "scoring", total=count, console=console
        )
    except ImportError:
        raise MissingExtraError("cli") from None
    return tracked
