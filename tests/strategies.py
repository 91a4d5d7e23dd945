"""Hypothesis strategies for all valid borrowers, including the thresholds of the rules."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from collectrisk import testing

if TYPE_CHECKING:
    import collectrisk as cr

AMOUNTS = st.one_of(
    st.floats(0, sys.float_info.max),
    st.floats(0, 2_000_000),
    st.sampled_from([0.0, 99.99, 100.0, 9_999.99, 10_000.0, 1_000_000.0]),
)
COUNTS = st.one_of(st.integers(0, 2**53 - 1), st.integers(0, 60), st.integers(0, 1_500))


def borrowers(**fixed: Any) -> st.SearchStrategy[cr.Borrower]:
    """Return a strategy for any valid borrower; a field that is passed is drawn from its own strategy."""
    return testing.borrowers(**{"amount_overdue": AMOUNTS, **fixed})
