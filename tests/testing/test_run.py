"""Running the checks: a failure names the check, its requirement, the observation and the fix."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from unittest import SkipTest

import attrs
import numpy as np
import pytest
from broken_scorers import BROKEN, MONOTONE, Moody, Squared, Stale, Unbounded

import collectrisk as cr
from collectrisk.errors import ArgumentError, FormulaError, MissingExtraError
from collectrisk.testing import ScorerCheckError, check_scorer, parametrize_with_scorer_checks
from collectrisk.testing._checks import CHECKS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BORROWERS = [cr.Borrower(amount_overdue=3_000, days_past_due=days) for days in (0, 30, 90)]


def parameters_of(mark: Any) -> list[Any]:
    """Return the parameters of a mark."""
    return list(mark.mark.args[1])


def outcomes(scorer: cr.Scorer, monotone: dict[str, int] | None = None) -> dict[str, str]:
    """Run the checks one by one, as pytest would, and return the outcome of each."""
    found = {}
    for parameters in parameters_of(parametrize_with_scorer_checks([scorer], monotone=monotone)):
        own, check = parameters.values
        name = parameters.id.partition("-")[2]
        try:
            check(own)
        except SkipTest as skipped:
            found[name] = f"skipped: {skipped}"
        except ScorerCheckError as error:
            found[name] = f"failed: {error}"
        else:
            found[name] = "passed"
    return found


def test_a_correct_scorer_passes_every_check() -> None:
    assert outcomes(Stale(), MONOTONE) == dict.fromkeys(CHECKS.keys() - {"reasons"}, "passed")


@pytest.mark.parametrize(("name", "scorer", "fix"), BROKEN, ids=lambda each: type(each).__name__)
def test_a_broken_scorer_fails_one_check_only(name: str, scorer: cr.Scorer, fix: str) -> None:
    """Checks that need this one are skipped, and say why."""
    found = outcomes(scorer, MONOTONE if name == "monotone" else None)
    failed = {name: text for name, text in found.items() if text.startswith("failed")}
    assert list(failed) == [name]
    assert fix in failed[name].partition("how to fix it: ")[2]
    reason = f"skipped: not run, because {type(scorer).__name__} fails the check '{name}'"
    assert {text for text in found.values() if text.startswith("skipped")} <= {reason}


def test_check_scorer_raises_the_first_failure() -> None:
    with pytest.raises(ScorerCheckError) as caught:
        check_scorer(Moody())
    error = caught.value
    assert (error.scorer, error.check) == ("Moody", "deterministic")
    assert (error.requirement, error.fix) == (
        CHECKS["deterministic"].requirement,
        CHECKS["deterministic"].fix,
    )


def test_a_failure_names_check_requirement_observation_borrower_and_fix() -> None:
    borrower = cr.Borrower(amount_overdue=900, days_past_due=170, borrower_id="B7")
    with pytest.raises(ScorerCheckError) as caught:
        check_scorer(Unbounded(), borrowers=[borrower])
    requirement, observed, on, fix = str(caught.value).split("\n")
    assert requirement == f"Unbounded fails the check 'probability': {CHECKS['probability'].requirement}"
    assert observed == (
        "observed: raised FormulaError: Unbounded.visit_probability: returned 1.7, which is not a "
        "probability; return a number from 0 to 1, such as the logistic of the log-odds"
    )
    assert on == f"borrower: {borrower!r}"
    assert "B7" not in on
    assert fix.startswith("how to fix it: return a number from 0 to 1")
    assert isinstance(caught.value.__cause__, FormulaError)
    assert caught.value.borrower is borrower


def test_a_failure_is_an_assertion_error() -> None:
    with pytest.raises(AssertionError):
        check_scorer(Moody())
    assert issubclass(ScorerCheckError, cr.CollectRiskError)


def test_a_scorer_that_raises_fails_and_the_error_is_reported() -> None:
    class Absent(cr.RowScorer):
        def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
            return {"unknown": 0.5}[borrower.attitude]

    with pytest.raises(
        ScorerCheckError, match=r"observed: raised FormulaError: .* raised KeyError"
    ) as caught:
        check_scorer(Absent())
    assert caught.value.borrower.attitude != "unknown"


@attrs.frozen
class Mistaken(cr.Scorer):
    """Computes its log-odds by a function with a mistake."""

    log_odds: Callable[[Any, Any], Any]

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return xp.logistic(self.log_odds(borrower, xp))


def _endless(borrower: Any) -> Any:
    return _endless(borrower)


MISTAKES: dict[str, tuple[Callable[[Any, Any], Any], str, str]] = {
    "a branch": (lambda b, _: 1 if b.failed_calls > 3 else 0, "eager_frames", "use xp.where instead of `if`"),
    "not": (lambda b, xp: xp.where(not b.repayment_plan, 1, 0), "eager_frames", "use xp.where instead of"),
    "~": (lambda b, xp: xp.where(~b.repayment_plan, 1, 0), "probability", "write xp.logical_not(condition)"),
    "~ as a number": (
        lambda b, _: ~b.repayment_plan * 1.0,
        "eager_frames",
        "write xp.logical_not(condition)",
    ),
    "%": (lambda b, _: b.days_past_due % 30 / 30, "eager_frames", "write xp.step for ranges of a number"),
    "a number as a condition": (
        lambda b, xp: xp.where(b.failed_calls, 1, 0),
        "probability",
        "a condition must be true or false",
    ),
    "the average": (
        lambda b, _: b.days_past_due / np.mean(b.days_past_due + 1.0) / 1e5,
        "eager_frames",
        "each row from its own values",
    ),
    "a field as the exponent": (
        lambda b, _: 0.5**b.failed_calls,
        "eager_frames",
        "write xp.exp(y * xp.log(x))",
    ),
    "an attribute of a number": (
        lambda b, _: float(b.days_past_due.real),
        "eager_frames",
        "use xp.where instead of `if`",
    ),
    "is": (
        lambda b, _: (b.attitude is cr.Attitude.HOSTILE) * 0.5,
        "eager_frames",
        "no `is` (== compares texts, and xp.is_missing replaces `is None`)",
    ),
    "an f-string": (
        lambda b, _: 1 if f"{b.attitude}" == "hostile" else 0,
        "eager_frames",
        "one text of a column",
    ),
    "a sum of NumPy": (
        lambda b, _: np.sum([b.days_past_due, b.failed_calls]),
        "eager_frames",
        "no function of NumPy",
    ),
    "the order of edges": (
        lambda b, xp: xp.interp(b.days_past_due, [30, 1], [0.0, 1.0]),
        "eager_frames",
        "the edges of xp.interp must be in increasing order",
    ),
    "a table of numbers": (
        lambda b, xp: xp.lookup(b.failed_calls, {40: 1.0}, 0.0),
        "eager_frames",
        "the keys of xp.lookup are texts",
    ),
    "division by zero": (lambda b, _: 1 / b.failed_calls, "probability", "use xp.divide"),
    "a key": (
        lambda b, _: {0: 1.0}[b.failed_calls],
        "probability",
        "correct this error in visit_probability",
    ),
    "recursion": (lambda b, _: _endless(b), "probability", "correct this error in visit_probability"),
    "the shape": (
        lambda b, _: b.days_past_due[:, None] if hasattr(b.days_past_due, "shape") else b.days_past_due,
        "eager_frames",
        "each field is a column",
    ),
    "a field that does not exist": (lambda b, _: b.income, "probability", "do as the error says"),
    "NumPy": (lambda b, _: np.sqrt(b.failed_calls), "lazy_frames", "instead of those of math and NumPy"),
}
"""A mistake in a formula, the check that finds it, and words of what the error says."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_formula_is_found_and_the_error_says_how_to_correct_it(mistake: str) -> None:
    log_odds, check, words = MISTAKES[mistake]
    few = [
        cr.Borrower(amount_overdue=1, days_past_due=days, failed_calls=days, attitude=attitude)
        for days, attitude in ((0, "unknown"), (1, "hostile"), (40, "passive"))
    ]
    with pytest.raises(ScorerCheckError, match=re.escape(words)) as caught:
        check_scorer(Mistaken(log_odds), borrowers=few)
    assert caught.value.check == check


def test_an_overridden_assess_is_checked_too() -> None:
    class Overruled(Stale):
        def assess(self, borrower: cr.Borrower) -> cr.Assessment:
            return attrs.evolve(super().assess(borrower), visit_probability=1.5)

    with pytest.raises(ScorerCheckError, match=r"observed: returned 1\.5"):
        check_scorer(Overruled())


def test_a_probability_that_does_not_match_the_log_odds_fails_the_check_of_reasons() -> None:
    with pytest.raises(ScorerCheckError, match=r"log-odds .* are the probability"):
        check_scorer(Squared(), skip={"save"})


def test_a_check_can_be_skipped() -> None:
    check_scorer(Moody(), skip=set(CHECKS) - {"probability"})
    check_scorer(Unbounded(), skip={"probability"})


def test_a_modified_scorer_is_checked_again() -> None:
    _scorer, check = parameters_of(parametrize_with_scorer_checks([Stale()]))[0].values
    check(Stale())
    with pytest.raises(ScorerCheckError, match="Unbounded"):
        check(Unbounded())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: check_scorer(Stale), r"scorer must be a scorer, not a type; write Stale\(\.\.\.\)"),  # type: ignore[arg-type]  # the error
        (lambda: check_scorer("rules"), "scorer must be a scorer, not a str$"),  # type: ignore[arg-type]  # the error
        (
            lambda: check_scorer(Stale(), monotone={"days_past_du": 1}),
            "monotone must contain only amount_overdue, .*'days_past_due'",
        ),
        (
            lambda: check_scorer(Stale(), monotone={"days_past_due": 2}),
            r"monotone must be \+1 \(increasing\) or -1 \(decreasing\), not 2",
        ),
        (lambda: check_scorer(Stale(), skip={"xyz"}), "skip must contain only probability, .*, not 'xyz'$"),
        (lambda: check_scorer(Stale(), monotone=["x"]), "monotone must map fields to "),  # type: ignore[arg-type]  # the error
        (lambda: check_scorer(Stale(), borrowers=5), "borrowers must be a list, not 5"),  # type: ignore[arg-type]  # the error
        (lambda: check_scorer(Stale(), borrowers=[5]), "borrowers must be borrowers, and contain an int"),  # type: ignore[list-item]  # the error
        (lambda: check_scorer(Stale(), skip="pickle"), "skip must be a list, not 'pickle'"),
        (
            lambda: parametrize_with_scorer_checks([Stale()], skip=["pickles"]),
            "did you mean 'pickle'",
        ),
    ],
)
def test_an_invalid_argument_is_an_error(wrong: Callable[[], None], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        wrong()


def test_if_borrowers_cannot_be_generated_the_error_asks_for_them() -> None:
    @attrs.frozen(kw_only=True)
    class Rated(cr.Borrower):
        rating: float = attrs.field(validator=attrs.validators.in_([1.0, 2.0]))

    class ByRating(Stale):
        borrower_type = Rated

    with pytest.raises(
        ArgumentError, match=r"a sample of Rated cannot be made .* write borrowers=\["
    ) as caught:
        check_scorer(ByRating())
    assert caught.value.argument == "borrowers"
    some = [Rated(amount_overdue=1, days_past_due=days, rating=1) for days in (0, 100)]
    check_scorer(ByRating(), borrowers=some, skip={"pickle", "save", "lazy_frames"})
    with pytest.raises(ScorerCheckError, match=r"it has one for 'rating'.*collect the frame") as failed:
        check_scorer(ByRating(), borrowers=some, skip={"pickle", "save"})
    assert (failed.value.check, failed.value.fix) == ("lazy_frames", "do as the error says")


def test_without_pytest_a_parametrized_test_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pytest", None)
    with pytest.raises(MissingExtraError, match=r"\.\[test\]"):
        parametrize_with_scorer_checks([Stale()])


TESTS = '''
import collectrisk as cr
from collectrisk.testing import parametrize_with_scorer_checks

class Branching(cr.Scorer):
    """Works for single borrowers only."""

    def visit_probability(self, borrower, xp):
        return 0.1 if borrower.broken_promises > 2 else 0.01

@parametrize_with_scorer_checks([cr.Scorecard(base=0, characteristics=[]), Branching()], skip={"lazy_frames"})
def test_mine(scorer, check):
    check(scorer)
'''


@pytest.mark.exhaustive
def test_pytest_reports_each_check_by_name(tmp_path: Path) -> None:
    file = tmp_path / "test_mine.py"
    file.write_text(TESTS)
    run = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", file.name]
    report = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert "PASSED test_mine.py::test_mine[Branching-threads]" in report
    assert "FAILED test_mine.py::test_mine[Branching-eager_frames] - " in report
    assert "not run, because Branching fails the check 'eager_frames'" in report
    assert "1 failed, 12 passed, 1 skipped" in report


def test_the_checks_need_no_library_that_is_not_installed() -> None:
    """With NumPy alone: no pandas, polars, pyarrow, DuckDB, Dask, pytest or Hypothesis."""
    code = """
import importlib.util, sys
absent = {"pandas", "polars", "pyarrow", "duckdb", "dask", "pytest", "hypothesis"}
class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(name)
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name in absent else find(name, package)
sys.meta_path.insert(0, Gone())
import collectrisk as cr
from collectrisk.testing import check_scorer
check_scorer(cr.Scorecard(base=0, characteristics=[]))
assert absent.isdisjoint(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
