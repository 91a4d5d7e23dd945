"""The checks of a scorer. Each raises `CheckFailure` for the first thing that is not as required."""

from __future__ import annotations

import math
import pickle
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import joblib
import narwhals.stable.v2 as nw
import numpy as np

from collectrisk._fields import ChoiceValidator, is_missing
from collectrisk._files.files import load, save
from collectrisk._namespaces import SCALAR
from collectrisk.errors import ArgumentError
from collectrisk.testing._case import CheckFailure
from collectrisk.testing._frame_kinds import arrays, eager_kinds, lazy_kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk._scorers.scorer import Scorer
    from collectrisk.testing._case import Case
    from collectrisk.testing._frame_kinds import FrameKind

TOLERANCE = 1e-12
THREADS = 4
MONOTONE_ROWS = 16
"""The number of borrowers for which a field is varied."""


CHECKS: dict[str, Check] = {}
"""The checks by name, each after those that it needs."""

CheckFunction = Callable[["Case"], None]


@attrs.frozen
class Check:
    """A check of a scorer.

    Attributes
    ----------
    run : callable
        Checks a case; raises `CheckFailure`, or whatever the scorer raises.
    name : str
        The name, as in ``check_scorer(skip=...)``.
    requirement : str
        What the check requires, as a clause.
    fix : str
        How to correct a scorer that fails the check.
    needs : tuple of str
        The checks without which this one means nothing; it is not run if one of them fails.
    applies : callable
        Whether a case can be checked.
    """

    run: CheckFunction
    name: str
    requirement: str
    fix: str
    needs: tuple[str, ...] = ("deterministic",)
    applies: Callable[[Case], bool] = lambda _case: True


def _check(*facts: Any, **options: Any) -> Callable[[CheckFunction], CheckFunction]:
    """Return a decorator that adds a function to `CHECKS`."""

    def add(run: CheckFunction) -> CheckFunction:
        check = Check(run, *facts, **options)
        CHECKS[check.name] = check
        return run

    return add


@_check(
    "probability",
    "every valid borrower gets a probability from 0 to 1",
    "return a number from 0 to 1, limit a field with xp.clip before it overflows, and use "
    "xp.divide, xp.log and xp.exp, which never raise",
    needs=(),
)
def _probability(case: Case) -> None:
    for borrower, probability in zip(case.borrowers, case.probabilities, strict=True):
        if not 0 <= probability <= 1:
            raise CheckFailure(f"returned {probability!r}", borrower)


@_check(
    "deterministic",
    "the same borrower always gets the same probability",
    "do not use random numbers, the clock, or state left behind by an earlier call",
    needs=("probability",),
)
def _deterministic(case: Case) -> None:
    for borrower, first in reversed(case.subset):
        second = case.probability(borrower)
        if second != first:
            raise CheckFailure(f"returned {first!r} first and {second!r} later", borrower)


@_check(
    "threads",
    "a borrower gets the same probability while other threads use the scorer",
    "keep intermediate results in local variables, not in attributes of self or global variables",
)
def _threads(case: Case) -> None:
    subset = case.subset

    def assess_all(start: int) -> None:
        # Each thread starts at another borrower, so that different borrowers are assessed at once.
        for borrower, alone in subset[start:] + subset[:start]:
            probability = case.probability(borrower)
            if probability != alone:
                observed = f"returned {alone!r} in one thread and {probability!r} beside other threads"
                raise CheckFailure(observed, borrower)

    with _frequent_switches(), ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(assess_all, range(0, THREADS * 3, 3)))


@contextmanager
def _frequent_switches() -> Iterator[None]:
    """Switch threads as often as possible, so that shared state is overwritten while it is in use."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


@_check(
    "eager_frames",
    "a row of an eager frame gets the same probability as its borrower",
    "compute each row from its own fields only, with operators and the functions of xp: no isinstance, no "
    "function of NumPy, and no `is` (== compares texts, and xp.is_missing replaces `is None`)",
)
def _eager_frames(case: Case) -> None:
    columns = arrays(case.specs, case.rows)
    _compare_rows(case, "NumPy arrays", case.array_probabilities(columns).tolist())
    _compare_frames(case, eager_kinds())


def _compare_frames(case: Case, kinds: list[FrameKind]) -> None:
    for kind in kinds:
        frame = kind.make(case.specs, case.rows)
        _compare_rows(case, kind.name, kind.probabilities(case.scorer, frame))


def _compare_rows(case: Case, kind: str, found: list[Any]) -> None:
    for borrower, alone, row in zip(case.borrowers, case.probabilities, found, strict=True):
        if row is None or not abs(row - alone) <= TOLERANCE:
            raise CheckFailure(
                f"returned {alone!r} for the borrower and {row!r} for its row ({kind})", borrower
            )


@_check(
    "input",
    "scoring does not change the frame",
    "do not write to the frame or to its arrays, and copy a frame before you add columns to it",
    needs=("eager_frames",),
)
def _input(case: Case) -> None:
    columns = arrays(case.specs, case.rows)
    _require_unchanged("NumPy arrays", columns, case.array_probabilities)
    for kind in eager_kinds():
        frame = kind.make(case.specs, case.rows)
        _require_unchanged(f"{kind.name} frame", frame, partial(case.scorer.assess_frame, columns={}))


def _require_unchanged(kind: str, data: Any, score: Callable[[Any], Any]) -> None:
    before = _values(data)
    score(data)
    if _values(data) != before:
        raise CheckFailure(f"changed the {kind} passed to it")


def _values(data: Any) -> dict[str, list[str]]:
    """Return the values of a frame or of arrays as strings, because NaN is not equal to itself."""
    columns = data if isinstance(data, dict) else nw.from_native(data, eager_only=True).to_dict()
    return {name: [repr(value) for value in column] for name, column in columns.items()}


@_check(
    "lazy_frames",
    "a row of a lazy frame gets the same probability as its borrower",
    "use only operators and the functions of xp, no NumPy and no isinstance; or derive from RowScorer, "
    "which does not support lazy frames",
    needs=("eager_frames",),
    applies=lambda case: not case.formula.by_row,
)
def _lazy_frames(case: Case) -> None:
    _compare_frames(case, lazy_kinds(case.spark))


@_check(
    "pickle",
    "a copy by pickle or joblib gives the same probabilities",
    "define the class at the top level of a module, and store only plain data in it: no lambda, open "
    "file, lock or connection; create what cannot be copied where it is used",
)
def _pickle(case: Case) -> None:
    _compare_copy(case, "pickle", pickle.loads(pickle.dumps(case.scorer)))  # noqa: S301  # made here
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "scorer.joblib")
        joblib.dump(case.scorer, path)
        _compare_copy(case, "joblib", joblib.load(path))


@_check(
    "save",
    "a scorer that was saved and loaded gives the same probabilities",
    "a card file contains only the card: put everything into it instead of overriding its methods",
    needs=("pickle",),
)
def _save(case: Case) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("scorer.json", "scorer.joblib"):
            path = Path(folder, name)
            try:
                save(case.scorer, path)
            except ArgumentError:
                continue  # only scorecards can be saved as JSON
            _compare_copy(case, "collectrisk.save and load", load(path, trusted=True))


def _compare_copy(case: Case, method: str, copy: Scorer) -> None:
    for borrower, original in case.subset:
        probability = copy.assess(borrower).visit_probability
        if probability != original:
            raise CheckFailure(f"returned {original!r}, and {probability!r} after {method}", borrower)


@_check(
    "reasons",
    "the base and the points of the reasons add up to the log-odds of the probability, exactly",
    "put every effect into a characteristic of the card, and do not override assess",
    applies=lambda case: bool(case.formula.labels),
)
def _reasons(case: Case) -> None:
    for borrower in case.borrowers:
        assessment = case.scorer.assess(borrower)
        base = math.nan if assessment.base is None else assessment.base
        points = [reason.points for reason in assessment.reasons]
        total = math.fsum([base, *points])
        if total != assessment.log_odds:
            raise CheckFailure(
                f"the base {base!r} and the points of {len(points)} reasons add up to {total!r}, "
                f"but the log-odds are {assessment.log_odds!r}",
                borrower,
            )
        if SCALAR.logistic(total) != assessment.visit_probability:
            raise CheckFailure(
                f"the log-odds {total!r} are the probability {SCALAR.logistic(total)!r}, "
                f"but the visit probability is {assessment.visit_probability!r}",
                borrower,
            )


@_check(
    "monotone",
    "as a field increases, the probability moves in the requested direction or stays the same",
    "check the signs and the order of the knots, or request less in monotone={...}",
    needs=("eager_frames",),
    applies=lambda case: bool(case.monotone),
)
def _monotone(case: Case) -> None:
    for field, sign in case.monotone.items():
        values = _increasing_values(case, field)
        for start in case.rows[:MONOTONE_ROWS]:
            rows = [{**start, field: value} for value in values]
            found = case.array_probabilities(arrays(case.specs, rows))
            for step in np.flatnonzero(np.diff(found) * sign < -TOLERANCE).tolist():
                observed = (f"{found[at]!r} for {field} {values[at]!r}" for at in (step, step + 1))
                raise CheckFailure(f"returned {' and '.join(observed)}", case.borrower(rows[step + 1]))


def _increasing_values(case: Case, field: str) -> list[Any]:
    """Return the known values of a field in the sample, in increasing order."""
    # Choices are in the order of their enum, not of the alphabet.
    validator = case.specs[field].validator
    values = {row[field] for row in case.rows if not is_missing(row[field])}
    return sorted(
        values, key=list(validator.choices).index if isinstance(validator, ChoiceValidator) else None
    )
