"""Blocks of rows are shared among threads, and the linear algebra of a small fit uses one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from labelled import labels, table
from threadpoolctl import threadpool_info, threadpool_limits

import collectrisk as cr
from collectrisk._fit import fitting, sample
from collectrisk._fit.averaging import averaged_posterior
from collectrisk._fit.threads import SINGLE_THREAD, mapper

if TYPE_CHECKING:
    from collections.abc import Iterator


def threads() -> set[int]:
    """Return the numbers of threads of the linear algebra libraries."""
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def _two_threads() -> Iterator[None]:
    """Allow two threads, of which the other tests use only one."""
    with threadpool_limits(2, user_api="blas"):
        if threads() != {2}:
            pytest.skip("the linear algebra library has no adjustable number of threads")
        yield


def test_the_number_of_threads_is_restored() -> None:
    with SINGLE_THREAD:
        assert threads() == {1}
    assert threads() == {2}


def test_it_is_restored_after_the_last_of_overlapping_uses() -> None:
    with SINGLE_THREAD:
        with SINGLE_THREAD:
            assert threads() == {1}
        assert threads() == {1}
    assert threads() == {2}


@pytest.mark.parametrize(("many", "expected"), [(2_000, {1}), (1, {2})])
def test_only_a_fit_of_many_coefficients_uses_several_threads(
    many: int, expected: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[int]] = []

    def observed(*arguments: Any) -> Any:
        seen.append(threads())
        return averaged_posterior(*arguments)

    monkeypatch.setattr(fitting, "averaged_posterior", observed)
    monkeypatch.setattr(fitting, "MANY_COEFFICIENTS", many)
    cr.LogisticScorer().fit(table(), labels())
    assert seen == [expected]
    assert threads() == {2}


@pytest.mark.parametrize(
    ("tasks", "cores", "expected"), [(1, 8, 1), (3, 1, 1), (3, None, 1), (3, 2, 2), (9, 8, 4)]
)
def test_several_tasks_are_shared_among_threads(
    tasks: int, cores: int | None, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    together = threading.Barrier(expected)

    def name_of(_: int) -> str:
        together.wait(timeout=10)  # until as many threads as expected are here
        return threading.current_thread().name

    with mapper(tasks) as each:
        names = list(each(name_of, range(expected * 2)))
        assert list(each(abs, range(-9, 1))) == list(range(9, -1, -1))
    assert len(set(names)) == expected
    assert (threading.current_thread().name in names) == (expected == 1)


def test_a_fit_is_the_same_with_any_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "BLOCK_ROWS", 100)
    found = []
    for cores in (1, 2, 4):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        found.append(cr.LogisticScorer().fit(table(), labels()).fit_.posterior.points.tolist())
    assert found[0] == found[1] == found[2]
