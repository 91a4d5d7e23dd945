"""Checks for a scorer of your own, and a Hypothesis strategy for borrowers.

See Also
--------
check_scorer : Check that a scorer meets every requirement.
parametrize_with_scorer_checks : The same as pytest tests, one per check.
check_sql : Check that a database runs the SQL text of a scorecard with the results of Python.
borrowers : A Hypothesis strategy that draws any valid borrower.
"""

from __future__ import annotations

from collectrisk.errors import ScorerCheckError
from collectrisk.testing._borrowers import borrowers
from collectrisk.testing._run import check_scorer, parametrize_with_scorer_checks
from collectrisk.testing._sql import check_sql

__all__ = ["ScorerCheckError", "borrowers", "check_scorer", "check_sql", "parametrize_with_scorer_checks"]
