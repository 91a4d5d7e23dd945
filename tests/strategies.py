"""Hypothesis strategies over the whole valid domain of a borrower."""

from __future__ import annotations

import sys
from typing import Any

from hypothesis import strategies as st

import collectrisk as cr

AMOUNTS = st.one_of(
    st.floats(0, sys.float_info.max),
    st.floats(0, 2_000_000),
    st.sampled_from([0.0, 99.99, 100.0, 9_999.99, 10_000.0, 1_000_000.0]),
)
COUNTS = st.one_of(st.integers(0, 2**53 - 1), st.integers(0, 60), st.integers(0, 1_500))
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "amount_overdue": AMOUNTS,
    "days_past_due": COUNTS,
    "attitude": st.sampled_from(cr.Attitude),
    "failed_messages": COUNTS,
    "failed_calls": COUNTS,
    "broken_promises": COUNTS,
    "placed_with_agency": st.booleans(),
    "repayment_plan": st.booleans(),
    "product": st.sampled_from(cr.Product),
}


def borrowers(**fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[cr.Borrower]:
    """Return any valid borrower; a field named here is drawn from its own strategy."""
    return st.builds(cr.Borrower, **{**FIELDS, **fixed})
