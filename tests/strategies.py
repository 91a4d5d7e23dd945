"""Hypothesis strategies for all valid borrowers, including the thresholds of the rules."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from collectrisk import Borrower, testing

AMOUNTS = st.one_of(
    st.floats(0, Borrower.plausible["amount_overdue"]),
    st.floats(0, 2_000_000),
    st.sampled_from([0.0, 99.99, 100.0, 9_999.99, 10_000.0, 1_000_000.0, 1e10]),
)
NUMBERS = {
    "amount_overdue": AMOUNTS,
    **{
        name: st.one_of(st.integers(0, int(limit)), st.integers(0, 60))
        for name, limit in Borrower.plausible.items()
        if name != "amount_overdue"
    },
}


def borrowers(**fixed: Any) -> st.SearchStrategy[Borrower]:
    """Return a strategy for any valid borrower; a field that is passed is drawn from its own strategy."""
    return testing.borrowers(**{"amount_overdue": AMOUNTS, **fixed})
