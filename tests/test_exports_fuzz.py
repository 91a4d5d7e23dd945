"""Exports of many habits are read as they are meant, or refused; never silently as something else."""

from __future__ import annotations

import os

import pytest
from exports_fuzz import Tally, fuzz

SEED = int(os.environ.get("COLLECTRISK_FUZZ_SEED", "0"))
COLUMNS = int(os.environ.get("COLLECTRISK_FUZZ_COLUMNS", "25000"))
"""The number of columns; before a release, read 100,000."""


def check(tally: Tally) -> None:
    assert tally.problems == []
    ended = {outcome.rpartition(": ")[2] for outcome in tally.outcomes}
    assert ended == {"equal", "refused", "reported", "deceived"}


def test_a_hundred_and_fifty_readings_give_the_truth_or_an_error() -> None:
    check(fuzz(150, SEED, columns=0))


@pytest.mark.exhaustive
def test_thousands_of_columns_give_the_truth_or_an_error() -> None:
    check(fuzz(0, SEED, columns=COLUMNS))
