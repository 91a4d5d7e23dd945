"""Asking a scorer about its promises: all at once, or one test a promise."""

from __future__ import annotations

import importlib
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from unittest import SkipTest

import attrs
from threadpoolctl import threadpool_limits  # scikit-learn brings it along

from collectrisk._scorers.scorer import Scorer
from collectrisk.errors import ArgumentError, MissingExtraError, ScorerCheckError, nearest
from collectrisk.testing._promises import PROMISES, Breach
from collectrisk.testing._subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from collectrisk._borrower import Borrower
    from collectrisk.testing._promises import Promise

Test = TypeVar("Test", bound="Callable[..., object]")


@contextmanager
def _calmly() -> Iterator[None]:
    """Keep numerical libraries to one thread, and let them announce what they like.

    For one borrower their threads would only wait for one another; and what a library says of
    its own future breaks no promise of a scorer.
    """
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # scikit-learn's threads reset each other's filters, and then show what was to be ignored.
        warnings.showwarning = lambda *_args, **_options: None
        yield


@attrs.define(slots=False, eq=False)
class Inquiry:
    """Asks a subject about each promise at most once.

    Attributes
    ----------
    subject : Subject
        The scorer.
    found : dict of str to (ScorerCheckError or None)
        What came out, by promise.
    """

    subject: Subject
    found: dict[str, ScorerCheckError | None] = attrs.Factory(dict)

    def first_broken(self, promise: Promise) -> ScorerCheckError | None:
        """Return what is broken: the promise, or first of all one that it needs."""
        if promise.name not in self.found:
            needed = (self.first_broken(PROMISES[name]) for name in promise.needs)
            broken = next((each for each in needed if each is not None), None)
            self.found[promise.name] = broken or self._breach(promise)
        return self.found[promise.name]

    def _breach(self, promise: Promise) -> ScorerCheckError | None:
        """Return what breaks a promise itself; a scorer that raises breaks it, too."""
        cause: Exception | None = None
        try:
            with _calmly():
                breach = next(promise.find(self.subject), None)
        except Exception as error:  # noqa: BLE001  # whatever a scorer raises
            breach, cause = self._raised(error), error
        if breach is None:
            return None
        broken = ScorerCheckError(
            scorer=self.subject.name,
            check=promise.name,
            promise=promise.words,
            seen=breach.seen,
            mend=promise.mend,
            borrower=breach.borrower,
        )
        broken.__cause__ = cause
        return broken

    def _raised(self, error: Exception) -> Breach:
        asked, self.subject.asked = self.subject.asked, None
        return Breach(f"it raised {type(error).__name__}: {error}", asked)


@attrs.frozen(eq=False)
class Check:
    """One promise of one scorer, as a test: call it with the scorer."""

    promise: Promise
    inquiry: Inquiry

    def __call__(self, scorer: Scorer) -> None:
        """Raise `ScorerCheckError` if the scorer breaks the promise; skip if one it needs is broken."""
        same = scorer is self.inquiry.subject.scorer
        inquiry = self.inquiry if same else Inquiry(attrs.evolve(self.inquiry.subject, scorer=scorer))
        broken = inquiry.first_broken(self.promise)
        if broken is None:
            return
        if broken.check != self.promise.name:
            raise SkipTest(f"cannot be asked until {broken.scorer} keeps {broken.check!r}")
        raise broken


def _checks(
    scorer: object,
    monotone: Mapping[str, int] | None,
    borrowers: Iterable[Borrower],
    spark: Any,
    skip: Iterable[str],
) -> list[Check]:
    """Return a check for each promise that the scorer makes, but for some."""
    if not isinstance(scorer, Scorer):
        hint = f"; write {scorer.__name__}(...)" if isinstance(scorer, type) else ""
        raise ArgumentError("scorer", f"must be a scorer, not a {type(scorer).__name__}{hint}")
    subject = Subject(scorer, dict(monotone or {}), tuple(borrowers), spark)
    _require_known("monotone", subject.monotone, subject.specs)
    _require_known("skip", skip, PROMISES)
    strange = [sign for sign in subject.monotone.values() if sign not in {-1, 1}]
    if strange:
        raise ArgumentError("monotone", f"must say +1 (rises) or -1 (falls), not {strange[0]!r}")
    inquiry = Inquiry(subject)
    return [
        Check(promise, inquiry)
        for promise in PROMISES.values()
        if promise.name not in skip and promise.applies(subject)
    ]


def _require_known(argument: str, names: Iterable[str], known: Iterable[str]) -> None:
    for name in names:
        if name not in known:
            guess = nearest(name, known)
            meant = f"; did you mean {guess!r}?" if guess else ""
            raise ArgumentError(argument, f"must name some of {', '.join(known)}, not {name!r}{meant}")


def check_scorer(
    scorer: Scorer,
    *,
    monotone: Mapping[str, int] | None = None,
    borrowers: Iterable[Borrower] = (),
    spark: Any = None,
    skip: Iterable[str] = (),
) -> None:
    """Check that a scorer keeps every promise that the shipped scorers keep.

    The scorer is asked about the edges of every field and a random sample of all valid
    borrowers: by itself, on every kind of frame that is installed, again, from several threads,
    as a copy, saved and loaded. Nothing is random from one run to the next.

    Parameters
    ----------
    scorer : Scorer
        The scorer.
    monotone : mapping of str to int, optional
        Fields with which the probability must rise (+1) or fall (-1), or stay:
        ``{"amount_overdue": +1}``.
    borrowers : iterable of Borrower, optional
        The borrowers to ask about instead, where not every valid one makes sense.
    spark : SparkSession, optional
        A session, to try Spark frames as well.
    skip : iterable of str, optional
        Promises that the scorer need not keep: ``{"pickle", "save"}``.

    Raises
    ------
    ScorerCheckError
        If a promise is broken; it says which, on which borrower, and how to mend it.
    ArgumentError
        If an argument is none of the above.

    See Also
    --------
    parametrize_with_scorer_checks : The same, each promise a test of its own.

    Examples
    --------
    >>> import collectrisk as cr
    >>> from collectrisk.testing import check_scorer
    >>> check_scorer(cr.RuleScorer(), monotone={"amount_overdue": +1, "repayment_plan": -1})
    """
    for check in _checks(scorer, monotone, borrowers, spark, tuple(skip)):
        broken = check.inquiry.first_broken(check.promise)
        if broken is not None and broken.check == check.promise.name:
            raise broken


def parametrize_with_scorer_checks(
    scorers: Iterable[Scorer],
    *,
    monotone: Mapping[str, int] | None = None,
    spark: Any = None,
    skip: Iterable[str] = (),
) -> Callable[[Test], Test]:
    """Return a pytest mark that makes a test of each promise of each scorer.

    The test gets ``scorer`` and ``check``, and calls the one with the other. A check that
    another broken promise makes meaningless is skipped. Needs pytest (extra ``test``).

    Parameters
    ----------
    scorers : iterable of Scorer
        The scorers.
    monotone, spark, skip
        As in `check_scorer`, for all of them.

    Raises
    ------
    ArgumentError
        If an argument is none of the above.
    MissingExtraError
        If pytest is not installed.

    Examples
    --------
    >>> import collectrisk as cr
    >>> from collectrisk.testing import parametrize_with_scorer_checks
    >>> @parametrize_with_scorer_checks([cr.RuleScorer(), cr.RuleScorer(base=-5)])
    ... def test_the_scorers_keep_their_promises(scorer, check):
    ...     check(scorer)
    """
    try:
        pytest = importlib.import_module("pytest")
    except ImportError:
        raise MissingExtraError("test") from None
    tests = [
        pytest.param(scorer, check, id=f"{type(scorer).__name__}-{check.promise.name}")
        for scorer in scorers
        for check in _checks(scorer, monotone, (), spark, tuple(skip))
    ]
    mark: Callable[[Test], Test] = pytest.mark.parametrize(("scorer", "check"), tests)
    return mark
