"""What every scorer promises, one function a promise: each gives the first breach that it finds."""

from __future__ import annotations

import importlib
import math
import pickle
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from collectrisk._fields import ChoiceValidator
from collectrisk._files.files import load, save
from collectrisk._namespaces import SCALAR
from collectrisk.errors import ArgumentError
from collectrisk.testing._kinds import arrays, eager_kinds, lazy_kinds
from collectrisk.testing._values import Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from collectrisk._borrower import Borrower
    from collectrisk._scorers.scorer import Scorer
    from collectrisk.testing._kinds import Kind
    from collectrisk.testing._subject import Subject

TOLERANCE = 1e-12
THREADS = 4
ROWS_THAT_RISE = 16


@attrs.frozen
class Breach:
    """What was seen that breaks a promise, and on which borrower."""

    seen: str
    borrower: Borrower | None = None


def probability(subject: Subject) -> Iterator[Breach]:
    """Look for a borrower without a probability."""
    for borrower, said in zip(subject.borrowers, subject.said, strict=True):
        if not 0 <= said <= 1:
            yield Breach(f"it said {said!r}", borrower)


def deterministic(subject: Subject) -> Iterator[Breach]:
    """Look for a borrower of whom another thing is said the second time, in another order."""
    for borrower, said in reversed(subject.few):
        again = subject.ask(borrower)
        if again != said:
            yield Breach(f"it said {said!r} first and {again!r} later", borrower)


def threads(subject: Subject) -> Iterator[Breach]:
    """Look for a borrower of whom another thing is said while other threads ask as well."""
    few = subject.few

    def ask(first: int) -> list[tuple[Borrower, float, float]]:
        turned = few[first:] + few[:first]
        return [(each, said, subject.scorer.assess(each).visit_probability) for each, said in turned]

    with _switching_often(), ThreadPoolExecutor(THREADS) as pool:
        starts = range(0, THREADS * 3, 3)
        for borrower, said, now in (answer for answers in pool.map(ask, starts) for answer in answers):
            if now != said:
                yield Breach(f"alone it said {said!r}, beside other threads {now!r}", borrower)


@contextmanager
def _switching_often() -> Iterator[None]:
    """Let threads take turns as often as can be, so that what they share shows."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def eager_frames(subject: Subject) -> Iterator[Breach]:
    """Look for a row of an eager frame that gets another number than its borrower."""
    found = subject.scorer.visit_probabilities(arrays(subject.sample)).tolist()
    yield from _unlike(subject, "NumPy arrays", found)
    yield from _unlike_on(subject, eager_kinds())


def lazy_frames(subject: Subject) -> Iterator[Breach]:
    """Look for a row of a lazy frame that gets another number than its borrower."""
    yield from _unlike_on(subject, lazy_kinds(subject.spark))


def _unlike_on(subject: Subject, kinds: Sequence[Kind]) -> Iterator[Breach]:
    for kind in kinds:
        found = kind.probabilities(subject.scorer, kind.make(subject.sample))
        yield from _unlike(subject, kind.name, found)


def _unlike(subject: Subject, where: str, found: list[Any]) -> Iterator[Breach]:
    for borrower, said, row in zip(subject.borrowers, subject.said, found, strict=True):
        if row is None or not abs(row - said) <= TOLERANCE:
            yield Breach(f"one borrower gets {said!r}, and the same row of {where} {row!r}", borrower)


def input_kept(subject: Subject) -> Iterator[Breach]:
    """Look for a frame that scoring has changed."""
    columns = arrays(subject.sample)
    before = _values(columns)
    subject.scorer.visit_probabilities(columns)
    if _values(columns) != before:
        yield Breach("it changed the NumPy arrays that it was given")
    for kind in eager_kinds():
        frame = kind.make(subject.sample)
        before = _values(frame)
        subject.scorer.assess_frame(frame)
        if _values(frame) != before:
            yield Breach(f"it changed the {kind.name} frame that it was given")


def _values(data: Any) -> dict[str, list[str]]:
    """Return the values of a frame or of arrays, in a form in which NaN is equal to itself."""
    columns = data if isinstance(data, dict) else nw.from_native(data, eager_only=True).to_dict()
    return {name: [repr(value) for value in column] for name, column in columns.items()}


def pickled(subject: Subject) -> Iterator[Breach]:
    """Look for a borrower of whom a copy by pickle or joblib says another thing."""
    yield from _other(subject, "pickle", pickle.loads(pickle.dumps(subject.scorer)))  # noqa: S301  # our own
    joblib = importlib.import_module("joblib")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "scorer.joblib")
        joblib.dump(subject.scorer, path)
        yield from _other(subject, "joblib", joblib.load(path))


def saved(subject: Subject) -> Iterator[Breach]:
    """Look for a borrower of whom what was saved and loaded says another thing."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("scorer.json", "scorer.joblib"):
            try:
                save(subject.scorer, Path(folder, name))
            except ArgumentError:
                continue  # Only a scorecard has a JSON form; anything has the other.
            yield from _other(subject, "collectrisk.save", load(Path(folder, name), trusted=True))


def _other(subject: Subject, way: str, copy: Scorer) -> Iterator[Breach]:
    for borrower, said in subject.few:
        now = copy.assess(borrower).visit_probability
        if now != said:
            yield Breach(f"it said {said!r}, and after {way} {now!r}", borrower)


def reasons(subject: Subject) -> Iterator[Breach]:
    """Look for a borrower whose reasons do not add up."""
    for borrower in subject.borrowers:
        said = subject.scorer.assess(borrower)
        points = [reason.points for reason in said.reasons]
        total = math.fsum([math.nan if said.base is None else said.base, *points])
        if total != said.log_odds:
            seen = f"base {said.base!r} and {len(points)} reasons add up to {total!r}, not to the log-odds"
            yield Breach(f"{seen} {said.log_odds!r}", borrower)
        elif SCALAR.logistic(total) != said.visit_probability:
            seen = f"log-odds {total!r} are the probability {SCALAR.logistic(total)!r}"
            yield Breach(f"{seen}, not {said.visit_probability!r}", borrower)


def monotone(subject: Subject) -> Iterator[Breach]:
    """Look for a borrower whose probability turns as one field rises."""
    for field, sign in subject.monotone.items():
        steps = _rising(subject, field)
        for start in subject.sample.rows[:ROWS_THAT_RISE]:
            rows = [{**start, field: step} for step in steps]
            found = subject.scorer.visit_probabilities(arrays(Sample(subject.specs, rows)))
            for place in np.flatnonzero(np.diff(found) * sign < -TOLERANCE).tolist():
                here, there = (f"{steps[at]!r} gets {found[at]!r}" for at in (place, place + 1))
                yield Breach(f"{field} {here}, and {there}", subject.borrower(rows[place + 1]))


def _rising(subject: Subject, field: str) -> list[Any]:
    """Return the values of a field in the sample, in rising order."""
    rule = subject.specs[field].rule
    values = {row[field] for row in subject.sample.rows} - {None}
    return sorted(values, key=list(rule.choices).index if isinstance(rule, ChoiceValidator) else None)


def _always(_subject: Subject) -> bool:
    return True


@attrs.frozen
class Promise:
    """What a scorer promises, how to find a breach, and how to mend it.

    Attributes
    ----------
    name : str
        What the check is called.
    words : str
        The promise as a sentence.
    mend : str
        What to do about a breach.
    find : callable
        From a subject to its breaches.
    needs : tuple of str
        The promises that must be kept for this one to be asked about.
    applies : callable
        Whether a subject makes this promise at all.
    """

    name: str
    words: str
    mend: str
    find: Callable[[Subject], Iterator[Breach]]
    needs: tuple[str, ...] = ("deterministic",)
    applies: Callable[[Subject], bool] = _always


PROMISES = {
    promise.name: promise
    for promise in (
        Promise(
            "probability",
            "every valid borrower gets a finite probability from 0 to 1",
            "end the formula with xp.logistic(...), hold a field with xp.clip before it grows beyond "
            "floats, and use xp.divide, xp.log and xp.exp, which never raise",
            probability,
            needs=(),
        ),
        Promise(
            "deterministic",
            "the same borrower always gets the same number",
            "leave out random numbers, the clock, and anything that an earlier call has left behind",
            deterministic,
            needs=("probability",),
        ),
        Promise(
            "threads",
            "several threads may ask at once",
            "keep intermediate results in local variables, not in attributes of self or globals",
            threads,
        ),
        Promise(
            "eager_frames",
            "a row of an eager frame gets the same number as its borrower",
            "read each row's own fields and nothing of the rest of the frame, and use xp.where "
            "instead of if, xp.maximum instead of max, xp.exp instead of math.exp",
            eager_frames,
        ),
        Promise(
            "input",
            "a frame that is scored stays as it was",
            "make new values (x = x / 2) instead of changing old ones (x /= 2), and copy a frame "
            "before you add to it",
            input_kept,
            needs=("eager_frames",),
        ),
        Promise(
            "lazy_frames",
            "a row of a lazy frame gets the same number as its borrower",
            "use operators and the functions of xp alone, no NumPy and no isinstance; or derive from "
            "RowScorer, which does without lazy frames",
            lazy_frames,
            needs=("eager_frames",),
            applies=lambda subject: subject.scorer.execution.in_columns,
        ),
        Promise(
            "pickle",
            "a copy by pickle or joblib says the same",
            "define the class at the top level of a module, and keep plain data in it: no lambda, open "
            "file, lock or connection; what cannot be copied belongs where it is used",
            pickled,
        ),
        Promise(
            "save",
            "what was saved says the same when it is loaded",
            "a card file holds the card alone, so put everything into the card instead of overriding "
            "its methods",
            saved,
            needs=("pickle",),
        ),
        Promise(
            "reasons",
            "the base and the reasons add up to the log-odds, and these to the probability, exactly",
            "put every effect into a characteristic of the card, and leave assess as it is",
            reasons,
            applies=lambda subject: bool(subject.scorer.labels),
        ),
        Promise(
            "monotone",
            "the probability moves with a field in the direction asked for",
            "look at the signs and at the order of the knots; or ask for less in monotone={...}",
            monotone,
            needs=("eager_frames",),
            applies=lambda subject: bool(subject.monotone),
        ),
    )
}
"""Every promise by its name, in an order in which none needs a later one."""
