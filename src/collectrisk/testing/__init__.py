"""Checks for scorers of one's own, and a Hypothesis strategy for borrowers.

See Also
--------
check_scorer : Check that a scorer keeps every promise.
parametrize_with_scorer_checks : The same as pytest tests, one a promise.
borrowers : Any valid borrower, for tests with Hypothesis.
"""

from __future__ import annotations

from collectrisk.errors import ScorerCheckError
from collectrisk.testing._run import check_scorer, parametrize_with_scorer_checks
from collectrisk.testing._strategy import borrowers

__all__ = ["ScorerCheckError", "borrowers", "check_scorer", "parametrize_with_scorer_checks"]
