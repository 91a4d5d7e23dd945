"""Running the checks of a scorer: all in one call, or each as a pytest test."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeVar
from unittest import SkipTest

import attrs
from threadpoolctl import threadpool_limits  # a dependency of scikit-learn

from collectrisk._borrower import Borrower
from collectrisk._fields import is_number
from collectrisk._scorers.scorer import Scorer
from collectrisk.errors import (
    ArgumentError,
    MissingExtraError,
    ScorerCheckError,
    did_you_mean,
    shown,
    type_name,
)
from collectrisk.testing._case import Case, CheckFailure, advice_of, raised
from collectrisk.testing._checks import CHECKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from collectrisk.testing._checks import Check

Test = TypeVar("Test", bound="Callable[..., object]")


@attrs.frozen(eq=False)
class ScorerChecks:
    """The checks that apply to a scorer, each run at most once.

    Attributes
    ----------
    case : Case
        The scorer.
    results : dict of str to (ScorerCheckError or None)
        The result of each check that was run.
    """

    case: Case
    results: dict[str, ScorerCheckError | None] = attrs.Factory(dict)

    def first_failure(self, check: Check) -> ScorerCheckError | None:
        """Return the failure of the first check that `check` needs, or else its own."""
        if check.name not in self.results:
            needed = (self.first_failure(CHECKS[name]) for name in check.needs)
            self.results[check.name] = next(filter(None, needed), None) or self._run(check)
        return self.results[check.name]

    def _run(self, check: Check) -> ScorerCheckError | None:
        try:
            with _quiet():
                check.run(self.case)
        except CheckFailure as failure:
            observed, borrower, cause = failure.observed, failure.borrower, failure.__cause__
        except Exception as error:  # noqa: BLE001  # a scorer may raise anything
            observed, borrower, cause = raised(error), None, error
        else:
            return None
        failed = ScorerCheckError(
            scorer=type(self.case.scorer).__name__,
            check=check.name,
            requirement=check.requirement,
            observed=observed,
            fix=advice_of(cause) or check.fix,
            borrower=borrower,
        )
        failed.__cause__ = cause
        return failed

    def run_as_test(self, check: Check, scorer: Scorer) -> None:
        """Raise `ScorerCheckError` if the check fails; skip it if one that it needs fails."""
        # A test may pass a modified scorer, to which the results so far do not apply.
        same = scorer is self.case.scorer
        checks = self if same else ScorerChecks(attrs.evolve(self.case, scorer=scorer))
        failure = checks.first_failure(check)
        if failure is not None and failure.check != check.name:
            raise SkipTest(f"not run, because {failure.scorer} fails the check {failure.check!r}")
        if failure is not None:
            raise failure


@contextmanager
def _quiet() -> Iterator[None]:
    """Limit numerical libraries to one thread, and ignore warnings.

    For one borrower, starting their threads takes longer than the computation. A deprecation
    warning of a library is not a failure of the scorer.
    """
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # scikit-learn's threads reset each other's filters, so the filter alone is not enough.
        warnings.showwarning = lambda *_args, **_options: None
        yield


def _checks_of(
    scorer: object,
    monotone: Mapping[str, int] | None,
    borrowers: Iterable[Borrower],
    spark: Any,
    skip: Iterable[str],
) -> tuple[ScorerChecks, list[Check]]:
    """Return a scorer's checks, and those to run."""
    if not isinstance(scorer, Scorer):
        hint = f"; write {scorer.__name__}(...)" if isinstance(scorer, type) else ""
        raise ArgumentError("scorer", f"must be a scorer, not {type_name(scorer)}{hint}")
    if not isinstance(monotone, (Mapping, NoneType)):
        raise ArgumentError("monotone", f"must map fields to +1 or -1, not {shown(monotone)}")
    case = Case(scorer, dict(monotone or {}), _listed("borrowers", borrowers), spark)
    for each in case.borrowers:
        if not isinstance(each, Borrower):
            raise ArgumentError("borrowers", f"must be borrowers, and contain {type_name(each)}")
    skip = _listed("skip", skip)
    _require_known("monotone", case.monotone, case.specs)
    _require_known("skip", skip, CHECKS)
    for sign in case.monotone.values():
        if not is_number(sign) or sign not in (-1, 1):
            raise ArgumentError("monotone", f"must be +1 (increasing) or -1 (decreasing), not {shown(sign)}")
    selected = [check for check in CHECKS.values() if check.name not in skip and check.applies(case)]
    return ScorerChecks(case), selected


def _listed(argument: str, values: object) -> tuple[Any, ...]:
    """Return the elements of an iterable other than a text, as often as they are needed."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ArgumentError(argument, f"must be a list, not {shown(values)}")
    return tuple(values)


def _require_known(argument: str, names: Iterable[object], known: Iterable[str]) -> None:
    for name in names:
        if not isinstance(name, str) or name not in known:
            why = f"must contain only {', '.join(known)}, not {shown(name)}{did_you_mean(name, known)}"
            raise ArgumentError(argument, why)


def check_scorer(
    scorer: Scorer,
    *,
    monotone: Mapping[str, int] | None = None,
    borrowers: Iterable[Borrower] = (),
    spark: Any = None,
    skip: Iterable[str] = (),
) -> None:
    """Check that a scorer meets every requirement that the scorers of this library meet.

    The scorer assesses borrowers at the edges of every field and a random sample of all valid
    ones: one by one, twice, in several threads, on every installed kind of frame, as a copy, and
    after saving and loading. The sample is the same in every run.

    Parameters
    ----------
    scorer : Scorer
        The scorer.
    monotone : mapping of str to int, optional
        Fields with which the probability must increase (+1) or decrease (-1), or stay the same:
        ``{"amount_overdue": +1}``.
    borrowers : iterable of Borrower, optional
        The borrowers to check on instead, if not every valid borrower makes sense.
    spark : SparkSession, optional
        A session, to check Spark frames too.
    skip : iterable of str, optional
        Checks to leave out: ``{"pickle", "save"}``.

    Raises
    ------
    ScorerCheckError
        If a check fails; the error names the check, the borrower and how to correct the scorer.
    ArgumentError
        If an argument is not valid.

    See Also
    --------
    parametrize_with_scorer_checks : The same, with one test per check.

    Examples
    --------
    >>> import collectrisk as cr
    >>> from collectrisk.testing import check_scorer
    >>> check_scorer(cr.RuleScorer(), monotone={"amount_overdue": +1, "repayment_plan": -1})
    """
    checks, selected = _checks_of(scorer, monotone, borrowers, spark, skip)
    for check in selected:
        failure = checks.first_failure(check)
        if failure is not None and failure.check == check.name:
            raise failure


def parametrize_with_scorer_checks(
    scorers: Iterable[Scorer],
    *,
    monotone: Mapping[str, int] | None = None,
    spark: Any = None,
    skip: Iterable[str] = (),
) -> Callable[[Test], Test]:
    """Return a pytest mark that makes a test of each check of each scorer.

    The test function has the parameters ``scorer`` and ``check``, and calls ``check(scorer)``. A
    check is skipped if one that it needs fails. Needs pytest (extra ``test``).

    Parameters
    ----------
    scorers : iterable of Scorer
        The scorers.
    monotone, spark, skip
        As in `check_scorer`, for all scorers.

    Raises
    ------
    ArgumentError
        If an argument is not valid.
    MissingExtraError
        If pytest is not installed.

    Examples
    --------
    >>> import collectrisk as cr
    >>> from collectrisk.testing import parametrize_with_scorer_checks
    >>> @parametrize_with_scorer_checks([cr.RuleScorer(), cr.RuleScorer(base=-5)])
    ... def test_our_scorers(scorer, check):
    ...     check(scorer)
    """
    try:
        import pytest  # noqa: PLC0415  # an optional dependency
    except ImportError:
        raise MissingExtraError("test") from None
    tests = []
    skip = _listed("skip", skip)  # once, because each scorer needs it
    for scorer in scorers:
        checks, selected = _checks_of(scorer, monotone, (), spark, skip)
        name = type(scorer).__name__
        tests += [
            pytest.param(scorer, functools.partial(checks.run_as_test, check), id=f"{name}-{check.name}")
            for check in selected
        ]
    mark: Callable[[Test], Test] = pytest.mark.parametrize(("scorer", "check"), tests)
    return mark
