"""A scorer is asked about every promise; what breaks one is named, with the mend."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any
from unittest import SkipTest

import attrs
import pytest
from broken_scorers import BROKEN, MONOTONE, Moody, Squared, Stale, Unbounded

import collectrisk as cr
from collectrisk.testing import ScorerCheckError, check_scorer, parametrize_with_scorer_checks
from collectrisk.testing._promises import PROMISES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BORROWERS = [cr.Borrower(amount_overdue=3_000, days_past_due=days) for days in (0, 30, 90)]


def parameters_of(mark: Any) -> list[Any]:
    """Return the tests that a mark makes."""
    return list(mark.mark.args[1])


def outcomes(scorer: cr.Scorer, monotone: dict[str, int] | None = None) -> dict[str, str]:
    """Run the checks one by one, as pytest would, and return what came of each."""
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


def test_a_scorer_that_keeps_all_promises_passes_every_check() -> None:
    assert outcomes(Stale(), MONOTONE) == dict.fromkeys(PROMISES.keys() - {"reasons"}, "passed")


@pytest.mark.parametrize(("promise", "scorer", "mend"), BROKEN, ids=lambda each: type(each).__name__)
def test_a_broken_promise_fails_its_own_check_and_no_other(
    promise: str, scorer: cr.Scorer, mend: str
) -> None:
    """Checks that would mean nothing then are skipped, and say what they wait for."""
    found = outcomes(scorer, MONOTONE if promise == "monotone" else None)
    failed = {name: text for name, text in found.items() if text.startswith("failed")}
    assert list(failed) == [promise]
    assert mend in failed[promise].partition("to mend it: ")[2]
    name = type(scorer).__name__
    waits = f"skipped: cannot be asked until {name} keeps '{promise}'"
    assert {text for text in found.values() if text.startswith("skipped")} <= {waits}


def test_check_scorer_raises_the_first_broken_promise() -> None:
    with pytest.raises(ScorerCheckError) as caught:
        check_scorer(Moody())
    error = caught.value
    assert (error.scorer, error.check) == ("Moody", "deterministic")
    assert (error.promise, error.mend) == (PROMISES["deterministic"].words, PROMISES["deterministic"].mend)


def test_a_failure_says_which_promise_broke_on_whom_and_how_to_mend_it() -> None:
    borrower = cr.Borrower(amount_overdue=900, days_past_due=170, borrower_id="B7")
    with pytest.raises(ScorerCheckError) as caught:
        check_scorer(Unbounded(), borrowers=[borrower])
    promise, seen, on, mend = str(caught.value).split("\n")
    assert promise == (
        "Unbounded breaks a promise (probability): every valid borrower gets a finite probability from 0 to 1"
    )
    assert seen == (
        "seen: it raised FormulaError: Unbounded.visit_probability: gave 1.7, which is no probability; "
        "end the formula with xp.logistic(...)"
    )
    assert on == f"on: {borrower!r}"
    assert "B7" not in on
    assert mend.startswith("to mend it: end the formula with xp.logistic(...)")
    assert isinstance(caught.value.__cause__, cr.FormulaError)
    assert caught.value.borrower is borrower


def test_a_failure_is_an_assertion_that_failed() -> None:
    with pytest.raises(AssertionError):
        check_scorer(Moody())
    assert issubclass(ScorerCheckError, cr.CollectRiskError)


def test_a_scorer_that_raises_is_told_what_it_raised() -> None:
    class Absent(cr.RowScorer):
        def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
            return {"unknown": 0.5}[borrower.attitude]

    with pytest.raises(ScorerCheckError, match=r"it raised KeyError") as caught:
        check_scorer(Absent())
    assert caught.value.borrower.attitude != "unknown"


def test_an_assessment_of_ones_own_is_looked_at_too() -> None:
    class Overruled(Stale):
        def assess(self, borrower: cr.Borrower) -> cr.Assessment:
            return attrs.evolve(super().assess(borrower), visit_probability=1.5)

    with pytest.raises(ScorerCheckError, match=r"seen: it said 1\.5"):
        check_scorer(Overruled())


def test_what_says_another_thing_of_itself_than_its_log_odds_breaks_the_promise_of_reasons() -> None:
    with pytest.raises(ScorerCheckError, match=r"log-odds .* are the probability"):
        check_scorer(Squared(), skip={"save"})


def test_a_promise_can_be_left_out() -> None:
    check_scorer(Moody(), skip=set(PROMISES) - {"probability"})
    check_scorer(Unbounded(), skip={"probability"})


def test_a_changed_scorer_is_asked_anew() -> None:
    _scorer, check = parameters_of(parametrize_with_scorer_checks([Stale()]))[0].values
    check(Stale())
    with pytest.raises(ScorerCheckError, match="Unbounded"):
        check(Unbounded())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: check_scorer(Stale), r"scorer must be a scorer, not a type; write Stale\(\.\.\.\)"),  # type: ignore[arg-type]  # that is the fault
        (lambda: check_scorer("rules"), "scorer must be a scorer, not a str$"),  # type: ignore[arg-type]  # that is the fault
        (
            lambda: check_scorer(Stale(), monotone={"days_past_du": 1}),
            "monotone must name some of amount_overdue, .*'days_past_due'",
        ),
        (
            lambda: check_scorer(Stale(), monotone={"days_past_due": 2}),
            r"monotone must say \+1 \(rises\) or -1 \(falls\), not 2",
        ),
        (lambda: check_scorer(Stale(), skip={"xyz"}), "skip must name some of probability, .*, not 'xyz'$"),
        (
            lambda: parametrize_with_scorer_checks([Stale()], skip=["pickles"]),
            "did you mean 'pickle'",
        ),
    ],
)
def test_a_wrong_argument_is_named(wrong: Callable[[], None], message: str) -> None:
    with pytest.raises(cr.ArgumentError, match=message):
        wrong()


def test_borrowers_that_cannot_be_made_up_are_asked_for() -> None:
    @attrs.frozen(kw_only=True)
    class Rated(cr.Borrower):
        rating: float = attrs.field(validator=attrs.validators.in_([1.0, 2.0]))

    class ByRating(Stale):
        borrower_type = Rated

    with pytest.raises(
        cr.ArgumentError, match=r"type Rated cannot be made up .* pass borrowers=\["
    ) as caught:
        check_scorer(ByRating())
    assert caught.value.argument == "borrowers"
    some = [Rated(amount_overdue=1, days_past_due=days, rating=1) for days in (0, 100)]
    check_scorer(ByRating(), borrowers=some, skip={"pickle", "save"})


def test_without_pytest_a_parametrized_test_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pytest", None)
    with pytest.raises(cr.MissingExtraError, match=r"collectrisk\[test\]"):
        parametrize_with_scorer_checks([Stale()])


TESTS = '''
import collectrisk as cr
from collectrisk.testing import parametrize_with_scorer_checks

class Branching(cr.Scorer):
    """Works for one borrower alone."""

    def visit_probability(self, borrower, xp):
        return 0.1 if borrower.broken_promises > 2 else 0.01

@parametrize_with_scorer_checks([cr.Scorecard(base=0, characteristics=[]), Branching()], skip={"lazy_frames"})
def test_mine(scorer, check):
    check(scorer)
'''


def test_pytest_reports_each_check_by_name(tmp_path: Path) -> None:
    file = tmp_path / "test_mine.py"
    file.write_text(TESTS)
    run = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", file.name]
    report = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert "PASSED test_mine.py::test_mine[Branching-threads]" in report
    assert "FAILED test_mine.py::test_mine[Branching-eager_frames] - " in report
    assert "cannot be asked until Branching keeps 'eager_frames'" in report
    assert "1 failed, 12 passed, 1 skipped" in report


def test_checking_asks_for_no_library_that_is_not_installed() -> None:
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
