"""The linear algebra of a small fit uses one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from labelled import labels, table
from threadpoolctl import threadpool_info, threadpool_limits

import collectrisk as cr
from collectrisk._fit import fitting
from collectrisk._fit.posterior import fit_posterior
from collectrisk._fit.threads import SINGLE_THREAD

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
        return fit_posterior(*arguments)

    monkeypatch.setattr(fitting, "fit_posterior", observed)
    monkeypatch.setattr(fitting, "MANY_COEFFICIENTS", many)
    cr.LogisticScorer().fit(table(), labels())
    assert seen == [expected]
    assert threads() == {2}
