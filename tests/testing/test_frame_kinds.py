"""Scorers are tried on whatever kind of frame is installed."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest

from collectrisk.testing._frame_kinds import eager_kinds, lazy_kinds

if TYPE_CHECKING:
    from collections.abc import Callable

ALL = {"pandas", "polars", "pyarrow", "duckdb", "dask"}


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[[set[str]], None]:
    """Return a function that makes it seem as if only some libraries were installed."""

    def only(installed: set[str]) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: True if name in installed else None)

    return only


@pytest.mark.parametrize(
    ("installed", "eager", "lazy"),
    [
        (ALL, ["pandas", "polars", "pyarrow"], ["lazy polars", "DuckDB", "Dask"]),
        ({"polars"}, ["polars"], ["lazy polars"]),
        ({"pandas", "dask"}, ["pandas"], ["Dask"]),
        ({"pyarrow", "duckdb"}, ["pyarrow"], ["DuckDB"]),
        ({"duckdb", "dask"}, [], []),
        (set(), [], []),
    ],
)
def test_every_kind_that_is_installed_is_tried(
    install: Callable[[set[str]], None], installed: set[str], eager: list[str], lazy: list[str]
) -> None:
    install(installed)
    assert [kind.name for kind in eager_kinds()] == eager
    assert [kind.name for kind in lazy_kinds()] == lazy


def test_spark_is_tried_where_a_session_is_given() -> None:
    session = object()
    assert lazy_kinds(session)[-1].name == "Spark"
    assert lazy_kinds(session)[-1].session is session
