"""Settings of the test run, made before NumPy is imported."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# The fits in the tests are small: threads of the linear algebra would only wait for each other,
# and slow the tests down many times when several test processes run in parallel.
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# Plots are drawn without a window.
os.environ.setdefault("MPLBACKEND", "agg")

# The time of an example depends on the load of the machine, so there is no deadline. In continuous
# integration the examples are the same in every run, so that a failure is due to the change.
IN_CI = "CI" in os.environ
settings.register_profile("default", deadline=None, derandomize=IN_CI, max_examples=25)
settings.register_profile("exhaustive", deadline=None, derandomize=IN_CI, max_examples=50)


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    """Close the figures of each test: matplotlib warns of too many, whichever tests opened them."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--exhaustive", action="store_true", help="run the slow tests too, and more examples")


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("exhaustive" if config.getoption("--exhaustive") else "default")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests on Spark and the slow ones on Dask; deselect slow tests by default."""
    for item in items:
        if "Spark" in item.name:
            item.add_marker("spark")
        # Dask needs seconds where others need milliseconds.
        if "[Dask" in item.nodeid:
            item.add_marker("exhaustive")
    if config.getoption("--exhaustive"):
        return
    slow = [item for item in items if item.get_closest_marker("exhaustive")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("exhaustive")]
